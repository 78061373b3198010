import colorsys
import random

import numpy as np
import pytest

from zoo.captions import drawing, scenes
from zoo.captions.canvas import fitted
from zoo.captions.drawing import SIDE
from zoo.captions.handwritten import Handwriting, distances, thinned
from zoo.captions.scenes import DIGITS, SHAPES, Scene, Thing

HUES = {"red": 0, "orange": 26, "yellow": 54, "green": 126, "blue": 218, "purple": 286}


@pytest.fixture(scope="module")
def handwriting() -> Handwriting:
    """A zero that is a ring and other digits that are bars."""
    images = np.zeros((10, 28, 28), np.uint8)
    images[:, 4:24, 12:16] = 255
    rows, columns = np.mgrid[:28, :28] - 13.5
    images[0] = np.where(np.abs(np.hypot(rows, columns) - 8) < 1.5, 255, 0)
    return Handwriting(images, np.arange(10))


def test_a_picture_depends_on_its_dice_alone(handwriting: Handwriting) -> None:
    scene = scenes.sample(random.Random(3))
    first = drawing.draw(scene, handwriting, random.Random(3))
    assert first.shape == (SIDE, SIDE, 3)
    assert first.dtype == np.uint8
    assert (first == drawing.draw(scene, handwriting, random.Random(3))).all()
    assert (first != drawing.draw(scene, handwriting, random.Random(4))).any()


@pytest.mark.parametrize("colour", HUES)
def test_colours_have_their_hue_in_nearly_all_pictures(handwriting: Handwriting, colour: str) -> None:
    scene = Scene((Thing("square", colour, "large", "filled", 0.5, 0.5, 0.45),))
    right = 0
    for seed in range(60):
        middle = drawing.draw(scene, handwriting, random.Random(seed))[40:56, 40:56].reshape(-1, 3)
        hue = 360 * colorsys.rgb_to_hsv(*(np.median(middle, axis=0) / 255))[0]
        away = {name: min(abs(hue - its), 360 - abs(hue - its)) for name, its in HUES.items()}
        right += min(away, key=lambda name: away[name]) == colour
    assert right >= 54


@pytest.mark.parametrize("kind", [*SHAPES, "0", "1"])
def test_things_are_drawn_at_their_place_in_their_size(handwriting: Handwriting, kind: str) -> None:
    for seed in range(20):
        fill = "" if kind in DIGITS else random.Random(seed).choice(("filled", "outlined"))
        picture = np.ones((SIDE, SIDE, 3), np.float32)
        thing = Thing(kind, "black", "large", fill, 0.4, 0.6, 0.4)
        pen = drawing.Pen(2.0, 0.0, 1.0)
        drawing._add(picture, thing, Scene((thing,)), np.zeros(3, np.float32), pen, 0.0, handwriting, random.Random(seed))
        rows, columns = (np.flatnonzero((picture[..., 0] < 0.5).any(axis)) for axis in (1, 0))
        longer = max(rows[-1] - rows[0], columns[-1] - columns[0])
        assert 0.68 * 0.4 * SIDE <= longer <= 1.25 * 0.4 * SIDE  # a thin pen ends before a thick one
        assert abs((rows[0] + rows[-1]) / 2 - 0.6 * SIDE) < 6
        assert abs((columns[0] + columns[-1]) / 2 - 0.4 * SIDE) < 6


def test_filled_is_more_than_an_outline(handwriting: Handwriting) -> None:
    for kind in SHAPES:
        ink = {}
        for fill in ("filled", "outlined"):
            picture = np.ones((SIDE, SIDE, 3), np.float32)
            thing = Thing(kind, "black", "large", fill, 0.5, 0.5, 0.4)
            pen = drawing.Pen(1.5, 0.0, 1.0)
            drawing._add(picture, thing, Scene((thing,)), np.zeros(3, np.float32), pen, 0.0, handwriting, random.Random(1))
            ink[fill] = (1 - picture).sum()
        assert ink["filled"] > 1.5 * ink["outlined"]


def test_a_scene_that_is_not_square_lies_in_the_middle_as_the_canvas_does_it(handwriting: Handwriting) -> None:
    scene = Scene((Thing("circle", "red", "small", "filled", 0.3, 0.3, 0.2),), 1.0, 0.75)
    picture = drawing.draw(scene, handwriting, random.Random(5))
    assert (picture[:12] == picture[0, 0]).all()
    assert (picture[84:] == picture[0, 0]).all()
    assert np.abs(fitted(picture[12:84], SIDE).numpy().astype(int) - picture).max() <= 1


def test_thinning_leaves_a_line_in_the_middle() -> None:
    mask = np.zeros((20, 30), bool)
    mask[5:10, 4:26] = True
    line = thinned(mask)
    rows, columns = np.nonzero(line)
    assert set(rows.tolist()) == {7}
    assert np.ptp(columns) >= 16
    assert (line.sum(0) <= 1).all()
    assert not thinned(np.zeros((5, 5), bool)).any()


def test_distances_are_zero_on_the_stroke_and_grow_beside_it(handwriting: Handwriting) -> None:
    bar = np.zeros((28, 28), np.uint8)
    bar[4:24, 12:15] = 255
    away = distances(bar)
    assert away[14, 13] < 0.5
    assert away[14, 18] == pytest.approx(5, abs=0.3)
    assert (np.diff(away[14, 13:20]) > 0).all()
