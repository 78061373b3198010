"""Mini-batches: all examples, one, or 32 for each step.

The gradient of the empirical loss is a mean over all n examples. A batch of B of them, drawn at random, gives an estimate of it
that is right on average (Robbins and Monro 1951). Its noise is here the root mean square of the error of this estimate. As of any
mean of B independent draws,

    noise(B) = noise(1) / sqrt(B)

Four times the work halves the noise. A step with all examples is the best step, but at its price small batches make many steps
that are nearly as good. A batch of one learns the most from each example. Its noise, however, needs a low learning rate, and with
a constant rate it never settles but jumps about the minimum. A processor multiplies matrices many times faster than it multiplies
their rows one by one. So by the clock, which `python -m apps.lessons show mini_batches` reads, batches of a few tens are best.
Masters and Luschi (2018) recommend 32 or fewer.

The network, 64 - 32 - 10, learns 1,408 digits with batches of three sizes, each with its best learning rate. The paths are those
of one unit that predicts the length of an iris's petal from its width, each in 150 steps of the same rate.
"""

import time
from typing import Any

import numpy as np
from sklearn.datasets import load_digits, load_iris

from zoo.lessons import drawing
from zoo.lessons.lesson import Number, Outcome
from zoo.scratch import descent
from zoo.scratch.losses import mean_squared_error, softmax_cross_entropy
from zoo.scratch.network import Dense, Network, dense_network
from zoo.scratch.optimizers import SGD

QUESTION = "Give all three batch sizes the learning rate of the full batch (RATE_OF_ONE, RATE_OF_32): which still learn, and why?"
VARY = (
    Number("RATE_OF_ONE", 0.01, 1.0, 0.01, "learning rate of batches of one example"),
    Number("RATE_OF_32", 0.05, 1.0, 0.05, "learning rate of batches of 32"),
    Number("RATE_OF_ALL", 0.1, 1.0, 0.1, "learning rate of the full batch"),
)

EXAMPLES = 1_408  # 44 batches of 32; the other 389 digits are the test
SIZES = (1, 32, EXAMPLES)
# The best of 0.01, 0.02, 0.05, 0.1, 0.2, 0.5 and 1 for each: the fewest examples until TARGET.
RATE_OF_ONE, RATE_OF_32, RATE_OF_ALL = 0.05, 0.5, 1.0
RATES = {1: RATE_OF_ONE, 32: RATE_OF_32, EXAMPLES: RATE_OF_ALL}
EPOCHS = {1: 4, 32: 10, EXAMPLES: 150}
PATH_STEPS, PATH_RATE, PATH_START = 150, 0.05, (-0.5, 3.0)
TARGET = 0.3  # nats
DRAWS = 100  # of batches, to measure their noise
COLOURS = {1: drawing.RED, 32: drawing.BLUE, EXAMPLES: drawing.BLACK}
NAMES = {1: "one", 32: "32", EXAMPLES: "all"}


def train(size: int, x: np.ndarray, labels: np.ndarray) -> tuple[Network, np.ndarray, np.ndarray, float]:
    """Trains with batches of one size.

    Returns:
        The network; numbers of steps and the loss over all examples after each; the seconds of training until it reached TARGET.
    """
    network, optimizer, random = dense_network((64, 32, 10), "relu", seed=0), SGD(RATES[size]), np.random.default_rng(0)
    total = EPOCHS[size] * EXAMPLES // size
    measured = set(np.geomspace(1, total, 60).astype(int))
    done, seconds, reached, points = 0, 0.0, 0.0, [(0, softmax_cross_entropy(labels, network.forward(x))[0])]
    for _ in range(EPOCHS[size]):
        started = time.perf_counter()
        for _ in descent.epoch(network, softmax_cross_entropy, optimizer, x, labels, size, random):
            seconds += time.perf_counter() - started
            done += 1
            if done in measured:
                points.append((done, softmax_cross_entropy(labels, network.forward(x))[0]))
                if not reached and points[-1][1] < TARGET:
                    reached = seconds
            started = time.perf_counter()
    steps, losses = np.array(points).T
    return network, steps, losses, reached


def noise(network: Network, x: np.ndarray, labels: np.ndarray, size: int, random: np.random.Generator) -> float:
    """The root mean square distance of the gradient of a batch from that of all examples, divided by the length of the latter."""

    def gradient(chosen: np.ndarray) -> np.ndarray:
        network.backward(softmax_cross_entropy(labels[chosen], network.forward(x[chosen]))[1])
        return np.concatenate([g.ravel() for g in network.gradients])

    exact = gradient(np.arange(len(x)))
    squares = [((gradient(random.integers(0, len(x), size)) - exact) ** 2).sum() for _ in range(DRAWS)]
    return float(np.sqrt(np.mean(squares)) / np.linalg.norm(exact))


