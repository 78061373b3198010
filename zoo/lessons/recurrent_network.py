"""A recurrent network: a state, and the same weights at every step.

At step t a recurrent layer computes its state h_t from the step's input x_t and the state before it (Elman 1990),

    h_t = tanh(x_t W + h_(t-1) U + b),    with h_0 = 0,    and the output y_t = h_t V + c

The weights W, U and V and the biases b and c are learned. Unrolled, with its steps drawn side by side, it is a network as deep as
the sequence is long. But all of its levels share one set of weights, so it has as many parameters for five steps as for five
hundred. Backpropagation goes through it as through any other network, from the last step to the first. A weight's gradient is the
sum over all its uses. For U it is the sum over t of h_(t-1)^T dL/dz_t, where z_t is the argument of tanh, and ^T turns a row into
a column (Werbos 1990).

The task is to predict the next value of a wave whose height and phase are new each time. One value does not tell whether the wave
rises or falls there, so a network without memory can at best predict the mean of both. The state knows where the wave came from.
After the last given value the recurrent network continues alone and takes each output as its next input.
"""

from typing import Any

import numpy as np

from zoo.lessons import drawing
from zoo.lessons.lesson import Number, Outcome
from zoo.scratch import descent
from zoo.scratch.losses import mean_squared_error
from zoo.scratch.network import Network, dense_network
from zoo.scratch.optimizers import Adam
from zoo.scratch.rnn import SequenceNetwork, simple_rnn

QUESTION = (
    "Give the network 2 UNITS, the fewest whose state can go round in a circle: what do its states do along the wave, and can it "
    "still continue alone?"
)
VARY = (Number("UNITS", 2, 32, 1, "units of the recurrent layer"),)

UNITS = 16
PERIOD = 20.0  # steps
GIVEN = 40  # steps that the network gets as inputs
ALONE = 40  # steps that follow
STEPS = 1000  # of training


def waves(n: int, steps: int, random: np.random.Generator) -> np.ndarray:
    """n waves of the period, each of its own height and phase: [n, steps, 1]."""
    phase, height = random.uniform(0, 2 * np.pi, (n, 1)), random.uniform(0.4, 1, (n, 1))
    return (height * np.sin(2 * np.pi * np.arange(steps) / PERIOD + phase))[..., np.newaxis]


def train() -> tuple[SequenceNetwork, Network]:
    """A recurrent network, and a dense one that only sees the value of the step, trained on the same waves."""
    random = np.random.default_rng(0)
    output = dense_network((UNITS, 1), "identity", seed=1).layers[0]
    recurrent = SequenceNetwork(simple_rnn(1, UNITS, seed=1), output, each_step=True)
    without = dense_network((1, UNITS, 1), "tanh", seed=1)
    optimizers = Adam(0.005), Adam(0.005)
    for _ in range(STEPS):
        given = waves(32, GIVEN + 1, random)
        x, y = given[:, :-1], given[:, 1:].reshape(-1, 1)
        descent.step(recurrent, mean_squared_error, optimizers[0], x, y)
        descent.step(without, mean_squared_error, optimizers[1], x.reshape(-1, 1), y)
    return recurrent, without


def go_on(network: SequenceNetwork, waves: np.ndarray) -> np.ndarray:
    """The prediction after each value of waves [n, t, 1], then ALONE - 1 more from its own predictions: [n, t + ALONE - 1]."""
    inputs = waves
    for _ in range(ALONE):
        guesses = network.forward(inputs).reshape(len(waves), -1, 1)
        inputs = np.hstack([inputs, guesses[:, -1:]])
    return guesses[..., 0]


