import numpy as np
import pytest

from zoo.lessons import learning_rate
from zoo.lessons.lesson import Outcome
from zoo.scratch.optimizers import SGD

X, Y = np.array([[1.0], [-1.0]]), np.array([[2.0], [-2.0]])  # the best line is y = 2 x; the Hessian is 2 in both directions


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return learning_rate.run()


@pytest.mark.slow
def test_descent_breaks_exactly_at_two_divided_by_the_largest_eigenvalue(outcome: Outcome) -> None:
    numbers = outcome.numbers
    assert numbers["2 / λmax, by trying"] == pytest.approx(numbers["2 / λmax, from the eigenvalue"], rel=1e-8)


@pytest.mark.slow
def test_the_good_rate_arrives_the_small_one_does_not_the_large_one_flies_off(outcome: Outcome) -> None:
    left = {name.split(", ")[1]: value for name, value in outcome.numbers.items() if name.startswith("loss above")}
    assert left["good"] < 1e-5
    assert left["adaptive"] < learning_rate.NEAR < 1 < left["too small"] < 6
    assert left["too large"] > 100


@pytest.mark.slow
def test_adam_works_at_rates_far_beyond_those_of_plain_descent(outcome: Outcome) -> None:
    works = {name.split(", ")[-1]: value for name, value in outcome.numbers.items() if name.startswith("largest rate")}
    assert 0.95 < works["gradient descent"] < 1
    assert works["Adam"] > 5


def test_at_the_borderline_the_distance_changes_its_sign_for_ever() -> None:
    weights, losses = learning_rate.path(SGD(1.0), X, Y, 6)
    np.testing.assert_allclose(weights[::2], [learning_rate.START] * 4)
    np.testing.assert_allclose(weights[1::2], 2 * np.array([2.0, 0.0]) - [learning_rate.START] * 3)
    np.testing.assert_allclose(losses, losses[0])


def test_the_borderline_is_found_by_trying() -> None:
    assert learning_rate.borderline(X, Y, 0.3, 1.4) == pytest.approx(1, rel=1e-8)
