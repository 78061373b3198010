import numpy as np
import pytest

from zoo.lessons import early_stopping
from zoo.lessons.lesson import Outcome


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return early_stopping.run()


@pytest.mark.slow
def test_the_weights_kept_are_better_on_the_test_than_those_of_the_end(outcome: Outcome) -> None:
    numbers = outcome.numbers
    kept = numbers["test loss with the weights kept, mean"]
    assert kept < numbers[f"test loss after {early_stopping.EPOCHS} epochs, mean"] - 0.1
    assert numbers["lowest test loss of any epoch, mean"] <= kept < numbers["lowest test loss of any epoch, mean"] + 0.03
    assert numbers[f"draws of {early_stopping.SEEDS} in which stopping was better"] >= early_stopping.SEEDS - 1


@pytest.mark.slow
def test_a_patience_of_one_stops_too_early(outcome: Outcome) -> None:
    assert outcome.numbers["test loss with patience 1, mean"] > outcome.numbers["test loss with the weights kept, mean"] + 0.02


@pytest.mark.slow
def test_the_validation_loss_of_the_epoch_that_it_chose_is_a_little_too_good(outcome: Outcome) -> None:
    assert outcome.numbers["validation loss of the weights kept, mean"] < outcome.numbers["test loss with the weights kept, mean"]


def test_a_training_keeps_the_weights_of_its_best_epoch_and_goes_on() -> None:
    history = early_stopping.train(seed=0)
    assert history.losses.shape == (early_stopping.EPOCHS, 3)
    assert history.best == np.argmin(history.losses[: history.stopped, 1]) + 1
    assert history.stopped == history.best + early_stopping.PATIENCE < early_stopping.EPOCHS
    assert history.kept == history.losses[history.best - 1, 2]
    assert history.losses[-1, 0] < history.losses[history.best - 1, 0] / 2  # the training loss falls on


@pytest.mark.parametrize(("patience", "expected"), [(1, (2, 3)), (2, (4, 6)), (9, (4, 7))])
def test_a_stop_is_found_in_the_losses_of_a_training(patience: int, expected: tuple[int, int]) -> None:
    assert early_stopping.stop_at(np.array([3.0, 2.0, 2.5, 1.0, 1.5, 1.2, 1.1]), patience) == expected
