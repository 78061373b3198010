"""One or many in, one or many out: the four shapes of a task.

A dense network takes one input of a fixed size and gives one output. A recurrent cell is a layer of units that takes one step of
a sequence at a time. Besides the step's input it sees its state, its own outputs of the step before. So the same cell fits every
shape of task (Karpathy 2015). The shapes differ in the steps at which the cell gets an input, and at which its output is used:

    one to one      a picture of a digit          ->  the digit
    many to one     the words of a sentence       ->  praise or blame
    one to many     a picture of a digit          ->  its name, a letter a step
    many to many    two numbers, a column a step  ->  their sum, a digit a step

Where there is no input it is zeros, and the state alone must know what comes next, such as which letter of which name. In the
sentences the state must carry "not" to the word that it negates; in the sums it must carry the carry from column to column. The
weights are the same at every step, so a network that learned to add numbers of three digits can be given numbers of nine. But
nothing makes it equally good at these, and how good it is differs much from one training to the next. Each task here has a cell
of its own, all of the class `zoo.scratch.rnn.SimpleRNN` (the next lesson has its formula), and is measured on examples that it
was not trained on. For each shape the zoo has a network that learned from many more examples:

    one to one      digits_mlp                 python -m apps.digits predict photo.png
    many to one     sentiment_transformer      python -m apps.sentiment predict "A fine film."
    one to many     captioner                  python -m apps.captions predict picture.png
    many to many    translation_transformer    python -m apps.translate predict --from en --to de "A man in an orange hat."
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from zoo.lessons import drawing
from zoo.lessons.lesson import Number, Outcome
from zoo.scratch import descent
from zoo.scratch.losses import softmax_cross_entropy
from zoo.scratch.network import dense_network
from zoo.scratch.optimizers import Adam
from zoo.scratch.rnn import SequenceNetwork, simple_rnn

QUESTION = (
    "With UNITS = 8, and then with 4, the tasks fail one after the other: in which order, and what must the state hold for each?"
)
VARY = (Number("UNITS", 4, 32, 1, "units of the recurrent layer"),)

UNITS = 32
EPOCHS = 40
NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
LETTERS = ("·", *sorted(set("".join(NAMES))))  # the dot comes after the end of a name
PRAISE, BLAME = ("good", "great", "moving", "funny"), ("bad", "dull", "poor", "weak")
GRAMMAR = (("film", "plot", "cast", "music", "script"), ("was", "is", "seemed"), ("", "not", "never"), ("", "very", "really"))
WORDS = sorted({word for words in (*GRAMMAR, PRAISE, BLAME) for word in words if word})


@dataclass
class Task:
    """Examples x [n, t, inputs] with classes y [n], or [n, t] where every step has an output."""

    x: np.ndarray
    y: np.ndarray
    trained: int  # the number of examples to train on, the first ones; the others measure
    classes: Sequence[str] = "0123456789"  # by name


def pictures(steps: int) -> Task:
    """A digit at the first step. With one step the digit is the answer, with more steps the letters of its name are."""
    data = load_digits()
    order = np.random.default_rng(0).permutation(len(data.target))
    x, y = np.zeros((len(order), steps, 64)), data.target[order]
    x[:, 0] = data.data[order] / 16
    if steps == 1:
        return Task(x, y, 1400)
    return Task(x, np.array([[LETTERS.index(letter) for letter in name.ljust(steps, "·")] for name in NAMES])[y], 1400, LETTERS)


def sentences() -> Task:
    """Every sentence of the grammar: one-hot words, after zeros where it is shorter than others."""
    said = list(itertools.product(*GRAMMAR, PRAISE + BLAME))
    np.random.default_rng(0).shuffle(said)
    x, y = np.zeros((len(said), 5, len(WORDS))), np.zeros(len(said), int)
    for row, sentence in enumerate(said):
        words = " ".join(sentence).split()
        x[row, range(5 - len(words), 5), [WORDS.index(word) for word in words]] = 1
        y[row] = (sentence[-1] in PRAISE) != bool(sentence[2])
    return Task(x, y, 600, ("blame", "praise"))


def sums(digits: int, n: int, seed: int) -> Task:
    """Two numbers, the ones first: the two digits of a column one-hot, and the digit of the sum."""
    columns = np.random.default_rng(seed).integers(0, 10, (n, digits + 1, 2))
    columns[:, -1] = 0  # where the last carry goes
    columns = columns[np.union1d(np.arange(n * 3 // 4), np.unique(columns, axis=0, return_index=True)[1])]  # each measured once
    powers = 10 ** np.arange(digits + 1)
    y = (columns.sum(axis=2) @ powers)[:, np.newaxis] // powers % 10
    return Task(np.eye(10)[columns].reshape(len(y), digits + 1, 20), y, n * 3 // 4)


def train(task: Task) -> SequenceNetwork:
    """A recurrent layer with a dense layer after it."""
    output = dense_network((UNITS, len(task.classes)), "identity", seed=0).layers[0]
    network = SequenceNetwork(simple_rnn(task.x.shape[2], UNITS, seed=0), output, each_step=task.y.ndim > 1)
    optimizer, random, x, y = Adam(0.005), np.random.default_rng(0), task.x[: task.trained], task.y[: task.trained]
    for _ in range(EPOCHS):
        for _ in descent.epoch(network, lambda labels, z: softmax_cross_entropy(labels.ravel(), z), optimizer, x, y, 32, random):
            pass
    return network


def accuracy(network: SequenceNetwork, task: Task, first: int) -> float:
    """The share of the examples from number `first` on that are right in all of their steps."""
    right = network.forward(task.x[first:]).argmax(axis=1).reshape(task.y[first:].shape) == task.y[first:]
    return float((right.all(axis=1) if network.each_step else right).mean())


def run() -> Outcome:
    """Trains a cell for a task of each shape and draws it at work on an example that it was not trained on."""
    tasks = {
        "one to one: which digit?": pictures(1),
        "many to one: praise or blame?": sentences(),
        "one to many: a digit's name": pictures(5),
        "many to many: a sum, ones first": sums(3, 5000, seed=13),
    }
    figure, axes = drawing.canvas("The same recurrent cell, unrolled, fits a task of any shape", 6.4, 2, 2)
    numbers: dict[str, float | int | str] = {}
    for ax, (name, task) in zip(axes.ravel(), tasks.items(), strict=True):
        network = train(task)
        numbers[f"right, {name}"] = right = accuracy(network, task, task.trained)
        example = max(task.x[task.trained :], key=lambda x: x.any(axis=1).sum())  # one with the most inputs
        _unroll(ax, network, example, task.classes)
        ax.set_title(f"{name}\n{right:.1%} right of {len(task.y) - task.trained:,} new ones", fontsize=12)
    figure.supxlabel("states: blue where positive, red where negative; a dot: after the end of a name", fontsize=10)
    numbers["right, sums of 9 digits by what learned sums of 3"] = accuracy(network, sums(9, 1000, seed=1), 0)
    return Outcome(figure, numbers)


def _unroll(ax: Any, network: SequenceNetwork, x: np.ndarray, classes: Sequence[str]) -> None:
    """Draws one example: the inputs below, the states (blue where positive, red where negative), and the outputs above."""
    arrow, text = partial(ax.annotate, "", arrowprops={"arrowstyle": "-|>"}), partial(ax.text, ha="center", fontsize=13)
    outputs = network.forward(x[np.newaxis]).argmax(axis=1)
    for step, state in enumerate(network.recurrent.forward(x[np.newaxis])[0]):
        at, ones = step + (5 - len(x)) / 2, np.flatnonzero(x[step])
        ax.imshow(state.reshape(4, -1), cmap=drawing.SIGNED, vmin=-1, vmax=1, extent=(at - 0.34, at + 0.34, 0.75, 1.25))
        if step:
            arrow((at - 0.34, 1), (at - 0.66, 1))
        if ones.size:
            arrow((at, 0.75), (at, 0.5))
        if ones.size > 2:
            ax.imshow(x[step].reshape(8, 8), cmap="gray_r", extent=(at - 0.25, at + 0.25, 0, 0.5))
        else:
            text(at, 0.34, WORDS[ones[0]] if ones.size == 1 else "+".join(str(one % 10) for one in ones))
        if network.each_step or step == len(x) - 1:
            arrow((at, 1.5), (at, 1.25))
            text(at, 1.54, classes[outputs[step % len(outputs)]], color=drawing.RED)
    for row, name in ((0.34, "input"), (1, "state"), (1.54, "output")):
        text(-0.9, row, name, color="gray")
    ax.set(xlim=(-1.2, 5), ylim=(-0.05, 1.75), aspect="auto")
    ax.set_axis_off()
