"""The hyperparameters of a training, what it learns from, and what happened."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import tensorflow as tf

from zoo.core.arguments import whole
from zoo.core.errors import UserError
from zoo.core.names import unknown

OPTIMIZERS = "adamw", "adam", "sgd", "momentum", "rmsprop"


@dataclass(frozen=True)
class Recipe:
    """The hyperparameters of a training.

    Args:
        epochs: passes over the training data at most.
        batch_size: examples in a batch; the data pipeline reads it.
        learning_rate: the highest, reached after `warmup_steps`, then a cosine down to zero at the last step.
        warmup_steps: steps of the linear warm-up.
        weight_decay: AdamW's decoupled decay, on matrices only (biases and normalisations are left alone).
        clip_norm: the largest norm of all gradients together, or None.
        average: the decay of the exponential average of the weights, which is then what is validated and kept; or None.
        patience: stop after so many epochs without a lower validation loss; None: never.
        precision: of the matrix products and activations, "float32" or "bfloat16"; weights and sums are float32 with either.
        seed: of the initial weights, dropout and the order of the data.
        late_dropout: (begin, rate): from this share of the epochs on, all dropout layers drop `rate` instead of their own share.
            Dropout helps early and slows the end where a network has hardly learned the training data (Liu et al. 2023, arXiv
            2303.01500). None: they stay as they are.
        optimizer: one of OPTIMIZERS; "momentum" is SGD with a momentum of 0.9. Each clips and decays the weights as AdamW does.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    warmup_steps: int = 0
    weight_decay: float = 0.0
    clip_norm: float | None = 1.0
    average: float | None = None
    patience: int | None = None
    precision: str = "float32"
    seed: int = 0
    late_dropout: tuple[float, float] | None = None
    optimizer: str = OPTIMIZERS[0]

    def check(self) -> None:
        """Raises UserError where epochs, batch size, learning rate or optimizer are none that a training can have."""
        whole("epochs", self.epochs)
        whole("batch_size", self.batch_size)
        if not (math.isfinite(self.learning_rate) and self.learning_rate > 0):
            raise UserError(f"learning_rate = {self.learning_rate!r}: name a number above 0, such as 0.01")
        if self.optimizer not in OPTIMIZERS:
            raise unknown("optimizer", str(self.optimizer), OPTIMIZERS)

    @property
    def policy(self) -> str:
        """Keras' name of the precision."""
        return "mixed_bfloat16" if self.precision == "bfloat16" else self.precision


@dataclass(frozen=True)
class TrainingData:
    """What a network learns from.

    Args:
        train: gives the batches (x, y, weight) of an epoch; the same ones each time it is asked for the same epoch.
        validation: the batches (x, y, weight) of the validation split.
        steps: batches an epoch.
    """

    train: Callable[[int], tf.data.Dataset]
    validation: tf.data.Dataset
    steps: int


@dataclass
class History:
    """What happened in a training.

    Args:
        epochs: one dict (epoch, train_loss, validation_loss, seconds) for each.
        best_epoch: the number of the best one, from 1.
        loss: what the losses are, with their unit: the title of their axis.
    """

    epochs: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int = 0
    loss: str = "loss (nats)"

    @property
    def seconds(self) -> float:
        """Wall time of all epochs, interruptions left out."""
        return sum(epoch["seconds"] for epoch in self.epochs)

    @property
    def best_loss(self) -> float:
        """The lowest validation loss so far; infinite before the first epoch has ended."""
        return self.epochs[self.best_epoch - 1]["validation_loss"] if self.best_epoch else math.inf


def fixed(dataset: tf.data.Dataset) -> tf.data.Dataset:
    """The data set in a deterministic order and without autotuning.

    TensorFlow 2.21 can hang for up to a minute when an iterator with autotuning closes.
    """
    options = tf.data.Options()
    options.autotune.enabled = False
    options.deterministic = True
    return dataset.with_options(options)
