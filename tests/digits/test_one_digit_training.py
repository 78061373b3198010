import numpy as np

from zoo.digits import one_digit, one_digit_training


def test_what_is_made_of_digits_is_taken_for_no_single_digit(digits: np.ndarray) -> None:
    made = one_digit_training.no_single_digits(digits, 100, np.random.default_rng(5))
    assert (made.shape, made.dtype) == ((100, 28, 28), np.uint8)
    assert (one_digit.doubt(made) >= one_digit.UNSURE).mean() > 0.85


def test_the_network_has_the_shape_of_the_published_weights() -> None:
    shapes = [tuple(weights.shape) for layer in one_digit_training.network().layers for weights in layer.weights]
    assert shapes == [weights.shape for layer in one_digit._layers(one_digit.WEIGHTS) for weights in layer]
