"""Times in which nothing happens for longer than in any music."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from zoo.music.notation.score import Score
from zoo.music.notation.silences import without_long_silences
from zoo.music.notation.theory import Metre, Note, Voice

BAR = 72  # ticks of 3/4
FAR = 5000 * BAR


def test_what_comes_after_moves_by_whole_bars_with_its_metres_and_tempos():
    notes = (Note(0, 24, 60), Note(FAR + 80, 24, 62, 1), Note(FAR + 104, 24, 64))
    score = Score(
        notes,
        ((0, Metre(3, 4)), (FAR + 72, Metre(4, 4))),
        tempos=((0, 100.0), (48, 90.0), (FAR + 80, 80.0)),
        voices=(Voice(), Voice()),
    )
    repairs: list[str] = []
    found = without_long_silences(score, repairs)
    assert found.notes == (Note(0, 24, 60), Note(80, 24, 62, 1), Note(104, 24, 64))
    assert found.metres == ((0, Metre(3, 4)), (72, Metre(4, 4)))
    assert found.tempos == ((0, 100.0), (24, 90.0), (80, 80.0))
    assert repairs == ["5,000 bars in which nothing happens are left out: the times in the file must be damaged"]


def test_a_held_sound_keeps_a_bar():
    found = without_long_silences(Score((Note(0, FAR, 60), Note(FAR, 24, 62)), ((0, Metre(3, 4)),)), [])
    assert found.notes == (Note(0, BAR, 60), Note(BAR, 24, 62))


@given(st.lists(st.tuples(st.integers(0, 40_000), st.integers(1, 40_000)), min_size=1, max_size=6))
def test_notes_keep_their_order_and_any_rest_is_short(drawn):
    tick, notes = 0, []
    for rest, duration in drawn:
        notes.append(Note(tick + rest, duration, 60))
        tick += rest + duration
    score = Score(tuple(notes))
    found = without_long_silences(score, [])
    ticks = [0, *(tick for note in found.notes for tick in (note.start, note.end))]
    assert ticks == sorted(ticks)
    assert all(after - before <= 24_000 for before, after in pairwise(ticks))
    assert without_long_silences(found, []) is found
