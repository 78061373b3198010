"""The signatures of an exported sentiment transformer: raw text in, probabilities and what decided out, in one graph."""

from collections.abc import Callable
from typing import NamedTuple

import keras
import tensorflow as tf

from zoo.models.ngrams import LONGEST, NGrams, at_words, ngrams, weigh
from zoo.models.sentiment_transformer import Config, Network, SentimentTransformer, Windows, pool
from zoo.models.transformer import SelfAttention
from zoo.models.words import RESERVED, UNKNOWN, Vocabulary, cut, split

SLICE = 32  # texts, and windows, that are read at once, so that memory stays bounded for any number of texts of any length
GRADIENT_SLICE = 8  # windows whose gradients are taken at once: these need the memory of all that was computed
EXPLANATION_STEPS = 16  # of the integral in `explain`

Signature = Callable[..., dict[str, tf.Tensor]]


def endpoints(model: SentimentTransformer, config: Config, vocabulary: Vocabulary) -> dict[str, Signature]:
    """The signatures of the SavedModel; the file of the vocabulary becomes its asset.

    predict: text string [n] -> probability float32 [n] of the second of two classes ("positive"), or with more classes
        probabilities float32 [n, classes].
    explain: text string [n] -> the same, tokens string [n, t] ("" beyond the end of a text) and weights float32 [n, t]: what
        each token adds to the logit of the second of two classes, or of the most probable one of more.
    embed: text string [n] -> vector float32 [n, width]: what the network judges, see `pool`.
    attend: text string [n] -> what the network looks at, window by window: window_text int32 [m], the index of its text; tokens
        string [m, t]; attention float32 [m, blocks, heads, t, t], how much each token (row) looks at each; and pooled
        float32 [m, t], each token's share in the mean of its text.
    known: text string [n] -> share float32 [n] of its words that are in the vocabulary, 1 for a text without a word.
    Any number of texts, of any bytes and any length.
    """
    model.lookup_tables = [vocabulary.table]  # where the export finds it
    reader = _Reader(model, config, vocabulary)

    def signature(function: Callable[[tf.Tensor], dict[str, tf.Tensor]]) -> Signature:
        specification = [tf.TensorSpec([None], tf.string, name="text")]
        return tf.function(function, input_signature=specification, autograph=False)

    return {name: signature(getattr(reader, name)) for name in ("predict", "explain", "embed", "attend", "known")}


def _starts(n: tf.Tensor, size: int = SLICE) -> tf.Tensor:
    # Of nothing, too, there is one slice, so that the shapes of the results are known.
    return tf.range(0, tf.maximum(n, 1), size)


class _Heard(NamedTuple):
    """What n-grams say of texts: {found, parts: of each n-gram in the logits; at: each word, by size; together: the logits}."""

    found: NGrams
    parts: tf.Tensor
    at: tf.Tensor
    together: tf.Tensor


