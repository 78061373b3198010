from pathlib import Path

import numpy as np

from zoo.tables import importance
from zoo.tables.importance import Importance


def answer(columns: dict[str, np.ndarray]) -> np.ndarray:
    return 2 * columns["useful"] + np.where(columns["word"] == b"yes", 1.0, 0.0)


def squared(said: np.ndarray, targets: np.ndarray) -> float:
    return float(np.square(said - targets).mean())


def data(n: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    words = np.array([b"no", b"yes"], dtype=object)[random.integers(0, 2, n)]
    return {"useful": random.normal(size=n), "word": words, "idle": random.normal(size=n)}


def test_the_rise_of_the_loss_is_that_of_shuffled_cells() -> None:
    columns = data(4000)
    columns = {name: cells[:1500] for name, cells in columns.items()}
    found = importance.measure(answer, squared, columns, answer(columns), repeats=20)
    values = dict(zip(found.names, found.means, strict=True))
    # The mean squared difference of two independent draws is twice the variance.
    np.testing.assert_allclose(values["useful"], 2 * np.var(2 * columns["useful"]), rtol=0.05)
    np.testing.assert_allclose(values["word"], 2 * 0.25, rtol=0.05)
    assert values["idle"] == 0
    assert found.deviations[2] == 0
    assert found.deviations[0] > 0


def test_many_rows_are_a_sample_and_the_caller_s_columns_stay() -> None:
    columns = data(5000)
    before = columns["useful"].copy()
    found = importance.measure(answer, squared, columns, answer(columns), repeats=2)
    assert found.n == importance.MOST_ROWS
    np.testing.assert_array_equal(columns["useful"], before)
    again = importance.measure(answer, squared, columns, answer(columns), repeats=2)
    np.testing.assert_array_equal(found.means, again.means)


def test_of_very_many_columns_those_that_matter_are_measured() -> None:
    random, asked = np.random.default_rng(0), 0
    columns = {f"c{i}": random.normal(size=500) for i in range(1000)}
    targets = 3 * columns["c7"] + columns["c999"]

    def counting(given: dict[str, np.ndarray]) -> np.ndarray:
        nonlocal asked
        asked += len(given["c0"])
        return 3 * given["c7"] + given["c999"]

    found = importance.measure(counting, squared, columns, targets)
    values = dict(zip(found.names, found.means, strict=True))
    assert found.columns == 1000
    assert len(values) == importance.MANY
    assert sorted(values, key=values.__getitem__)[-2:] == ["c999", "c7"]
    np.testing.assert_allclose(values["c7"], 2 * 9, rtol=0.2)
    assert asked < 250_000  # rows, a quarter of what every column would need


def test_the_picture_shows_the_most_important_columns_in_their_order(tmp_path: Path) -> None:
    names = tuple(f"column ${i}$" for i in range(30))
    found = Importance(names, np.arange(30.0), np.ones(30), 100, 10, 30)
    importance.draw(found, "nats", "A title with $ in it", tmp_path / "new" / "a.png")
    importance.draw(found, "nats", "A title with $ in it", tmp_path / "b.png")
    assert (tmp_path / "b.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "new" / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
