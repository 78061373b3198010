from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.core import export
from zoo.sentiment import graph as sentiment_graph
from zoo.sentiment import stages as sentiment_stages
from zoo.sentiment.graph import EXPLAINED, SLICE
from zoo.sentiment.naive_bayes import learn_ngrams
from zoo.sentiment.network import Config, SentimentTransformer
from zoo.text.ngrams import hashed
from zoo.text.words import RESERVED, VOCABULARY, WordVocabulary, split

pytestmark = pytest.mark.slow

WORDS = [*RESERVED, "the", "film", "is", "good", "bad", "n't", "not", "!", ".", "😀"]
# Of the words of TEXTS below and of what the tests ask, some n-grams are known and some are not.
KNOWN = learn_ngrams(
    [
        b"the film is not bad",
        b"is n't good ! film",
        b"not good the the the",
        b"the good",
        b"the good",
        b"the film is good n't bad",
    ],
    64,
)
SMALL = Config(words=len(WORDS), window=8, width=8, blocks=2, heads=2, hidden=16, targets=12, ngrams=len(KNOWN))
FLOAT16 = 1e-4  # training takes the evidence in float16
THREE = Config(words=len(WORDS), outputs=3, window=8, width=8, blocks=1, heads=2, hidden=16, targets=12, ngrams=len(KNOWN))
TEXTS = ["The film is not bad.", "Is n't good!", "", "the " * 50, "\0", b"\xff\xfe"]


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> WordVocabulary:
    folder = tmp_path_factory.mktemp("vocabulary")
    (folder / VOCABULARY).write_text("".join(f"{word}\n" for word in WORDS), encoding="utf-8")
    return WordVocabulary(folder)


def model_of(config: Config) -> SentimentTransformer:
    """With random weights, so that nothing is zero by chance; as large as those of a trained network."""
    model, random = SentimentTransformer(config), np.random.default_rng(0)
    for variable in model.weights:
        variable.assign(random.normal(0, 0.3, variable.shape))
    model.ngram_hashes.assign(KNOWN)
    model.calibration_scale.assign(0.7)
    return model


@pytest.fixture(scope="module")
def model() -> SentimentTransformer:
    return model_of(SMALL)


