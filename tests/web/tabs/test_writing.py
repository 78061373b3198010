"""The tab of writing: its words and colours, its functions for programs, and the tab in a browser."""

import math
import re
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from zoo.core.errors import UserError
from zoo.web import models
from zoo.web.tabs import writing


class Writer:
    """What the tab asks of a model."""

    learned: Any = None

    def generate(self, text: str, length: int, temperature: float, seed: int) -> list[str]:
        return [f"<{seed}>".ljust(length, ".")]

    def follow(self, text: str, word: str) -> str:
        return f"{text} {word}"

    def score(self, texts: list[str]) -> list[Any]:
        return [SimpleNamespace(characters=text, nats=np.arange(len(text), dtype=float)) for text in texts]


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> Writer:
    made = Writer()
    monkeypatch.setattr(models, "get", lambda name: made)
    return made


def test_next_words_are_buttons_with_their_probabilities() -> None:
    shown = writing.buttons([("be", 0.5), ('"<b>', 0.2), ("\n", 0.0004)])
    assert '<button type="button" data-word="be" style="--share:0.5000"><span>be</span> <span>50.0 %</span>' in shown
    assert 'data-word="&quot;&lt;b&gt;"' in shown
    assert "<span>(end of line)</span> <span>under 0.1 %</span>" in shown
    assert "All other words together: 30.0 %" in shown


def test_a_chosen_word_follows_the_text_and_a_forged_choice_is_refused(writer: Writer) -> None:
    chosen: Any = SimpleNamespace(word="be")
    assert writing.followed("or not to", chosen) == "or not to be"
    for forged in (SimpleNamespace(), SimpleNamespace(word=["be"]), SimpleNamespace(word=""), SimpleNamespace(word="a" * 10**6)):
        with pytest.raises(UserError, match="no word was chosen"):
            writing.followed("or not to", forged)


@settings(max_examples=30)
@given(st.text(min_size=1, max_size=30), st.floats(0, 30))
def test_every_character_has_a_colour_and_no_text_becomes_markup(text: str, nats: float) -> None:
    shown = writing.coloured(text, [nats] * len(text))
    spans = re.findall(r'<span style="--strength:([\d.]+)" data-told="([^"<>]*)">([^<>]*)</span>', shown)
    assert len(spans) == len(text)
    assert all(0 <= float(strength) <= 1 for strength, *_ in spans)


def test_the_most_surprising_characters_come_first_in_the_table() -> None:
    shown = writing.coloured("abc", [0.1, math.log(1000), 0.2])
    assert '--strength:1.00" data-told="b: 0.1 %">b<' in shown
    assert shown.index("<td>b</td>") < shown.index("<td>c</td>") < shown.index("<td>a</td>")
    assert "<td>b</td><td>0.1 %</td><td>…a</td>" in shown


def test_of_a_long_text_the_end_is_coloured_and_the_page_says_so(writer: Writer) -> None:
    shown = writing.surprised("a" * (writing.COLOURED + 1))
    assert f"The last {writing.COLOURED} characters:" in shown
    assert shown.count("data-told=") == writing.COLOURED
    assert "The last" not in writing.surprised("short")
    assert writing.surprised("") == ""


def test_a_new_text_stands_after_the_given_one_with_its_copies(writer: Writer) -> None:
    shown, whole = writing.grow("<i>", 20, 0.8, 3)
    assert '<span class="given">&lt;i&gt;</span><span class="new">&lt;3&gt;....' in shown
    assert whole == "<i>" + "<3>".ljust(20, ".")
    assert writing.AWAY in shown
    assert writing.taken_over("<i>", whole) == whole
    writer.learned = SimpleNamespace(runs=lambda text: [SimpleNamespace(text=f"run\n<{i}>", size=9 - i) for i in range(8)])
    shown, _ = writing.grow("<i>", 20, 0.8, 3)
    assert writing.AWAY not in shown
    assert "<tr><td>9</td><td>run\\n&lt;0&gt;</td></tr>" in shown
    assert shown.count("run") == writing.RUNS
    assert writing.write_copies("text")[0] == ["run\n<0>", 9]


