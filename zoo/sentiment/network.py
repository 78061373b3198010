"""A transformer that classifies texts: whether a film review is positive, or any classes of your own.

A text of any length is cut into windows of up to 256 words. Each window goes through pre-norm transformer blocks (Vaswani et al.
2017; Xiong et al. 2020, arXiv 2002.04745). Attention pooling makes one vector of the words of all windows: a learned query gives
each word its weight. A linear head turns this vector into logits.

The labelled texts are too few to learn a language from, so the encoder is pretrained on texts without labels (`Pretraining`).
They are also too few to learn rare words and phrases from. For these NB-SVM, a linear classifier of n-grams, gives evidence: at
each word the network takes the weights of the n-grams that end there as a further input, and their sum over the text is added to
the logits (`zoo.sentiment.naive_bayes`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import keras
import tensorflow as tf
from keras import ops

from zoo.core import configuration
from zoo.layers.transformer import LayerNormalization, block
from zoo.text.ngrams import LONGEST

UNREAD = 8192  # of the most frequent words pretraining predicts whether the unread sentences have them
INITIAL = 0.02  # standard deviation of the first embeddings: the logits of masked words begin near zero, as in BERT


@dataclass(frozen=True)
class Config:
    """The sizes of the network.

    Args:
        words: entries of the vocabulary, the reserved ones included.
        outputs: logits of a text: 1 for two classes, else one for each class.
        window: the longest window, in words.
        width: of the embeddings and of the residual stream.
        blocks: the number of transformer blocks.
        heads: of each attention; each is width / heads wide.
        hidden: units of each feed-forward layer.
        ngrams: the n-grams that have a weight; 0 until these are fitted (zoo.sentiment.naive_bayes.learn_ngrams).
        targets: how many of the most frequent words pretraining masks and predicts; at most `words`.
        token_dropout: the share of the words whose whole vector is dropped in fine-tuning.
        dropout: the share of the numbers dropped in fine-tuning, of what each attention and feed-forward layer adds.
        pooled_dropout: the share of the numbers dropped in fine-tuning, of the pooled vector.
    """

    words: int
    outputs: int = 1
    window: int = 256
    width: int = 256
    blocks: int = 2
    heads: int = 4
    hidden: int = 512
    ngrams: int = 0
    targets: int = 4096
    token_dropout: float = 0.1
    dropout: float = 0.1
    pooled_dropout: float = 0.2

    @property
    def classes(self) -> int:
        """The number of classes."""
        return max(2, self.outputs)

    @classmethod
    def of(cls, architecture: Mapping[str, Any]) -> "Config":
        """The configuration that a card's `architecture` tells."""
        return configuration.told(cls, architecture)


def embedding(config: Config, dtype: str | None = None) -> keras.layers.Embedding:
    """The words' vectors: int32 [...] -> [..., width]. `dtype` is the type of the weights; None: that of the dtype policy."""
    normal = keras.initializers.RandomNormal(stddev=INITIAL)
    return keras.layers.Embedding(config.words, config.width, embeddings_initializer=normal, dtype=dtype, name="word_embedding")


def encoder(config: Config, dropout: float) -> keras.Model:
    """The transformer: it turns vectors of single words into vectors of words in their context.

    Args:
        config: the architecture.
        dropout: the share of the numbers dropped of what each attention and feed-forward layer adds.

    Returns:
        [tokens [m, t, width], mask bool [m, t]] -> [m, t, width]. Where the mask is False the window is padded; no word attends
        to padding.
    """
    tokens = keras.Input([None, config.width], name="tokens")
    mask = keras.Input([None], dtype="bool", name="mask")
    position = ops.cumsum(ops.ones_like(mask, dtype="int32"), axis=1) - 1
    positions = keras.layers.Embedding(
        config.window, config.width, embeddings_initializer=keras.initializers.RandomNormal(stddev=INITIAL), name="position"
    )
    x = keras.layers.Add(name="embedded")([tokens, positions(position)])
    x = LayerNormalization(epsilon=1e-5, name="embedded_norm")(x)
    x = keras.layers.Dropout(dropout, name="embedded_dropout")(x)
    for i in range(config.blocks):
        x = block(x, mask, config.heads, config.hidden, dropout, f"block_{i}")
    x = LayerNormalization(epsilon=1e-5, name="final_norm")(x)
    return keras.Model([tokens, mask], x, name="encoder")


class Windows(NamedTuple):
    """The pooled vectors of m windows, each pooled by itself.

    Args:
        mean: the weighted mean of the words' vectors, [m, width]; zero for a window without a word.
        log_weight: the logarithm of the sum of the weights, float32 [m]; about -1e9 for a window without a word.
    """

    mean: tf.Tensor
    log_weight: tf.Tensor


