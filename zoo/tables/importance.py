"""Permutation importance: how much worse a model gets when one column tells it nothing.

It is from Breiman (2001), "Random Forests", for trees, and from Fisher, Rudin and Dominici (2019) for any model.

The cells of a column are shuffled among the rows. This destroys what the column tells about the target, but keeps its values.
Columns that tell the same can replace each other, so that each of them may look unimportant. If there are very many columns, a
first shuffle with a few rows finds those that may matter, and only these are measured, since the time grows with their number.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zoo.core import progress
from zoo.core.files import write_picture

MOST_ROWS = 2000  # to shuffle; more rows change the means little
SHOWN = 20  # bars in a picture
REPEATS = 10  # shuffles of each column
MANY, FEWER_REPEATS = 50, 2  # if there are more columns, a first shuffle chooses MANY, and each is shuffled FEWER_REPEATS times
FIRST_ROWS, FIRST_AT_ONCE = 100, 40  # in the first shuffle: the rows, and the columns that are predicted in one call


@dataclass(frozen=True)
class Importance:
    """The rise of the loss when each of d columns is shuffled.

    Args:
        names: of the columns that were measured.
        means: the mean rise over the shuffles, [d].
        deviations: its standard deviation, [d].
        n: rows.
        repeats: shuffles of each column.
        columns: the number of all columns, of which d were measured.
    """

    names: tuple[str, ...]
    means: np.ndarray
    deviations: np.ndarray
    n: int
    repeats: int
    columns: int


def measure(
    predict: Callable[[dict[str, np.ndarray]], np.ndarray],
    loss: Callable[[np.ndarray, np.ndarray], float],
    columns: dict[str, np.ndarray],
    targets: np.ndarray,
    repeats: int | None = None,
    seed: int = 0,
) -> Importance:
    """The rise of the loss when a column is shuffled, for each column; of more than MANY, for those that a first shuffle chooses.

    Args:
        predict: gives the predictions for the rows of named columns.
        loss: the mean loss of predictions for rows with these targets.
        columns: by name, [n] each.
        targets: [n].
        repeats: shuffles of each column; None: REPEATS, or FEWER_REPEATS for more than MANY columns.
        seed: of the shuffles, and of the choice of MOST_ROWS rows if there are more.
    """
    repeats = repeats or (REPEATS if len(columns) <= MANY else FEWER_REPEATS)
    random = np.random.default_rng(seed)
    n = min(len(targets), MOST_ROWS)
    chosen = np.sort(random.permutation(len(targets))[:n])
    columns, targets = {name: cells[chosen] for name, cells in columns.items()}, targets[chosen]
    whole, among = loss(predict(columns), targets), len(columns)
    names = list(columns) if among <= MANY else _most_important(predict, loss, columns, targets, random)
    repeated = {name: np.tile(cells, repeats) for name, cells in columns.items()}
    rises = []
    # Work of less than two seconds needs no bar.
    for name in progress.bar(names, "shuffling columns", "column", delay=2):
        shuffled = np.concatenate([random.permutation(columns[name]) for _ in range(repeats)])
        predictions = np.split(predict({**repeated, name: shuffled}), repeats)
        rises.append([loss(each, targets) - whole for each in predictions])
    return Importance(tuple(names), np.mean(rises, axis=1), np.std(rises, axis=1), n, repeats, among)


def _most_important(
    predict: Callable[[dict[str, np.ndarray]], np.ndarray],
    loss: Callable[[np.ndarray, np.ndarray], float],
    columns: dict[str, np.ndarray],
    targets: np.ndarray,
    random: np.random.Generator,
) -> list[str]:
    """The MANY columns whose shuffle raises the loss of FIRST_ROWS rows most, in their order."""
    chosen = np.sort(random.permutation(len(targets))[:FIRST_ROWS])
    columns, targets, names = {name: cells[chosen] for name, cells in columns.items()}, targets[chosen], list(columns)
    repeated = {name: np.tile(cells, FIRST_AT_ONCE) for name, cells in columns.items()}
    losses: list[float] = []
    for start in progress.bar(range(0, len(names), FIRST_AT_ONCE), "finding columns", delay=2):
        batch = dict(repeated)
        for i, name in enumerate(
            names[start : start + FIRST_AT_ONCE]
        ):  # in the i-th part of the rows the i-th column is shuffled
            batch[name] = repeated[name].copy()
            batch[name][i * len(targets) : (i + 1) * len(targets)] = random.permutation(columns[name])
        predictions = np.split(predict(batch), FIRST_AT_ONCE)
        losses += [loss(each, targets) for each in predictions[: len(names) - start]]
    most = np.argsort(losses, kind="stable")[-MANY:]
    return [names[i] for i in sorted(most.tolist())]


def draw(importance: Importance, unit: str, title: str, path: Path) -> None:
    """Draws the SHOWN most important columns as bars, with the standard deviation of the shuffles, as a PNG.

    Args:
        importance: what `measure` gave.
        unit: of the rise, for the axis.
        title: of the picture.
        path: of the file.
    """
    from matplotlib.figure import Figure

    order = np.argsort(importance.means, kind="stable")[-SHOWN:]
    names = [importance.names[i] if len(importance.names[i]) <= 30 else f"{importance.names[i][:27]}..." for i in order]
    figure = Figure(figsize=(8, 1.6 + 0.28 * len(order)), dpi=125, layout="constrained")
    axes = figure.add_subplot()
    axes.barh(
        range(len(order)),
        importance.means[order],
        xerr=importance.deviations[order],
        color="#4a7fb5",
        ecolor="#333333",
        capsize=3,
    )
    axes.set_yticks(range(len(order)), names, parse_math=False)
    axes.axvline(0, color="black", linewidth=0.8)
    of_all = f", {len(order)} of {importance.columns:,} columns" if len(order) < importance.columns else ""
    axes.set(xlabel=f"{unit}\n(mean and standard deviation of {importance.repeats} shuffles{of_all})")
    axes.set_title(title, parse_math=False)
    axes.grid(axis="x", alpha=0.3)
    axes.set_axisbelow(True)
    write_picture(figure, path)
