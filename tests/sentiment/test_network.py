import numpy as np
import pytest
import tensorflow as tf

import zoo
from zoo.core import cards, export, training
from zoo.core.export import MAX_MEGABYTES
from zoo.sentiment import stages
from zoo.sentiment.naive_bayes import MOST_NGRAMS
from zoo.sentiment.network import Config, Network, Pretraining, SentimentTransformer, from_architecture, pool
from zoo.sentiment.training import FINETUNING, MOST_WORDS, PRETRAINING
from zoo.text.ngrams import LONGEST
from zoo.text.words import WordVocabulary

TEXTS = [b"A fine film, warm and funny.", b"Dull, and too long."]
CONSTANTS = "ngram_hashes", "ngram_weights", "evidence_scale", "calibration_scale", "calibration_bias"
SMALL = Config(words=20, window=8, width=8, blocks=2, heads=2, hidden=16, targets=12, ngrams=64)


def randomised(model):
    """The network with random weights, so that nothing is zero by chance."""
    random = np.random.default_rng(0)
    for variable in model.weights:
        variable.assign(random.normal(0, 0.5, variable.shape))
    return model


def inputs(words: np.ndarray) -> dict[str, np.ndarray]:
    """The words, int32 [n, windows, t], and some evidence, the same for the same word."""
    weights = np.random.default_rng(1).normal(0, 1, (SMALL.words, LONGEST + 1, 1)).astype(np.float32)
    return {"word": words, "evidence": np.where(words[..., None, None] > 0, weights[words], 0)}


@pytest.fixture(scope="module")
def model() -> Network:
    return randomised(training.seeded(FINETUNING, lambda: Network(SMALL)))


def test_the_number_of_parameters(model: Network) -> None:
    width, hidden = SMALL.width, SMALL.hidden
    embeddings = (SMALL.words + SMALL.window) * width
    attention = 4 * (width * width + width)
    feed_forward = width * hidden + hidden + hidden * width + width
    norms = (2 * SMALL.blocks + 2) * 2 * width
    head = (width + 1) + (width + 1) + LONGEST * width  # query, head, projection of the evidence
    whole = embeddings + SMALL.blocks * (attention + feed_forward) + norms + head
    assert sum(int(np.prod(weight.shape)) for weight in model.weights) == whole == 1498
    published = SentimentTransformer(SMALL)
    twice = whole + 2 * SMALL.ngrams + (LONGEST + 1) + 1 + 1  # the hash and the weight of each n-gram
    assert sum(int(np.prod(weight.shape)) for weight in published.weights) == twice


def test_the_published_size_is_below_ten_million() -> None:
    config = Config(words=MOST_WORDS, ngrams=MOST_NGRAMS)
    weights = SentimentTransformer(config).weights
    assert sum(int(np.prod(weight.shape)) for weight in weights) < 10e6
    graph_and_pages = 4.2e6  # bytes of the files without the weights
    assert sum(int(np.prod(weight.shape)) * weight.numpy().itemsize for weight in weights) + graph_and_pages < MAX_MEGABYTES * 1e6


def test_padding_has_no_influence(model: Network) -> None:
    words = np.array([[[3, 4, 5], [6, 7, 0]]], np.int32)
    alone = model(inputs(words)).numpy()
    np.testing.assert_allclose(model(inputs(np.pad(words, ((0, 0), (0, 0), (0, 4))))), alone, atol=1e-5)  # longer windows
    np.testing.assert_allclose(model(inputs(np.pad(words, ((0, 0), (0, 3), (0, 0))))), alone, atol=1e-5)  # more of them
    np.testing.assert_allclose(model(inputs(np.pad(words, ((0, 2), (0, 0), (0, 0)))))[:1], alone, atol=1e-5)  # more texts
    assert np.isfinite(model(inputs(np.zeros((2, 1, 1), np.int32)))).all()  # texts without a word


def test_before_it_learns_the_n_grams_decide() -> None:
    words = inputs(np.array([[[3, 4, 5], [6, 7, 0]], [[8, 0, 0], [0, 0, 0]]], np.int32))
    untaught = training.seeded(FINETUNING, lambda: Network(SMALL))
    np.testing.assert_allclose(untaught(words), words["evidence"][..., LONGEST, :].sum((1, 2)), atol=1e-6)


def test_evidence_counts_at_its_words(model: Network) -> None:
    words = inputs(np.array([[[3, 4, 5]]], np.int32))
    louder = {**words, "evidence": words["evidence"].copy()}
    louder["evidence"][0, 0, 1, :LONGEST] += 1
    assert abs(float(model(louder)[0, 0] - model(words)[0, 0])) > 1e-3


