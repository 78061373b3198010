"""Zoo: the cards of the pretrained models, to search through and to read, with commands to copy."""

import base64
import re
from pathlib import Path
from typing import Any

import gradio as gr

from zoo.core import cards as published
from zoo.core.card_page import body
from zoo.core.cards import Card
from zoo.core.names import unknown
from zoo.web import errors, links, uploads
from zoo.web.fields import Radio
from zoo.web.tab import Tab

TITLE = "Zoo"
SEARCH = "Search the cards"
MODEL = "Model"
MOST_CHARACTERS = 200  # of a search
EXAMPLES = ("music", "accuracy", "transformer", "handwritten digits")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)/\\]+\.png)\)")  # in Markdown: its words and the file's name


def build(tab: Tab) -> None:
    """Places the tab's components and ties them together."""
    names = [card.name for card in published.list_models()]
    search = gr.Textbox(label=SEARCH, placeholder="a task, a network, a data set, a figure …", elem_id="cards-search")
    error = errors.field()
    gr.Examples([[each] for each in EXAMPLES], [search], label="Examples", api_visibility="private")
    told = gr.HTML("", elem_id="cards-told")
    chosen = Radio(names, value=next(iter(names), None), label=MODEL, elem_id="cards-chosen")
    page = gr.Markdown("", latex_delimiters=[], elem_id="cards-page")
    tab.on([*tab.opened, search.change], found, [search, chosen], [told, chosen], error=error, quick=True)
    tab.on([*tab.opened, chosen.change], shown, [chosen], [page], error=error, quick=True)
    tab.api(cards)
    tab.link(search=(search, links.text(MOST_CHARACTERS)), model=(chosen, _name))


def cards(search: str) -> list[dict[str, Any]]:
    """The models whose cards hold all words of a search.

    Args:
        search: words in any order; "" finds every model.

    Returns:
        For each model its "name", "task", "description", "parameters", "bytes", "training" (the command) and "metrics", each with
        "name", "value", "split", "n", "better", "meaning" and the "command" that measures it again.
    """
    return [
        {
            "name": card.name,
            "task": card.task,
            "description": card.description,
            "parameters": card.parameters,
            "bytes": card.size,
            "training": card.training.command,
            "metrics": [
                {
                    "name": metric.name,
                    "value": metric.value,
                    "split": metric.split,
                    "n": metric.n,
                    "better": metric.better,
                    "meaning": metric.meaning,
                    "command": metric.command,
                }
                for metric in card.metrics
            ],
        }
        for card in matching(search, published.list_models())
    ]


def matching(search: str, among: list[Card]) -> list[Card]:
    """The cards that hold all words of a search, in their text of the page or their tags; case does not matter."""
    wanted = uploads.text(search, MOST_CHARACTERS).casefold().split()
    return [card for card in among if all(word in _searched(card) for word in wanted)]


def _searched(card: Card) -> str:
    sizes = [f"{name} {value}" for name, value in card.architecture.items()]
    metrics = [f"{metric.name} {metric.meaning}" for metric in card.metrics]
    data = [card.dataset.name, card.dataset.source]
    parts = [card.name, card.task, card.description, card.structure, card.intended_use]
    return "\n".join([*parts, *sizes, *data, *metrics, *card.limits, *card.tags]).casefold()


def found(search: str, chosen: str | None) -> tuple[str, Any]:
    """How many cards a search finds, and the choice among them: the chosen one stays if it is found, else the first is taken."""
    every = published.list_models()
    names = [card.name for card in matching(search, every)]
    # Where the model stays, no value is given: a link sets it at the same time, and that must not be undone.
    radio = Radio(names) if chosen in names else Radio(names, value=next(iter(names), None))
    return count(len(names), len(every)), radio


def count(found: int, of: int) -> str:
    """How many cards were found, as HTML."""
    if not of:
        words = "There is no model yet: train one, and look again."
    elif not found:
        words = f"None of the {of} cards holds all of these words: use fewer or others."
    else:
        words = f"{found} of {of} models"
    return f'<p role="status">{words}</p>'


def shown(name: str | None) -> str:
    """The page of a model as Markdown, with its pictures; "" for none."""
    if name is None:
        return ""
    folder = published.find(_name(name))
    return PICTURE.sub(lambda picture: _within(picture, folder), body(published.read_card(folder), folder))


def _within(picture: re.Match[str], folder: Path) -> str:
    """A picture whose bytes stand in the page itself, since no file of this machine has an address."""
    path = folder / picture[2]
    if not path.is_file():
        return picture[1]
    return f"![{picture[1]}](data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()})"


def _name(value: str) -> str:
    """The name of a model that a link or the browser holds. UserError for another one."""
    names = [card.name for card in published.list_models()]
    if value not in names:
        raise unknown("model", str(value)[:MOST_CHARACTERS], names)
    return value
