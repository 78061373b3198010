"""Translate: translations of a text while it is typed, and which of its words the network looks at when it writes each word."""

import base64
import html
import math
from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np

from zoo.core.errors import UserError
from zoo.web import errors, links, models, page, uploads
from zoo.web.tab import Tab

TITLE = "Translate"
MODEL = "translation_transformer"
LABEL = "A text to translate"
MOST_CHARACTERS = 5000
ALTERNATIVES = 3
SHOWN_WORDS = 150  # of a text and of a translation, whose attention is sent to the browser: the product of both is
LANGUAGES = ("en", "de", "fr")  # as long as there is no model that tells its own
NAMES = {"en": "English", "de": "German", "fr": "French"}
EXAMPLES = (
    ("A man in an orange hat is staring at something.", "en", "de"),
    ("Two young women are dancing in the street.", "en", "fr"),
    ("Ein kleines Mädchen klettert in ein Spielhaus aus Holz.", "de", "en"),
    ("Un chien brun court dans la neige.", "fr", "en"),
    ("Drei Kinder spielen am Strand mit einem Ball.", "de", "fr"),
)
NOTHING = "Type a sentence above, or choose an example. The network has learned descriptions of photographs."


def build(tab: Tab) -> None:
    """Places the tab's components and ties them together."""
    tab.needs(MODEL, warm=_warm)
    known = languages()
    choices = [(NAMES.get(language, language), language) for language in known]
    with gr.Row():
        source = gr.Radio(choices, value=known[0], label="From", elem_id="translate-source")
        target = gr.Radio(choices, value=known[1], label="To", elem_id="translate-target")
        swap = gr.Button("⇄ Swap the languages", elem_id="translate-swap")
    text = gr.Textbox(label=LABEL, lines=3, max_lines=10, elem_id="translate-text")
    error = errors.field()
    examples = [list(each) for each in EXAMPLES if set(each[1:]) <= set(known)]
    if examples:
        gr.Examples(examples, [text, source, target], label="Examples", api_visibility="private")
    shown = gr.HTML(f"<p>{NOTHING}</p>", label="Translation", js_on_load=page.script("tabs/translate"), elem_id="translate-shown")
    best = gr.State(None)  # what was translated last: the text, its languages, and the best translation

    given = [text, source, target]
    tab.on([component.change for component in given], translated, given, [shown, best], error=error, quick=True)
    tab.on(swap.click, swapped, [*given, best], given, error=error)
    tab.api(translate)
    tab.api(translate_attention)
    tab.link(text=(text, links.text()), source=(source, links.choice(known)), target=(target, links.choice(known)))


def languages() -> tuple[str, ...]:
    """The languages of the published model, or those that it will have."""
    cards = [card for card in models.published(MODEL) if card.name == MODEL]
    return tuple(cards[0].architecture["languages"]) if cards else LANGUAGES


def translate(text: str, source: str, target: str, n: int = 1) -> list[list[Any]]:
    """The best translations of a text: a list of [translation, log_probability], the best first; the log probability in nats.

    Args:
        text: at most 5,000 characters; several sentences are translated one by one.
        source: its language: en, de or fr.
        target: another one of them.
        n: how many translations at most, 1 to 10.
    """
    found = models.get(MODEL).alternatives(_given(text), source, target, n)
    return [[translation, log_probability] for translation, log_probability in found]


def translate_attention(text: str, translation: str, source: str, target: str) -> dict[str, Any]:
    """At which words of a text the network looks when it writes each word of a given translation.

    Args:
        text: at most 5,000 characters.
        translation: likewise.
        source: the language of the text: en, de or fr.
        target: that of the translation.

    Returns:
        "source" and "target", the words of both; "weights", a list for each word of the translation with the share of its
        attention that each word of the text gets.
    """
    found = models.get(MODEL).attend(_given(text), _given(translation), source, target)
    return {"source": found.source, "target": found.target, "weights": np.round(found.weights, 4).tolist()}


def _given(text: str) -> str:
    text = uploads.text(text, MOST_CHARACTERS)
    if not text.strip():
        raise UserError("the text is empty: send some words")
    return text


