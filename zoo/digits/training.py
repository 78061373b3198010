"""Training the network for digits, from images to the published model: its loss, its recipes, and `train`."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Unpack

import numpy as np
import tensorflow as tf

from zoo.core import commands, processor, training
from zoo.core.arguments import layers
from zoo.core.cards import Card, Metric
from zoo.core.recipe import Recipe
from zoo.core.trainer import Options, Publication, Session
from zoo.digits import data as digits
from zoo.digits import graph, metrics, pictures
from zoo.digits import network as digits_mlp
from zoo.digits.about import about
from zoo.digits.distortion import distort
from zoo.digits.model import DigitReader
from zoo.images import sklearn_digits
from zoo.images.digit_images import Digits, check_trainable

DATA = "mnist"  # the default
TASK = "classification of images"
LIMITS = (
    "It takes every image for a digit: a letter or a scribble gets a label too, sometimes with a high probability.",
    "It knows single digits, upright and centred as MNIST's are. Pictures are brought to that form before; a shadow with a sharp "
    "edge can be taken for ink.",
    "How scikit-learn's digits are enlarged was chosen on half of them: the accuracy on all of them is a little too good.",
    "It looks at each image five times, moved a little in each direction: that takes five times as long as one look.",
    "MNIST's writers were American census clerks and pupils: a 1 with a foot or a 7 with a bar is read less well.",
)
VERSIONS = 9  # of each digit in the picture of the distortions

# docs/digits.md tells how long this takes, what it reaches and what else was tried.
RECIPE = Recipe(epochs=200, batch_size=512, learning_rate=1e-3, warmup_steps=500, weight_decay=0.02, average=0.999)
# Fewer images need smaller batches: otherwise there are too few steps.
FEW = Recipe(epochs=60, batch_size=32, learning_rate=1e-3, warmup_steps=50, weight_decay=0.02, average=0.99)
FEW_IMAGES = 5000


def recipe(images: int, quick: bool = False) -> Recipe:
    """The hyperparameters for so many training images; with `quick`, a twentieth of the epochs."""
    full = FEW if images < FEW_IMAGES else RECIPE
    return replace(full, epochs=full.epochs // 20, average=0.99) if quick else full


def loss(labels: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """The cross-entropy of each image in nats, [n], of labels [n] from 0 to 9 and logits [n, 10]."""
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)


def train(
    data: str = DATA, *, network: str = "digits_mlp", hidden: tuple[int, ...] | None = None, **options: Unpack[Options]
) -> Card:
    """Trains a network that reads digits, and publishes it.

    Args:
        data: "mnist", "sklearn_digits", or a folder with pictures in subfolders named 0 to 9.
        network: its name in the registry.
        hidden: the units of the hidden layers; None: those of the model to start from, or the defaults of
            `zoo.digits.network.Config`.
        options: see `zoo.core.trainer.Options`.

    Returns:
        The card of the model.

    Raises:
        UserError: for data that cannot be learned from, and what `Session` refuses.
        zoo.core.training.Stopped: when `progress` returned False.
    """
    hidden = None if hidden is None else layers("hidden", hidden)
    session = Session(network, data, options, {"hidden": hidden})
    session.check_size("hidden", hidden, "units")
    shards = processor.shards(RECIPE.batch_size)  # before TensorFlow computes anything
    images = digits.load(data)
    check_trainable(images)
    chosen = replace(
        session.recipe(recipe(images.sizes()["train"], session.quick)),
        precision=session.precision(),
    )
    if session.before:
        config = digits_mlp.Config.of(session.before.architecture)
    else:
        config = digits_mlp.Config(hidden) if hidden else digits_mlp.Config()
    architecture = {"network": network, **asdict(config)}
    session.check_replaceable(TASK, architecture)
    model = session.build(chosen, lambda: digits_mlp.build(config))
    history = session.fit(model, loss, digits.batches(images, chosen), chosen, shards)
    model = training.in_float32(model, lambda: digits_mlp.build(config))

    def measure(reader: DigitReader, folder: Path) -> list[Metric]:
        again = sklearn_digits.NAME if images.source.stand_in else data
        found = [*metrics.digit_metrics(reader, images, "test", _evaluation(session.out, again))]
        if images.source.name != sklearn_digits.NAME:  # other people's handwriting tells more than the same writers'
            command = _evaluation(session.out, sklearn_digits.NAME)
            accuracy = metrics.digit_metrics(reader, sklearn_digits.load(), "all", command)[0]
            found.append(replace(accuracy, split=f"{sklearn_digits.NAME}, all"))
        return found

    def draw(reader: DigitReader, folder: Path) -> None:
        held_out, labels = images.split("test")
        pictures.draw_errors(held_out, labels, reader.predict(held_out), folder / "errors.png")
        _draw_distortions(images, session.seed, folder / "distortions.png")

    description = "A deep MLP, dense layers alone, that reads one handwritten digit, 28 x 28."
    publication = Publication(TASK, architecture, description, images.describe(), LIMITS, DigitReader, about)
    return session.publish(model, publication, chosen, history, graph.endpoints(model), measure, draw)


def _evaluation(out: Path, data: str) -> str:
    """The command that measures again what the card tells."""
    return commands.shell_line(commands.program("digits"), ["evaluate", "--model", str(out), "--data", data])


def _draw_distortions(data: Digits, seed: int, path: Path) -> None:
    """Draws one training image of each class, with some of its distortions."""
    learned, classes = data.split("train")
    examples = learned[[np.flatnonzero(classes == label)[0] for label in np.unique(classes)]]
    repeated = tf.cast(tf.repeat(examples, VERSIONS, axis=0), tf.float32)
    versions = distort(repeated, [seed, 0]).numpy().reshape(len(examples), VERSIONS, *examples.shape[1:])
    pictures.draw_versions(examples, versions, path)
