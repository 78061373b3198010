"""A user's mistake on the page: its words stand beside the field, and a program that calls the page gets the same words."""

import functools
import html
import inspect
import types
import typing
from collections.abc import Callable, Container, Iterator
from typing import Any

import gradio as gr

from zoo.core.errors import UserError
from zoo.core.messages import brief

UNCHANGED: Any = object()  # what the function of an event gives to leave its outputs as they are, and the words of an error, too


def field() -> gr.HTML:
    """A place for the words of an error, to be put below the field that they are about. A screen reader speaks them."""
    return gr.HTML("", elem_classes="error")


def shown(error: UserError | None) -> str:
    """What the place of an error shows: the words, or nothing."""
    return "" if error is None else f'<p role="alert">{html.escape(str(error))}</p>'


def beside(function: Callable[..., Any], outputs: int, cleared: Container[int] = ()) -> Callable[..., Any]:
    """The function of an event whose first output is the place of an error.

    Args:
        function: gives one value, or a tuple of several, or yields such; may raise UserError. It may give UNCHANGED.
        outputs: the number of its values.
        cleared: which of them, from 0, become empty texts after an error. The others stay as they are.

    Returns:
        A function that gives the words of the error, or "", before those values.
    """

    def row(values: Any) -> tuple[Any, ...]:
        if values is UNCHANGED:
            return tuple(gr.skip() for _ in range(1 + outputs))
        return ("", *(values if outputs > 1 else (values,) if outputs else ()))

    def failed(error: UserError) -> tuple[Any, ...]:
        return (shown(error), *("" if i in cleared else gr.skip() for i in range(outputs)))

    if inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def steps(*arguments: Any) -> Iterator[tuple[Any, ...]]:
            try:
                for values in function(*arguments):
                    yield row(values)
            except UserError as error:
                yield failed(error)

        return steps

    @functools.wraps(function)
    def once(*arguments: Any) -> tuple[Any, ...]:
        try:
            return row(function(*arguments))
        except UserError as error:
            return failed(error)

    return once


def for_programs(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function for Gradio's API, where a UserError reaches the caller as an error with its words.

    An argument that is no text, number, or true or false where the function is annotated with one is such an error too.
    """
    signature, hints = inspect.signature(function), typing.get_type_hints(function)

    @functools.wraps(function)
    def called(*arguments: Any) -> Any:
        try:
            for name, value in signature.bind(*arguments).arguments.items():
                _check(name, value, hints.get(name))
            return function(*arguments)
        except UserError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return called


_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", types.NoneType: "null"}


def _check(name: str, value: Any, hint: Any) -> None:
    """Raises UserError for an argument that is not what its annotation says: one of _WORDS, or of several; others pass."""
    kinds = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    if all(kind in _WORDS for kind in kinds) and not any(_is(value, kind) for kind in kinds):
        raise UserError(f"{name} = {brief(repr(value))}: send {' or '.join(_WORDS[kind] for kind in kinds)}")


def _is(value: Any, kind: type) -> bool:
    if isinstance(value, bool):
        return kind is bool
    if kind is int:
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())  # JSON may say 8.0 for 8
    return isinstance(value, int | float if kind is float else kind)
