"""The studio under load: many clients ask at once, and each checks that it gets the answer to its own question.

Each question is asked once alone. The answer of then is what a client must get under load: a lost answer, or that of another
question, counts as a fault. The memory of the server is measured after these first answers and at the end.
"""

import argparse
import itertools
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from apps import cli
from benchmarks import machine
from zoo.core.errors import UserError

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = "example:\n  python -m benchmarks.studio_load --requests 100 --clients 5"
MOST_SECONDS = 120.0  # until a request counts as lost
MOST_PAUSE = 60.0  # seconds
MOST_GROWTH = 0.05  # of the memory
NEAR = 1e-3  # numbers of the same answer differ by less: several requests share a processor's threads
CALM_SECONDS = 3.0  # before memory is measured

Ask = Callable[[str, Mapping[str, Any]], Any]  # of a function's name and its arguments; gives the answer


@dataclass(frozen=True)
class Kind:
    """A kind of request.

    Args:
        name: of the function that a program calls.
        share: how often it is asked, relative to the others.
        questions: the arguments of each question; no two may have the same answer.
        seconds: what 95 of 100 answers are to stay below; None where that is not promised.
    """

    name: str
    share: int
    questions: tuple[Mapping[str, Any], ...]
    seconds: float | None = None


@dataclass(frozen=True)
class Answer:
    """What came of one request; `fault` is "" for the right answer, "lost" or "mixed up"."""

    kind: str
    seconds: float
    fault: str = ""


def strokes(*points: tuple[int, int]) -> str:
    """A stroke of a drawing, as the function `digit` takes it: two digits in base 36 for each of x and y."""
    return "".join(f"{np.base_repr(place, 36).lower():0>2}" for point in points for place in point)


def drawings() -> tuple[dict[str, str], ...]:
    """Drawings of ones and sevens of several widths."""
    sevens = [strokes((220, 80), (220 + width, 80), (250, 340)) for width in (120, 150, 180, 210)]
    ones = [strokes((320, 60), (320 - lean, 340)) for lean in (0, 25, 50, 75)]
    return tuple({"strokes": each} for each in (*sevens, *ones))


KINDS = (
    Kind(
        "sentiment",
        8,
        tuple(
            {"text": f"{opinion} {thing}."}
            for opinion, thing in itertools.product(("A wonderful", "A dull", "Not a bad"), ("film", "story", "cast", "ending"))
        ),
        seconds=0.3,
    ),
    Kind("digit", 6, drawings(), seconds=0.3),
    Kind(
        "cards", 2, tuple({"search": word} for word in ("music melodies", "perceptron breast", "digits", "films", "shakespeare"))
    ),
    Kind("write_next", 1, tuple({"text": text} for text in ("To be or ", "My lord, ", "Shall I ", "O Romeo, "))),
    Kind(
        "translate", 1, tuple({"text": f"A man {does}.", "source": "en", "target": "de"} for does in ("sings", "sleeps", "eats"))
    ),
    Kind("caption_scene", 1, tuple({"seed": seed} for seed in range(4))),
    Kind("compose", 1, tuple({"bars": 4, "seed": seed} for seed in range(4))),
)


def same(answer: Any, other: Any) -> bool:
    """Whether two answers are the same, numbers up to NEAR."""
    if isinstance(answer, float) and isinstance(other, int | float):
        return bool(np.isclose(answer, other, rtol=NEAR, atol=NEAR))
    if isinstance(answer, dict) and isinstance(other, dict):
        return answer.keys() == other.keys() and all(same(value, other[key]) for key, value in answer.items())
    if isinstance(answer, list | tuple) and isinstance(other, list | tuple):
        return len(answer) == len(other) and all(map(same, answer, other))
    return bool(answer == other)


def first_answers(kind: Kind, ask: Ask) -> list[Any]:
    """The answer to each question of a kind, asked alone. Raises UserError where a mix-up of two could not be seen."""
    answers = [ask(kind.name, question) for question in kind.questions]
    for (one, answer), (two, other) in itertools.combinations(zip(kind.questions, answers, strict=True), 2):
        if same(answer, other):
            raise UserError(f"{kind.name} answers {one} and {two} alike, so that a mix-up could not be seen: change a question")
    return answers


