"""Model cards: what a model's folder says about itself, and the check that its files are the published ones.

The folders of saved_models/ are the only list of models. Nothing here imports TensorFlow.
"""

import dataclasses
import hashlib
import html
import json
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zoo.core.errors import UserError
from zoo.core.names import unknown

MODELS = "INTRO_ZOO_MODELS"  # the environment variable that names another folder of models
CARD = "card.json"
README = "README.md"
OWN = "the user's own"  # the licence of a user's own data
OPEN = "Apache-2.0"  # the licence of the code
ZOO, TENSORFLOW = "zoo.load", "tf.saved_model.load"  # the first pieces of code of a card's usage


@dataclass(frozen=True)
class Metric:
    """One measured number.

    Args:
        name: for example "accuracy".
        value: a finite number.
        split: the part of the data that it was measured on.
        n: the number of examples of that part.
        command: measures it again.
        better: "higher" or "lower"; "" where neither is better.
        meaning: one sentence.
        reference: the name of the metric to compare this one with, such as a baseline's; "" where there is none.
    """

    name: str
    value: float
    split: str
    n: int
    command: str
    better: str = ""
    meaning: str = ""
    reference: str = ""


@dataclass(frozen=True)
class DataSet:
    """The training data; `splits` maps the name of a split to its number of examples."""

    name: str
    version: str
    source: str
    splits: dict[str, int]
    sha256: str
    licence: str

    @property
    def own(self) -> bool:
        """Whether it is a user's own data and not a public data set."""
        return self.licence == OWN


@dataclass(frozen=True)
class Training:
    """The training run; `seconds` is wall time."""

    command: str
    seed: int
    epochs: int
    seconds: float
    processor: str
    versions: dict[str, str]
    precision: str = "float32"  # of the matrix products in training


@dataclass(frozen=True)
class Usage:
    """Python code that uses the model, and what it printed. Later pieces of a card's code may use names of earlier ones."""

    code: str
    output: str


