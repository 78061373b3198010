"""Writing: the most probable next words while somebody types, where a text surprises the network, and texts that it writes."""

import html
import math
from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr

from zoo.core.arguments import MOST_SEED, number, whole
from zoo.core.errors import UserError
from zoo.core.messages import brief
from zoo.web import errors, imports, links, models, page, uploads
from zoo.web.fields import Slider
from zoo.web.percent import percent
from zoo.web.steps import step, stops
from zoo.web.tab import Tab

TITLE = "Writing"
MODEL = "writing_lstm"
LABEL = "The beginning of a text"
MOST_CHARACTERS = 20_000  # of a text that is typed
COLOURED = 600  # the last characters of a text, whose surprise is shown: they are scored anew at each key
SHOWN_WORDS = 8
LEAST_LENGTH, MOST_LENGTH = 10, 2000  # characters of a new text
MOST_TEMPERATURE = 2.0
LENGTH, TEMPERATURE, SEED = 400, 0.8, 7
MOST_NATS = math.log(1000)  # from this surprise on, a probability below 0.1 %, the colour is full
KEY = (1.0, 0.3, 0.1, 0.03, 0.01, 0.001)  # probabilities whose colours are named
SURPRISES = 10  # rows of the table of the most surprising characters
CONTEXT = 25  # characters before one of them in that table
RUNS = 5  # passages in common with the training text
EXAMPLES = (
    "To be, or not to",
    "ROMEO:\nO, she doth teach the torches to burn",
    "First Citizen:\nBefore we proceed any further, hear me",
    "My horse! My kingdom for a",
    "Please switch off your mobile phones.",
)
NOTHING = "Type a text above, or choose an example."
AWAY = (
    "The training text is not at hand, so the new text cannot be searched for copies. It is at hand where Tiny Shakespeare is "
    "prepared for TensorFlow Datasets, as a training or an evaluation of this network does."
)


def build(tab: Tab) -> None:
    """Places the tab's components and ties them together."""
    tab.needs(MODEL, warm=_warm)
    text = gr.Textbox(label=LABEL, lines=3, max_lines=10, elem_id="writing-text")
    error = errors.field()
    gr.Examples([[each] for each in EXAMPLES], [text], label="Examples", api_visibility="private")
    words = gr.HTML(f"<p>{NOTHING}</p>", label="Next words", js_on_load=page.script("tabs/writing"), elem_id="writing-words")
    surprise = gr.HTML("", label="Surprise", js_on_load=page.script("tabs/writing"), elem_id="writing-surprise")
    with gr.Row():
        length = Slider(LEAST_LENGTH, MOST_LENGTH, LENGTH, step=10, label="Characters to write", elem_id="writing-length")
        temperature = Slider(
            0,
            MOST_TEMPERATURE,
            TEMPERATURE,
            step=0.05,
            label="Temperature",
            info="0: always the most probable; below 1: safer; above 1: bolder",
            elem_id="writing-temperature",
        )
        seed = gr.Number(SEED, precision=0, label="Seed", info="another seed, another text", elem_id="writing-seed")
    with gr.Row(equal_height=True):
        write_on = gr.Button("Write on", variant="primary", min_width=120, elem_id="writing-on")
        take = gr.Button("Take the new text over into the field", min_width=160, elem_id="writing-take")
        stop = gr.Button("Stop", min_width=80, elem_id="writing-stop")
    of_numbers = errors.field()
    busy = gr.HTML("", elem_id="writing-busy")
    written = gr.HTML("", label="New text", elem_id="writing-written")
    grown = gr.State("")  # the text with what has been written after it

    tab.on(text.change, predicted, [text], [words], error=error, quick=True)
    tab.on(text.change, surprised, [text], [surprise], error=error, quick=True)
    tab.on(words.select, followed, [text], [text], error=error)
    numbers = [length, temperature, seed]
    outputs = [busy, written, grown]
    texts = [
        tab.on(write_on.click, growing, [text, *numbers], outputs, error=of_numbers, progress=[busy], long=True),
        tab.on(tab.visits.change, growing_again, [text, *numbers], outputs, error=of_numbers, progress=[busy], long=True),
    ]
    stops(stop, texts, busy)
    tab.on(take.click, taken_over, [text, grown], [text], error=of_numbers)
    tab.api(write, long=True)
    for function in (write_next, write_surprise, write_copies):
        tab.api(function)
    tab.link(
        text=(text, links.text()),
        length=(length, links.whole(LEAST_LENGTH, MOST_LENGTH)),
        temperature=(temperature, links.number(0, MOST_TEMPERATURE)),
        seed=(seed, links.whole()),
    )