def client(
    ask: Ask, kinds: Sequence[Kind], expected: Mapping[str, Sequence[Any]], requests: int, pause: float, seed: int
) -> list[Answer]:
    """What came of the requests of one client.

    Args:
        ask: asks the page; raises one of `faults()` where no answer comes.
        kinds: of the requests, drawn by their shares.
        expected: of each kind, the right answer to each of its questions.
        requests: how many.
        pause: the mean time between two of them, in seconds.
        seed: of the random numbers.
    """
    chance, answers = random.Random(seed), []
    for _ in range(requests):
        time.sleep(chance.uniform(0, 2 * pause))
        (kind,) = chance.choices(kinds, [kind.share for kind in kinds])
        place = chance.randrange(len(kind.questions))
        started = time.perf_counter()
        try:
            answer = ask(kind.name, kind.questions[place])
            fault = "" if same(expected[kind.name][place], answer) else "mixed up"
        except faults():
            fault = "lost"
        answers.append(Answer(kind.name, time.perf_counter() - started, fault))
    return answers


def faults() -> tuple[type[Exception], ...]:
    """The errors that say that an answer was lost."""
    import httpx
    from gradio_client.utils import QueueError, TooManyRequestsError

    return (httpx.HTTPError, QueueError, TooManyRequestsError, CancelledError, TimeoutError, OSError, ValueError)


def asking(url: str) -> Ask:
    """Asks the page as a program does, as a client of its own."""
    from gradio_client import Client

    page = Client(url, verbose=False)
    return lambda name, arguments: page.submit(**arguments, api_name=f"/{name}").result(MOST_SECONDS)


def answered(url: str, kinds: Sequence[Kind]) -> tuple[list[Kind], dict[str, list[Any]]]:
    """The kinds that the page answers, with the first answers of each. The others, perhaps of a missing model, are told."""
    from gradio_client.exceptions import AppError

    ask, found, expected = asking(url), [], {}
    for kind in kinds:
        try:
            expected[kind.name] = first_answers(kind, ask)
            found.append(kind)
        except (AppError, ValueError) as error:  # ValueError: there is no such function
            cli.notice(f"{kind.name} is left out: {error}")
    return found, expected


def load(url: str, pid: int, arguments: argparse.Namespace) -> tuple[list[Kind], list[Answer], tuple[int, int]]:
    """Asks as many clients do. Returns the kinds, the answers, and the memory of the process before and after, in bytes."""
    kinds, expected = answered(url, KINDS)
    if not kinds:
        raise UserError("the page answers none of the questions: start it with its models")
    asks = [asking(url) for _ in range(arguments.clients)]
    shares = [len(part) for part in np.array_split(np.arange(arguments.requests), arguments.clients)]
    time.sleep(CALM_SECONDS)
    before = memory(pid)
    with ThreadPoolExecutor(arguments.clients) as pool:
        runs = [
            pool.submit(client, ask, kinds, expected, requests, arguments.pause, seed)
            for seed, (ask, requests) in enumerate(zip(asks, shares, strict=True))
        ]
        answers = [answer for run in runs for answer in run.result()]
    time.sleep(CALM_SECONDS)
    return kinds, answers, (before, memory(pid))


def memory(pid: int) -> int:
    """The memory that a process holds, in bytes."""
    return 1024 * int(subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True).stdout)


def table(kinds: Sequence[Kind], answers: Sequence[Answer]) -> str:
    """A line for each kind: how many answers, how long they took, and the faults."""
    lines = [f"{'':14}{'n':>6}{'p50 s':>9}{'p95 s':>9}{'max s':>9}{'lost':>7}{'mixed up':>10}"]
    for kind in kinds:
        of = [answer for answer in answers if answer.kind == kind.name]
        if of:
            middle, most = quantile(of, 0.5), quantile(of, 0.95)
            lost, mixed = (sum(answer.fault == fault for answer in of) for fault in ("lost", "mixed up"))
            longest = max(answer.seconds for answer in of)
            lines.append(f"{kind.name:14}{len(of):6}{middle:9.3f}{most:9.3f}{longest:9.3f}{lost:7}{mixed:10}")
    return "\n".join(lines)


