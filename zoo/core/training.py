"""The one training loop of all networks.

AdamW, or another optimizer that the recipe names, with a linear warm-up and a cosine to zero, clipped gradients, averaged weights
where the recipe asks for them, early stopping on the validation loss with the best weights kept, and checkpoints from which
`resume=True` goes on after a kill -9 as if nothing had happened: the checkpoint holds weights, optimiser, random states and the
place in the epoch, and the data of an epoch are a function of its number.
"""

import contextlib
import functools
import hashlib
import itertools
import json
import logging
import math
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from zoo.core.checkpoints import CHECKPOINT, check_new
from zoo.core.errors import UserError
from zoo.core.recipe import OPTIMIZERS, History, Recipe, TrainingData

_OPTIMIZERS: dict[str, Callable[..., keras.optimizers.Optimizer]] = {
    "adamw": keras.optimizers.AdamW,
    "adam": keras.optimizers.Adam,
    "sgd": keras.optimizers.SGD,
    "momentum": functools.partial(keras.optimizers.SGD, momentum=0.9),
    "rmsprop": keras.optimizers.RMSprop,
}
CHECKPOINT_SECONDS = 120.0
PROGRESS_SECONDS = 0.25  # between two calls of a progress function

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Losses:
    """Where a training stands.

    Args:
        epoch: the current one, from 1.
        epochs: as many as there will be at most.
        train: the mean loss of the epoch's steps so far.
        validation: the validation loss after the last whole epoch; None before.
        best: the lowest validation loss so far; None before the end of the first epoch.
        best_epoch: the epoch that had it; 0 before.
    """

    epoch: int
    epochs: int
    train: float
    validation: float | None
    best: float | None
    best_epoch: int


# progress(done, total, losses): the steps that are done, the most that there can be, and the losses. It is called a few times a
# second, and once at the end with done == total, even if early stopping left steps out. What returns False stops the training,
# whose checkpoint is kept. A training in stages counts the steps of each stage from 0.
Progress = Callable[[int, int, Losses], bool | None]

# watch(model, done): the network with its present weights, and the steps that are done. It is called before the first step and
# after each one, in the thread that trains, which waits for it: so the weights stand still while it looks at them. What returns
# False stops the training as a progress function does.
Watch = Callable[[keras.Model, int], bool | None]


class Stopped(Exception):
    """A function for progress, or one that watches, has stopped the training; its checkpoint is kept, so that it can go on."""


def train(
    model: keras.Model,
    loss: Callable[[Any, Any], tf.Tensor],
    data: TrainingData,
    recipe: Recipe,
    state: Path,
    resume: bool = False,
    log_dir: Path | None = None,
    shards: int = 1,
    progress: Progress | None = None,
    watch: Watch | None = None,
) -> History:
    """Trains `model` in place and leaves the weights of the lowest validation loss in it.

    Args:
        model: a built network.
        loss: loss(y, output) -> the loss of each element, of the shape of `weight`; the minimised value is the weighted mean
            sum(loss * weight) / sum(weight) over a batch.
        data: the batches.
        recipe: the hyperparameters.
        state: a folder for the checkpoint; made if missing.
        resume: go on from the checkpoint in `state`. Raises UserError where there is none, or one of another recipe or network;
            without it, where there is one, which is not thrown away.
        log_dir: where to write TensorBoard's summaries, if anywhere.
        shards: parts of each batch that are computed side by side, see `zoo.core.processor`; the gradient is that of the whole
            batch.
        progress: called a few times a second; see `Progress`.
        watch: called after every step; see `Watch`.

    Returns:
        The history.

    Raises:
        UserError: when the loss is no longer a finite number.
        Stopped: when `progress` or `watch` returned False.
        KeyboardInterrupt: on Ctrl-C, and when the system asks the process to end; everything up to the last step is saved then.
    """
    if log_dir and log_dir.exists() and not log_dir.is_dir():
        raise UserError(f"{log_dir} is a file: name a folder for the summaries")
    return _Loop(model, loss, data, recipe, state, log_dir, shards, progress, watch).run(resume)


