"""From outcomes to rows; what is missing is told in its row."""

import importlib.util
from dataclasses import replace

import pytest

from benchmarks import comparisons
from benchmarks.comparisons import Comparison
from benchmarks.contest import Outcome

SPEED = Comparison("reading", "words/s", "ours", {"a snail": "snail", "a hare": "hare"})
OUTCOMES = {"ours": Outcome((10.0, 30.0, 20.0)), "snail": Outcome((1.0, 2.0, 4.0)), "hare": Outcome((40.0, 40.0, 40.0))}


def test_ratios_are_of_medians_and_their_spread_is_of_neighbours() -> None:
    snail, hare = comparisons.rows(SPEED, OUTCOMES)
    assert (snail.work, snail.unit, snail.peer) == ("reading", "words/s", "a snail")
    assert (snail.ours, snail.peer_value, snail.ratio) == (20, 2, 10)
    assert (snail.ratio_low, snail.ratio_high) == (5, 15)
    assert (snail.ours_runs, snail.peer_runs) == ((10, 30, 20), (1, 2, 4))
    assert (hare.ratio, hare.ratio_low, hare.ratio_high) == (0.5, 0.25, 0.75)


def test_of_seconds_fewer_are_better() -> None:
    start = Comparison("start", "s", "ours", {"goal": 1.0, "a snail": "snail"})
    goal, snail = comparisons.rows(start, {"ours": Outcome((2.0, 4.0)), "snail": Outcome((0.5, 0.5))})
    assert (goal.ours, goal.peer_value) == (0.375, 1)
    assert goal.ratio == pytest.approx(1 / 0.375)
    assert (goal.ratio_low, goal.ratio_high) == (2, 4)
    assert (snail.peer_value, snail.ratio_low, snail.ratio_high) == (2, 4, 8)
    assert goal.peer_runs == ()


def test_a_failure_stands_in_its_row() -> None:
    snail, hare = comparisons.rows(SPEED, OUTCOMES | {"snail": Outcome(problem="too slow")})
    assert (snail.ours, snail.peer_value, snail.ratio, snail.note) == (20, None, None, "too slow")
    assert (hare.ratio, hare.note) == (0.5, "")
    snail, hare = comparisons.rows(SPEED, OUTCOMES | {"ours": Outcome(problem="ill")})
    assert (snail.ours, snail.peer_value, snail.note) == (None, 2, "ours: ill")
    (goal,) = comparisons.rows(Comparison("start", "s", "ours", {"goal": 1.0}), {"ours": Outcome(problem="ill")})
    assert (goal.ours, goal.peer_value, goal.ratio, goal.note) == (None, 1, None, "ours: ill")


def test_without_pytorch_its_rows_say_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def compete(contenders: list[str], repeats: int, on_cores: int) -> list[Outcome]:
        asked.extend(contenders)
        return [Outcome((1.0,) * repeats) for _ in contenders]

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(comparisons, "compete", compete)
    comparison = replace(SPEED, peers={"PyTorch": f"{comparisons.PYTORCH}read float32", "a snail": "snail"})
    pytorch, snail = comparisons.run(comparison, repeats=2)
    assert asked == ["ours", "snail"]
    assert pytorch.note == "PyTorch is not installed: pip install -r requirements-bench.txt"
    assert (pytorch.ours, pytorch.peer_value, pytorch.ratio) == (1, None, None)
    assert snail.ratio == 1


def test_all_contenders_are_there() -> None:
    for comparison in (each for group in comparisons.GROUPS.values() for each in group):
        for contender in (comparison.ours, *(peer for peer in comparison.peers.values() if isinstance(peer, str))):
            module, _, function = contender.split()[0].partition(":")
            spec = importlib.util.find_spec(module)
            assert spec is not None
            assert spec.origin is not None
            with open(spec.origin, encoding="utf-8") as file:
                assert f"\ndef {function}(" in file.read(), contender
