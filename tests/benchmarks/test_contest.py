"""Contenders take turns, and one that fails does not stop the others."""

import os
from pathlib import Path

import pytest

from benchmarks import contest
from benchmarks.contest import compete

TINY = "tests.benchmarks.contenders:"


def test_contenders_take_turns_after_their_warm_up(tmp_path: Path) -> None:
    log = tmp_path / "log"
    outcomes = compete([f"{TINY}logged {log} A", f"{TINY}logged {log} B"], repeats=3, on_cores=1)
    warm_up = "A" * contest.WARM_UPS + "B" * contest.WARM_UPS
    assert log.read_text() == warm_up + "ABABAB"
    for outcome in outcomes:
        assert not outcome.problem
        assert len(outcome.rates) == 3
        assert all(0 < rate < 7 / 0.001 for rate in outcome.rates)


@pytest.mark.slow
def test_what_fails_says_so_and_the_others_go_on(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    contenders = [
        f"{TINY}unprepared",
        f"{TINY}dying {contest.WARM_UPS + 1}",
        f"{TINY}silent",
        f"{TINY}logged {tmp_path / 'log'} A",
    ]
    unprepared, dying, silent, well = compete(contenders, repeats=2, on_cores=1)
    assert unprepared.problem == "the data set is not to be had"
    assert dying.problem == "IndexError: pop from empty list"
    assert not dying.rates
    assert silent.problem == "ended with code 3"
    assert len(well.rates) == 2
    told = capfd.readouterr().err
    assert "contenders:dying 3 failed:\n" in told
    assert "    left.pop()\n" in told


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="a system without processor affinity")
def test_a_contender_is_confined_before_its_libraries_are_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    confined: list[list[int]] = []
    monkeypatch.setattr(contest, "cores", lambda: 4)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {7, 3, 5, 1})
    monkeypatch.setattr(os, "sched_setaffinity", lambda _, chosen: confined.append(list(chosen)))
    monkeypatch.setattr(os, "environ", {})
    contest.confine(4)
    assert not confined
    contest.confine(2)
    assert confined == [[1, 3]]
    assert os.environ == dict.fromkeys(("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "2")
