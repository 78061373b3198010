from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import zoo
from zoo.core.recipe import Recipe
from zoo.tables import data as tables
from zoo.tables import encodings
from zoo.tables.data import Table
from zoo.tables.encoder import Encoder

MESSY = Path(__file__).with_name("messy.csv")
RECIPE = Recipe(epochs=1, batch_size=32, learning_rate=0.1, seed=3)


@pytest.fixture(scope="module")
def messy() -> Table:
    return tables.load(str(MESSY), "renewed")


def encoder(table: Table) -> Encoder:
    train, _ = table.split("train")
    pairs = zip(table.schema.names, table.schema.kinds, strict=True)
    return Encoder([encodings.learn(name, kind, train[name]) for name, kind in pairs])


@pytest.mark.parametrize(
    ("name", "rows", "features", "classes", "sizes"),
    [
        ("iris", 150, 4, ("setosa", "versicolor", "virginica"), (90, 30, 30)),
        ("wine", 178, 13, ("cultivar 0", "cultivar 1", "cultivar 2"), (107, 36, 35)),
        ("breast_cancer", 569, 30, ("benign", "malignant"), (341, 114, 114)),
        ("diabetes", 442, 10, (), (265, 89, 88)),
    ],
)
def test_the_named_tables(name: str, rows: int, features: int, classes: tuple[str, ...], sizes: tuple[int, ...]) -> None:
    table = tables.load(name)
    assert table.features.shape == (rows, features)
    assert table.schema.classes == classes
    assert tuple(table.describe().splits.values()) == sizes
    table.check_trainable()


def test_a_split_depends_on_the_content_alone(messy: Table) -> None:
    for table in (messy, tables.load("breast_cancer")):
        parts = [table.split(name) for name in ("train", "validation", "test")]
        assert sum(len(targets) for _, targets in parts) == len(table.targets)
        order = np.random.default_rng(0).permutation(len(table.targets))
        shuffled = replace(table, columns={k: cells[order] for k, cells in table.columns.items()}, targets=table.targets[order])
        for name, (cells, targets) in zip(("train", "validation", "test"), parts, strict=True):
            again, again_targets = shuffled.split(name)
            assert sorted(targets.tolist()) == sorted(again_targets.tolist())
            for column in cells:
                np.testing.assert_array_equal(*(np.sort(values[column].astype("S40")) for values in (cells, again)))
        assert shuffled.describe() == table.describe()


def test_the_published_perceptron_s_rows_stay_what_they_were() -> None:
    assert tables.load("breast_cancer").describe().sha256 == "cc6c445c7311c12615fc671e8cd49e178313e5871cf3f0a4b5100cc3ce61a639"


def test_other_cells_are_another_content(messy: Table) -> None:
    town = messy.columns["home town"].copy()
    town[0] = b"Wien"
    assert replace(messy, columns={**messy.columns, "home town": town}).describe().sha256 != messy.describe().sha256


@pytest.mark.slow
def test_batches_hold_each_training_row_once_in_an_order_of_each_epoch(messy: Table) -> None:
    encode = encoder(messy)
    data = tables.batches(messy, RECIPE, encode, encode.width)
    (train, targets), epochs = messy.split("train"), []
    for number in (0, 0, 1):
        batches = list(data.train(number))
        assert len(batches) == data.steps
        epochs.append(np.concatenate([x.numpy() for x, _, _ in batches]))
        assert sum(float(weight.numpy().sum()) for *_, weight in batches) == len(targets)
    np.testing.assert_array_equal(epochs[0], epochs[1])
    assert (epochs[0] != epochs[2]).any()
    expected = tables.encoded(encode, train)
    for epoch in epochs:
        np.testing.assert_allclose(np.sort(epoch, axis=0), np.sort(expected, axis=0))


@pytest.mark.slow
def test_rows_that_take_much_memory_are_encoded_batch_by_batch_to_the_same(messy: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    encode, found = encoder(messy), []
    for most in (2**26, 0):
        monkeypatch.setattr(tables, "MOST_BYTES", most)
        data = tables.batches(messy, RECIPE, encode, encode.width)
        found.append([[part.numpy() for part in batch] for batch in (*data.train(1), *data.validation)])
    for kept, again in zip(*found, strict=True):
        for one, other in zip(kept, again, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([f"{i},{'ab'[i % 2]}" for i in range(2)], "are too few, bring more"),
        ([f"{i},{i + 0.5 if i == 3 else 1.5}" for i in range(6)], "y is the same in every training row"),
    ],
)
def test_too_few_rows_are_told(tmp_path: Path, rows: list[str], message: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y\n" + "\n".join(rows) + "\n")
    with pytest.raises(zoo.UserError, match=message):
        tables.load(str(path), "y").check_trainable()


def test_a_table_of_few_kinds_of_rows_is_split_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,z,y\n" + "".join(f"{i % 2},{i // 2 % 2},{i % 2 ^ i // 2 % 2}\n" for i in range(400)))
    table = tables.load(str(path), "y")
    table.check_trainable()
    assert list(table.describe().splits.values()) == [240, 80, 80]
    (remark,) = table.remarks()
    assert remark.startswith("400 of 400 rows equal another one in all columns but the target: they were divided one by one")


def test_equal_rows_and_rare_classes_are_told(tmp_path: Path) -> None:
    iris = tables.load("iris")
    assert iris.remarks() == ["2 of 150 rows equal another one in all columns but the target: equal rows are in the same split."]
    assert "60, 20 and 20 % of each class of species" in iris.describe().source
    path = tmp_path / "a.csv"
    path.write_text("x,y\n" + "".join(f"{i},{'abc'[(i > 1) + (i > 100)]}\n" for i in range(300)))
    (remark,) = tables.load(str(path), "y").remarks()
    assert remark == "Classes with too few rows for every split: a (2). The figures of a split without a class say nothing of it."
    path.write_text("x,y\n" + "".join(f"{i},{'abc'[(i > 4) + (i > 100)]}\n" for i in range(300)))
    (remark,) = tables.load(str(path), "y").remarks()
    assert remark == "Classes with few rows in the test split: a (1). Their recall there means little."


def test_all_rows_are_a_split_of_their_own(messy: Table) -> None:
    columns, targets = messy.split("all")
    assert targets.tolist() == messy.targets.tolist()
    assert columns["age"].tobytes() == messy.columns["age"].tobytes()


def test_class_weights_make_the_classes_count_the_same(messy: Table) -> None:
    encode, targets = encoder(messy), messy.outcomes("train")
    weights = np.array([3.0, 0.5])
    data = tables.batches(messy, RECIPE, encode, encode.width, weights)
    for _, y, weight in data.train(0):
        np.testing.assert_array_equal(weight.numpy(), weights[y.numpy()])
    (validation,) = {float(weight.numpy().sum()) for _, _, weight in data.validation}
    assert validation == weights[messy.outcomes("validation")].sum()
    assert len(targets)


def test_what_does_not_fit_is_one_line() -> None:
    iris = tables.load("iris").schema
    with pytest.raises(zoo.UserError, match="no data set is called 'nope': there are iris, wine, breast_cancer and diabetes"):
        tables.load("nope")
    with pytest.raises(zoo.UserError, match="iris has the target species, classification: leave out the target and the task"):
        tables.load("iris", "petal width (cm)")
    with pytest.raises(zoo.UserError, match="wine has the columns alcohol"):
        tables.load("wine", known=iris)
    with pytest.raises(zoo.UserError, match="the model learned to predict species, not spent"):
        tables.load(str(MESSY), "spent", known=iris)
