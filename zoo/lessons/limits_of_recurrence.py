"""The limits of recurrence: a state that must hold everything, and steps that must wait for one another.

A recurrent network keeps all that it has read in a state of fixed size, h_t = tanh(x_t W + h_(t-1) U + b). Here it reads n random
bits and is then asked for each of them: a linear layer after the last state has an output for each bit. With d units in the state
no more than d bits can be told without errors. The n bits have 2^n cases. The n outputs are n planes, which cut a space of d
dimensions into no more than

    C(n, 0) + C(n, 1) + ... + C(n, d)        parts, which is 2^n for n <= d and less for n > d (Buck 1943)

where C(n, k) is the number of ways to choose k of n. If d bits are kept and the others guessed, d/n + (n - d)/2n of the answers
are right: the thin lines. (They are no upper bound, since a state can say something about further bits without telling them for
sure.) Backpropagation through time teaches the network about as much, and what it forgets is the beginning. Attention, the
subject of the next lesson, has no state: each question looks at all inputs when it is asked. One layer, with the same number of
weights for any n, answers all questions (Bahdanau, Cho and Bengio 2015).

The second limit is time. Step t of a recurrent layer must wait for step t - 1: n steps one after the other, on any machine.
Attention takes more multiplications, but computes all words at once (Vaswani et al. 2017). For n words of width d:

    recurrent    2 n d^2              multiplications, n steps in sequence
    attention    4 n d^2 + 2 n^2 d    multiplications, 4 matrix products in sequence
"""

import timeit
from typing import Any

import numpy as np

from zoo.lessons import drawing
from zoo.lessons.lesson import Number, Outcome
from zoo.scratch import descent
from zoo.scratch.attention import positions, self_attention
from zoo.scratch.losses import binary_cross_entropy
from zoo.scratch.network import Composite, Dense, Trainable
from zoo.scratch.optimizers import Adam
from zoo.scratch.rnn import SequenceNetwork, simple_rnn

QUESTION = "Give the network as many units as there are bits, 24 (in UNITS): does it learn all in 500 STEPS, and in 3,000?"
VARY = (Number("STEPS", 250, 1500, 250, "steps of training"),)

BITS = (2, 4, 8, 16, 24)
UNITS = (4, 8, 16)
WIDTH = 17  # of attention's tokens: the bit, and 16 numbers that encode its position
STEPS, BATCH, RATE = 500, 32, 4e-2
ASKED = 1000  # sequences that the answers are counted on
LENGTHS, LAYER = (16, 64, 256, 1024), 256  # words, and their width, for the counts of operations
TIMED, CLOCKED = (64, 512), 3  # words, and repetitions, for the clock


class Questions(Composite):
    """A layer of attention over bits and as many questions. A question is the position of a bit, and its output a logit."""

    def __init__(self, seed: int) -> None:
        self.attention = self_attention(WIDTH, 1, seed)
        self.output = Dense(np.random.default_rng(seed).normal(0, WIDTH**-0.5, (WIDTH, 1)), np.zeros(1))
        super().__init__([self.attention, self.output])

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Bits as -1 and 1, [n, t, 1] -> logits of each, [n, t]."""
        n, t, _ = x.shape
        place = np.broadcast_to(positions(t, WIDTH - 1), (n, t, WIDTH - 1))
        tokens = np.concatenate([np.dstack([x, place]), np.dstack([0 * x, place])], axis=1)
        self.shape = n, t, WIDTH
        return self.output.forward(self.attention.forward(tokens)[:, t:].reshape(n * t, WIDTH)).reshape(n, t)

    def backward(self, gradient: np.ndarray) -> None:
        """Takes the loss's gradient by the logits [n, t]."""
        by_questions = self.output.backward(gradient.reshape(-1, 1)).reshape(self.shape)
        self.attention.backward(np.concatenate([np.zeros(self.shape), by_questions], axis=1))


def recall(network: Trainable, bits: int) -> np.ndarray:
    """Trains a network to output all bits of a sequence, and returns the share of right answers for each position, [bits]."""
    random, optimizer = np.random.default_rng(0), Adam(RATE)
    for number in range(STEPS):
        optimizer.learning_rate = RATE * (1 - number / STEPS)
        y = random.integers(0, 2, (BATCH, bits)).astype(float)
        descent.step(network, binary_cross_entropy, optimizer, 2 * y[..., np.newaxis] - 1, y)
    y = random.integers(0, 2, (ASKED, bits))
    return ((network.forward(2.0 * y[..., np.newaxis] - 1) > 0) == y).mean(axis=0)