def translated(text: str, source: str, target: str) -> tuple[str, tuple[str, str, str, str] | None]:
    """The translations of a text as HTML, with the attention for the script of this tab.

    Also the text, its languages and the best translation, as `swapped` takes them; None for an empty text.
    """
    given, text = text, uploads.text(text, MOST_CHARACTERS)
    if not text.strip():
        return f"<p>{NOTHING}</p>", None
    model = models.get(MODEL)
    found = model.alternatives(text, source, target, ALTERNATIVES)
    if not found:
        raise UserError("the network has found no translation: change the text")
    panels = []
    for number, (translation, log_probability) in enumerate(found):
        attention = _attention(model, text, translation, source, target)
        if number:
            attention = f"<details><summary>Attention</summary>{attention}</details>"
        panels.append(f"<section>{panel(translation, log_probability, target, number == 0)}{attention}</section>")
    return "".join(panels), (given, source, target, found[0][0])


def panel(translation: str, log_probability: float, language: str, first: bool) -> str:
    """A translation as HTML, with the logarithm of its probability.

    Args:
        translation: the text.
        log_probability: in nats.
        language: the name of its language.
        first: whether it is the best one, or else an alternative.
    """
    probability = math.exp(log_probability)
    told = f"{100 * probability:.1f} %" if probability >= 0.001 else "under 0.1 %"
    heading = "" if first else "<h3>Or:</h3>"
    return (
        f'{heading}<p class="{"best" if first else "other"}" lang="{html.escape(language)}">{html.escape(translation)}</p>'
        f"<p>Log probability {log_probability:.2f}, a probability of {told}</p>"
    )


def _attention(model: Any, text: str, translation: str, source: str, target: str) -> str:
    """The attention of a translation as HTML, or why there is none."""
    try:
        found = model.attend(text, translation, source, target)
    except UserError as error:  # the text is too long for this, not for its translation
        return f"<p>No attention is shown: {html.escape(str(error))}.</p>"
    return looked(found.source, found.target, found.weights)


def looked(source: Sequence[str], target: Sequence[str], weights: np.ndarray) -> str:
    """The words of a text and of its translation as HTML, with the attention between them.

    Args:
        source: s words.
        target: t words.
        weights: float32 [t, s].
    """
    s, t = min(len(source), SHOWN_WORDS), min(len(target), SHOWN_WORDS)
    if not s or not t:
        return ""
    sent = base64.b64encode(np.rint(255 * weights[:t, :s].clip(0, 1)).astype(np.uint8).tobytes()).decode()
    cut = f" Attention is shown for the first {SHOWN_WORDS} words." if max(len(source), len(target)) > SHOWN_WORDS else ""
    rows = "".join(
        f"<tr><th>{html.escape(word)}</th><td>{_strongest(source, row)}</td></tr>"
        for word, row in zip(target[:t], weights[:t], strict=True)
    )
    return (
        f'<div class="looked" data-weights="{sent}" data-columns="{s}">'
        f"{_words('target', 'The words of the translation', target[:t])}{_words('source', 'The words of the text', source[:s])}"
        f'<p class="told" aria-live="polite">Point at a word, or go through the words with the arrow keys, to see which words '
        f"belong together.{cut}</p></div><details><summary>Attention as a table</summary><table>"
        f"<tr><th>it wrote</th><th>and looked at</th></tr>{rows}</table></details>"
    )


def _words(kind: str, label: str, words: Sequence[str]) -> str:
    spans = " ".join(f"<span>{html.escape(word)}</span>" for word in words)
    told = f"{label}; arrow keys go from one to the next"
    return f'<div class="line {kind}" tabindex="0" role="group" aria-label="{told}">{spans}</div>'


def _strongest(source: Sequence[str], row: np.ndarray) -> str:
    order = np.argsort(-row, kind="stable")[:3].tolist()
    return ", ".join(f"{html.escape(source[i])} {row[i]:.0%}" for i in order)


def swapped(text: str, source: str, target: str, best: tuple[str, str, str, str] | None) -> tuple[str, str, str]:
    """The translation as the new text, with the languages swapped. The text stays where its translation is not here yet."""
    translation = best[3] if best and best[:3] == (text, source, target) else ""
    return translation or text, target, source


def _warm() -> None:
    first, second = models.get(MODEL).languages[:2]
    translated("A man.", first, second)
