"""The key of music, heard from its notes: where none is written, and where the written one contradicts them.

Many programs write C major into every file, and others the relative major of each minor key. So a key is judged by the profile of
its pitch classes, by how long notes outside its scale sound, and by the last note, or the bass under it.
"""

import numpy as np

from zoo.music.notation.score import Score
from zoo.music.notation.theory import PITCH_CLASSES, Key

# How well each pitch class fits a key, by the semitones above its tonic (Krumhansl and Kessler 1982; Krumhansl 1990, table 2.1).
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
# A dorian key has the sixth, and a mixolydian one the seventh, that lies beside that of minor and major.
_PROFILES = {
    "major": _MAJOR,
    "minor": _MINOR,
    "dorian": (*_MINOR[:8], _MINOR[9], _MINOR[8], *_MINOR[10:]),
    "mixolydian": (*_MAJOR[:10], _MAJOR[11], _MAJOR[10]),
}
_SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10, 11),  # with the leading note
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
}
_KEYS = tuple(Key(tonic, mode) for mode in _PROFILES for tonic in range(12))
_NEAREST = {"lydian": "major", "phrygian": "minor", "locrian": "minor"}  # modes without a profile of their own
_TONICS = np.array([key.tonic for key in _KEYS])
_FITS = np.array([np.roll(_PROFILES[key.mode], key.tonic) for key in _KEYS])
_FITS = (_FITS - _FITS.mean(1, keepdims=True)) / _FITS.std(1, keepdims=True)
_INSIDE = np.array([[(place - key.tonic) % 12 in _SCALES[key.mode] for place in range(12)] for key in _KEYS], float)
_MINORS = np.array([key.mode in ("minor", "dorian") for key in _KEYS], float)
_MODAL = np.array([key.mode in ("mixolydian", "dorian") for key in _KEYS], float)

# How much each kind of evidence counts, in the order of `evidence`: a conditional logistic regression on the folk tunes and the
# chorales of the training splits, whole and cut to a few bars. `python -m benchmarks.hearing` measures what they find.
WEIGHTS = np.array((8.4, 0.95, -18.9, -1.0, -2.7, 0.9))
_OUTSIDE = 2  # the kind of evidence that is the share of time outside the scale
# By how many nats another key must be more probable than the written one. C major, and a major key in place of the minor or the
# mode with the same signature, are often written for want of something better; any other key somebody chose.
_OFTEN_WRONG, _CHOSEN = 2.0, 6.0
# The share of time outside its scale up to which a key overrules another one: 99 of 100 tunes, and 98 chorales, have less. Where
# more lies outside of every scale, as in music of all twelve notes, no key says more than the written one.
_MOST_OUTSIDE = 0.12
NO_KEY = "no key is written"
_FEWEST = 12  # notes; fewer do not overrule a key
_LONGEST = 96  # ticks that a note counts for at most, so that no pedal point decides


def estimate_key(score: Score) -> Key:
    """The major, minor, dorian or mixolydian key in which the notes most probably are. Drums do not count.

    The profiles are those of the algorithm of Krumhansl and Schmuckler. ValueError without notes.
    """
    return _KEYS[int(np.argmax(evidence(score) @ WEIGHTS))]


def heard_key(score: Score) -> tuple[Key, tuple[str, ...]]:
    """The key of a score, and a sentence where it is not the written one.

    The written key holds where it is plausible, and where it has a mode, such as dorian, which no program writes by default.
    ValueError without notes.
    """
    found = evidence(score)
    fits = found @ WEIGHTS
    likeliest = int(np.argmax(fits))
    best = _KEYS[likeliest]
    written = score.key
    if written is None:
        return best, (f"{NO_KEY}: the notes are in {_name(best)}, and are heard so",)
    often_wrong = written == Key(0) or (written.mode == "major" and written.fifths == best.fifths)
    needed = _OFTEN_WRONG if often_wrong else _CHOSEN
    if written.mode not in ("major", "minor"):
        return written, ()
    enough = sum(not score.voices[note.voice].drums for note in score.notes) >= _FEWEST
    in_key = found[likeliest, _OUTSIDE] <= _MOST_OUTSIDE
    if not enough or not in_key or fits.max() - fits[index(written)] <= needed:
        return written, ()
    heard = _name(best)
    return best, (f"the key signature contradicts the notes: it says {_name(written)}, they are in {heard}, and are heard so",)


def evidence(score: Score) -> np.ndarray:
    """What speaks for and against each key of `_KEYS`, float [key, kind]. ValueError without notes other than drums."""
    notes = [note for note in score.notes if not score.voices[note.voice].drums]
    if not notes:
        raise ValueError("only drums" if score.notes else "the score has no notes")
    pitches = np.array([note.pitch for note in notes])
    starts = np.array([note.start for note in notes])
    lengths = np.array([note.duration for note in notes])
    time = np.bincount(pitches % 12, np.minimum(lengths, _LONGEST), minlength=12).astype(float)
    time = time / time.sum()
    ends = starts + lengths
    last, first = pitches[ends == ends.max()].min(), pitches[starts == starts[0]].min()
    columns = (
        _FITS @ (time - time.mean()) / (12 * max(float(time.std()), 1e-9)),  # the correlation with the profile
        (last - _TONICS) % 12 == 0,  # the last note is the tonic
        1 - _INSIDE @ time,  # the share of time outside the scale
        _MINORS,  # how common the modes are
        _MODAL,
        np.isin((first - _TONICS) % 12, (0, 7)),  # the first note is the tonic or the fifth
    )
    return np.stack(columns, axis=1).astype(float)


def index(key: Key) -> int:
    """The row of a key in `evidence`; a mode that has none counts as the major or minor key on its tonic."""
    return _KEYS.index(Key(key.tonic, _NEAREST.get(key.mode, key.mode)))


def _name(key: Key) -> str:
    """A key in words: "E minor"."""
    return f"{PITCH_CLASSES[key.tonic]} {key.mode}"
