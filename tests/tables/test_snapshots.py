"""What a network computes while it learns points in a plane or on a line."""

from pathlib import Path

import numpy as np
import pytest

import zoo
from zoo.core.errors import UserError
from zoo.core.recipe import Recipe
from zoo.tables import data, mlp, perceptron
from zoo.tables.snapshots import ACROSS, ACROSS_UNITS, Snapshot, View


def table(folder: Path, columns: str = "x1,x2,class", rows: int = 60, classes: int = 2) -> data.Table:
    """Points left and right of a line (or of several), and a column that says on which side."""
    random = np.random.default_rng(0)
    lines = [columns]
    for i in range(rows):
        place = i % classes
        row = [f"{place + random.uniform(-0.4, 0.4):.4f}", f"{random.uniform(-5, 5):.4f}"][: columns.count(",")]
        lines.append(",".join([*row, "abcdefgh"[place] if "class" in columns else f"{3 * float(row[0]) + 1:.4f}"]))
    path = folder / "points.csv"
    path.write_text("\n".join(lines) + "\n")
    return data.load(str(path), columns.rpartition(",")[2])


def test_a_snapshot_holds_what_the_network_computes(tmp_path: Path) -> None:
    view = View(table(tmp_path))
    model = perceptron.build(perceptron.Config(2))
    # Standardised, the first column decides alone: above its mean is the second class.
    model.set_weights([np.array([[50.0], [0.0]], np.float32), np.zeros(1, np.float32)])
    snapshot = view.look(model)
    assert snapshot.right == (1, 1)
    assert max(snapshot.losses) < 0.1
    assert snapshot.surface.shape == (2, ACROSS, ACROSS)
    np.testing.assert_allclose(snapshot.surface.sum(0), 1, rtol=1e-5)
    assert snapshot.surface[1, :, 0].max() < 0.01  # left
    assert snapshot.surface[1, :, -1].min() > 0.99  # right
    assert snapshot.units == []
    assert (snapshot.weights[0][:, 0] == [50, 0]).all()


def test_units_are_seen_on_a_grid_of_their_own(tmp_path: Path) -> None:
    view = View(table(tmp_path, classes=3))
    model = mlp.build(mlp.Config(2, units=3, hidden=(4, 3), activations=("tanh", "relu")))
    snapshot = view.look(model)
    assert [units.shape for units in snapshot.units] == [(4, ACROSS_UNITS, ACROSS_UNITS), (3, ACROSS_UNITS, ACROSS_UNITS)]
    assert [weights.shape for weights in snapshot.weights] == [(2, 4), (4, 3), (3, 3)]
    assert snapshot.surface.shape == (3, ACROSS, ACROSS)
    assert np.abs(snapshot.units[0]).max() <= 1
    assert snapshot.units[1].min() >= 0
    weights, bias = model.get_layer("hidden_1").get_weights()
    x1, x2 = (view.table.split("train")[0][name] for name in view.table.schema.names)
    corner = np.array([(view.low[0] - x1.mean()) / x1.std(), (view.high[1] - x2.mean()) / x2.std()])
    np.testing.assert_allclose(snapshot.units[0][:, -1, 0], np.tanh(corner @ weights + bias), atol=1e-4)  # rows go upwards


def test_a_curve_is_seen_on_a_line(tmp_path: Path) -> None:
    view = View(table(tmp_path, columns="x,y"))
    model = perceptron.build(perceptron.Config(1))
    model.set_weights([np.ones((1, 1), np.float32), np.zeros(1, np.float32)])  # y in deviations is x in deviations
    snapshot = view.look(model)
    assert snapshot.surface.shape == (1, ACROSS)
    np.testing.assert_allclose(snapshot.surface[0], 3 * np.linspace(view.low[0], view.high[0], ACROSS) + 1, rtol=1e-3, atol=1e-3)
    assert snapshot.right[0] == pytest.approx(1, abs=1e-4)
    assert sorted(set(view.places.tolist())) == [0, 1, 2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x1,x2,x3,y\n" + "1.5,2.5,0.5,a\n2.5,1.5,0.1,b\n" * 20, "one or two columns of numbers"),
        ("x1,y\n" + "\n".join(f"{i * 0.37:.2f},{'ab'[i % 2]}" for i in range(40)), "the last column must be numbers too"),
        ("x1,x2,y\n" + "\n".join(f"{i * 0.37:.2f},{i * 0.11:.2f},{'abcdefg'[i % 7]}" for i in range(70)), "7 classes; at most 6"),
        (
            "x1,x2,y\n" + "\n".join(f"{i * 0.37:.2f},{i * 0.11 if i else ''},{'ab'[i % 2]}" for i in range(70)),
            "a number is missing",
        ),
    ],
)
def test_tables_that_cannot_be_drawn_are_told(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text(text + "\n")
    with pytest.raises(UserError, match=words):
        View(data.load(str(path), "y"))


@pytest.mark.slow
def test_somebody_watches_a_training(tmp_path: Path) -> None:
    points = table(tmp_path)
    view, seen = View(points), list[Snapshot]()
    recipe = Recipe(epochs=10, batch_size=8, learning_rate=0.1, optimizer="sgd")
    zoo.train(
        "mlp",
        str(tmp_path / "points.csv"),
        out=tmp_path / "out",
        target="class",
        hidden=(4,),
        intervals=0,
        recipe=recipe,
        watch=lambda model, done: seen.append(view.look(model)) if done % 20 == 0 else done < 41,
    )
    assert len(seen) >= 2
    assert seen[-1].losses[0] < seen[0].losses[0]
    assert not (tmp_path / "out").exists()  # stopped, so that nothing is published
