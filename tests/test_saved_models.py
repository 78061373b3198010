"""Every pretrained model: its card is complete and true, and plain TensorFlow runs it as zoo.load does."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass

import numpy as np
import pytest
import tensorflow as tf

import zoo
from zoo import registry
from zoo.core import cards, export
from zoo.core.card_page import render
from zoo.core.cards import ZOO, Usage
from zoo.sentiment import model as sentiment_model
from zoo.tables import data as tables
from zoo.text import words

pytestmark = pytest.mark.pretrained

MODELS = [card.name for card in zoo.list_models()]
HOURS = 10  # a training may take on two cores
TEXTS = ["A fine film, warm and funny.", "Dull, long and badly acted.<br />Not for me.", "", "\U0001f600 caf\u00e9"]

PROMPT, CHORALE_PROMPT = "metre=6/8 tonic=D mode=major", "metre=4/4 tonic=G mode=minor type=chorale"
PIECES = {"bars": 4, "temperature": 1.0, "top_k": 0, "top_p": 1.0, "seed": 5}
# Raw input of a few examples, for the default signature of the models that are compared with `zoo.load` here.
INPUTS: dict[str, Callable[[], dict[str, object]]] = {
    "perceptron": lambda: {"features": tables.load("breast_cancer").features[::60]},
    "digits_mlp": lambda: {"image": np.random.default_rng(0).integers(0, 256, (5, 28, 28), np.uint8)},
    "sentiment_transformer": lambda: {"text": TEXTS},
    "folk_lstm": lambda: {"prompt": [PROMPT] * 3, **PIECES},
    "chorale_lstm": lambda: {"prompt": [CHORALE_PROMPT] * 3, **PIECES},
}

# Of each model, a line of JSON: runs pieces of code and then, where there are inputs, the default signature, in one process where
# zoo cannot be imported. Prints as JSON what the pieces printed and what the signature gave.
PLAIN = """
import io, json, sys
from contextlib import redirect_stdout
import tensorflow as tf
try:
    import zoo
    sys.exit("zoo can be imported here")
except ImportError:
    pass
def readable(array):
    return [text.decode() for text in array] if array.dtype == object else array.astype(str).tolist()
for pieces, given in map(json.loads, sys.stdin):
    names, printed = {}, []
    for code in pieces:
        printed.append(io.StringIO())
        with redirect_stdout(printed[-1]):
            exec(code, names)
    output = {}
    if given:
        signature = names["signatures"]["serving_default"]
        specs = signature.structured_input_signature[1]
        output = signature(**{name: tf.constant(value, specs[name].dtype) for name, value in given.items()})
    print(json.dumps([[each.getvalue() for each in printed], {name: readable(each.numpy()) for name, each in output.items()}]))
