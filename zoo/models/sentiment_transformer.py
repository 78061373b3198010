"""A transformer that reads what a text says of its subject: whether a film review is positive, or any classes of your own.

A text of any length is read whole, in windows of up to 256 words. Each window goes through pre-norm blocks of multi-head
self-attention (Vaswani et al. 2017; Xiong et al. 2020, arXiv 2002.04745); a last attention, with one learned query, says how
much each word's vector counts in the mean of them all, over all windows of the text, and a linear layer judges that mean.

Labels alone do not teach it to read: it learns that first, by guessing hidden words of the reviews from those around them
(`MaskedWords`; Devlin et al. 2018, arXiv 1810.04805). Nor do they teach it rare words and turns of phrase: at each word it hears
what NB-SVM, a linear classifier, makes of the n-grams that end there (`zoo.naive_bayes`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import keras
import tensorflow as tf
from keras import ops

from zoo.models.ngrams import LONGEST
from zoo.models.transformer import LayerNormalization, block
from zoo.training import Recipe

INITIAL = 0.02  # standard deviation of the first embeddings: a hidden word's logits begin near zero, as in BERT


@dataclass(frozen=True)
class Config:
    """The architecture.

    Args:
        words: entries of the vocabulary, the reserved ones included.
        outputs: logits of a text: 1 for two classes, else their number.
        window: words read together.
        width: of the embeddings and of the residual stream.
        blocks: of attention and feed-forward.
        heads: of each attention, width / heads wide.
        hidden: units of each feed-forward layer.
        ngrams: that it knows; none before they are learned with the labels (zoo.naive_bayes.learn_ngrams).
        targets: the most frequent words, as which hidden words are guessed in pretraining; `words` at most.
        token_dropout: share of the words that are hidden in fine-tuning, each as a whole.
        dropout: share of the numbers dropped in fine-tuning of each block's two outputs.
        pooled_dropout: share dropped of the mean before the last layer.
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
        """Those that the network tells apart."""
        return max(2, self.outputs)

    @classmethod
    def of(cls, architecture: Mapping[str, Any]) -> "Config":
        """The configuration that a card's `architecture` tells."""
        return cls(**{field.name: architecture[field.name] for field in fields(cls)})


def embedding(config: Config, kept: str | None = None) -> keras.layers.Embedding:
    """The words' vectors; `kept`: in this type, instead of that of the dtype policy."""
    normal = keras.initializers.RandomNormal(stddev=INITIAL)
    return keras.layers.Embedding(config.words, config.width, embeddings_initializer=normal, dtype=kept, name="word_embedding")


def encoder(config: Config, dropout: float, some: bool = False) -> keras.Model:
    """What makes of a window's words, each by itself, words in their context.

    Args:
        config: the architecture.
        dropout: of the blocks' outputs.
        some: only the vectors at some places are wanted: the network has a third input, "at".

    Returns:
        [tokens float32 [m, t, width], there bool [m, t]] -> [m, t, width], or with at int32 [m, k] -> [m, k, width]. What is not
        there is padding at the end: no word attends to it. The weights are the same in either form.
    """
    tokens = keras.Input([None, config.width], name="tokens")
    there = keras.Input([None], dtype="bool", name="there")
    at = keras.Input([None], dtype="int32", name="at") if some else None
    position = ops.cumsum(ops.ones_like(there, dtype="int32"), axis=1) - 1
    positions = keras.layers.Embedding(
        config.window, config.width, embeddings_initializer=keras.initializers.RandomNormal(stddev=INITIAL), name="position"
    )
    x = keras.layers.Add(name="embedded")([tokens, positions(position)])
    x = LayerNormalization(epsilon=1e-5, name="embedded_norm")(x)
    x = keras.layers.Dropout(dropout, name="embedded_dropout")(x)
    for i in range(config.blocks):
        # What is not wanted of the last block is not computed: a third of the work in pretraining.
        wanted = at if i == config.blocks - 1 else None
        x = block(x, there, config.heads, config.hidden, dropout, f"block_{i}", wanted)
    x = LayerNormalization(epsilon=1e-5, name="final_norm")(x)
    return keras.Model([tokens, there, at] if some else [tokens, there], x, name="encoder")


