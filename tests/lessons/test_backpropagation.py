from collections.abc import Mapping

import pytest

from zoo.lessons import backpropagation
from zoo.scratch.graph import backpropagate, nodes


@pytest.fixture(scope="module")
def numbers() -> Mapping:
    return backpropagation.run().numbers


def test_the_chain_rule_by_hand_is_the_tape_of_tensorflow(numbers: Mapping) -> None:
    assert numbers["largest difference to tf.GradientTape"] < 1e-12


def test_finite_differences_only_come_near(numbers: Mapping) -> None:
    assert numbers["largest difference to tf.GradientTape"] < numbers["largest difference to finite differences, h = 1e-7"] < 1e-5


def test_a_step_against_the_gradient_makes_the_loss_smaller(numbers: Mapping) -> None:
    assert numbers["loss after one step of 0.1 against the gradient"] < numbers["loss"] / 2


def test_shared_weights_add_up_what_both_units_ask_for(numbers: Mapping) -> None:
    loss = backpropagation.loss_node(backpropagation.W, backpropagation.B)
    backpropagate(loss)
    order = nodes(loss)
    for name in ("w", "b"):
        (shared,) = (node for node in order if node.name == name)
        parts = [user.gradient * user.local[user.inputs.index(shared)] for user in order if shared in user.inputs]
        assert len(parts) == 2
        assert numbers[f"dL/d{name}"] == pytest.approx(sum(parts))


def test_a_saturated_unit_lets_no_gradient_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backpropagation, "X", 5.0)
    loss = backpropagation.loss_node(backpropagation.W, backpropagation.B)
    backpropagate(loss)
    (x,) = (node for node in nodes(loss) if node.name == "x")
    assert 0 < abs(x.gradient) < 1e-3
