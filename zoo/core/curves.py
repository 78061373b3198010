"""Learning curves."""

from pathlib import Path

from zoo.core.recipe import History


def draw_curves(history: History, path: Path) -> None:
    """Draws training and validation loss against the epoch as a PNG."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(6.4, 4), layout="constrained")
    axes = figure.add_subplot()
    epochs = [row["epoch"] for row in history.epochs]
    axes.plot(epochs, [row["train_loss"] for row in history.epochs], marker="o", markersize=3, label="training")
    axes.plot(epochs, [row["validation_loss"] for row in history.epochs], marker="o", markersize=3, label="validation")
    if history.best_epoch:
        axes.axvline(history.best_epoch, color="grey", linestyle=":", label=f"kept: epoch {history.best_epoch}")
    axes.set(xlabel="epoch", ylabel=history.loss, title="Learning curves")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, metadata={"Software": None})
