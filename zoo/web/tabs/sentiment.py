"""Sentiment: how likely a text is positive while it is typed, which words decide, and where each head of attention looks."""

import base64
import html
from typing import Any

import gradio as gr
import numpy as np

from zoo.core.errors import UserError
from zoo.web import errors, links, models, page, uploads
from zoo.web.percent import percent
from zoo.web.tab import Tab

TITLE = "Sentiment"
MODEL = "sentiment_transformer"
LABEL = "A film review, or any opinion in English"
MOST_CHARACTERS = 20_000
SHOWN_WORDS = 120  # whose attention is sent to the browser: the square of it is
KNOWN = 0.5  # with a lower share of known words the probability means little
EXAMPLES = (
    "A quiet masterpiece that trusts its audience.",
    "Two hours that I will never get back.",
    "The cast is wonderful, the script is a mess.",
    "Not bad at all: I expected a dull film and got a clever one.",
    "Ein wunderbarer Film.",
)
NOTHING = "Type a text above, or choose an example."


def build(tab: Tab) -> None:
    """Places the tab's components and ties them together."""
    tab.needs(MODEL, warm=_warm)
    text = gr.Textbox(label=LABEL, lines=4, max_lines=12, elem_id="sentiment-text")
    error = errors.field()
    gr.Examples([[each] for each in EXAMPLES], [text], label="Examples", api_visibility="private")
    verdict = gr.HTML(f"<p>{NOTHING}</p>", label="Verdict", elem_id="sentiment-verdict")
    words = gr.HTML("", label="Words", js_on_load=page.script("tabs/sentiment"), elem_id="sentiment-words")
    tab.on(text.change, judged, [text], [verdict], error=error, quick=True)
    tab.on(text.change, explained, [text], [words], error=error, quick=True)
    tab.api(sentiment)
    tab.link(text=(text, links.text()))


def sentiment(text: str) -> dict[str, Any]:
    """How likely a text is positive, and the weight of each word.

    Args:
        text: at most 20,000 characters.

    Returns:
        "probability" that it is positive, or None where the network knows none of its words; "known", the share of its words that
        the network knows; "words", a list of [word, weight], where weights above 0 speak for "positive".
    """
    text = uploads.text(text, MOST_CHARACTERS)
    if not text.strip():
        raise UserError("the text is empty: send some words")
    model = models.get(MODEL)
    probability, known = float(model.predict([text])[0]), float(model.known([text])[0])
    weights = [[word, round(weight, 4)] for word, weight in model.explain([text])[0]]
    return {"probability": None if np.isnan(probability) else probability, "known": known, "words": weights}


def judged(text: str) -> str:
    """The verdict on a text as HTML."""
    text = uploads.text(text, MOST_CHARACTERS)
    if not text.strip():
        return f"<p>{NOTHING}</p>"
    model = models.get(MODEL)
    return verdict(float(model.predict([text])[0]), float(model.known([text])[0]), model.classes)


def verdict(probability: float, known: float, classes: tuple[str, ...]) -> str:
    """The verdict as HTML: the class, a bar, how sure the network is and how much of the text it knows.

    Args:
        probability: of the second class; NaN for a text without a known word.
        known: the share of the text's words that the network knows.
        classes: the names of the two classes.
    """
    if np.isnan(probability):
        return '<p class="verdict">Nothing to judge: the network knows none of these words.</p>'
    sure = max(probability, 1 - probability)
    label = classes[int(probability >= 0.5)]
    caution = "" if known >= KNOWN else " That is so little that the verdict means nothing much."
    return (
        f'<p class="verdict"><strong>{html.escape(label)}</strong>, {percent(sure)} sure</p>'
        f'<div class="bar" role="img" aria-label="{percent(probability)} {html.escape(classes[1])}">'
        f'<span style="width:{100 * probability:.1f}%"></span></div>'
        f'<p class="ends"><span>{html.escape(classes[0])}</span><span>{html.escape(classes[1])}</span></p>'
        f"<p>The network knows {100 * known:.0f} % of the words.{caution}</p>"
    )


def explained(text: str) -> str:
    """The words of a text as HTML, coloured by their weights, with the attention of each head for the script of this tab."""
    text = uploads.text(text, MOST_CHARACTERS)
    if not text.strip():
        return ""
    model = models.get(MODEL)
    (weights,) = model.explain([text])
    windows = model.attend(text)
    return coloured(weights, windows[0]["tokens"], windows[0]["attention"]) if windows else ""


def coloured(weights: list[tuple[str, float]], tokens: list[str], attention: np.ndarray) -> str:
    """The words as HTML.

    Args:
        weights: each token of the text and its weight.
        tokens: those of the first window, with which `weights` begins.
        attention: of the first window, float32 [blocks, heads, t, t].
    """
    if not weights:
        return ""
    largest = max(abs(weight) for _, weight in weights) or 1.0
    spans = " ".join(_span(i, word, weight, largest) for i, (word, weight) in enumerate(weights))
    t = min(len(tokens), SHOWN_WORDS)
    blocks, heads = attention.shape[:2]
    sent = base64.b64encode(np.rint(255 * attention[:, :, :t, :t]).astype(np.uint8).tobytes()).decode()
    names = ["weights", *(f"block {block + 1}, head {head + 1}" for block in range(blocks) for head in range(heads))]
    options = "".join(f'<option value="{i}">{name}</option>' for i, name in enumerate(names))
    cut = f" Attention is shown for the first {t} words." if t < len(weights) else ""
    rows = "".join(f"<tr><td>{html.escape(word)}</td><td>{weight:+.3f}</td></tr>" for word, weight in weights)
    return (
        '<p class="key"><span class="for">speaks for positive</span> <span class="against">speaks against it</span></p>'
        f'<label>Colours show <select aria-label="What the colours show">{options}</select></label>'
        f'<div class="words" tabindex="0" role="group" aria-label="The words; arrow keys go from one to the next" '
        f'data-attention="{sent}" data-shown="{t}">{spans}</div>'
        f'<p class="told" aria-live="polite">Point at a word, or go through them with the arrow keys.{cut}</p>'
        f"<details><summary>The weights as a table</summary><table><tr><th>word</th><th>weight</th></tr>{rows}</table></details>"
    )


def _span(place: int, word: str, weight: float, largest: float) -> str:
    kind = "for" if weight > 0 else "against"
    strength = abs(weight) / largest
    return (
        f'<span class="{kind}" data-i="{place}" data-weight="{weight:+.2f}" style="--strength:{strength:.3f}" '
        f'title="{weight:+.2f}">{html.escape(word)}</span>'
    )


def _warm() -> None:
    judged("A fine film.")
    explained("A fine film.")
