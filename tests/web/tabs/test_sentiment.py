"""The tab of sentiment: its words and figures, its function for programs, and the tab in a browser."""

import math
import re

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from playwright.sync_api import Page, expect

from zoo.core.errors import UserError
from zoo.web.tabs import sentiment

CLASSES = "negative", "positive"


def test_the_verdict_tells_the_class_how_sure_it_is_and_how_much_is_known() -> None:
    shown = sentiment.verdict(0.02, 1.0, CLASSES)
    assert "<strong>negative</strong>, 98.0 % sure" in shown
    assert "width:2.0%" in shown
    assert "knows 100 % of the words.</p>" in shown
    assert "means nothing much" in sentiment.verdict(0.9, 0.2, CLASSES)


def test_a_text_without_a_known_word_gets_no_number() -> None:
    assert not re.search(r"\d", sentiment.verdict(math.nan, 0.0, CLASSES))


def test_words_are_coloured_by_their_share_of_the_largest_weight() -> None:
    attention = np.full((2, 4, 3, 3), 1 / 3, np.float32)
    shown = sentiment.coloured([("a", 0.0), ("<b>", -2.0), ("fine", 1.0)], ["a", "<b>", "fine"], attention)
    assert re.search(r'class="against" data-i="1" data-weight="-2.00" style="--strength:1.000"[^>]*>&lt;b&gt;', shown)
    assert re.search(r'class="for" data-i="2" data-weight="\+1.00" style="--strength:0.500"', shown)
    assert "<b>" not in shown
    assert shown.count("<option") == 1 + 2 * 4


def test_the_attention_of_long_texts_is_cut_and_the_page_says_so() -> None:
    tokens = [f"w{i}" for i in range(sentiment.SHOWN_WORDS + 1)]
    attention = np.zeros((1, 1, len(tokens), len(tokens)), np.float32)
    shown = sentiment.coloured([(token, 1.0) for token in tokens], tokens, attention)
    assert f"the first {sentiment.SHOWN_WORDS} words" in shown
    assert f'data-shown="{sentiment.SHOWN_WORDS}"' in shown


def test_bad_texts_are_told_before_a_model_is_loaded() -> None:
    with pytest.raises(UserError, match="at most 20,000"):
        sentiment.sentiment("a" * 20_001)
    with pytest.raises(UserError, match="empty"):
        sentiment.sentiment("  ")


@pytest.mark.slow
def test_a_program_asks_the_tab(studio: str) -> None:
    client = Client(studio, verbose=False)
    answer = client.predict(text="A fine film.", api_name="/sentiment")
    assert answer["probability"] > 0.9
    assert answer["known"] == 1
    assert max(answer["words"], key=lambda word: word[1])[0] == "fine"
    with pytest.raises(AppError, match="the text is empty"):
        client.predict(text="", api_name="/sentiment")
    client.close()


@pytest.mark.slow
@pytest.mark.parametrize("page", ["phone", "desktop"], indirect=True)
def test_the_verdict_follows_the_typing_and_the_link_keeps_it(page: Page, studio: str) -> None:
    page.goto(f"{studio}?tab=sentiment")
    field = page.get_by_label(sentiment.LABEL)
    field.press_sequentially("A dull film.")
    verdict = page.locator("#sentiment-verdict")
    expect(verdict).to_contain_text("negative", timeout=240_000)
    field.fill("A fine film.")
    expect(verdict).to_contain_text("positive")
    words = page.locator("#sentiment-words .words")
    expect(words).to_contain_text("fine")
    words.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#sentiment-words .told")).to_contain_text("“fine”: weight +")
    expect(page.locator("#sentiment-words .told")).to_contain_text("block 2, head 4 looks at")
    expect(page).to_have_url(re.compile(r"tab=sentiment&text=A\+fine\+film\."))
    expect(page.locator(".models").first).to_contain_text("parameters")
    page.reload()
    expect(page.get_by_label(sentiment.LABEL)).to_have_value("A fine film.")
    expect(page.locator("#sentiment-verdict")).to_contain_text("positive")


@pytest.mark.slow
def test_a_wrong_link_is_told_and_an_example_fills_the_field(page: Page, studio: str) -> None:
    page.goto(f"{studio}?tab=sentiments")
    expect(page.get_by_role("alert").first).to_contain_text("did you mean sentiment?")
    page.get_by_role("tab", name=sentiment.TITLE).click()
    page.get_by_text(sentiment.EXAMPLES[1]).click()
    expect(page.locator("#sentiment-verdict")).to_contain_text("negative")