def seeded(recipe: Recipe, build: Callable[[], keras.Model]) -> keras.Model:
    """Builds a network, in the recipe's precision, whose initial weights and dropout depend on the recipe's seed alone."""
    keras.utils.set_random_seed(recipe.seed)
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(recipe.policy)
    try:
        return build()
    finally:
        keras.config.set_dtype_policy(before)


def in_float32(model: keras.Model, build: Callable[[], keras.Model]) -> keras.Model:
    """The network to export: the same weights, computing in float32 on any machine."""
    exported = build()
    exported.set_weights(model.get_weights())
    return exported


def mean_loss(model: keras.Model, loss: Callable[[Any, Any], tf.Tensor], batches: tf.data.Dataset) -> float:
    """The weighted mean loss over all batches, without dropout."""
    return _mean_loss(_evaluation_step(model, loss, shards=1), batches)


def _mean_loss(step: Callable[..., Any], batches: tf.data.Dataset, stops: Sequence[int] = ()) -> float:
    """The weighted mean loss of all batches. Raises KeyboardInterrupt as soon as there is something in `stops`."""
    total = weights = 0.0
    for x, y, weight in batches:
        if stops:
            raise KeyboardInterrupt
        batch_total, batch_weight = step(x, y, weight)
        total += float(batch_total)
        weights += float(batch_weight)
    return total / weights