def recurrent(units: int, bits: int) -> SequenceNetwork:
    """A recurrent network with a linear layer that reads every bit from the last state."""
    kernel = np.random.default_rng(0).normal(0, units**-0.5, (units, bits))
    return SequenceNetwork(simple_rnn(1, units, seed=0), Dense(kernel, np.zeros(bits)))


def run() -> Outcome:
    """Asks recurrent networks and attention for bits, counts operations, and times Keras' layers."""
    figure, axes = drawing.canvas("One state holds only so much, and is computed only step by step", 8, 2, 2)
    numbers: dict[str, float | int | str] = {}
    longest = max(BITS)
    n = np.linspace(min(BITS), longest, 200)
    for units, colour, marker in zip(UNITS, drawing.COLOURS, "os^", strict=False):
        answers = [recall(recurrent(units, bits), bits) for bits in BITS]
        kept = np.minimum(units / n, 1)
        axes[0, 0].plot(n, kept + (1 - kept) / 2, color=colour, linewidth=0.8)
        axes[0, 0].plot(BITS, [a.mean() for a in answers], marker, color=colour, label=f"{units} units")
        axes[0, 1].plot(range(longest, 0, -1), answers[-1], f"{marker}-", color=colour, markersize=4)
        numbers[f"right of {longest} bits, {units} units"] = float(answers[-1].mean())
    answers = [recall(Questions(seed=0), bits) for bits in BITS]
    axes[0, 0].plot(BITS, [a.mean() for a in answers], "D-", color=drawing.PURPLE, label="attention")
    axes[0, 1].plot(range(longest, 0, -1), answers[-1], "D-", color=drawing.PURPLE, markersize=4)
    numbers[f"right of {longest} bits, attention"] = float(answers[-1].mean())
    axes[0, 0].plot([], [], color="gray", linewidth=0.8, label="bits kept = units")
    axes[0, 0].set(title="bits told after a sequence", xlabel="bits read", ylabel="share of right answers", ylim=(0.45, 1.02))
    axes[0, 1].set(title=f"of {longest} bits the last ones are kept", xlabel="so many steps ago", ylabel="share of right answers")
    axes[0, 1].invert_xaxis()
    axes[0, 0].legend(loc="lower left")
    _draw_counts(axes[1], numbers)
    return Outcome(figure, numbers, clock())


def _draw_counts(axes: Any, numbers: dict[str, float | int | str]) -> None:
    n = np.array(LENGTHS)
    steps = {"recurrent": n, "attention": np.full(len(n), 4)}
    products = {"recurrent": 2 * n * LAYER**2, "attention": 4 * n * LAYER**2 + 2 * n**2 * LAYER}
    for name, style, colour in (("recurrent", "o-", drawing.BLUE), ("attention", "D-", drawing.PURPLE)):
        axes[0].loglog(n, steps[name], style, color=colour, label=name)
        axes[1].loglog(n, products[name], style, color=colour, label=name)
        numbers[f"products in sequence for {n[-1]} words, {name}"] = int(steps[name][-1])
        numbers[f"million multiplications for {n[-1]} words, {name}"] = int(products[name][-1]) // 10**6
    axes[0].set(title="what must wait for one another", ylabel="matrix products in sequence")
    axes[1].set(title=f"all work of a layer, words {LAYER} wide", ylabel="multiplications")
    for a in axes:
        a.set_xlabel("words")
        a.set_xticks(n, n)
        a.minorticks_off()
        a.legend()


def clock() -> dict[str, float]:
    """Milliseconds that layers of Keras take for one text, by layer and words."""
    import keras
    import tensorflow as tf

    timings = {}
    for words in TIMED:
        x = tf.random.stateless_normal((1, words, LAYER), (0, 0))
        attention = keras.layers.MultiHeadAttention(4, LAYER // 4)
        timings[f"ms for {words} words, SimpleRNN"] = _milliseconds(tf.function(keras.layers.SimpleRNN(LAYER)), x)
        timings[f"ms for {words} words, LSTM"] = _milliseconds(tf.function(keras.layers.LSTM(LAYER)), x)
        timings[f"ms for {words} words, attention"] = _milliseconds(tf.function(attention), x, x)
    return timings


def _milliseconds(layer: Any, *inputs: Any) -> float:
    layer(*inputs)  # compiles, which is not measured
    return 1000 * min(timeit.repeat(lambda: layer(*inputs).numpy(), number=1, repeat=CLOCKED))
