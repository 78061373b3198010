import numpy as np
import pytest

from zoo.lessons import lesson, limits_of_recurrence
from zoo.scratch.losses import binary_cross_entropy


@pytest.mark.slow
def test_a_state_holds_about_as_many_bits_as_it_has_units_and_attention_all() -> None:
    outcome = lesson.load("limits_of_recurrence").run()
    numbers = outcome.numbers
    for units in (4, 8, 16):
        kept = units / 24
        assert abs(numbers[f"right of 24 bits, {units} units"] - (kept + (1 - kept) / 2)) < 0.06
    assert numbers["right of 24 bits, attention"] > 0.99
    assert numbers["products in sequence for 1024 words, recurrent"] == 1024
    assert numbers["products in sequence for 1024 words, attention"] == 4
    assert numbers["million multiplications for 1024 words, recurrent"] == 2 * 1024 * 256**2 // 10**6
    assert numbers["million multiplications for 1024 words, attention"] == (4 * 1024 * 256**2 + 2 * 1024**2 * 256) // 10**6
    assert len(outcome.timings) == 6
    assert min(outcome.timings.values()) > 0
    assert not any("ms" in name for name in numbers)


def test_the_gradients_of_the_questions_are_those_of_differences() -> None:
    network, y = limits_of_recurrence.Questions(seed=0), np.array([[0.0, 1.0, 1.0]])
    x = 2 * y[..., np.newaxis] - 1
    network.backward(binary_cross_entropy(y, network.forward(x))[1])
    for parameter, gradient in zip(network.parameters, list(network.gradients), strict=True):
        first, step = (0,) * parameter.ndim, 1e-6
        parameter[first] += step
        above = binary_cross_entropy(y, network.forward(x))[0]
        parameter[first] -= 2 * step
        below = binary_cross_entropy(y, network.forward(x))[0]
        parameter[first] += step
        np.testing.assert_allclose(gradient[first], (above - below) / (2 * step), rtol=1e-4, atol=1e-8)