"""


@dataclass(frozen=True)
class Plain:
    """What plain TensorFlow gave of a model.

    Attributes:
        printed: by each piece of code on the card, that of `zoo.load` apart.
        outputs: of the default signature for INPUTS, numbers as text; empty where there are none.
    """

    printed: list[str]
    outputs: dict[str, list]


def usages(name: str) -> list[Usage]:
    """The pieces of code on the card that need TensorFlow alone."""
    return [usage for key, usage in cards.read_card(cards.find(name)).usage.items() if key != ZOO]


@pytest.fixture(scope="module")
def plain_tensorflow() -> dict[str, Plain]:
    """Of each model, in one process that knows TensorFlow alone."""

    def inputs(name: str) -> dict[str, list]:
        return {key: np.asarray(value).tolist() for key, value in INPUTS[name]().items()} if name in INPUTS else {}

    lines = "\n".join(json.dumps([[usage.code for usage in usages(name)], inputs(name)]) for name in MODELS)
    command = [sys.executable, "-I", "-c", PLAIN]  # -I: the folder it runs in is not searched for modules
    result = subprocess.run(command, input=lines, capture_output=True, text=True, cwd=cards.saved_models().parent)
    assert result.returncode == 0, result.stderr
    return {name: Plain(*json.loads(line)) for name, line in zip(MODELS, result.stdout.splitlines(), strict=True)}


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_the_card_is_complete(name: str) -> None:
    folder = cards.find(name)
    card = cards.verify(folder)
    assert card.size <= export.MAX_MEGABYTES * 1e6
    assert {"saved_model.pb", "README.md", "curves.png"} <= card.files.keys()
    assert any(metric.split == "test" for metric in card.metrics)
    for metric in card.metrics:
        assert metric.command.startswith("python -m apps."), "every number has the command that repeats it"
        assert "evaluate" in metric.command
        assert metric.n > 0
    network = registry.of(card)
    assert network is not None
    assert card.training.command.startswith(f"python -m apps.{network.app} train")
    assert 0 < card.training.seconds < HOURS * 3600
    assert set(card.training.versions) == {"tensorflow", "keras", "python"}
    assert len(card.dataset.sha256) == 64
    assert {"train", "validation", "test"} <= card.dataset.splits.keys()
    assert len(card.dataset.licence) > 5
    assert card.limits
    assert card.signatures == export.describe_signatures(zoo.load(name).saved_model)
    assert set(card.usage) == {"zoo.load", "tf.saved_model.load", *card.signatures}
    assert all((card.structure, card.intended_use, card.citation, card.tags))
    assert set(card.licences) == {"code", "weights", "data"}
    for metric in card.metrics:
        assert metric.meaning, f"{metric.name} is not explained"
        assert metric.better in ("higher", "lower", "")
    assert render(card, folder) == (folder / cards.README).read_text(encoding="utf-8")


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def assert_alike(printed: str, shown: str) -> None:
    """Word for word; a number may differ a little, as another processor makes it."""
    assert re.sub(r"[-\d.]+", "0", printed).split() == re.sub(r"[-\d.]+", "0", shown).split()
    assert numbers(printed) == pytest.approx(numbers(shown), rel=0.02, abs=0.02)


@pytest.mark.parametrize("name", MODELS)
def test_the_code_for_zoo_prints_what_the_card_shows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(cards.saved_models().parent)
    usage, printed = cards.read_card(cards.find(name)).usage[ZOO], io.StringIO()
    with redirect_stdout(printed):
        exec(usage.code, {})
    assert_alike(printed.getvalue(), usage.output)


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_the_code_for_plain_tensorflow_prints_what_the_card_shows(plain_tensorflow: dict[str, Plain], name: str) -> None:
    for usage, printed in zip(usages(name), plain_tensorflow[name].printed, strict=True):
        assert_alike(printed, usage.output)


@pytest.mark.parametrize("name", MODELS)
def test_the_card_counts_the_parameters(name: str) -> None:
    card = cards.read_card(cards.find(name))
    saved = zoo.load(name).saved_model
    # The states of random generators (dropout) are variables, but no parameters.
    counted = sum(int(np.prod(v.shape)) for v in saved.variables if v.dtype.is_floating)
    assert counted == card.parameters


@pytest.mark.slow
@pytest.mark.parametrize("name", ["perceptron", "digits_mlp", "sentiment_transformer"])
def test_plain_tensorflow_gives_what_zoo_gives(plain_tensorflow: dict[str, Plain], name: str) -> None:
    (values,) = plain_tensorflow[name].outputs.values()
    expected = zoo.load(name).predict(next(iter(INPUTS[name]().values())))
    judged = ~np.isnan(expected)
    np.testing.assert_allclose(np.array(values, np.float32)[judged], expected[judged], rtol=1e-4, atol=1e-6)
    assert judged.all() or [text for text, each in zip(TEXTS, judged, strict=True) if not each] == [""]
    assert np.ptp(expected[judged]) > 0.01, "the inputs tell the outputs apart"


def test_a_review_with_markup_is_read_as_the_plain_one() -> None:
    plain, *marked = zoo.load("sentiment_transformer").predict(
        [
            "It's a great film, funny & moving.",
            "<p>It&#39;s a <b>great</b>&nbsp;film, <!-- awful --><a href='x'>funny</a> &amp; moving.</p>",
            "&lt;div class=&quot;review&quot;&gt;It&amp;#39;s a great film, funny &amp;amp; moving.&lt;/div&gt;",
        ]
    )
    np.testing.assert_allclose(marked, plain, atol=1e-6)
    assert plain > 0.9


@pytest.mark.slow
def test_what_a_generator_gives_is_judged_as_a_list_is() -> None:
    texts = ["A fine film.", "Dull."]
    model = zoo.load("sentiment_transformer")
    np.testing.assert_array_equal(model.predict(text for text in texts), model.predict(texts))
    assert model.explain(iter(texts)) == model.explain(texts)
    rows = np.ones((3, 30), np.float32)
    np.testing.assert_array_equal(zoo.load("perceptron").predict(row for row in rows), zoo.load("perceptron").predict(rows))


def test_explanations_come_in_the_order_of_the_texts() -> None:
    texts = ["A fine film, warm.", "Dull.", "", "What a long road!"]
    explained = zoo.load("sentiment_transformer").explain(text for text in texts)
    assert ["".join(word for word, _ in each) for each in explained] == [text.lower().replace(" ", "") for text in texts]


@pytest.mark.parametrize("more", [-1, 0, 1, 5000])
def test_of_a_huge_text_zoo_passes_on_what_counts(more: int) -> None:
    text = (b"A fine film. " * 6000 + b"dull, dull " * 6000)[: 4 * words.MAX_BYTES + more]
    assert len(sentiment_model.trimmed(text)) == min(len(text), 4 * words.MAX_BYTES)
    model = zoo.load("sentiment_transformer")
    whole = model.saved_model.signatures["predict"](text=tf.constant([text]))["probability"].numpy()
    np.testing.assert_array_equal(model.predict([text]), whole)


@pytest.mark.slow
def test_plain_tensorflow_composes_chorales(plain_tensorflow: dict[str, Plain]) -> None:
    vocabulary = zoo.load("chorale_lstm").vocabulary
    for row in plain_tensorflow["chorale_lstm"].outputs["tokens"]:
        score = vocabulary.decode([int(token) for token in row])
        assert (str(score.metre), str(score.key), score.full_bars) == ("4/4", "Gm", 4)
        assert {note.voice for note in score.notes} == {0, 1, 2, 3}


@pytest.mark.slow
def test_plain_tensorflow_composes_what_zoo_composes(plain_tensorflow: dict[str, Plain]) -> None:
    written = plain_tensorflow["folk_lstm"].outputs
    composer = zoo.load("folk_lstm")
    pieces = composer.sample(3, PROMPT, bars=4, temperature=1.0, top_p=1.0, seed=5)
    assert [[int(token) for token in row if int(token)] for row in written["tokens"]] == pieces
    for text, piece in zip(written["text"], pieces, strict=True):
        score = composer.vocabulary.decode(piece)
        assert text.startswith(PROMPT)
        assert (str(score.metre), str(score.key), score.full_bars) == ("6/8", "D", 4)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["folk_lstm", "chorale_lstm"])
def test_a_few_pieces_are_composed_as_many_are(name: str) -> None:
    """Compiled or not, the same seed gives the same tunes."""
    signatures = zoo.load(name).saved_model.signatures
    specs = signatures["generate"].structured_input_signature[1]
    given = {key: tf.constant(value, specs[key].dtype) for key, value in INPUTS[name]().items()}
    compiled, plain = (signatures[name](**given) for name in ("generate", "generate_few"))
    assert compiled["text"].numpy().tolist() == plain["text"].numpy().tolist()
    np.testing.assert_allclose(compiled["log_probability"], plain["log_probability"], rtol=1e-4)


def test_the_pretrained_models_reach_the_figures_of_their_cards() -> None:
    test = {card.name: {m.name: m.value for m in card.metrics if m.split == "test"} for card in zoo.list_models()}
    perceptron = test["perceptron"]
    assert perceptron["accuracy"] >= perceptron["logistic_regression_accuracy"] - 0.01
    assert test["digits_mlp"]["error"] <= 0.006
    assert test["sentiment_transformer"]["accuracy"] >= 0.925
    assert test["folk_lstm"]["nats_per_note"] <= 0.75 * test["folk_lstm"]["baseline_nats_per_note"]
    assert test["folk_lstm"]["complete_bars"] == 1.0
    chorales = test["chorale_lstm"]
    assert chorales["grid_nats_per_cell"] <= 0.43
    assert chorales["lower_nats_per_cell"] < chorales["lower_nats_per_cell_without_lookahead"]
    assert chorales["complete_bars"] == 1.0
