"""Checks of the numbers that a user chooses, and their bounds, which Python, the command line and the page share."""

from collections.abc import Iterable, Mapping
from numbers import Integral
from typing import Any

from zoo.core.errors import UserError
from zoo.core.messages import brief

MOST_SEED = 2**32 - 1  # what NumPy and Keras take
MOST_UNITS, MOST_LAYERS = 10_000, 20


def whole(name: str, value: Any, low: int = 1, high: int | None = None) -> int:
    """The value as an int, also of 8.0, which JSON may give for 8.

    Raises:
        UserError: it is no whole number from `low` to `high`; the message calls it `name`.
    """
    is_whole = value.is_integer() if isinstance(value, float) else isinstance(value, Integral) and not isinstance(value, bool)
    if is_whole and value >= low and (high is None or value <= high):
        return int(value)
    bounds = f"of at least {low}" if high is None else f"from {low} to {high:,}"
    raise UserError(f"{_named(name, value)}: name a whole number {bounds}")


def number(name: str, value: Any, low: float, high: float) -> float:
    """The value as a float. Raises UserError, which calls it `name`, where it is no number from `low` to `high`."""
    if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
        return float(value)
    raise UserError(f"{_named(name, value)}: name a number from {low:g} to {high:g}")


def _named(name: str, value: Any) -> str:
    """A value that a message is about; None is a field of the page that somebody has emptied."""
    return f"{name} is empty" if value is None else f"{name} = {brief(repr(value))}"


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
