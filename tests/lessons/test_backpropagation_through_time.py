import pytest

from zoo.lessons import backpropagation_through_time, lesson

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def numbers() -> dict:
    return lesson.load("backpropagation_through_time").run().numbers


def test_the_gradient_vanishes_stays_or_explodes_with_the_weights(numbers: dict) -> None:
    first = "length of the gradient at the first step (at the last = 1)"
    small, good, large = (numbers[f"{first}, {size} weights"] for size in ("small", "good", "large"))
    assert small <= 0.5**39  # as the formula says
    assert 0.01 < good < 1
    assert large > 1_000


def test_only_where_the_gradient_arrives_the_first_step_is_learned(numbers: dict) -> None:
    assert numbers["symbols remembered, good weights"] >= 0.95
    assert numbers["symbols remembered, small weights"] <= 0.4  # 0.25 by chance
    assert numbers["symbols remembered, large weights"] <= 0.5


def test_with_other_first_weights_two_symbols_stay_confused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backpropagation_through_time, "SEED", 1)
    monkeypatch.setattr(backpropagation_through_time, "RADII", {"good": 1.0})
    numbers = backpropagation_through_time.run().numbers
    assert numbers["symbols remembered, good weights"] == pytest.approx(0.5, abs=0.05)
    assert numbers["length of the gradient at the first step (at the last = 1), good weights"] > 0.01
