"""The points in a plane and on a line that a network can learn from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.core.errors import UserError
from zoo.tables import points


@pytest.mark.parametrize("name", points.SHAPES)
def test_a_shape_has_its_points_and_depends_on_the_seed_alone(name: str) -> None:
    x, y = points.SHAPES[name](101, 0.1, np.random.default_rng(3))
    again, _ = points.SHAPES[name](101, 0.1, np.random.default_rng(3))
    other, _ = points.SHAPES[name](101, 0.1, np.random.default_rng(4))
    assert x.shape == (101, 2)
    assert np.ptp(np.bincount(y)) <= 1
    assert (x == again).all()
    assert (x != other).all()


def test_without_noise_the_shapes_are_what_their_names_say() -> None:
    x, y = points.rings(200, 0.0, np.random.default_rng(0))
    np.testing.assert_allclose(np.hypot(*x.T), np.where(y == 1, 1.0, 0.4))
    x, y = points.moons(200, 0.0, np.random.default_rng(0))
    np.testing.assert_allclose(np.hypot(*x[y == 0].T), 1)
    np.testing.assert_allclose(np.hypot(*(x[y == 1] - [1.0, 0.5]).T), 1)
    assert x[y == 0][:, 1].min() >= 0
    x, y = points.spirals(200, 0.0, np.random.default_rng(0))
    turned = np.where(y == 1, -1.0, 1.0)[:, None] * x
    radius = np.hypot(*turned.T)
    np.testing.assert_allclose(turned, radius[:, None] * np.stack([np.cos(3 * np.pi * radius), np.sin(3 * np.pi * radius)], 1))


def test_a_curve_is_its_formula() -> None:
    x, y = points.curve("sin(2*x) + x^2/4 - pi", 50, 0.0, np.random.default_rng(0))
    np.testing.assert_allclose(y, np.sin(2 * x[:, 0]) + x[:, 0] ** 2 / 4 - np.pi)
    assert x.min() >= points.LOW
    assert x.max() <= points.HIGH


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("1/(x-x)", "no finite value at x ="),
        ("9**9**9**9", "no finite value"),
        ("sinn(x)", "did you mean sin"),
        ("maximum(x)", "maximum takes 2 values, not 1"),
        ("y + 1", "'y' is no part of a formula"),
        ("x +", "is no formula of x"),
        ("", "is no formula of x"),
        ("x.real", "no part of a formula"),
        ("__import__('os')", "no function is called"),
        ("(lambda: x)()", "no part of a formula"),
        ("[x for x in x]", "no part of a formula"),
        ("x" * 200, "at most 120"),
        ("(" * 119, "is no formula"),
        ("True", "no part of a formula"),
        ("minimum(x, 1e999)", "no part of a formula"),
    ],
)
def test_what_is_no_formula_is_told(formula: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        points.curve(formula, 20, 0.0, np.random.default_rng(0))


_numbers = st.floats(-9, 9, allow_nan=False).map(lambda value: f"{value:.3f}")
_formulas = st.recursive(
    st.one_of(st.just("x"), st.just("pi"), _numbers),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(st.sampled_from(["sin", "tanh", "abs"]), inner).map(lambda parts: f"{parts[0]}({parts[1]})"),
    ),
    max_leaves=5,
)


@given(_formulas)
def test_the_code_of_a_formula_computes_what_the_curve_is(formula: str) -> None:
    if len(formula) > points.MOST_FORMULA:
        return
    x, y = points.curve(formula, 20, 0.0, np.random.default_rng(0))
    code = points.numpy_code(points.parsed(formula))
    np.testing.assert_allclose(eval(code, {"np": np, "x": x[:, 0]}) + np.zeros(20), y, rtol=1e-9, atol=1e-9)