def run() -> Outcome:
    """Trains both networks, and draws the recurrent one unrolled, the predictions of both for a new wave, and the states along
    it.
    """
    recurrent, without = train()
    new = waves(100, GIVEN + ALONE, np.random.default_rng(1))
    x, y = new[:, :-1], new[:, 1:, 0]
    guesses, single = go_on(recurrent, new[:, :GIVEN]), without.forward(x.reshape(-1, 1)).reshape(y.shape)
    known = GIVEN - 1  # the number of predictions of given values
    numbers: dict[str, float | int | str] = {
        "root mean square error with a state": _error(guesses[:, :known], y[:, :known]),
        "root mean square error without memory": _error(single[:, :known], y[:, :known]),
        f"root mean square error, {ALONE} steps alone": _error(guesses[:, known:], y[:, known:]),
        "root mean square of the waves": _error(y, np.zeros_like(y)),
        "parameters of the layer, for any number of steps": sum(parameter.size for parameter in recurrent.recurrent.parameters),
    }
    figure, axes = drawing.canvas("A recurrent network remembers where a wave came from", 8.6, 3, 1, height_ratios=(1.1, 1.2, 1))
    unrolled, ax, below = axes[:, 0]
    _unroll(unrolled, recurrent, x[0, :5])
    ax.plot(new[0], color="lightgray", linewidth=7, label="the wave")
    ax.plot(range(1, GIVEN + ALONE), guesses[0], color=drawing.BLUE, label="guessed with a state")
    ax.plot(range(1, GIVEN), single[0, :known], color=drawing.ORANGE, linestyle="--", label="guessed without memory")
    ax.axvline(GIVEN - 0.5, color="black", linewidth=1)
    title = f"The first {GIVEN} values are given; then the network gets its own predictions"
    ax.set(title=title, xlim=(-0.5, GIVEN + ALONE - 0.5), ylim=(-1.1, 1.6), xlabel="step", ylabel="value")
    ax.legend(loc="upper center", ncols=3)
    inputs = np.hstack([new[:1, :GIVEN, 0], guesses[:1, known:-1]])
    states = recurrent.recurrent.forward(inputs[..., np.newaxis])[0]
    image = below.imshow(states.T, cmap=drawing.SIGNED, vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
    figure.colorbar(image, ax=below, label="h", location="bottom", aspect=60)
    below.set(title="The states that it goes through", xlabel="step", ylabel="unit", xlim=ax.get_xlim())
    return Outcome(figure, numbers)


def _error(guesses: np.ndarray, y: np.ndarray) -> float:
    return float(np.sqrt(np.mean((guesses - y) ** 2)))


def _unroll(ax: Any, network: SequenceNetwork, x: np.ndarray) -> None:
    """The first steps [t, 1] as a network with as many levels: forwards in black, backwards in orange."""
    outputs, states = network.forward(x[np.newaxis])[:, 0], network.recurrent.forward(x[np.newaxis])[0]
    for step, state in enumerate(states):
        ax.imshow(
            state.reshape(min(4, UNITS), -1), cmap=drawing.SIGNED, vmin=-1, vmax=1, extent=(step - 0.2, step + 0.2, 0.7, 1.3)
        )
        ax.text(step, 0.2, f"$x_{step + 1}$ = {x[step, 0]:.2f}", ha="center", va="top", fontsize=12)
        ax.text(step, 1.8, f"$y_{step + 1}$ = {outputs[step]:.2f}", ha="center", fontsize=12)
        for name, tail, head in (("W", (0, 0.2), (0, 0.7)), ("V", (0, 1.3), (0, 1.8)), ("U", (-0.8, 1), (-0.2, 1)))[
            : 3 if step else 2
        ]:
            (x_tail, y_tail), (x_head, y_head) = np.add(tail, (step, 0)), np.add(head, (step, 0))
            across, up = (0, 0.06) if name == "U" else (-0.02, 0)
            ax.annotate("", (x_head + across, y_head + up), (x_tail + across, y_tail + up), arrowprops={"arrowstyle": "-|>"})
            back = {"arrowstyle": "-|>", "color": drawing.RED, "linestyle": "--"}
            ax.annotate("", (x_tail - across, y_tail - up), (x_head - across, y_head - up), arrowprops=back)
            middle = ((x_tail + x_head) / 2 + 4 * across, (y_tail + y_head) / 2 + 2 * up)
            ax.text(*middle, name, ha="center", va="center" if across else "bottom", color=drawing.BLUE, fontsize=13)
    ax.set(xlim=(-0.5, len(x) - 0.5), ylim=(0, 2), aspect="auto")
    ax.set_title("Unrolled: the same W, U and V at every step; forwards in black, gradients backwards in orange", fontsize=12)
    ax.set_axis_off()
