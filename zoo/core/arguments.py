"""Checks of the numbers that a user chooses for a training, and their bounds, which Python and the command line share."""

from collections.abc import Iterable
from numbers import Integral
from typing import Any

from zoo.core.errors import UserError

MOST_SEED = 2**32 - 1  # what NumPy and Keras take
MOST_UNITS, MOST_LAYERS = 10_000, 20


def whole(name: str, value: Any, low: int = 1, high: int | None = None) -> int:
    """The value as an int. Raises UserError, which calls it `name`, where it is no whole number from `low` to `high`."""
    number = int(value) if isinstance(value, Integral) and not isinstance(value, bool) else low - 1
    if number >= low and (high is None or number <= high):
        return number
    bounds = f"of at least {low}" if high is None else f"from {low} to {high:,}"
    raise UserError(f"{name} = {value!r}: name a whole number {bounds}")


def layers(name: str, value: Any) -> tuple[int, ...]:
    """The numbers of units of layers. Raises UserError, which calls them `name`, for something else."""
    several = isinstance(value, Iterable) and not isinstance(value, str | bytes)
    sizes = tuple(value) if several else ()
    if not 1 <= len(sizes) <= MOST_LAYERS:
        raise UserError(f"{name} = {value!r}: name the units of 1 to {MOST_LAYERS} layers, such as (64, 32)")
    return tuple(whole(f"a layer of {name}", size, 1, MOST_UNITS) for size in sizes)
