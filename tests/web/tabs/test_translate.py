"""The tab of translation: its words and attention, its functions for programs, and the tab in a browser."""

import base64
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from playwright.sync_api import Page, expect

from zoo.core.errors import UserError
from zoo.translation.model import Attention
from zoo.web import models
from zoo.web.tabs import translate

WEIGHTS = np.array([[0.7, 0.1, 0.0], [0.2, 0.5, 0.3]], np.float32)


class Translator:
    """What the tab asks of a model."""

    def __init__(self) -> None:
        self.too_long = False

    def alternatives(self, text: str, source: str, target: str, n: int) -> list[tuple[str, float]]:
        return [(f"{source}-{target} <{i}>", -1.0 - i) for i in range(n)]

    def attend(self, text: str, translation: str, source: str, target: str) -> Attention:
        if self.too_long:
            raise UserError("a text has more than 512 subwords")
        return Attention(["a", "<b>", "c"], ["x", "<y>"], WEIGHTS)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Translator:
    made = Translator()
    monkeypatch.setattr(models, "get", lambda name: made)
    return made


def test_each_translation_has_its_probability_and_its_attention(model: Translator) -> None:
    shown, best = translate.translated("a b c", "en", "de")
    assert best == ("a b c", "en", "de", "en-de <0>")
    assert '<p class="best" lang="de">en-de &lt;0&gt;</p><p>Log probability -1.00, a probability of 36.8 %</p>' in shown
    assert shown.count('class="other"') == translate.ALTERNATIVES - 1
    assert shown.count('class="looked"') == translate.ALTERNATIVES
    assert "<b>" not in shown


def test_a_text_that_is_too_long_for_attention_is_translated_all_the_same(model: Translator) -> None:
    model.too_long = True
    shown, _ = translate.translated("a b c", "en", "de")
    assert "No attention is shown: a text has more than 512 subwords." in shown
    assert "en-de" in shown


def test_attention_is_sent_row_by_row_and_stands_in_the_table() -> None:
    shown = translate.looked(["a", "<b>", "c"], ["x", "<y>"], WEIGHTS)
    sent = re.search(r'data-weights="([^"]+)" data-columns="3"', shown)
    assert sent
    found = np.frombuffer(base64.b64decode(sent[1]), np.uint8).reshape(2, 3)
    np.testing.assert_allclose(found / 255, WEIGHTS, atol=0.005)
    assert "<tr><th>&lt;y&gt;</th><td>&lt;b&gt; 50%, c 30%, a 20%</td></tr>" in shown
    many = ["w"] * (translate.SHOWN_WORDS + 1)
    assert f"the first {translate.SHOWN_WORDS} words" in translate.looked(many, ["x"], np.zeros([1, len(many)], np.float32))


def test_swapping_takes_the_translation_as_the_text() -> None:
    best = ("a man", "en", "de", "ein Mann")
    assert translate.swapped("a man", "en", "de", best) == ("ein Mann", "de", "en")
    assert translate.swapped("", "en", "de", None) == ("", "de", "en")
    for typed in (("a man w", "en", "de"), ("a man", "de", "en")):  # its translation is not here yet
        assert translate.swapped(*typed, best) == (typed[0], *typed[:0:-1])


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: translate.translate("a" * 5001, "en", "de"), "at most 5,000"),
        (lambda: translate.translate(" ", "en", "de"), "empty"),
        (lambda: translate.translate_attention("a", "", "en", "de"), "empty"),
    ],
)
def test_bad_texts_are_told(model: Translator, ask: Any, message: str) -> None:
    with pytest.raises(UserError, match=message):
        ask()


def test_a_missing_model_is_told_with_the_way_to_train_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INTRO_ZOO_MODELS", str(tmp_path))
    monkeypatch.setattr(models, "_loaded", {})
    assert translate.languages() == translate.LANGUAGES
    with pytest.raises(UserError, match=r"translation_transformer is not here yet: train it in Python with zoo\.train"):
        translate.translated("A man.", "en", "de")


@pytest.mark.slow
@pytest.mark.pretrained
def test_a_program_asks_the_tab(studio: str) -> None:
    client = Client(studio, verbose=False)
    found = client.predict("A man eats bread.", "en", "de", 2, api_name="/translate")
    assert found == sorted(found, key=lambda each: -each[1])
    looked = client.predict("A man eats bread.", "Ein Mann isst Brot.", "en", "de", api_name="/translate_attention")
    assert looked["target"] == ["ein", "Mann", "isst", "Brot", "."]  # as it is read: the first word in the case inside sentences
    assert np.shape(looked["weights"]) == (5, len(looked["source"]))
    with pytest.raises(AppError, match="'en'"):
        client.predict("A man.", "en", "en", 1, api_name="/translate")
    client.close()


@pytest.mark.slow
@pytest.mark.pretrained
@pytest.mark.parametrize("page", ["phone", "desktop"], indirect=True)
def test_a_translation_follows_the_typing_and_the_languages_are_swapped(page: Page, studio: str) -> None:
    page.goto(f"{studio}?tab=translate&source=en&target=fr")
    field = page.get_by_label(translate.LABEL)
    field.fill("A man eats bread.")
    best = page.locator("#translate-shown .best")
    expect(best).to_have_attribute("lang", "fr", timeout=240_000)
    line = page.locator("#translate-shown .target").first
    line.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#translate-shown .told").first).to_contain_text(re.compile(r"the network looked at .* \d+ %"))
    page.locator("#translate-shown .source").first.locator("span").first.hover()
    expect(page.locator("#translate-shown .told").first).to_contain_text("was looked at for")
    said = best.inner_text()
    page.locator("#translate-swap").click()
    expect(field).to_have_value(said)
    expect(best).to_have_attribute("lang", "en")
    expect(page).to_have_url(re.compile(r"source=fr&target=en"))
    page.get_by_role("group", name="To").get_by_label("French").check()
    expect(page.get_by_role("alert")).to_contain_text("source and target are both 'fr'")
