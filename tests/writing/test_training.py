"""The stages of training a network that writes, without the training itself."""

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tests.writing.small import network
from zoo.core.recipe import History, Recipe, TrainingData
from zoo.core.sources import of_user
from zoo.writing import pipeline, training
from zoo.writing.dataset import Text

TEXT = Text("".join(f"line {i * i % 97}\n" for i in range(1500)).encode(), of_user("own", ""))
RECIPE = Recipe(epochs=3, batch_size=4, learning_rate=1e-3)


class Session:
    """What the stages ask of a session; it leaves the network as it is, and keeps what it would have learned."""

    def __init__(self) -> None:
        self.quick = False
        self.content: dict[str, bytes] = {}
        self.epochs: dict[str, int] = {}

    def fit(self, model: Any, loss: Any, data: TrainingData, recipe: Recipe, shards: int, stage: str) -> History:
        pieces = [ids.numpy() for ids, _, _ in data.train(0)]
        self.content[stage] = b"".join(sorted(bytes(row.astype(np.uint8)) for row in np.concatenate(pieces)))
        self.epochs[stage] = recipe.epochs
        return History()


def test_the_last_stage_also_reads_the_validation_split_and_never_the_test_split(monkeypatch: pytest.MonkeyPatch) -> None:
    session: Any = Session()
    read: list[bytes] = []
    whole = pipeline.batches

    def batches(content: bytes, *rest: Any) -> TrainingData:
        read.append(content)
        return whole(content, *rest)

    monkeypatch.setattr(training.pipeline, "batches", batches)
    histories = training._learned(session, network(), TEXT, RECIPE, 1)
    assert read == [TEXT.split("train"), TEXT.split("train") + TEXT.split("validation")]
    assert TEXT.content.startswith(read[1])
    assert len(session.content["finish"]) > len(session.content["learn"])
    assert session.epochs == {"learn": 3, "finish": training.FINISHING["epochs"]}
    assert list(histories) == ["curves.png", "finishing.png"]


def test_the_network_is_calibrated_on_the_validation_split() -> None:
    session: Any = Session()
    model, validation = network(), TEXT.split("validation")
    share = (np.bincount(np.frombuffer(validation[1:], np.uint8), minlength=256) + 1e-3) / len(validation)
    model.logits.kernel.assign(tf.zeros_like(model.logits.kernel))
    model.logits.bias.assign((3 * np.log(share)).astype(np.float32))  # three times too sure
    training._learned(session, model, TEXT, RECIPE, 1)
    np.testing.assert_allclose(model.logits.bias, np.log(share), rtol=0.02)