def _evaluation_step(model: keras.Model, loss: Callable[[Any, Any], tf.Tensor], shards: int) -> Callable[..., Any]:
    def step(x: Any, y: Any, weight: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        parts = _parts((x, y, weight), shards)
        losses = [tf.reduce_sum(loss(y, model(x, training=False)) * weight) for x, y, weight in parts]
        return tf.add_n(losses), tf.reduce_sum(weight)

    return _compiled(step)


def _compiled(step: Callable[..., Any]) -> Callable[..., Any]:
    """The step as a graph.

    TensorFlow warns of code that is traced again and again, as a step is that each training of a process traces once. It
    counts a partial by itself.
    """
    return tf.function(functools.partial(step), reduce_retracing=True)


def gradient_step(
    model: keras.Model, loss: Callable[[Any, Any], tf.Tensor], shards: int, x: Any, y: Any, weight: tf.Tensor
) -> tuple[tf.Tensor, list[tf.Tensor]]:
    """The weighted mean loss of a batch and its gradients, summed over the batch's `shards`; to be called in a `tf.function`.

    The gradients are those of the loss and of the penalties on weights that layers of the network have, such as L2.
    """
    whole = tf.reduce_sum(weight)
    values, gradients = [], []
    for part_x, part_y, part_weight in _parts((x, y, weight), shards):
        with tf.GradientTape() as tape:
            value = tf.reduce_sum(loss(part_y, model(part_x, training=True)) * part_weight) / whole
            penalised = value + tf.add_n(model.losses) / shards if model.losses else value
        values.append(value)
        gradients.append(tape.gradient(penalised, model.trainable_variables))
    return tf.add_n(values), [_sum(of_variable) for of_variable in zip(*gradients, strict=True)]


def _parts(batch: Any, shards: int) -> list[Any]:
    """The batch cut into `shards` parts of about equal size; of a batch smaller than that, some are empty."""
    if shards == 1:
        return [batch]
    n = tf.shape(tf.nest.flatten(batch)[0])[0]
    edges = [n * i // shards for i in range(shards + 1)]
    return [tf.nest.map_structure(lambda t, a=a, b=b: t[a:b], batch) for a, b in itertools.pairwise(edges)]


def _sum(gradients: tuple[Any, ...]) -> tf.Tensor:
    if isinstance(gradients[0], tf.IndexedSlices):  # an embedding's: made dense once here, since clipping and AdamW each would
        values, indices = (tf.concat([getattr(g, part) for g in gradients], 0) for part in ("values", "indices"))
        return tf.math.unsorted_segment_sum(values, indices, gradients[0].dense_shape[0])
    return tf.add_n(gradients)


@contextlib.contextmanager
def _stops() -> Iterator[list[int]]:
    """A list that gets the number of each signal to stop that arrives: Ctrl-C's, that of `kill`, that of a closed terminal.

    So a training can end the step that it is in. Whoever sends a second one means at once: KeyboardInterrupt. A signal that the
    process ignores, as under `nohup`, stays ignored. Python gives signals to the main thread only; elsewhere none arrives.
    """
    received: list[int] = []

    def receive(number: int, frame: Any) -> None:
        received.append(number)
        if len(received) > 1:
            raise KeyboardInterrupt

    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)  # Windows has no SIGHUP
            if number is not None and signal.getsignal(number) not in (signal.SIG_IGN, None):
                before[number] = signal.signal(number, receive)
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Loop:
    """The state of one training; see `train`."""

    def __init__(
        self,
        model: keras.Model,
        loss: Callable[[Any, Any], tf.Tensor],
        data: TrainingData,
        recipe: Recipe,
        state: Path,
        log_dir: Path | None,
        shards: int,
        progress: Progress | None,
        watch: Watch | None = None,
    ) -> None:
        self.progress, self.watch = progress, watch
        self.model, self.loss, self.data, self.recipe, self.state = model, loss, data, recipe, state
        steps = max(1, recipe.epochs * data.steps)
        warmup = min(recipe.warmup_steps, steps - 1)
        schedule = keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=0.0 if warmup else recipe.learning_rate,
            decay_steps=steps - warmup,
            warmup_target=recipe.learning_rate if warmup else None,
            warmup_steps=warmup,
        )
        make = _OPTIMIZERS[recipe.optimizer]
        self.optimizer = make(schedule, weight_decay=recipe.weight_decay, global_clipnorm=recipe.clip_norm)
        self.optimizer.exclude_from_weight_decay(var_list=[v for v in model.trainable_variables if len(v.shape) < 2])
        self.optimizer.build(model.trainable_variables)
        self.averages = [tf.Variable(v.numpy()) for v in model.trainable_variables] if recipe.average else []
        self.history = History()
        self.best = [v.numpy() for v in model.trainable_variables]
        self.epoch = self.step = 0
        self.taken = 0  # steps of all epochs
        self.stops: Sequence[int] = ()
        self.loss_sum = self.seconds = self.last_epoch_save = 0.0
        self.last_report = -math.inf
        self.writer = tf.summary.create_file_writer(str(log_dir)) if log_dir else None
        self.validate = _evaluation_step(model, loss, shards)

        def train_step(x: Any, y: Any, weight: tf.Tensor) -> tf.Tensor:
            value, gradients = gradient_step(model, loss, shards, x, y, weight)
            self.optimizer.apply(gradients, model.trainable_variables)
            if recipe.average:
                # The decay rises to its full value with the steps taken, so that the average forgets the initial weights.
                taken = tf.cast(self.optimizer.iterations, tf.float32)
                decay = tf.minimum(recipe.average, (1 + taken) / (10 + taken))
                for average, variable in zip(self.averages, model.trainable_variables, strict=True):
                    average.assign(decay * average + (1 - decay) * variable.value)
            return value

        self.step_function = train_step
        self.train_step = _compiled(train_step)

    def run(self, resume: bool) -> History:
        checkpoint = self.state / CHECKPOINT
        if resume:
            self._restore(checkpoint)
        else:
            check_new(checkpoint)
        self.state.mkdir(parents=True, exist_ok=True)
        with _stops() as self.stops:
            try:
                self._show()
                while self.epoch < self.recipe.epochs and not self._patience_is_over():
                    self._train_epoch(checkpoint)
                self._stop_if_asked()
                self._report(self.epoch * self.data.steps)
            except (KeyboardInterrupt, Stopped):
                # A second signal may have come in the middle of something; what is not a whole step is not saved.
                if len(self.stops) <= 1 and int(self.optimizer.iterations) == self.taken:
                    self._save(checkpoint)
                    _log.info("saved after epoch %d, step %d", self.epoch, self.step)
                raise
        for variable, value in zip(self.model.trainable_variables, self.best, strict=True):
            variable.assign(value)
        if self.writer:
            self.writer.close()
        return self.history

    def _report(self, total: int) -> None:
        """Calls the progress function. Raises Stopped when it returns False."""
        if self.progress is None:
            return
        rows = self.history.epochs
        current = self.loss_sum / self.step if self.step else rows[-1]["train_loss"] if rows else math.nan
        losses = Losses(
            epoch=min(self.epoch + 1, self.recipe.epochs),
            epochs=self.recipe.epochs,
            train=current,
            validation=rows[-1]["validation_loss"] if rows else None,
            best=self.history.best_loss if rows else None,
            best_epoch=self.history.best_epoch,
        )
        if self.progress(self.epoch * self.data.steps + self.step, total, losses) is False:
            raise Stopped

    def _show(self) -> None:
        """Lets somebody look at the network, if anybody wants to. Raises Stopped when that gives False."""
        if self.watch is not None and self.watch(self.model, self.epoch * self.data.steps + self.step) is False:
            raise Stopped

    def _stop_if_asked(self) -> None:
        if self.stops:
            raise KeyboardInterrupt

    def _patience_is_over(self) -> bool:
        patience = self.recipe.patience
        return patience is not None and self.epoch - self.history.best_epoch >= patience

    def _adapt_dropout(self) -> None:
        """Gives the dropout layers the rate that the recipe has for this epoch. The rate is a constant of the step's graph."""
        begin, rate = self.recipe.late_dropout or (math.inf, 0.0)
        if self.epoch < begin * self.recipe.epochs:
            return
        layers = [each for each in self.model._flatten_layers() if isinstance(each, keras.layers.Dropout) and each.rate > rate]
        for layer in layers:
            layer.rate = rate
        if layers:
            self.train_step = _compiled(self.step_function)

    def _train_epoch(self, checkpoint: Path) -> None:
        self._adapt_dropout()
        started, before = time.monotonic(), self.seconds
        last_save, total = started, self.recipe.epochs * self.data.steps
        for x, y, weight in self.data.train(self.epoch).skip(self.step):
            value = float(self.train_step(x, y, weight))
            if not math.isfinite(value):
                raise UserError(f"the loss became {value} in epoch {self.epoch + 1}: check the data, or lower the learning rate")
            self.step += 1
            self.taken += 1
            self.loss_sum += value
            self._show()
            self.seconds = before + time.monotonic() - started
            now = time.monotonic()
            if now - last_save > CHECKPOINT_SECONDS:
                self._save(checkpoint)
                last_save = now
            self._stop_if_asked()
            # The last step is reported after the validation, when all losses are known.
            if now - self.last_report > PROGRESS_SECONDS and self.epoch * self.data.steps + self.step < total:
                self._report(total)
                self.last_report = now
        validation_loss = self._validate_epoch()
        self.seconds = before + time.monotonic() - started
        self._record_epoch(validation_loss)
        # So often that a crash loses minutes, so seldom that the many short epochs of a small network are not spent on it.
        if time.monotonic() - self.last_epoch_save > 10 or self.epoch == self.recipe.epochs:
            self._save(checkpoint)
            self.last_epoch_save = time.monotonic()

    def _validate_epoch(self) -> float:
        """The validation loss of the averaged weights, or of the weights; keeps them when it is the lowest."""
        variables = self.model.trainable_variables
        current = [v.numpy() for v in variables]
        candidates = [average.numpy() for average in self.averages] or current
        try:
            for variable, value in zip(variables, candidates, strict=True):
                variable.assign(value)
            validation_loss = _mean_loss(self.validate, self.data.validation, self.stops)
        finally:
            for variable, value in zip(variables, current, strict=True):
                variable.assign(value)
        if validation_loss < self.history.best_loss:
            self.best = candidates
        return validation_loss

    def _record_epoch(self, validation_loss: float) -> None:
        row = {
            "epoch": self.epoch + 1,
            "train_loss": self.loss_sum / max(self.step, 1),
            "validation_loss": validation_loss,
            "seconds": round(self.seconds, 2),
        }
        improved = validation_loss < self.history.best_loss
        self.history.epochs.append(row)
        if improved:
            self.history.best_epoch = self.epoch + 1
        if self.writer:
            with self.writer.as_default():
                for name in ("train_loss", "validation_loss"):
                    tf.summary.scalar(name, row[name], step=self.epoch + 1)
                self.writer.flush()
        self.epoch += 1
        self.step, self.loss_sum, self.seconds = 0, 0.0, 0.0

    @cached_property
    def _identity(self) -> str:
        """What must be equal for a checkpoint to fit: recipe, size and first batch of the data, shapes of the variables."""
        shapes = [list(v.shape) for v in self.model.variables]
        digest = hashlib.sha256()
        for batch in self.data.train(0).skip(0):
            for tensor in tf.nest.flatten(batch):
                digest.update(tensor.numpy().tobytes())
            break
        first, recipe = digest.hexdigest(), asdict(self.recipe)
        if recipe["optimizer"] == OPTIMIZERS[0]:
            del recipe["optimizer"]  # checkpoints from before there was a choice do not name it
        if recipe["late_dropout"] is None:
            del recipe["late_dropout"]  # likewise
        return json.dumps({"recipe": recipe, "steps": self.data.steps, "first batch": first, "variables": shapes})

    def _save(self, path: Path) -> None:
        progress = {
            "identity": self._identity,
            "epoch": self.epoch,
            "step": self.step,
            "loss_sum": self.loss_sum,
            "seconds": self.seconds,
            "epochs": self.history.epochs,
            "best_epoch": self.history.best_epoch,
        }
        arrays = {f"model_{i}": v.numpy() for i, v in enumerate(self.model.variables)}
        arrays |= {f"optimizer_{i}": v.numpy() for i, v in enumerate(self.optimizer.variables)}
        arrays |= {f"best_{i}": value for i, value in enumerate(self.best)}
        arrays |= {f"average_{i}": v.numpy() for i, v in enumerate(self.averages)}
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with temporary.open("wb") as file:
                np.savez(file, progress=np.array(json.dumps(progress)), **arrays)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

    def _restore(self, path: Path) -> None:
        if not path.is_file():
            raise UserError(f"there is no checkpoint {path} to resume from: begin anew")
        with np.load(path) as file:
            progress = json.loads(str(file["progress"]))
            if progress["identity"] != self._identity:
                raise UserError(
                    f"the checkpoint {path} belongs to another recipe, network or data: "
                    "ask for what it began with, or remove that file and begin anew"
                )
            groups = {"model": self.model.variables, "optimizer": self.optimizer.variables, "average": self.averages}
            for prefix, variables in groups.items():
                for i, variable in enumerate(variables):
                    variable.assign(file[f"{prefix}_{i}"])
            self.best = [file[f"best_{i}"] for i in range(len(self.best))]
        self.epoch, self.step = progress["epoch"], progress["step"]
        self.loss_sum, self.seconds = progress["loss_sum"], progress["seconds"]
        self.taken = int(self.optimizer.iterations)
        self.history = History(progress["epochs"], progress["best_epoch"])
        _log.info("going on after epoch %d, step %d", self.epoch, self.step)
