"""The one table of networks: what of the project belongs to each. A new network adds an entry, that of a new wing too.

Code is named by strings, "module:name", and imported when it is used, so that this table costs nothing to import.
Tests, benchmarks and apps iterate over it.
"""

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.core import cards, extras
from zoo.core.cards import Card
from zoo.core.errors import UserError
from zoo.core.names import unknown


@dataclass(frozen=True)
class Network:
    """A network of the zoo.

    Args:
        name: as the cards tell it, `architecture["network"]`.
        wing: the package in zoo/ that holds it.
        app: the command that trains and uses it, `python -m apps.APP`. What the demo shows of it is in `apps/APP_demo.py`.
        task: as the cards tell it; a card older than `architecture["network"]` has nothing else. "" where it does not decide.
        loader: makes what `zoo.load` gives, of (card, saved_model, folder).
        about: what a card says beyond figures, a `zoo.core.about.About`, of (what the loader made, folder).
        builder: makes the Keras network, without its weights, of a card's architecture.
        trainer: trains and publishes a model, of (data, network=NAME, app=APP, **options); gives its card.
        data_sets: the names that its `data` takes, beside files and folders of a user's; the first is the default.
    """

    name: str
    wing: str
    app: str
    task: str
    loader: str
    about: str
    builder: str
    trainer: str
    data_sets: tuple[str, ...]


_TABLES = ("breast_cancer", "iris", "wine", "diabetes")

# In the order in which a newcomer meets them: the list of apps and the demo keep it.
NETWORKS = {
    network.name: network
    for network in (
        Network(
            name="music_lstm",
            wing="music",
            app="music",
            task="music generation",
            loader="zoo.music.model:Composer",
            about="zoo.music.about:about",
            builder="zoo.music.network:from_architecture",
            trainer="zoo.music.training:train",
            data_sets=("folk", "chorales"),
        ),
        Network(
            name="sentiment_transformer",
            wing="sentiment",
            app="sentiment",
            task="text classification",
            loader="zoo.sentiment.model:TextClassifier",
            about="zoo.sentiment.about:about",
            builder="zoo.sentiment.network:from_architecture",
            trainer="zoo.sentiment.training:train",
            data_sets=("imdb",),
        ),
        Network(
            name="translation_transformer",
            wing="translation",
            app="translate",
            task="translation",
            loader="zoo.translation.model:Translator",
            about="zoo.translation.about:about",
            builder="zoo.translation.network:from_architecture",
            trainer="zoo.translation.training:train",
            data_sets=("multi30k",),
        ),
        Network(
            name="captioner",
            wing="captions",
            app="captions",
            task="image captioning",
            loader="zoo.captions.model:Captioner",
            about="zoo.captions.about:about",
            builder="zoo.captions.network:from_architecture",
            trainer="zoo.captions.training:train",
            data_sets=("scenes", "few_scenes", "scenes_of_sklearn_digits"),
        ),
        Network(
            name="writing_lstm",
            wing="writing",
            app="writing",
            task="next-character prediction",
            loader="zoo.writing.model:Writer",
            about="zoo.writing.about:about",
            builder="zoo.writing.network:from_architecture",
            trainer="zoo.writing.training:train",
            data_sets=("tiny_shakespeare",),
        ),
        Network(
            name="digits_mlp",
            wing="digits",
            app="digits",
            task="classification of images",
            loader="zoo.digits.model:DigitReader",
            about="zoo.digits.about:about",
            builder="zoo.digits.network:from_architecture",
            trainer="zoo.digits.training:train",
            data_sets=("mnist", "sklearn_digits"),
        ),
        Network(
            name="perceptron",
            wing="tables",
            app="perceptron",
            task="",
            loader="zoo.tables.model:loaded",
            about="zoo.tables.about:about",
            builder="zoo.tables.perceptron:from_architecture",
            trainer="zoo.tables.training:train",
            data_sets=_TABLES,
        ),
        Network(
            name="mlp",
            wing="tables",
            app="mlp",
            task="",
            loader="zoo.tables.model:loaded",
            about="zoo.tables.about:about",
            builder="zoo.tables.mlp:from_architecture",
            trainer="zoo.tables.training:train",
            data_sets=_TABLES,
        ),
    )
}


def resolve(target: str) -> Any:
    """What a "module:name" of the table stands for."""
    module, name = target.split(":")
    return getattr(importlib.import_module(module), name)


def named(name: str) -> Network:
    """The entry of a network. Raises UserError, naming those that are near, where there is none of that name."""
    if name not in NETWORKS:
        raise unknown("network", name, tuple(NETWORKS))
    return NETWORKS[name]


def apps() -> tuple[str, ...]:
    """The names of the apps that train and use networks, in the order of the table."""
    return tuple(dict.fromkeys(network.app for network in NETWORKS.values()))


def of_app(app: str) -> tuple[str, ...]:
    """The names of the networks that an app measures and uses."""
    return tuple(network.name for network in NETWORKS.values() if network.app == app)


def of(card: Card) -> Network | None:
    """The entry of a card's network; of a card that does not name it, by its task; None where it is no network of this table."""
    network = card.architecture.get("network")
    if network is not None:
        return NETWORKS.get(network)
    return next((each for each in NETWORKS.values() if each.task and each.task == card.task), None)


def find(name_or_path: str | Path) -> Path:
    """The folder of a model; see `zoo.core.cards.find`, which learns here what networks there are."""
    return cards.find(name_or_path, NETWORKS)


@extras.explained()
def load(name_or_path: str | Path) -> Any:
    """Loads a model by its name in saved_models/ or by its folder, after checking every file's sha256.

    Returns:
        What the loader of the card's network makes; of a network that is not in the table a `zoo.core.classifier.Classifier`.

    Raises:
        UserError: an unknown name, a folder that is no model, a file that is missing or was changed.
    """
    import tensorflow as tf

    path = find(name_or_path)
    card = cards.verify(path)
    saved_model = tf.saved_model.load(str(path))
    entry = of(card)
    return resolve(entry.loader if entry else "zoo.core.classifier:Classifier")(card, saved_model, path)


@extras.explained()
def train(name: str, data: str | Path | None, options: dict[str, Any]) -> Any:
    """Trains a network and loads what was published; see `zoo.train`. None where nothing was."""
    from zoo.core.training import Stopped

    entry = named(name)
    options = {key: value for key, value in options.items() if value is not None}
    out = Path(options.setdefault("out", Path("out") / name))
    try:
        card = resolve(entry.trainer)(str(data or entry.data_sets[0]), network=name, app=entry.app, **options)
    except Stopped:
        return None
    return load(out) if card else None


@extras.explained()
def network(name_or_path: str | Path) -> Any:
    """The Keras network of a model with its published weights; see `zoo.network`."""
    from zoo.core import export

    folder = find(name_or_path)
    card = cards.verify(folder)
    entry = of(card)
    if entry is None:
        raise UserError(f"{name_or_path} is of no network of this zoo, but of {card.architecture.get('network')!r}")
    model = resolve(entry.builder)(card.architecture)
    export.restore(model, folder)
    return model
