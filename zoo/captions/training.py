"""Training a captioner, from pictures with captions to the published model: its losses, its recipes, and `train`.

There are two stages. In the first one the network learns people's captions. Where the scenes are known, it learns in the second
one from what its own captions are worth (`zoo.captions.rewarded`).
"""

import logging
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Unpack

import tensorflow as tf

from zoo.captions import data as caption_data
from zoo.captions import graph, metrics, pictures, pipeline, things
from zoo.captions.about import about
from zoo.captions.dataset import Captions, check_trainable
from zoo.captions.model import Captioner
from zoo.captions.network import Captioner as Network
from zoo.captions.network import Config
from zoo.captions.rewarded import Rewarded, advantage
from zoo.core import commands, processor
from zoo.core.arguments import whole
from zoo.core.cards import Card, Metric
from zoo.core.csv_forms import AS_FOUND, Format
from zoo.core.errors import UserError
from zoo.core.recipe import History, Recipe
from zoo.core.trainer import Options, Publication, Session
from zoo.core.training import in_float32
from zoo.layers import fused
from zoo.text.subwords import PADDING, Subwords, learn

DATA = "scenes"  # the default
TASK = "image captioning"
SMOOTHING = 0.05  # of each target's probability all subwords share this part
FOUND = 0.1  # the weight of the encoder's second task: which subwords the captions have
THINGS = 0.5  # that of its third task: which things are where
MOST_SUBWORDS = 4096  # entries of the vocabulary
LIKELIHOOD = 0.2  # in the second stage, the weight of people's captions
STAGES = "captions", "truth"
READ = 8  # cells that the decoder reads, where scenes tell what a thing is: their things, and some where there may be one
SIDES = 32, 320  # pixels of a picture, the least and the most
EXAMPLES = 6  # pictures in the drawing of captions

# docs/captions.md tells how long this takes, what it reaches and what else was tried.
RECIPE = Recipe(epochs=7, batch_size=32, learning_rate=2e-3, warmup_steps=500, weight_decay=0.02, average=0.998)
REWARDED = replace(RECIPE, epochs=2, learning_rate=5e-4, warmup_steps=100)  # the second stage
# For a first look: a small network and few pictures, some minutes.
QUICK_RECIPE = replace(RECIPE, epochs=4, warmup_steps=50, average=0.99)
QUICK: dict[str, Any] = {"channels": (16, 32, 64), "residuals": (0, 1, 1), "width": 96, "hidden": 192}

QUICK_EPOCHS = 1  # of the second stage

_log = logging.getLogger(__name__)


def loss(wanted: dict[str, tf.Tensor], output: dict[str, tf.Tensor]) -> tf.Tensor:
    """The loss of each subword, float32 [n, k, t]: its smoothed cross-entropy in nats, and two losses of its picture.

    One of these is the sum of the binary cross-entropies of all subwords' being in a caption, weighted by FOUND. The other one is
    that of `zoo.captions.things`, weighted by THINGS.

    Args:
        wanted: {"following": the subwords that follow, int32 [n, k, t]; "things": what is in each cell, int32 [n, grid * grid,
            TOLD]}.
        output: of the network, see `zoo.captions.network.Captioner`.
    """
    return _surprise(wanted["following"], output["next"]) + _of_picture(wanted, output)[:, None, None]


def rewarded_loss(wanted: dict[str, tf.Tensor], output: dict[str, tf.Tensor]) -> tf.Tensor:
    """The loss of each picture in the second stage, float32 [n, 1, 1]. Its value is 1 - the mean reward of its drawn captions.

    Its gradient is that of three losses: of the drawn captions, see `zoo.captions.rewarded`; of people's captions, the sum over a
    caption's subwords, weighted by LIKELIHOOD; and those of the picture, as in `loss`.

    Args:
        wanted: as for `loss`.
        output: of `zoo.captions.rewarded.Rewarded`.
    """
    drawn = -tf.reduce_mean(advantage(output["reward"]) * output["log_probability"], 1)
    following = wanted["following"]
    of_people = _surprise(following, output["next"]) * tf.cast(following != PADDING, tf.float32)
    descended = drawn + LIKELIHOOD * tf.reduce_mean(tf.reduce_sum(of_people, 2), 1) + _of_picture(wanted, output)
    value = 1 - tf.reduce_mean(output["reward"], 1) + descended - tf.stop_gradient(descended)
    return value[:, None, None]


