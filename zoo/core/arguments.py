"""Checks of the numbers that a user chooses for a training, and their bounds, which Python and the command line share."""

from collections.abc import Iterable, Mapping
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


def number(name: str, value: Any, low: float, high: float) -> float:
    """The value as a float. Raises UserError, which calls it `name`, where it is no number from `low` to `high`."""
    if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
        return float(value)
    raise UserError(f"{name} = {value!r}: name a number from {low:g} to {high:g}")


def layers(name: str, value: Any) -> tuple[int, ...]:
    """The numbers of units of layers. Raises UserError, which calls them `name`, for something else."""
    several = isinstance(value, Iterable) and not isinstance(value, str | bytes)
    sizes = tuple(value) if several else ()
    if not 1 <= len(sizes) <= MOST_LAYERS:
        raise UserError(f"{name} = {value!r}: name the units of 1 to {MOST_LAYERS} layers, such as (64, 32)")
    return tuple(whole(f"a layer of {name}", size, 1, MOST_UNITS) for size in sizes)


def with_width(sizes: Mapping[str, Any], width: int | None, heads: int) -> dict[str, Any]:
    """The sizes of a transformer with another width; the feed-forward layers are twice as wide.

    Args:
        sizes: those that differ from the network's defaults.
        width: None: as it is.
        heads: of each attention, where `sizes` does not tell them.

    Raises:
        UserError: the width is no multiple of the number of heads.
    """
    if width is None:
        return dict(sizes)
    heads = sizes.get("heads", heads)
    if width % heads:
        raise UserError(f"a width of {width} cannot be shared by {heads} heads of attention: name a multiple of {heads}")
    return {**sizes, "width": width, "hidden": 2 * width}
