"""The form of tunes, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.music.analysis.form import aabb_share, form
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Metre, Note

JIG = Metre(6, 8)


def section(lowest: int) -> list[list[int]]:
    """Eight bars of six eighths, all different from each other and from those of other sections."""
    return [[lowest + bar, *([lowest] * 5)] for bar in range(8)]


A, B = section(60), section(70)


def tune(*bars: list[int], upbeat: bool = False) -> Score:
    """A jig of these bars, after a bar with an upbeat."""
    first = [Note(60, 12, 55)] if upbeat else []
    start = JIG.bar_ticks * upbeat
    notes = [
        Note(start + JIG.bar_ticks * i + 12 * place, 12, pitch) for i, bar in enumerate(bars) for place, pitch in enumerate(bar)
    ]
    return Score((*first, *notes), ((0, JIG),))


@pytest.mark.parametrize("upbeat", [False, True])
def test_two_parts_that_are_repeated(upbeat: bool):
    assert form(tune(*A, *A, *B, *B, upbeat=upbeat)) == "AABB"
    assert form(tune(*A, *B, upbeat=upbeat)) == "AB"
    assert form(tune(*A, *B, *A, *section(80), upbeat=upbeat)) == "ABAC"
    assert form(tune(*A, *A[:7], upbeat=upbeat)) == ""


def test_a_second_ending_may_differ_in_two_bars():
    assert form(tune(*A, *A[:6], *B[6:], *B, *B)) == "AABB"
    assert form(tune(*A, *A[:5], *B[5:])) == "AB"


def test_a_last_bar_that_lacks_its_upbeat_is_a_bar():
    assert form(tune(*A, *A, *B, *B[:7], B[7][:3], upbeat=True)) == "AABB"


def test_the_rhythm_counts():
    slow = [bar[:3] for bar in A]
    assert form(tune(*A, *slow)) == "AB"


def test_the_share_of_tunes():
    assert aabb_share([tune(*A, *A, *B, *B), tune(*A, *A, *A, *A), tune(*A, *B), Score(())]) == 0.25
    with pytest.raises(ValueError, match="no scores"):
        aabb_share([])


@given(st.lists(st.sampled_from("AB"), min_size=1, max_size=6), st.booleans())
def test_letters_are_given_in_order(letters: list[str], upbeat: bool):
    found = form(tune(*(bar for letter in letters for bar in {"A": A, "B": B}[letter]), upbeat=upbeat))
    assert len(found) == len(letters)
    assert found[0] == "A"
    assert [letter == letters[0] for letter in letters] == [letter == "A" for letter in found]
