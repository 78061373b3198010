"""How the music networks are trained: the loss and the recipes."""

from typing import Any

import tensorflow as tf

from zoo.core.recipe import Recipe
from zoo.music.language import lookback
from zoo.music.language.tokens import TokenVocabulary

# docs/music.md tells how long each recipe takes and how the loss falls.
RECIPE = Recipe(epochs=6, batch_size=64, learning_rate=5e-3, warmup_steps=100, weight_decay=0.01, average=0.995)
# Entries of the configuration. Without them the first models could not tell how far a voice had gone, nor the second time that
# a bar is played from the fifth. They were not tried on chorales.
MELODIES: dict[str, Any] = {"span_width": 8, "matches": lookback.LONGEST_MATCH + 1}
# The chorales are few, so the network overfits unless it drops recurrent weights, too.
PARTS_RECIPE = Recipe(epochs=34, batch_size=32, learning_rate=5e-3, warmup_steps=100, weight_decay=0.05, average=0.99)
PARTS: dict[str, Any] = {"units": 320, "dropout": 0.5, "weight_dropout": 0.5}
# For a first look: a small network, a few minutes.
QUICK_RECIPE = Recipe(epochs=4, batch_size=16, learning_rate=5e-3, warmup_steps=50, weight_decay=0.01, average=0.99)
QUICK: dict[str, Any] = {"units": 128, "token_width": 48}


def recipe(vocabulary: TokenVocabulary, quick: bool) -> tuple[Recipe, dict[str, Any]]:
    """The hyperparameters for music in these tokens, and the entries of the network's configuration that are not the defaults."""
    if quick:
        return QUICK_RECIPE, MELODIES | QUICK
    return (PARTS_RECIPE, PARTS) if vocabulary.parts else (RECIPE, MELODIES)


def loss(token: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """The cross-entropy of each token in nats: int32 [n, t] and logits float32 [n, t, vocabulary] -> float32 [n, t]."""
    return tf.nn.sparse_softmax_cross_entropy_with_logits(token, logits)