def _surprise(following: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """The smoothed cross-entropy of each subword in nats: int32 [n, k, t] and [n, k, t, subwords] -> float32 [n, k, t]."""
    cross_entropy = fused.fused_smoothed_cross_entropy(SMOOTHING)
    of_each = cross_entropy(tf.reshape(logits, [-1, logits.shape[-1]]), tf.reshape(following, [-1]))
    return tf.reshape(of_each, tf.shape(following))


def _of_picture(wanted: dict[str, tf.Tensor], output: dict[str, tf.Tensor]) -> tf.Tensor:
    """The weighted losses of the encoder's own tasks, float32 [n], see `loss`."""
    following, found = wanted["following"], output["found"]
    n, subwords = tf.shape(following)[0], found.shape[-1]
    flat = tf.reshape(following, [n, -1])
    places = tf.stack([tf.broadcast_to(tf.range(n)[:, None], tf.shape(flat)), flat], -1)
    counts = tf.scatter_nd(places, tf.ones_like(flat, tf.float32), [n, subwords])
    there = tf.cast(counts > 0, tf.float32) * tf.cast(tf.range(subwords) != PADDING, tf.float32)
    missed = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(there, found), -1)
    return FOUND * missed + THINGS * things.loss(wanted["things"], output["things"])


def train(
    data: str = DATA,
    *,
    network: str = "captioner",
    image: int | None = None,
    csv_format: Format = AS_FOUND,
    **options: Unpack[Options],
) -> Card:
    """Trains a network that says what a picture shows, and publishes it.

    Args:
        data: "scenes"; "few_scenes", a small set for trying things out; or a folder of pictures with a CSV file of captions, or
            that file. See `zoo.captions.data`.
        network: its name in the registry.
        image: pixels of a picture on each side, to which all are brought; a multiple of 8. None: 96, or those of the model to
            start from. More show more, and take longer by their square.
        csv_format: how the CSV file is written, where this cannot be found in it.
        options: see `zoo.core.trainer.Options`.

    Returns:
        The card of the model.

    Raises:
        UserError: for data that cannot be learned from, and what `Session` refuses.
        zoo.core.training.Stopped: when `progress` returned False.
    """
    image = None if image is None else _side(image)
    own = {"image": image, "csv_format": csv_format.named_by_user}
    session = Session(network, data, options, own, STAGES)
    session.check_size("image", image)
    session.check_replaceable(TASK, {"network": network})
    shards = processor.shards(RECIPE.batch_size)
    before = Config.of(session.before.architecture) if session.before else None
    side = before.image if before else image or Config.image
    captions = caption_data.load(data, csv_format=csv_format, side=side)
    check_trainable(captions)
    recipe = replace(session.recipe(QUICK_RECIPE if session.quick else RECIPE), precision=session.precision())
    recipe = replace(recipe, batch_size=min(recipe.batch_size, captions.sizes()["train"]))
    shards = min(shards, recipe.batch_size)  # TensorFlow's convolutions on a CPU cannot train on a shard without a picture
    config, subwords = (before, Subwords.load(session.start / "assets")) if session.start and before else _new(session, captions)
    config = replace(config, read=READ if captions.scenes is not None else 0)
    model = session.build(recipe, lambda: Network(config))
    batches = pipeline.batches(captions, subwords, config.longest, config.grid, recipe)
    histories = {"curves.png": session.fit(model, loss, batches, recipe, shards, STAGES[0])}
    if captions.scenes is not None:
        _log.info("learning from what its own captions are worth")
        second = replace(REWARDED, precision=recipe.precision, seed=recipe.seed, batch_size=recipe.batch_size)
        second = replace(second, epochs=QUICK_EPOCHS) if session.quick else second
        rewarded = Rewarded(model, subwords, captions.scenes)
        learned = session.fit(rewarded, rewarded_loss, batches, second, shards, STAGES[1])
        histories["rewards.png"] = replace(learned, loss="1 - reward of a drawn caption")
    return _published(
        session,
        in_float32(model, lambda: Network(config)),
        subwords,
        captions,
        recipe,
        histories,
        _evaluation(session.out, captions.source.name if captions.source.stand_in else data, csv_format),
    )


