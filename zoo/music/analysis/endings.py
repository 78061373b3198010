"""How pieces end: whether the last note is the tonic, how long it is, and whether the bass ends on the tonic, too.

A listener hears that a piece is over when it comes to rest on the tonic, on a long note. Not every real piece does: some tunes
lead back to their beginning. So compare the shares with those of real pieces, not with 1.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from zoo.music.analysis.keys import estimate_key
from zoo.music.notation.score import Score
from zoo.music.notation.theory import TICKS_PER_QUARTER, Note

LONG = TICKS_PER_QUARTER  # ticks; a last note of this length or longer is a long one


def endings(scores: Iterable[Score]) -> dict[str, float]:
    """The shares of scores that end as listeners expect. A score without notes ends in none of these ways.

    - tonic_endings: the last note of the melody is the tonic, in any octave.
    - minor_tonic_endings: the same, of the scores whose mode is "minor". Dorian and phrygian are modes of their own. Left out
      where no score is in minor.
    - long_endings: the last note of the melody is a quarter note or longer.
    - upbeat_endings: the last bar is as short as the upbeat demands, so that both together fill a bar, of the scores that begin
      with an upbeat. Left out where none does.
    - bass_tonic_endings: the last note of the lowest voice is the tonic. Left out where no score has more than one voice.

    The melody is the voice with the highest mean pitch. The tonic is estimated where a score has no key. ValueError without
    scores.
    """
    scores = list(scores)
    if not scores:
        raise ValueError("no scores")
    found = {"tonic_endings": _share(map(ends_on_tonic, scores))}
    minor = [score for score in scores if _is_minor(score)]
    if minor:
        found["minor_tonic_endings"] = _share(map(ends_on_tonic, minor))
    found["long_endings"] = _share(map(ends_long, scores))
    upbeats = [score for score in scores if score.notes and score.notes[0].start > 0]
    if upbeats:
        found["upbeat_endings"] = _share(map(makes_up_for_the_upbeat, upbeats))
    if any(len(score.voices) > 1 for score in scores):
        found["bass_tonic_endings"] = _share(map(bass_ends_on_tonic, scores))
    return found


def ends_on_tonic(score: Score) -> bool:
    """Whether the last note of the melody is the tonic."""
    return bool(score.notes) and last_note(score).pitch % 12 == tonic(score)


def ends_long(score: Score) -> bool:
    """Whether the last note of the melody is a quarter note or longer."""
    return bool(score.notes) and last_note(score).duration >= LONG


def makes_up_for_the_upbeat(score: Score) -> bool:
    """Whether the last bar ends where the upbeat begins in its own, so that the piece can be played again without a break.

    False without an upbeat.
    """
    return bool(score.notes) and score.end - score.bar_starts[-1] == score.notes[0].start


def bass_ends_on_tonic(score: Score) -> bool:
    """Whether the last note of the lowest voice is the tonic."""
    return bool(score.notes) and last_note(score, bass=True).pitch % 12 == tonic(score)


def last_note(score: Score, bass: bool = False) -> Note:
    """The last note of the melody, or of the bass: the voice with the highest or with the lowest mean pitch.

    Of notes that begin together, it is the highest of the melody and the lowest of the bass. ValueError where there are only
    drums.
    """
    voices: dict[int, list[Note]] = {}
    for note in score.notes:
        if not score.voices[note.voice].drums:
            voices.setdefault(note.voice, []).append(note)
    if not voices:
        raise ValueError("only drums")
    sign = -1 if bass else 1
    notes = max(voices.values(), key=lambda notes: sign * np.mean([note.pitch for note in notes]))
    return max(notes, key=lambda note: (note.start, sign * note.pitch))


def tonic(score: Score) -> int:
    """The pitch class of the tonic, C = 0: that of the key, which is estimated where the score has none."""
    return (score.key or estimate_key(score)).tonic


def _is_minor(score: Score) -> bool:
    return bool(score.notes) and (score.key or estimate_key(score)).mode == "minor"


def _share(found: Iterable[bool]) -> float:
    values: Sequence[bool] = list(found)
    return sum(values) / len(values)