class _Reader:
    def __init__(self, model: SentimentTransformer, config: Config, vocabulary: Vocabulary) -> None:
        self.model, self.config, self.vocabulary = model, config, vocabulary
        self.network: Network = model.network
        blocks = range(config.blocks)
        # One function that all signatures call, so that the file has the network once and not once for each of its uses.
        vectors = tf.TensorSpec([None, None, config.width], tf.float32), tf.TensorSpec([None, None], tf.bool)
        self.read = tf.function(lambda tokens, there: self.network.read(tokens, there), input_signature=vectors, autograph=False)
        # What enters each block's attention, and the vectors at the end.
        layer = self.network.encoder.get_layer
        entering = [layer(f"block_{i}_attention_norm").output for i in blocks]
        self.inside = keras.Model(self.network.encoder.inputs, [*entering, self.network.encoder.output])
        self.attentions: list[SelfAttention] = [layer(f"block_{i}_attention") for i in blocks]

    def predict(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        def read(part: tf.Tensor) -> tf.Tensor:
            words = split(part)
            return self._logits(words, self._hear(words))

        return self._probabilities(self._by_slice(read, text, self.config.outputs))

    def embed(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        def read(part: tf.Tensor) -> tf.Tensor:
            words = split(part)
            return self._vectors(words, self._hear(words))

        return {"vector": self._by_slice(read, text, self.config.width)}

    def explain(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        def one(part: tf.Tensor) -> tuple[tf.Tensor, tf.RaggedTensor, tf.RaggedTensor]:
            words = split(part[None])
            heard = self._hear(words)
            logits = self._logits(words, heard)
            return logits[0], words.flat_values, self._attribute(words, heard, tf.argmax(logits[0]))

        kinds = tf.string, tf.float32
        rows = [tf.RaggedTensorSpec([None], kind, ragged_rank=0) for kind in kinds]
        specification = (tf.TensorSpec([self.config.outputs], tf.float32), *rows)
        logits, tokens, weights = tf.map_fn(one, text, fn_output_signature=specification, parallel_iterations=1)
        return self._probabilities(logits) | {"tokens": tokens.to_tensor(), "weights": weights.to_tensor()}

    def attend(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        words = split(text)
        windows, sizes = cut(words.row_lengths(), self.config.window)
        tokens = tf.RaggedTensor.from_row_lengths(words.flat_values, sizes).to_tensor()
        there = tf.sequence_mask(sizes, tf.shape(tokens)[1])
        of_words = self._embedded(self._ids(words), self._hear(words).at)
        embedded = tf.RaggedTensor.from_row_lengths(of_words, sizes).to_tensor()
        *entering, last = self.inside([embedded, there], training=False)
        attention = [layer.weights_between(x, there) for layer, x in zip(self.attentions, entering, strict=True)]
        scores = self.network.mean.scores(last, there)
        of_text = tf.repeat(tf.range(tf.size(text)), windows)
        largest = tf.math.unsorted_segment_max(tf.reduce_max(scores, 1), of_text, tf.size(text))
        weights = tf.where(there, tf.exp(scores - tf.gather(largest, of_text)[:, None]), 0.0)
        whole = tf.math.unsorted_segment_sum(tf.reduce_sum(weights, 1), of_text, tf.size(text))
        pooled = tf.math.divide_no_nan(weights, tf.gather(whole, of_text)[:, None])
        return {"window_text": of_text, "tokens": tokens, "attention": tf.stack(attention, 1), "pooled": pooled}

    def known(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        ids = self.vocabulary.ids(split(text))
        unknown = tf.reduce_sum(tf.cast(ids == RESERVED.index(UNKNOWN), tf.float32), 1)
        return {"share": 1.0 - tf.math.divide_no_nan(unknown, tf.cast(ids.row_lengths(), tf.float32))}

    def _probabilities(self, logits: tf.Tensor) -> dict[str, tf.Tensor]:
        if self.config.outputs == 1:
            return {"probability": tf.sigmoid(logits[:, 0])}
        return {"probabilities": tf.nn.softmax(logits)}

    def _by_slice(self, read: Callable[[tf.Tensor], tf.Tensor], text: tf.Tensor, width: int) -> tf.Tensor:
        starts = _starts(tf.size(text))
        specification = tf.RaggedTensorSpec([None, width], tf.float32, ragged_rank=0)
        parts = tf.map_fn(
            lambda start: read(text[start : start + SLICE]), starts, fn_output_signature=specification, parallel_iterations=1
        )
        return parts.merge_dims(0, 1)

    def _hear(self, words: tf.RaggedTensor) -> _Heard:
        model = self.model
        known, table, scale = (tf.convert_to_tensor(each) for each in (model.known, model.table, model.evidence_scale))
        found = ngrams(words, known)
        together, parts = weigh(found, table, words.nrows())
        at = at_words(found, table, parts, tf.size(words.flat_values, tf.int64)) * scale[:, None]
        return _Heard(found, scale[LONGEST] * parts, at[:, :LONGEST], scale[LONGEST] * together)

    def _logits(self, words: tf.RaggedTensor, heard: _Heard) -> tf.Tensor:
        return self.model.calibrated(self.network.judge(self._vectors(words, heard)) + heard.together)

    def _ids(self, words: tf.RaggedTensor) -> tf.Tensor:
        return self.vocabulary.ids(words).flat_values

    def _embedded(self, ids: tf.Tensor, at: tf.Tensor) -> tf.Tensor:
        """What enters the network of words, float32 [t, width], from ids [t] and what is heard there [t, LONGEST, outputs]."""
        by_size = tf.reshape(at, [-1, LONGEST * self.config.outputs])
        return tf.cast(self.network.word(ids), tf.float32) + self.network.evidence(by_size)

    def _vectors(self, words: tf.RaggedTensor, heard: _Heard) -> tf.Tensor:
        windows, sizes = cut(words.row_lengths(), self.config.window)
        ids, at = (tf.RaggedTensor.from_row_lengths(each, sizes) for each in (self._ids(words), heard.at))

        def read(start: tf.Tensor) -> Windows:
            part = ids[start : start + SLICE]
            embedded = self._embedded(part.flat_values, at[start : start + SLICE].flat_values)
            tokens = part.with_flat_values(embedded).to_tensor()
            # A text without a word is one window of padding.
            tokens = tf.pad(tokens, [[0, 0], [0, tf.maximum(1 - tf.shape(tokens)[1], 0)], [0, 0]])
            return self.read(tokens, tf.sequence_mask(part.row_lengths(), tf.shape(tokens)[1]))

        read_all = self._windows(read, ids.nrows())
        return pool(read_all, tf.repeat(tf.range(words.nrows()), windows), words.nrows())

    def _windows(self, read: Callable[[tf.Tensor], Windows], n: tf.Tensor) -> Windows:
        """All n windows, of which `read` reads SLICE from a place on."""
        specification = Windows(
            tf.RaggedTensorSpec([None, self.config.width], tf.float32, ragged_rank=0),
            tf.RaggedTensorSpec([None], tf.float32, ragged_rank=0),
        )
        parts = tf.map_fn(read, _starts(n), fn_output_signature=specification, parallel_iterations=1)
        return Windows(parts.mean.merge_dims(0, 1), parts.log_weight.flat_values)

    def _attribute(self, words: tf.RaggedTensor, heard: _Heard, output: tf.Tensor) -> tf.Tensor:
        """What each word of one text adds to one of its logits, float32 [t].

        The network's part by integrated gradients (Sundararajan et al. 2017, arXiv 1703.01365): the gradient by the words'
        vectors is averaged over EXPLANATION_STEPS points of the straight way from zero vectors to the real ones (the middles of
        as many equal parts), and multiplied with the vectors; so its weights sum, but for the error of that integral, to the
        logit less that of as many zero vectors. What an n-gram adds, to a vector or to the logit, is shared equally by its words.
        """
        _, sizes = cut(words.row_lengths(), self.config.window)
        of_words = self._embedded(self._ids(words), heard.at)
        embedded = tf.RaggedTensor.from_row_lengths(of_words, sizes).to_tensor()
        there = tf.sequence_mask(sizes, tf.shape(embedded)[1])
        windows, only = tf.size(sizes), tf.zeros_like(sizes)

        def add_gradient(step: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            x = (tf.cast(step, tf.float32) + 0.5) / EXPLANATION_STEPS * embedded

            def read(start: tf.Tensor) -> Windows:
                return self.read(x[start : start + SLICE], there[start : start + SLICE])

            # What a slice is for the logit is known once all have been read; so no gradient needs the memory of more than one.
            read_all = self._windows(read, windows)
            with tf.GradientTape() as tape:
                tape.watch(read_all)
                logit = self.network.judge(pool(read_all, only, tf.constant(1, tf.int64)))[0, output]
            by_mean, by_log_weight = tape.gradient(logit, read_all)

            def gradient(start: tf.Tensor) -> tf.Tensor:
                part = x[start : start + GRADIENT_SLICE]
                by_windows = Windows(*(each[start : start + GRADIENT_SLICE] for each in (by_mean, by_log_weight)))
                with tf.GradientTape() as tape:
                    tape.watch(part)
                    seen = self.read(part, there[start : start + GRADIENT_SLICE])
                return tape.gradient(seen, part, output_gradients=by_windows)

            specification = tf.RaggedTensorSpec([None, None, self.config.width], tf.float32, ragged_rank=0)
            parts = tf.map_fn(
                gradient, _starts(windows, GRADIENT_SLICE), fn_output_signature=specification, parallel_iterations=1
            )
            return step + 1, total + tf.reshape(parts.flat_values, tf.shape(total))

        first = tf.constant(0), tf.zeros_like(embedded)
        _, total = tf.while_loop(lambda step, _: step < EXPLANATION_STEPS, add_gradient, first)
        gradient = tf.boolean_mask(total / EXPLANATION_STEPS, there)  # [t, width]
        kernel = tf.convert_to_tensor(self.network.evidence.kernel)
        by_ngrams = tf.reshape(tf.matmul(gradient, kernel, transpose_b=True), tf.shape(heard.at)) * heard.at
        by_word = tf.reduce_sum(gradient * of_words, -1) - tf.reduce_sum(by_ngrams, [1, 2])
        found = heard.found
        within = tf.gather_nd(tf.reduce_sum(by_ngrams, -1), tf.stack([found.last, found.size - 1], 1))
        share = (within + tf.gather(heard.parts, output, axis=1)) / tf.cast(found.size, tf.float32)
        for place in range(LONGEST):  # each n-gram's part to its first word, its second and its third
            has = found.size > place
            words_of, shares = tf.boolean_mask(found.first + place, has), tf.boolean_mask(share, has)
            by_word += tf.math.unsorted_segment_sum(shares, words_of, tf.size(by_word))
        return tf.convert_to_tensor(self.model.scale) * by_word
