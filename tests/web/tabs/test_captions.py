"""The tab of captions: drawings as pictures, its words and colours, its functions for programs, and the tab in a browser."""

import base64
import io
import math
import re
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from playwright.sync_api import Page, expect

from zoo.captions import examples
from zoo.captions.model import Caption, Looked
from zoo.core.errors import UserError
from zoo.web import models
from zoo.web.tabs import captions

WEIGHTS = np.array([[0.0, 0.1], [0.1, 0.8]], np.float32)


class Captioner:
    """What the tab asks of a model; it remembers the pictures that it was given."""

    def __init__(self) -> None:
        self.seen: list[np.ndarray] = []

    def caption(self, pictures: list[np.ndarray], n: int) -> list[list[Caption]]:
        self.seen += pictures
        return [[Caption(f"a <b> {i}", -1.0 - i) for i in range(n)] for _ in pictures]

    def attend(self, picture: np.ndarray, text: str) -> list[Looked]:
        return [Looked(word, WEIGHTS) for word in text.split()]


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Captioner:
    made = Captioner()
    monkeypatch.setattr(models, "get", lambda name: made)
    return made


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INTRO_ZOO_MODELS", str(tmp_path))
    monkeypatch.setattr(models, "_loaded", {})


def file_of(picture: np.ndarray, kind: str = "PNG") -> bytes:
    content = io.BytesIO()
    Image.fromarray(picture).save(content, kind)
    return content.getvalue()


def skipped(value: Any) -> bool:
    return bool(value == gr.skip())


def test_strokes_have_their_ink_pen_and_points() -> None:
    ((ink, pen, points), (rubber, *_)) = captions.strokes_of("12" + "0000" + "0a13-702o2o")
    assert (ink, pen, points.tolist()) == ("red", captions.FILLED, [[0, 0], [10, 39]])
    assert rubber == "white"
    assert captions.strokes_of("") == []


@pytest.mark.parametrize("text", ["1", "8000000", "030000", "00000", "000000g", "00ZZZZ", "0000b4", "00000000x", "../../etc"])
def test_what_are_no_strokes_is_told(text: str) -> None:
    with pytest.raises(UserError, match=r"is no stroke|leaves the drawing area"):
        captions.from_link(text)


@settings(max_examples=30)
@given(st.text(alphabet="012789abz-", max_size=40))
def test_any_text_is_a_drawing_or_is_refused_in_words(text: str) -> None:
    try:
        strokes = captions.strokes_of(text)
    except UserError:
        return
    assert captions.drawn(strokes).shape == (captions.SIDE, captions.SIDE, 3)


def test_a_filled_shape_has_its_ink_and_the_rubber_takes_it_away() -> None:
    square = captions.EXAMPLES["a square"].replace("32", "12", 1)
    middle = captions.SIDE // 2
    picture = captions.drawn(captions.strokes_of(square))
    assert tuple(picture[middle, middle]) == captions.INKS["red"]
    assert tuple(picture[5, 5]) == captions.PAPER
    outlined = captions.drawn(captions.strokes_of("10" + square[2:]))
    assert tuple(outlined[middle, middle]) == captions.PAPER
    rubbed = captions.drawn(captions.strokes_of(f"{square}-71{'5k5k' * 2}"))
    assert tuple(rubbed[middle, middle]) == captions.PAPER


def test_the_examples_are_drawings() -> None:
    for drawing in captions.EXAMPLES.values():
        assert (captions.drawn(captions.strokes_of(drawing)) != captions.PAPER).any()


def test_a_drawing_is_captioned_and_takes_the_place_of_the_scene(model: Captioner) -> None:
    shown, scene, source = captions.caption_drawing(captions.EXAMPLES["a square"], 5, captions.SCENE)
    assert (scene, source) == ("", captions.DRAWING)
    assert shown.count('class="caption"') == captions.CAPTIONS
    assert "&lt;b&gt;</span>" in shown
    assert "<b>" not in shown
    assert "probability 36.8 %" in shown
    assert "of this scene" not in shown
    assert captions.caption_drawing("", 5, captions.DRAWING) == (f"<p>{captions.NOTHING}</p>", "", "")
    assert all(map(skipped, captions.caption_drawing("", 5, captions.PHOTO)))
    assert "<li>" in captions.caption_drawing("", 5, captions.SCENE)[1]


def test_a_word_has_the_place_where_the_network_looked() -> None:
    shown = captions.line([("red", WEIGHTS)], math.log(0.5))
    sent = re.search(r'data-weights="([^"]+)" data-grid="2" data-place="the middle"', shown)
    assert sent
    assert list(base64.b64decode(sent[1])) == [0, 32, 32, 255]
    grid = np.zeros((6, 6))
    for (row, column), place in {(0, 0): "the top left", (5, 2): "the bottom", (3, 5): "the middle right"}.items():
        grid[:] = 0
        grid[row, column] = 1
        assert captions.place_of(grid) == place


