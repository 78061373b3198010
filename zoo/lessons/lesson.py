"""What a lesson is, and the list of all.

A lesson is a module of this package. Its docstring is the text of its page: the title in the first line, then the idea with its
formula and its source. `QUESTION` is something to try, and `run()` makes the experiment and returns an `Outcome`. The code that
it shows is written by hand in `zoo.scratch`.
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
        numbers: the measured values by their names; the same in every run.
        timings: times on this machine, which differ from run to run; they are printed, but not written to the page.
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
        """Runs the experiment, which takes some seconds."""
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
