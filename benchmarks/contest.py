"""Contenders that take turns, A B A B ..., each in its own process: changes of the machine's load affect all of them.

A contender is named by a line "MODULE:FUNCTION [ARGUMENT ...]". The function prepares everything (builds, loads, makes inputs)
and returns a function without arguments. This does one repetition and returns the number of units (tokens, images ...). In
TensorFlow and in PyTorch the number of threads is a setting of the whole process, hence the separate processes.

The protocol: the worker (`python -m benchmarks.contest CORES MODULE:FUNCTION ...`) warms up and prints "ready"; for
each line "go" on its standard input it does one repetition and prints {"units": ..., "seconds": ...}.
"""

import importlib
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from zoo.core.errors import UserError
from zoo.core.processor import cores

ROOT = Path(__file__).resolve().parent.parent
WARM_UPS = 2  # repetitions that do not count: they trace, compile and fill caches ...
WARM_UP_SECONDS = 5.0  # ... and after which no further one begins
LAST_LINES = 10  # of a failed contender's standard error
REFUSED = 2  # the exit code of a worker that a UserError ended, which is one line


@dataclass(frozen=True)
class Outcome:
    """Units a second of each repetition; after a failure none, and the `problem` in one line."""

    rates: tuple[float, ...] = ()
    problem: str = ""


def compete(contenders: Sequence[str], repeats: int, on_cores: int) -> list[Outcome]:
    """Lets the contenders do a repetition each, in turn, `repeats` times. One that fails does not stop the others."""
    with ExitStack() as stack:
        workers = [stack.enter_context(_Worker(contender, on_cores)) for contender in contenders]
        for _ in range(repeats):
            for worker in workers:
                worker.repeat()
    return [Outcome(problem=worker.problem) if worker.problem else Outcome(tuple(worker.rates)) for worker in workers]


class _Worker:
    """The process of one contender, as the parent sees it."""

    def __init__(self, contender: str, on_cores: int) -> None:
        self.contender, self.rates, self.problem = contender, list[float](), ""
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (__exit__ closes it)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.contest", str(on_cores), *shlex.split(contender)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            cwd=ROOT,
        )

    def __enter__(self) -> "_Worker":
        """Waits until the contender has warmed up."""
        self._answer()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.kill()  # there is nothing to save
        self._process.communicate()
        self._errors.close()

    def repeat(self) -> None:
        """Does one repetition, or nothing if the contender has failed."""
        if self.problem:
            return
        try:
            print("go", file=self._process.stdin, flush=True)
        except BrokenPipeError:
            self._fail()
            return
        answer = self._answer()
        if not self.problem:
            done = json.loads(answer)
            self.rates.append(done["units"] / done["seconds"])

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._fail()
        return line

    def _fail(self) -> None:
        code = self._process.wait()
        self._errors.seek(0)
        said = [line for line in self._errors.read().decode(errors="replace").splitlines() if line.strip()]
        self.problem = said[-1] if said else f"ended with code {code}"
        told = said[-1:] if code == REFUSED else said[-LAST_LINES:]
        print(f"{self.contender} failed:", *told, sep="\n  ", file=sys.stderr)


def confine(on_cores: int) -> None:
    """Limits this process to some of its cores. Call it before TensorFlow or PyTorch is imported: they read the settings once."""
    if on_cores >= cores():
        return
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ[name] = str(on_cores)
    if hasattr(os, "sched_setaffinity"):  # other systems than Linux only have the settings above
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:on_cores])


def serve(on_cores: int, target: str, arguments: Sequence[str]) -> None:
    """The worker: prepares, warms up, and does a repetition for each line until standard input ends."""
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # so that prints of a library are not read as answers
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    confine(on_cores)
    module, _, function = target.partition(":")
    repeat = getattr(importlib.import_module(module), function)(*arguments)
    start, warm_ups = time.perf_counter(), 0
    while warm_ups < WARM_UPS and time.perf_counter() - start < WARM_UP_SECONDS:
        repeat()
        warm_ups += 1
    print("ready", file=channel, flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        units = repeat()
        seconds = time.perf_counter() - start
        print(json.dumps({"units": units, "seconds": seconds}), file=channel, flush=True)


if __name__ == "__main__":
    try:
        serve(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
    except UserError as told:
        print(told, file=sys.stderr)
        sys.exit(REFUSED)
