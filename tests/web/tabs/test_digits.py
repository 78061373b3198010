"""The tab of digits: drawings as text, what it shows of a digit, its function for programs, and the tab in a browser."""

import base64
import io
import re
from pathlib import Path

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from playwright.sync_api import Page, expect

from zoo.core.errors import UserError
from zoo.web import links
from zoo.web.tabs import digits

SEVEN = digits.EXAMPLES["7"]
points = st.tuples(st.integers(0, digits.WIDTH - 1), st.integers(0, digits.HEIGHT - 1))


def text(strokes: list[list[tuple[int, int]]]) -> str:
    return "-".join("".join(np.base_repr(n, 36).lower().zfill(2) for point in stroke for n in point) for stroke in strokes)


@given(st.lists(st.lists(points, min_size=1, max_size=9), max_size=5))
def test_a_drawing_comes_back_from_its_text(strokes: list[list[tuple[int, int]]]) -> None:
    assert [list(map(tuple, stroke.tolist())) for stroke in digits.strokes_of(text(strokes))] == strokes


@pytest.mark.parametrize(
    ("drawing", "told"),
    [
        ("12345", "'12345' is no stroke"),
        ("0000-AB12", "'AB12' is no stroke"),
        ("zz00", "leaves the drawing area of 640 x 400"),
        ("0000" * 5_001, "5,001 points, at most 5,000"),
    ],
)
def test_what_is_no_drawing_is_told(drawing: str, told: str) -> None:
    with pytest.raises(UserError, match=re.escape(told)):
        digits.strokes_of(drawing)
    with pytest.raises(UserError):
        digits.from_link(drawing)


def test_ink_lies_where_the_pen_was() -> None:
    ink = digits.ink([np.array([[100, 100], [300, 100]]), np.array([[500, 300]])])
    assert ink.shape == (200, 320)
    assert ink[50, 50:150].min() == 1
    assert ink[150, 250] == 1  # a dot
    assert ink[70:130].max() == 0
    assert 0.4 * digits.PEN < ink[:, 100].sum() < 0.6 * digits.PEN


def test_every_example_fits_into_a_link() -> None:
    assert all(len(digits.from_link(drawing)) <= links.MOST_TEXT for drawing in digits.EXAMPLES.values())


def test_a_card_tells_the_probabilities_and_where_the_deciding_ink_is() -> None:
    image = np.zeros((28, 28), np.uint8)
    image[5, 20], image[22, 6] = 255, 128
    weights = np.zeros((28, 28), np.float32)
    weights[5, 20], weights[22, 6] = 2.0, -1.0
    shown = digits.card(7, image, np.full(10, 0.1, np.float32), weights)
    assert "For 7</span>: most at the top right." in shown
    assert "Against it</span>: most at the bottom left." in shown
    assert '<rect class="for" x="20" y="5" width="1" height="1" opacity="1.00"/>' in shown
    assert '<rect class="against" x="6" y="22" width="1" height="1" opacity="0.62"/>' in shown
    assert shown.count("<rect") == 2
    assert shown.count("10.0 %") == 10
    (sent,) = re.findall(r'src="data:image/png;base64,([^"]+)"', shown)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(sent)))), image)


def test_bad_calls_are_told_before_a_model_is_loaded() -> None:
    for call, told in (({}, "either"), ({"strokes": SEVEN, "picture": "AA=="}, "either"), ({"strokes": "7"}, "no stroke")):
        with pytest.raises(UserError, match=told):
            digits.digit(**call)