class MaskedWords(keras.Model):
    """Guesses hidden words: {"word" int32 [m, t], 0 where padded; "at" int32 [m, k]} -> logits float32 [m, k, targets].

    The words are scored by the very embeddings that enter (Press and Wolf 2017, arXiv 1608.05859).
    """

    def __init__(self, config: Config) -> None:
        super().__init__(name="masked_words")
        self.word = embedding(config)
        # Nothing is learned by heart in pretraining, so nothing is dropped.
        self.encoder = encoder(config, dropout=0.0, some=True)
        self.transform = keras.layers.Dense(config.width, activation="gelu", name="transform")
        self.norm = LayerNormalization(epsilon=1e-5, name="transform_norm")
        self.bias = self.add_weight(shape=(config.targets,), initializer="zeros", name="bias", dtype="float32")
        self({"word": tf.ones([1, 2], tf.int32), "at": tf.zeros([1, 1], tf.int32)})  # makes the weights

    def call(self, inputs: dict[str, tf.Tensor], training: bool = False) -> tf.Tensor:
        """See the class."""
        word = inputs["word"]
        x = self.encoder([self.word(word), tf.not_equal(word, 0), inputs["at"]], training=training)
        x = self.norm(self.transform(x), training=training)
        targets = tf.cast(tf.convert_to_tensor(self.word.embeddings)[: self.bias.shape[0]], x.dtype)
        logits = tf.matmul(tf.reshape(x, [-1, x.shape[-1]]), targets, transpose_b=True)
        shape = tf.concat([tf.shape(inputs["at"]), [-1]], 0)
        return tf.reshape(tf.cast(logits, tf.float32) + tf.cast(tf.convert_to_tensor(self.bias), tf.float32), shape)