def test_words_see_each_other_within_a_window_only(model: Network) -> None:
    def logit(*windows: list[int]) -> float:
        return float(model(inputs(np.array([windows], np.int32)))[0, 0])

    assert logit([3, 4, 5, 6], [7, 8, 9, 10]) == pytest.approx(logit([7, 8, 9, 10], [3, 4, 5, 6]), abs=1e-5)
    assert abs(logit([3, 4, 5, 6]) - logit([6, 5, 4, 3])) > 1e-3
    assert abs(logit([3, 4, 5, 6], [7, 8, 9, 10]) - logit([3, 4, 7, 8], [5, 6, 9, 10])) > 1e-3


@pytest.mark.parametrize("outputs", [1, 3])
def test_the_loss_is_cross_entropy(outputs: int) -> None:
    logits = tf.constant([[0.5] * outputs, [*range(outputs)]], tf.float32)
    targets = np.array([[0.25], [1.0]], np.float32) if outputs == 1 else np.array([[0.5, 0.5, 0], [0, 0, 1]], np.float32)
    if outputs == 1:
        p = 1 / (1 + np.exp(-logits.numpy()))
        wanted = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))[:, 0]
    else:
        p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        wanted = -(targets * np.log(p)).sum(1)
    np.testing.assert_allclose(stages.classification_loss(targets, logits), wanted, rtol=1e-5)


def test_what_is_guessed_of_hidden_words_and_of_unread_ones() -> None:
    guessing = randomised(training.seeded(PRETRAINING, lambda: Pretraining(SMALL)))
    words = np.array([[[3, 4, 2, 6, 0], [7, 2, 0, 0, 0]], [[7, 2, 9, 10, 2], [0, 0, 0, 0, 0]]], np.int32)
    at = np.array([[[2, 0], [1, 0]], [[4, 1], [0, 0]]], np.int32)
    logits = guessing({"word": words, "at": at})
    assert logits["hidden"].shape == (2, 2, 2, SMALL.targets)
    # The same as from the published network's parts: each hidden word from its own place, the unread ones from the text's vector.
    classifier = Network(SMALL)
    classifier.encoder.set_weights(guessing.encoder.get_weights())
    classifier.pooling.set_weights(guessing.pooling.get_weights())
    flat = tf.constant(words.reshape(4, 5))
    x = classifier.encoder([guessing.word(flat), flat > 0])
    vector = pool(classifier.read(guessing.word(flat), flat > 0), tf.constant([0, 0, 1, 1]), 2)
    np.testing.assert_allclose(guessing.unread_head(vector), logits["unread"], rtol=1e-4, atol=1e-4)
    one = guessing.hidden_norm(guessing.hidden_transform(x[2, 4][None]))[0]
    targets = guessing.word.embeddings.numpy()[: SMALL.targets]
    np.testing.assert_allclose(
        logits["hidden"][1, 0, 0], targets @ one.numpy() + guessing.hidden_bias.numpy(), rtol=1e-4, atol=1e-4
    )


def test_the_loss_of_pretraining_is_the_mean_of_what_counts() -> None:
    random = np.random.default_rng(0)
    logits = {
        name: random.normal(size=shape).astype(np.float32) for name, shape in (("hidden", (2, 1, 2, 5)), ("unread", (2, 6)))
    }
    wanted = {
        "hidden": np.array([[[1, 0]], [[0, 0]]]),
        "counts": np.array([[[1, 0]], [[0, 0]]], np.float32),
        "unread": np.array([[3, 5], [2, 0]]),
        "weight": np.array([[1, 3], [2, 0]], np.float32),
    }

    def cross_entropy(row: np.ndarray, word: int) -> float:
        return float(np.log(np.exp(row).sum()) - row[word])

    unread = logits["unread"]
    first = cross_entropy(logits["hidden"][0, 0, 0], 1) + (cross_entropy(unread[0], 3) + 3 * cross_entropy(unread[0], 5)) / 4
    expected = [first, cross_entropy(unread[1], 2)]
    np.testing.assert_allclose(stages.pretraining_loss(wanted, logits), expected, rtol=1e-5)
    nothing = {name: np.zeros_like(each) for name, each in wanted.items()}
    np.testing.assert_array_equal(stages.pretraining_loss(nothing, logits), [0, 0])


@pytest.mark.pretrained
def test_the_published_card_gives_the_network_that_its_weights_fit() -> None:
    folder = cards.find("sentiment_transformer")
    model = from_architecture(cards.read_card(folder).architecture)
    paths = [variable.path for variable in model.variables]
    assert len(set(paths)) == len(paths)
    assert paths[:5] == [f"sentiment_transformer/{name}" for name in CONSTANTS]
    assert {"network/word_embedding/embeddings", "network/evidence_projection/kernel", "network/head/kernel"} <= set(paths)
    export.restore(model, folder)
    inputs = stages.inputs(model, TEXTS, WordVocabulary(folder / "assets"))
    np.testing.assert_allclose(tf.sigmoid(model(inputs))[:, 0], zoo.load("sentiment_transformer").predict(TEXTS), atol=1e-4)
