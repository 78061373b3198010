import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

import zoo
from zoo.core import cards, export
from zoo.core.about import About
from zoo.core.cards import Card, DataSet, Metric, Training
from zoo.tables import graph, perceptron
from zoo.tables.encoder import Encoder
from zoo.tables.encodings import ColumnEncoding
from zoo.tables.model import TableModel
from zoo.tables.output import Output

ENCODER = Encoder(
    [ColumnEncoding("x1", "number", mean=1.0, deviation=2.0), ColumnEncoding("x2", "number", mean=2.0, deviation=3.0)]
)
CARD = Card(
    name="",
    task="classification of rows",
    description="A test.",
    architecture={"network": "perceptron", "names": ["x1", "x2"], "kinds": ["number"] * 2, "target": "y", "classes": ["a", "b"]},
    parameters=3,
    dataset=DataSet("none", "1", "made here", {"train": 1}, "0" * 64, "none"),
    training=Training("none", 0, 1, 1.0, "none", {}),
    metrics=(),
    signatures={},
    limits=("none",),
)


ABOUT = About(
    structure="One unit.",
    intended_use="Testing.",
    citation=(),
    tags=("table",),
    code='print(model.predict({"x1": [1.0], "x2": [2.0]}).round(3))',
    signatures={
        "predict": 'print(signatures["predict"](features=tf.constant([[1.0, 2.0]]))["probability"].numpy().round(3))',
    },
)


@pytest.fixture(scope="module")
def network() -> keras.Model:
    model = perceptron.build(perceptron.Config(2))
    model.get_layer("unit").set_weights([np.array([[0.5], [-1.0]]), np.array([0.25])])
    return model


def publish(model: keras.Model, path: Path, card: Card = CARD) -> Card:
    endpoints = graph.endpoints(model, ENCODER, Output(classes=2))
    return export.publish(
        path,
        card,
        write=lambda folder: export.write_saved_model(model, endpoints, folder),
        loader=TableModel,
        about=lambda model, folder: ABOUT,
        measure=lambda model, folder: [Metric("accuracy", 0.5, "test", 2, "true")],
        extra=lambda model, folder: None,
    )


