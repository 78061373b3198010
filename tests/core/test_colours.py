import matplotlib

from zoo.core import colours
from zoo.lessons import drawing
from zoo.sentiment import pictures as explanation_pictures
from zoo.tables import boundary


def test_every_picture_shows_what_is_positive_in_the_same_blue() -> None:
    lowest, _, highest = matplotlib.colormaps[colours.SIGNED]([0.1, 0.5, 0.9])
    assert lowest[0] > 0.6 > lowest[2]
    assert highest[2] > 0.6 > highest[0]
    assert (drawing.NEGATIVE, drawing.POSITIVE) == boundary.COLOURS[:2] == (colours.NEGATIVE, colours.POSITIVE)
    for name, shown in ((colours.POSITIVE, explanation_pictures.FOR), (colours.NEGATIVE, explanation_pictures.AGAINST)):
        assert tuple(bytes.fromhex(name[1:])) == shown
