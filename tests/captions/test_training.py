import math
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

import zoo
from zoo.captions import things
from zoo.captions.training import FOUND, SMOOTHING, THINGS, loss

THING_LOGITS = tf.zeros([2, 4, sum(things.LOGITS)])


def test_the_loss_of_even_guesses_is_that_of_chance() -> None:
    n, k, t, subwords = 2, 2, 3, 50
    output = {"next": tf.zeros([n, k, t, subwords]), "found": tf.zeros([n, subwords]), "things": THING_LOGITS}
    values = loss({"following": tf.fill([n, k, t], 7), "things": tf.fill([n, 4, things.TOLD], things.UNKNOWN)}, output).numpy()
    assert values.shape == (n, k, t)
    np.testing.assert_allclose(values, math.log(subwords) + FOUND * subwords * math.log(2), rtol=1e-5)


def test_the_loss_asks_for_the_subwords_that_follow_and_for_those_that_a_picture_has() -> None:
    following = tf.constant([[[5, 6, 0]]])  # 0 is padding: it is in no caption
    logits = np.zeros((1, 1, 3, 10), np.float32)
    logits[0, 0, [0, 1, 2], [5, 6, 0]] = 30
    found = np.full((1, 10), -30, np.float32)
    found[0, [5, 6]] = 30

    def values() -> np.ndarray:
        wanted = {"following": following, "things": tf.fill([1, 4, things.TOLD], things.UNKNOWN)}
        output = {"next": tf.constant(logits), "found": tf.constant(found), "things": THING_LOGITS[:1]}
        return loss(wanted, output).numpy()

    np.testing.assert_allclose(values(), np.full((1, 1, 3), SMOOTHING * 27), rtol=1e-4)
    found[0, 6] = -30
    np.testing.assert_allclose(values(), np.full((1, 1, 3), SMOOTHING * 27 + FOUND * 30), rtol=1e-4)


def test_the_loss_asks_which_thing_is_where() -> None:
    wanted = {"following": tf.fill([2, 1, 3], 7), "things": tf.zeros([2, 4, things.TOLD], tf.int32)}
    output = {"next": tf.zeros([2, 1, 3, 9]), "found": tf.zeros([2, 9]), "things": THING_LOGITS}
    without = {**wanted, "things": tf.fill([2, 4, things.TOLD], things.UNKNOWN)}
    more = loss(wanted, output) - loss(without, output)
    np.testing.assert_allclose(more, np.full((2, 1, 3), THINGS * 4 * math.log(17)), rtol=1e-5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"image": 100}, "image = 100: pictures are halved 3 times; name a multiple of 8"),
        ({"image": 8}, "image = 8"),
        ({"imag": 96}, "no option of this training is called 'imag': did you mean image"),
        ({"start": "nope"}, "no model is called 'nope'"),
    ],
)
def test_what_cannot_be_trained_is_refused_before_anything_is_computed(
    options: dict[str, object], message: str, tmp_path: Path
) -> None:
    with pytest.raises(zoo.UserError, match=message):
        zoo.train("captioner", "scenes", **{"out": tmp_path / "new", **options})
    assert list(tmp_path.iterdir()) == []
