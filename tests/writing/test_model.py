"""What `zoo.load` gives of a network that writes, on a small one with random weights."""

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

import zoo
from tests.writing.small import SMALL, log_probabilities, network
from zoo.core import export, sources
from zoo.writing import graph, tiny_shakespeare
from zoo.writing.model import BEFORE, PART, Writer
from zoo.writing.network import WritingLSTM

pytestmark = pytest.mark.slow


class Card:
    """What a writer asks of a card."""

    name, parameters, architecture = "small", 1234, {"network": "writing_lstm"}
    dataset = SimpleNamespace(name="tiny_shakespeare")


@pytest.fixture(scope="module")
def model() -> WritingLSTM:
    return network("abcdefg hé.,\n", seed=5)


@pytest.fixture(scope="module")
def writer(model: WritingLSTM, tmp_path_factory: pytest.TempPathFactory) -> Writer:
    folder = tmp_path_factory.mktemp("exported") / "small"
    export.write_saved_model(model, graph.endpoints(model), folder)
    card: Any = Card()
    return Writer(card, tf.saved_model.load(str(folder)), folder)


def test_predict_gives_words_with_their_probabilities(writer: Writer) -> None:
    words = writer.predict("a bad", n=7)
    assert len({word for word, _ in words}) == 7
    probabilities = [probability for _, probability in words]
    assert probabilities == sorted(probabilities, reverse=True)
    assert [word for word, _ in writer.predict("a bad", n=2)] == [word for word, _ in words[:2]]
    assert writer.predict(b"a bad", n=7) == words
    assert repr(writer) == "<Writer small: writing_lstm, 1,234 parameters>"


@pytest.mark.parametrize(
    ("text", "word", "ways"),
    [
        ("a ba", "bad", ("a ba bad", "a bad")),
        ("a bad", "bad", ("a bad bad",)),
        ("a bad", ",", ("a bad ,", "a bad,")),
        ("a bad ", "deb", ("a bad  deb", "a bad deb")),
        ("", "deb", (" deb", "deb")),
    ],
)
def test_a_word_follows_in_the_most_probable_way(
    model: WritingLSTM, writer: Writer, text: str, word: str, ways: tuple[str, ...]
) -> None:
    def nats(way: str) -> float:
        found = log_probabilities(model, way.encode())
        return -sum(found[i][byte] for i, byte in enumerate(way.encode()))

    assert writer.follow(text, word) == min(ways, key=nats)


def test_what_the_network_has_learned_is_searched_where_it_is_at_hand(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    def learned() -> Any:
        return Writer(writer.card, writer.saved_model, Path()).learned

    monkeypatch.setattr(sources, "prepared", lambda *_: None)
    assert learned() is None
    content = bytes(range(97, 117)) * 10 + b"the test split has this"
    monkeypatch.setattr(tiny_shakespeare, "prepared", lambda: (content, tiny_shakespeare.source("")))
    assert learned().runs(b"bcdefg!")[0].text == "bcdefg"
    assert learned().runs(b"split has")[0].size < 4
    monkeypatch.setattr(writer.card.dataset, "name", "my_book")
    assert learned() is None


def test_generate_gives_n_texts_and_repeats_them(writer: Writer) -> None:
    texts = writer.generate("abc", length=30, seed=3, n=34)
    assert [len(text) for text in texts] == [30] * 34
    assert len(set(texts)) > 30
    assert writer.generate("abc", length=30, seed=3, n=2) == texts[:2]
    assert writer.generate("abc", length=30, seed=4)[0] != texts[0]
    assert writer.next("abc").shape == (256,)


def test_score_adds_up_the_bytes_of_each_character(model: WritingLSTM, writer: Writer) -> None:
    text = "dé, hab."
    (found,) = writer.score([text])
    of_bytes = [-each[byte] for each, byte in zip(log_probabilities(model, text.encode()), text.encode(), strict=False)]
    wanted = [of_bytes[0], of_bytes[1] + of_bytes[2], *of_bytes[3:]]
    assert found.characters == text
    np.testing.assert_allclose(found.nats, wanted, atol=1e-4)
    assert found.nats_per_character == pytest.approx(np.mean(wanted), abs=1e-4)
    assert found.bits_per_byte == pytest.approx(np.sum(wanted) / 9 / math.log(2), abs=1e-4)


def test_a_long_text_has_the_surprise_of_one_that_is_read_at_once(writer: Writer) -> None:
    random = np.random.default_rng(0)
    text = "".join(random.choice(list("abcdefg hé.,\n"), 2 * PART + 500))
    long, short = writer.score([text, text[: PART // 2]])
    whole = writer.saved_model.signatures["score"](text=tf.constant([text.encode()]))["nats"].numpy()[0]
    assert len(long.nats) == len(text)
    assert long.nats.sum() == pytest.approx(whole.sum(), rel=0.01)  # of what stands BEFORE bytes back little is left
    np.testing.assert_allclose(short.nats, long.nats[: PART // 2], atol=1e-4)
    assert SMALL.memory <= BEFORE


def test_texts_of_any_bytes_and_empty_ones(writer: Writer) -> None:
    empty, broken = writer.score(["", b"a\xff"])
    assert (empty.characters, math.isnan(empty.nats_per_character), math.isnan(empty.bits_per_byte)) == ("", True, True)
    assert broken.characters == "a\ufffd"
    assert len(writer.predict("")) == len(writer.predict(b"\xff\xfe" * 5_000_000)) == 5
    assert writer.score([]) == []


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda w: w.predict(["a"]), "predict takes one text, not several"),
        (lambda w: w.predict(3), "int is no text"),
        (lambda w: w.predict("a", n=51), "n = 51: name a whole number from 1 to 50"),
        (lambda w: w.generate(length=0), "length = 0: name a whole number from 1 to 100,000"),
        (lambda w: w.generate(temperature=-1), "temperature = -1: a number from 0"),
        (lambda w: w.generate(temperature=math.nan), "temperature = nan: a number from 0"),
        (lambda w: w.generate(top_p=0), "top_p = 0: above 0"),
        (lambda w: w.generate(n=0), "n = 0: name a whole number"),
        (lambda w: w.generate(seed=1.5), "seed = 1.5: name a whole number"),
        (lambda w: w.score("a"), "score takes a list of texts"),
        (lambda w: w.score([3]), "int is no text"),
        (lambda w: w.score(["a" * 2_000_001]), "have 2,000,001 bytes, and at most 2,000,000 are scored"),
    ],
)
def test_mistakes_are_told_in_one_line(writer: Writer, ask: Any, message: str) -> None:
    with pytest.raises(zoo.UserError, match=message) as error:
        ask(writer)
    assert "\n" not in str(error.value)
