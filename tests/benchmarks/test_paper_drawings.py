import io

import numpy as np
from PIL import Image

from benchmarks.paper_drawings import camera, glyphs
from benchmarks.paper_drawings.__main__ import drawing
from zoo.captions.scenes import Scene


def test_a_drawing_shows_its_things_where_its_scene_says() -> None:
    row = {"medium": "felt", "paper": "white", "width": "120", "height": "90"}
    content, text = drawing({**row, "things": "circle red large filled .30 .36; 7 black large - .72 .36"}, 1)
    assert content == drawing({**row, "things": "circle red large filled .30 .36; 7 black large - .72 .36"}, 1)[0]
    picture = np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)
    assert picture.shape == (90, 120, 3)
    scene = Scene.parse(text)
    assert (scene.width, scene.height) == (1, 0.75)
    red = picture[..., 0] - picture[..., 1:].max(2) > 40
    rows, columns = np.nonzero(red)
    circle = scene.things[0]
    assert abs(rows.mean() / 120 - circle.y) < 0.03
    assert abs(columns.mean() / 120 - circle.x) < 0.03


def test_strokes_go_through_their_points() -> None:
    stroke = glyphs.smooth("0 0 50 20! 100 0")
    for point in ((0, 0), (0.5, 0.2), (1, 0)):
        assert np.abs(stroke - point).sum(1).min() < 1e-9
    straight = glyphs.smooth("0 0! 100 100! 100 0")[:12]
    np.testing.assert_allclose(straight[:, 0], straight[:, 1])


def test_light_and_srgb_are_inverse() -> None:
    values = np.linspace(0, 1, 50)
    np.testing.assert_allclose(camera.encoded(camera.linear(values)), values, atol=1e-9)