def masked_loss(words: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Cross-entropy of each hidden word, [m, k], from ids int32 [m, k] and logits [m, k, targets]."""
    return tf.nn.sparse_softmax_cross_entropy_with_logits(words, logits)


class Windows(NamedTuple):
    """What the network has read of windows, each by itself.

    Args:
        mean: of the words' vectors, each with a weight, [m, width]; zero for a window without a word.
        log_weight: the logarithm of the sum of these weights, float32 [m]; about -1e9 for a window without a word.
    """

    mean: tf.Tensor
    log_weight: tf.Tensor


def pool(windows: Windows, text: tf.Tensor, texts: tf.Tensor) -> tf.Tensor:
    """Each text's vector, [n, width]: the weighted mean of its words' vectors.

    Args:
        windows: of all texts.
        text: the index of each window's text, [m], in order.
        texts: n; each has a window at least.
    """
    log_weights = windows.log_weight
    largest = tf.math.unsorted_segment_max(log_weights, text, texts)
    weights = tf.exp(log_weights - tf.gather(largest, text))
    shares = weights / tf.gather(tf.math.unsorted_segment_sum(weights, text, texts), text)
    return tf.math.unsorted_segment_sum(tf.cast(shares, windows.mean.dtype)[:, None] * windows.mean, text, texts)


class Network(keras.Model):
    """Judges texts.

    {"word" int32 [n, windows, t], 0 where padded; "evidence" [n, windows, t, LONGEST + 1, outputs], what n-grams say at each word
    (zoo.naive_bayes.Evidence.at_words)} -> logits float32 [n, outputs].

    Before it has learned anything, its logits are those of the n-grams: it learns where they err.

    Args:
        config: the architecture.
        kept: the type of the embeddings' weights, if not that of the others.
    """

    def __init__(self, config: Config, kept: str | None = None) -> None:
        super().__init__(name="network")
        self.word = embedding(config, kept)
        normal = keras.initializers.RandomNormal(stddev=0.1)  # about the norm of a pretrained embedding's numbers
        self.evidence = keras.layers.Dense(config.width, use_bias=False, kernel_initializer=normal, name="evidence")
        self.hide = keras.layers.Dropout(config.token_dropout, noise_shape=(None, None, 1), name="hide_words")
        self.encoder = encoder(config, config.dropout)
        self.query = keras.layers.Dense(1, kernel_initializer="zeros", name="query")  # the first mean is a plain one
        self.pooled_dropout = keras.layers.Dropout(config.pooled_dropout, name="pooled_dropout")
        self.judge = keras.layers.Dense(config.outputs, kernel_initializer="zeros", dtype="float32", name="judge")
        self(
            {"word": tf.ones([1, 1, 2], tf.int32), "evidence": tf.zeros([1, 1, 2, LONGEST + 1, config.outputs])}
        )  # makes weights

    def read(self, tokens: tf.Tensor, there: tf.Tensor, training: bool = False) -> Windows:
        """Windows, each by itself.

        Args:
            tokens: the words' vectors, their embeddings and `evidence` added, [m, t, width].
            there: which of them are no padding, bool [m, t].
            training: whether to drop something.
        """
        x = self.encoder([self.hide(tokens, training=training), there], training=training)
        scores = self.scores(x, there)
        shares = tf.where(there, tf.nn.softmax(scores), 0.0)  # of a window without a word all would be equal
        mean = tf.matmul(tf.cast(shares, x.dtype)[:, None], x)[:, 0]
        return Windows(mean, tf.reduce_logsumexp(scores, 1))

    def scores(self, x: tf.Tensor, there: tf.Tensor) -> tf.Tensor:
        """The logarithm of each word's weight in the mean, float32 [m, t], from their vectors; about -1e9 where none is."""
        return tf.cast(self.query(x), tf.float32)[..., 0] + tf.where(there, 0.0, -1e9)

    def call(self, inputs: dict[str, tf.Tensor], training: bool = False) -> tf.Tensor:
        """See the class."""
        word, heard = inputs["word"], inputs["evidence"]
        n, windows, t = tf.unstack(tf.shape(word))
        flat = tf.reshape(word, [n * windows, t])
        by_size = tf.reshape(heard[..., :LONGEST, :], [n * windows, t, LONGEST * heard.shape[-1]])
        evidence = self.evidence(by_size)
        tokens = tf.cast(self.word(flat), evidence.dtype) + evidence
        read = self.read(tokens, tf.not_equal(flat, 0), training)
        vector = pool(read, tf.repeat(tf.range(n), windows), n)
        together = tf.reduce_sum(tf.cast(heard[..., LONGEST, :], tf.float32), [1, 2])
        return self.judge(self.pooled_dropout(vector, training=training)) + together


def loss(targets: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Cross-entropy of each text, [n], from probabilities [n, outputs], of the second class alone where there are two."""
    if logits.shape[-1] == 1:
        return tf.nn.sigmoid_cross_entropy_with_logits(targets, logits)[:, 0]
    return tf.nn.softmax_cross_entropy_with_logits(targets, logits)


class SentimentTransformer(keras.Model):
    """What is published: the network, what n-grams say to it (zoo.naive_bayes.Evidence), and its calibration.

    Embeddings and what n-grams say are kept in float16: half the size, and all sums are float32. Of the n-grams themselves the
    hashes are kept.
    """

    def __init__(self, config: Config) -> None:
        super().__init__(name="sentiment_transformer")
        self.config = config
        self.network = Network(config, kept="float16")
        self.known = self._constant("known", (config.ngrams,), "int32")
        self.table = self._constant("table", (config.ngrams, config.outputs), "float16")
        self.evidence_scale = self._constant("evidence_scale", (LONGEST + 1,))
        self.scale = self._constant("scale", ())
        self.bias = self._constant("bias", (config.outputs,))
        self.built = True

    def _constant(self, name: str, shape: tuple[int, ...], dtype: str = "float32") -> Any:
        return self.add_weight(shape=shape, dtype=dtype, initializer="zeros", trainable=False, name=name)

    def calibrated(self, logits: tf.Tensor) -> tf.Tensor:
        """The network's logits [n, outputs] as those of probabilities that are right as often as they say (zoo.calibration)."""
        return tf.convert_to_tensor(self.scale) * logits + tf.convert_to_tensor(self.bias)


# --- how it is trained

# About an hour for IMDB's 72,600 texts on two cores with AVX-512's bfloat16; the loss on the hidden words of the validation split
# falls from 5.5 nats a word after the first epoch to 4.1 after the fifth.
PRETRAINING = Recipe(epochs=5, batch_size=64, learning_rate=1e-3, warmup_steps=500, weight_decay=0.01, clip_norm=1.0)
# 4 minutes an epoch; the loss on the validation split is 0.197 after the first, 0.194 after the second. On three times as many
# texts, in self-training: 12 minutes, 0.195 and 0.192.
FINETUNING = Recipe(
    epochs=2, batch_size=32, learning_rate=3e-4, warmup_steps=100, weight_decay=0.01, clip_norm=1.0, average=0.998, patience=1
)
MOST_WORDS = 20_000  # entries of the vocabulary
# N-grams that may be known, 6 bytes each: all 970,890 of IMDB's that two training texts have, and below the 25 MB that a
# pretrained model may have (zoo.export.MAX_MEGABYTES).
MOST_NGRAMS = 1_000_000

# For --quick: a small network, for which two passes are enough to see it work.
QUICK = {"width": 64, "blocks": 1, "heads": 2, "hidden": 128}
QUICK_PRETRAINING_EPOCHS, QUICK_EPOCHS = 1, 1
