"""Points in a plane or on a line to learn from, made from a seed: small data sets on which one can watch a network learn.

Each function gives n rows of inputs x, float64 [n, 2] or [n, 1], and what is to be predicted of each: class numbers y, int [n],
or values, float64 [n]. `noise` is the standard deviation of what is added to each coordinate, or to the values of a curve. The
shapes need nothing but `import numpy as np`, so that their code can be shown.
"""

import ast
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from zoo.core.errors import UserError
from zoo.core.messages import brief
from zoo.core.names import advice

MOST_FORMULA = 120  # characters
LOW, HIGH = -3.0, 3.0  # the x of a curve
_FUNCTIONS = {
    name: getattr(np, name)
    for name in ("sin", "cos", "tan", "tanh", "exp", "log", "sqrt", "abs", "sign", "floor", "maximum", "minimum")
}
_CONSTANTS = {"pi": math.pi, "e": math.e}
_OPERATORS: dict[type, Callable] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
    ast.Mod: np.mod,
    ast.USub: np.negative,
    ast.UAdd: np.positive,
}


def moons(n: int, noise: float, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two half circles, each reaching into the other."""
    y = np.arange(n) % 2
    angle = np.pi * random.random(n)
    x = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    x[y == 1] = [1.0, 0.5] - x[y == 1]
    return x + noise * random.standard_normal(x.shape), y


def rings(n: int, noise: float, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A ring around another one."""
    y = np.arange(n) % 2
    angle = 2 * np.pi * random.random(n)
    x = np.stack([np.cos(angle), np.sin(angle)], axis=1) * np.where(y == 1, 1.0, 0.4)[:, None]
    return x + noise * random.standard_normal(x.shape), y


def spirals(n: int, noise: float, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two spirals, one turned by half a circle."""
    y = np.arange(n) % 2
    radius = np.sqrt(random.random(n))
    angle = 3 * np.pi * radius + np.pi * y
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return x + noise * random.standard_normal(x.shape) / 3, y


def blobs(n: int, noise: float, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Three clouds, the corners of a triangle."""
    y = np.arange(n) % 3
    angle = np.pi / 2 + 2 * np.pi * y / 3
    x = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return x + (0.15 + noise) * random.standard_normal(x.shape), y


SHAPES: dict[str, Callable] = {"moons": moons, "rings": rings, "spirals": spirals, "blobs": blobs}


def curve(formula: str, n: int, noise: float, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points of y = f(x) for x from LOW to HIGH.

    Args:
        formula: of x, such as "sin(2*x) + x/2", see `parsed`.
        n, noise, random: as of the shapes.

    Raises:
        UserError: for something else than a formula, or one without a finite value somewhere.
    """
    x = random.uniform(LOW, HIGH, n)
    with np.errstate(all="ignore"):
        y = np.asarray(_value(parsed(formula), x) + np.zeros(n))
    wrong = ~np.isfinite(y) | (np.abs(y) > 1e9)
    if wrong.any():
        raise UserError(
            f"the formula {brief(formula)!r} has no finite value at x = {x[wrong][0]:.2f}: x goes from {LOW:g} to {HIGH:g}"
        )
    return x[:, None], y + noise * random.standard_normal(n)


def parsed(formula: str) -> ast.expr:
    """A formula as Python's tree of it, of which every part is known: numbers, x, pi, e, + - * / % **, and some functions.

    Raises:
        UserError: for anything else.
    """
    if len(formula) > MOST_FORMULA:
        raise UserError(f"a formula of {len(formula):,} characters: at most {MOST_FORMULA}")
    try:
        tree = ast.parse(formula.strip().replace("^", "**"), mode="eval").body
        numpy_code(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise UserError(f"{brief(formula)!r} is no formula of x: write one such as sin(2*x) + x/2") from error
    return tree


def numpy_code(tree: ast.expr) -> str:
    """A formula that `parsed` gave as code that computes it with NumPy for an array x."""
    match tree:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float() as number) if math.isfinite(number):
            return repr(float(number))
        case ast.Name(id="x"):
            return "x"
        case ast.Name(id=name) if name in _CONSTANTS:
            return f"np.{name}"
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            return f"({'-' if isinstance(tree.op, ast.USub) else '+'}{numpy_code(tree.operand)})"
        case ast.BinOp(op=operator) if type(operator) in _OPERATORS:
            sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.Mod: "%"}[type(operator)]
            return f"({numpy_code(tree.left)} {sign} {numpy_code(tree.right)})"
        case ast.Call(func=ast.Name(id=name), args=given, keywords=[]):
            wanted = 2 if name in ("maximum", "minimum") else 1
            if name not in _FUNCTIONS:
                raise UserError(f"no function is called {brief(name)!r}: {advice(name[:40], tuple(_FUNCTIONS))}")
            if len(given) != wanted:
                raise UserError(f"{name} takes {wanted} value{'s' * (wanted > 1)}, not {len(given)}")
            return f"np.{name}({', '.join(map(numpy_code, given))})"
    raise UserError(
        f"{brief(ast.unparse(tree))!r} is no part of a formula: take numbers, x, pi, e, + - * / % ** and {', '.join(_FUNCTIONS)}"
    )


def _value(tree: ast.expr, x: np.ndarray) -> Any:
    """The values of a formula that `parsed` gave, [n] or a single one."""
    match tree:
        case ast.Name(id="x"):
            return x
        case ast.Name(id=name):
            return np.float64(_CONSTANTS[name])
        case ast.Constant(value=int() | float() as value):
            return np.float64(value)
        case ast.UnaryOp(op=operator, operand=operand):
            return _OPERATORS[type(operator)](_value(operand, x))
        case ast.BinOp(left=left, op=operator, right=right):
            return _OPERATORS[type(operator)](_value(left, x), _value(right, x))
        case ast.Call(func=ast.Name(id=name), args=given):
            return _FUNCTIONS[name](*(_value(each, x) for each in given))
    raise AssertionError(ast.dump(tree))
