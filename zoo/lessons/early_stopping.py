"""Early stopping: training ends when new points stop gaining.

Epoch after epoch the loss on the training examples falls. The loss on other examples falls at first, while the network learns
what all examples share. It rises later, while the network learns what only its own examples have. So one watches the loss on
examples that are held out, the validation split, and stops:

    stop when no epoch of the last p had a new lowest validation loss (p is the patience),
    and go back to the weights of the epoch with the lowest one (Prechelt 1998)

The epoch was chosen by the validation split, so its loss there is a little too good. A third split, the test split, gives the
honest figure. Too little patience stops at the first bump of a noisy curve. Too much only costs time, since the best weights are
kept.

Here a network 10 - 100 - 1 predicts how far diabetes progresses within a year, from ten measurements of 142 people. The
validation split has 100 more people and the test split 200 (Efron, Hastie, Johnstone and Tibshirani 2004). The loss is the
squared error, in units in which always predicting the mean has a loss of about 1.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.datasets import load_diabetes

from zoo.lessons import drawing
from zoo.lessons.lesson import Number, Outcome
from zoo.scratch import descent
from zoo.scratch.early_stopping import EarlyStopping
from zoo.scratch.losses import mean_squared_error
from zoo.scratch.network import dense_network
from zoo.scratch.optimizers import Adam

QUESTION = "Watch 10 people instead of 100 (VALIDATION): how often does it still stop near the lowest test loss?"
VARY = (Number("VALIDATION", 10, 100, 1, "people in the validation split"),)

TRAIN, VALIDATION, TEST = 142, 100, 200  # people
PATIENCE = 20
EPOCHS, BATCH, RATE = 150, 16, 0.002
SEEDS = 10
SHOWN = 2  # the draw whose curves are drawn
PATIENCES = (1, 2, 5, 10, 20, 40)


@dataclass(frozen=True)
class History:
    """A training that went on after the epoch at which early stopping would have ended it.

    Args:
        losses: [EPOCHS, 3]: training, validation and test loss after each epoch.
        best: the epoch that early stopping went back to, from 1.
        stopped: the epoch after which it stopped, or EPOCHS.
        kept: the test loss with the weights that it kept.
    """

    losses: np.ndarray
    best: int
    stopped: int
    kept: float


def train(seed: int) -> History:
    """Trains on a draw of people for EPOCHS epochs, and records where early stopping would have stopped."""
    x, y = load_diabetes(return_X_y=True, scaled=False)
    random = np.random.default_rng(seed)
    order = random.permutation(len(x))
    splits = order[:TRAIN], order[TRAIN : TRAIN + VALIDATION], order[-TEST:]
    x, y = ((values - values[splits[0]].mean(axis=0)) / values[splits[0]].std(axis=0) for values in (x, y[:, np.newaxis]))
    network, optimizer, stopper = dense_network((x.shape[1], 100, 1), "relu", seed), Adam(RATE), EarlyStopping(PATIENCE)
    losses, stopped = [], EPOCHS
    for epoch in range(1, EPOCHS + 1):
        list(descent.epoch(network, mean_squared_error, optimizer, x[splits[0]], y[splits[0]], BATCH, random))
        losses.append([mean_squared_error(y[split], network.forward(x[split]))[0] for split in splits])
        if epoch <= stopped and stopper.stop(losses[-1][1], network.parameters):
            stopped = epoch
    stopper.restore(network.parameters)
    kept, _ = mean_squared_error(y[splits[2]], network.forward(x[splits[2]]))
    return History(np.array(losses), stopper.best_epoch, stopped, kept)


def stop_at(validation: np.ndarray, patience: int) -> tuple[int, int]:
    """The best epoch and the epoch of the stop, for these validation losses and this patience."""
    stopper = EarlyStopping(patience)
    for loss in validation:
        if stopper.stop(loss, []):
            break
    return stopper.best_epoch, stopper.epochs


def run() -> Outcome:
    """Draws one training, the gain of stopping in each draw, and the costs and gains of patience."""
    figure, axes = drawing.canvas("Stop where the validation loss was lowest, and keep those weights", 7.5, 2, 2)
    histories = [train(seed) for seed in range(SEEDS)]
    axes[0, 0].set_subplotspec(axes[0, 0].get_gridspec()[0, :])
    axes[0, 1].remove()
    _draw_training(axes[0, 0], histories[SHOWN])
    kept, at_end = np.array([history.kept for history in histories]), np.array([history.losses[-1, 2] for history in histories])
    draws = np.arange(1, SEEDS + 1)
    axes[1, 0].vlines(draws, kept, at_end, color="grey", linewidth=1)
    axes[1, 0].plot(draws, at_end, "o", color=drawing.RED, label=f"after {EPOCHS} epochs")
    axes[1, 0].plot(draws, kept, "o", color=drawing.GREEN, label="with the weights kept")
    axes[1, 0].set(title="test loss", xlabel="draw of people", ylabel="mean squared error", ylim=(0.5, 1.2), xticks=draws)
    axes[1, 0].legend(loc="upper left", ncols=2, fontsize=9)
    costs, gains = [], []
    for patience in PATIENCES:
        stops = [stop_at(history.losses[:, 1], patience) for history in histories]
        costs.append(np.mean([epochs for _, epochs in stops]))
        gains.append(np.mean([history.losses[best - 1, 2] for history, (best, _) in zip(histories, stops, strict=True)]))
        axes[1, 1].annotate(str(patience), (costs[-1], gains[-1]), (-3, -15), textcoords="offset points", ha="center")
    axes[1, 1].plot(costs, gains, "o-", color=drawing.GREEN)
    axes[1, 1].plot(EPOCHS, at_end.mean(), "o", color=drawing.RED)
    axes[1, 1].annotate("no stop", (EPOCHS, at_end.mean()), (-8, -4), textcoords="offset points", ha="right")
    axes[1, 1].set(
        title="what a patience of 1 to 40 costs and gives", xlabel="epochs of training, mean of all draws", xlim=(0, 160)
    )
    axes[1, 1].set(ylabel="test loss, mean of all draws", ylim=(0.6, 0.9))
    return Outcome(
        figure,
        {
            "epoch with the lowest validation loss, mean": float(np.mean([history.best for history in histories])),
            "validation loss of the weights kept, mean": float(np.mean([history.losses[:, 1].min() for history in histories])),
            "test loss with the weights kept, mean": float(kept.mean()),
            f"test loss after {EPOCHS} epochs, mean": float(at_end.mean()),
            "lowest test loss of any epoch, mean": float(np.mean([history.losses[:, 2].min() for history in histories])),
            f"draws of {SEEDS} in which stopping was better": int((kept < at_end).sum()),
            f"test loss with patience {PATIENCES[0]}, mean": float(gains[0]),
        },
    )


def _draw_training(axes: Any, history: History) -> None:
    epochs = np.arange(1, EPOCHS + 1)
    for column, (name, colour) in enumerate((("training", drawing.BLUE), ("validation", drawing.ORANGE), ("test", drawing.RED))):
        axes.plot(epochs, history.losses[:, column], color=colour, label=name)
    axes.axvspan(history.best, history.stopped, color="lightgrey", alpha=0.6, label=f"patience, {PATIENCE} epochs")
    axes.plot(
        history.best,
        history.losses[history.best - 1, 1],
        marker="*",
        markersize=14,
        color="black",
        linestyle="",
        label="weights kept",
    )
    axes.axvline(history.stopped, color="black", linestyle="--", label="stop")
    axes.set(title="one training, which went on after its stop", xlabel="epoch", ylabel="mean squared error", ylim=(0, 1.3))
    axes.legend(loc="upper right", ncols=3)
