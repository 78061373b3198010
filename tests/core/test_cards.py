import dataclasses
import json
import shutil
from pathlib import Path

import pytest

import zoo
from apps import captions, models
from zoo.core import cards
from zoo.core.cards import Card, Cards, Usage


@pytest.fixture
def copy(small_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_model, tmp_path / "copy"))


def test_a_card_survives_its_json(small_model: Path) -> None:
    card = cards.read_card(small_model)
    assert Card.from_json(card.to_json()) == card
    assert card.parameters == 31  # 30 weights and a bias
    assert card.architecture["classes"] == ["benign", "malignant"]
    assert card.dataset.splits == {"train": 341, "validation": 114, "test": 114}


def test_verify_accepts_what_was_published(small_model: Path) -> None:
    assert cards.verify(small_model).name == "small"


def test_verify_names_a_changed_file(copy: Path) -> None:
    variables = copy / "variables" / "variables.data-00000-of-00001"
    content = bytearray(variables.read_bytes())
    content[-1] ^= 1
    variables.write_bytes(content)
    with pytest.raises(zoo.UserError, match=r"variables\.data.*is not the file that was published"):
        zoo.load(copy)


def test_verify_names_a_missing_and_an_added_file(copy: Path) -> None:
    (copy / "added.txt").write_text("?")
    with pytest.raises(zoo.UserError, match=r"added\.txt is not on its card"):
        cards.verify(copy)
    (copy / "added.txt").unlink()
    (copy / "curves.png").unlink()
    with pytest.raises(zoo.UserError, match=r"curves\.png is missing"):
        cards.verify(copy)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"name": "x"}', '{"dataset": 3}'])
def test_an_unreadable_card_is_one_line(copy: Path, content: str) -> None:
    (copy / cards.CARD).write_text(content)
    with pytest.raises(zoo.UserError, match="is not a readable card") as caught:
        cards.read_card(copy)
    assert "\n" not in str(caught.value)


def test_find_tells_near_names(monkeypatch: pytest.MonkeyPatch, small_model: Path) -> None:
    monkeypatch.setenv(cards.MODELS, str(small_model.parent))
    assert cards.find("small") == small_model
    assert cards.find(small_model) == small_model
    with pytest.raises(zoo.UserError, match="no model is called 'smal': did you mean small"):
        cards.find("smal")
    with pytest.raises(zoo.UserError, match="no model is called 'quite other': there is small"):
        cards.find("quite other")
    with pytest.raises(zoo.UserError, match=r"has no card\.json"):
        cards.find(small_model.parent)


def test_the_name_of_a_network_is_told_from_that_of_a_model(
    monkeypatch: pytest.MonkeyPatch, small_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(cards.MODELS, str(small_model.parent))
    told = f"captioner is a network of which no model is in {small_model.parent}: train one, and name its folder"
    for use in (zoo.load, zoo.network):
        with pytest.raises(zoo.UserError, match=f"^{told}$"):
            use("captioner")
    assert models.main(["show", "captioner"]) == 2
    assert captions.main(["predict", "drawing.png"]) == 2
    assert [line.partition(": ")[2] for line in capsys.readouterr().err.splitlines()] == [told, told]
    with pytest.raises(zoo.UserError, match="no model is called 'perceptron': there is small"):
        zoo.load("perceptron")


def test_a_folder_of_models_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(cards.MODELS, str(tmp_path))
    with pytest.raises(zoo.UserError, match=f"no model is called 'folk_lstm': there are none in {tmp_path}"):
        cards.find("folk_lstm")
    monkeypatch.setenv(cards.MODELS, str(tmp_path / "missing"))
    for look in (cards.list_models, lambda: cards.find("folk_lstm")):
        with pytest.raises(zoo.UserError, match=r"INTRO_ZOO_MODELS is .*missing, which is not a folder: name"):
            look()


def test_list_models_is_sorted_and_skips_hidden_folders(small_model: Path, tmp_path: Path) -> None:
    for name in ("zebra", "ape", ".half-written"):
        shutil.copytree(small_model, tmp_path / name)
        card = json.loads((tmp_path / name / cards.CARD).read_text())
        (tmp_path / name / cards.CARD).write_text(json.dumps(card | {"name": name}))
    assert [card.name for card in cards.list_models(tmp_path)] == ["ape", "zebra"]


def test_a_metric_that_is_no_finite_number_is_not_written(small_model: Path) -> None:
    card = cards.read_card(small_model)
    metric = dataclasses.replace(card.metrics[0], value=float("nan"))
    with pytest.raises(zoo.UserError, match=f"{metric.name} of the test split is nan: the model is not published"):
        dataclasses.replace(card, metrics=(metric,)).to_json()


NEW_FIELDS = ("structure", "intended_use", "licences", "citation", "tags", "usage")


def test_a_card_from_before_these_fields_still_loads(small_model: Path) -> None:
    card = cards.read_card(small_model)
    values = json.loads(card.to_json())
    for name in NEW_FIELDS:
        values.pop(name)
    for metric in values["metrics"]:
        for name in ("better", "meaning", "reference"):
            metric.pop(name)
    old = Card.from_json(json.dumps(values))
    assert (old.usage, old.licences, old.citation, old.tags, old.structure, old.intended_use) == ({}, {}, (), (), "", "")
    assert {metric.better for metric in old.metrics} == {""}
    assert [metric.value for metric in old.metrics] == [metric.value for metric in card.metrics]


def test_a_card_with_all_fields_survives_its_json(small_model: Path) -> None:
    card = dataclasses.replace(
        cards.read_card(small_model),
        usage={"zoo.load": Usage("import zoo", "done"), "predict": Usage("print(1)", "1")},
        licences={"code": "Apache-2.0"},
        citation=("A paper.",),
        tags=("table",),
        structure="One unit.",
        intended_use="Learning.",
    )
    assert Card.from_json(card.to_json()) == card


def test_a_card_is_told_in_one_line(small_model: Path) -> None:
    card = dataclasses.replace(cards.read_card(small_model), name="unit")
    accuracy = card.metrics[0].value
    assert repr(card) == f"<Card unit: perceptron, 31 parameters, accuracy {accuracy:.4g}>"
    assert repr(dataclasses.replace(card, metrics=())) == "<Card unit: perceptron, 31 parameters>"
    assert repr(Cards([card, card])) == f"[{card!r},\n {card!r}]"


def test_the_headline_is_the_first_metric_of_the_test_split(small_model: Path) -> None:
    card = cards.read_card(small_model)
    other = dataclasses.replace(card.metrics[0], name="loss", split="validation")
    assert dataclasses.replace(card, metrics=(other, *card.metrics)).headline == card.metrics[0]
    assert dataclasses.replace(card, metrics=(other,)).headline == other
    assert dataclasses.replace(card, metrics=()).headline is None


def test_a_notebook_shows_no_markup_of_a_user_s(small_model: Path) -> None:
    card = cards.read_card(small_model)
    metric = dataclasses.replace(card.metrics[0], name="recall_<b>")
    card = dataclasses.replace(card, name="<i>", description="<script>", metrics=(metric,))
    for shown in (card._repr_html_(), Cards([card])._repr_html_()):
        assert "&lt;i&gt;" in shown
        assert "&lt;script&gt;" in shown
        assert "recall_&lt;b&gt;" in shown
        assert not any(text in shown for text in ("<i>", "<script>", "recall_<"))
