from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from scipy import ndimage

from zoo.core import export, training
from zoo.core.recipe import Recipe
from zoo.digits import data as digits
from zoo.digits import network as digits_mlp
from zoo.digits import sklearn_digits
from zoo.digits.network import DigitsMLPConfig


def test_the_parameters_are_those_of_its_dense_layers() -> None:
    model = digits_mlp.build(DigitsMLPConfig())
    assert model.count_params() == 785 * 1900 + 1901 * 1400 + 1401 * 1000 + 1001 * 500 + 501 * 10 == 6_059_410
    small = digits_mlp.build(DigitsMLPConfig(units=(5,)))
    assert small.count_params() == 785 * 5 + 6 * 10


def test_the_logits_are_those_of_the_formula() -> None:
    model = digits_mlp.build(DigitsMLPConfig(units=(7, 4)))
    images = np.random.default_rng(0).uniform(0, 255, (3, 28, 28)).astype(np.float32)
    hidden = images.reshape(3, -1) / 255
    *layers, (kernel, bias) = [layer.get_weights() for layer in model.layers if layer.get_weights()]
    for weights, offset in layers:
        hidden = np.maximum(hidden @ weights + offset, 0)
    np.testing.assert_allclose(model(images), hidden @ kernel + bias, rtol=1e-4, atol=1e-5)


def test_the_loss_is_the_cross_entropy_of_each_image() -> None:
    logits = tf.constant([[0.0] * 10, [5.0] + [0.0] * 9])
    expected = [np.log(10), np.log(np.exp(5) + 9) - 5]
    np.testing.assert_allclose(digits_mlp.loss(tf.constant([4, 0], tf.int64), logits), expected, rtol=1e-5)


def test_few_images_get_small_batches_and_quick_few_epochs() -> None:
    assert digits_mlp.recipe(54_000) == digits_mlp.RECIPE
    assert digits_mlp.recipe(1_400).batch_size < digits_mlp.RECIPE.batch_size
    assert digits_mlp.recipe(54_000, quick=True).epochs <= digits_mlp.RECIPE.epochs / 10


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple:
    """A small network trained for three epochs on scikit-learn's digits: it, its config, its history, the data."""
    data = sklearn_digits.load()
    config = DigitsMLPConfig(units=(64, 32))
    recipe = Recipe(epochs=3, batch_size=64, learning_rate=3e-3, average=0.9)
    model = training.seeded(recipe, lambda: digits_mlp.build(config))
    state = tmp_path_factory.mktemp("state")
    history = training.train(model, digits_mlp.loss, digits.batches(data, recipe), recipe, state)
    return model, config, history, data


def test_training_learns(trained: tuple) -> None:
    model, _, history, data = trained
    losses = [epoch["train_loss"] for epoch in history.epochs]
    assert losses == sorted(losses, reverse=True)
    assert losses[0] < np.log(10) * 1.2
    images, labels = data.split("test")
    assert (model(images.astype(np.float32)).numpy().argmax(1) == labels).mean() > 0.7  # 0.1 by chance


def test_the_exported_network_gives_the_trained_ones_probabilities(trained: tuple, tmp_path: Path) -> None:
    model, config, _, data = trained
    export.write_saved_model(model, digits_mlp.endpoints(model, config), tmp_path / "model")
    signatures = tf.saved_model.load(str(tmp_path / "model")).signatures
    images = data.images[:20]
    # scipy moves by interpolation too, with 0 outside.
    moved = [
        ndimage.shift(images.astype(np.float32), (0, *by), order=1) for by in ((0, 0), (0.7, 0), (-0.7, 0), (0, 0.7), (0, -0.7))
    ]
    expected = np.mean([tf.nn.softmax(model(view)) for view in moved], axis=0)
    for name in ("predict", "serving_default"):
        output = signatures[name](image=tf.constant(images))["probabilities"].numpy()
        assert output.dtype == np.float32
        np.testing.assert_allclose(output, expected, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(output.sum(1), 1, rtol=1e-5)
    assert signatures["predict"](image=tf.zeros((0, 28, 28), tf.uint8))["probabilities"].shape == (0, 10)
