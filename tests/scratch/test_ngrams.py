import numpy as np
import pytest

from zoo.scratch.ngrams import NGram

# "a b a b a c", with words 0 a, 1 b, 2 c, 3 never seen; each word with the two before it.
CONTEXTS, FOLLOWING = np.array([[0, 1], [1, 0], [0, 1], [1, 0]]), np.array([0, 1, 0, 2])


def test_a_unigram_counts_words_whatever_stands_before() -> None:
    unigram = NGram(1, words=4, strength=2).fit(CONTEXTS, FOLLOWING)
    np.testing.assert_allclose(unigram.probabilities([1]), (np.array([2, 1, 1, 0]) + 2 / 4) / 6)
    np.testing.assert_allclose(unigram.probabilities([3]), unigram.probabilities([1]))


def test_a_bigram_is_mixed_with_the_unigram() -> None:
    unigram, bigram = (NGram(size, words=4, strength=2).fit(CONTEXTS, FOLLOWING) for size in (1, 2))
    after_a = (np.array([0, 1, 1, 0]) + 2 * unigram.probabilities([])) / 4
    np.testing.assert_allclose(bigram.probabilities([1, 0]), after_a)
    np.testing.assert_allclose(bigram.probabilities([3, 0]), after_a)  # the last word alone counts


def test_a_context_never_seen_leaves_it_to_the_shorter_one() -> None:
    bigram, trigram = (NGram(size, words=4, strength=2).fit(CONTEXTS, FOLLOWING) for size in (2, 3))
    np.testing.assert_allclose(trigram.probabilities([3, 0]), bigram.probabilities([3, 0]))
    assert (trigram.probabilities([1, 0]) != bigram.probabilities([1, 0])).any()


def test_almost_without_smoothing_the_counts_decide() -> None:
    trigram = NGram(3, words=4, strength=1e-9).fit(CONTEXTS, FOLLOWING)
    np.testing.assert_allclose(trigram.probabilities([1, 0]), [0, 0.5, 0.5, 0], atol=1e-8)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_probabilities_add_up_to_one(size: int) -> None:
    random = np.random.default_rng(0)
    contexts, following = random.integers(0, 6, (50, 4)), random.integers(0, 6, 50)
    model = NGram(size, words=6, strength=0.7).fit(contexts, following)
    for context in random.integers(0, 6, (20, 4)):
        p = model.probabilities(context.tolist())
        assert (p > 0).all()
        assert p.sum() == pytest.approx(1)


def test_the_surprise_is_the_mean_of_all_words() -> None:
    bigram = NGram(2, words=4, strength=2).fit(CONTEXTS, FOLLOWING)
    expected = -(np.log(bigram.probabilities([0])[1]) + np.log(bigram.probabilities([1])[3])) / 2
    assert bigram.nats(np.array([[1, 0], [0, 1]]), np.array([1, 3])) == pytest.approx(expected)
