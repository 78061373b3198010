"""What a lesson is, and the list of all.

A lesson is a module of this package: its docstring is the page (the first line the title, then the idea with its formula and its
source), `QUESTION` is something to try, and `run()` makes the experiment and gives an `Outcome`. What it shows is written by hand
in `zoo.scratch`.
"""

import importlib
import inspect
from dataclasses import dataclass, field
from typing import Any

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
        numbers: what it measured, by a name that says what it is; the same every time.
        timings: what a clock measured on this machine, which is never the same twice: printed, never published.
    """

    figure: Any
    numbers: dict[str, float | int | str]
    timings: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Lesson:
    """A lesson's page and its place in the course."""

    number: int
    name: str
    title: str
    text: str
    question: str
    module: Any

    def run(self) -> Outcome:
        """Makes the experiment, seconds of work."""
        return self.module.run()


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
