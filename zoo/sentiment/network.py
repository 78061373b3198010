"""A transformer that reads what a text says of its subject: whether a film review is positive, or any classes of your own.

A text of any length is read whole, in windows of up to 256 words. Each window goes through pre-norm blocks of multi-head
self-attention (Vaswani et al. 2017; Xiong et al. 2020, arXiv 2002.04745); a last attention, with one learned query, says how
much each word's vector counts in the mean of them all, over all windows of the text, and a linear layer judges that mean.

Labels alone do not teach it to read: it learns that first, from texts as such (`Pretraining`). Nor do they teach it rare words
and turns of phrase: at each word it gets the evidence of NB-SVM, a linear classifier, for the n-grams that end there
(`zoo.sentiment.naive_bayes`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import keras
import tensorflow as tf
from keras import ops

from zoo.core.errors import UserError
from zoo.core.recipe import Recipe
from zoo.layers.transformer import LayerNormalization, block
from zoo.text.ngrams import LONGEST

UNREAD = 8192  # the most frequent words, which pretraining guesses of sentences that are not read
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
        ngrams: that it knows; none before they are learned with the labels (zoo.sentiment.naive_bayes.learn_ngrams).
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


def embedding(config: Config, dtype: str | None = None) -> keras.layers.Embedding:
    """The words' vectors; `dtype`: in this type, instead of that of the dtype policy."""
    normal = keras.initializers.RandomNormal(stddev=INITIAL)
    return keras.layers.Embedding(config.words, config.width, embeddings_initializer=normal, dtype=dtype, name="word_embedding")


