"""How the network for digits is trained: its loss and its recipes."""

from dataclasses import replace

import tensorflow as tf

from zoo.core.recipe import Recipe

# docs/digits.md tells how long this takes, what it reaches and what else was tried.
RECIPE = Recipe(epochs=200, batch_size=512, learning_rate=1e-3, warmup_steps=500, weight_decay=0.02, average=0.999)
# Fewer images need smaller batches, else there are too few steps.
FEW = Recipe(epochs=60, batch_size=32, learning_rate=1e-3, warmup_steps=50, weight_decay=0.02, average=0.99)
FEW_IMAGES = 5000


def recipe(images: int, quick: bool = False) -> Recipe:
    """The hyperparameters for so many training images; with `quick`, a twentieth of the epochs."""
    full = FEW if images < FEW_IMAGES else RECIPE
    return replace(full, epochs=full.epochs // 20, average=0.99) if quick else full


def loss(labels: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """The cross-entropy of each image in nats, [n], of labels [n] from 0 to 9 and logits [n, 10]."""
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
