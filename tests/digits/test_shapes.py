import numpy as np
import pytest
from PIL import Image, ImageDraw

from zoo.digits import shapes


def ring(tail: bool = False) -> np.ndarray:
    """A ring of 80 pixels across, 6 wide, perhaps with a tail as a 9 has."""
    picture = Image.new("1", (120, 160))
    ImageDraw.Draw(picture).ellipse([20, 20, 100, 100], outline=1, width=6)
    if tail:
        ImageDraw.Draw(picture).line([(97, 60), (97, 150)], fill=1, width=6)
    return np.asarray(picture)


def test_a_closed_line_is_a_loop_and_one_with_a_tail_is_none() -> None:
    assert shapes.is_loop(ring())
    assert not shapes.is_loop(ring(tail=True))
    assert not shapes.is_loop(np.ones((20, 20), bool))


@pytest.mark.parametrize("width", [3, 8, 20])
def test_the_width_of_the_pen_is_measured(width: int) -> None:
    bar = np.zeros((300, 60), bool)
    bar[10:290, 20 : 20 + width] = True
    assert shapes.pen_width(bar) == pytest.approx(width, rel=0.2)


def test_a_turned_rectangle_fills_its_rectangle_and_a_disc_does_not() -> None:
    y, x = np.mgrid[-50:51, -50:51]
    turned = (np.abs(x + y) < 40) & (np.abs(x - y) < 60)
    assert shapes.rectangularity(turned) > 0.9
    assert shapes.rectangularity(np.hypot(x, y) < 40) == pytest.approx(np.pi / 4, abs=0.03)
    assert shapes.solidity(np.hypot(x, y) < 40) > 0.95
    assert shapes.solidity(ring()) < 0.4


def test_patches_that_touch_at_a_corner_are_one_and_specks_are_removed() -> None:
    mask = np.zeros((20, 20), bool)
    mask[2:8, 2:8] = mask[8:12, 8:12] = mask[18, 18] = True
    labels, areas = shapes.patches(mask)
    assert labels[3, 3] == labels[9, 9] != labels[18, 18]
    assert sorted(areas) == [0, 1, 52]
    assert (shapes.without_specks(mask, 0.1) == (mask & (labels == labels[3, 3]))).all()