def write(text: str, length: int = LENGTH, temperature: float = TEMPERATURE, seed: int = SEED) -> str:
    """What the network writes after a text, without the text; the same arguments give the same.

    Args:
        text: how it begins, at most 20,000 characters, of which the last 2,048 bytes are read; "" is the beginning of a text.
        length: characters to write, 10 to 2,000.
        temperature: 0, always the most probable character, to 2; 1 is the network's own.
        seed: of the random numbers.
    """
    text = uploads.text(text, MOST_CHARACTERS)
    length = whole("length", length, LEAST_LENGTH, MOST_LENGTH)
    seed = whole("seed", seed, 0, MOST_SEED)
    temperature = number("temperature", temperature, 0, MOST_TEMPERATURE)
    (found,) = models.get(MODEL).generate(text, length, temperature=temperature, seed=seed)
    return str(found)


def write_next(text: str, n: int = 5) -> list[list[Any]]:
    """The most probable next words of a text: a list of [word, probability], the most probable word first.

    Args:
        text: at most 20,000 characters; "" is the beginning of a text.
        n: how many words, at most 50.
    """
    found = models.get(MODEL).predict(uploads.text(text, MOST_CHARACTERS), n)
    return [[word, probability] for word, probability in found]


def write_surprise(text: str) -> list[list[Any]]:
    """How surprising a text is to the network: a list of [character, nats]; the nats are minus the log-probability of each.

    Args:
        text: at most 20,000 characters.
    """
    text = uploads.text(text, MOST_CHARACTERS)
    if not text:
        raise UserError("the text is empty: send some characters")
    (found,) = models.get(MODEL).score([text])
    return [[character, round(nats, 4)] for character, nats in zip(found.characters, found.nats.tolist(), strict=True)]


def write_copies(text: str) -> list[list[Any]]:
    """The five longest passages that a text shares with the training text, letter for letter: a list of [passage, bytes].

    Args:
        text: at most 20,000 characters.
    """
    index = _learned(models.get(MODEL))
    if index is None:
        raise UserError(AWAY)
    runs = index.runs(uploads.text(text, MOST_CHARACTERS).encode("utf-8", errors="replace"))[:RUNS]
    return [[run.text, run.size] for run in runs]


def predicted(text: str) -> str:
    """The most probable next words of a text as buttons."""
    text = uploads.text(text, MOST_CHARACTERS)
    return buttons(models.get(MODEL).predict(text, SHOWN_WORDS)) if text else f"<p>{NOTHING}</p>"


def buttons(words: Sequence[tuple[str, float]]) -> str:
    """Words as HTML: of each a button, with a bar as long as its probability."""
    rows = "".join(
        f'<button type="button" data-word="{html.escape(word)}" style="--share:{probability:.4f}">'
        f"<span>{html.escape(named(word))}</span> <span>{percent(probability)}</span></button>"
        for word, probability in words
    )
    rest = max(0.0, 1 - sum(probability for _, probability in words))
    return (
        "<p>What comes next, and how probable it is. Choose a word to put it after the text.</p>"
        f'<div class="next" role="group" aria-label="Next words">{rows}</div><p>All other words together: {percent(rest)}</p>'
    )


def named(text: str) -> str:
    """A word or a character as it is shown: blanks and ends of lines by their names."""
    return {" ": "(blank)", "\n": "(end of line)", "\t": "(tab)"}.get(text) or brief(text)


def followed(text: str, chosen: gr.EventData) -> str:
    """The text with the chosen one of the next words after it."""
    text, word = uploads.text(text, MOST_CHARACTERS), getattr(chosen, "word", None)
    if not isinstance(word, str) or not 0 < len(word) <= MOST_CHARACTERS:
        raise UserError("no word was chosen: choose one of the next words")
    return str(models.get(MODEL).follow(text, word))


def surprised(text: str) -> str:
    """The end of a text as HTML, each character on a colour for its surprise."""
    text = uploads.text(text, MOST_CHARACTERS)
    if not text:
        return ""
    # As many again are read before, so that the first character that is shown has a context, too.
    (found,) = models.get(MODEL).score([text[-2 * COLOURED :]])
    return coloured(found.characters[-COLOURED:], found.nats[-COLOURED:].tolist(), len(text) > COLOURED)


