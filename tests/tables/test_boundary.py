from pathlib import Path

import numpy as np
import pytest

import zoo
from apps import perceptron
from zoo.tables import boundary
from zoo.tables import data as tables


@pytest.mark.slow
def test_the_picture_places_every_row_on_the_side_that_the_model_says(small_model: Path, tmp_path: Path) -> None:
    model = zoo.load(small_model)
    table = tables.load("breast_cancer")
    points, labels = boundary.coordinates(model, table, "test")
    probability = model.predict(table.split("test")[0])
    np.testing.assert_array_equal(points[:, 0] > 0, probability > 0.5)
    # The probability falls with the distance alone: sigmoid(|w| distance).
    kernel = model.saved_model.trainable_variables[0].numpy()
    np.testing.assert_allclose(1 / (1 + np.exp(-points[:, 0] * np.linalg.norm(kernel))), probability, atol=1e-4)
    assert len(labels) == 114
    for name in ("a.png", "b.png"):
        boundary.draw(model, table, "test", tmp_path / name)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.fixture(scope="module")
def iris(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A perceptron of three classes, soon trained."""
    path = tmp_path_factory.mktemp("models") / "iris"
    assert perceptron.main(["train", "--data", "iris", "--epochs", "30", "--out", str(path)]) == 0
    return path


@pytest.mark.slow
def test_three_classes_lie_in_the_plane_of_the_weights_differences(iris: Path) -> None:
    """Two rows at the same place have the same probabilities: those at a place follow from it alone."""
    model, table = zoo.load(iris), tables.load("iris")
    points, labels = boundary.coordinates(model, table, "test")
    assert points.shape == (30, 2)
    assert len(labels) == 30
    log = np.log(model.predict(table.split("test")[0]))
    logits = log - log.mean(1, keepdims=True)  # but for what all three have in common
    design = np.hstack([points, np.ones((30, 1))])
    solution, *_ = np.linalg.lstsq(design, logits, rcond=None)
    np.testing.assert_allclose(design @ solution, logits, atol=1e-4)


@pytest.mark.slow
def test_the_picture_of_a_perceptron_says_what_no_plane_separates(iris: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    monkeypatch.setattr(boundary, "write_picture", lambda figure, path: said.append(figure.get_supxlabel()))
    boundary.draw(zoo.load(iris), tables.load("iris"), "test", iris / "unused" / "a.png")
    (text,) = said
    assert "not linearly separable: no plane tells versicolor from virginica" in text
    assert not (iris / "unused" / "a.png").exists()


@pytest.mark.slow
def test_three_classes_of_a_single_number_lie_on_a_line(tmp_path: Path) -> None:
    path, out = tmp_path / "heights.csv", tmp_path / "heights"
    kinds = "low", "middle", "high"
    path.write_text("height,kind\n" + "".join(f"{i / 10},{kinds[i // 50]}\n" for i in range(150)))
    assert perceptron.main(["train", "--csv", str(path), "--target", "kind", "--epochs", "2", "--out", str(out)]) == 0
    table = tables.load(str(path), "kind")
    points, labels = boundary.coordinates(zoo.load(out), table, "test")
    assert points.shape == (len(labels), 2)
    assert (points[:, 1] == 0).all()
    heights = table.split("test")[0]["height"]
    assert abs(np.corrcoef(points[:, 0], heights)[0, 1]) == pytest.approx(1, abs=1e-5)
    assert (out / "boundary.png").read_bytes().startswith(b"\x89PNG")
