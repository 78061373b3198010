"""What the demo shows of the perceptron: its decision boundary."""

from pathlib import Path

from .demo_part import Part

BOUNDARY = "boundary.png"


def draw_boundary(out: Path) -> list[Path]:
    """The perceptron's decision boundary among the breast-cancer data's test split."""
    import zoo
    from zoo.tables import boundary
    from zoo.tables import data as tables

    table = tables.load("breast_cancer")
    path = out / BOUNDARY
    model = zoo.load("perceptron")
    boundary.draw(model, table, "test", path)
    for metric in model.card.metrics:
        print(f"{metric.name}: {metric.value:.4f} on the {metric.split} split, n = {metric.n}")
    return [path]


PARTS = {"perceptron": Part("draws its boundary", draw_boundary, (BOUNDARY,))}
