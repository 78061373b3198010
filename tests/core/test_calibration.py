import numpy as np
import pytest
from scipy.special import expit

from zoo.core.calibration import calibrate, temperature_scale

RANDOM = np.random.default_rng(0)


def test_the_scale_and_the_bias_with_which_the_labels_were_drawn_are_found() -> None:
    logits = RANDOM.normal(0, 2, (20_000, 1))
    labels = RANDOM.random((20_000, 1)) < expit(0.5 * logits - 0.3)
    scale, bias = calibrate(logits, labels.astype(float))
    np.testing.assert_allclose([scale, *bias], [0.5, -0.3], atol=0.1)


def test_a_classifier_of_three_classes_that_is_too_sure_becomes_less_sure() -> None:
    logits = RANDOM.normal(0, 1, (5000, 3))
    share = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    targets = np.eye(3)[[RANDOM.choice(3, p=row) for row in share]]
    scale, bias = calibrate(10 * logits, targets)
    assert scale == pytest.approx(0.1, abs=0.02)
    assert bias.shape == (3,)
    assert np.ptp(bias) < 0.2


def test_a_few_separable_examples_have_an_answer() -> None:
    scale, bias = calibrate(np.array([[-1.0], [1.0]]), np.array([[0.0], [1.0]]))
    assert np.isfinite([scale, *bias]).all()
    assert scale > 0


def test_the_scale_of_logits_that_are_too_sure_is_found() -> None:
    logits = RANDOM.normal(0, 1, (20_000, 5))
    share = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = (RANDOM.random((20_000, 1)) > share.cumsum(1)).sum(1)
    assert temperature_scale(2.5 * logits, labels) == pytest.approx(0.4, abs=0.02)


def test_a_scale_has_bounds_where_every_label_is_foreseen() -> None:
    assert temperature_scale(np.eye(3), np.arange(3)) == pytest.approx(10, rel=0.01)
