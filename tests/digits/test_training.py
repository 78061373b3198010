from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

import zoo
from zoo.core import training
from zoo.core.recipe import Recipe
from zoo.digits import data as digits
from zoo.digits import network as digits_mlp
from zoo.digits import training as digits_training
from zoo.digits.network import Config
from zoo.images import sklearn_digits


def test_the_loss_is_the_cross_entropy_of_each_image() -> None:
    logits = tf.constant([[0.0] * 10, [5.0] + [0.0] * 9])
    expected = [np.log(10), np.log(np.exp(5) + 9) - 5]
    np.testing.assert_allclose(digits_training.loss(tf.constant([4, 0], tf.int64), logits), expected, rtol=1e-5)


def test_few_images_get_small_batches_and_quick_few_epochs() -> None:
    assert digits_training.recipe(54_000) == digits_training.RECIPE
    assert digits_training.recipe(1_400).batch_size < digits_training.RECIPE.batch_size
    assert digits_training.recipe(54_000, quick=True).epochs <= digits_training.RECIPE.epochs / 10


@pytest.mark.slow
def test_training_learns(tmp_path: Path) -> None:
    data = sklearn_digits.load()
    recipe = Recipe(epochs=3, batch_size=64, learning_rate=3e-3, average=0.9)
    model = training.seeded(recipe, lambda: digits_mlp.build(Config(units=(64, 32))))
    history = training.train(model, digits_training.loss, digits.batches(data, recipe), recipe, tmp_path / "state")
    losses = [epoch["train_loss"] for epoch in history.epochs]
    assert losses == sorted(losses, reverse=True)
    assert losses[0] < np.log(10) * 1.2
    images, labels = data.split("test")
    assert (model(images.astype(np.float32)).numpy().argmax(1) == labels).mean() > 0.7  # 0.1 by chance


@pytest.mark.slow
def test_a_network_is_trained_and_published_from_python(tmp_path: Path) -> None:
    model = zoo.train("digits_mlp", "sklearn_digits", out=tmp_path / "mine", quick=True, seed=2, hidden=(32,), epochs=2)
    assert model is not None
    card, data = model.card, sklearn_digits.load()
    assert card.architecture == {"network": "digits_mlp", "units": [32]}
    assert (card.training.epochs, card.training.seed, card.dataset.sha256) == (2, 2, data.fingerprint())
    assert card.training.command.startswith("zoo.train('digits_mlp', 'sklearn_digits', hidden=(32,)")
    images, labels = data.split("test")
    right = (model.predict(images).argmax(1) == labels).mean()
    assert card.metric("accuracy").value == right > 0.5
    weights = [variable.shape for variable in zoo.network(tmp_path / "mine").variables]
    assert weights == [(784, 32), (32,), (32, 10), (10,)]
