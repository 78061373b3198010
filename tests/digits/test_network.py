import numpy as np
import pytest

from zoo.core import cards, export
from zoo.digits import network as digits_mlp
from zoo.digits.network import Config
from zoo.images import sklearn_digits


def test_the_parameters_are_those_of_its_dense_layers() -> None:
    model = digits_mlp.build(Config())
    assert model.count_params() == 785 * 1900 + 1901 * 1400 + 1401 * 1000 + 1001 * 500 + 501 * 10 == 6_059_410
    small = digits_mlp.build(Config(units=(5,)))
    assert small.count_params() == 785 * 5 + 6 * 10


def test_the_logits_are_those_of_the_formula() -> None:
    model = digits_mlp.build(Config(units=(7, 4)))
    images = np.random.default_rng(0).uniform(0, 255, (3, 28, 28)).astype(np.float32)
    hidden = images.reshape(3, -1) / 255
    *layers, (kernel, bias) = [layer.get_weights() for layer in model.layers if layer.get_weights()]
    for weights, offset in layers:
        hidden = np.maximum(hidden @ weights + offset, 0)
    np.testing.assert_allclose(model(images), hidden @ kernel + bias, rtol=1e-4, atol=1e-5)


@pytest.mark.pretrained
def test_the_published_card_gives_the_network_that_its_weights_fit() -> None:
    folder = cards.find("digits_mlp")
    model = digits_mlp.from_architecture(cards.read_card(folder).architecture)
    paths = [variable.path for variable in model.variables]
    assert paths == [
        f"{layer}/{kind}" for layer in ("hidden_1", "hidden_2", "hidden_3", "hidden_4", "logits") for kind in ("kernel", "bias")
    ]
    export.restore(model, folder)
    data = sklearn_digits.load()
    assert (model(data.images[:200].astype(np.float32)).numpy().argmax(1) == data.labels[:200]).mean() > 0.9
