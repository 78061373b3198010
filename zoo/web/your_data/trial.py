"""A trained model at work, as HTML: the answer to a row, a text, a prompt, a sentence or a picture."""

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.cards import Card
from zoo.core.errors import UserError
from zoo.core.messages import shown
from zoo.web import uploads
from zoo.web.percent import percent

MOST_BARS = 10  # classes that are shown
MOST_CHARACTERS = 5_000  # of a text
CAPTIONS = 3
WORDS = 5  # next words that are shown


def bars(names: Sequence[str], probabilities: Sequence[float]) -> str:
    """The most probable classes as HTML, each with a bar."""
    order = sorted(range(len(names)), key=lambda i: -probabilities[i])[:MOST_BARS]
    rows = "".join(
        f'<tr><th scope="row">{html.escape(shown(names[i]))}</th>'
        f'<td class="wide"><div class="share" aria-hidden="true"><span style="width:{100 * probabilities[i]:.1f}%"></span></div>'
        f"</td><td>{percent(probabilities[i])}</td></tr>"
        for i in order
    )
    return f'<table class="bars">{rows}</table>'


def of_row(model: Any, row: Mapping[str, Any]) -> str:
    """What a model for tables predicts of one row, and what it could not read in it."""
    cells = {name: [None if value in ("", None) else value] for name, value in row.items()}
    values, notices = model.predict(cells)[0], model.notices(cells)
    told = "".join(f"<p>{html.escape(shown(notice))}</p>" for notice in notices)
    return f"{_verdict(model.card, model.classes, values)}{told}"


def _verdict(card: Card, classes: Sequence[str], values: Any) -> str:
    """A prediction: the probability of the second of two classes, or those of all, or a number."""
    if not classes:
        error = card.metric("mean_absolute_error", "test")
        beside = f", give or take {error.value:.3g} on average" if error else ""
        target = html.escape(shown(str(card.architecture["target"])))
        return f'<p class="verdict"><strong>{target}: {float(values):,.4g}</strong>{beside}</p>'
    probabilities = [1 - float(values), float(values)] if np.ndim(values) == 0 else [float(each) for each in values]
    best = int(np.argmax(probabilities))
    verdict = f'<p class="verdict"><strong>{html.escape(shown(classes[best]))}</strong></p>'
    return verdict + bars(classes, probabilities)


def of_text(model: Any, text: str) -> str:
    """The class of a text."""
    text = uploads.text(text, MOST_CHARACTERS)
    if not text.strip():
        return "<p>Type a text.</p>"
    values = model.predict([text])[0]
    if np.isnan(values).any():
        return '<p class="verdict">Nothing to judge: the network knows none of these words.</p>'
    known = float(model.known([text])[0])
    return f"{_verdict(model.card, model.classes, values)}<p>The network knows {known:.0%} of the words.</p>"


def of_prompt(model: Any, prompt: str, temperature: float, seed: int) -> str:
    """How a text goes on, and the most probable next words."""
    prompt = uploads.text(prompt, MOST_CHARACTERS)
    (text,) = model.generate(prompt, length=400, temperature=temperature, seed=seed)
    words = ", ".join(f"{word!r} {percent(probability)}" for word, probability in model.predict(prompt, WORDS))
    return (
        f'<p class="written">{html.escape(prompt)}<strong>{html.escape(text)}</strong></p>'
        f"<p>The most probable next words: {html.escape(words)}</p>"
    )


def of_music(model: Any, bars: int, temperature: float, seed: int) -> str:
    """A new piece as a piano roll, with a player."""
    (score,) = model.generate(bars=bars, temperature=temperature, seed=seed)
    picture: str = score._repr_html_()
    return f'<div class="paper">{picture}</div>'


def of_sentence(model: Any, text: str, source: str, target: str) -> str:
    """The translation of a text."""
    text = uploads.text(text, MOST_CHARACTERS)
    if not text.strip():
        raise UserError("the sentence is empty: type one")
    found: str = model.translate(text, source, target)
    return f'<p class="verdict">{html.escape(found)}</p>'


def of_picture(model: Any, picture: Path) -> str:
    """The best captions of a picture."""
    found = model.caption([picture], CAPTIONS)[0]
    return "<ol>" + "".join(f"<li>{html.escape(each.text)}</li>" for each in found) + "</ol>"
