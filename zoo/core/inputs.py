"""Inputs of models as users give them: generators and texts."""

from collections.abc import Iterator
from typing import Any


def as_list(inputs: Any) -> Any:
    """What a generator gives, as a list, since it gives its items only once; other inputs as they are."""
    return list(inputs) if isinstance(inputs, Iterator) else inputs


def utf8(text: str | bytes) -> bytes:
    """Text as UTF-8; a lone surrogate, which UTF-8 cannot hold, becomes a question mark."""
    return text if isinstance(text, bytes) else text.encode("utf-8", errors="replace")
