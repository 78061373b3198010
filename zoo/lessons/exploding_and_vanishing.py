"""Exploding and vanishing gradients, and what mends them.

Going back one step multiplies a gradient by the recurrent weights U and by the slopes of the units (the lesson before). Gradients
that grow too long are cut by clipping: where g, all gradients together, is longer than a limit, all are made shorter alike
(Pascanu, Mikolov and Bengio 2013):

    g <- g * min(1, limit / |g|)        the direction stays, and no step of plain gradient descent is longer than rate * limit

A gradient that has shrunk to nothing cannot be restored by a factor. It must be kept from shrinking, in one of three ways:

    initialisation    U begins orthogonal, which leaves a vector's length as it is (Saxe, McClelland and Ganguli 2014)
    activation        ReLU, whose slope is 1 where it is active, and U begins as the identity (Le, Jaitly and Hinton 2015)
    gates             c_t = f c_(t-1) + i g: a cell c beside the state, whose way back has one factor, the forget gate f, near 1
                      where it is open (Hochreiter and Schmidhuber 1997; Gers, Schmidhuber and Cummins 2000)

The third is the LSTM; the next lesson says what i and g are. The task is again to tell, after 40 steps, which of four symbols
came first. Above, a network whose gradients explode learns by plain gradient descent. Without clipping, one enormous step at the
beginning makes its weights so large that its units are saturated, on the flat ends of tanh, and it never recovers. Below, four
networks learn in the same way that differ in what keeps a gradient alive; the LSTM's forget gates begin at sigmoid(4) = 0.98. Its
formula is about the cell c, while the picture shows dL/dh of all four. In the LSTM dL/dh comes back through i, f and g, whose
gradients are multiples of dL/dc, and so it lasts as long as dL/dc does.
"""

import numpy as np

from zoo.lessons import drawing
from zoo.lessons.backpropagation_through_time import LENGTH, SYMBOLS, UNITS, lengths, sequences
from zoo.lessons.lesson import Number, Outcome
from zoo.scratch.losses import softmax_cross_entropy
from zoo.scratch.lstm import lstm
from zoo.scratch.network import dense_network
from zoo.scratch.optimizers import SGD, Adam, Optimizer
from zoo.scratch.rnn import Recurrent, SequenceNetwork, clipped, simple_rnn

QUESTION = "Begin the LSTM with Keras' FORGET_BIAS of 1, then with closed forget gates (-4): what happens to its two curves?"
VARY = (
    Number("FORGET_BIAS", -4.0, 6.0, 0.5, "bias of the LSTM's forget gates at the start"),
    Number("LIMIT", 0.1, 10.0, 0.1, "length to which gradients are clipped"),
)

FORGET_BIAS = 4.0  # of the LSTM at the start: sigmoid(4) = 0.98, and 0.98^40 = 0.48
LIMIT = 1.0  # of the gradients' length
SMOOTH = 10  # training steps that are averaged in a point of the accuracy curves


def network(layer: Recurrent) -> SequenceNetwork:
    """The layer, and a dense layer that reads its last state."""
    return SequenceNetwork(layer, dense_network((UNITS, SYMBOLS), "identity", seed=1).layers[0])


def relu_with_identity() -> Recurrent:
    """A recurrent layer with ReLU whose U begins as the identity, so that at first it adds up its inputs."""
    layer = simple_rnn(SYMBOLS, UNITS, seed=0, activation="relu")
    layer.parameters[1] = np.eye(UNITS)
    return layer


def train(net: SequenceNetwork, optimizer: Optimizer, steps: int, limit: float) -> tuple[np.ndarray, np.ndarray]:
    """At each training step, on new sequences: the length of all gradients before clipping, and the accuracy, [steps]."""
    random, long, right = np.random.default_rng(0), [], []
    for _ in range(steps):
        x, symbols = sequences(32, random)
        logits = net.forward(x)
        net.backward(softmax_cross_entropy(symbols, logits)[1])
        optimizer.update(net.parameters, clipped(net.gradients, limit))
        long.append(np.sqrt(sum((gradient**2).sum() for gradient in net.gradients)))
        right.append((logits.argmax(axis=1) == symbols).mean())
    return np.array(long), np.array(right)


def run() -> Outcome:
    """Trains with and without clipping, and four networks that keep their gradients in different ways."""
    figure, axes = drawing.canvas("Exploding gradients are clipped; vanishing ones must be kept from vanishing", 8, 2, 2)
    (size, clipping), (back, learning) = axes
    numbers: dict[str, float | int | str] = {}
    for name, limit, colour in (("without clipping", np.inf, drawing.RED), (f"clipped to {LIMIT:g}", LIMIT, drawing.BLUE)):
        net = network(simple_rnn(SYMBOLS, UNITS, seed=0, radius=2.0))
        long, right = train(net, SGD(0.1), 600, limit)
        states = net.recurrent.forward(sequences(200, np.random.default_rng(1))[0])
        numbers[f"longest gradient before clipping, {name}"] = float(long.max())
        numbers[f"remembered, {name}"] = float(right[-100:].mean())
        numbers[f"saturated states (beyond 0.99), {name}"] = float((np.abs(states) > 0.99).mean())
        size.semilogy(long, color=colour, linewidth=1, label=name)
        clipping.plot(*_smooth(right), color=colour, label=name)
    size.axhline(LIMIT, color="black", linestyle=":", label="the limit")
    layers = {
        "tanh, r = 0.5": simple_rnn(SYMBOLS, UNITS, seed=0, radius=0.5),
        "tanh, orthogonal U": simple_rnn(SYMBOLS, UNITS, seed=0),
        "ReLU, U = identity": relu_with_identity(),
        "LSTM": lstm(SYMBOLS, UNITS, seed=0, forget_bias=FORGET_BIAS),
    }
    for (name, layer), colour in zip(layers.items(), drawing.COLOURS, strict=False):
        net = network(layer)
        found = lengths(net)
        _, right = train(net, Adam(0.005), 200, LIMIT)
        numbers[f"length of the gradient at the first step (at the last = 1), {name}"] = float(found[-1])
        numbers[f"remembered, {name}"] = float(right[-50:].mean())
        back.semilogy(range(LENGTH), found, color=colour, label=name)
        learning.plot(*_smooth(right), color=colour, label=name)
    size.set(title="exploding: U is an orthogonal matrix times 2", xlabel="training step", ylabel="length of all gradients")
    clipping.set(title="mended by clipping", xlabel="training step")
    back.set(
        title="vanishing or not, before training", xlabel="steps back from the last", ylabel="length of dL/dh, last step = 1"
    )
    learning.set(title="mended by initialisation, activation or gates", xlabel="training step")
    for ax in (clipping, learning):
        ax.axhline(1 / SYMBOLS, color="black", linestyle=":", label="by chance")
        ax.set(ylabel="symbols remembered", ylim=(0, 1.05))
    for ax, place in ((size, "upper right"), (clipping, "lower right"), (back, "lower left"), (learning, "center right")):
        ax.legend(loc=place)
    return Outcome(figure, numbers)


def _smooth(right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The training steps in groups, and the mean of each."""
    means = right.reshape(-1, SMOOTH).mean(axis=1)
    return (np.arange(len(means)) + 0.5) * SMOOTH, means
