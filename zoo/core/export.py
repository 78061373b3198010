"""Publishing a trained network: a SavedModel, its card and its page, written as a whole or not at all.

Nothing else writes into saved_models/.
"""

import os
import platform
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from zoo.core import cards, processor
from zoo.core.about import About, complete
from zoo.core.card_page import render
from zoo.core.cards import Card, DataSet, Metric, Training
from zoo.core.errors import UserError
from zoo.core.files import check_folder, check_length, write_whole
from zoo.core.recipe import History, Recipe

Loader = Callable[[Card, Any, Path], Any]
Describer = Callable[[Any, Path], About]

VARIABLE = re.compile(r"variables/(\d+)/\.ATTRIBUTES/VARIABLE_VALUE")  # what TensorFlow calls a variable of a SavedModel
MAX_MEGABYTES = 25.0  # of a pretrained model in this repository; a user's own may be larger


def write_saved_model(model: keras.Model, endpoints: dict[str, Any], folder: Path) -> None:
    """Writes a SavedModel.

    The `variables` of the loaded object are the network's, in the network's order: `restore` reads them.

    Args:
        model: the network.
        endpoints: the signatures by name, tf.functions with an input_signature; the first one is the default.
        folder: where to.
    """
    archive = keras.export.ExportArchive()
    archive.track(model)
    for group in ("variables", "trainable_variables", "non_trainable_variables"):
        # Keras lists its own wrappers of the variables. With them the file would hold every variable twice.
        setattr(archive._tf_trackable, group, [variable.value for variable in getattr(model, group)])
    # Keras does not track the lookup tables of a subclassed model.
    archive._tf_trackable.lookup_tables = list(getattr(model, "lookup_tables", ()))
    for name, function in endpoints.items():
        concrete = function.get_concrete_function()
        archive.add_endpoint(name, function)
        # TensorFlow would trace a tf.function once more, so that the file held every graph twice.
        setattr(archive._tf_trackable, name, concrete)
        archive._endpoint_signatures[name] = concrete.structured_input_signature
    archive.write_out(str(folder), verbose=False)


def restore(model: keras.Model, folder: Path) -> None:
    """Sets the weights of a network to those of an exported model. Raises UserError when that is another network.

    Only the file of the variables is read: to load the graph as well takes seconds.
    """
    cards.verify(folder)
    file = tf.train.load_checkpoint(str(folder / "variables" / "variables"))
    # `write_saved_model` numbers them in the network's order.
    numbered = {int(found[1]): name for name in file.get_variable_to_shape_map() if (found := VARIABLE.fullmatch(name))}
    if not _set(model, [file.get_tensor(numbered[number]) for number in sorted(numbered)]):
        raise UserError(
            f"{folder} holds another network than the one to train: start from none, or from a model of the same kind and size"
        )


def assign(model: keras.Model, saved_model: Any) -> bool:
    """Sets the weights of a network to those of what tf.saved_model.load gave. False, with none set, if they do not fit."""
    return _set(model, [variable.numpy() for variable in saved_model.variables])


def _set(model: keras.Model, values: Sequence[np.ndarray]) -> bool:
    variables = model.variables
    if [tuple(v.shape) for v in variables] != [value.shape for value in values]:
        return False
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
    return True


def describe_signatures(saved_model: Any) -> dict[str, Any]:
    """The inputs and outputs of each signature, with types and shapes, of what tf.saved_model.load gave."""

    def describe(specs: dict[str, tf.TensorSpec]) -> dict[str, str]:
        return {
            name: f"{spec.dtype.name} {'x'.join('n' if d is None else str(d) for d in spec.shape) or 'scalar'}"
            for name, spec in sorted(specs.items())
        }

    return {
        name: {
            "inputs": describe(function.structured_input_signature[1]),
            "outputs": describe(function.structured_outputs),
        }
        for name, function in sorted(saved_model.signatures.items())
        if name != "serving_default"  # another name of the first signature
    }


def versions() -> dict[str, str]:
    """The versions that a training depends on."""
    return {"tensorflow": tf.__version__, "keras": keras.__version__, "python": platform.python_version()}


def draft(
    model: keras.Model,
    task: str,
    description: str,
    architecture: dict[str, Any],
    dataset: DataSet,
    recipe: Recipe,
    history: History,
    command: str,
    limits: Sequence[str],
) -> Card:
    """The card of a trained network, which `publish` completes; `architecture` is the network's name and config."""
    machine = f"{processor.name()}, {os.cpu_count()} cores"
    training = Training(
        command, recipe.seed, len(history.epochs), round(history.seconds, 1), machine, versions(), recipe.precision
    )
    # Whole numbers, such as hashes of n-grams, are a vocabulary and no parameters.
    parameters = sum(int(np.prod(v.shape)) for v in model.weights if tf.as_dtype(v.dtype).is_floating)
    return Card("", task, description, architecture, parameters, dataset, training, (), {}, tuple(limits))


