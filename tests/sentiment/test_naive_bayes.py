"""NB-SVM: the paper's formula by hand, and the n-grams that it knows."""

from collections import Counter

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from zoo.core.calibration import calibrate
from zoo.core.errors import UserError
from zoo.sentiment.naive_bayes import NBSVM, learn, learn_ngrams, ngram_presence, ngram_weights, rescale
from zoo.text import words
from zoo.text.ngrams import LONGEST, evidence_at_words, hashed, ngrams, sum_weights

MOST = 2**12
TEXTS = [b"a good film", b"good, really good", b"not bad at all", b"a bad film", b"bad, really bad", b"not good at all"] * 2
LABELS = np.array([1, 1, 1, 0, 0, 0] * 2)


def test_the_ratio_is_that_of_the_paper():
    counts = csr_matrix(np.array([[2, 1, 0], [1, 0, 0], [0, 1, 3], [0, 0, 1]]))  # how often does not matter, only whether
    model = NBSVM().fit(counts, np.array([1, 1, 0, 0]))
    positive, negative = np.array([3, 2, 1]) / 6, np.array([1, 2, 3]) / 6
    np.testing.assert_allclose(model.ratio_, np.log(positive / negative))
    assert model.predict(counts).tolist() == [1, 1, 0, 0]
    assert model.decision_function(csr_matrix([[0, 0, 0]]))[0] == pytest.approx(model.bias_)


def test_without_the_machine_the_ratios_decide():
    counts = csr_matrix(np.array([[1, 0], [1, 0], [0, 1], [0, 1]]))
    model = NBSVM(interpolation=0.0).fit(counts, np.array([1, 1, 0, 0]))
    assert len(set(model.coef_ / model.ratio_)) == 1
    assert model.bias_ == 0


def by_hand(text: bytes) -> list[tuple[str, ...]]:
    """The n-grams of a text of words, as often as they occur."""
    tokens = text.decode().split()
    return [tuple(tokens[i : i + size]) for size in range(1, LONGEST + 1) for i in range(len(tokens) - size + 1)]


TEXTS_OF_FEW_WORDS = st.lists(
    st.lists(st.sampled_from("abcde"), max_size=8).map(lambda tokens: " ".join(tokens).encode()), max_size=6
)


@pytest.mark.slow
@settings(max_examples=50)
@given(texts=TEXTS_OF_FEW_WORDS, others=TEXTS_OF_FEW_WORDS)
def test_the_n_grams_found_are_those_that_two_texts_have(texts: list[bytes], others: list[bytes]) -> None:
    texts += [b"a b", b"b a"]  # so that something is known
    counts = Counter(gram for text in texts for gram in set(by_hand(text)))
    expected = {gram for gram, count in counts.items() if count > 1}
    known = learn_ngrams(texts, MOST)
    assert len(known) == len(expected)
    assert (np.diff(known) > 0).all()
    tokens = words.split(tf.constant(others, tf.string))
    text, first, size, number = (each.numpy().tolist() for each in ngrams(tokens, tf.constant(known)))
    flat = [word.decode() for word in tokens.flat_values.numpy()]
    found = [(i, tuple(flat[start : start + n])) for i, start, n in zip(text, first, size, strict=True)]
    assert Counter(found) == Counter((i, gram) for i, each in enumerate(others) for gram in by_hand(each) if gram in expected)
    named = dict(zip(number, (gram for _, gram in found), strict=True))
    assert all(0 <= row < len(known) for row in named)
    assert [named[row] for row in number] == [gram for _, gram in found], "each n-gram has a row of its own"
    assert len(set(named.values())) == len(named)


def test_of_more_n_grams_than_may_be_known_the_most_common_are() -> None:
    texts = [b"x", b"x", b"x", b"y", b"y", b"z", b"z", b"z", b"z"]
    known = learn_ngrams(texts, 2)
    assert ngram_presence([b"x", b"y", b"z"], known).getnnz(1).tolist() == [1, 0, 1]


def test_texts_without_a_word_in_common_teach_nothing() -> None:
    with pytest.raises(UserError, match="no word is in 2 of the training texts"):
        learn_ngrams([b"one", b"two", b""], MOST)


def test_an_unknown_n_gram_has_no_weight() -> None:
    known = learn_ngrams(TEXTS, MOST)
    for text in (b"unseen", b"", b"unseen words alone"):
        found = ngrams(words.split(tf.constant([text])), tf.constant(known))
        sums, parts = sum_weights(found, tf.ones([len(known), 1]), tf.constant(1, tf.int64))
        assert sums.numpy().tolist() == [[0]]
        assert parts.shape == (0, 1)


def test_a_text_has_each_of_its_words_pairs_and_triples() -> None:
    known = learn_ngrams([b"good, really good", b"good good"] * 2, MOST)
    present = ngram_presence([b"good, really good", b"", b"good good", b"good, they say"], known)
    # good , really; three pairs; two triples. The same word twice counts once.
    assert present.getnnz(1).tolist() == [3 + 3 + 2, 0, 1 + 1, 2 + 1]
    assert present.max() == 1