def test_a_scene_is_that_of_its_seed_and_its_captions_are_judged(model: Captioner, monkeypatch: pytest.MonkeyPatch) -> None:
    _, picture, true = examples.scene(5)
    monkeypatch.setattr(model, "caption", lambda pictures, n: [[Caption(true[0], -1.0), Caption("two purple purple", -2.0)]])
    shown = captions.caption_scene_without_drawing("", 5)
    assert shown.index("· true of this scene") < shown.index("· not true of this scene")
    assert f"<li>{true[-1]}</li>" in captions.scene_without_drawing("", 5)
    assert captions.next_seed(5) == ("", 6, captions.SCENE)
    answer = captions.caption_scene(5)
    assert answer["captions"] == true
    assert (np.asarray(Image.open(io.BytesIO(base64.b64decode(answer["picture"])))) == picture).all()


def test_while_there_is_a_drawing_a_scene_takes_no_place(model: Captioner) -> None:
    assert skipped(captions.scene_without_drawing("000000", 5))
    assert skipped(captions.caption_scene_without_drawing("000000", 5))
    assert captions.chosen_seed(7) == ("", captions.SCENE)
    assert captions.caption_scene_without_drawing("", -1) == ""
    for ask in (captions.chosen_seed, partial(captions.scene_without_drawing, "")):
        with pytest.raises(UserError, match="seed = -1"):
            ask(-1)


@pytest.mark.usefixtures("no_model")
def test_a_scene_is_shown_without_a_model_and_its_caption_tells_how_to_train_one() -> None:
    assert "<li>" in captions.scene_without_drawing("", 5)
    with pytest.raises(UserError, match=r"captioner is not here yet: train it in Python with zoo\.train"):
        captions.caption_scene_without_drawing("", 5)


def test_a_picture_of_any_size_reaches_the_network_as_a_square_and_the_file_is_deleted(model: Captioner, tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(file_of(np.full((300, 900, 3), (200, 40, 40), np.uint8), "JPEG"))
    shown, scene, drawing, source = captions.caption_photo(str(path))
    assert (scene, drawing, source) == ("", "", captions.PHOTO)
    assert "<img" in shown
    assert model.seen[0].shape == (captions.SHOWN, captions.SHOWN, 3)
    assert not path.exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"text", "choose a file that ends in"),
        ("a.png", b"%!PS-Adobe-3.0 EPSF-3.0", "a.png is none of the pictures that are read here"),
        ("a.png", b"", "is empty"),
        ("a.png", b"\x89PNG\r\n broken", "the picture"),
    ],
)
def test_files_that_are_no_pictures_are_told_by_their_names(
    model: Captioner, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UserError, match=message) as error:
        captions.caption_photo(str(path))
    assert str(tmp_path) not in str(error.value)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: captions.caption("a" * 1_500_001), "at most 1,500,000"),
        (lambda: captions.caption("not base64!"), "no base64 text"),
        (lambda: captions.caption(base64.b64encode(b"text").decode()), "send a PNG or JPEG"),
        (lambda: captions.caption_scene(-1), "seed = -1: name a whole number"),
        (lambda: captions.scene_without_drawing("", None), "seed is empty"),
    ],
)
def test_bad_input_is_told(model: Captioner, ask: Any, message: str) -> None:
    with pytest.raises(UserError, match=message):
        ask()


@pytest.mark.slow
@pytest.mark.pretrained
def test_a_program_asks_the_tab(studio: str) -> None:
    client = Client(studio, verbose=False)
    scene = client.predict(7, api_name="/caption_scene")
    assert scene["captions"] == examples.scene(7)[2]
    with pytest.raises(AppError, match="no base64 text"):
        client.predict("not base64!", 1, api_name="/caption")
    found = client.predict(scene["picture"], 2, api_name="/caption")
    looked = client.predict(scene["picture"], found[0][0], api_name="/caption_attention")
    assert " ".join(word for word, _ in looked) == found[0][0]
    assert np.sum(looked[0][1]) == pytest.approx(1, abs=0.01)
    client.close()


@pytest.mark.slow
@pytest.mark.pretrained
@pytest.mark.parametrize("page", ["phone", "desktop"], indirect=True)
def test_a_scene_and_a_drawing_are_captioned(page: Page, studio: str) -> None:
    page.goto(f"{studio}?tab=captions&seed=5")
    expect(page.locator("#captions-scene")).to_contain_text(examples.scene(5)[2][0], timeout=240_000)
    page.get_by_role("button", name="Another scene").click()
    expect(page.locator("#captions-scene")).to_contain_text(examples.scene(6)[2][0])
    expect(page).to_have_url(re.compile(r"tab=captions&seed=6"))
    page.get_by_role("button", name="red").click()
    page.get_by_role("button", name="filled shape").click()
    area = page.locator("#captions-drawing svg")
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box
    corners = [(0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7)]
    for i, (x, y) in enumerate(corners):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=5)
        if i == 0:
            page.mouse.down()
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"drawing=12\w+"))
    expect(page.locator("#captions-drawing polygon")).to_have_count(1)
    expect(page.locator("#captions-scene")).to_be_empty()
    caption = page.locator("#captions-shown .caption").first
    caption.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#captions-shown .told")).to_contain_text("the network looked most at")
    area.focus()
    page.keyboard.press("Delete")
    expect(page.locator("#captions-drawing polygon")).to_have_count(0)
