"""NB-SVM: the paper's formula by hand, and its n-grams in buckets."""

import numpy as np
import pytest
import tensorflow as tf
from scipy.sparse import csr_matrix

from zoo.models import words
from zoo.models.ngrams import LONGEST, at_words, ngrams, weigh
from zoo.naive_bayes import NBSVM, adapt, learn, table, which

BUCKETS = 2**12
TEXTS = [b"a good film", b"good, really good", b"not bad at all", b"a bad film", b"bad, really bad", b"not good at all"]
LABELS = np.array([1, 1, 1, 0, 0, 0])


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


def test_a_text_has_each_of_its_words_pairs_and_triples() -> None:
    there = which([b"good, really good", b"", b"good good"], BUCKETS)
    # good , really; three pairs; two triples. The same word twice counts once.
    assert there.getnnz(1).tolist() == [3 + 3 + 2, 0, 1 + 1]
    assert there.max() == 1


def test_the_table_says_in_the_graph_what_nb_svm_says() -> None:
    there = which(TEXTS, BUCKETS)
    weights = table(there, LABELS, 2)
    assert weights.shape == (BUCKETS, 1)
    model = NBSVM().fit(there, LABELS)
    wanted = model.decision_function(there)
    tokens = words.split(tf.constant(TEXTS))
    found = ngrams(tokens, BUCKETS)
    sums, parts = weigh(found, tf.constant(weights), tokens.nrows())
    np.testing.assert_allclose(sums[:, 0] + model.bias_, wanted, atol=1e-3)  # the table is float16
    assert ((wanted > 0) == LABELS).all()
    # Each n-gram's part: together they are the text's sum, whether it occurs once or twice.
    again = tf.math.unsorted_segment_sum(parts, found.text, tokens.nrows())
    np.testing.assert_allclose(again, sums, atol=1e-6)


def test_each_word_hears_the_n_grams_that_end_there() -> None:
    tokens = words.split(tf.constant(["good bad good", "", "bad"]))
    found = ngrams(tokens, BUCKETS)
    weights = np.random.default_rng(0).normal(size=(BUCKETS, 1)).astype(np.float32)
    says = {text: weights[which([text.encode()], BUCKETS).indices].sum() for text in ("good", "bad")}
    pair, other_pair, triple = (weights[found.bucket.numpy()[i], 0] for i in (4, 5, 6))
    assert found.size.numpy().tolist() == [1, 1, 1, 1, 2, 2, 3]
    _, parts = weigh(found, tf.constant(weights), tokens.nrows())
    at = at_words(found, tf.constant(weights), parts, tf.size(tokens.flat_values, tf.int64)).numpy()[..., 0]
    by_size = [[says["good"], 0, 0], [says["bad"], pair, 0], [says["good"], other_pair, triple], [says["bad"], 0, 0]]
    np.testing.assert_allclose(at[:, :3], by_size, atol=1e-6)
    # In the sum of its text a word that occurs twice counts once, half at each place.
    together = [says["good"] / 2, says["bad"] + pair, says["good"] / 2 + other_pair + triple, says["bad"]]
    np.testing.assert_allclose(at[:, 3], together, atol=1e-6)


def test_a_text_is_heard_without_what_was_learned_from_itself() -> None:
    """Each text has a word of its own that tells its label: it says so to other texts only."""
    texts = [f"own{i} film".encode() for i in range(20)]
    labels = np.arange(20) % 2
    evidence, heard, _ = learn(texts, labels, labels[:, None].astype(np.float32), BUCKETS, seed=0)
    assert heard.shape == (40, LONGEST + 1, 1)
    assert (heard[::2, 0] == 0).all()
    again = evidence.at_words(texts)
    assert (np.sign(again[::2, 0, 0]) == 2 * labels - 1).all()
    # What is heard has a like size, whatever the texts; what was never seen says nothing.
    assert (evidence.at_words([b"unseen"]) == 0).all()


def test_the_sums_are_logits_of_the_labels() -> None:
    random = np.random.default_rng(0)
    labels = np.array([0, 1] * 200)
    texts = [b" ".join(random.choice([b"good", b"bad", b"so"], 6, p=([0.2, 0.4, 0.4], [0.4, 0.2, 0.4])[y])) for y in labels]
    targets = labels[:, None].astype(np.float32)
    learned = learn(texts, labels, targets, BUCKETS, seed=1)
    adapted = adapt(learned.evidence.table, texts, targets)
    np.testing.assert_array_equal(adapted.evidence.table, learned.evidence.table)
    for _, at, bias in (learned, adapted):
        logits = at.astype(float).reshape(400, 6, LONGEST + 1)[..., LONGEST].sum(1) + bias
        chance = 1 / (1 + np.exp(-logits))
        assert chance.mean() == pytest.approx(0.5, abs=0.02)
        assert -np.log(np.where(labels == 1, chance, 1 - chance)).mean() < np.log(2) - 0.02
        np.testing.assert_allclose(at[:, :LONGEST].astype(float).std(axis=(0, 2)), 1, rtol=0.02)


def test_three_classes_have_a_column_each() -> None:
    texts = [b"red rose", b"red wine", b"blue sea", b"blue sky", b"green tree", b"green grass"]
    labels = np.array([0, 0, 1, 1, 2, 2])
    there = which(texts, BUCKETS)
    weights = table(there, labels, 3).astype(np.float32)
    assert weights.shape == (BUCKETS, 3)
    assert ((there @ weights).argmax(1) == labels).all()
    assert (which([b"a red bus"], BUCKETS) @ weights).argmax() == 0


@pytest.mark.parametrize("buckets", [2**6, 2**20])
def test_the_order_of_words_counts(buckets: int) -> None:
    one, other = (set(which([text], buckets).indices.tolist()) for text in (b"bites man dog", b"dog bites man"))
    assert one != other
