"""A captioner that learns from what its own captions are worth (Rennie et al. 2017, arXiv 1612.00563).

Captions of people teach how one speaks, one subword at a time. Whether a whole sentence is true, no single subword tells. So the
network draws several captions of each picture by its own probabilities, and each gets a reward (`zoo.captions.reward`). Captions
become more probable where their reward is above the mean of the others, and less probable where it is below (REINFORCE, Williams
1992; this baseline is of Kool et al. 2019):

    loss = -mean over the captions of (reward - mean reward of the others) * log probability

It goes on learning from people's captions, so that it does not forget how one speaks.
"""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from zoo.captions.network import Captioner
from zoo.captions.reward import reward
from zoo.captions.scenes import Scene
from zoo.layers.decoding import sample
from zoo.text.subwords import END, PADDING, START, Subwords

DRAWN = 5  # captions of each picture


class Rewarded(keras.Model):
    """A captioner that also draws captions: the inputs of `zoo.captions.network.Captioner`, and "number", int32 [n].

    The output is what the captioner gives, and {"reward": of each drawn caption, float32 [n, DRAWN]; "log_probability": of each,
    with its end, float32 [n, DRAWN]}.

    Args:
        captioner: the network, which is trained in place.
        subwords: its vocabulary.
        scenes: what all pictures of the data set show, by their numbers.
    """

    def __init__(self, captioner: Captioner, subwords: Subwords, scenes: Sequence[Scene]) -> None:
        super().__init__(name="rewarded")
        self.captioner, self._subwords, self._scenes = captioner, subwords, scenes
        self.built = True

    def call(self, inputs: dict[str, tf.Tensor], training: bool = False) -> dict[str, tf.Tensor]:
        """See the class."""
        network, number = self.captioner, inputs["number"]
        seen = network.see(inputs["image"], training)
        n = tf.shape(number)[0]
        memories, caches = network.memory_caches(seen.memory), network.empty_caches(n, DRAWN)
        ids = tf.stop_gradient(sample(network.step, caches, memories, tf.fill([n], START), END, DRAWN, network.config.longest))
        rewards = tf.ensure_shape(tf.numpy_function(self._rewards, [ids, number], tf.float32), [None])
        before = tf.concat([tf.fill([n * DRAWN, 1], START), tf.where(ids == END, PADDING, ids)[:, :-1]], 1)
        logits = network.logits(seen.memory, before, training)
        of_each = -tf.nn.sparse_softmax_cross_entropy_with_logits(ids, logits) * tf.cast(ids != PADDING, tf.float32)
        return network.answers(seen, inputs["subword"], training) | {
            "reward": tf.reshape(rewards, [n, DRAWN]),
            "log_probability": tf.reshape(tf.reduce_sum(of_each, 1), [n, DRAWN]),
        }

    def _rewards(self, ids: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        """Of captions, int32 [n * DRAWN, t], and the numbers of their pictures, int32 [n]."""
        texts = [self._subwords.decode(each).decode("utf-8", "replace").strip() for each in ids.tolist()]
        worth = [reward(text, self._scenes[number]) for text, number in zip(texts, np.repeat(numbers, DRAWN), strict=True)]
        return np.array(worth, np.float32)


def advantage(rewards: tf.Tensor) -> tf.Tensor:
    """How much better each caption is than the mean of the others of its picture, float32 [n, DRAWN] -> the same shape."""
    others = (tf.reduce_sum(rewards, 1, keepdims=True) - rewards) / (DRAWN - 1)
    return tf.stop_gradient(rewards - others)
