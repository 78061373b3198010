import numpy as np
import pytest

from zoo.lessons import mini_batches
from zoo.lessons.lesson import Outcome
from zoo.scratch.network import dense_network


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return mini_batches.run()


def of_each(outcome: Outcome, beginning: str) -> dict[str, float]:
    found = outcome.numbers | outcome.timings
    return {name.split("batch of ")[1]: value for name, value in found.items() if name.startswith(beginning)}


@pytest.mark.slow
def test_the_smaller_the_batch_the_fewer_digits_are_needed(outcome: Outcome) -> None:
    seen = of_each(outcome, "digits seen")
    assert 0 < seen["one"] < seen["32"] < seen["all"] / 10


@pytest.mark.slow
def test_and_the_more_steps(outcome: Outcome) -> None:
    seen = of_each(outcome, "digits seen")
    assert seen["one"] > 3 * seen["32"] / 32 > 3 * seen["all"] / mini_batches.EXAMPLES


@pytest.mark.slow
def test_all_three_learn_to_read_digits_that_they_have_not_seen(outcome: Outcome) -> None:
    assert min(of_each(outcome, "test accuracy").values()) > 0.9


@pytest.mark.slow
def test_the_noise_of_a_batch_of_one_keeps_it_from_settling(outcome: Outcome) -> None:
    paths = {line.get_label(): np.array(line.get_xydata()) for line in outcome.figure.axes[0].get_lines()}
    longest = {name: np.linalg.norm(np.diff(path[-50:], axis=0), axis=1).max() for name, path in paths.items()}
    assert longest["one"] > 5 * longest["32"] > 5 * longest["all"]


@pytest.mark.slow
def test_four_times_the_batch_has_half_the_noise(outcome: Outcome) -> None:
    assert outcome.numbers["exponent of the noise against the batch"] == pytest.approx(-0.5, abs=0.03)


@pytest.mark.slow
def test_the_clock_is_read_apart_from_the_numbers(outcome: Outcome) -> None:
    seconds = of_each(outcome, "seconds")
    assert set(seconds) == {"one", "32", "all"}
    assert min(seconds.values()) > 0
    assert not any("second" in name for name in outcome.numbers)


def test_a_batch_of_copies_of_one_example_has_no_noise() -> None:
    network, random = dense_network((64, 32, 10), "relu", seed=0), np.random.default_rng(0)
    x, labels = np.ones((5, 64)), np.full(5, 3)
    assert mini_batches.noise(network, x, labels, 2, random) < 1e-12