@dataclass(frozen=True)
class Card:
    """A model's card.

    Args:
        name: of the model's folder.
        task: in words, such as "text classification".
        description: one sentence.
        architecture: the network's name and its sizes.
        parameters: how many numbers were learned.
        dataset: what it learned from.
        training: how it learned.
        metrics: the most important one first.
        signatures: the inputs and outputs of each signature, with their types and shapes.
        limits: what to know before one trusts the model.
        structure: how the network computes, in a few sentences.
        intended_use: what the model is for, and what it is not for.
        licences: of the "code", the "weights" and the "data".
        citation: references to what the model builds on.
        tags: words by which a model hub finds it.
        usage: "zoo.load", "tf.saved_model.load" and the name of each signature, in the order in which the code runs.
        files: the relative path of each file, with its size in bytes and its sha256.
    """

    name: str
    task: str
    description: str
    architecture: dict[str, Any]
    parameters: int
    dataset: DataSet
    training: Training
    metrics: tuple[Metric, ...]
    signatures: dict[str, Any]
    limits: tuple[str, ...]
    structure: str = ""
    intended_use: str = ""
    licences: dict[str, str] = field(default_factory=dict)
    citation: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    usage: dict[str, Usage] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def to_json(self) -> str:
        """The card as JSON text, the same for the same card. Raises UserError when a metric is no finite number."""
        for metric in self.metrics:
            if not math.isfinite(metric.value):
                raise UserError(
                    f"{metric.name} of the {metric.split} split is {metric.value}: the model is not published; look for values "
                    "in the data that are too large, or train in smaller steps"
                )
        return json.dumps(dataclasses.asdict(self), indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Card":
        """Reads what `to_json` wrote. Raises ValueError, KeyError or TypeError when it is something else."""
        values = json.loads(text)
        values["dataset"] = DataSet(**values["dataset"])
        values["training"] = Training(**values["training"])
        values["metrics"] = tuple(Metric(**metric) for metric in values["metrics"])
        values["usage"] = {name: Usage(**usage) for name, usage in values.get("usage", {}).items()}
        for name in ("limits", "citation", "tags"):
            values[name] = tuple(values.get(name, ()))
        card = cls(**values)
        for name, kind in (
            ("architecture", dict),
            ("files", dict),
            ("signatures", dict),
            ("licences", dict),
            ("parameters", int),
        ):
            if not isinstance(getattr(card, name), kind):
                raise TypeError(f"its {name} is no {kind.__name__}")
        return card

    def metric(self, name: str, split: str = "test") -> Metric | None:
        """The metric of that name and split, or None."""
        return next((m for m in self.metrics if m.name == name and m.split == split), None)

    @property
    def headline(self) -> Metric | None:
        """The metric that stands for the model: the first one of the test split, or else the first one; None without metrics."""
        return next((m for m in self.metrics if m.split == "test"), next(iter(self.metrics), None))

    @property
    def size(self) -> int:
        """Bytes of all files that the card lists."""
        return sum(entry["size"] for entry in self.files.values())

    def __repr__(self) -> str:
        """`<Card folk_lstm: music_lstm, 1,291,184 parameters, nats_per_note 1.057>`."""
        network = self.architecture.get("network", self.task)
        parts = [str(network), f"{self.parameters:,} parameters"]
        if self.headline:
            parts.append(f"{self.headline.name} {self.headline.value:.4g}")
        return f"<Card {self.name}: {', '.join(parts)}>"

    def _repr_html_(self) -> str:
        """The card in a notebook: name, description and metrics."""
        shown = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in self._rows())
        head = "<tr><th>metric</th><th>value</th><th>better</th><th>split</th><th>meaning</th></tr>"
        about = f"{html.escape(self.description)} {self.parameters:,} parameters."
        return f"<h4>{html.escape(self.name)}</h4><p>{about}</p><table>{head}{shown}</table>"

    def _rows(self) -> list[tuple[str, ...]]:
        return [(m.name, f"{m.value:.4g}", m.better, f"{m.split}, n = {m.n:,}", m.meaning) for m in self.metrics]


class Cards(list[Card]):
    """A list of cards that a prompt shows line by line and a notebook as a table."""

    def __repr__(self) -> str:
        """One line for each card."""
        return "[" + ",\n ".join(map(repr, self)) + "]"

    def _repr_html_(self) -> str:
        """A table with one row for each card."""
        rows = []
        for card in self:
            result = f"{card.headline.name} {card.headline.value:.4g}" if card.headline else ""
            cells = (card.name, f"{card.parameters:,}", result, card.description)
            rows.append(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>")
        head = "<tr><th>model</th><th>parameters</th><th>result</th><th>description</th></tr>"
        return f"<table>{head}{''.join(rows)}</table>"


def read_card(folder: Path) -> Card:
    """Reads the card of a model's folder. Raises UserError where there is none, or where it cannot be read."""
    path = folder / CARD
    if not folder.is_dir():
        raise UserError(f"{folder} is not a folder: give the name of a published model, or the folder of one of your own")
    if not path.is_file():
        raise UserError(f"{folder} has no {CARD}, so it holds no model of this project: name another folder")
    try:
        return Card.from_json(path.read_text(encoding="utf-8"))
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} is not a readable card ({error}): restore the folder or train it again") from error


def is_model(folder: Path) -> bool:
    """Whether a folder holds an exported model and its card."""
    return os.path.isfile(folder / CARD) and os.path.isfile(folder / "saved_model.pb")


def kind(task: str, architecture: Mapping[str, Any]) -> str:
    """What kind of model this is, in words. A model never replaces one of another kind.

    Args:
        task: of the card; "" where it is not known yet.
        architecture: of the card. The kind depends on the network, and on the target, classes, languages or voices where it
            names any.
    """
    words = _one(architecture.get("network")) + (f" for {task}" if task else "")
    if "target" in architecture:
        return f"{words}, target {architecture['target']!r}"
    for names in ("classes", "languages"):
        if names in architecture:
            return f"{words}, {names} {', '.join(map(str, architecture[names]))}"
    if "parts" in architecture:
        return words + (" in parts" if architecture["parts"] else " of melodies" if architecture["voices"] == 1 else " of chords")
    return words


