"""Backpropagation through time: what reaches the first step.

The gradient of a loss L after the last step T goes back through every state h_t. From one step to the one before, it is
multiplied by the slopes f'(z_t) of the units, element by element, and by the same matrix U at every step (Werbos 1990):

    dL/dh_(t-1) = (dL/dh_t * f'(z_t)) U^T

Over k steps that is k factors. An orthogonal matrix turns a vector and leaves its length as it is. With U an orthogonal matrix
times r, each factor multiplies the gradient's length by r and by the slopes, which for tanh are at most 1. With r < 1 the
gradient vanishes at least as fast as r^k; with r > 1 it can explode (Bengio, Simard and Frasconi 1994; Pascanu, Mikolov and
Bengio 2013). A gradient that has vanished teaches nothing. One that has exploded is right only for steps that are too small to be
useful.

The task needs the first step: one of four symbols is shown there, then noise (small random numbers), and after the last step the
network is asked for the symbol. Three networks that differ only in r are trained in the same way. The gradient is drawn before
and after training: the network that has learned to remember lets the gradient keep its length. This does not guarantee that
training succeeds: with other first weights (SEED = 1) the network with r = 1 still confuses two of the symbols after the same
training.
"""

import numpy as np

from zoo.lessons import drawing
from zoo.lessons.lesson import Number, Outcome
from zoo.scratch import descent
from zoo.scratch.losses import softmax_cross_entropy
from zoo.scratch.network import dense_network
from zoo.scratch.optimizers import Adam
from zoo.scratch.rnn import SequenceNetwork, simple_rnn

QUESTION = (
    "How short must the sequence be (LENGTH) for r = 0.5 to learn? Does r = 1 still learn with LENGTH = 160? Draw other first "
    "weights, too (SEED), and compare with what reaches the first step."
)
VARY = (
    Number("LENGTH", 5, 160, 5, "steps of a sequence"),
    Number("SEED", 0, 20, 1, "draw of the first weights and the sequences"),
)

SEED = 0  # of the first weights and of the sequences
RADII = {"small": 0.5, "good": 1.0, "large": 3.0}
LENGTH = 40
SYMBOLS = 4
UNITS = 24
STEPS = 600  # of training


def sequences(n: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A one-hot symbol and then noise, [n, LENGTH, SYMBOLS], and which symbol it was, [n]."""
    symbols = random.integers(0, SYMBOLS, n)
    x = random.normal(0, 0.1, (n, LENGTH, SYMBOLS))
    x[:, 0] = np.eye(SYMBOLS)[symbols]
    return x, symbols


def lengths(network: SequenceNetwork) -> np.ndarray:
    """The mean length of dL/dh_t, divided by that of dL/dh_T, by the number of steps back: [LENGTH]."""
    x, symbols = sequences(200, np.random.default_rng(1))
    _, gradient = softmax_cross_entropy(symbols, network.forward(x))
    network.backward(gradient)
    found = np.linalg.norm(network.recurrent.state_gradients, axis=2).mean(axis=0)
    return found[::-1] / found[-1]


def run() -> Outcome:
    """Measures the gradient in three networks, trains them, and measures it again."""
    figure, axes = drawing.canvas("A gradient must come back neither vanished nor exploded", 5.2, 1, 2, sharey=True)
    before, after = axes[0]
    numbers: dict[str, float | int | str] = {}
    back = np.arange(LENGTH)
    for (name, radius), colour in zip(RADII.items(), (drawing.BLUE, drawing.GREEN, drawing.RED), strict=False):
        output = dense_network((UNITS, SYMBOLS), "identity", SEED + 1).layers[0]
        network = SequenceNetwork(simple_rnn(SYMBOLS, UNITS, SEED, radius=radius), output)
        first = lengths(network)
        random, optimizer = np.random.default_rng(SEED), Adam(0.002)
        for _ in range(STEPS):
            x, symbols = sequences(32, random)
            descent.step(network, softmax_cross_entropy, optimizer, x, symbols)
        x, symbols = sequences(1000, np.random.default_rng(2))
        right = float((network.forward(x).argmax(axis=1) == symbols).mean())
        numbers[f"length of the gradient at the first step (at the last = 1), {name} weights"] = float(first[-1])
        numbers[f"symbols remembered, {name} weights"] = right
        before.plot(back, first, color=colour, label=f"{name} weights, r = {radius:g}")
        before.plot(back, radius**back, color=colour, linestyle=":", linewidth=1)
        after.plot(back, lengths(network), color=colour, label=f"{name}: {right:.0%} of the symbols remembered")
    before.set(title="before training (dotted: $r^k$, U alone)", ylabel="length of dL/dh, as a multiple of the last step's")
    before.set(yscale="log", ylim=(1e-13, 1e9))
    after.set(title=f"after {STEPS} steps of training")
    for ax in (before, after):
        ax.set_xlabel("steps back from the last, k")
        ax.grid(alpha=0.3)
        ax.legend(loc="lower left")
    return Outcome(figure, numbers)