def test_the_graph_computes_what_nb_svm_does() -> None:
    known = learn_ngrams(TEXTS, MOST)
    present = ngram_presence(TEXTS, known)
    weights = ngram_weights(present, LABELS, 2)
    assert weights.shape == (len(known), 1)
    model = NBSVM().fit(present, LABELS)
    wanted = model.decision_function(present)
    tokens = words.split(tf.constant(TEXTS))
    found = ngrams(tokens, tf.constant(known))
    sums, parts = sum_weights(found, tf.constant(weights), tokens.nrows())
    np.testing.assert_allclose(sums[:, 0] + model.bias_, wanted, atol=1e-3)  # the weights are float16
    assert ((wanted > 0) == LABELS).all()
    # Each n-gram's part: together they are the text's sum, whether it occurs once or twice.
    again = tf.math.unsorted_segment_sum(parts, found.text, tokens.nrows())
    np.testing.assert_allclose(again, sums, atol=1e-6)


def test_evidence_lies_where_its_n_gram_ends() -> None:
    tokens = words.split(tf.constant(["good bad good", "", "bad"]))
    known = learn_ngrams([b"good bad good"] * 2, MOST)
    found = ngrams(tokens, tf.constant(known))
    weights = np.random.default_rng(0).normal(size=(len(known), 1)).astype(np.float32)
    own = {text: weights[ngram_presence([text.encode()], known).indices].sum() for text in ("good", "bad")}
    pair, other_pair, triple = (weights[found.number.numpy()[i], 0] for i in (4, 5, 6))
    assert found.size.numpy().tolist() == [1, 1, 1, 1, 2, 2, 3]
    _, parts = sum_weights(found, tf.constant(weights), tokens.nrows())
    at = evidence_at_words(found, tf.constant(weights), parts, tf.size(tokens.flat_values, tf.int64)).numpy()[..., 0]
    by_size = [[own["good"], 0, 0], [own["bad"], pair, 0], [own["good"], other_pair, triple], [own["bad"], 0, 0]]
    np.testing.assert_allclose(at[:, :3], by_size, atol=1e-6)
    # In the sum of its text a word that occurs twice counts once, half at each place.
    together = [own["good"] / 2, own["bad"] + pair, own["good"] / 2 + other_pair + triple, own["bad"]]
    np.testing.assert_allclose(at[:, 3], together, atol=1e-6)


def test_the_evidence_of_a_text_is_learned_from_other_texts() -> None:
    """Each pair of texts shares a word. With one of the two alone in the training folds, the word gets no weight."""
    texts = [f"own{i // 2} film".encode() for i in range(40)]
    labels = np.arange(40) // 2 % 2
    evidence, word_evidence, *_ = learn(texts, labels, labels[:, None].astype(np.float32), seed=0)
    assert word_evidence.shape == (80, LONGEST + 1, 1)
    assert (word_evidence[::2, 0] == 0).all()
    again = evidence.at_words(texts)
    assert (np.sign(again[::2, 0, 0]) == 2 * labels - 1).all()
    # An n-gram that was never seen has no weight.
    assert (evidence.at_words([b"unseen"]) == 0).all()


def test_the_sums_are_logits_of_the_labels() -> None:
    random = np.random.default_rng(0)
    labels = np.array([0, 1] * 200)
    texts = [b" ".join(random.choice([b"good", b"bad", b"so"], 6, p=([0.2, 0.4, 0.4], [0.4, 0.2, 0.4])[y])) for y in labels]
    targets = labels[:, None].astype(np.float32)
    learned = learn(texts, labels, targets, seed=1)
    adapted = rescale(learned.evidence, texts, targets)
    np.testing.assert_array_equal(adapted.evidence.known, learned.evidence.known)
    np.testing.assert_array_equal(adapted.evidence.weights, learned.evidence.weights)
    for _, at, together in (learned, adapted):
        np.testing.assert_allclose(at.astype(float).reshape(400, 6, LONGEST + 1, 1)[:, :, LONGEST].sum(1), together, atol=2e-2)
        scale, bias = calibrate(together, targets)
        assert scale == pytest.approx(1, abs=0.02)
        logits = together[:, 0] + bias
        chance = 1 / (1 + np.exp(-logits))
        assert chance.mean() == pytest.approx(0.5, abs=0.02)
        assert -np.log(np.where(labels == 1, chance, 1 - chance)).mean() < np.log(2) - 0.02
        np.testing.assert_allclose(at[:, :LONGEST].astype(float).std(axis=(0, 2)), 1, rtol=0.02)
    less = learned.weighted(0.5)
    np.testing.assert_allclose(less.logits, learned.logits / 2)
    np.testing.assert_allclose(less.word_evidence[:, LONGEST], learned.word_evidence[:, LONGEST] / 2, rtol=1e-2, atol=1e-5)
    np.testing.assert_array_equal(less.word_evidence[:, :LONGEST], learned.word_evidence[:, :LONGEST])
    whole, half = (each.evidence.at_words(texts)[:, LONGEST] for each in (learned, less))
    np.testing.assert_allclose(half, whole / 2, rtol=1e-2, atol=1e-5)


def test_three_classes_have_a_column_each() -> None:
    texts = [b"red rose", b"red wine", b"blue sea", b"blue sky", b"green tree", b"green grass"]
    labels = np.array([0, 0, 1, 1, 2, 2])
    known = learn_ngrams(texts, MOST)
    present = ngram_presence(texts, known)
    weights = ngram_weights(present, labels, 3).astype(np.float32)
    assert weights.shape == (3, 3)
    assert ((present @ weights).argmax(1) == labels).all()
    assert (ngram_presence([b"a red bus"], known) @ weights).argmax() == 0


def test_the_order_of_words_counts() -> None:
    one, other = (set(hashed(words.split(tf.constant([text]))).number.numpy()) for text in ("man bites dog", "dog bites man"))
    assert len(one) == len(other) == 3 + 2 + 1
    assert len(one & other) == 3  # the words alone
