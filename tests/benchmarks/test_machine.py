"""What the machine is, and whether others use it."""

import os
from pathlib import Path

import pytest

from benchmarks import machine
from zoo.core import processor

CPUINFO = (
    "processor\t: 0\nmodel name\t: A Fast(R) CPU @ 2.0GHz\nflags\t\t: fpu avx2 avx512_bf16\n\nprocessor\t: 1\nmodel name\t: B\n"
)


def test_processor_and_instructions_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cpuinfo").write_text(CPUINFO)
    monkeypatch.setattr(processor, "CPUINFO", tmp_path / "cpuinfo")
    monkeypatch.setattr(processor, "cores", lambda: 2)
    assert processor.name() == "A Fast(R) CPU @ 2.0GHz"
    assert machine.instructions() == ["avx2", "avx512_bf16"]
    assert machine.slug() == "a-fast-r-cpu-2-0ghz-2-cores"
    monkeypatch.setattr(processor, "CPUINFO", tmp_path / "nothing")
    assert processor.name()
    assert machine.instructions() == []


def test_busy_cores_are_what_was_not_idle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stat = tmp_path / "stat"
    stat.write_text("cpu  100 0 50 1000 10 5 5 0 0 0\ncpu0 1 1 1 1 1 1 1 1\n")
    monkeypatch.setattr(machine, "STAT", stat)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    # 200 more ticks: 40 user, 10 system, 140 idle, 10 waiting for a disk.
    later = "cpu  140 0 60 1140 20 5 5 0 0 0\n"
    monkeypatch.setattr(machine.time, "sleep", lambda _: stat.write_text(later))
    assert machine.busy_cores() == pytest.approx(1)
    assert machine.busy_cores() == 0


def test_without_proc_the_load_average_must_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "STAT", tmp_path / "nothing")
    monkeypatch.setattr(os, "getloadavg", lambda: (1.5, 0.0, 0.0), raising=False)
    assert machine.busy_cores() == 1.5


def test_versions_name_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "PACKAGES", ("numpy", "no-such-package"))
    versions = machine.versions()
    assert versions["no-such-package"] is None
    assert versions["numpy"]
