"""Live playing on the beat."""

import random

import pytest

from zoo.music.analysis.quantising import quantised
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Metre, Note

RHYTHM = [12, 12, 24, 8, 8, 8, 24, 24, 6, 6, 6, 6, 12, 12, 48]  # ticks, two bars and more of 4/4


def exact(bars: int = 8) -> list[tuple[int, int]]:
    """(start, duration) of notes that follow each other."""
    found, start = [], 0
    while start < bars * 96:
        for duration in RHYTHM:
            found.append((start, duration))
            start += duration
    return found


def played(spread: float, seed: int) -> Score:
    """The notes as a player has them: beside the beat by a normal distribution, and a little short."""
    rng = random.Random(seed)
    notes = []
    for start, duration in exact():
        begins = max(0, round(start + rng.gauss(0, spread)))
        notes.append(Note(begins, max(1, round(duration * rng.uniform(0.85, 1))), 60 + len(notes) % 7))
    return Score(tuple(notes), tempos=((0, 120.0),))


@pytest.mark.parametrize("seed", range(5))
def test_live_playing_comes_to_the_beats_that_were_meant(seed: int) -> None:
    heard, told = quantised(played(0.6, seed))
    meant = exact()
    right = sum((note.start, note.duration) == each for note, each in zip(heard.notes, meant, strict=True))
    assert right >= 0.9 * len(meant)
    assert len(told) == 1
    assert "played beside the beat: " in told[0]


def test_the_notice_says_how_many_notes_moved_and_how_far() -> None:
    starts = [0, 25, 47, 72, 96, 121, 144, 168]
    heard, told = quantised(Score(tuple(Note(start, 22, 60) for start in starts), tempos=((0, 120.0),)))
    assert [(note.start, note.duration) for note in heard.notes] == [(24 * i, 24) for i in range(8)]
    assert told == ("played beside the beat: 3 of 8 notes, heard at the nearest place, at most 21 milliseconds away",)


def test_in_compound_metres_a_beat_has_three_eighths() -> None:
    starts = [0, 13, 23, 36, 49, 59, 73, 84, 97, 107, 121, 132]
    heard, _ = quantised(Score(tuple(Note(start, 10, 60) for start in starts), ((0, Metre(6, 8)),)))
    assert [(note.start, note.duration) for note in heard.notes] == [(12 * i, 12) for i in range(12)]


def test_written_music_stays_as_it_is() -> None:
    score = Score(tuple(Note(start, duration, 60) for start, duration in exact()))
    assert quantised(score) == (score, ())
    staccato = Score(tuple(Note(start, 3, 60) for start, _ in exact()))
    assert quantised(staccato) == (staccato, ())


def test_notes_that_begin_on_the_beat_and_end_early_are_heard_in_full_without_a_word() -> None:
    """Notation programs write notes somewhat shorter than they are."""
    score = Score(tuple(Note(start, max(1, round(0.95 * duration)), 60 + i % 5) for i, (start, duration) in enumerate(exact())))
    heard, told = quantised(score)
    assert [(note.start, note.duration) for note in heard.notes] == exact()
    assert told == ()
