"""The tab of the cards: what a search finds, the page of a model, its function for programs, and the tab in a browser."""

import re
from pathlib import Path

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from zoo.core import cards as published
from zoo.core.errors import UserError
from zoo.web.tabs import cards

CARDS = published.list_models()


def names(search: str) -> list[str]:
    return [card.name for card in cards.matching(search, CARDS)]


def test_a_search_finds_cards_that_hold_all_of_its_words() -> None:
    assert {"folk_lstm", "chorale_lstm"} <= set(names("Music LSTM"))
    assert "digits_mlp" not in names("music")
    assert names("perceptron breast_cancer") == ["perceptron"]
    assert names("perceptron chorales") == []


@given(st.text(max_size=20))
def test_a_longer_search_finds_no_more(search: str) -> None:
    assert set(names(f"{search} lstm")) <= set(names(search)) <= set(names(""))


@pytest.mark.parametrize("example", cards.EXAMPLES)
def test_every_example_finds_a_model(example: str) -> None:
    assert names(example)


def test_every_model_is_found_without_a_search() -> None:
    assert names("  ") == [card.name for card in CARDS]


@pytest.mark.parametrize("name", [card.name for card in CARDS])
def test_the_page_of_a_model_holds_its_figures_commands_and_pictures(name: str) -> None:
    shown, card = cards.shown(name), published.read_card(published.find(name))
    assert shown.startswith(f"# {name}\n")
    assert card.headline is not None
    assert f"{card.headline.value:.4g}" in shown
    assert f"```sh\n{card.training.command}\n```" in shown or f"```python\n{card.training.command}\n```" in shown
    assert card.headline.command in shown
    assert shown.count("](data:image/png;base64,") == len(list(published.find(name).glob("*.png")))
    assert ".png)" not in shown
    assert str(published.saved_models()) not in shown


def test_a_search_keeps_the_model_while_it_is_found_and_else_takes_the_first() -> None:
    told, radio = cards.found("lstm", "folk_lstm")
    assert "value" not in radio.constructor_args
    assert re.search(r"\d of \d+ models", told)
    assert cards.found("perceptron breast_cancer", "folk_lstm")[1].value == "perceptron"


def test_a_search_without_a_result_says_so() -> None:
    told, radio = cards.found("xyzzy", "folk_lstm")
    assert "holds all of these words: use fewer or others" in told
    assert radio.value is None
    assert cards.shown(None) == ""


def test_a_model_that_the_search_has_left_behind_is_still_shown_and_one_that_is_none_is_told() -> None:
    _, radio = cards.found("perceptron breast_cancer", "folk_lstm")
    assert radio.preprocess("folk_lstm") == "folk_lstm"  # as the browser may still hold it
    assert cards.shown("folk_lstm").startswith("# folk_lstm")
    with pytest.raises(UserError, match=r"no model is called '../folk_lstm'"):
        cards.shown("../folk_lstm")


def test_a_folder_without_models_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(published.MODELS, str(tmp_path))
    assert "There is no model yet" in cards.found("", None)[0]


def test_a_search_that_is_too_long_is_told() -> None:
    with pytest.raises(UserError, match="201 characters: paste at most 200"):
        cards.cards("a" * 201)


def test_a_link_to_a_model_that_is_none_is_told() -> None:
    assert cards._name("folk_lstm") == "folk_lstm"
    with pytest.raises(UserError, match="no model is called 'folk_lst': did you mean folk_lstm"):
        cards._name("folk_lst")


@pytest.mark.slow
def test_a_program_searches_the_cards(studio: str) -> None:
    client = Client(studio, verbose=False)
    (found,) = client.predict(search="perceptron breast_cancer", api_name="/cards")
    assert (found["name"], found["parameters"]) == ("perceptron", 31)
    assert found["training"].startswith("python -m apps.perceptron train")
    assert found["metrics"][0].keys() == {"name", "value", "split", "n", "better", "meaning", "command"}
    with pytest.raises(AppError, match="at most 200"):
        client.predict(search="a" * 201, api_name="/cards")
    client.close()


@pytest.mark.slow
@pytest.mark.parametrize("page", ["phone", "desktop"], indirect=True)
def test_a_card_is_found_read_and_linked(page: Page, studio: str) -> None:
    page.goto(f"{studio}?tab=cards")
    shown = page.locator("#cards-page")
    expect(shown.locator("h1")).to_be_visible()
    page.get_by_label(cards.SEARCH).fill("breast_cancer perceptron")
    expect(shown.locator("h1")).to_have_text("perceptron")
    expect(page.locator("#cards-told")).to_contain_text("1 of ")
    expect(shown.locator("img").first).to_be_visible()
    assert shown.locator("img").first.evaluate("image => image.naturalWidth") > 100
    expect(shown.locator(".copy_code_button").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"tab=cards&search=breast_cancer\+perceptron&model=perceptron"))
    page.goto(f"{studio}?tab=cards&model=folk_lstm")
    expect(shown.locator("h1")).to_have_text("folk_lstm")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
