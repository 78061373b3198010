import numpy as np
import pytest

from zoo.lessons import optimizers
from zoo.lessons.lesson import Outcome
from zoo.scratch.optimizers import SGD


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return optimizers.run()


@pytest.mark.slow
def test_momentum_and_adam_need_fewer_steps_of_the_network_than_sgd(outcome: Outcome) -> None:
    steps = {name.split(", ")[-1]: value for name, value in outcome.numbers.items() if name.startswith("steps")}
    assert optimizers.WINDOW < steps["Adam"] < steps["SGD with momentum 0.9"] < steps["SGD"]
    assert steps["Adam"] < 0.7 * steps["SGD"]


@pytest.mark.slow
def test_in_the_valley_each_remedy_gets_further_than_sgd(outcome: Outcome) -> None:
    left = {name.split(", ")[-1]: value for name, value in outcome.numbers.items() if name.startswith("loss in the valley,")}
    assert left["Adagrad"] < left["Adam"] < left["SGD with momentum 0.9"] < 0.6 * left["SGD"]


@pytest.mark.slow
def test_turned_the_valley_takes_adagrads_lead(outcome: Outcome) -> None:
    turned = outcome.numbers["loss in the valley turned by 45 degrees, Adagrad"]
    assert turned > outcome.numbers["loss in the valley, SGD"]
    assert turned > 1000 * outcome.numbers["loss in the valley, Adagrad"]
    momentum = outcome.numbers["loss in the valley, SGD with momentum 0.9"]
    assert outcome.numbers["loss in the valley turned by 45 degrees, Adam"] > momentum
    for name in ("RMSprop", "Adam", "Adadelta"):
        assert optimizers.race(name, 45)[2][-1] > momentum
        assert optimizers.race(name, 45)[2][-1] > 3 * optimizers.race(name, 0)[2][-1]
    for name in ("SGD", "SGD with momentum 0.9"):
        np.testing.assert_allclose(optimizers.race(name, 45)[2], optimizers.race(name, 0)[2])


@pytest.mark.slow
def test_no_chosen_rate_lies_on_an_edge_of_its_grid(outcome: Outcome) -> None:
    labels = [text.get_text().rsplit(", ", 1) for text in outcome.figure.axes[7].get_legend().get_texts()]
    in_network = {name: float(rate) for name, rate in labels}
    assert list(in_network) == list(optimizers.OPTIMIZERS)
    for name, rate in in_network.items():
        rates = optimizers.ADADELTA_RATES if name == "Adadelta" else optimizers.RATES
        for chosen in (rate, optimizers.race(name, 0)[0], optimizers.race(name, 45)[0]):
            assert 1.01 * rates[0] < chosen < 0.99 * rates[-1]


def test_rmsprop_comes_near_and_is_thrown_out_again() -> None:
    losses = optimizers.race("RMSprop", 0)[2]
    assert losses[losses.argmin() :].max() > 1e6 * losses.min()


def test_a_descent_begins_at_the_start_and_follows_the_gradient() -> None:
    path, losses = optimizers.descend(SGD(0.01), *optimizers.valley(0))
    np.testing.assert_allclose(path[0], [-4, 1])
    np.testing.assert_allclose(path[1], [-4 * 0.99, 0.5])
    assert losses[0] == pytest.approx((16 + 50) / 2)
    assert len(path) == len(losses) == optimizers.STEPS + 1
