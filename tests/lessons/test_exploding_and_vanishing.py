import numpy as np
import pytest

from zoo.lessons import exploding_and_vanishing, lesson
from zoo.scratch.optimizers import SGD
from zoo.scratch.rnn import simple_rnn


@pytest.fixture(scope="module")
def numbers() -> dict:
    return lesson.load("exploding_and_vanishing").run().numbers


@pytest.mark.slow
def test_clipping_mends_what_explodes(numbers: dict) -> None:
    assert numbers["longest gradient before clipping, without clipping"] > 100
    assert numbers["longest gradient before clipping, clipped to 1"] > 100  # it is long here, too, and only the step is not
    assert numbers["remembered, without clipping"] <= 0.5  # 0.25 by chance
    assert numbers["remembered, clipped to 1"] >= 0.9
    assert numbers["saturated states (beyond 0.99), without clipping"] >= 0.9
    assert numbers["saturated states (beyond 0.99), clipped to 1"] <= 0.5


@pytest.mark.slow
def test_orthogonal_weights_relu_and_gates_mend_what_vanishes(numbers: dict) -> None:
    first = "length of the gradient at the first step (at the last = 1)"
    assert numbers[f"{first}, tanh, r = 0.5"] < 1e-9
    assert numbers["remembered, tanh, r = 0.5"] <= 0.4
    for mended in ("tanh, orthogonal U", "ReLU, U = identity", "LSTM"):
        assert numbers[f"{first}, {mended}"] > 0.01
        assert numbers[f"remembered, {mended}"] >= 0.9


def test_a_clipped_step_is_no_longer_than_rate_times_limit() -> None:
    net = exploding_and_vanishing.network(simple_rnn(4, 24, seed=0, radius=2.0))
    before = [parameter.copy() for parameter in net.parameters]
    exploding_and_vanishing.train(net, SGD(0.1), 1, limit=0.5)
    moved = np.sqrt(sum(((now - was) ** 2).sum() for now, was in zip(net.parameters, before, strict=True)))
    assert moved == pytest.approx(0.05)
