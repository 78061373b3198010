import itertools
import json
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from apps import perceptron
from zoo.core import checkpoints, curves, training
from zoo.core import recipe as core_recipe
from zoo.core.checkpoints import CHECKPOINT
from zoo.core.errors import UserError
from zoo.core.recipe import History, Recipe, TrainingData
from zoo.layers.lstm import LSTM

RECIPE = Recipe(epochs=4, batch_size=8, learning_rate=0.05, warmup_steps=3, weight_decay=0.01, average=0.9)


def loss(y: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    return tf.square(y - output[:, 0])


def build() -> keras.Model:
    x = keras.Input((3,))
    hidden = keras.layers.Dropout(0.2)(keras.layers.Dense(8, activation="relu")(x))
    return keras.Model(x, keras.layers.Dense(1)(hidden))


def line_data(steps: int = 5, seed: int = 0) -> TrainingData:
    """y = x . (1, -2, 3), without noise."""

    def batches(number: int) -> tf.data.Dataset:
        random = np.random.default_rng([seed, number])
        x = random.normal(size=(steps * 8, 3)).astype(np.float32)
        y = x @ np.array([1, -2, 3], np.float32)
        return core_recipe.fixed(tf.data.Dataset.from_tensor_slices((x, y, np.ones_like(y))).batch(8))

    return TrainingData(batches, batches(10**6), steps)


class Interrupted(Exception):
    pass


@pytest.mark.slow
def test_the_loss_falls_and_the_best_weights_are_kept(tmp_path: Path) -> None:
    model = training.seeded(RECIPE, build)
    data = line_data()
    before = training.mean_loss(model, loss, data.validation)
    history = training.train(model, loss, data, replace(RECIPE, epochs=8), tmp_path)
    losses = [row["validation_loss"] for row in history.epochs]
    assert len(losses) == 8
    assert min(losses) < before / 2
    assert history.best_epoch == 1 + int(np.argmin(losses))
    assert training.mean_loss(model, loss, data.validation) == pytest.approx(min(losses), rel=1e-6)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_weights(tmp_path: Path) -> None:
    weights = []
    for run in range(2):
        model = training.seeded(RECIPE, build)
        training.train(model, loss, line_data(), RECIPE, tmp_path / str(run))
        weights.append(model.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> tuple[keras.Model, History]:
    """A training from its beginning to its end."""
    model = training.seeded(RECIPE, build)
    return model, training.train(model, loss, line_data(), RECIPE, tmp_path_factory.mktemp("whole"))


@pytest.mark.slow
@pytest.mark.parametrize("stop_at", [3, 10, 12])
def test_resume_goes_on_as_if_nothing_had_happened(
    uninterrupted: tuple[keras.Model, History], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_at: int
) -> None:
    whole, expected = uninterrupted
    monkeypatch.setattr(training, "CHECKPOINT_SECONDS", 0.0)  # a checkpoint after every step
    data = line_data()
    seen = 0

    def interrupted(epoch: int) -> Iterator:
        nonlocal seen
        for batch in data.train(epoch):
            if seen == stop_at:
                raise Interrupted
            seen += 1
            yield batch

    class Batches:
        def __init__(self, epoch: int) -> None:
            self.epoch = epoch

        def skip(self, steps: int) -> Iterator:
            assert steps == 0
            return interrupted(self.epoch)

    broken = training.seeded(RECIPE, build)
    with pytest.raises(Interrupted):
        training.train(broken, loss, TrainingData(Batches, data.validation, data.steps), RECIPE, tmp_path / "broken")

    resumed = training.seeded(replace(RECIPE, seed=0), build)
    history = training.train(resumed, loss, data, RECIPE, tmp_path / "broken", resume=True)
    for one, other in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert history.best_epoch == expected.best_epoch
    assert [row["validation_loss"] for row in history.epochs] == [row["validation_loss"] for row in expected.epochs]


@pytest.fixture
def foreground() -> Iterator[None]:
    """Ctrl-C arrives, which a shell lets programs in the background ignore."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.slow
@pytest.mark.usefixtures("foreground")
@pytest.mark.parametrize(
    ("how", "where"), [(signal.SIGINT, "training"), (KeyboardInterrupt, "training"), (signal.SIGTERM, "validation")]
)
def test_a_training_that_is_stopped_loses_no_step(
    uninterrupted: tuple[keras.Model, History],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    how: signal.Signals | type[BaseException],
    where: str,
) -> None:
    """In the second step of the second epoch, or in the validation after it."""
    whole, expected = uninterrupted
    data = line_data()

    def stop() -> None:
        if isinstance(how, signal.Signals):
            signal.raise_signal(how)
        else:
            raise how

    class Batches:
        def __init__(self, epoch: int) -> None:
            self.epoch = epoch

        def skip(self, steps: int) -> Iterator:
            for number, batch in enumerate(data.train(self.epoch)):
                if (self.epoch, number, where) == (1, 1, "training"):
                    stop()
                yield batch

    class Validation:
        times = 0

        def __iter__(self) -> Iterator:
            self.times += 1
            for batch in data.validation:
                if (self.times, where) == (2, "validation"):
                    stop()
                yield batch

    before = signal.getsignal(signal.SIGINT)
    broken = training.seeded(RECIPE, build)
    with pytest.raises(KeyboardInterrupt):
        training.train(broken, loss, TrainingData(Batches, Validation(), data.steps), RECIPE, tmp_path / "state")
    assert signal.getsignal(signal.SIGINT) is before
    taken = 5 if where == "validation" else 1 + isinstance(how, signal.Signals)  # a signal waits for the end of its step
    assert f"saved after epoch 1, step {taken}\n" in capsys.readouterr().err
    resumed = training.seeded(RECIPE, build)
    history = training.train(resumed, loss, data, RECIPE, tmp_path / "state", resume=True)
    for one, other in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert [row["train_loss"] for row in history.epochs] == [row["train_loss"] for row in expected.epochs]


@pytest.mark.slow
@pytest.mark.usefixtures("foreground")
def test_ctrl_c_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    step = training.gradient_step

    def stopped(*arguments: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        return step(*arguments)

    out = tmp_path / "my model"
    with monkeypatch.context() as patch:
        patch.setattr(training, "gradient_step", stopped)
        assert perceptron.main(["train", "--epochs", "3", "--out", str(out)]) == 1
    told = capsys.readouterr().err.splitlines()[-1]
    again = f"python -m apps.perceptron train --epochs 3 --out '{out}' --resume"
    assert told == f"python -m apps.perceptron: stopped; to go on: {again}"
    assert [path.name for path in tmp_path.rglob("*")] == [".my model.training", "checkpoint.npz"]
    assert perceptron.main(shlex.split(again)[3:-1]) == 2  # without --resume it is not thrown away
    assert "an interrupted training left" in capsys.readouterr().err


@pytest.mark.slow
def test_a_training_goes_on_after_kill_9_to_the_same_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    short = ["train", "--epochs", "100", "--out"]
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    process = subprocess.Popen([sys.executable, "-m", "apps.perceptron", *short, str(killed)], stderr=subprocess.DEVNULL)
    try:
        while not (tmp_path / ".killed.training" / "checkpoint.npz").exists():
            assert process.poll() is None
            time.sleep(0.01)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not killed.exists()
    assert perceptron.main([*short, str(killed), "--resume", "--seed", "1"]) == 2
    assert "belongs to another recipe" in capsys.readouterr().err
    assert perceptron.main([*short, str(killed), "--resume"]) == 0
    assert perceptron.main([*short, str(whole)]) == 0
    weights = [[v.numpy() for v in tf.saved_model.load(str(path)).variables] for path in (whole, killed)]
    for one, other_weights in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other_weights)


@pytest.mark.slow
def noisy(rate: float) -> keras.Model:
    return keras.Sequential([keras.Input([3]), keras.layers.Dense(1), keras.layers.Dropout(rate)])


def test_late_dropout_takes_the_place_of_the_layers_own(tmp_path: Path) -> None:
    recipe = Recipe(epochs=4, batch_size=8, learning_rate=0.1)
    never = training.seeded(recipe, lambda: noisy(0.0))
    training.train(never, loss, line_data(), recipe, tmp_path / "never")
    at_once = training.seeded(recipe, lambda: noisy(0.9))
    training.train(at_once, loss, line_data(), replace(recipe, late_dropout=(0.0, 0.0)), tmp_path / "at once")
    np.testing.assert_array_equal(at_once.layers[0].kernel, never.layers[0].kernel)
    halfway, rates = training.seeded(recipe, lambda: noisy(0.9)), []
    training.train(
        halfway,
        loss,
        line_data(),
        replace(recipe, late_dropout=(0.5, 0.25)),
        tmp_path / "halfway",
        watch=lambda model, done: rates.append(model.layers[1].rate),
    )
    assert rates[1:] == [0.9] * 10 + [0.25] * 10  # two epochs of five steps each


def test_patience_stops_a_training_that_no_longer_improves(tmp_path: Path) -> None:
    recipe = replace(RECIPE, epochs=50, learning_rate=0.0, average=None, patience=3)
    history = training.train(training.seeded(recipe, build), loss, line_data(), recipe, tmp_path)
    assert len(history.epochs) == 4
    assert history.best_epoch == 1


@pytest.mark.slow
def test_a_loss_that_is_no_number_stops_with_one_line(tmp_path: Path) -> None:
    def broken(y: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
        return loss(y, output) * np.nan

    with pytest.raises(UserError, match="the loss became nan in epoch 1"):
        training.train(training.seeded(RECIPE, build), broken, line_data(), RECIPE, tmp_path)


def test_resume_without_a_checkpoint_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"there is no checkpoint .* to resume from"):
        training.train(training.seeded(RECIPE, build), loss, line_data(), RECIPE, tmp_path, resume=True)


@pytest.mark.slow
def test_resume_refuses_other_data(tmp_path: Path) -> None:
    training.train(training.seeded(RECIPE, build), loss, line_data(), RECIPE, tmp_path)
    with pytest.raises(UserError, match="belongs to another recipe, network or data"):
        training.train(training.seeded(RECIPE, build), loss, line_data(seed=1), RECIPE, tmp_path, resume=True)


@pytest.mark.slow
def test_a_checkpoint_is_not_thrown_away(tmp_path: Path) -> None:
    tmp_path = tmp_path / "stages" / "finetune"
    training.train(training.seeded(RECIPE, build), loss, line_data(), RECIPE, tmp_path)
    before = (tmp_path / CHECKPOINT).read_bytes()
    for refused in (
        lambda: training.train(training.seeded(RECIPE, build), loss, line_data(), RECIPE, tmp_path),
        lambda: checkpoints.check_state(tmp_path, ["", "other"], resume=False),
        lambda: checkpoints.check_state(tmp_path.parent, [tmp_path.name], resume=False),
    ):
        with pytest.raises(UserError, match=r"an interrupted training left .*checkpoint.npz: resume that training"):
            refused()
    assert (tmp_path / CHECKPOINT).read_bytes() == before
    checkpoints.check_state(tmp_path, [""], resume=True)
    checkpoints.check_state(tmp_path, ["other"], resume=False)  # a stage that has not begun


def test_only_checkpoints_are_removed(tmp_path: Path) -> None:
    state = tmp_path / "state"
    for name in ("checkpoint.npz", "pretrain/checkpoint.npz", ".checkpoint.npz.123"):
        (state / name).parent.mkdir(parents=True, exist_ok=True)
        (state / name).write_text("ours")
    checkpoints.check_state(state, ["finetune"], resume=False)
    (state / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match=r"holds thesis\.txt: move it"):
        checkpoints.check_state(state, [""], resume=True)
    checkpoints.forget(state)
    assert [path.name for path in state.iterdir()] == ["thesis.txt"]
    (state / "thesis.txt").unlink()
    checkpoints.forget(state)
    checkpoints.forget(state)
    assert not state.exists()
    state.write_text("mine")
    with pytest.raises(UserError, match="where the checkpoint is kept, is a file"):
        checkpoints.check_state(state, [""], resume=False)


def test_weights_of_a_batch_count(tmp_path: Path) -> None:
    x = np.zeros((4, 3), np.float32)
    y = np.array([1, 1, 5, 5], np.float32)
    weight = np.array([1, 1, 0, 0], np.float32)
    batches = tf.data.Dataset.from_tensors((x, y, weight))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    assert training.mean_loss(model, loss, batches) == 1.0


@pytest.mark.slow
def test_log_dir_holds_summaries_that_tensorboard_reads(tmp_path: Path) -> None:
    training.train(training.seeded(RECIPE, build), loss, line_data(), RECIPE, tmp_path / "state", log_dir=tmp_path / "log")
    (events,) = (tmp_path / "log").glob("events.out.tfevents.*")
    tags = {value.tag for event in tf.compat.v1.train.summary_iterator(str(events)) for value in event.summary.value}
    assert tags == {"train_loss", "validation_loss"}


@pytest.mark.slow
def test_curves_are_the_same_png_every_time(tmp_path: Path) -> None:
    rows = [{"epoch": e, "train_loss": 1 / e, "validation_loss": 1.1 / e, "seconds": 1.0} for e in (1, 2, 3)]
    for name in ("a.png", "b.png"):
        curves.draw_curves(History(rows, 3), tmp_path / name)
    picture = (tmp_path / "a.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert picture == (tmp_path / "b.png").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("shards", [2, 3])
def test_the_gradient_of_a_batch_in_shards_is_that_of_the_whole(shards: int) -> None:
    """Also of a batch smaller than the number of shards, with weights, and with an embedding."""
    inputs = keras.Input([None], dtype="int32")
    hidden = keras.layers.Embedding(7, 4)(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1)(LSTM(3, return_sequences=True)(hidden))[..., 0])

    def squared(y: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
        return tf.square(y - output)

    for n in (1, 2, 7):
        random = np.random.default_rng(n)
        x = tf.constant(random.integers(0, 7, (n, 5)), tf.int32)
        y, weight = (tf.constant(random.uniform(size=(n, 5)), tf.float32) for _ in range(2))
        step = tf.function(training.gradient_step)
        whole, whole_gradients = step(model, squared, 1, x, y, weight)
        value, gradients = step(model, squared, shards, x, y, weight)
        np.testing.assert_allclose(value, whole, rtol=1e-5)
        for a, b in zip(gradients, whole_gradients, strict=True):
            np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.slow
def test_bfloat16_trains_to_about_the_same_and_leaves_float32(tmp_path: Path) -> None:
    def build() -> keras.Model:
        x = keras.Input((3,))
        return keras.Model(x, keras.layers.Dense(1, dtype="float32")(keras.layers.Dense(8, activation="relu")(x)))

    results = []
    for precision in ("float32", "bfloat16"):
        recipe = replace(RECIPE, precision=precision)
        model = training.seeded(recipe, build)
        history = training.train(model, loss, line_data(), recipe, tmp_path / precision, shards=2)
        exported = training.in_float32(model, build)
        assert {layer.compute_dtype for layer in exported.layers} == {"float32"}
        results.append((history.best_loss, exported.get_weights()))
    assert keras.config.dtype_policy().name == "float32"
    (exact_loss, exact), (rounded_loss, rounded) = results
    assert rounded_loss == pytest.approx(exact_loss, rel=0.1)
    for a, b in zip(rounded, exact, strict=True):
        np.testing.assert_allclose(a, b, atol=0.05)


@pytest.mark.slow
def test_progress_is_told_up_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "PROGRESS_SECONDS", 0.0)
    calls: list[tuple[int, int, training.Losses]] = []
    data = line_data()

    def progress(done: int, total: int, losses: training.Losses) -> None:
        calls.append((done, total, losses))

    history = training.train(training.seeded(RECIPE, build), loss, data, RECIPE, tmp_path, progress=progress)
    steps = len(history.epochs) * data.steps
    assert [done for done, _, _ in calls] == [*range(1, steps), steps]
    assert [total for done, total, _ in calls if done == total] == [steps]  # once, so that it tells the end
    done, total, losses = calls[-1]
    assert done == total  # also where early stopping has left steps out
    assert losses.validation == history.epochs[-1]["validation_loss"]
    assert losses.best == history.best_loss
    assert calls[0][2].validation is None


@pytest.mark.slow
def test_progress_that_returns_false_stops_and_keeps_the_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "PROGRESS_SECONDS", 0.0)
    whole = training.seeded(RECIPE, build)
    training.train(whole, loss, line_data(), RECIPE, tmp_path / "whole")
    stopped = training.seeded(RECIPE, build)
    with pytest.raises(training.Stopped):
        training.train(stopped, loss, line_data(), RECIPE, tmp_path / "a", progress=lambda done, total, losses: done < 3)
    resumed = training.seeded(RECIPE, build)
    training.train(resumed, loss, line_data(), RECIPE, tmp_path / "a", resume=True)
    for one, other in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.slow
def test_a_checkpoint_from_before_the_choice_of_an_optimizer_fits(tmp_path: Path) -> None:
    """Such a checkpoint names these hyperparameters, in this order, and no optimizer: so does one of today's default."""
    training.train(training.seeded(RECIPE, build), loss, line_data(), RECIPE, tmp_path)
    with np.load(tmp_path / CHECKPOINT) as file:
        arrays = dict(file)
    identity = json.loads(json.loads(str(arrays["progress"]))["identity"])
    assert identity["recipe"] == {
        "epochs": 4,
        "batch_size": 8,
        "learning_rate": 0.05,
        "warmup_steps": 3,
        "weight_decay": 0.01,
        "clip_norm": 1.0,
        "average": 0.9,
        "patience": None,
        "precision": "float32",
        "seed": 0,
    }
    recipe = replace(RECIPE, optimizer="momentum")
    with pytest.raises(UserError, match="belongs to another recipe"):
        training.train(training.seeded(recipe, build), loss, line_data(), recipe, tmp_path, resume=True)


@pytest.mark.slow
def test_the_optimizer_of_the_recipe_takes_the_steps(tmp_path: Path) -> None:
    """The first step of SGD goes along the gradient by the learning rate; that of momentum is the same, the second is longer."""
    moved = {}
    for name in ("sgd", "momentum"):
        recipe = Recipe(epochs=1, batch_size=8, learning_rate=0.01, clip_norm=None, optimizer=name)
        model = training.seeded(recipe, lambda: keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)]))
        weights: list[np.ndarray] = []
        training.train(
            model,
            loss,
            line_data(),
            recipe,
            tmp_path / name,
            watch=lambda model, done, w=weights: w.append(model.get_weights()[0]),
        )
        moved[name] = weights
    x, y, _ = next(iter(line_data().train(0)))
    first = moved["sgd"][0]
    gradient = 2 * x.numpy().T @ (x.numpy() @ first[:, 0] - y.numpy()) / len(y)
    for name in moved:
        np.testing.assert_allclose(first[:, 0] - moved[name][1][:, 0], 0.01 * gradient, rtol=1e-4)
    lengths = {name: np.linalg.norm(w[2] - w[1]) for name, w in moved.items()}
    assert lengths["momentum"] > 1.5 * lengths["sgd"]


