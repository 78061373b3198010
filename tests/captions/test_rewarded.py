"""Learning from what the network's own captions are worth, on a network of a few numbers."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from zoo.captions import rewarded, things
from zoo.captions.network import Captioner
from zoo.captions.rewarded import DRAWN, Rewarded, advantage
from zoo.captions.scenes import Scene
from zoo.captions.training import rewarded_loss
from zoo.text.subwords import END, PADDING, START, Subwords

SCENES = tuple(
    Scene.parse(text) for text in ("1 x 1; square red large filled 0.5 0.5 0.4", "1 x 1; circle blue large filled 0.5 0.5 0.4")
)
IMAGES = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), np.uint8)


def inputs(numbers: list[int]) -> dict[str, tf.Tensor]:
    return {"image": tf.constant(IMAGES), "subword": tf.fill([2, 1, 4], START), "number": tf.constant(numbers)}


def test_each_drawn_caption_is_judged_by_the_scene_of_its_picture(
    network: Captioner, vocabulary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []

    def reward(text: str, scene: Scene) -> float:
        told.append((text, scene))
        return len(told) / 10

    monkeypatch.setattr(rewarded, "reward", reward)
    output = Rewarded(network, Subwords.load(vocabulary), SCENES)(inputs([1, 0]))
    assert [scene for _, scene in told] == [SCENES[1]] * DRAWN + [SCENES[0]] * DRAWN
    assert len({text for text, _ in told}) > DRAWN  # they are drawn, each for itself
    np.testing.assert_allclose(output["reward"], np.arange(1, 2 * DRAWN + 1).reshape(2, DRAWN) / 10, rtol=1e-6)
    assert (output["log_probability"].numpy() < 0).all()
    assert {"next", "found", "things"} <= output.keys()


def test_the_log_probability_is_that_of_the_drawn_captions(
    network: Captioner, vocabulary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = np.full((2 * DRAWN, 4), PADDING, np.int32)
    ids[:, :2] = 7, END
    ids[1, :3] = 8, 9, END
    monkeypatch.setattr(rewarded, "sample", lambda *_: tf.constant(ids))
    output = Rewarded(network, Subwords.load(vocabulary), SCENES)(inputs([0, 1]))
    before = np.array([[START, 8, 9, PADDING], [START, 7, PADDING, PADDING]])
    logits = tf.nn.log_softmax(network.logits(network.encode(IMAGES[:1]), before)).numpy()
    expected = [logits[0, 0, 8] + logits[0, 1, 9] + logits[0, 2, END], logits[1, 0, 7] + logits[1, 1, END]]
    np.testing.assert_allclose(output["log_probability"].numpy()[0, [1, 0]], expected, rtol=1e-4)


def test_a_caption_is_compared_with_the_others_of_its_picture() -> None:
    rewards = np.zeros((2, DRAWN), np.float32)
    rewards[0, 0] = 1
    rewards[1] = 0.5
    found = advantage(tf.constant(rewards)).numpy()
    np.testing.assert_allclose(found[0], [1, *[-1 / (DRAWN - 1)] * (DRAWN - 1)])
    np.testing.assert_allclose(found[1], 0)


def test_the_loss_tells_the_reward_and_makes_the_better_caption_more_probable() -> None:
    rewards = np.zeros((1, DRAWN), np.float32)
    rewards[0, 0] = 0.8
    wanted = {"following": tf.fill([1, 1, 3], 7), "things": tf.fill([1, 4, things.TOLD], things.UNKNOWN)}
    log_probability, logits = tf.Variable(tf.fill([1, DRAWN], -5.0)), tf.Variable(tf.zeros([1, 1, 3, 9]))
    with tf.GradientTape() as tape:
        output = {"next": logits + 0, "found": tf.zeros([1, 9]), "things": tf.zeros([1, 4, sum(things.LOGITS)])}
        value = rewarded_loss(wanted, output | {"reward": tf.constant(rewards), "log_probability": log_probability + 0})
    assert value.shape == (1, 1, 1)
    assert value.numpy().item() == pytest.approx(1 - 0.8 / DRAWN)
    of_drawn, of_people = tape.gradient(value, [log_probability, logits])
    assert of_drawn.numpy()[0, 0] < 0 < of_drawn.numpy()[0, 1:].min()
    assert (of_people.numpy()[0, 0, :, 7] < 0).all()  # people's captions become more probable, too
