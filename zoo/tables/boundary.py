"""A picture of the decision boundary of a perceptron, which shows exactly on which side of it each row of a table lies."""

from pathlib import Path

import numpy as np

from zoo.core import colours
from zoo.core.errors import UserError
from zoo.core.files import write_picture
from zoo.tables import separability
from zoo.tables.data import Table
from zoo.tables.model import TableModel

COLOURS = colours.NEGATIVE, colours.POSITIVE, "#4d9221"
MARKERS = "o", "^", "s"
GRID = 400  # points across and up, at which the regions of three classes are computed


def coordinates(model: TableModel, table: Table, split: str) -> tuple[np.ndarray, np.ndarray]:
    """The place of each row in a plane that shows the boundary of many dimensions without distortion.

    z is a row as the network reads it. With two classes, the first coordinate is the signed distance to the boundary,
    (w . z + b) / |w|. The second is the place along the boundary, in its widest direction: the first principal component of the
    rows without their part along w. With three classes, the outputs differ only within the plane of the weights' differences.

    Returns:
        float32 [n, 2], and the labels [n].
    """
    columns, labels = table.split(split)
    z = model.encode(columns)
    kernel, bias = _weights(model)
    if kernel.shape[1] == 3:
        return z @ _plane(kernel), labels
    train = model.encode(table.split("train")[0])
    normal = kernel[:, 0] / np.linalg.norm(kernel)
    centred = train - train.mean(0)
    _, _, directions = np.linalg.svd(centred - np.outer(centred @ normal, normal), full_matrices=False)
    distance = z @ normal + bias[0] / np.linalg.norm(kernel)
    return np.stack([distance, z @ directions[0]], axis=1), labels


def _weights(model: TableModel) -> tuple[np.ndarray, np.ndarray]:
    """The kernel [width, units] and the bias [units]. Raises UserError for a model whose boundary a plane cannot show."""
    if model.card.architecture["network"] != "perceptron" or len(model.classes) not in (2, 3):
        raise UserError(
            f"the boundary of {model.card.name} cannot be drawn in a plane: it is not a perceptron of two or three classes"
        )
    kernel, bias = (variable.numpy() for variable in model.saved_model.trainable_variables)
    return kernel, bias


def _plane(kernel: np.ndarray) -> np.ndarray:
    """Two orthogonal directions, [width, 2], that span the differences of the weights of three units.

    If the rows have a single input, they lie on a line, and the second direction is 0.
    """
    directions, _, _ = np.linalg.svd(kernel - kernel.mean(1, keepdims=True), full_matrices=False)
    return np.pad(directions[:, :2], ((0, 0), (0, max(0, 2 - len(kernel)))))


def draw(model: TableModel, table: Table, split: str, path: Path, verdict: str | None = None) -> None:
    """Draws the rows of a split in the plane of `coordinates`, with the boundary or the regions of the classes, as a PNG.

    Rows that are predicted wrongly are ringed. A line below says whether the training rows can be separated at all.

    Args:
        model: a perceptron of two or three classes.
        table: with the columns of the model.
        split: of the table.
        path: of the picture.
        verdict: what `separability.verdict` gave for the training rows; None: it is computed.

    Raises:
        UserError: for another model.
    """
    from matplotlib.figure import Figure

    points, labels = coordinates(model, table, split)
    kernel, bias = _weights(model)
    figure = Figure(figsize=(8, 5.2), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    if len(table.schema.classes) == 2:
        wrong = (points[:, 0] > 0) != (labels > 0.5)
        reach = 1.05 * np.abs(points[:, 0]).max()
        limits = (-reach, reach), (points[:, 1].min() - 1, points[:, 1].max() + 1)
        probability = 1 / (1 + np.exp(-np.linspace(*limits[0], 400) * np.linalg.norm(kernel)))
        shade = axes.imshow(
            probability[None], extent=(*limits[0], *limits[1]), aspect="auto", cmap=colours.SIGNED, vmin=0, vmax=1, alpha=0.35
        )
        figure.colorbar(shade, ax=axes).set_label(f"probability of {table.schema.classes[1]}", parse_math=False)
        axes.axvline(0, color="black", linewidth=1.2, label="boundary")
        names = "signed distance to the boundary (standard deviations)", "place along the boundary (standard deviations)"
    else:
        slopes = _plane(kernel).T @ (kernel - kernel.mean(1, keepdims=True))
        wrong = (points @ slopes + bias).argmax(1) != labels
        x, y = ((points[:, i].min() - 0.7, points[:, i].max() + 0.7) for i in (0, 1))
        limits = x, y
        grid = np.stack(np.meshgrid(np.linspace(*x, GRID), np.linspace(*y, GRID)), axis=-1)
        regions = (grid @ slopes + bias).argmax(-1)
        axes.contourf(grid[..., 0], grid[..., 1], regions, levels=[-0.5, 0.5, 1.5, 2.5], colors=COLOURS, alpha=0.2)
        along = "direction of the weights' differences (standard deviations)"
        names = f"first {along}", f"second {along}" if len(kernel) > 1 else "no second direction: the rows are single numbers"
    for value, (name, colour, marker) in enumerate(zip(table.schema.classes, COLOURS, MARKERS, strict=False)):
        chosen = labels == value
        axes.scatter(points[chosen, 0], points[chosen, 1], s=22, c=colour, marker=marker, label=f"{name} ({chosen.sum()})")
    axes.scatter(
        points[wrong, 0],
        points[wrong, 1],
        s=130,
        facecolors="none",
        edgecolors="black",
        label=f"wrong ({wrong.sum()} of {len(labels)})",
    )
    axes.set(xlabel=names[0], ylabel=names[1], xlim=limits[0], ylim=limits[1])
    axes.set_title(f"A perceptron on {table.source.name}, {split} split: accuracy {1 - wrong.mean():.1%}", parse_math=False)
    for text in axes.legend(loc="best", framealpha=0.9).get_texts():
        text.set_parse_math(False)  # a class may be called $a$
    figure.supxlabel(verdict or _verdict(model, table), fontsize=8, parse_math=False, wrap=True)
    write_picture(figure, path)


def _verdict(model: TableModel, table: Table) -> str:
    columns, labels = table.split("train")
    return separability.verdict(model.encode(columns), labels, table.schema.classes)
