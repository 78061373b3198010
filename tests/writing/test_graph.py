"""The exported signatures against the network itself, and the search for words against trying all of them."""

import math
import re
from codecs import getincrementaldecoder as decoder
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.writing.small import log_probabilities, network
from zoo.core import export
from zoo.writing import graph
from zoo.writing.characters import BLANK, LETTER, LINE_END, kind_of
from zoo.writing.network import WritingLSTM

pytestmark = pytest.mark.slow

TEXTS = [b"", b"To be, or not to", b"\xff\x00\n", "Où est l'é".encode(), b"a long line\n" * 30]


@pytest.fixture(scope="module")
def model() -> WritingLSTM:
    return network()


@pytest.fixture(scope="module")
def exported(model: WritingLSTM, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("exported") / "small"
    export.write_saved_model(model, graph.endpoints(model), folder)
    loaded = tf.saved_model.load(str(folder))
    ask = {name: loaded.signatures[name] for name in ("predict", "next", "generate", "score")}
    ask["kept"] = loaded  # the signatures live as long as it does
    return ask


def generate(exported: Any, prompts: list[bytes], length: int = 20, temperature: float = 1.0, top_p: float = 1.0, seed: int = 0):
    drawn = {"temperature": tf.constant(temperature), "top_p": tf.constant(top_p), "seed": tf.constant(seed, tf.int64)}
    return exported["generate"](prompt=tf.constant(prompts), length=tf.constant(length), **drawn)["text"].numpy().tolist()


def test_score_gives_the_surprise_at_each_byte(model: WritingLSTM, exported: Any) -> None:
    nats = exported["score"](text=tf.constant(TEXTS))["nats"].numpy()
    assert nats.shape == (len(TEXTS), max(map(len, TEXTS)))
    for text, row in zip(TEXTS, nats, strict=True):
        wanted = [-each[byte] for each, byte in zip(log_probabilities(model, text), text, strict=False)]
        np.testing.assert_allclose(row[: len(text)], wanted, atol=1e-4)
        assert not row[len(text) :].any()


def test_score_of_many_texts_is_that_of_each(exported: Any) -> None:
    many = [b"x" * (i % 7) for i in range(2 * graph.SLICE + 3)]
    nats = exported["score"](text=tf.constant(many))["nats"].numpy()
    of_one = exported["score"](text=tf.constant([b"x" * 6]))["nats"].numpy()[0]
    for text, row in zip(many, nats, strict=True):
        np.testing.assert_allclose(row[: len(text)], of_one[: len(text)], atol=1e-5)
    assert exported["score"](text=tf.constant([], tf.string))["nats"].shape == (0, 0)
    assert exported["score"](text=tf.constant([b""]))["nats"].shape == (1, 0)


def test_next_gives_the_probability_of_each_byte(model: WritingLSTM, exported: Any) -> None:
    probability = exported["next"](text=tf.constant(TEXTS))["probability"].numpy()
    for text, row in zip(TEXTS, probability, strict=True):
        np.testing.assert_allclose(row, np.exp(log_probabilities(model, text)[-1]), atol=1e-5)


def test_only_the_end_of_a_long_prompt_is_read(exported: Any) -> None:
    end = b"and so on, and on " * 200
    short, long = exported["next"](text=tf.constant([end, b"quite another beginning" * 500_000 + end]))["probability"].numpy()
    np.testing.assert_allclose(long, short, atol=1e-6)


def test_at_temperature_zero_the_most_probable_possible_byte_is_written(exported: Any) -> None:
    model = network("abc .")
    function = graph.endpoints(model)["generate"]
    written = generate({"generate": function}, [b"ab"], 12, temperature=0.0)[0]
    content = b"ab"
    for _ in range(12):
        content += bytes([int(log_probabilities(model, content)[-1].argmax())])
    assert written == content[2:]


@settings(max_examples=15)
@given(st.integers(1, 30), st.floats(0.3, 2), st.floats(0.1, 1), st.integers(0, 9))
def test_a_text_has_whole_characters_whatever_is_drawn(
    exported: Any, length: int, temperature: float, top_p: float, seed: int
) -> None:
    written = generate(exported, TEXTS[:3], length, temperature, top_p, seed)
    assert [len(text.decode("utf-8")) for text in written] == [length] * 3


def test_texts_depend_on_their_prompt_place_and_seed_alone(exported: Any) -> None:
    first, second, third = generate(exported, [b"a", b"a", b"b"])
    assert len({first, second, third}) == 3
    assert generate(exported, [b"a"]) == [first]
    assert generate(exported, [b"a", b"a", b"b"]) == [first, second, third]
    assert generate(exported, [b"a"], seed=1) != [first]
    assert generate(exported, [b"a"], 21)[0][:4] == first[:4]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"length": 0}, "length must be from 1 to 100000"),
        ({"temperature": -1.0}, "temperature must be 0 or more"),
        ({"top_p": 0.0}, "top_p must be above 0"),
    ],
)
def test_numbers_outside_their_range_are_refused(exported: Any, wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        generate(exported, [b""], **wrong)


def after_blanks(content: bytes) -> str:
    """The whole characters of bytes but blanks at their beginning. Raises UnicodeDecodeError for what is not UTF-8."""
    text = decoder("utf-8")().decode(content)
    return text[next((i for i, character in enumerate(text) if kind_of(character) != BLANK), len(text)) :]


def all_words(model: WritingLSTM, text: bytes, least: float) -> dict[str, float]:
    """The next words by trying every byte, until the beginnings are less probable than `least`."""
    found: dict[str, float] = {}
    begun = re.search(r"[\w'\u2019]*$", text.decode())
    assert begun
    specification = [tf.TensorSpec([None, None], tf.int32)]
    after = tf.function(lambda ids: tf.nn.softmax(model(ids)[:, -1]), input_signature=specification, autograph=False)
    beginnings = {b"": 1.0}
    while beginnings:
        each = after(tf.constant([[graph.START, *text, *written] for written in beginnings], tf.int32)).numpy()
        longer: dict[bytes, float] = {}
        for (written, probability), row in zip(beginnings.items(), each, strict=True):
            for byte in np.flatnonzero(row > 1e-6).tolist():
                new, p = written + bytes([byte]), probability * row[byte]
                try:
                    word, before = after_blanks(new), after_blanks(written)
                except UnicodeDecodeError:
                    continue
                if len(word) > len(before) and kind_of(word[-1]) != LETTER:  # a mark, or what ends a word
                    completes = begun[0] if len(word) > 1 and new.startswith(word.encode()) else ""
                    word = completes + word[: max(len(word) - 1, 1)]
                    found[word] = found.get(word, 0) + p
                elif p > least:
                    longer[new] = p
        beginnings = longer
    return found


@pytest.mark.parametrize("likely", ["ab '.\n", "ab \u2019\u2014\u00e9"])
def test_the_most_probable_words_are_those_of_an_exhaustive_search(likely: str) -> None:
    model = network(likely, seed=3)
    model.logits.kernel.assign(model.logits.kernel * 3)  # sure of itself, as a trained network is
    texts = ["", "bab", "ab ", "a\u2019", "b. "]
    found = graph.endpoints(model)["predict"](text=tf.constant(texts), most=tf.constant(5))
    for text, words, probability in zip(texts, found["word"].numpy(), found["probability"].numpy(), strict=True):
        wanted = sorted(all_words(model, text.encode(), 1e-5).items(), key=lambda pair: -pair[1])[:5]
        wanted = [(word, each) for word, each in wanted if each > 1e-3]  # of rarer ones too little is left here
        np.testing.assert_allclose(probability[: len(wanted)], [each for _, each in wanted], rtol=0.03)
        assert {word.decode() for word in words[: len(wanted)]} == {word for word, _ in wanted}
        assert wanted
        assert math.fsum(probability) <= 1 + 1e-5


def test_words_of_several_texts_at_once_and_fewer_than_asked_for(exported: Any) -> None:
    texts = tf.constant(TEXTS)
    together = exported["predict"](text=texts, most=tf.constant(3))
    assert together["word"].shape == together["probability"].shape == (len(TEXTS), 3)
    for i in range(len(TEXTS)):
        alone = exported["predict"](text=texts[i : i + 1], most=tf.constant(3))
        assert alone["word"].numpy()[0].tolist() == together["word"].numpy()[i].tolist()
        np.testing.assert_allclose(alone["probability"][0], together["probability"][i], rtol=1e-4)
    model = network("\n", seed=1)  # what else could come is one of a billion
    found = graph.endpoints(model)["predict"](text=tf.constant([b""]), most=tf.constant(1))
    assert (found["word"].numpy()[0, 0], LINE_END) == (b"\n", kind_of("\n"))
    with pytest.raises(tf.errors.InvalidArgumentError, match="most must be from 1 to 50"):
        exported["predict"](text=texts, most=tf.constant(51))
