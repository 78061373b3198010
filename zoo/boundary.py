"""The decision boundary of a perceptron among the points of a table, as a picture that is exact for every point."""

from pathlib import Path

import numpy as np

from zoo.data.tables import Table
from zoo.files import write_picture
from zoo.loading import Classifier


def coordinates(model: Classifier, table: Table, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Each row's place in the plane that shows a boundary in many dimensions without distortion.

    Rows are standardised by the train split, as in the model. Across: the signed distance to the boundary, (w . z + b) / |w|.
    Up: the place along the boundary's own widest direction, the first principal component of what is left of the rows when
    their part along w is taken out.

    Returns:
        float32 [n, 2], and the labels [n].
    """
    train, _ = table.split("train")
    features, labels = table.split(split)
    kernel, bias = (variable.numpy() for variable in model.saved_model.trainable_variables)
    normal = kernel[:, 0] / np.linalg.norm(kernel)

    def standardised(rows: np.ndarray) -> np.ndarray:
        deviation = train.std(0)
        return (rows - train.mean(0)) / np.where(deviation > 0, deviation, 1)  # a constant column tells nothing

    def flattened(rows: np.ndarray) -> np.ndarray:
        return rows - np.outer(rows @ normal, normal)

    _, _, directions = np.linalg.svd(flattened(standardised(train)), full_matrices=False)
    z = standardised(features)
    distance = z @ normal + bias[0] / np.linalg.norm(kernel)
    return np.stack([distance, z @ directions[0]], axis=1), labels


def draw(model: Classifier, table: Table, split: str, path: Path) -> None:
    """Draws a split's rows in the plane of `coordinates`, the boundary and the probability as a PNG; errors are ringed."""
    from matplotlib.figure import Figure

    points, labels = coordinates(model, table, split)
    kernel = model.saved_model.trainable_variables[0].numpy()
    wrong = (points[:, 0] > 0) != (labels > 0.5)

    figure = Figure(figsize=(8, 5), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    reach = 1.05 * np.abs(points[:, 0]).max()
    low, high = points[:, 1].min() - 1, points[:, 1].max() + 1
    probability = 1 / (1 + np.exp(-np.linspace(-reach, reach, 400) * np.linalg.norm(kernel)))
    shade = axes.imshow(
        probability[None], extent=(-reach, reach, low, high), aspect="auto", cmap="RdBu_r", vmin=0, vmax=1, alpha=0.35
    )
    figure.colorbar(shade, ax=axes, label=f"probability of {table.classes[1]}")
    axes.axvline(0, color="black", linewidth=1.2, label="boundary")
    for value, colour, marker in ((0, "#2166ac", "o"), (1, "#b2182b", "^")):
        chosen = labels == value
        axes.scatter(
            points[chosen, 0], points[chosen, 1], s=22, c=colour, marker=marker, label=f"{table.classes[value]} ({chosen.sum()})"
        )
    axes.scatter(
        points[wrong, 0],
        points[wrong, 1],
        s=130,
        facecolors="none",
        edgecolors="black",
        label=f"wrong ({wrong.sum()} of {len(labels)})",
    )
    axes.set(
        xlabel="signed distance to the boundary (standard deviations)",
        ylabel="place along the boundary (standard deviations)",
        title=f"A perceptron on {table.source.name}, {split} split: accuracy {1 - wrong.mean():.1%}",
        xlim=(-reach, reach),
        ylim=(low, high),
    )
    axes.legend(loc="best", framealpha=0.9)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_picture(figure, path)
