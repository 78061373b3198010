"""The melody of any score, on the grid that tokens can say, and an estimate of its key."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import zip_longest

import numpy as np

from zoo.music.analysis import voices
from zoo.music.notation.score import Score
from zoo.music.notation.theory import TICKS_PER_QUARTER, Key, Note

# How well each pitch class fits a key, by the semitones above its tonic (Krumhansl and Kessler 1982; Krumhansl 1990, table 2.1).
_PROFILES = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}
# The ticks of a quarter note where a note may begin or end: thirty-seconds and triplet sixteenths. And the nearest to each tick.
_PLACES = sorted({*range(0, TICKS_PER_QUARTER + 1, 3), *range(0, TICKS_PER_QUARTER + 1, 4)})
_NEAREST = [min(_PLACES, key=lambda place: (abs(place - tick), place % 12, place)) for tick in range(TICKS_PER_QUARTER)]
SHORTEST = 3  # ticks of a note at least: a thirty-second
_GAP = 3  # ticks: a shorter silence between two notes is not a rest but a way of playing


def estimate_key(score: Score) -> Key:
    """The major or minor key whose profile correlates best with the time that each pitch class sounds.

    This is the algorithm of Krumhansl and Schmuckler. ValueError without notes.
    """
    if not score.notes:
        raise ValueError("the score has no notes")
    time = np.zeros(12)
    for note in score.notes:
        time[note.pitch % 12] += note.duration
    fits = {
        Key(tonic, mode): float(np.dot(time - time.mean(), np.roll(profile, tonic) - np.mean(profile)) / np.std(profile))
        for mode, profile in _PROFILES.items()
        for tonic in range(12)
    }
    return max(fits, key=fits.__getitem__)


def melody(score: Score) -> Score:
    """The melody of a score: one voice with one note at a time.

    Of notes that begin together, the highest is taken. A note ends where the next one begins at the latest. Starts and ends are
    rounded to thirty-seconds and triplet sixteenths; silences shorter than a thirty-second are closed. Where the score has no
    key, it is estimated. ValueError where there are only drums.
    """
    chosen, _ = voices.lead(score)
    return Score(
        tuple(line(chosen.notes, 0)),
        score.metres,
        score.key or estimate_key(score),
        score.tempos,
        chosen.voices,
        score.title,
    )


def line(notes: Iterable[Note], voice: int) -> list[Note]:
    """Notes made into one voice with one note at a time, as `melody` does. They are sorted by their starts."""
    highest: dict[int, Note] = {}
    for note in notes:
        start = snap(note.start)
        if start not in highest or note.pitch > highest[start].pitch:
            highest[start] = note
    found: list[Note] = []
    starts = sorted(highest)
    for start, following in zip_longest(starts, starts[1:]):
        note = highest[start]
        end = max(snap(note.end), start + _GAP)
        if following is not None and end + _GAP >= following:
            end = following
        found.append(Note(start, end - start, note.pitch, voice, note.velocity))
    return found


def snapped(score: Score) -> Score:
    """The score with starts and ends of its notes on the grid of `snap`. A note lasts at least a thirty-second."""
    notes = []
    for note in score.notes:
        start = snap(note.start)
        notes.append(replace(note, start=start, duration=max(SHORTEST, snap(note.end) - start)))
    return replace(score, notes=tuple(notes))


def snap(tick: int) -> int:
    """The nearest tick on a thirty-second or a triplet sixteenth."""
    rest = tick % TICKS_PER_QUARTER
    return tick - rest + _NEAREST[rest]
