import math

import numpy as np
import pytest

from zoo.text.witten_bell import NGram


def test_matches_a_computation_by_hand():
    # Tokens 0 (given) 1 2 1 2 2 of a vocabulary of 4: counted are 1 2 1 2 2.
    model = NGram(2, 4).fit([[0, 1, 2, 1, 2, 2]])
    one = (2 + 2 * 1 / 4) / (5 + 2)  # c(1) = 2 of 5 tokens of 2 types
    two = (3 + 2 * 1 / 4) / (5 + 2)
    three = (0 + 2 * 1 / 4) / (5 + 2)
    expected = [
        (1 + 1 * one) / (1 + 1),  # 1 after 0: c = 1, T = 1
        (2 + 1 * two) / (2 + 1),  # 2 after 1: c = 2, T = 1
        (1 + 2 * two) / (2 + 2),  # 2 after 2: c(2 .) = 2 (2 1, 2 2), T = 2
        (0 + 2 * three) / (2 + 2),  # 3 after 2: never seen
        one,  # 1 after 3: a history never seen
    ]
    np.testing.assert_allclose(np.exp(model.log_probability([0, 1, 2, 2, 3, 1])), expected, rtol=1e-12)


@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_probabilities_sum_to_one_after_any_history(order):
    rng = np.random.default_rng(order)
    model = NGram(order, 7).fit([rng.integers(0, 6, 40).tolist() for _ in range(5)])
    for length in range(1, 7):
        history = rng.integers(0, 7, length).tolist()
        total = sum(math.exp(model.log_probability([*history, token])[-1]) for token in range(7))
        assert total == pytest.approx(1, abs=1e-12)


def test_the_first_tokens_use_the_history_there_is():
    long, short = NGram(5, 4).fit([[0, 1, 2, 3]]), NGram(2, 4).fit([[0, 1, 2, 3]])
    assert long.log_probability([0, 1])[0] == short.log_probability([0, 1])[0]
    assert len(long.log_probability([0])) == 0


def test_without_training_all_tokens_are_equally_likely():
    np.testing.assert_allclose(NGram(3, 10).fit([]).log_probability([0, 1, 2]), [math.log(0.1)] * 2)


def test_n_grams_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="order 9 with 146 tokens"):
        NGram(9, 146)
