"""Early stopping by hand: training ends when the validation loss has not fallen for some epochs (Prechelt 1998)."""

from collections.abc import Sequence

import numpy as np


class EarlyStopping:
    """Watches the validation loss, keeps the weights of the best epoch, and says when to stop.

    Args:
        patience: how many epochs without a new lowest loss end the training, 1 or more.

    Attributes:
        best_epoch: the epoch with the lowest loss so far, counted from 1; 0 before the first.
        best_loss: its loss, infinite before the first epoch.
        epochs: how many have been reported to `stop`.
    """

    def __init__(self, patience: int) -> None:
        self.patience = patience
        self.best_epoch, self.best_loss, self.epochs = 0, np.inf, 0
        self.best_parameters: list[np.ndarray] = []

    def stop(self, validation_loss: float, parameters: Sequence[np.ndarray]) -> bool:
        """Takes the validation loss and the weights after an epoch, and returns whether training should stop.

        A loss of NaN never counts as the lowest.
        """
        self.epochs += 1
        if validation_loss < self.best_loss:
            self.best_epoch, self.best_loss = self.epochs, validation_loss
            self.best_parameters = [p.copy() for p in parameters]  # training goes on to change the originals
        return self.epochs - self.best_epoch >= self.patience

    def restore(self, parameters: Sequence[np.ndarray]) -> None:
        """Puts the best epoch's weights back, in place. Raises ValueError before the first epoch with a loss."""
        for p, best in zip(parameters, self.best_parameters, strict=True):
            p[...] = best