def _one(network: object) -> str:
    """The name of a network with its article."""
    return f"an {network}" if network == "mlp" else f"a {network}"  # "an" before the sound "em"


def saved_models() -> Path:
    """The folder of the models that go by name: the first of these that is there.

    1. what the environment variable INTRO_ZOO_MODELS names;
    2. saved_models/ beside zoo/, in a checkout of the project;
    3. zoo/saved_models/, in an installed package, which brings the pretrained models along.

    Raises UserError where INTRO_ZOO_MODELS names something else than a folder: no other models take its place.
    """
    if named := os.environ.get(MODELS):
        if not os.path.isdir(named):
            raise UserError(f"{MODELS} is {named}, which is not a folder: name a folder of models, or unset it")
        return Path(named)
    package = Path(__file__).resolve().parents[1]
    checkout = package.parent / "saved_models"
    return checkout if checkout.is_dir() else package / "saved_models"


def list_models(folder: Path | None = None) -> Cards:
    """The cards of all models in `folder`, sorted by name; by default those of `saved_models()`."""
    return Cards(read_card(path.parent) for path in sorted((folder or saved_models()).glob(f"[!.]*/{CARD}")))


def find_network(name_or_path: str | Path, *networks: str) -> Path:
    """The folder of a model of one of these networks, its files checked. Raises UserError for another one or a changed file."""
    folder = find(name_or_path, networks)
    found = verify(folder).architecture.get("network")
    if found not in networks:
        wanted = " or ".join(map(_one, networks))
        raise UserError(f"{name_or_path} is {_one(found)}, not {wanted}: name a model of that kind")
    return folder


def find(name_or_path: str | Path, networks: Iterable[str] = ()) -> Path:
    """The folder of a model, given by its name in `saved_models()` or by a path.

    Args:
        name_or_path: of the model.
        networks: names of networks. Who gives one of them instead of a model's name learns which models of it there are.

    Raises:
        UserError: there is neither such a name nor such a path. It suggests similar names.
    """
    text = str(name_or_path)
    models = saved_models()
    names = [path.parent.name for path in sorted(models.glob(f"[!.]*/{CARD}"))]
    if text in names:
        return models / text
    path = Path(text)
    if path.exists() and text:
        read_card(path)
        return path
    if text in networks:
        names = [card.name for card in list_models(models) if card.architecture.get("network") == text]
        if not names:
            raise UserError(f"{text} is a network of which no model is in {models}: train one, and name its folder")
    if not names:
        raise UserError(f"no model is called {text!r}: there are none in {models}")
    raise unknown("model", text, names)


def sha256(path: Path) -> str:
    """The file's sha256 as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def describe_files(folder: Path) -> dict[str, dict[str, Any]]:
    """Size and sha256 of every file in `folder` except the card itself."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / CARD)
    return {p.relative_to(folder).as_posix(): {"size": p.stat().st_size, "sha256": sha256(p)} for p in paths}


def verify(folder: Path) -> Card:
    """Checks every file against the card, and returns the card.

    Raises UserError, which names the first file that is missing, changed or not on the card.
    """
    card = read_card(folder)
    found = describe_files(folder)
    for name in sorted(card.files.keys() | found.keys()):
        if name not in found:
            fault = "is missing"
        elif name not in card.files:
            raise UserError(f"{folder / name} is not on its card: move that file elsewhere")
        elif found[name] != card.files[name]:
            fault = "is not the file that was published (its sha256 differs)"
        else:
            continue
        raise UserError(f"{folder / name} {fault}: restore the folder {folder} or train the model again")
    return card
