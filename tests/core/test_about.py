"""A card is completed with what a wing says, and with code that has been run."""

import logging
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from zoo.core import about, cards
from zoo.core.about import About
from zoo.core.cards import Card, DataSet, Metric, Training
from zoo.core.metrics import Meaning

CARD = Card(
    name="mine",
    task="adding",
    description="Adds.",
    architecture={"network": "adder"},
    parameters=1,
    dataset=DataSet("numbers", "1", "made here", {"train": 1}, "0" * 64, cards.OWN),
    training=Training("none", 0, 1, 1.0, "none", {}),
    metrics=(Metric("gap", 0.5, "test", 3, "true"), Metric("gap_of_zero", 2.0, "test", 3, "true")),
    signatures={"add": {"inputs": {}, "outputs": {}}, "twice": {"inputs": {}, "outputs": {}}},
    limits=("It cannot multiply.",),
)
ABOUT = About(
    structure="One weight.",
    intended_use="Adding.",
    citation=("Peano (1889).",),
    tags=("sums",),
    code="print(model.add(1, 2), math.pi > 3)",
    signatures={"twice": 'print(signatures["twice"](three))', "add": 'three = signatures["add"](1, 2)\nprint(three)  \n\n'},
    imports=("import math",),
    meanings={"gap": Meaning("how far off it is", "lower", "gap_of_zero"), "gap_*": Meaning("the same of another")},
)
MODEL = SimpleNamespace(
    add=lambda a, b: a + b,
    saved_model=SimpleNamespace(signatures={"add": lambda a, b: a + b, "twice": lambda a: 2 * a}),
)


def test_the_code_is_shown_with_what_it_printed() -> None:
    card = about.complete(CARD, MODEL, ABOUT, Path("out/mine"))
    assert {name: usage.output for name, usage in card.usage.items()} == {
        "zoo.load": "3 True",
        "tf.saved_model.load": "",
        "add": "3",
        "twice": "6",
    }
    assert card.usage["zoo.load"].code.startswith('import math\nimport zoo\n\nmodel = zoo.load("out/mine")\n\nprint(')
    assert 'tf.saved_model.load("out/mine")' in card.usage["tf.saved_model.load"].code


def test_a_published_model_is_loaded_by_its_name() -> None:
    card = about.complete(CARD, MODEL, ABOUT, cards.saved_models() / "mine")
    assert 'zoo.load("mine")' in card.usage["zoo.load"].code
    assert 'tf.saved_model.load("saved_models/mine")' in card.usage["tf.saved_model.load"].code


def test_the_figures_get_their_meaning_and_nothing_else_changes() -> None:
    card = about.complete(CARD, MODEL, ABOUT, Path("out/mine"))
    assert [(m.better, m.meaning, m.reference) for m in card.metrics] == [
        ("lower", "how far off it is", "gap_of_zero"),
        ("", "the same of another", ""),
    ]
    assert replace(
        card, metrics=CARD.metrics, usage={}, structure="", intended_use="", licences={}, citation=(), tags=()
    ) == replace(CARD)


def test_weights_from_a_user_s_data_are_under_no_licence_of_ours() -> None:
    own = about.complete(CARD, MODEL, ABOUT, Path("out/mine")).licences
    data = replace(CARD.dataset, licence="CC0")
    public = about.complete(replace(CARD, dataset=data), MODEL, ABOUT, Path("out/mine")).licences
    assert own["weights"].startswith("not stated")
    assert public["weights"].startswith("Apache-2.0")
    assert (own["data"], public["data"]) == (cards.OWN, "CC0")


def test_an_example_that_fails_stops_no_publishing(caplog: pytest.LogCaptureFixture) -> None:
    failing = replace(ABOUT, signatures=ABOUT.signatures | {"add": "raise ValueError('no sum')"})
    with caplog.at_level(logging.WARNING):
        card = about.complete(CARD, MODEL, failing, Path("out/mine"))
    assert list(card.usage) == ["zoo.load", "tf.saved_model.load"]
    assert "no use of add: its example failed (no sum)" in caplog.text
