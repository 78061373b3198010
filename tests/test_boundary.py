from pathlib import Path

import numpy as np

import zoo
from zoo import boundary
from zoo.data import tables


def test_the_picture_places_every_row_on_the_side_that_the_model_says(small_model: Path, tmp_path: Path) -> None:
    model = zoo.load(small_model)
    table = tables.load("breast_cancer")
    points, labels = boundary.coordinates(model, table, "test")
    probability = model.predict(table.split("test")[0])
    np.testing.assert_array_equal(points[:, 0] > 0, probability > 0.5)
    # The probability falls with the distance alone: sigmoid(|w| distance).
    kernel = model.saved_model.trainable_variables[0].numpy()
    np.testing.assert_allclose(1 / (1 + np.exp(-points[:, 0] * np.linalg.norm(kernel))), probability, atol=1e-4)
    assert len(labels) == 117
    for name in ("a.png", "b.png"):
        boundary.draw(model, table, "test", tmp_path / name)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