def coloured(characters: str, nats: Sequence[float], cut: bool = False) -> str:
    """Characters as HTML on colours for their surprise, and a table of the most surprising ones.

    Args:
        characters: at least one.
        nats: minus the log-probability of each.
        cut: whether characters before them are left out.
    """
    spans = "".join(_span(character, each) for character, each in zip(characters, nats, strict=True))
    key = " ".join(f'<span style="--strength:{_strength(-math.log(p)):.3f}">{100 * p:g} %</span>' for p in KEY)
    mean = sum(nats) / len(nats)
    most = sorted(range(len(nats)), key=lambda i: -nats[i])[:SURPRISES]
    rows = "".join(
        f"<tr><td>{html.escape(named(characters[i]))}</td><td>{percent(math.exp(-nats[i]))}</td>"
        f"<td>…{html.escape(brief(characters[max(i - CONTEXT, 0) : i]))}</td></tr>"
        for i in most
    )
    end = f"The last {len(characters)} characters: " if cut else ""
    return (
        f"<p>{end}{mean:.2f} nats a character, a mean probability of {percent(math.exp(-mean))}. The network was surprised where "
        f'the colour is strong. Probability of a character, given all before it: <span class="key">{key}</span></p>'
        f'<div class="surprise" tabindex="0" role="group" aria-label="The text; arrow keys go from one character to the next">'
        f'{spans}</div><p class="told" aria-live="polite">Point at a character, or go through them with the arrow keys.</p>'
        "<details><summary>The most surprising characters as a table</summary><table>"
        f"<tr><th>character</th><th>probability</th><th>after</th></tr>{rows}</table></details>"
    )


def _span(character: str, nats: float) -> str:
    shown = "↵\n" if character == "\n" else html.escape(character if character.isprintable() else "□")
    told = html.escape(f"{named(character)}: {percent(math.exp(-nats))}")
    return f'<span style="--strength:{_strength(nats):.2f}" data-told="{told}">{shown}</span>'


def _strength(nats: float) -> float:
    return min(max(nats, 0.0) / MOST_NATS, 1.0)


def grow(text: str, length: int, temperature: float, seed: int) -> tuple[str, str]:
    """What the network writes after a text, as HTML; and the whole text."""
    text = text or ""
    new = write(text, length, temperature, seed)
    index, content = _learned(models.get(MODEL)), new.encode("utf-8", errors="replace")
    copies = f"<p>{AWAY}</p>" if index is None else shared([(run.text, run.size) for run in index.runs(content)[:RUNS]])
    return with_new(text, new) + copies, text + new


def _learned(model: Any) -> Any:
    """The training text of a model, to be searched; None where it is not at hand."""
    imports.import_data_sets()  # which reads the text
    return model.learned


def growing(text: str, length: int, temperature: float, seed: int) -> Iterator[tuple[Any, ...]]:
    """That the network writes; then nothing in that place, and what `grow` gives."""
    found = yield from step(f"{MODEL} writes", lambda: grow(text, length, temperature, seed), 2)
    yield "", *found


def growing_again(text: str, length: int, temperature: float, seed: int) -> Iterator[tuple[Any, ...]]:
    """The same for a link that brings a text; without one nothing changes."""
    if text:
        yield from growing(text, length, temperature, seed)
    else:
        yield (gr.skip(),) * 3


def with_new(text: str, new: str) -> str:
    """A text and what was written after it, as HTML."""
    return (
        f'<div class="grown" role="region" aria-label="The text with what the network wrote" tabindex="0">'
        f'<span class="given">{html.escape(text)}</span><span class="new">{html.escape(new)}</span></div>'
    )


def shared(runs: Sequence[tuple[str, int]]) -> str:
    """A table of the passages that a new text shares with the training text: each with its bytes."""
    rows = "".join(f"<tr><td>{size}</td><td>{html.escape(brief(text))}</td></tr>" for text, size in runs)
    return (
        "<details open><summary>The longest passages of the new text that stand in the training text, letter for letter</summary>"
        f'<div class="wide"><table><tr><th>bytes</th><th>passage</th></tr>{rows}</table></div></details>'
    )


def taken_over(text: str, grown: str) -> str:
    """The text with what was written after it, for the field."""
    if not grown:
        raise UserError("nothing was written yet: choose Write on first")
    return uploads.text(grown, MOST_CHARACTERS)


def _warm() -> None:
    predicted("To be")
    surprised("To be")
    grow("To be", LEAST_LENGTH, TEMPERATURE, SEED)