def pool(windows: Windows, text: tf.Tensor, texts: tf.Tensor) -> tf.Tensor:
    """The pooled vector of each text, [n, width]: the weighted mean of the vectors of all its words.

    Args:
        windows: of all texts.
        text: the index of each window's text, [m], in ascending order.
        texts: n, the number of texts; each has at least one window.
    """
    log_weights = windows.log_weight
    largest = tf.math.unsorted_segment_max(log_weights, text, texts)
    weights = tf.exp(log_weights - tf.gather(largest, text))
    shares = weights / tf.gather(tf.math.unsorted_segment_sum(weights, text, texts), text)
    return tf.math.unsorted_segment_sum(tf.cast(shares, windows.mean.dtype)[:, None] * windows.mean, text, texts)


class AttentionPooling(keras.layers.Layer):
    """Attention with one learned query: the weighted mean of a window's words.

    Args:
        kwargs: `name` and the other arguments of every layer.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.query = keras.layers.Dense(1, kernel_initializer="zeros", name="query")  # so all weights are equal at first

    def call(self, x: tf.Tensor, mask: tf.Tensor) -> Windows:
        """The words' vectors [m, t, width], and the mask bool [m, t], False where a window is padded."""
        scores = self.scores(x, mask)
        shares = tf.where(mask, tf.nn.softmax(scores), 0.0)  # the softmax alone is uniform for a window without a word
        mean = tf.matmul(tf.cast(shares, x.dtype)[:, None], x)[:, 0]
        return Windows(mean, tf.reduce_logsumexp(scores, 1))

    def scores(self, x: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
        """The logarithm of each word's weight in the mean, float32 [m, t]; about -1e9 for padding."""
        return tf.cast(self.query(x), tf.float32)[..., 0] + tf.where(mask, 0.0, -1e9)


class Pretraining(keras.Model):
    """The network of pretraining, which needs no labels. It is shown some sentences of a text, with some words masked.

    It has two tasks. From the words around a masked word it predicts that word (Devlin et al. 2018, arXiv 1810.04805), which
    teaches what words mean. From the pooled vector it predicts which words the other sentences of the text have, which teaches
    what the text is about and whether it praises or complains: two views of one text (Johnson and Zhang 2015, arXiv 1504.01255).

    {"word" int32 [n, windows, t], 0 where padded; "at" int32 [n, windows, k], the places of the masked words} -> float32 logits
    {"hidden" [n, windows, k, targets]; "unread" [n, UNREAD], or [n, words] of a smaller vocabulary}. The output weights of masked
    words are the input embeddings (Press and Wolf 2017, arXiv 1608.05859).

    Args:
        config: the architecture.
    """

    def __init__(self, config: Config) -> None:
        super().__init__(name="pretraining")
        self.word = embedding(config)
        # No dropout: each epoch masks other words and shows other sentences, so the texts are not learned by heart.
        self.encoder = encoder(config, dropout=0.0)
        self.pooling = AttentionPooling(name="pooling")
        self.hidden_transform = keras.layers.Dense(config.width, activation="gelu", name="hidden_transform")
        self.hidden_norm = LayerNormalization(epsilon=1e-5, name="hidden_norm")
        self.hidden_bias = self.add_weight(shape=(config.targets,), initializer="zeros", name="hidden_bias", dtype="float32")
        unread = min(UNREAD, config.words)
        self.unread_head = keras.layers.Dense(unread, kernel_initializer="zeros", dtype="float32", name="unread_head")
        self({"word": tf.ones([1, 1, 2], tf.int32), "at": tf.zeros([1, 1, 1], tf.int32)})  # creates the variables

    def call(self, inputs: dict[str, tf.Tensor], training: bool = False) -> dict[str, tf.Tensor]:
        """See the class."""
        word, at = inputs["word"], inputs["at"]
        n, windows, t = tf.unstack(tf.shape(word))
        flat = tf.reshape(word, [n * windows, t])
        mask = tf.not_equal(flat, 0)
        x = self.encoder([self.word(flat), mask], training=training)
        vector = pool(self.pooling(x, mask), tf.repeat(tf.range(n), windows), n)
        hidden = tf.gather(x, tf.reshape(at, [n * windows, tf.shape(at)[2]]), axis=1, batch_dims=1)
        hidden = self.hidden_norm(self.hidden_transform(hidden), training=training)
        targets = tf.cast(tf.convert_to_tensor(self.word.embeddings)[: self.hidden_bias.shape[0]], hidden.dtype)
        logits = tf.matmul(tf.reshape(hidden, [-1, hidden.shape[-1]]), targets, transpose_b=True)
        logits = tf.cast(logits, tf.float32) + tf.cast(tf.convert_to_tensor(self.hidden_bias), tf.float32)
        return {"hidden": tf.reshape(logits, tf.concat([tf.shape(at), [-1]], 0)), "unread": self.unread_head(vector)}


class Network(keras.Model):
    """The network that is fine-tuned.

    {"word" int32 [n, windows, t], 0 where padded; "evidence" [n, windows, t, LONGEST + 1, outputs], see
    zoo.sentiment.naive_bayes.Evidence.at_words} -> logits float32 [n, outputs].

    At the start the head and the projection of the evidence are zero, so the logits are the sums of the evidence.

    Args:
        config: the architecture.
        embedding_dtype: the type of the embeddings' weights; None: that of the dtype policy.
    """

    def __init__(self, config: Config, embedding_dtype: str | None = None) -> None:
        super().__init__(name="network")
        self.word = embedding(config, embedding_dtype)
        # Zero at the start, so that the encoder gets the vectors that it was pretrained with.
        self.evidence_projection = keras.layers.Dense(
            config.width, use_bias=False, kernel_initializer="zeros", name="evidence_projection"
        )
        self.word_dropout = keras.layers.Dropout(config.token_dropout, noise_shape=(None, None, 1), name="word_dropout")
        self.encoder = encoder(config, config.dropout)
        self.pooling = AttentionPooling(name="pooling")
        self.pooled_dropout = keras.layers.Dropout(config.pooled_dropout, name="pooled_dropout")
        self.head = keras.layers.Dense(config.outputs, kernel_initializer="zeros", dtype="float32", name="head")
        evidence = tf.zeros([1, 1, 2, LONGEST + 1, config.outputs])
        self({"word": tf.ones([1, 1, 2], tf.int32), "evidence": evidence})  # creates the variables

    def read(self, tokens: tf.Tensor, mask: tf.Tensor, training: bool = False) -> Windows:
        """Encodes and pools each window by itself.

        Args:
            tokens: the words' embeddings plus the projected evidence, [m, t, width].
            mask: False where a window is padded, bool [m, t].
            training: whether dropout is active.
        """
        return self.pooling(self.encoder([self.word_dropout(tokens, training=training), mask], training=training), mask)

    def vector(self, inputs: dict[str, tf.Tensor], training: bool = False) -> tf.Tensor:
        """The pooled vector of each text, [n, width], from the inputs of the whole network."""
        word, evidence = inputs["word"], inputs["evidence"]
        n, windows, t = tf.unstack(tf.shape(word))
        flat = tf.reshape(word, [n * windows, t])
        by_size = tf.reshape(evidence[..., :LONGEST, :], [n * windows, t, LONGEST * evidence.shape[-1]])
        projected = self.evidence_projection(by_size)
        tokens = tf.cast(self.word(flat), projected.dtype) + projected
        return pool(self.read(tokens, tf.not_equal(flat, 0), training), tf.repeat(tf.range(n), windows), n)

    def call(self, inputs: dict[str, tf.Tensor], training: bool = False) -> tf.Tensor:
        """See the class."""
        vector = self.pooled_dropout(self.vector(inputs, training), training=training)
        return self.head(vector) + tf.reduce_sum(tf.cast(inputs["evidence"][..., LONGEST, :], tf.float32), [1, 2])


class SentimentTransformer(keras.Model):
    """What is published: the fine-tuned network, the weights of the n-grams, and the calibration of the logits.

    The inputs are those of `Network`, the outputs its logits after calibration, float32 [n, outputs].
    `zoo.sentiment.stages.inputs` makes the inputs of texts.

    The embeddings and the weights of the n-grams are stored as float16, which halves the file; all sums are float32. N-grams are
    stored as hashes.

    Args:
        config: the architecture.
    """

    def __init__(self, config: Config) -> None:
        super().__init__(name="sentiment_transformer")
        self.config = config
        self.network = Network(config, embedding_dtype="float16")
        self.ngram_hashes = self._constant("ngram_hashes", (config.ngrams,), "int32")
        self.ngram_weights = self._constant("ngram_weights", (config.ngrams, config.outputs), "float16")
        self.evidence_scale = self._constant("evidence_scale", (LONGEST + 1,))
        self.calibration_scale = self._constant("calibration_scale", ())
        self.calibration_bias = self._constant("calibration_bias", (config.outputs,))
        self.built = True

    def _constant(self, name: str, shape: tuple[int, ...], dtype: str = "float32") -> Any:
        return self.add_weight(shape=shape, dtype=dtype, initializer="zeros", trainable=False, name=name)

    def call(self, inputs: dict[str, tf.Tensor], training: bool = False) -> tf.Tensor:
        """See the class."""
        return self.calibrated(self.network(inputs, training=training))

    def calibrated(self, logits: tf.Tensor) -> tf.Tensor:
        """The logits [n, outputs] after temperature scaling: see `zoo.core.calibration`."""
        return tf.convert_to_tensor(self.calibration_scale) * logits + tf.convert_to_tensor(self.calibration_bias)


def from_architecture(architecture: Mapping[str, Any]) -> SentimentTransformer:
    """The network that a card's `architecture` describes, with all its variables, before any weights are set."""
    return SentimentTransformer(Config.of(architecture))
