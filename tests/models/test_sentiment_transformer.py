from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo import export, training
from zoo.models import sentiment_transformer
from zoo.models.sentiment_transformer import MAX_BYTES, SLICE, Config, Tokenizer, pair, select, split

SMALL = Config(words=12, pairs=8, beginning=4, end=6, width=8, blocks=2, heads=2, hidden=16)
WORDS = ["<padding>", "<unknown>", "the", "film", "is", "good", "bad", "n't", "not", "!", ".", "😀"]
PAIRS = ["<padding>", "<unknown>", "<start> the", "not bad", "not good", "is n't", "the film", "good ."]


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    folder = tmp_path_factory.mktemp("vocabulary")
    (folder / "words.txt").write_text("".join(f"{word}\n" for word in WORDS), encoding="utf-8")
    (folder / "pairs.txt").write_text("".join(f"{two}\n" for two in PAIRS), encoding="utf-8")
    return Tokenizer(SMALL, folder)


@pytest.fixture(scope="module")
def model() -> keras.Model:
    """A network with random weights, biases and positions included, so that nothing is zero by chance."""
    network = training.seeded(sentiment_transformer.RECIPE, lambda: sentiment_transformer.build(SMALL))
    random = np.random.default_rng(0)
    for variable in network.variables:
        variable.assign(random.normal(0, 0.5, variable.shape))
    return network


@pytest.fixture(scope="module")
def exported(model: keras.Model, tokenizer: Tokenizer, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("exported") / "small"
    export.write_saved_model(model, sentiment_transformer.endpoints(model, tokenizer), folder)
    assert sorted(path.name for path in (folder / "assets").iterdir()) == ["pairs.txt", "words.txt"]
    return tf.saved_model.load(str(folder))


def tokens_of(text: str | bytes) -> list[str]:
    (tokens,) = split(tf.constant([text])).to_list()
    return [token.decode("utf-8") for token in tokens]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", []),
        (" \t\n\r ", []),
        ("A fine film.", ["a", "fine", "film", "."]),
        ("One.<br /><br/>Two<BR>three", ["one", ".", "two", "three"]),
        ("It's GOOD, isn't it?!", ["it", "'s", "good", ",", "is", "n't", "it", "?", "!"]),
        ("They’d say ‘wow’", ["they", "'d", "say", "'", "wow", "'"]),
        ("'quoted' o'clock rock'n'roll", ["'", "quoted", "'", "o'clock", "rock'n'roll"]),
        ("10/10 A+", ["10", "/", "10", "a", "+"]),
        ("ÉTÉ Straße ΑΘΗΝΑ", ["été", "straße", "αθηνα"]),
        ("wow😀😀", ["wow", "😀", "😀"]),
        ("nul\0between", ["nul", "between"]),
        ("a\u00a0b\u200bc\u2028d\ufeff", ["a", "b", "c", "d"]),
        (b"broken\xff\xfe bytes\xc3", ["broken", "bytes"]),
        ("<padding> <unknown> <start>", ["<", "padding", ">", "<", "unknown", ">", "<", "start", ">"]),
    ],
)
def test_a_text_is_split_into_words_and_marks(text: str | bytes, tokens: list[str]) -> None:
    assert tokens_of(text) == tokens


@settings(deadline=None, max_examples=100)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_give_clean_tokens(data: bytes) -> None:
    for token in tokens_of(data):
        assert token
        assert not any(character.isspace() or character == "\ufffd" or character < " " for character in token)
        assert token not in ("<padding>", "<unknown>", "<start>")


def test_the_middle_of_an_endless_text_is_left_out() -> None:
    text = ("first " + "é" * 5_000_000 + " last").encode()
    tokens = tokens_of(text)
    assert tokens[0] == "first"
    assert tokens[-1] == "last"
    assert sum(len(token.encode()) for token in tokens) <= 2 * MAX_BYTES
    assert set("".join(tokens[1:-1])) == {"é"}  # no character was cut in two


def test_beginning_and_end_are_selected() -> None:
    texts = [" ".join(str(i) for i in range(n)) for n in (0, 9, 10, 11, 30)]
    chosen = select(split(tf.constant(texts)), SMALL).to_list()
    numbers = [[int(token) for token in row] for row in chosen]
    assert numbers == [[], [*range(9)], [*range(10)], [0, 1, 2, 3, *range(5, 11)], [0, 1, 2, 3, *range(24, 30)]]


def test_a_pair_is_a_word_and_the_one_before_it() -> None:
    rows = pair(split(tf.constant(["not bad !", "", "good"]))).to_list()
    assert rows == [[b"<start> not", b"not bad", b"bad !"], [], [b"<start> good"]]


def test_ids_are_the_lines_of_the_vocabulary(tokenizer: Tokenizer) -> None:
    words, pairs = tokenizer.ids(tokenizer.tokens(tf.constant(["The film is not bad 😀", ""])))
    assert words.to_list() == [[2, 3, 4, 8, 6, 11], []]
    assert pairs.to_list() == [[2, 6, 1, 1, 3, 1], []]
    inputs = sentiment_transformer.padded(words, pairs, multiple=4)
    assert inputs["word"].numpy().tolist() == [[2, 3, 4, 8, 6, 11, 0, 0], [0] * 8]
    assert inputs["pair"].shape == (2, 8)


