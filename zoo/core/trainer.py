"""One training from the first check to the published model: the steps that all networks share.

A wing's `train` makes a `Session`, which checks that the model can be written before anything is computed. It loads its data,
chooses a recipe, calls `fit`, and hands its parts of the card to `publish`.

    session = Session("mlp", "table.csv", {"out": "out/mine", "quick": True})
    recipe = session.recipe(RECIPE)
    model = session.build(recipe, lambda: build(config))
    history = session.fit(model, loss, batches, recipe)
    card = session.publish(model, Publication(...), recipe, history, endpoints, measure, draw)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypedDict

import keras
import tensorflow as tf

from zoo.core import cards, checkpoints, commands, curves, export, processor, training
from zoo.core.arguments import MOST_SEED, whole
from zoo.core.cards import Card, DataSet, Metric
from zoo.core.errors import UserError
from zoo.core.files import check_folder
from zoo.core.names import unknown
from zoo.core.recipe import History, Recipe, TrainingData
from zoo.core.training import Progress, Watch


class Options(TypedDict, total=False):
    """What every `train` takes beside its own arguments.

    Keys:
        out: the folder of the new model. Default: out/NETWORK.
        seed: the seed of all random numbers. Default: 0.
        quick: a small training of a few minutes, to see it work.
        epochs: passes over the data, instead of the recipe's.
        start: a model, by its name or its folder, from whose weights the training starts.
        resume: go on with an interrupted training of the same `out`.
        log_dir: a folder for TensorBoard's summaries.
        precision: the precision of matrix products: "float32", "bfloat16", or "auto", the faster of the two on this processor.
        progress: called a few times a second, see `zoo.core.training.Progress`; what returns False stops the training.
        watch: called with the network after every step, see `zoo.core.training.Watch`; what returns False stops the training.
        app: the app that measures the model again, for the card: its name in `apps`. Default: NETWORK.
        command: how to repeat this training, for the card. Default: the call of `zoo.train`.
    """

    out: str | Path
    seed: int
    quick: bool
    epochs: int | None
    start: str | Path | None
    resume: bool
    log_dir: str | Path | None
    precision: str
    progress: Progress | None
    watch: Watch | None
    app: str
    command: str


@dataclass(frozen=True)
class Publication:
    """What a wing says of its trained network; see `zoo.core.cards.Card`.

    Args:
        task: what it does, as all cards of the wing say it.
        architecture: the name of the network and its config.
        description: one sentence.
        dataset: what it learned from.
        limits: what to know before one trusts it.
        loader: gives what `zoo.load` gives, see `zoo.core.export.publish`.
        about: gives what the wing says of a model beyond its figures, likewise.
    """

    task: str
    architecture: dict[str, Any]
    description: str
    dataset: DataSet
    limits: Sequence[str]
    loader: export.Loader
    about: export.Describer


class Session:
    """One training of a network.

    Args:
        network: its name in the registry.
        data: the name or the path of the data.
        stages: the folders of the checkpoints of the stages that are to begin; "" where there is one stage only.
        own: further arguments of the wing's `train`, for the card.
        options: see `Options`.

    Raises:
        UserError: where the model, the checkpoint or the summaries cannot be written, or would replace something else; where the
            model to start from is none of this network.
    """

    def __init__(
        self,
        network: str,
        data: str,
        options: Options,
        own: Mapping[str, Any] | None = None,
        stages: Sequence[str] = ("",),
    ) -> None:
        _check(options, own or {})
        self.network, self.app = network, options.get("app", network)
        self.out = Path(options.get("out") or Path("out") / network)
        self.seed, self.quick = whole("seed", options.get("seed", 0), 0, MOST_SEED), options.get("quick", False)
        epochs = options.get("epochs")
        self.epochs, self.resume = None if epochs is None else whole("epochs", epochs), options.get("resume", False)
        self.progress, self.watch = options.get("progress"), options.get("watch")
        self._precision = options.get("precision", "auto")
        log_dir = options.get("log_dir")
        self.log_dir = Path(log_dir) if log_dir else None
        untold = "app", "progress", "watch", "command", "resume", "log_dir"
        told = {name: value for name, value in options.items() if name not in untold}
        told |= {name: value for name, value in (("seed", self.seed), ("epochs", self.epochs)) if name in told}
        self.command = options.get("command") or commands.python_call(network, data, {**(own or {}), **told})
        cards.saved_models()  # the card asks for it at the end, so a wrong name must be found before
        export.check_writable(self.out, architecture={"network": network})
        self.state = checkpoints.state_folder(self.out)
        checkpoints.check_state(self.state, stages, self.resume)
        if self.log_dir:
            check_folder("the folder of summaries", self.log_dir)
            if {self.out.resolve(), self.state.resolve()} & {self.log_dir.resolve(), *self.log_dir.resolve().parents}:
                raise UserError(
                    f"the folder of summaries {self.log_dir} is in the folder of the model or of its checkpoint: name another one"
                )
        start = options.get("start")
        self.start = cards.find_network(start, network) if start else None
        self.before = cards.read_card(self.start) if self.start else None

    def check_size(self, name: str, asked: Any, size: str = "") -> None:
        """Raises UserError where another size is asked for than that of the model to start from.

        Args:
            name: of the argument that asks for it.
            asked: a number or several; None where nobody asked for one.
            size: its name in a card's architecture, where that is another one.
        """
        if asked is None or self.before is None:
            return
        own = self.before.architecture[size or name]
        if asked != (tuple(own) if isinstance(own, list) else own):
            told, wanted = (",".join(map(str, each)) if isinstance(each, list | tuple) else str(each) for each in (own, asked))
            raise UserError(f"{name} {wanted}: {self.before.name}, the model to start from, has {told}; leave out one of the two")

    def recipe(self, recipe: Recipe) -> Recipe:
        """A recipe with the seed of this training, and with its number of epochs where one was asked for."""
        return replace(recipe, seed=self.seed, epochs=self.epochs or recipe.epochs)

    def precision(self) -> str:
        """The precision of the matrix products, "float32" or "bfloat16"; "auto" is decided by a short measurement."""
        return processor.precision(self._precision)

    def check_replaceable(self, task: str, architecture: Mapping[str, Any]) -> None:
        """Raises UserError where the model at `out` is of another kind; to be called as soon as the new one's is known."""
        export.check_writable(self.out, task, architecture)

    def build(self, recipe: Recipe, build: Callable[[], keras.Model]) -> keras.Model:
        """The network before training: with the weights of the model to start from, or initial ones that the seed decides."""
        model = training.seeded(recipe, build)
        if self.start:
            export.restore(model, self.start)
        return model

    def fit(
        self,
        model: keras.Model,
        loss: Callable[[Any, Any], tf.Tensor],
        data: TrainingData,
        recipe: Recipe,
        shards: int = 1,
        stage: str = "",
        resume: bool | None = None,
    ) -> History:
        """Trains a network in place; see `zoo.core.training.train`.

        Args:
            model, loss, data, recipe, shards: as there.
            stage: the folder of the stage's checkpoint and summaries, where there are several stages.
            resume: whether this stage goes on from its checkpoint, which may be that of its end; None: whether the training does.
                A stage without a checkpoint begins anew if another stage has one: then the interruption came before it.
        """
        resume = self.resume if resume is None else resume
        begun = {path.parent.name for path in self.state.glob(f"*/{checkpoints.CHECKPOINT}")}
        return training.train(
            model,
            loss,
            data,
            recipe,
            self.state / stage,
            resume and (stage in begun or not begun),
            self.log_dir / stage if self.log_dir else None,
            shards,
            self.progress,
            self.watch,
        )

    def publish(
        self,
        model: keras.Model,
        publication: Publication,
        recipe: Recipe,
        history: History | Mapping[str, History],
        endpoints: Mapping[str, Any],
        measure: Callable[[Any, Path], Sequence[Metric]],
        draw: Callable[[Any, Path], None] | None = None,
    ) -> Card:
        """Writes the model's folder as a whole and removes the checkpoint.

        Args:
            model: the trained network.
            publication: what the wing says of it.
            recipe: the hyperparameters.
            history: what happened; of a training in stages the history of each, in their order, by the name of its picture.
            endpoints: the signatures, see `zoo.core.export.write_saved_model`.
            measure: gives the metrics, of (the exported model as `zoo.load` gives it, its folder).
            draw: writes further files into the folder, of the same arguments; the learning curves are drawn in any case.

        Returns:
            The card.
        """
        histories = history if isinstance(history, Mapping) else {"curves.png": history}
        card = export.draft(
            model,
            task=publication.task,
            description=publication.description,
            architecture=publication.architecture,
            dataset=publication.dataset,
            recipe=recipe,
            history=_joined(list(histories.values())),
            command=self.command,
            limits=publication.limits,
        )

        def extra(exported: Any, folder: Path) -> None:
            for picture, each in histories.items():
                curves.draw_curves(each, folder / picture)
            if draw:
                draw(exported, folder)

        published = export.publish(
            self.out,
            card,
            write=lambda folder: export.write_saved_model(model, dict(endpoints), folder),
            loader=publication.loader,
            about=publication.about,
            measure=measure,
            extra=extra,
        )
        checkpoints.forget(self.state)
        return published


def _check(options: Mapping[str, Any], own: Mapping[str, Any]) -> None:
    """Raises UserError for an option that does not exist, and for a value that an option cannot have.

    Args:
        options: see `Options`.
        own: further arguments of the wing's `train`, whose names may be meant.
    """
    names = (*own, *Options.__annotations__)
    for name in options:
        if name not in names:
            raise unknown("option of this training", name, names)
    precision, progress, watch = options.get("precision", "auto"), options.get("progress"), options.get("watch")
    if precision not in processor.PRECISIONS:
        raise unknown("precision", str(precision), processor.PRECISIONS)
    if progress is not None and not callable(progress):
        raise UserError(f"progress = {progress!r}: name a function of (done, total, losses)")
    if watch is not None and not callable(watch):
        raise UserError(f"watch = {watch!r}: name a function of (model, done)")


def _joined(histories: Sequence[History]) -> History:
    """The epochs of all stages, one stage after the other; the best epoch is that of the last stage."""
    return replace(histories[-1], epochs=[row for history in histories for row in history.epochs])