def publish(
    path: Path,
    card: Card,
    write: Callable[[Path], None],
    loader: Loader,
    about: Describer,
    measure: Callable[[Any, Path], Sequence[Metric]],
    extra: Callable[[Any, Path], None],
) -> Card:
    """Writes the folder of a model: the SavedModel, what `extra` adds (curves.png ...), card.json and README.md.

    The exported model is what is measured, drawn and shown in use: it is loaded once, and handed to the functions.
    Everything is written into a new folder beside `path`, which is then renamed. After any failure, such as a full disk, an older
    model at `path` is as it was.

    Args:
        path: the folder of the model. An older model of the same kind there is replaced.
        card: the card as `draft` gives it.
        write: writes the SavedModel into a folder, by `write_saved_model`.
        loader: gives what `zoo.load` gives, of (card, what tf.saved_model.load gave, folder).
        about: gives what the wing says of a model, of (the loaded model, folder).
        measure: gives the metrics, of the same arguments.
        extra: writes further files into the folder, of the same arguments.

    Raises:
        UserError: when something stands at `path` that the model must not replace, see `check_writable`.
    """
    check_writable(path, card.task, card.architecture)
    name, given, path = path.name, path, path.resolve()  # a link stays, and the folder that it leads to is replaced
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    temporary.chmod(0o755)
    replaced = temporary.with_name(f"{temporary.name}.old")
    try:
        write(temporary)
        saved_model = tf.saved_model.load(str(temporary))
        card = replace(card, name=name, signatures=describe_signatures(saved_model))
        model = loader(card, saved_model, temporary)
        card = replace(card, metrics=tuple(measure(model, temporary)))
        extra(model, temporary)
        card = complete(card, model, about(model, temporary), given)
        (temporary / cards.README).write_text(render(card, temporary), encoding="utf-8")
        card = replace(card, files=cards.describe_files(temporary))
        (temporary / cards.CARD).write_text(card.to_json(), encoding="utf-8")
        check_writable(path, card.task, card.architecture)  # once more, since measuring takes a while
        if path.exists():
            path.rename(replaced)
        temporary.rename(path)
    finally:
        # Something, such as Ctrl-C, may have stopped it between the two renames: then the older model goes back to its place.
        if replaced.exists() and not path.exists():
            replaced.rename(path)
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(replaced, ignore_errors=True)
    return card


def renew_page(path: Path, loader: Loader, about: Describer) -> Card:
    """Writes the card and the page of a published model anew: with the same figures, and with what `about` says of it now.

    It touches no other file of the model.

    Args:
        path: the model's folder.
        loader: as in `publish`.
        about: likewise.

    Raises:
        UserError: when somebody has changed a file of the model, its page included.
    """
    card = cards.verify(path)
    model = loader(card, tf.saved_model.load(str(path)), path)
    card = complete(card, model, about(model, path), path)
    write_whole(path / cards.README, render(card, path).encode("utf-8"))
    card = replace(card, files=cards.describe_files(path))
    write_whole(path / cards.CARD, card.to_json().encode("utf-8"))
    return card


def check_writable(path: Path, task: str = "", architecture: Mapping[str, Any] | None = None) -> None:
    """Raises UserError when a model must not be written to `path`. Call it before a long training.

    A model may replace an older one of the same kind, or an empty folder. It replaces nothing else, in particular no page that
    somebody has written into.

    Args:
        path: the model's folder.
        task: of the new model's card; "" where no more than its network is known yet.
        architecture: of the new model's card; None where any model may be replaced.
    """
    here = Path.cwd()
    if path.name in ("", "..") or path.resolve() in (here, *here.parents) or os.path.ismount(path):
        raise UserError(f"{path} is no folder that a model can take the place of: name a new one")
    check_folder("the model", path.parent, path)
    check_length("the model", path, path.absolute())
    if not os.path.lexists(path):
        return
    if not path.is_dir() or (any(path.iterdir()) and not (path / cards.CARD).is_file()):
        raise UserError(f"{path} exists and is not a model: name a new folder, or one that holds a model to replace")
    if not any(path.iterdir()):
        return
    card = cards.read_card(path)
    files = {each.relative_to(path).as_posix() for each in path.rglob("*") if each.is_symlink() or not each.is_dir()}
    others = sorted(files - card.files.keys() - {cards.CARD})
    if others:
        told = ", ".join(others[:3]) + (f" and {len(others) - 3} more" if len(others) > 3 else "")
        raise UserError(f"{path} holds files that are not the model's and would be lost: move {told}, or name a new folder")
    page = path / cards.README
    if page.is_file() and cards.README in card.files and cards.sha256(page) != card.files[cards.README]["sha256"]:
        raise UserError(
            f"{path} holds a {cards.README} that has been changed since, and would be lost: move it, or name a new folder"
        )
    if architecture is not None:
        old, new = cards.kind(card.task, card.architecture), cards.kind(task, architecture)
        if card.architecture.get("network") != architecture["network"] or (task and old != new):
            raise UserError(f"{path} holds {old}, and this is {new}: name a new folder, or remove the old model")