def test_the_number_of_parameters(model: keras.Model) -> None:
    width, hidden = SMALL.width, SMALL.hidden
    embeddings = (SMALL.words + SMALL.pairs + SMALL.length) * width
    attention = 4 * (width * width + width)
    feed_forward = width * hidden + hidden + hidden * width + width
    norms = 2 * 2 * width
    assert model.count_params() == embeddings + SMALL.blocks * (attention + feed_forward + norms) + width + 1
    assert model.count_params() == 1449


def test_padding_has_no_influence(model: keras.Model) -> None:
    word = np.array([[2, 3, 4, 5]], np.int32)
    two = np.array([[2, 6, 1, 1]], np.int32)
    alone = model({"word": word, "pair": two}).numpy()
    right = ((0, 0), (0, 6))
    padded = model({"word": np.pad(word, right), "pair": np.pad(two, right)}).numpy()
    # Not even when what stands beside it is something: only the word's id says that nothing is there.
    filled = model({"word": np.pad(word, right), "pair": np.pad(two, right, constant_values=3)}).numpy()
    np.testing.assert_allclose(padded, alone, atol=1e-5)
    np.testing.assert_allclose(filled, alone, atol=1e-5)


def test_attention_sees_the_order(model: keras.Model) -> None:
    one = {"word": np.array([[2, 3, 4, 5]], np.int32), "pair": np.ones((1, 4), np.int32)}
    other = {"word": np.array([[5, 4, 3, 2]], np.int32), "pair": np.ones((1, 4), np.int32)}
    assert abs(model(one).numpy() - model(other).numpy()).item() > 1e-3


def test_the_exported_model_equals_the_trained_one(exported: Any, model: keras.Model, tokenizer: Tokenizer) -> None:
    texts = tf.constant(["The film is not bad.", "Is n't good!", "", "the " * 50, "\0", b"\xff\xfe"])
    inputs = sentiment_transformer.padded(*tokenizer.ids(tokenizer.tokens(texts)))
    wanted = tf.sigmoid(model(inputs)).numpy()
    probability = exported.signatures["serving_default"](text=texts)["probability"].numpy()
    assert probability.dtype == np.float32
    np.testing.assert_allclose(probability, wanted, atol=1e-5)
    np.testing.assert_allclose(exported.signatures["explain"](text=texts)["probability"].numpy(), wanted, atol=1e-5)


def test_a_probability_does_not_depend_on_the_other_texts(exported: Any) -> None:
    predict = exported.signatures["predict"]
    texts = ["good", "the film is not bad . " * 3, "", *(["bad film"] * (SLICE + 3))]
    together = predict(text=tf.constant(texts))["probability"].numpy()
    alone = [predict(text=tf.constant([text]))["probability"].numpy().item() for text in texts]
    assert together.shape == (len(texts),)
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_no_text_and_empty_texts(exported: Any) -> None:
    none = tf.constant([], tf.string)
    assert exported.signatures["predict"](text=none)["probability"].shape == (0,)
    explained = exported.signatures["explain"](text=none)
    assert explained["tokens"].shape == explained["weights"].shape == (0, 0)
    explained = exported.signatures["explain"](text=tf.constant(["", ""]))
    assert explained["tokens"].shape == (2, 0)
    probability = explained["probability"].numpy()
    assert probability[0] == probability[1]
    assert 0 < probability[0] < 1


def test_weights_add_up_to_the_logit(exported: Any, model: keras.Model, tokenizer: Tokenizer) -> None:
    texts = tf.constant(["The film is not bad!", "good", "not good . 😀"])
    explained = {name: value.numpy() for name, value in exported.signatures["explain"](text=texts).items()}
    assert explained["tokens"].tolist()[1] == [b"good", b"", b"", b"", b"", b""]
    assert (explained["weights"][explained["tokens"] == b""] == 0).all()
    inputs = sentiment_transformer.padded(*tokenizer.ids(tokenizer.tokens(texts)))
    there = inputs["word"] != 0
    nothing = model.get_layer("encoder")([tf.zeros([3, 6, SMALL.width]), there])
    np.testing.assert_allclose(explained["weights"].sum(1), (model(inputs) - nothing).numpy(), rtol=0.1, atol=0.05)


@settings(deadline=None, max_examples=50)
@given(
    texts=st.lists(
        st.one_of(st.binary(max_size=80), st.text(max_size=80).map(lambda t: t.encode("utf-8", "replace"))), max_size=4
    )
)
def test_any_texts_have_a_probability_and_weights(exported: Any, texts: list[bytes]) -> None:
    explained = exported.signatures["explain"](text=tf.constant(texts, tf.string))
    probability = explained["probability"].numpy()
    assert probability.shape == (len(texts),)
    assert ((probability > 0) & (probability < 1)).all()
    assert np.isfinite(explained["weights"].numpy()).all()
    assert explained["weights"].shape == explained["tokens"].shape


def test_ten_million_characters_take_no_memory_and_no_time(exported: Any) -> None:
    predict = exported.signatures["predict"]
    text = "the film is good . " * 600_000
    short = predict(text=tf.constant([text[:1900]]))["probability"].numpy()
    assert len(text) > 10_000_000
    np.testing.assert_allclose(predict(text=tf.constant([text]))["probability"].numpy(), short, atol=1e-5)
