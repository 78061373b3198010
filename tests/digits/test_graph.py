from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import ndimage

from zoo.core import export
from zoo.digits import graph
from zoo.digits import network as digits_mlp
from zoo.digits.network import Config
from zoo.images import sklearn_digits


@pytest.mark.slow
def test_the_exported_network_gives_the_mean_of_five_views(tmp_path: Path) -> None:
    keras.utils.set_random_seed(1)
    model = digits_mlp.build(Config(units=(64, 32)))
    export.write_saved_model(model, graph.endpoints(model), tmp_path / "model")
    signatures = tf.saved_model.load(str(tmp_path / "model")).signatures
    images = sklearn_digits.load().images[:20]
    # scipy moves by interpolation too, with 0 outside.
    moved = [
        ndimage.shift(images.astype(np.float32), (0, *by), order=1) for by in ((0, 0), (0.7, 0), (-0.7, 0), (0, 0.7), (0, -0.7))
    ]
    expected = np.mean([tf.nn.softmax(model(view)) for view in moved], axis=0)
    assert np.ptp(expected) > 0.1
    for name in ("predict", "serving_default"):
        output = signatures[name](image=tf.constant(images))["probabilities"].numpy()
        assert output.dtype == np.float32
        np.testing.assert_allclose(output, expected, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(output.sum(1), 1, rtol=1e-5)
    assert signatures["predict"](image=tf.zeros((0, 28, 28), tf.uint8))["probabilities"].shape == (0, 10)
