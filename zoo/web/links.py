"""Links: the address of the page holds the tab and its controls, so that a link brings another person to the same state.

    http://127.0.0.1:7860/?tab=sentiment&text=A+fine+film.

The page writes the address when a control changes, in the browser alone. When somebody opens a link, every value is checked here:
a link comes from outside, and a wrong value is told in words and leaves its control as it is.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zoo.core.arguments import MOST_SEED
from zoo.core.errors import UserError
from zoo.core.messages import brief
from zoo.core.names import unknown

if TYPE_CHECKING:
    import gradio as gr

TAB = "tab"  # the name in the address that chooses the tab
MOST_TEXT = 6000  # characters of a text in an address; the page leaves longer ones out, and says so

Reader = Callable[[str], Any]


@dataclass(frozen=True)
class Control:
    """A control of a tab, and how its value is read from an address."""

    component: "gr.components.Component"
    read: Reader


def text(most: int = MOST_TEXT) -> Reader:
    """Reads a text of at most so many characters."""

    def read(value: str) -> str:
        if len(value) > most:
            raise UserError(f"a text of {len(value):,} characters: a link holds at most {most:,}")
        return value

    return read


def whole(low: int = 0, high: int = MOST_SEED) -> Reader:
    """Reads a whole number from `low` to `high`; by default a seed."""

    def read(value: str) -> int:
        number = int(value) if value.isascii() and value.removeprefix("-").isdigit() and len(value) <= 20 else None
        if number is None or not low <= number <= high:
            raise UserError(f"{brief(value)!r} is not a whole number from {low} to {high:,}")
        return number

    return read


def number(low: float, high: float) -> Reader:
    """Reads a number from `low` to `high`."""

    def read(value: str) -> float:
        try:
            found = float(value) if len(value) <= 30 else math.nan
        except ValueError:
            found = math.nan
        if not low <= found <= high:
            raise UserError(f"{brief(value)!r} is not a number from {low:g} to {high:g}")
        return found

    return read


def choice(names: Iterable[str]) -> Reader:
    """Reads one of some names."""
    known = tuple(names)

    def read(value: str) -> str:
        if value not in known:
            raise unknown("choice", brief(value), known)
        return value

    return read


def flag(value: str) -> bool:
    """Reads "true" or "false", as the page writes the state of a box to tick."""
    if value not in ("true", "false"):
        raise UserError(f"{brief(value)!r} is neither true nor false")
    return value == "true"


def arrived(controls: Mapping[str, Control], address: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The values that an address gives to the controls of a tab, and what is wrong with the others, in words."""
    values: dict[str, Any] = {}
    faults: list[str] = []
    for name, value in address.items():
        if name not in controls:
            continue
        try:
            values[name] = controls[name].read(value)
        except UserError as error:
            faults.append(f"the link's {name}: {error}")
    return values, faults


def writing(tab: str, names: Iterable[str]) -> str:
    """The JavaScript that writes the values of a tab's controls into the address; its arguments are the values in that order."""
    listed = ", ".join(f'"{name}"' for name in names)
    return f'(...values) => {{ window.studio.write("{tab}", [{listed}], values, {MOST_TEXT}); }}'
