"""What a lesson is, and the list of all.

A lesson is a module of this package. Its docstring is the text of its page: the title in the first line, then the idea with its
formula and its source. `QUESTION` is something to try, and `run()` makes the experiment and returns an `Outcome`. `VARY` names
the constants of the module to which other values can be given. The code that it shows is written by hand in `zoo.scratch`.
"""

import ast
import importlib
import inspect
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from zoo.core.errors import UserError
from zoo.core.messages import brief
from zoo.core.names import unknown

# In the order of the course; the number of a lesson is its place here, from 1.
NAMES = (
    "perceptron",
    "activations",
    "dense_layers",
    "losses",
    "loss_landscape",
    "gradient_descent",
    "backpropagation",
    "learning_rate",
    "optimizers",
    "mini_batches",
    "overfitting",
    "dropout",
    "early_stopping",
    "sequences",
    "recurrent_network",
    "words_to_numbers",
    "next_word",
    "backpropagation_through_time",
    "exploding_and_vanishing",
    "lstm",
    "music",
    "limits_of_recurrence",
    "self_attention",
    "transformer_block",
)


@dataclass(frozen=True)
class Outcome:
    """What an experiment gave.

    Args:
        figure: a matplotlib Figure made by `zoo.lessons.drawing.canvas`.
        numbers: the measured values by their names; the same in every run.
        timings: times on this machine, which differ from run to run; they are printed, but not written to the page.
    """

    figure: Any
    numbers: dict[str, float | int | str]
    timings: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Number:
    """A constant of an experiment that is a number.

    Args:
        name: in the module.
        low, high: the values with which the experiment makes sense.
        step: between two values on a slider; a whole number: only whole numbers make sense.
        meaning: in words, with the unit.
    """

    name: str
    low: float
    high: float
    step: float
    meaning: str

    def checked(self, value: Any) -> float | int:
        """The value, an int where only whole numbers make sense. Raises UserError where the experiment does not take it."""
        whole = isinstance(self.step, int)
        if value is None:
            raise UserError(f"{self.name} is empty: choose a number from {self.low:g} to {self.high:g}")
        if isinstance(value, bool | str) or not math.isfinite(value) or not self.low <= value <= self.high:
            raise UserError(f"{self.name} = {brief(str(value))} is out of range: choose from {self.low:g} to {self.high:g}")
        if whole and value != int(value):
            raise UserError(f"{self.name} = {value} is no whole number: choose one from {self.low:g} to {self.high:g}")
        return int(value) if whole else float(value)


@dataclass(frozen=True)
class Text:
    """A constant of an experiment that is a text of at most `most` characters."""

    name: str
    most: int
    meaning: str

    def checked(self, value: Any) -> str:
        """The value. Raises UserError where the experiment does not take it."""
        if not isinstance(value, str) or not value.strip() or len(value) > self.most:
            raise UserError(
                f"{self.name} = {brief(str(value))!r} is no text of 1 to {self.most} characters: shorten it, or write one"
            )
        return value


@dataclass(frozen=True)
class Lesson:
    """A lesson's page and its place in the course."""

    number: int
    name: str
    title: str
    text: str
    question: str
    module: Any

    @property
    def constants(self) -> dict[str, Number | Text]:
        """What `run` can change, by their names. `value` tells what each is in the lesson."""
        return {each.name: each for each in getattr(self.module, "VARY", ())}

    def value(self, name: str) -> Any:
        """The value that a constant has in the lesson."""
        return getattr(self.module, name)

    @property
    def code(self) -> str:
        """The Python code of the experiment."""
        return inspect.getsource(self.module)

    def run(self, **changed: Any) -> Outcome:
        """Runs the experiment, which takes some seconds.

        Args:
            changed: values for some of the `constants`. The lesson's own values stay as they are.

        Raises:
            UserError: it has no such constant, or does not take the value.
        """
        for name in changed:
            if name not in self.constants:
                raise unknown(f"constant of the lesson {self.name}", name, tuple(self.constants))
        values = {name: self.constants[name].checked(value) for name, value in changed.items()}
        return (_with(self.module, values) if values else self.module).run()


def _with(module: ModuleType, values: Mapping[str, Any]) -> Any:
    """A copy of a module whose constants have other values, also where its code makes other constants or defaults of them."""
    tree = ast.parse(inspect.getsource(module))
    for holder, place, name in _constants(tree):
        if name in values:
            new = ast.Constant(values[name])
            if isinstance(holder, ast.Tuple):
                holder.elts[place] = new
            else:
                holder.value = new
    copy = ModuleType(module.__name__)
    exec(compile(ast.fix_missing_locations(tree), str(module.__file__), "exec"), copy.__dict__)
    return copy


def _constants(tree: ast.Module) -> Iterator[tuple[ast.Assign | ast.Tuple, int, str]]:
    """The constants of a module, those of `A, B = 1, 2` too: what holds the value, its place there, and the name."""
    for statement in tree.body:
        if not isinstance(statement, ast.Assign):
            continue
        (target,) = statement.targets
        if isinstance(target, ast.Name):
            yield statement, 0, target.id
        elif isinstance(target, ast.Tuple) and isinstance(statement.value, ast.Tuple):
            for place, each in enumerate(target.elts):
                if isinstance(each, ast.Name):
                    yield statement.value, place, each.id


def load(name: str) -> Lesson:
    """A lesson by its name, in any case, or its number. Raises UserError where there is none."""
    if name.isdecimal() and 1 <= int(name) <= len(NAMES):
        name = NAMES[int(name) - 1]
    if name.lower() not in NAMES:
        raise unknown("lesson", name, NAMES)
    name = name.lower()
    module = importlib.import_module(f"zoo.lessons.{name}")
    title, _, text = inspect.cleandoc(module.__doc__ or "").partition("\n")
    return Lesson(NAMES.index(name) + 1, name, title.removesuffix("."), text.strip(), module.QUESTION, module)
