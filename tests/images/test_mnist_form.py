import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import ndimage

from zoo.images import mnist_form


def test_ink_fills_a_box_of_20_with_its_mass_at_the_centre() -> None:
    ink = np.zeros((50, 70))
    ink[5:45, 10:20] = 1  # 40 high and 10 wide: 20 high and 5 wide in MNIST
    image = mnist_form.like_mnist(ink)
    expected = np.zeros((28, 28), np.uint8)
    # A bar of 20 rows balanced on index 14 starts at 4 or 5; numpy's and Python's round halves to even: 14 - 9.5 -> 4.
    expected[4:24, 12:17] = 255
    np.testing.assert_array_equal(image, expected)


def test_shrinking_gives_greys() -> None:
    y, x = np.mgrid[:100, :100]
    image = mnist_form.like_mnist(np.hypot(y - 50, x - 50) < 40)  # a disc of diameter 79
    assert set(np.unique(image)) > {0, 255}
    assert image.max() == 255
    assert image.astype(float).sum() / 255 == pytest.approx(np.pi * 10**2, rel=0.03)  # the area of a disc 20 wide


@pytest.mark.slow
@settings(max_examples=100)
@given(arrays.arrays(np.float32, st.tuples(st.integers(1, 60), st.integers(1, 60)), elements=st.floats(0, 1, width=16)))
def test_any_ink_comes_out_as_mnist_would_have_it(ink: np.ndarray) -> None:
    if not ink.any():
        with pytest.raises(ValueError, match="no ink"):
            mnist_form.like_mnist(ink)
        return
    image = mnist_form.like_mnist(ink)
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    assert image.max() == 255
    rows, columns = (np.flatnonzero(image.any(axis)) for axis in (1, 0))
    assert np.ptp(rows) < 20
    assert np.ptp(columns) < 20
    assert (image == mnist_form.like_mnist(np.pad(ink, ((3, 1), (0, 7))))).all()  # paper around it changes nothing
    for centre, indices in zip(ndimage.center_of_mass(image), (rows, columns), strict=True):
        # Where the box reaches the edge of the image it moves no further.
        assert abs(centre - 14) <= 0.6 or indices[0] == 0 or indices[-1] == 27 or np.ptp(indices) < 19


def test_enlarged_counts_are_the_drawing_again() -> None:
    bitmap = np.zeros((32, 32))
    bitmap[4:28, 8:16] = 1
    ink = mnist_form.enlarge(bitmap.reshape(8, 4, 8, 4).sum((1, 3)))
    assert ink.shape == (160, 160)
    assert (ink.min(), ink.max()) == (0, 1)
    # A block is 16 pixels, behind a margin of one block: the drawing's edges are where half of the ink is.
    rows, columns = np.flatnonzero((ink > 0.5).any(1)), np.flatnonzero((ink > 0.5).any(0))
    for found, expected in zip([rows[0], rows[-1], columns[0], columns[-1]], [32, 127, 48, 79], strict=True):
        assert abs(found - expected) <= 2