def encoder(config: Config, dropout: float) -> keras.Model:
    """What makes of a window's words, each by itself, words in their context.

    Args:
        config: the architecture.
        dropout: of the blocks' outputs.

    Returns:
        [tokens float32 [m, t, width], mask bool [m, t]] -> [m, t, width]. Where the mask is
        False a window is padded at its end, and no word attends to that.
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


class AttentionPooling(keras.layers.Layer):
    """An attention with one learned query: the mean of a window's words, each as heavy as it is found to be.

    Args:
        kwargs: `name` and the like, as of any layer.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.query = keras.layers.Dense(1, kernel_initializer="zeros", name="query")  # the first mean is a plain one

    def call(self, x: tf.Tensor, mask: tf.Tensor) -> Windows:
        """The words' vectors [m, t, width], and which of them are no padding, bool [m, t]."""
        scores = self.scores(x, mask)
        shares = tf.where(mask, tf.nn.softmax(scores), 0.0)  # of a window without a word all would be equal
        mean = tf.matmul(tf.cast(shares, x.dtype)[:, None], x)[:, 0]
        return Windows(mean, tf.reduce_logsumexp(scores, 1))

    def scores(self, x: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
        """The logarithm of each word's weight in the mean, float32 [m, t]; about -1e9 where none is."""
        return tf.cast(self.query(x), tf.float32)[..., 0] + tf.where(mask, 0.0, -1e9)


class Pretraining(keras.Model):
    """Learns to read from texts without labels, of which it sees some sentences, with some of their words hidden.

    It guesses each hidden word from those around it (Devlin et al. 2018, arXiv 1810.04805), which teaches what words mean, and
    from the mean of all words which words the other sentences of the text have, which teaches what the text is about and what
    it thinks of that: two views of one text (Johnson and Zhang 2015, arXiv 1504.01255).

    {"word" int32 [n, windows, t], 0 where padded; "at" int32 [n, windows, k], places of hidden words} -> float32 logits {"hidden"
    [n, windows, k, targets]; "unread" [n, UNREAD, or as many as there are words]}. Hidden words are scored by the very embeddings
    that enter (Press and Wolf 2017, arXiv 1608.05859).
    """

    def __init__(self, config: Config) -> None:
        super().__init__(name="pretraining")
        self.word = embedding(config)
        # Nothing is learned by heart in pretraining, so nothing is dropped.
        self.encoder = encoder(config, dropout=0.0)
        self.pooling = AttentionPooling(name="pooling")
        self.hidden_transform = keras.layers.Dense(config.width, activation="gelu", name="hidden_transform")
        self.hidden_norm = LayerNormalization(epsilon=1e-5, name="hidden_norm")
        self.hidden_bias = self.add_weight(shape=(config.targets,), initializer="zeros", name="hidden_bias", dtype="float32")
        unread = min(UNREAD, config.words)
        self.unread_head = keras.layers.Dense(unread, kernel_initializer="zeros", dtype="float32", name="unread_head")
        self({"word": tf.ones([1, 1, 2], tf.int32), "at": tf.zeros([1, 1, 1], tf.int32)})  # makes the weights

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


def pretraining_loss(wanted: dict[str, tf.Tensor], logits: dict[str, tf.Tensor]) -> tf.Tensor:
    """Of each text the mean cross-entropy of its hidden words, and the weighted mean of its unread ones, added up: float32 [n].

    Args:
        wanted: "hidden" int32 [n, windows, k], the hidden words, and "counts", 1 where one is, else 0; "unread" int32 [n, p], the
            words that the unread sentences have, each once, and "weight" float32 [n, p], 0 where padded.
        logits: of `Pretraining`.
    """
    hidden = tf.nn.sparse_softmax_cross_entropy_with_logits(wanted["hidden"], logits["hidden"])
    counts, weight = wanted["counts"], wanted["weight"]
    of_hidden = tf.math.divide_no_nan(tf.reduce_sum(counts * hidden, [1, 2]), tf.reduce_sum(counts, [1, 2]))
    unread = tf.reduce_logsumexp(logits["unread"], 1, keepdims=True) - tf.gather(logits["unread"], wanted["unread"], batch_dims=1)
    return of_hidden + tf.math.divide_no_nan(tf.reduce_sum(weight * unread, 1), tf.reduce_sum(weight, 1))


class Network(keras.Model):
    """Judges texts.

    {"word" int32 [n, windows, t], 0 where padded; "evidence" [n, windows, t, LONGEST + 1, outputs], what n-grams say at each word
    (zoo.sentiment.naive_bayes.Evidence.at_words)} -> logits float32 [n, outputs].

    Before it has learned anything, its logits are those of the n-grams.

    Args:
        config: the architecture.
        embedding_dtype: the type of the embeddings' weights, if not that of the others.
    """

    def __init__(self, config: Config, embedding_dtype: str | None = None) -> None:
        super().__init__(name="network")
        self.word = embedding(config, embedding_dtype)
        # Zeros, so that it begins with reading as it has learned in pretraining.
        self.evidence_projection = keras.layers.Dense(
            config.width, use_bias=False, kernel_initializer="zeros", name="evidence_projection"
        )
        self.word_dropout = keras.layers.Dropout(config.token_dropout, noise_shape=(None, None, 1), name="word_dropout")
        self.encoder = encoder(config, config.dropout)
        self.pooling = AttentionPooling(name="pooling")
        self.pooled_dropout = keras.layers.Dropout(config.pooled_dropout, name="pooled_dropout")
        self.head = keras.layers.Dense(config.outputs, kernel_initializer="zeros", dtype="float32", name="head")
        self(
            {"word": tf.ones([1, 1, 2], tf.int32), "evidence": tf.zeros([1, 1, 2, LONGEST + 1, config.outputs])}
        )  # makes weights

    def read(self, tokens: tf.Tensor, mask: tf.Tensor, training: bool = False) -> Windows:
        """Windows, each by itself.

        Args:
            tokens: the words' vectors, their embeddings and `evidence` added, [m, t, width].
            mask: False where a window is padded, bool [m, t].
            training: whether to drop something.
        """
        return self.pooling(self.encoder([self.word_dropout(tokens, training=training), mask], training=training), mask)

    def vector(self, inputs: dict[str, tf.Tensor], training: bool = False) -> tf.Tensor:
        """What is judged of each text, [n, width], from the inputs of the whole."""
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


def loss(targets: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Cross-entropy of each text, [n], from probabilities [n, outputs], of the second class alone where there are two."""
    if logits.shape[-1] == 1:
        return tf.nn.sigmoid_cross_entropy_with_logits(targets, logits)[:, 0]
    return tf.nn.softmax_cross_entropy_with_logits(targets, logits)


class SentimentTransformer(keras.Model):
    """What is published: the network, what n-grams say to it (zoo.sentiment.naive_bayes.Evidence), and its calibration.

    Embeddings and what n-grams say are kept in float16: half the size, and all sums are float32. Of the n-grams themselves the
    hashes are kept.
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

    def calibrated(self, logits: tf.Tensor) -> tf.Tensor:
        """The logits [n, outputs] after temperature scaling: see `zoo.core.calibration`."""
        return tf.convert_to_tensor(self.calibration_scale) * logits + tf.convert_to_tensor(self.calibration_bias)


# --- how it is trained

# 100 minutes for IMDB's 72,600 texts on two cores with AVX-512's bfloat16; the loss on the validation split is 14.26 after the
# first epoch, 11.58 after half of them, 11.29 at the end.
PRETRAINING = Recipe(epochs=14, batch_size=128, learning_rate=1e-3, warmup_steps=500, weight_decay=0.01, clip_norm=1.0)
# 4 minutes an epoch; the loss on the validation split is 0.1738 after the first, 0.1737 after the second (half the rate: 0.1765,
# 0.1741). On three times as many texts, in self-training: 11 minutes, 0.1745 and 0.1702.
FINETUNING = Recipe(
    epochs=2, batch_size=32, learning_rate=2e-4, warmup_steps=100, weight_decay=0.01, clip_norm=1.0, average=0.998, patience=1
)
MOST_WORDS = 20_000  # entries of the vocabulary
# N-grams that may be known, 6 bytes each: all 970,890 of IMDB's that two training texts have, and below the 25 MB that a
# pretrained model may have (zoo.core.export.MAX_MEGABYTES).
MOST_NGRAMS = 1_000_000

# For --quick: a small network, for which two passes are enough to see it work.
QUICK = {"width": 64, "blocks": 1, "heads": 2, "hidden": 128}
QUICK_PRETRAINING_EPOCHS, QUICK_EPOCHS = 1, 1


def size(quick: bool, width: int | None = None) -> dict[str, int]:
    """What of the sizes in a `Config` differs from the defaults; `width`: another one. UserError where no head fits it."""
    sizes = QUICK if quick else {}
    if width is None:
        return sizes
    heads = sizes.get("heads", Config.heads)
    if width % heads:
        raise UserError(f"a width of {width} cannot be shared by {heads} heads of attention: name a multiple of {heads}")
    return sizes | {"width": width, "hidden": 2 * width}