@pytest.fixture(scope="module")
def published(network: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model as `publish` leaves it. Do not change it."""
    path = tmp_path_factory.mktemp("published") / "model"
    publish(network, path)
    return path


@pytest.fixture
def model(published: Path, tmp_path: Path) -> Path:
    """A copy of it, as "model" in the test's own folder."""
    return shutil.copytree(published, tmp_path / "model")


@pytest.mark.slow
def test_plain_tensorflow_and_its_program_give_the_trained_model_s_outputs(published: Path) -> None:
    rows = np.array([[1.0, 2.0], [3.0, -1.0]], np.float32)
    # By hand: sigmoid(0.5 (x1 - 1) / 2 - (x2 - 2) / 3 + 0.25)
    expected = 1 / (1 + np.exp(-np.array([0.25, 0.5 + 1.0 + 0.25])))
    np.testing.assert_allclose(zoo.load(published).predict(rows), expected, rtol=1e-5)
    # What saved_model_cli does, in the same process: TensorFlow is imported once.
    program = """
import sys
import tensorflow as tf
from tensorflow.python.tools import saved_model_cli

model = tf.saved_model.load(sys.argv[1])
print(*model.signatures["serving_default"](features=tf.constant([[1.0, 2.0], [3.0, -1.0]]))["probability"].numpy())
words = ["run", "--dir", sys.argv[1], "--tag_set", "serve", "--signature_def", "predict"]
sys.argv = ["saved_model_cli", *words, "--input_exprs", "features=[[1.0,2.0]]"]
saved_model_cli.main()
"""
    result = subprocess.run([sys.executable, "-I", "-c", program, str(published)], cwd="/", capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    first, *rest = result.stdout.splitlines()
    np.testing.assert_allclose([float(word) for word in first.split()], expected, rtol=1e-5)
    assert "0.5621" in "".join(rest)  # sigmoid(0.25)


def test_the_card_describes_the_signatures_and_every_file(network: keras.Model, tmp_path: Path) -> None:
    card = publish(network, tmp_path / "model")
    assert card.name == "model"
    outputs = {"probability": "float32 n"}
    assert card.signatures == {
        "columns": {"inputs": {"x1": "float32 n", "x2": "float32 n"}, "outputs": outputs},
        "predict": {"inputs": {"features": "float32 nx2"}, "outputs": outputs},
    }
    assert {"saved_model.pb", "variables/variables.index", "README.md"} <= card.files.keys()
    assert cards.verify(tmp_path / "model") == card
    page = (tmp_path / "model" / "README.md").read_text()
    assert "| `accuracy` | 0.5 | higher | test, 2 | " in page
    assert not list(tmp_path.glob(".*")), "temporary folders are left behind"


def test_the_card_shows_what_the_exported_model_says(network: keras.Model, tmp_path: Path) -> None:
    card = publish(network, tmp_path / "model")
    assert card.usage["zoo.load"].output == card.usage["predict"].output == "[0.562]"  # sigmoid(0.25)
    assert f'zoo.load("{tmp_path}/model")' in card.usage["zoo.load"].code
    assert card.metrics[0].better == "higher"
    assert cards.verify(tmp_path / "model") == card


@pytest.mark.slow
def test_a_page_is_written_anew_without_touching_the_model(model: Path) -> None:
    before = cards.read_card(model)
    times = {path: path.stat().st_mtime_ns for path in model.rglob("*") if path.name not in (cards.CARD, cards.README)}
    after = export.renew_page(model, TableModel, lambda loaded, folder: replace(ABOUT, intended_use="Testing anew."))
    assert cards.verify(model) == after
    assert {name for name in after.files if after.files[name] != before.files[name]} == {cards.README}
    assert times == {path: path.stat().st_mtime_ns for path in times}
    assert after.metrics == before.metrics
    assert "Testing anew." in (model / cards.README).read_text(encoding="utf-8")


def test_a_page_that_somebody_has_changed_is_not_written_anew(model: Path) -> None:
    page = model / cards.README
    page.write_text("my notes", encoding="utf-8")
    with pytest.raises(zoo.UserError, match=r"README\.md is not the file that was published"):
        export.renew_page(model, TableModel, lambda loaded, folder: ABOUT)
    assert page.read_text(encoding="utf-8") == "my notes"


@pytest.mark.slow
@pytest.mark.parametrize("where", ["write_saved_model", "render", "describe_signatures"])
def test_a_full_disk_leaves_the_old_model(
    network: keras.Model, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    old = cards.read_card(model)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, where, full)
    with pytest.raises(OSError, match="No space left"):
        publish(network, model, replace(CARD, description="newer"))
    assert cards.verify(model) == old
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


@pytest.mark.slow
def test_a_failing_rename_puts_the_old_model_back(
    network: keras.Model, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = cards.read_card(model)
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name.startswith(".model.") and target.name == "model" and not self.name.endswith(".old"):
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="No space left"):
        publish(network, model, replace(CARD, description="newer"))
    assert cards.verify(model) == old
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


@pytest.mark.slow
def test_a_newer_model_replaces_the_older(network: keras.Model, model: Path, tmp_path: Path) -> None:
    publish(network, model, replace(CARD, description="newer"))
    assert cards.verify(model).description == "newer"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_folder_that_is_no_model_is_never_replaced(network: keras.Model, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"miaow")
    with pytest.raises(zoo.UserError, match="exists and is not a model"):
        publish(network, tmp_path / "photos")
    assert (tmp_path / "photos" / "cat.jpg").read_bytes() == b"miaow"


def test_a_model_of_another_kind_is_never_replaced(network: keras.Model, model: Path, tmp_path: Path) -> None:
    old = cards.read_card(model)
    table = {"network": "perceptron", "target": "y"}
    for task, architecture, told in (
        (
            "music generation",
            {"network": "music_lstm", "parts": False, "voices": 1},
            "a music_lstm for music generation of melodies",
        ),
        ("classification of rows", table | {"network": "mlp"}, "an mlp for classification of rows, target 'y'"),
        ("classification of rows", table | {"target": "z"}, "a perceptron for classification of rows, target 'z'"),
        ("regression of rows", table, "a perceptron for regression of rows, target 'y'"),
        ("text classification", {"network": "t", "classes": ["ham", "spam"]}, "a t for text classification, classes ham, spam"),
        ("translation", {"network": "t", "languages": ["de", "fr"]}, "a t for translation, languages de, fr"),
    ):
        with pytest.raises(zoo.UserError) as raised:
            publish(network, model, replace(CARD, task=task, architecture=architecture))
        assert "model holds a perceptron for classification of rows, target 'y', and this is " + told in str(raised.value)
    assert cards.verify(model) == old
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_users_files_beside_the_card_are_named_and_stay(network: keras.Model, model: Path) -> None:
    (model / "mine").mkdir()
    for name in ("data.csv", "mine/a.mid"):
        (model / name).write_text("mine")
    with pytest.raises(zoo.UserError, match=r"holds files that are not the model's .*: move data.csv, mine/a.mid, or name"):
        publish(network, model, replace(CARD, description="newer"))
    assert (model / "data.csv").read_text() == (model / "mine" / "a.mid").read_text() == "mine"


def test_a_page_with_notes_of_the_users_stays(network: keras.Model, model: Path) -> None:
    page = model / "README.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nmy notes", encoding="utf-8")
    with pytest.raises(zoo.UserError, match=r"model holds a README.md that has been changed since, and would be lost: move it"):
        publish(network, model, replace(CARD, description="newer"))
    assert page.read_text(encoding="utf-8").endswith("my notes")


def test_what_cannot_be_written_is_told_by_the_whole_name_that_was_given(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("a,b\n")
    with pytest.raises(zoo.UserError, match=r"the model .*table.csv/mine: .*table.csv is a file: name a folder"):
        export.check_writable(tmp_path / "table.csv" / "mine")


def test_only_a_folder_of_its_own_becomes_a_model(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty" / "here").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "empty" / "here")
    for place in (".", "..", "../here", str(tmp_path), "/", "a/.."):
        with pytest.raises(zoo.UserError, match="is no folder that a model can take the place of"):
            export.check_writable(Path(place))
    for place, told in (
        (model / "inner", "is in the folder of a model"),
        (model / "card.json", "is in the folder of a model"),
        (Path("x" * 250), "file name too long"),
    ):
        with pytest.raises(zoo.UserError, match=told):
            export.check_writable(place)
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.slow
def test_a_link_stays_and_what_it_leads_to_is_replaced(network: keras.Model, published: Path, tmp_path: Path) -> None:
    shutil.copytree(published, tmp_path / "real")
    (tmp_path / "link").symlink_to("real")
    publish(network, tmp_path / "link", replace(CARD, description="newer"))
    assert (tmp_path / "link").is_symlink()
    assert cards.verify(tmp_path / "real").description == "newer"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "real"]


@pytest.mark.slow
def test_restore_takes_the_published_weights_and_refuses_another_network(network: keras.Model, model: Path) -> None:
    other = perceptron.build(perceptron.Config(2))
    export.restore(other, model)
    np.testing.assert_array_equal(other.get_layer("unit").get_weights()[0], network.get_layer("unit").get_weights()[0])
    larger = perceptron.build(perceptron.Config(3))
    with pytest.raises(zoo.UserError, match="holds another network"):
        export.restore(larger, model)


@pytest.mark.slow
def test_predict_says_what_shape_it_takes(published: Path) -> None:
    model = zoo.load(published)
    assert model.predict(np.zeros((600, 2))).shape == (600,)
    assert model.predict(np.zeros((0, 2))).shape == (0,)
    for wrong in (np.zeros((2, 3)), np.zeros(2), [["a", "b"]]):
        with pytest.raises(zoo.UserError, match=r"model takes features as float32 \['n', 2\]"):
            model.predict(wrong)


@pytest.mark.pretrained
def test_predict_refuses_numbers_that_are_no_pixels() -> None:
    model = zoo.load("digits_mlp")
    black = np.zeros((1, 28, 28))
    np.testing.assert_array_equal(model.predict(black), model.predict(black.astype(np.uint8)))
    for wrong in (300, -1, 0.5, np.nan):
        with pytest.raises(zoo.UserError, match="values are not of that type"):
            model.predict(np.full((1, 28, 28), wrong))
