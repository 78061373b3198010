"""Speed comparisons on this machine. The contenders take turns, one repetition at a time.

Without a group it runs all groups, which takes some 20 minutes on two cores, and writes benchmarks/results/NAME.json and
NAME.png.
"""

import argparse
import datetime
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from apps import cli
from benchmarks import comparisons, contest, machine, report
from zoo.core import processor
from zoo.core.errors import UserError
from zoo.core.files import check_file, write_marked

RESULTS = Path(__file__).resolve().parent / "results"
EXAMPLE = "example:\n  python -m benchmarks training --repeats 7 --json training.json"


class Watch:
    """Checks whether other processes use the machine, and warns once."""

    def __init__(self) -> None:
        self.busiest = 0.0

    def look(self) -> None:
        """Measures now. Call it while no contender is running."""
        busy = machine.busy_cores()
        if busy > machine.BUSY >= self.busiest:
            cli.notice(f"others keep {busy:.1f} of {processor.cores()} cores busy: these figures are not to be trusted")
        self.busiest = max(self.busiest, busy)


def measure(groups: Sequence[str], repeats: int) -> tuple[dict[str, Any], list[report.Row]]:
    """The machine, and the rows of the groups."""
    watch = Watch()
    watch.look()
    rates = matrix_rates(repeats)
    rows: list[report.Row] = []
    for comparison in (each for group in groups for each in comparisons.GROUPS[group]):
        if machine.STAT.is_file():  # other systems only give an average, which includes our own contenders
            watch.look()
        cli.notice(f"{comparison.work}: {', '.join(comparison.peers)}")
        rows += comparisons.run(comparison, repeats)
    about = {
        "date": datetime.date.today().isoformat(),
        "processor": processor.name(),
        "cores": processor.cores(),
        "instructions": machine.instructions(),
        "versions": machine.versions(),
        "matrix_gflops": rates,
        "repeats": repeats,
        "quiet": watch.busiest <= machine.BUSY,
        "busy_cores": round(watch.busiest, 2),
    }
    return about, rows


def matrix_rates(repeats: int) -> dict[str, dict[str, float | None]]:
    """The highest rate of matrix products by precision and number of cores, in GFLOP/s; None where it could not be measured."""
    precisions = ("float32", "bfloat16")
    rates: dict[str, dict[str, float | None]] = {precision: {} for precision in precisions}
    cli.notice("the machine's limit: products of matrices")
    for n in sorted({1, processor.cores()}):
        outcomes = contest.compete([f"benchmarks.machine:matrix_product {precision}" for precision in precisions], repeats, n)
        for precision, outcome in zip(precisions, outcomes, strict=True):
            rates[precision][str(n)] = max(outcome.rates, default=None)
    return rates


def check(arguments: argparse.Namespace) -> None:
    """Raises UserError, before anything is measured, for options that cannot work."""
    if arguments.name is not None and (arguments.group or arguments.json):
        raise UserError("--name is for a run of all groups into benchmarks/results: leave it out, or leave out group and --json")
    if arguments.name is not None and not re.fullmatch(r"\w[\w.-]*", arguments.name):
        raise UserError(f"--name {arguments.name!r}: letters, digits, dots, hyphens and underscores only")
    if arguments.json:
        check_file("--json", arguments.json)
    elif not arguments.group:
        for suffix in (".json", ".png"):
            check_file("--name", _result(arguments).with_suffix(suffix))


def _result(arguments: argparse.Namespace) -> Path:
    """Where the figures of all groups go."""
    return RESULTS / f"{arguments.name or machine.slug()}.json"


def run(arguments: argparse.Namespace) -> None:
    """Measures, prints and writes."""
    check(arguments)
    about, rows = measure([arguments.group] if arguments.group else list(comparisons.GROUPS), arguments.repeats)
    print(report.head(about), "", report.table(rows), sep="\n")
    content = report.to_json(about, rows).encode()
    if arguments.json:
        write_marked(arguments.json, content)
    elif not arguments.group:
        path = _result(arguments)
        write_marked(path, content)
        write_marked(path.with_suffix(".png"), report.picture(about, rows))
        print("", path, path.with_suffix(".png"), sep="\n")


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = cli.Parser(prog="python -m benchmarks", description=__doc__, epilog=EXAMPLE)
    parser.add_argument(
        "group", nargs="?", choices=comparisons.GROUPS, help="run this group only, and write only what --json says"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here, and nothing else")
    parser.add_argument("--name", metavar="NAME", help="of the files in benchmarks/results (the processor and its cores)")
    parser.add_argument(
        "--repeats", type=cli.positive, default=5, metavar="N", help="repetitions of each contender (%(default)s)"
    )
    parser.set_defaults(run=run, tensorflow=False)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
