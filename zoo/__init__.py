"""Intro Zoo: the networks of an introduction to deep learning, trained, exported and ready to use.

>>> import zoo
>>> zoo.list_models()                           # the cards of the pretrained models
>>> model = zoo.load("sentiment_transformer")   # imports TensorFlow, checks every file's sha256
>>> model.predict(["A fine film.", "Dull."])

`zoo.train` trains any of these networks on your own data, and `zoo.network` gives the Keras network of a model.
Importing this package imports no TensorFlow; the first `load`, `train` or `network` does.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, overload

from zoo.core.cards import Card, list_models
from zoo.core.errors import UserError

if TYPE_CHECKING:
    import keras

    from zoo.captions.model import Captioner
    from zoo.core.training import Progress
    from zoo.digits.model import DigitReader
    from zoo.music.model import Composer
    from zoo.sentiment.model import TextClassifier
    from zoo.tables.model import TableModel
    from zoo.translation.model import Translator
    from zoo.writing.model import Writer

__version__ = "0.2.0"
__all__ = ["Card", "Model", "UserError", "list_models", "load", "network", "train"]


class Model(Protocol):
    """What every loaded model has: its card, and the methods of its task, which the card's network decides."""

    card: Card
    saved_model: Any

    def __getattr__(self, name: str) -> Any: ...


# A loaded model has more methods than a Model promises: that is the overlap which type checkers see.
@overload
def load(name_or_path: Literal["folk_lstm", "chorale_lstm"]) -> "Composer": ...  # type: ignore[overload-overlap]


@overload
def load(name_or_path: Literal["sentiment_transformer"]) -> "TextClassifier": ...  # type: ignore[overload-overlap]


@overload
def load(name_or_path: Literal["translation_transformer"]) -> "Translator": ...  # type: ignore[overload-overlap]


@overload
def load(name_or_path: Literal["captioner"]) -> "Captioner": ...  # type: ignore[overload-overlap]


@overload
def load(name_or_path: Literal["writing_lstm"]) -> "Writer": ...  # type: ignore[overload-overlap]


@overload
def load(name_or_path: Literal["digits_mlp"]) -> "DigitReader": ...  # type: ignore[overload-overlap]


@overload
def load(name_or_path: Literal["perceptron"]) -> "TableModel": ...  # type: ignore[overload-overlap]


@overload
def load(name_or_path: str | Path) -> Model: ...


def load(name_or_path: str | Path) -> Any:
    """Loads a model by its name in the zoo, or any exported model by its folder, after checking every file's sha256.

    Returns:
        An object with `.card` and the methods of its task, such as `predict` of sentiment_transformer or `generate` of folk_lstm.
        The page of a model, README.md in its folder, shows them at work. The entry of its network in `zoo.registry.NETWORKS` says
        where their code is.

    Raises:
        UserError: an unknown name, a folder that is no model, a file that is missing or was changed.
    """
    from zoo.core.startup import import_tensorflow

    import_tensorflow()
    from zoo import registry

    return registry.load(name_or_path)


def train(
    name: str,
    data: str | Path | None = None,
    *,
    out: str | Path | None = None,
    quick: bool = False,
    seed: int = 0,
    progress: "Progress | None" = None,
    **options: Any,
) -> Model | None:
    """Trains a network on data of your own or on one of its data sets, publishes it in a folder, and loads it.

    >>> model = zoo.train("mlp", "table.csv", target="price", out="out/mine")
    >>> model.predict({"rooms": [3], "area": [72.5]})

    Args:
        name: of the network: one of `zoo.registry.NETWORKS`, such as "mlp".
        data: the name of a data set of the network, or a file or folder of yours; None: the network's first data set.
        out: the folder of the model; None: out/NAME. An older model of the same kind is replaced, when the new one is complete.
        quick: a small training of a few minutes, to see it work.
        seed: the seed of all random numbers.
        progress: called a few times a second as progress(done, total, losses); False stops, and keeps the checkpoint. See
            `zoo.core.training.Progress`.
        options: see `zoo.core.trainer.Options` (epochs, start, resume, log_dir, precision), and the `train` of the network's
            wing for its own, such as `target` of a table.

    Returns:
        What `load` gives of the published model. None when `progress` has stopped the training, with which `resume=True` goes on,
        and after a `stage` of sentiment_transformer that is not the last one.

    Raises:
        UserError: for data that cannot be learned from, and a folder that cannot be written.
    """
    from zoo.core.startup import import_tensorflow

    import_tensorflow()
    from zoo import registry

    return registry.train(name, data, {"out": out, "quick": quick, "seed": seed, "progress": progress, **options})


def network(name_or_path: str | Path) -> "keras.Model":
    """The Keras network of a model with its published weights, to look into, to change or to fine-tune.

    >>> network = zoo.network("digits_mlp")
    >>> [variable.path for variable in network.variables][:2]

    Its inputs are what the wing's data pipeline gives, not the raw input of the exported signatures: see the `network` module of
    the wing.

    Raises:
        UserError: as `load`; a model of a network that is not in `zoo.registry.NETWORKS`.
    """
    from zoo.core.startup import import_tensorflow

    import_tensorflow()
    from zoo import registry

    return registry.network(name_or_path)