def test_it_is_told_that_the_network_writes_and_a_link_without_a_text_writes_nothing(writer: Writer) -> None:
    first, *_, last = writing.growing("To be", 20, 0.8, 3)
    assert "writing_lstm writes" in first[0]
    assert last == ("", *writing.grow("To be", 20, 0.8, 3))
    again = list(writing.growing_again("To be", 20, 0.8, 3))
    assert (again[0], again[-1]) == (first, last)
    (row,) = writing.growing_again("", 20, 0.8, 3)
    assert row == (gr.skip(),) * 3


def test_nothing_to_take_over_is_told() -> None:
    with pytest.raises(UserError, match="choose Write on first"):
        writing.taken_over("text", "")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"text": "a" * 20_001}, "at most 20,000"),
        ({"length": 5}, "length = 5: name a whole number from 10 to 2,000"),
        ({"length": 3000}, "length = 3000"),
        ({"temperature": 2.5}, "temperature = 2.5: name a number from 0 to 2"),
        ({"temperature": math.nan}, "temperature = nan"),
        ({"temperature": None}, "temperature is empty"),
        ({"seed": -1}, "seed = -1: name a whole number from 0"),
        ({"seed": None}, "seed is empty"),
    ],
)
def test_wrong_numbers_are_told_before_a_model_is_loaded(given: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        writing.write(**{"text": "To be", **given})


@pytest.mark.slow
@pytest.mark.pretrained
def test_a_program_asks_the_tab(studio: str) -> None:
    client = Client(studio, verbose=False)
    given = {"text": "ROMEO:", "length": 30, "temperature": 0.8, "seed": 7}
    text = client.predict(**given, api_name="/write")
    assert len(text) == 30
    assert client.predict(**given, api_name="/write") == text
    words = client.predict("To be, or not to", 3, api_name="/write_next")
    assert len(words) == 3
    assert words == sorted(words, key=lambda word: -word[1])
    characters = client.predict("To be", api_name="/write_surprise")
    assert "".join(character for character, _ in characters) == "To be"
    with pytest.raises(AppError, match="length = 1: name a whole number"):
        client.predict(**{**given, "length": 1}, api_name="/write")
    client.close()


@pytest.mark.slow
@pytest.mark.pretrained
@pytest.mark.parametrize("page", ["phone", "desktop"], indirect=True)
def test_words_follow_the_typing_and_a_text_grows(page: Page, studio: str) -> None:
    page.goto(f"{studio}?tab=writing&length=50&temperature=0")
    field = page.get_by_label(writing.LABEL)
    field.fill("To be, or not to")
    words = page.locator("#writing-words button")
    expect(words).to_have_count(writing.SHOWN_WORDS, timeout=240_000)
    word = words.first.get_attribute("data-word")
    assert word
    words.first.focus()
    page.keyboard.press("Enter")
    expect(field).to_have_value(re.compile(rf"^To be, or not to ?{re.escape(word)}$"))
    expect(page.locator("#writing-surprise .surprise")).to_contain_text(f"to {word}")
    page.locator("#writing-surprise .surprise").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#writing-surprise .told")).to_contain_text(re.compile(r"T: .* %"))
    page.get_by_role("button", name="Write on").click()
    new = page.locator("#writing-written .new")
    expect(new).to_have_text(re.compile(r".{40,}", re.DOTALL))
    grown = new.inner_text()
    expect(page).to_have_url(re.compile(r"tab=writing&text=To\+be.*&length=50&temperature=0"))
    page.reload()
    expect(page.locator("#writing-written .new")).to_have_text(grown)
    page.get_by_label("Seed").fill("-3")
    page.get_by_role("button", name="Write on").click()
    expect(page.get_by_role("alert")).to_contain_text("seed = -3: name a whole number")


@pytest.mark.slow
@pytest.mark.pretrained
def test_after_a_stop_the_network_writes_again(page: Page, studio: str) -> None:
    page.goto(f"{studio}?tab=writing")
    page.get_by_label(writing.LABEL).fill("ROMEO:")
    page.locator("#writing-length input[type=number]").fill(str(writing.MOST_LENGTH))
    busy, write_on = page.locator("#writing-busy"), page.get_by_role("button", name="Write on")
    for _ in range(2):
        write_on.click()
        expect(busy).to_contain_text("writes")
        page.get_by_role("button", name="Stop").click()
        expect(busy).to_contain_text("Stopped")
    write_on.click()
    expect(busy).to_contain_text("writes")
    expect(page.locator("#writing-written .new")).to_have_text(re.compile(f".{{{writing.MOST_LENGTH // 2},}}", re.DOTALL))
    expect(busy).to_be_empty()
