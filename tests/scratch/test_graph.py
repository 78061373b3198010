import math

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from zoo.scratch.graph import Node, backpropagate, nodes

STEPS = st.lists(
    st.tuples(st.sampled_from(["+", "-", "*", "tanh", "square"]), st.integers(0, 99), st.integers(0, 99)), max_size=12
)


def compute(values: list, steps: list[tuple[str, int, int]]) -> list:
    """All intermediate results of a computation, on nodes, TensorFlow's variables or plain numbers alike."""
    operations = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "tanh": lambda a, b: a.tanh() if isinstance(a, Node) else tf.tanh(a),
        "square": lambda a, b: (
            a.tanh().square() if isinstance(a, Node) else tf.tanh(a) ** 2
        ),  # tanh: none grows out of all bounds
    }
    results = list(values)
    for operation, first, second in steps:
        results.append(operations[operation](results[first % len(results)], results[second % len(results)]))
    return results


@given(st.lists(st.floats(-1, 1), min_size=3, max_size=3), STEPS)
def test_gradients_of_any_computation_are_those_of_a_tape(values: list[float], steps: list[tuple[str, int, int]]) -> None:
    given_nodes = [Node(value, name) for value, name in zip(values, "abc", strict=True)]
    variables = [tf.Variable(value, dtype=tf.float64) for value in values]
    output = compute(given_nodes, steps)[-1].tanh()
    with tf.GradientTape() as tape:
        expected = tf.tanh(compute([tf.identity(each) for each in variables], steps)[-1])
    gradients = tape.gradient(expected, variables, unconnected_gradients="zero")
    backpropagate(output)
    assert output.value == pytest.approx(float(expected), rel=1e-9)
    for node, gradient in zip(given_nodes, gradients, strict=True):
        assert node.gradient == pytest.approx(float(gradient), rel=1e-5, abs=1e-9)


def test_gradients_are_the_slopes_that_finite_differences_find() -> None:
    def output(values: np.ndarray) -> Node:
        a, b, c = (Node(value, "") for value in values)
        return ((a * b - c).tanh() + a.square()) * c

    at = np.array([0.3, -1.2, 0.7])
    a, b, c = (Node(value, "") for value in at)
    backpropagate(((a * b - c).tanh() + a.square()) * c)
    np.testing.assert_allclose(
        [a.gradient, b.gradient, c.gradient], approx_fprime(at, lambda x: output(x).value, 1e-7), atol=1e-5
    )


def test_a_node_that_is_used_twice_gets_both_parts() -> None:
    a = Node(3.0, "a")
    backpropagate(a * a + a)
    assert a.gradient == 7


def test_going_back_twice_gives_the_same_gradients_not_their_sum() -> None:
    a = Node(2.0, "a")
    output = a.square()
    backpropagate(output)
    backpropagate(output)
    assert a.gradient == 4


def test_every_node_comes_once_and_after_its_inputs() -> None:
    a, b = Node(1.0, "a"), Node(2.0, "b")
    Node(5.0, "apart")
    product = a * b
    output = product + product.tanh()
    order = nodes(output)
    assert [node.name for node in order] == ["a", "b", "×", "tanh", "+"]
    assert output.value == 2 + math.tanh(2)


@pytest.mark.slow
def test_a_chain_may_be_long() -> None:
    a = node = Node(0.5, "a")
    for _ in range(5_000):
        node = node + a
    backpropagate(node)
    assert a.gradient == 5_001
