"""Conditional shares of controls, by hand."""

import pytest

from zoo.music.analysis.controls import gaps
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note


def pieces(count: int, type: str, metre: str, key: str = "D") -> list[Score]:
    return [Score((Note(0, 24, 60),), ((0, Metre.parse(metre)),), Key.parse(key), type=type)] * count


def test_the_largest_difference_comes_first():
    training = pieces(18, "jig", "6/8") + pieces(2, "jig", "9/8") + pieces(30, "reel", "4/4")
    composed = pieces(10, "jig", "6/8") + pieces(10, "jig", "2/4") + pieces(40, "reel", "4/4")
    found = gaps(composed, training, "type", "metre")
    assert [(gap.given, gap.value, gap.pieces) for gap in found[:3]] == [
        ("type=jig", "metre=2/4", 20),
        ("type=jig", "metre=6/8", 20),
        ("type=jig", "metre=9/8", 20),
    ]
    assert [gap.points for gap in found] == pytest.approx([50, -40, -10, 0])


def test_rare_values_and_pieces_without_a_value_are_left_out():
    training = pieces(19, "jig", "6/8") + pieces(30, "", "6/8") + pieces(30, "reel", "4/4")
    composed = pieces(30, "jig", "6/8") + pieces(30, "", "6/8") + pieces(19, "reel", "4/4")
    assert gaps(composed, training, "type", "metre") == []
    assert [gap.given for gap in gaps(composed, training, "type", "metre", least=19)] == ["type=jig", "type=reel"]


def test_tonics_and_modes():
    training = pieces(30, "", "4/4", "A dorian") + pieces(30, "", "4/4", "D")
    composed = pieces(30, "", "4/4", "D dorian") + pieces(30, "", "4/4", "D")
    first, second, *rest = gaps(composed, training, "mode", "tonic")
    assert {(first.value, first.points), (second.value, second.points)} == {("tonic=A", -100), ("tonic=D", 100)}
    assert [gap.points for gap in rest] == [0]
