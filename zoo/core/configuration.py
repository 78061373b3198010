"""The configuration of a network, a frozen dataclass, as a card's `architecture` tells it."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any


def told(kind: type[Any], architecture: Mapping[str, Any]) -> Any:
    """The configuration of this kind that an `architecture` tells. JSON has made lists of its tuples.

    Raises:
        KeyError: an entry is missing.
    """
    values = {field.name: architecture[field.name] for field in fields(kind)}
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})
