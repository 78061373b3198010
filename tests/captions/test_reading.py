import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import zoo
from zoo.captions.reading import read

RED = (200, 20, 30)


def upright() -> Image.Image:
    """A red corner at the top left of white paper, 30 wide and 20 high."""
    picture = Image.new("RGB", (30, 20), "white")
    picture.paste(RED, (0, 0, 10, 8))
    return picture


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()


def test_a_path_the_bytes_an_image_and_an_array_give_the_same_pixels(tmp_path: Path) -> None:
    picture = upright()
    (tmp_path / "a.png").write_bytes(encoded(picture))
    wanted = np.asarray(picture)
    for source in (tmp_path / "a.png", str(tmp_path / "a.png"), encoded(picture), picture, wanted):
        pixels, notices = read(source)
        np.testing.assert_array_equal(pixels, wanted)
        assert notices == ()


def test_a_picture_is_turned_upright_as_its_camera_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it a quarter to the right
    content = encoded(upright().transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif, quality=95)
    pixels, _ = read(content)
    assert pixels.shape == (20, 30, 3)
    np.testing.assert_allclose(pixels[3, 4], RED, atol=12)


def test_grey_and_transparent_pictures_become_red_green_and_blue() -> None:
    assert read(np.full((9, 12), 77, np.uint8))[0].tolist() == np.full((9, 12, 3), 77).tolist()
    ink = np.zeros((40, 40, 4), np.uint8)
    ink[10:14, 5:35] = *RED, 255
    pixels, notices = read(ink)
    assert pixels[0, 0].tolist() == [255, 255, 255]
    assert pixels[12, 20].tolist() == list(RED)
    assert notices == ("transparent parts: taken as white",)


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (b"no picture at all", "the picture is not a picture that can be read"),
        (encoded(upright())[:60], "the picture is damaged or cut short"),
        (Path("nowhere.png"), "nowhere.png does not exist"),
        (np.zeros((5, 5, 3), np.uint8), "the picture is too small, 5 x 5"),
        (np.zeros((50, 50, 3)), r"an array float64 \[50, 50, 3\] is no picture"),
        (np.zeros((50, 50, 2), np.uint8), r"an array uint8 \[50, 50, 2\] is no picture"),
        (np.zeros((0, 50, 3), np.uint8), r"an array \[0, 50, 3\] has no pixels"),
        (3, "int is no picture: give a path"),
    ],
)
def test_what_is_no_picture_is_told_in_one_line(picture: object, message: str) -> None:
    with pytest.raises(zoo.UserError, match=message) as caught:
        read(picture)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