@pytest.fixture(scope="module")
def exported(model: SentimentTransformer, vocabulary: WordVocabulary, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("exported") / "small"
    export.write_saved_model(model, sentiment_graph.endpoints(model, SMALL, vocabulary), folder)
    assert [path.name for path in (folder / "assets").iterdir()] == [VOCABULARY]
    return tf.saved_model.load(str(folder))


def logits(model: SentimentTransformer, vocabulary: WordVocabulary, texts: Sequence[str | bytes]) -> np.ndarray:
    """The logits of the Keras network, from inputs as in training."""
    given = [text.encode() if isinstance(text, str) else text for text in texts]
    return model(sentiment_stages.inputs(model, given, vocabulary)).numpy()


def test_the_exported_model_equals_the_trained_one(
    exported: Any, model: SentimentTransformer, vocabulary: WordVocabulary
) -> None:
    wanted = tf.sigmoid(logits(model, vocabulary, TEXTS)[:, 0]).numpy()
    probability = exported.signatures["serving_default"](text=tf.constant(TEXTS))["probability"].numpy()
    assert probability.dtype == np.float32
    np.testing.assert_allclose(probability, wanted, atol=FLOAT16)
    np.testing.assert_allclose(exported.signatures["explain"](text=tf.constant(TEXTS))["probability"], wanted, atol=FLOAT16)


def test_three_classes_have_three_probabilities(vocabulary: WordVocabulary) -> None:
    model = model_of(THREE)
    signatures = sentiment_graph.endpoints(model, THREE, vocabulary)
    wanted = tf.nn.softmax(logits(model, vocabulary, TEXTS)).numpy()
    explained = signatures["explain"](tf.constant(TEXTS))
    np.testing.assert_allclose(signatures["predict"](tf.constant(TEXTS))["probabilities"], wanted, atol=FLOAT16)
    np.testing.assert_allclose(explained["probabilities"], wanted, atol=FLOAT16)
    assert explained["weights"].shape == explained["tokens"].shape


def test_a_probability_does_not_depend_on_the_other_texts(exported: Any) -> None:
    predict = exported.signatures["predict"]
    texts = ["good", "the film is not bad . " * 30, "", *(["bad film"] * (SLICE + 3))]
    together = predict(text=tf.constant(texts))["probability"].numpy()
    alone = [predict(text=tf.constant([text]))["probability"].numpy().item() for text in texts]
    assert together.shape == (len(texts),)
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_no_text_and_empty_texts(exported: Any) -> None:
    none = tf.constant([], tf.string)
    assert exported.signatures["predict"](text=none)["probability"].shape == (0,)
    assert exported.signatures["embed"](text=none)["vector"].shape == (0, SMALL.width)
    assert exported.signatures["attend"](text=none)["attention"].shape == (0, 2, 2, 0, 0)
    explained = exported.signatures["explain"](text=none)
    assert explained["tokens"].shape == explained["weights"].shape == (0, 0)
    explained = exported.signatures["explain"](text=tf.constant(["", ""]))
    assert explained["tokens"].shape == (2, 0)
    probability = explained["probability"].numpy()
    assert probability[0] == probability[1]
    assert 0 < probability[0] < 1


def test_weights_add_up_to_the_difference_from_a_text_of_unknown_words(
    exported: Any, model: SentimentTransformer, vocabulary: WordVocabulary
) -> None:
    of_slices = "not bad ! the film is good . " * SLICE * 2  # more windows of 8 words than one slice has
    texts = ["The film is not bad!", "good", "not good . 😀 the film is not good", "not bad ! " * 8, of_slices]
    explained = {name: value.numpy() for name, value in exported.signatures["explain"](text=tf.constant(texts)).items()}
    assert explained["tokens"][1].tolist() == [b"good", *([b""] * (SLICE * 2 * 8 - 1))]
    assert (explained["weights"][explained["tokens"] == b""] == 0).all()
    unknown = ["unheard " * int((tokens != b"").sum()) for tokens in explained["tokens"]]
    wanted = logits(model, vocabulary, texts) - logits(model, vocabulary, unknown)
    np.testing.assert_allclose(explained["weights"].sum(1), wanted[:, 0], rtol=0.05, atol=0.05)


def test_unknown_words_weigh_nothing(exported: Any) -> None:
    explained = exported.signatures["explain"](text=tf.constant(["unheard of words"]))
    np.testing.assert_allclose(explained["weights"].numpy(), 0, atol=1e-6)


def test_the_words_of_an_ngram_share_its_weight_by_their_own_weights(vocabulary: WordVocabulary) -> None:
    model = model_of(SMALL)
    for variable in model.network.weights:
        variable.assign(tf.zeros_like(variable))  # only the n-grams count
    found = hashed(split(tf.constant(["the good"])))
    of_ngrams = dict(zip(found.number.numpy().tolist(), (0.0, 0.5, 1.0), strict=True))  # "the", "good", "the good"
    assert of_ngrams.keys() <= set(KNOWN.tolist())
    model.ngram_weights.assign([[of_ngrams.get(number, 0.0)] for number in KNOWN.tolist()])
    explained = sentiment_graph.endpoints(model, SMALL, vocabulary)["explain"](tf.constant(["the good"]))
    the, good = explained["weights"].numpy()[0]
    assert abs(the) < 0.01 * good
    np.testing.assert_allclose(the + good, 0.7 * 1.5 * model.evidence_scale[-1], rtol=1e-3)


def test_an_explanation_does_not_depend_on_the_other_texts(exported: Any) -> None:
    explain = exported.signatures["explain"]
    texts = ["good", "the film is not bad . " * 30, "", "not good", "bad " * 9, *(["bad film"] * (SLICE + 3)), "is " * EXPLAINED]
    together = explain(text=tf.constant(texts))
    for i in (0, 1, 2, 3, 4, 9, len(texts) - 1):
        alone = explain(text=tf.constant([texts[i]]))
        t = alone["tokens"].shape[1]
        np.testing.assert_array_equal(together["tokens"][i, :t], alone["tokens"][0])
        np.testing.assert_allclose(together["weights"][i, :t], alone["weights"][0], atol=1e-4)
        np.testing.assert_allclose(together["probability"][i], alone["probability"][0], atol=1e-5)


def test_attention_is_told_window_by_window(exported: Any, model: SentimentTransformer) -> None:
    seen = {
        key: value.numpy() for key, value in exported.signatures["attend"](text=tf.constant(["good film", "not " * 9])).items()
    }
    assert seen["window_text"].tolist() == [0, 1, 1]
    assert seen["tokens"].tolist() == [[b"good", b"film", *[b""] * 3], [b"not"] * 5, [b"not"] * 4 + [b""]]
    assert seen["attention"].shape == (3, 2, 2, 5, 5)
    np.testing.assert_allclose(seen["attention"].sum(-1), 1, atol=1e-5)
    assert (seen["attention"][0, ..., 2:] == 0).all()  # nobody looks at padding
    np.testing.assert_allclose([seen["pooled"][0].sum(), seen["pooled"][1:].sum()], 1, atol=1e-5)


def test_the_share_and_the_number_of_known_words(exported: Any, model: SentimentTransformer, vocabulary: WordVocabulary) -> None:
    texts = ["the film", "the кино", "映画 кино", "", "<p> </p>&nbsp;", "! . !", "😀", "good ! <b>bad</b> of"]
    known = exported.signatures["known"](text=tf.constant(texts))
    assert known["share"].numpy().tolist() == [1, 0.5, 0, 1, 1, 1, 1, 0.75]
    assert known["words"].numpy().tolist() == [2, 1, 0, 0, 0, 0, 1, 2]
    outputs = exported.signatures["judge"](text=tf.constant(texts))
    for name in ("share", "words"):
        np.testing.assert_array_equal(outputs[name], known[name])
    np.testing.assert_allclose(outputs["probability"], tf.sigmoid(logits(model, vocabulary, texts)[:, 0]), atol=FLOAT16)


def test_like_texts_have_like_vectors(exported: Any) -> None:
    texts = ["the film is good", "the film is good", "bad"]
    vectors = exported.signatures["embed"](text=tf.constant(texts))["vector"].numpy()
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-6)
    assert np.linalg.norm(vectors[0] - vectors[2]) > 0.1


@settings(max_examples=25)
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


def test_of_ten_million_characters_the_middle_is_left_out(exported: Any) -> None:
    predict = exported.signatures["predict"]
    part = "the film is good . " * 300_000
    one, other = (predict(text=tf.constant([part + middle + part]))["probability"].numpy() for middle in ("", "bad " * 1000))
    assert len(part) > 5_000_000
    np.testing.assert_allclose(one, other, atol=1e-6)