def _new(session: Session, captions: Captions) -> tuple[Config, Subwords]:
    """The sizes of a new network, and the subwords of the training captions."""
    _log.info("learning the subwords")
    learned = captions.split("train")
    subwords = learn(pipeline.texts(learned.references), MOST_SUBWORDS)
    longest = pipeline.longest(learned.references, subwords)
    return Config(subwords.size, learned.pictures.shape[1], longest=longest, **(QUICK if session.quick else {})), subwords


def _published(
    session: Session,
    model: Network,
    subwords: Subwords,
    captions: Captions,
    recipe: Recipe,
    histories: dict[str, History],
    evaluation: str,
) -> Card:
    """Publishes the network; `evaluation` is the command that measures its figures again."""

    def measure(captioner: Captioner, folder: Path) -> Sequence[Metric]:
        return metrics.caption_metrics(captioner, captions, "test", evaluation)

    def draw(captioner: Captioner, folder: Path) -> None:
        shown = captions.split("test").pictures[:EXAMPLES]
        pictures.draw_captions(shown, captioner.describe(shown), folder / "captions.png")
        pictures.draw_attention(shown[0], captioner.attend(shown[0]), folder / "attention.png")

    with tempfile.TemporaryDirectory() as folder:
        subwords.save(Path(folder))
        architecture = {"network": session.network, **asdict(model.config)}
        publication = Publication(
            TASK, architecture, _description(captions), captions.describe(), _limits(captions), Captioner, about
        )
        return session.publish(model, publication, recipe, histories, graph.endpoints(model, Path(folder)), measure, draw)


def _side(image: object) -> int:
    """The side of the pictures. Raises UserError where the network cannot halve it often enough."""
    side, step = whole("image", image, *SIDES), 2 ** len(Config.channels)
    if side % step:
        raise UserError(f"image = {side}: pictures are halved {len(Config.channels)} times; name a multiple of {step}")
    return side


def _evaluation(out: Path, data: str, csv_format: Format) -> str:
    """The command that measures again what the card tells."""
    words = ["evaluate", "--model", str(out), "--data", data, *csv_format.words()]
    return commands.shell_line(commands.program("captions"), words)


def _description(captions: Captions) -> str:
    if captions.scenes is not None:
        return (
            "A small network that says in a sentence what a drawing of digits and shapes shows, and where it looks at each word."
        )
    return "A small network that says in a sentence what a picture shows, and where it looks at each word."


def _limits(captions: Captions) -> list[str]:
    """What to know of the model before one trusts it."""
    if captions.scenes is not None:
        return [
            "It knows one to four digits and shapes in eight colours, on paper. Of any other picture it says something, too, and "
            "says it as surely.",
            "A thing that covers less than a tenth of the picture's longer side, or that another one half covers, it may miss.",
            "A sentence need not name everything that the picture shows.",
        ]
    return [
        "It knows what its training pictures show. Of any other picture it says something, too, and says it as surely.",
        "It sees little: a picture is brought to few pixels first.",
        "What it says of people follows the captions that it learned from, with their habits and prejudices.",
    ]