@pytest.mark.slow
def test_a_program_asks_the_tab(studio: str) -> None:
    client = Client(studio, verbose=False)
    answer = client.predict(strokes=digits.EXAMPLES["36"], api_name="/digit")
    assert answer["number"] == "36"
    first = answer["digits"][0]
    assert first["label"] == int(np.argmax(first["probabilities"])) == 3
    image, decided = np.array(first["image"]), np.array(first["decided"])
    assert image.shape == decided.shape == (28, 28)
    assert not decided[image == 0].any()
    buffer = io.BytesIO()
    Image.fromarray(np.rint(255 * (1 - digits.ink(digits.strokes_of(SEVEN)))).astype(np.uint8)).save(buffer, "png")
    sent = base64.b64encode(buffer.getvalue()).decode()
    assert client.predict(picture=sent, api_name="/digit")["number"] == "7"
    for picture, told in (("?", "no base64 text"), (base64.b64encode(b"text").decode(), "not a picture that can be read")):
        with pytest.raises(AppError, match=told):
            client.predict(picture=picture, api_name="/digit")
    client.close()


@pytest.mark.slow
@pytest.mark.parametrize("page", ["phone", "desktop"], indirect=True)
def test_a_drawing_is_read_while_it_grows(page: Page, studio: str, tmp_path: Path) -> None:
    page.goto(f"{studio}?tab=digits")
    area = page.get_by_role("application")
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box is not None
    result = page.locator("#digits-result")

    def move(x: int, y: int) -> None:
        page.mouse.move(box["x"] + x * box["width"] / digits.WIDTH, box["y"] + y * box["height"] / digits.HEIGHT, steps=8)

    (stroke,) = digits.strokes_of(SEVEN)
    move(*stroke[0])
    page.mouse.down()
    move(*stroke[1])
    expect(result).to_contain_text("In the drawing")  # before the pen is lifted
    for point in stroke[2:]:
        move(*point)
    page.mouse.up()
    expect(result.locator(".verdict")).to_contain_text("In the drawing: 7")
    expect(page).to_have_url(re.compile("tab=digits&drawing=[0-9a-z]{20,}"))
    page.get_by_role("button", name="Undo").click()
    expect(result).to_contain_text(digits.NOTHING)
    page.get_by_text("36", exact=True).click()
    expect(result.locator(".verdict")).to_contain_text("In the drawing: 36")
    expect(result.locator("section")).to_have_count(2)
    expect(area.locator("polyline")).to_have_count(2)
    page.get_by_role("button", name="Clear").click()
    expect(area.locator("polyline")).to_have_count(0)

    picture = np.rint(255 * (1 - digits.ink(digits.strokes_of(digits.EXAMPLES["4"])))).astype(np.uint8)
    Image.fromarray(picture).save(tmp_path / "four.png")
    page.locator("#tab-digits input[type=file]").set_input_files(tmp_path / "four.png")
    expect(result.locator(".verdict")).to_contain_text("In the picture: 4")
    (tmp_path / "words.png").write_bytes(b"no picture")
    page.locator("#tab-digits input[type=file]").set_input_files(tmp_path / "words.png")
    expect(page.locator("#tab-digits").get_by_role("alert")).to_contain_text("the picture is not a picture")


@pytest.mark.slow
def test_the_keys_draw_and_a_link_brings_the_drawing_back(page: Page, studio: str) -> None:
    page.goto(f"{studio}?tab=digits&drawing={SEVEN}")
    result = page.locator("#digits-result .verdict")
    expect(result).to_contain_text("In the drawing: 7")
    area = page.get_by_role("application")
    area.focus()
    page.keyboard.press("Delete")
    expect(area.locator("polyline")).to_have_count(0)
    for _ in range(12):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    for _ in range(6):
        page.keyboard.press("Shift+ArrowDown")
    expect(result).to_contain_text("In the drawing: 1")
    page.keyboard.press("Space")
    page.keyboard.press("Backspace")
    expect(area.locator("polyline")).to_have_count(0)


@pytest.mark.slow
def test_a_link_with_a_wrong_drawing_is_told(page: Page, studio: str) -> None:
    page.goto(f"{studio}?tab=digits&drawing=zz00")
    expect(page.get_by_role("alert").first).to_contain_text("leaves the drawing area")
