"""Permutation importance: how much worse a model gets when one column tells it nothing.

Breiman (2001), "Random Forests", for trees; for any model Fisher, Rudin and Dominici (2019).

A column's cells are shuffled among the rows, which breaks what it says of the target and leaves its values as they are. Columns
that say the same stand in for each other: each may look unimportant then. Of very many columns, a first shuffle of some rows
finds those that may matter, and these alone are measured: what each column costs grows with their number.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from zoo.core.files import write_picture

MOST_ROWS = 2000  # that are shuffled; more change the means little
SHOWN = 20  # bars in a picture
REPEATS = 10  # shuffles of each column
MANY, FEWER_REPEATS = 50, 2  # of more columns a first shuffle finds MANY, which are then shuffled FEWER_REPEATS times
FIRST_ROWS, FIRST_AT_ONCE = 100, 40  # in the first shuffle: rows, and columns whose rows are answered together


@dataclass(frozen=True)
class Importance:
    """The rise of the loss when each of d columns is shuffled.

    Args:
        names: of the columns that were measured.
        means: over the shuffles, [d].
        deviations: likewise, [d].
        n: rows.
        repeats: shuffles of each column.
        columns: all that there are, of which d were measured.
    """

    names: tuple[str, ...]
    means: np.ndarray
    deviations: np.ndarray
    n: int
    repeats: int
    columns: int


def measure(
    answer: Callable[[dict[str, np.ndarray]], np.ndarray],
    loss: Callable[[np.ndarray, np.ndarray], float],
    columns: dict[str, np.ndarray],
    targets: np.ndarray,
    repeats: int | None = None,
    seed: int = 0,
) -> Importance:
    """Shuffles one column after the other; of more than MANY columns those that a first shuffle finds.

    Args:
        answer: what the model says of the rows of named columns.
        loss: the mean loss of answers to rows with these targets.
        columns: by name, [n] each.
        targets: [n].
        repeats: shuffles of each column; None: REPEATS, or FEWER_REPEATS of more than MANY columns.
        seed: of the shuffles, and of the MOST_ROWS rows that are taken of more.
    """
    repeats = repeats or (REPEATS if len(columns) <= MANY else FEWER_REPEATS)
    random = np.random.default_rng(seed)
    n = min(len(targets), MOST_ROWS)
    chosen = np.sort(random.permutation(len(targets))[:n])
    columns, targets = {name: cells[chosen] for name, cells in columns.items()}, targets[chosen]
    whole, among = loss(answer(columns), targets), len(columns)
    names = list(columns) if among <= MANY else _most_important(answer, loss, columns, targets, random)
    repeated = {name: np.tile(cells, repeats) for name, cells in columns.items()}
    rises = []
    # What is done in two seconds needs no bar.
    for name in tqdm(names, desc="shuffling columns", unit="column", file=sys.stderr, delay=2):
        shuffled = np.concatenate([random.permutation(columns[name]) for _ in range(repeats)])
        answers = np.split(answer({**repeated, name: shuffled}), repeats)
        rises.append([loss(each, targets) - whole for each in answers])
    return Importance(tuple(names), np.mean(rises, axis=1), np.std(rises, axis=1), n, repeats, among)


def _most_important(
    answer: Callable[[dict[str, np.ndarray]], np.ndarray],
    loss: Callable[[np.ndarray, np.ndarray], float],
    columns: dict[str, np.ndarray],
    targets: np.ndarray,
    random: np.random.Generator,
) -> list[str]:
    """The MANY columns whose shuffle changes the answers to FIRST_ROWS rows for the worst, in their order."""
    chosen = np.sort(random.permutation(len(targets))[:FIRST_ROWS])
    columns, targets, names = {name: cells[chosen] for name, cells in columns.items()}, targets[chosen], list(columns)
    repeated = {name: np.tile(cells, FIRST_AT_ONCE) for name, cells in columns.items()}
    losses: list[float] = []
    for start in tqdm(range(0, len(names), FIRST_AT_ONCE), desc="finding columns", file=sys.stderr, delay=2):
        batch = dict(repeated)
        for i, name in enumerate(names[start : start + FIRST_AT_ONCE]):  # the i-th part of the rows has the i-th column shuffled
            batch[name] = repeated[name].copy()
            batch[name][i * len(targets) : (i + 1) * len(targets)] = random.permutation(columns[name])
        answers = np.split(answer(batch), FIRST_AT_ONCE)
        losses += [loss(each, targets) for each in answers[: len(names) - start]]
    most = np.argsort(losses, kind="stable")[-MANY:]
    return [names[i] for i in sorted(most.tolist())]


def draw(importance: Importance, unit: str, title: str, path: Path) -> None:
    """Draws the SHOWN most important columns as bars, with the standard deviation of the shuffles, as a PNG.

    Args:
        importance: what `measure` gave.
        unit: what the rise is measured in.
        title: of the picture.
        path: the file.
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