def quantile(answers: Sequence[Answer], share: float) -> float:
    """The time, in seconds, that this share of the answers stays below."""
    return float(np.quantile([answer.seconds for answer in answers], share))


def missed(kinds: Sequence[Kind], answers: Sequence[Answer], held: tuple[int, int]) -> list[str]:
    """The aims that were not met, in words.

    Args:
        kinds: all that are promised, also those that were left out.
        answers: of all clients.
        held: the memory before and after, in bytes.
    """
    found = [f"{sum(a.fault == fault for a in answers)} answers were {fault}" for fault in ("lost", "mixed up")]
    found = [words for words in found if not words.startswith("0 ")]
    for kind in kinds:
        if kind.seconds is None:
            continue
        of = [answer for answer in answers if answer.kind == kind.name]
        if not of:
            found.append(f"{kind.name} was not asked, which is to answer within {kind.seconds} s")
        elif quantile(of, 0.95) >= kind.seconds:
            found.append(f"95 of 100 answers of {kind.name} took up to {quantile(of, 0.95):.2f} s instead of {kind.seconds} s")
    if abs(growth(held)) > MOST_GROWTH:
        found.append(f"the memory changed by {growth(held):+.1%} instead of at most {MOST_GROWTH:.0%}")
    return found


def growth(held: tuple[int, int]) -> float:
    """The change of memory, as a share of what was held before."""
    before, after = held
    return after / before - 1


@contextmanager
def studio() -> Iterator[tuple[str, int]]:
    """The address of a studio that runs for the time of a `with`, and its process."""
    words = [sys.executable, "-m", "apps.studio", "--port", "0", "--no-browser"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            threading.Thread(target=process.stdout.read, daemon=True).start()
            url = next((word for word in line.split() if word.startswith("http")), None)
            if url is None:
                raise UserError("the studio did not start: see the line above")
            yield url, process.pid
        finally:
            process.terminate()


def run(arguments: argparse.Namespace) -> None:
    """Measures and prints. Exits with code 1 where an aim is missed."""
    if not 0 <= arguments.pause <= MOST_PAUSE:
        raise UserError(f"--pause {arguments.pause}: a number of seconds from 0 to {MOST_PAUSE:g}")
    if arguments.requests < arguments.clients:
        raise UserError(f"--requests {arguments.requests}: at least one for each of the {arguments.clients} clients")
    if (busy := machine.busy_cores()) > machine.BUSY:
        cli.notice(f"others keep {busy:.1f} cores busy: these figures are not to be trusted")
    with studio() as (url, pid):
        kinds, answers, held = load(url, pid, arguments)
    print(f"{len(answers):,} requests of {arguments.clients} clients, {arguments.pause:g} s apart on average")
    print(table(kinds, answers))
    print(f"memory {held[0] / 1e6:,.0f} MB before, {held[1] / 1e6:,.0f} MB after: {growth(held):+.1%}")
    if found := missed(KINDS, answers, held):
        print("\n".join(found))
        sys.exit(1)


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = cli.Parser(prog="python -m benchmarks.studio_load", description=__doc__, epilog=EXAMPLE)
    parser.add_argument("--requests", type=cli.positive, default=1000, metavar="N", help="of all clients together (%(default)s)")
    parser.add_argument("--clients", type=cli.positive, default=20, metavar="N", help="that ask at the same time (%(default)s)")
    parser.add_argument(
        "--pause", type=float, default=1.0, metavar="SECONDS", help="between two requests of a client, on average (%(default)s)"
    )
    parser.set_defaults(run=run, tensorflow=False)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