@pytest.mark.slow
def test_watch_sees_the_network_before_the_first_step_and_after_each(tmp_path: Path) -> None:
    seen: list[tuple[int, np.ndarray]] = []
    model, data = training.seeded(RECIPE, build), line_data()
    initial = model.get_weights()[0]
    training.train(model, loss, data, RECIPE, tmp_path, watch=lambda model, done: seen.append((done, model.get_weights()[0])))
    assert [done for done, _ in seen] == list(range(RECIPE.epochs * data.steps + 1))
    np.testing.assert_array_equal(seen[0][1], initial)
    # The warm-up begins at a learning rate of 0, and the schedule ends there.
    assert all((one != other).any() for (_, one), (_, other) in itertools.pairwise(seen[1:-1]))


@pytest.mark.parametrize("shards", [1, 2])
def test_a_penalty_of_a_layer_is_in_the_gradient_and_not_in_the_loss(shards: int) -> None:
    x, y, weight = next(iter(line_data().train(0)))

    def gradient(l2: float) -> tuple[float, np.ndarray, np.ndarray]:
        penalty = keras.regularizers.L2(l2) if l2 else None
        model = training.seeded(
            RECIPE, lambda: keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, kernel_regularizer=penalty)])
        )
        value, gradients = tf.function(lambda: training.gradient_step(model, loss, shards, x, y, weight))()
        return float(value), gradients[0].numpy(), model.get_weights()[0]

    (plain_loss, plain, weights), (loss_of_both, both, _) = gradient(0), gradient(0.5)
    assert loss_of_both == plain_loss
    np.testing.assert_allclose(both - plain, 2 * 0.5 * weights, rtol=1e-4, atol=1e-5)


def test_a_recipe_of_a_user_is_checked() -> None:
    replace(RECIPE, optimizer="rmsprop").check()
    for wrong, words in (
        ({"optimizer": "adma"}, "did you mean adam"),
        ({"learning_rate": 0.0}, "learning_rate = 0.0"),
        ({"batch_size": 0}, "batch_size = 0"),
        ({"epochs": 1.5}, "epochs = 1.5"),
    ):
        with pytest.raises(UserError, match=words):
            replace(RECIPE, **wrong).check()
