"""A training in the playground that somebody watches: it can be paused, go on step by step, and be stopped."""

import base64
import json
import math
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from zoo import registry
from zoo.core.csv_files import CsvFile
from zoo.core.errors import UserError
from zoo.core.startup import import_tensorflow
from zoo.web.jobs import Job
from zoo.web.tabs.playground_setting import CLASSES, CLASSES_OF, MOST_STEPS, TABLE, Setting

SNAPSHOT_SECONDS = 0.2  # between two pictures of a training
MOST_PAUSE = 600.0  # seconds, since a paused training keeps others waiting
FILE = "data.csv"
MOST_POINTS_OF_CURVE = 400  # of the losses that are kept; of more, every second one is left out
PAUSE_ENDED = f"The training was paused for more than {MOST_PAUSE / 60:g} minutes and has ended."


def loaded(setting: Setting, folder: Path) -> Any:
    """The rows as a `zoo.tables.data.Table`, read from a file that is written into a folder.

    Raises:
        UserError: for a CSV that cannot be read or learned from; no path of this machine is in its words.
    """
    import_tensorflow()
    path = folder / FILE
    path.write_text(setting.csv(), encoding="utf-8")
    try:
        target = (
            next((name for name in reversed(CsvFile(path).header) if name), "") if setting.data == TABLE else setting.names[-1]
        )
        return registry.resolve("zoo.tables.data:load")(str(path), target, setting.task)
    except UserError as error:
        raise _without_folder(error, folder) from error


def view_of(table: Any) -> Any:
    """The `zoo.tables.snapshots.View` of a table. Raises UserError for one that cannot be drawn or learned from."""
    return registry.resolve("zoo.tables.snapshots:View")(table)


def _without_folder(error: UserError, folder: Path) -> UserError:
    return UserError(str(error).replace(f"{folder}/", "").replace(str(folder), "the folder"))


