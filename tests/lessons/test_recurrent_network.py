import numpy as np
import pytest

from zoo.lessons import lesson, recurrent_network

pytestmark = pytest.mark.slow


def test_a_state_tells_where_a_wave_goes() -> None:
    numbers = lesson.load("recurrent_network").run().numbers
    with_state, without = (numbers[f"root mean square error {how}"] for how in ("with a state", "without memory"))
    assert with_state < without / 3
    # Alone it neither dies away nor runs out of step.
    assert numbers["root mean square error, 40 steps alone"] < numbers["root mean square of the waves"] / 4
    units = recurrent_network.UNITS
    assert numbers["parameters of the layer, for any number of steps"] == units + units**2 + units


def test_alone_it_hears_its_own_guesses() -> None:
    recurrent, _ = recurrent_network.train()
    given = recurrent_network.waves(2, recurrent_network.GIVEN, np.random.default_rng(3))
    guesses = recurrent_network.go_on(recurrent, given)
    longer = np.hstack([given, guesses[:, recurrent_network.GIVEN - 1 : -1, np.newaxis]])
    np.testing.assert_allclose(recurrent.forward(longer).reshape(2, -1), guesses, atol=1e-12)
