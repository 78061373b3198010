"""Model cards: what a folder of saved_models/ says of itself, and the check that its files are what the card says.

The folders of saved_models/ are the one list of models. Nothing here imports TensorFlow.
"""

import dataclasses
import hashlib
import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zoo.core.errors import UserError
from zoo.core.names import unknown

MODELS = "INTRO_ZOO_MODELS"  # the environment variable that names another folder of models
CARD = "card.json"
README = "README.md"


@dataclass(frozen=True)
class Metric:
    """One measured number: its name, value, the split and number of examples it was measured on, and how to repeat it."""

    name: str
    value: float
    split: str
    n: int
    command: str


@dataclass(frozen=True)
class DataSet:
    """Where the training data came from; `splits` maps a split's name to its number of examples."""

    name: str
    version: str
    source: str
    splits: dict[str, int]
    sha256: str
    licence: str


@dataclass(frozen=True)
class Training:
    """How the weights came to be; `seconds` is wall time."""

    command: str
    seed: int
    epochs: int
    seconds: float
    processor: str
    versions: dict[str, str]
    precision: str = "float32"  # of the matrix products in training


@dataclass(frozen=True)
class Card:
    """A model's card (contract 1). `files` maps each file's relative path to its size in bytes and its sha256."""

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
        values["limits"] = tuple(values["limits"])
        card = cls(**values)
        for name, kind in (("architecture", dict), ("files", dict), ("signatures", dict), ("parameters", int)):
            if not isinstance(getattr(card, name), kind):
                raise TypeError(f"its {name} is no {kind.__name__}")
        return card

    def metric(self, name: str, split: str = "test") -> Metric | None:
        """The metric of that name and split, or None."""
        return next((m for m in self.metrics if m.name == name and m.split == split), None)

    @property
    def size(self) -> int:
        """Bytes of all files that the card lists."""
        return sum(entry["size"] for entry in self.files.values())


def read_card(folder: Path) -> Card:
    """Reads the card of a model's folder. Raises UserError where there is none or it cannot be read."""
    path = folder / CARD
    if not folder.is_dir():
        raise UserError(f"{folder} is not a folder: give a model's name or the folder that `train --out` wrote")
    if not path.is_file():
        raise UserError(f"{folder} has no {CARD}: it is not a model of this project; train one with --out {folder}")
    try:
        return Card.from_json(path.read_text(encoding="utf-8"))
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} is not a readable card ({error}): restore the folder or train it again") from error


def is_model(folder: Path) -> bool:
    """Whether a folder holds an exported model and its card."""
    return os.path.isfile(folder / CARD) and os.path.isfile(folder / "saved_model.pb")


def kind(task: str, architecture: Mapping[str, Any]) -> str:
    """What a model is for, in words. A model never takes the place of one of another kind.

    Args:
        task: of the card; "" where it is not known yet.
        architecture: of the card; its network, and what of target, classes and voices it has, make the difference.
    """
    words = _one(architecture.get("network")) + (f" for {task}" if task else "")
    if "target" in architecture:
        return f"{words}, target {architecture['target']!r}"
    if "classes" in architecture:
        return f"{words}, classes {', '.join(map(str, architecture['classes']))}"
    if "parts" in architecture:
        return words + (" in parts" if architecture["parts"] else " of melodies" if architecture["voices"] == 1 else " of chords")
    return words


def _one(network: object) -> str:
    """The name of a network with its article."""
    return f"an {network}" if network == "mlp" else f"a {network}"  # m is spoken "em"


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


def list_models(folder: Path | None = None) -> list[Card]:
    """The cards of all models in `folder`, sorted by name; by default those of `saved_models()`."""
    return [read_card(path.parent) for path in sorted((folder or saved_models()).glob(f"[!.]*/{CARD}"))]


def find_network(name_or_path: str | Path, network: str) -> Path:
    """The verified folder of a model that is of the given network. Raises UserError when it is another kind, or was changed."""
    folder = find(name_or_path)
    found = verify(folder).architecture.get("network")
    if found != network:
        raise UserError(f"{name_or_path} is {_one(found)}, not {_one(network)}: name a model of that kind")
    return folder


def find(name_or_path: str | Path) -> Path:
    """The folder of a model, given by its name in `saved_models()` or by a path.

    Raises UserError, naming the models that are near, when there is neither.
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
    """Checks every file against the card, and gives the card.

    Raises UserError naming the first file that is missing, changed or not on the card.
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
