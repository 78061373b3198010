"""The models that the page uses: each is loaded when it is first needed, once, and stays for all who look at the page."""

import html
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from zoo import registry
from zoo.core import cards, commands
from zoo.core.cards import Card
from zoo.core.errors import UserError
from zoo.core.startup import import_tensorflow

_locks: dict[str, threading.Lock] = {}
_loaded: dict[str, Any] = {}
_guard = threading.Lock()


def get(name: str) -> Any:
    """What `zoo.load` gives of a pretrained model. The first call takes seconds; others wait for it.

    Raises:
        UserError: the model is not there, which says how to train it; or its files are not the published ones.
    """
    with _guard:
        lock = _locks.setdefault(name, threading.Lock())
    with lock:
        if name not in _loaded:
            check(name)
            import_tensorflow(keras=False)  # only training needs Keras, which takes two more seconds
            _loaded[name] = registry.load(name)
        return _loaded[name]


def is_loaded(name: str) -> bool:
    """Whether `get` has the model at hand."""
    return name in _loaded


def published(*networks: str) -> list[Card]:
    """The cards of the pretrained models of some networks, by their names in the registry; nothing is loaded."""
    return [card for card in cards.list_models() if (entry := registry.of(card)) and entry.name in networks]


def check(name: str) -> None:
    """Raises UserError, which says how to train it, where there is no model of that name. Nothing is loaded."""
    if any(card.name == name for card in cards.list_models()):
        return
    if name in registry.NETWORKS:
        call = commands.python_call(name, registry.NETWORKS[name].data_sets[0], {"out": f"{cards.saved_models()}/{name}"})
        call = call.replace(f"{cards.saved_models()}/", "saved_models/")  # no path of this machine is shown
        raise UserError(f"the model {name} is not here yet: train it in Python with {call}, and look again")
    raise UserError(f"no model is called {name!r}: the tab Zoo lists those that there are")


def opening(names: Sequence[str], warm: Callable[[], None] | None = None) -> Iterator[str]:
    """What the line above a tab shows while its models are loaded: that they are, then what they are.

    Args:
        names: of the models.
        warm: asks them something small, so that the first answer for a user comes as fast as the later ones.
    """
    waiting = [name for name in names if not is_loaded(name)]
    if waiting:
        yield f'<p role="status" aria-busy="true" class="loading">Loading {html.escape(" and ".join(waiting))} …</p>'
    try:
        found = [get(name).card for name in names]
        if waiting and warm is not None:
            warm()
    except UserError as error:
        yield f'<p role="alert">{html.escape(str(error))}</p>'
        return
    yield f'<p role="status">{" ".join(told(card) for card in found)}</p>'


def told(card: Card) -> str:
    """A model in one sentence: its name, its size and its main figure."""
    metric = card.headline
    result = f", {metric.name.replace('_', ' ')} {metric.value:.3g} on the {metric.split} split" if metric else ""
    return f"<strong>{html.escape(card.name)}</strong> has {card.parameters:,} parameters{html.escape(result)}."
