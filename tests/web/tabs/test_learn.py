"""The tab of the lessons: its constants as text, what it shows, its function for programs, and the tab in a browser."""

import base64
import io
import re

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from playwright.sync_api import Page, expect

from zoo.core.errors import UserError
from zoo.web.tabs import learn


@given(st.integers(30, 80), st.integers(0, 20))
def test_constants_come_back_from_their_text(apart: int, seed: int) -> None:
    asked = learn.moved("perceptron", apart / 10, seed, 0, 0, "")
    own = {"APART": 5.2, "SEED": 3}
    _, values = learn.read(asked)
    assert {**own, **values} == {"APART": apart / 10, "SEED": seed}
    assert all(values[name] != own[name] for name in values)


def test_a_text_comes_back_too() -> None:
    said = "Good & bad = 50 %? #1"
    loaded, values = learn.read(learn.moved("self_attention", 0, 0, 0, 0, said))
    assert (loaded.name, values) == ("self_attention", {"TEXT": said})


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("perceptrons", "did you mean perceptron?"),
        ("perceptron?FAR=1", "lesson perceptron is called 'FAR': there are APART and SEED"),
        ("perceptron?APART=x", "APART = 'x' is no number"),
        ("perceptron?APART=99", "choose from 3 to 8"),
        ("perceptron?SEED=nan", "SEED = nan is out of range"),
        ("music?BARS=1", "'BARS': there are none"),
        ("perceptron?" + "A" * 1000, "at most 1,000"),
    ],
)
def test_a_wrong_lesson_or_constant_is_told(asked: str, told: str) -> None:
    with pytest.raises(UserError) as error:
        learn.from_link(asked)
    assert told in str(error.value)


def test_a_field_of_a_number_that_is_emptied_is_told() -> None:
    with pytest.raises(UserError, match="APART is empty: choose a number from 3 to 8"):
        learn.moved("perceptron", None, 3, 0, 0, "")


def test_the_sliders_are_those_of_the_lesson() -> None:
    name, text, code, *controls = learn.described("perceptron?APART=4")
    assert name == "perceptron"
    assert text.startswith("## 1. The perceptron")
    assert "**Try:** Move the clouds" in text
    assert "def run()" in code
    assert [each.visible for each in controls] == [True, True, False, False, False, True]
    apart, seed = controls[:2]
    assert (apart.value, apart.minimum, apart.maximum, apart.step) == (4, 3, 8, 0.1)
    assert "standard deviations" in apart.label
    assert (seed.value, seed.step) == (3, 1)
    words = learn.described("self_attention")[3 + learn.MOST_SLIDERS]
    assert (words.visible, words.max_length) == (True, 120)


@pytest.mark.parametrize("name", learn.NAMES)
def test_every_lesson_has_a_place_for_each_of_its_constants(name: str) -> None:
    loaded, _ = learn.read(name)
    texts = sum(isinstance(loaded.value(each), str) for each in loaded.constants)
    assert texts <= 1
    assert len(loaded.constants) - texts <= learn.MOST_SLIDERS


def test_previous_and_next_stay_within_the_course() -> None:
    first, last = learn.NAMES[0], learn.NAMES[-1]
    assert learn.neighbour(first, 1) == learn.NAMES[1]
    assert (learn.neighbour(first, -1), learn.neighbour(last, 1)) == (first, last)


def test_numbers_are_shown_with_the_picture() -> None:
    shown = learn.outcome('A "title"', b"png", [("loss <b>", 0.123456), ("steps", 12345), ("end", "none")])
    assert re.search(r"loss &lt;b&gt;</th><td>0.1235</td>.*<td>12,345</td>.*<td>none</td>", shown)
    assert 'alt="A &quot;title&quot;; its numbers follow"' in shown


@pytest.mark.slow
def test_a_program_runs_an_experiment(studio: str) -> None:
    client = Client(studio, verbose=False)
    answer = client.predict(name="losses", changes="START=-8", api_name="/lesson")
    assert answer["measured"]["steps until right, cross-entropy"] > 1
    assert answer["constants"][0] == {
        "name": "START",
        "value": -8,
        "low": -12,
        "high": -1,
        "meaning": "z of a unit that should say yes",
    }
    with Image.open(io.BytesIO(base64.b64decode(answer["picture"]))) as picture:
        assert picture.width == 1000
    with pytest.raises(AppError, match="did you mean losses"):
        client.predict(name="loses", api_name="/lesson")
    client.close()


@pytest.mark.slow
@pytest.mark.parametrize("page", ["phone", "desktop"], indirect=True)
def test_a_slider_draws_the_picture_anew_and_the_link_keeps_it(page: Page, studio: str) -> None:
    page.goto(f"{studio}?tab=learn&lesson=losses")
    picture = page.locator("#learn-picture")
    expect(picture).to_contain_text("gradient at z = -6, cross-entropy")
    expect(page.locator("#learn-text")).to_contain_text("4. ")
    number = page.get_by_label("number input for START")
    number.fill("-8")
    expect(picture).to_contain_text("gradient at z = -8, cross-entropy")
    expect(page).to_have_url(re.compile("lesson=losses%3FSTART%3D-8"))
    page.reload()
    expect(picture).to_contain_text("gradient at z = -8, cross-entropy")
    expect(page.get_by_label("number input for START")).to_have_value("-8")
    page.get_by_role("button", name="Back to the lesson's own values").click()
    expect(picture).to_contain_text("gradient at z = -6, cross-entropy")
    page.get_by_role("button", name="Next lesson").click()
    expect(page.locator("#learn-text")).to_contain_text("5. ")
    expect(page.get_by_label("number input for MOMENTUM")).to_be_visible()
    page.get_by_text("The code of the experiment").click()
    expect(page.locator("#learn-code pre")).to_contain_text("def run()")