class Run:
    """A training, which `zoo.web.jobs.followed` starts by `work`.

    Args:
        setting: what is trained.
        paused: whether it waits before the first step.
    """

    def __init__(self, setting: Setting, paused: bool = False) -> None:
        self.setting = setting
        self.paused = paused
        self.ended = ""  # why it has ended, where that is to be told
        self._steps = 0  # that pass although it is paused
        self._changed = threading.Condition()
        self._shown = -math.inf
        self.losses: list[tuple[int, float, float]] = []  # steps, training loss, validation loss

    def pause(self, paused: bool) -> None:
        """Makes it wait before its next step, or go on."""
        with self._changed:
            self.paused, self._steps = paused, 0
            self._changed.notify_all()

    def step(self) -> None:
        """Pauses it, after one step more."""
        with self._changed:
            self.paused = True
            self._steps += 1
            self._changed.notify_all()

    def work(self, job: Job) -> dict[str, Any]:
        """Trains, and reports a scene again and again. Returns the last one.

        Raises:
            UserError: for data that cannot be learned from, and for more than MOST_STEPS steps.
        """
        with tempfile.TemporaryDirectory(prefix="studio-playground-") as folder:
            table = loaded(self.setting, Path(folder))
            view = view_of(table)
            total = self.setting.epochs * math.ceil(table.sizes()["train"] / self.setting.batch)
            if total > MOST_STEPS:
                raise UserError(f"that makes {total:,} steps, at most {MOST_STEPS:,}: take fewer epochs or a larger batch")
            scene = still_scene(table, view.places)

            def watch(model: Any, done: int) -> bool:
                if self.paused or done in (0, total) or time.monotonic() - self._shown > SNAPSHOT_SECONDS:
                    scene.update(self._moving(view.look(model), done, total, scene))
                    self._shown = time.monotonic()
                    job.report(dict(scene))
                # The playground publishes no model: the training is stopped at its last step.
                return done < total and self._may_go_on(job)

            self._train(Path(folder), table, watch)
            return scene

    def _train(self, folder: Path, table: Any, watch: Any) -> None:
        from zoo.core.recipe import Recipe  # needs TensorFlow

        setting = self.setting
        recipe = Recipe(setting.epochs, setting.batch, setting.rate, optimizer=setting.optimizer)
        options: dict[str, Any] = {
            "target": table.schema.target,
            "task": setting.task,
            "recipe": recipe,
            "seed": setting.seed,
            "out": folder / "model",
            "watch": watch,
        }
        if setting.layers:
            units, activations = zip(*setting.layers, strict=True)
            options |= {"hidden": units, "activations": activations, "dropout": setting.dropout, "l2": setting.l2, "intervals": 0}
        try:
            registry.train("mlp" if setting.layers else "perceptron", str(folder / FILE), options)
        except UserError as error:
            raise _without_folder(error, folder) from error

    def _may_go_on(self, job: Job) -> bool:
        """Whether a next step may pass, as soon as that is known."""
        until = time.monotonic() + MOST_PAUSE
        with self._changed:
            while self.paused and not self._steps and not job.stopped.is_set():
                self._changed.wait(0.2)
                if time.monotonic() > until:
                    self.ended = PAUSE_ENDED
                    job.stopped.set()
            self._steps = max(0, self._steps - 1)
        return not job.stopped.is_set()

    def _moving(self, snapshot: Any, done: int, total: int, still: dict[str, Any]) -> dict[str, Any]:
        """What moves in a scene; see `still_scene`."""
        if not np.isfinite(snapshot.losses).all():
            raise UserError(f"the loss is no longer a finite number after step {done:,}: lower the learning rate")
        self.losses.append((done, *snapshot.losses))
        if len(self.losses) > MOST_POINTS_OF_CURVE:
            self.losses = self.losses[::2]
        low, high = 0.0, 1.0
        if not still["classes"]:
            low, high = (
                still["values"] if len(still["names"]) == 2 else (float(snapshot.surface.min()), float(snapshot.surface.max()))
            )
        reach = [float(np.abs(layer).max()) or 1.0 for layer in snapshot.units]
        return {
            "done": done,
            "total": total,
            "losses": [[step, round(train, 5), round(held_out, 5)] for step, train, held_out in self.losses],
            "right": [round(share, 4) for share in snapshot.right],
            "surface": [_bytes((each - low) / ((high - low) or 1.0) * 255) for each in snapshot.surface],
            "surface_range": [round(low, 4), round(high, 4)],
            "units": [
                [_bytes(128 + 127 * unit / most) for unit in layer] for layer, most in zip(snapshot.units, reach, strict=True)
            ],
            "reach": [round(most, 4) for most in reach],
            "weights": [np.round(weights.astype(float), 3).tolist() for weights in snapshot.weights],
            "biases": [np.round(bias.astype(float), 3).tolist() for bias in snapshot.biases],
            "activations": [activation for _, activation in self.setting.layers],
        }


def still_scene(table: Any, places: np.ndarray) -> dict[str, Any]:
    """What does not move in a scene: the points, and what the columns are called."""
    return _points(table.features, table.targets, table.schema.names, table.schema.target, table.schema.classes, places)


def made_scene(setting: Setting) -> dict[str, Any]:
    """The points that are made, before a training."""
    x, y = setting.made()
    classes = CLASSES[: CLASSES_OF[setting.data]]
    return _points(x, y, setting.names[:-1], setting.names[-1], classes, np.zeros(len(y), int))


def _points(x: np.ndarray, y: np.ndarray, names: Any, target: str, classes: Any, places: np.ndarray) -> dict[str, Any]:
    spread = np.ptp(x, axis=0)
    low, high = x.min(0) - 0.1 * spread, x.max(0) + 0.1 * spread
    return {
        "names": list(names),
        "target": target,
        "classes": list(classes),
        "low": np.round(low.astype(float), 5).tolist(),
        "high": np.round(high.astype(float), 5).tolist(),
        "values": [round(float(y.min()), 5), round(float(y.max()), 5)],
        "points": base64.b64encode(np.column_stack([x, y]).astype("<f4").tobytes()).decode(),
        "places": _bytes(places),
    }


def _bytes(values: np.ndarray) -> str:
    return base64.b64encode(np.clip(np.rint(values), 0, 255).astype(np.uint8).tobytes()).decode()


def as_text(scene: dict[str, Any]) -> str:
    """A scene for the script of the tab."""
    return json.dumps(scene, separators=(",", ":"), allow_nan=False)
