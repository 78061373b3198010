import numpy as np
import pytest

from zoo.lessons import dropout
from zoo.lessons.lesson import Outcome

WITH, WITHOUT = f"dropout {dropout.RATE}", "no dropout"


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return dropout.run()


@pytest.mark.slow
def test_without_dropout_wrong_labels_are_learned_by_heart(outcome: Outcome) -> None:
    assert outcome.numbers[f"wrong labels learned by heart, {WITHOUT}"] > 0.9
    assert outcome.numbers[f"wrong labels learned by heart, {WITH}"] < 0.4


@pytest.mark.slow
def test_dropout_reads_new_digits_better(outcome: Outcome) -> None:
    assert outcome.numbers[f"test loss, {WITH}"] < outcome.numbers[f"test loss, {WITHOUT}"] - 0.1
    assert outcome.numbers[f"test accuracy, {WITH}"] > outcome.numbers[f"test accuracy, {WITHOUT}"] + 0.05


@pytest.mark.slow
def test_with_right_labels_it_changes_next_to_nothing(outcome: Outcome) -> None:
    accuracies = [outcome.numbers[f"test accuracy with right labels, {name}"] for name in (WITH, WITHOUT)]
    assert min(accuracies) > 0.93
    assert abs(accuracies[0] - accuracies[1]) < 0.015


def test_dropout_stands_after_each_hidden_layer_and_is_silent_in_use() -> None:
    network, layers = dropout.network_with_dropout(0.5, seed=0)
    x = np.random.default_rng(0).random((5, 64))
    assert len(layers) == len(dropout.SIZES) - 2
    assert (network.forward(x) != network.forward(x)).any()
    for layer in layers:
        layer.training = False
    np.testing.assert_array_equal(network.forward(x), network.forward(x))