def run() -> Outcome:
    """Draws paths with noisy gradients, the noise against the batch size, and the loss against the work and the steps."""
    x, labels = load_digits(return_X_y=True)
    x = x / 16
    order = np.random.default_rng(0).permutation(len(x))
    chosen, rest = order[:EXAMPLES], order[EXAMPLES:]
    figure, axes = drawing.canvas("The gradient of a small batch is noisy, cheap and good enough", 8, 2, 2)
    numbers: dict[str, float | int | str] = {}
    timings = {}
    for size in SIZES:
        network, steps, losses, seconds = train(size, x[chosen], labels[chosen])
        for axis, done in ((axes[1, 0], steps * size), (axes[1, 1], steps)):
            axis.loglog(done[1:], losses[1:], color=COLOURS[size], label=f"{NAMES[size]}, rate {RATES[size]}")
        first = int(steps[np.argmax(losses < TARGET)]) * size if (losses < TARGET).any() else "never"
        numbers[f"digits seen until a loss of {TARGET}, batch of {NAMES[size]}"] = first
        numbers[f"test accuracy after {EPOCHS[size]} epochs, batch of {NAMES[size]}"] = float(
            (network.forward(x[rest]).argmax(axis=1) == labels[rest]).mean()
        )
        timings[f"seconds until a loss of {TARGET}, batch of {NAMES[size]}"] = seconds
    axes[1, 0].set(title="loss against work", xlabel="digits seen", ylabel="loss over all examples (nats)")
    axes[1, 1].set(title="loss against steps", xlabel="steps", ylabel="loss over all examples (nats)")
    sizes = [2**power for power in range(11)]
    network, random = dense_network((64, 32, 10), "relu", seed=0), np.random.default_rng(1)
    measured = [noise(network, x[chosen], labels[chosen], size, random) for size in sizes]
    axes[0, 1].loglog(sizes, measured, "o", color=drawing.BLUE, label="measured")
    axes[0, 1].loglog(sizes, measured[0] / np.sqrt(sizes), color=drawing.ORANGE, label="noise(1) / sqrt(B)")
    axes[0, 1].set(
        title="noise of the gradient",
        xlabel="batch size B",
        ylabel="noise / length of the gradient",
        yticks=(0.2, 0.5, 1, 2, 5),
        yticklabels=(0.2, 0.5, 1, 2, 5),
    )
    axes[0, 1].minorticks_off()
    numbers["exponent of the noise against the batch"] = float(np.polyfit(np.log(sizes), np.log(measured), 1)[0])
    _draw_paths(axes[0, 0])
    axes[0, 1].legend()
    for axis, place in ((axes[0, 0], "upper right"), (axes[1, 0], "lower left"), (axes[1, 1], "lower left")):
        axis.legend(title="batch", loc=place)
    return Outcome(figure, numbers, timings)


def _draw_paths(axes: Any) -> None:
    data = load_iris().data
    x, y = data[:, 3:4], data[:, 2:3]
    w, b = np.meshgrid(np.linspace(-0.8, 3.4, 100), np.linspace(-0.2, 3.8, 100))
    loss = ((w * x[..., np.newaxis] + b - y[..., np.newaxis]) ** 2).mean(axis=0)
    axes.contour(w, b, loss, np.geomspace(0.25, 20, 9), colors="grey", linewidths=0.6)
    for size in SIZES:
        random = np.random.default_rng(0)
        unit, optimizer = Dense(np.array([[PATH_START[0]]]), np.array([PATH_START[1]])), SGD(PATH_RATE)
        path = [PATH_START]
        for _ in range(PATH_STEPS):
            drawn = random.choice(len(x), min(size, len(x)), replace=False)
            descent.step(unit, mean_squared_error, optimizer, x[drawn], y[drawn])
            path.append((float(unit.parameters[0][0, 0]), float(unit.parameters[1][0])))
        axes.plot(*np.transpose(path), color=COLOURS[size], linewidth=1.2, label=NAMES[size])
    axes.set(title=f"{PATH_STEPS} steps of two weights", xlabel="weight w (cm per cm)", ylabel="bias b (cm)")
