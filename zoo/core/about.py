"""What a card tells beyond figures: how the model is used, with real output, and what it is for.

The parts that only a wing knows come from its room `about.py`: `about(model, folder)` returns an `About`.
"""

import contextlib
import io
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import tensorflow as tf

from zoo.core import cards
from zoo.core.cards import OPEN, TENSORFLOW, ZOO, Card, Usage
from zoo.core.errors import UserError
from zoo.core.metrics import Meaning, explained

PUBLISHED_WEIGHTS = f"{OPEN}, as far as the licence of the data allows it"
OWN_WEIGHTS = "not stated: whoever trained the model decides, within the licence of the data"
# Of an example: what TensorFlow and Python raise, and an example that needs what a failed one before it did not give.
FAILURES = (
    *(ArithmeticError, AttributeError, ImportError, LookupError, NameError, RuntimeError, TypeError, ValueError),
    *(UserError, tf.errors.OpError),
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class About:
    """What a wing says of a model.

    Args:
        structure: how the network computes, in a few sentences.
        intended_use: what the model is for, and what it is not for.
        citation: references to what it builds on.
        tags: words by which a model hub finds it.
        code: Python code that uses `model`, what `zoo.load` gives, and prints a short result.
        signatures: for each signature such code, which uses `signatures` and `tf`. The pieces run in the order of the names, and
            may use names of earlier ones.
        imports: the lines that import what `code` needs.
        meanings: of the metrics of the wing, see `zoo.core.metrics.MEANINGS`.
    """

    structure: str
    intended_use: str
    citation: tuple[str, ...]
    tags: tuple[str, ...]
    code: str
    signatures: Mapping[str, str]
    imports: tuple[str, ...] = ()
    meanings: Mapping[str, Meaning] = field(default_factory=dict)


def complete(card: Card, model: Any, about: About, path: Path) -> Card:
    """A card with what a wing says of the model.

    Args:
        card: with its metrics and signatures.
        model: what `zoo.load` gives of the model. Its signatures are run.
        about: what the wing says.
        path: the folder of the model, which the code loads it from. Nothing is read there.
    """
    return replace(
        card,
        metrics=explained(card.metrics, about.meanings),
        structure=about.structure,
        intended_use=about.intended_use,
        licences={
            "code": OPEN,
            "weights": OWN_WEIGHTS if card.dataset.own else PUBLISHED_WEIGHTS,
            "data": card.dataset.licence,
        },
        citation=about.citation,
        tags=about.tags,
        usage=_usage(card, model, about, path),
    )


def _usage(card: Card, model: Any, about: About, path: Path) -> dict[str, Usage]:
    published = path.resolve().parent == cards.saved_models().resolve()
    folder = f"saved_models/{path.name}" if published else path.as_posix()
    imports = "\n".join(sorted({"import zoo", *about.imports}, key=lambda line: (line.startswith("from"), line)))
    loading = {
        ZOO: f"{imports}\n\nmodel = zoo.load({_quoted(path.name if published else folder)})",
        TENSORFLOW: f"import tensorflow as tf\n\nsignatures = tf.saved_model.load({_quoted(folder)}).signatures",
    }
    usage, names = {}, {"model": model, "tf": tf, "signatures": model.saved_model.signatures}
    printed = _printed(ZOO, "\n".join([*about.imports, about.code]), names)
    usage[ZOO] = Usage(loading[ZOO], "") if printed is None else Usage(f"{loading[ZOO]}\n\n{about.code}", printed)
    usage[TENSORFLOW] = Usage(loading[TENSORFLOW], "")
    for name in sorted(about.signatures.keys() & card.signatures.keys()):
        printed = _printed(name, about.signatures[name], names)
        if printed is not None:
            usage[name] = Usage(about.signatures[name], printed)
    return usage


def _printed(name: str, code: str, names: dict[str, Any]) -> str | None:
    """What the code prints; None, which is logged, where it fails: a trained model is published all the same."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(code, names)
    except FAILURES as error:
        _log.warning("the card shows no use of %s: its example failed (%s)", name, error)
        return None
    return "\n".join(line.rstrip() for line in printed.getvalue().rstrip().splitlines())


def _quoted(text: str) -> str:
    """A text as Python code. Bytes of a file's name that are not UTF-8, which a card cannot hold, become question marks."""
    return json.dumps(text.encode("utf-8", errors="replace").decode("utf-8"), ensure_ascii=False)
