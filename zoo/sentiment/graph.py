"""The signatures of an exported sentiment transformer: raw text in, probabilities and explanations out, in one graph."""

import math
from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.polynomial.legendre import leggauss

from zoo.layers.transformer import SelfAttention
from zoo.sentiment.network import Config, Network, SentimentTransformer, Windows, pool
from zoo.text.ngrams import LONGEST, NGrams, evidence_at_words, ngrams, sum_weights
from zoo.text.words import RESERVED, UNKNOWN, WORD, WordVocabulary, cut, split

SLICE = 32  # texts, and windows, that are computed at once: this bounds the memory for any number of texts of any length
EXPLAINED = 8192  # words of the texts that are explained together, unless a single text has more
GRADIENT_WORDS = 2048  # words of the windows whose gradients are computed at once: a gradient needs the memory of all activations
# The points of the integral in `explain` and their weights (Gauss-Legendre quadrature).
POINTS, POINT_WEIGHTS = (0.5 * (each + moved).astype(np.float32) for each, moved in zip(leggauss(4), (1, 0), strict=True))
# Added to the weight of each word of an n-gram when its words share what it adds. Words without a weight then share equally. The
# mean weight of IMDB's n-grams is 0.0024.
LEAST_SHARE = 1e-3

Signature = Callable[..., dict[str, tf.Tensor]]


def endpoints(model: SentimentTransformer, config: Config, vocabulary: WordVocabulary) -> dict[str, Signature]:
    """The signatures of the SavedModel. Each takes text string [n]: any number of texts, of any bytes and any length.

    predict: probability float32 [n] of the second of two classes ("positive"); with more classes probabilities float32
        [n, classes].
    explain: the outputs of `predict`; tokens string [n, t], "" beyond the end of a text; and weights float32 [n, t], what each
        token adds to the logit of the second of two classes, or of the most probable one of more. The weights of a text add up
        to its logit minus that of a text of as many unknown words.
    embed: vector float32 [n, width], the pooled vector of each text; see `pool`.
    attend: the attention in each of the m windows of all texts. window_text int32 [m] is the index of the window's text; tokens
        string [m, t]; attention float32 [m, blocks, heads, t, t], how much each token (row) attends to each token; pooled float32
        [m, t], the share of each token in the vector of its text.
    known: share float32 [n], the share of a text's tokens that are in the vocabulary, 1 for a text without a token; and words
        int32 [n], the number of its words (zoo.text.words.WORD) that are in the vocabulary. Where this is 0 the probability means
        nothing.
    judge: the outputs of `predict` and of `known`.

    Args:
        model: the network, with its weights.
        config: its sizes.
        vocabulary: its words; their file becomes an asset of the SavedModel.
    """
    model.lookup_tables = [vocabulary.table]  # where the export looks for tables
    signatures = _Signatures(model, config, vocabulary)

    def signature(function: Callable[[tf.Tensor], dict[str, tf.Tensor]]) -> Signature:
        specification = [tf.TensorSpec([None], tf.string, name="text")]
        return tf.function(function, input_signature=specification, autograph=False)

    functions = {name: getattr(signatures, name) for name in ("predict", "explain", "embed", "attend", "known")}
    return {name: signature(function) for name, function in (functions | {"judge": signatures.predict_and_known}).items()}


def attention_inputs(model: SentimentTransformer, vocabulary: WordVocabulary, text: str) -> list[tf.Tensor]:
    """What enters the attention of each block, [m, t, width], for the windows of a text: to look into the network."""
    words = split(tf.constant([text]))
    _, sizes = cut(words.row_lengths(), model.config.window)
    *entering, _ = _Signatures(model, model.config, vocabulary).in_windows(words, sizes, tf.sequence_mask(sizes))
    return entering


def _starts(n: tf.Tensor, size: tf.Tensor | int = SLICE) -> tf.Tensor:
    # With n = 0 there is one empty slice, so that the shapes of the results are known.
    return tf.range(0, tf.maximum(n, 1), size)


def _groups(sizes: tf.Tensor, window: int) -> tf.Tensor:
    """Where the groups of texts begin that are explained together, int64 [groups + 1]; the last number is n.

    No window of a group is twice as long as another, so that little is padded.

    Args:
        sizes: the number of words of each text, int64 [n], ascending.
        window: the longest window, in words.
    """
    longest = tf.cast(tf.clip_by_value(sizes, 1, window), tf.float32)
    doublings = tf.cast(tf.math.ceil(tf.math.log(longest) / math.log(2.0)), tf.int64)
    key = tf.stack([doublings, tf.cumsum(sizes, exclusive=True) // EXPLAINED])
    begins = tf.reduce_any(tf.not_equal(key[:, 1:], key[:, :-1]), 0)
    # With n = 0 there is one empty group, so that the shapes of the results are known.
    return tf.concat([[0], tf.where(begins)[:, 0] + 1, [tf.size(sizes, tf.int64)]], 0)


class _Evidence(NamedTuple):
    """The evidence of n-grams in some texts.

    Args:
        found: the known n-grams.
        weights: the weight of each of them, [g, outputs].
        parts: what each of them adds to the logits, [g, outputs].
        at_words: the evidence at each word, by the size of the n-gram, [words, LONGEST, outputs].
        logits: the evidence of each text, [n, outputs].
    """

    found: NGrams
    weights: tf.Tensor
    parts: tf.Tensor
    at_words: tf.Tensor
    logits: tf.Tensor


class _Signatures:
    def __init__(self, model: SentimentTransformer, config: Config, vocabulary: WordVocabulary) -> None:
        self.model, self.config, self.vocabulary = model, config, vocabulary
        self.network: Network = model.network
        blocks = range(config.blocks)
        # The signatures share these functions: inlined, each would be in the file once for each of its uses.
        self.split = tf.function(split, input_signature=[tf.TensorSpec([None], tf.string)], autograph=False)
        vectors = tf.TensorSpec([None, None, config.width], tf.float32), tf.TensorSpec([None, None], tf.bool)
        self.read = tf.function(lambda tokens, mask: self.network.read(tokens, mask), input_signature=vectors, autograph=False)
        # The inputs of each block's attention, and the outputs of the encoder.
        layer = self.network.encoder.get_layer
        entering = [layer(f"block_{i}_attention_norm").output for i in blocks]
        self.inside = keras.Model(self.network.encoder.inputs, [*entering, self.network.encoder.output])
        self.attentions: list[SelfAttention] = [layer(f"block_{i}_attention") for i in blocks]

    def predict(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        return self._probabilities(
            self._by_slice(lambda words: self._logits(words, self._evidence(words)), text, self.config.outputs)
        )

    def predict_and_known(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        def read(words: tf.RaggedTensor) -> tf.Tensor:
            known = self._known(words)
            counts = tf.stack([known["share"], tf.cast(known["words"], tf.float32)], 1)
            return tf.concat([self._logits(words, self._evidence(words)), counts], 1)

        logits, share, words = tf.split(self._by_slice(read, text, self.config.outputs + 2), [self.config.outputs, 1, 1], 1)
        return self._probabilities(logits) | {"share": share[:, 0], "words": tf.cast(words[:, 0], tf.int32)}

    def embed(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"vector": self._by_slice(lambda words: self._vectors(words, self._evidence(words)), text, self.config.width)}

    def explain(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        words = self.split(text)
        sizes = words.row_lengths()
        order = tf.argsort(sizes, stable=True)
        words, sizes = tf.gather(words, order), tf.gather(sizes, order)
        begins = _groups(sizes, self.config.window)

        def read(span: tf.Tensor) -> tuple[tf.Tensor, tf.RaggedTensor]:
            part = words[span[0] : span[1]]
            evidence = self._evidence(part)
            logits = self._logits(part, evidence)
            return logits, part.with_flat_values(self._attribute(part, evidence, tf.argmax(logits, 1)))

        specification = (
            tf.RaggedTensorSpec([None, self.config.outputs], tf.float32, ragged_rank=0),
            tf.RaggedTensorSpec([None, None], tf.float32, ragged_rank=1),
        )
        spans = tf.stack([begins[:-1], begins[1:]], 1)
        logits, weights = tf.map_fn(read, spans, fn_output_signature=specification, parallel_iterations=1)
        back = tf.argsort(order)
        tokens, weights = (tf.gather(each, back).to_tensor() for each in (words, weights.merge_dims(0, 1)))
        probabilities = self._probabilities(tf.gather(logits.merge_dims(0, 1), back))
        return probabilities | {"tokens": tokens, "weights": weights}

    def attend(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        words = self.split(text)
        windows, sizes = cut(words.row_lengths(), self.config.window)
        tokens = tf.RaggedTensor.from_row_lengths(words.flat_values, sizes).to_tensor()
        mask = tf.sequence_mask(sizes, tf.shape(tokens)[1])
        *entering, last = self.in_windows(words, sizes, mask)
        attention = [layer.weights_between(x, mask) for layer, x in zip(self.attentions, entering, strict=True)]
        scores = self.network.pooling.scores(last, mask)
        of_text = tf.repeat(tf.range(tf.size(text)), windows)
        largest = tf.math.unsorted_segment_max(tf.reduce_max(scores, 1), of_text, tf.size(text))
        weights = tf.where(mask, tf.exp(scores - tf.gather(largest, of_text)[:, None]), 0.0)
        whole = tf.math.unsorted_segment_sum(tf.reduce_sum(weights, 1), of_text, tf.size(text))
        pooled = tf.math.divide_no_nan(weights, tf.gather(whole, of_text)[:, None])
        return {"window_text": of_text, "tokens": tokens, "attention": tf.stack(attention, 1), "pooled": pooled}

    def in_windows(self, words: tf.RaggedTensor, sizes: tf.Tensor, mask: tf.Tensor) -> list[tf.Tensor]:
        """What enters each block's attention, and what leaves the last block, [m, t, width] each, for windows of `sizes` [m]."""
        of_words = self._embedded(self._ids(words), self._evidence(words).at_words)
        return list(self.inside([tf.RaggedTensor.from_row_lengths(of_words, sizes).to_tensor(), mask], training=False))

    def known(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        return self._known(self.split(text))

    def _known(self, words: tf.RaggedTensor) -> dict[str, tf.Tensor]:
        unknown = tf.equal(self.vocabulary.ids(words), RESERVED.index(UNKNOWN))
        tokens = tf.cast(words.row_lengths(), tf.float32)
        share = 1.0 - tf.math.divide_no_nan(tf.reduce_sum(tf.cast(unknown, tf.float32), 1), tokens)
        told = tf.strings.regex_full_match(words.flat_values, WORD) & ~unknown.flat_values
        return {"share": share, "words": tf.reduce_sum(words.with_flat_values(tf.cast(told, tf.int32)), 1)}

    def _probabilities(self, logits: tf.Tensor) -> dict[str, tf.Tensor]:
        if self.config.outputs == 1:
            return {"probability": tf.sigmoid(logits[:, 0])}
        return {"probabilities": tf.nn.softmax(logits)}

    def _by_slice(self, read: Callable[[tf.RaggedTensor], tf.Tensor], text: tf.Tensor, width: int) -> tf.Tensor:
        """Calls `read` with the words of SLICE texts at a time: float32 [n, width]."""
        starts = _starts(tf.size(text))
        specification = tf.RaggedTensorSpec([None, width], tf.float32, ragged_rank=0)
        parts = tf.map_fn(
            lambda start: read(self.split(text[start : start + SLICE])),
            starts,
            fn_output_signature=specification,
            parallel_iterations=1,
        )
        return parts.merge_dims(0, 1)

    def _evidence(self, words: tf.RaggedTensor) -> _Evidence:
        model = self.model
        variables = model.ngram_hashes, model.ngram_weights, model.evidence_scale
        known, weights, scale = (tf.convert_to_tensor(each) for each in variables)
        found = ngrams(words, known)
        sums, parts = sum_weights(found, weights, words.nrows())
        at_words = evidence_at_words(found, weights, parts, tf.size(words.flat_values, tf.int64)) * scale[:, None]
        of_found = tf.cast(tf.gather(weights, found.number), tf.float32)
        return _Evidence(found, of_found, scale[LONGEST] * parts, at_words[:, :LONGEST], scale[LONGEST] * sums)

    def _logits(self, words: tf.RaggedTensor, evidence: _Evidence) -> tf.Tensor:
        return self.model.calibrated(self.network.head(self._vectors(words, evidence)) + evidence.logits)

    def _ids(self, words: tf.RaggedTensor) -> tf.Tensor:
        return self.vocabulary.ids(words).flat_values

    def _embedded(self, ids: tf.Tensor, at: tf.Tensor) -> tf.Tensor:
        """The network's input vectors, float32 [t, width], from word ids [t] and the evidence there [t, LONGEST, outputs]."""
        by_size = tf.reshape(at, [-1, LONGEST * self.config.outputs])
        return tf.cast(self.network.word(ids), tf.float32) + self.network.evidence_projection(by_size)

    def _vectors(self, words: tf.RaggedTensor, evidence: _Evidence) -> tf.Tensor:
        windows, sizes = cut(words.row_lengths(), self.config.window)
        ids, at = (tf.RaggedTensor.from_row_lengths(each, sizes) for each in (self._ids(words), evidence.at_words))

        def read(start: tf.Tensor) -> Windows:
            part = ids[start : start + SLICE]
            embedded = self._embedded(part.flat_values, at[start : start + SLICE].flat_values)
            tokens = part.with_flat_values(embedded).to_tensor()
            # A text without a word becomes one window of padding.
            tokens = tf.pad(tokens, [[0, 0], [0, tf.maximum(1 - tf.shape(tokens)[1], 0)], [0, 0]])
            return self.read(tokens, tf.sequence_mask(part.row_lengths(), tf.shape(tokens)[1]))

        read_all = self._windows(read, ids.nrows())
        return pool(read_all, tf.repeat(tf.range(words.nrows()), windows), words.nrows())

    def _windows(self, read: Callable[[tf.Tensor], Windows], n: tf.Tensor, at_once: tf.Tensor | int = SLICE) -> Windows:
        """The pooled vectors of all n windows; `read` gives those of `at_once` windows from a start on."""
        specification = Windows(
            tf.RaggedTensorSpec([None, self.config.width], tf.float32, ragged_rank=0),
            tf.RaggedTensorSpec([None], tf.float32, ragged_rank=0),
        )
        parts = tf.map_fn(read, _starts(n, at_once), fn_output_signature=specification, parallel_iterations=1)
        return Windows(parts.mean.merge_dims(0, 1), parts.log_weight.flat_values)

    def _attribute(self, words: tf.RaggedTensor, evidence: _Evidence, output: tf.Tensor) -> tf.Tensor:
        """What each word adds to the logit of its text, compared with a text of as many unknown words: float32 [words].

        What the network adds comes from integrated gradients, see `_integrated`. What an n-gram adds, to the vectors or to the
        logit, is shared among its words, see `_shared`. The weights of a text sum to the difference of the two logits, except for
        the error of the numerical integral.

        Args:
            words: of n texts.
            evidence: of the same texts.
            output: the index of the logit that is explained, int64 [n].
        """
        unknown = tf.cast(tf.convert_to_tensor(self.network.word.embeddings)[RESERVED.index(UNKNOWN)], tf.float32)
        difference = self._embedded(self._ids(words), evidence.at_words) - unknown
        gradient = self._integrated(words, unknown, difference, output)
        kernel = tf.convert_to_tensor(self.network.evidence_projection.kernel)
        by_ngrams = tf.reshape(tf.matmul(gradient, kernel, transpose_b=True), tf.shape(evidence.at_words)) * evidence.at_words
        by_word = tf.reduce_sum(gradient * difference, -1) - tf.reduce_sum(by_ngrams, [1, 2])
        found = evidence.found
        to_vectors = tf.gather_nd(tf.reduce_sum(by_ngrams, -1), tf.stack([found.last, found.size - 1], 1))
        chosen = tf.gather(output, found.text)[:, None]
        to_logit = tf.gather(evidence.parts, chosen, batch_dims=1)[:, 0]
        weights = tf.abs(tf.gather(evidence.weights, chosen, batch_dims=1)[:, 0])
        by_word = self._shared(by_word, found, to_vectors + to_logit, weights)
        return tf.convert_to_tensor(self.model.calibration_scale) * by_word

    def _integrated(self, words: tf.RaggedTensor, unknown: tf.Tensor, difference: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
        """Integrated gradients (Sundararajan et al. 2017, arXiv 1703.01365): the mean gradient of the logit, [words, width].

        It is the mean of the gradients by the words' vectors at POINTS of the straight line from the vector of unknown words.

        Args:
            words: of n texts.
            unknown: the vector that all unknown words have, [width].
            difference: from this vector to that of each word, [words, width].
            output: the index of the logit, int64 [n].
        """
        in_each, sizes = cut(words.row_lengths(), self.config.window)
        texts = words.nrows()
        of_text = tf.repeat(tf.range(texts), in_each)
        padded = tf.RaggedTensor.from_row_lengths(difference, sizes).to_tensor()
        mask = tf.sequence_mask(sizes, tf.shape(padded)[1])
        windows = tf.size(sizes)
        at_once = tf.maximum(GRADIENT_WORDS // tf.maximum(tf.shape(padded)[1], 1), 1)

        def add_gradient(step: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            share, weight = tf.constant(POINTS)[step], tf.constant(POINT_WEIGHTS)[step]

            def read(start: tf.Tensor) -> Windows:
                return self.read(unknown + share * padded[start : start + at_once], mask[start : start + at_once])

            # First the gradient of the logit by the pooled windows, which needs all of them; then, slice by slice, that of the
            # windows by their words. So no gradient needs the memory of more than one slice.
            read_all = self._windows(read, windows, at_once)
            with tf.GradientTape() as tape:
                tape.watch(read_all)
                logits = tf.gather(self.network.head(pool(read_all, of_text, texts)), output, batch_dims=1)
            by_mean, by_log_weight = tape.gradient(logits, read_all)

            def gradient(start: tf.Tensor) -> tf.Tensor:
                part = unknown + share * padded[start : start + at_once]
                by_windows = Windows(*(each[start : start + at_once] for each in (by_mean, by_log_weight)))
                with tf.GradientTape() as tape:
                    tape.watch(part)
                    seen = self.read(part, mask[start : start + at_once])
                return tape.gradient(seen, part, output_gradients=by_windows)

            specification = tf.RaggedTensorSpec([None, None, self.config.width], tf.float32, ragged_rank=0)
            parts = tf.map_fn(gradient, _starts(windows, at_once), fn_output_signature=specification, parallel_iterations=1)
            return step + 1, total + weight * tf.reshape(parts.flat_values, tf.shape(total))

        first = tf.constant(0), tf.zeros_like(padded)
        _, total = tf.while_loop(lambda step, _: step < len(POINTS), add_gradient, first)
        return tf.boolean_mask(total, mask)

    def _shared(self, by_word: tf.Tensor, found: NGrams, adds: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
        """`by_word` [words], to which each word's share of what its n-grams add has been added.

        The words of an n-gram share in proportion to their own weights: of "a great" nearly all goes to "great".

        Args:
            by_word: what each word adds by itself.
            found: the n-grams.
            adds: what each n-gram adds, [g].
            weights: the absolute weight of each n-gram, [g].
        """
        of_single = tf.where(found.size == 1, weights, 0.0)
        alone = tf.math.unsorted_segment_sum(of_single, found.first, tf.size(by_word)) + LEAST_SHARE
        places = [(found.size > place, found.first + place) for place in range(LONGEST)]  # the words of an n-gram
        whole = tf.add_n([tf.where(has, tf.gather(alone, tf.where(has, word, 0)), 0.0) for has, word in places])
        for has, word in places:
            words_of, each = tf.boolean_mask(word, has), tf.boolean_mask(adds / whole, has)
            by_word += tf.math.unsorted_segment_sum(each * tf.gather(alone, words_of), words_of, tf.size(by_word))
        return by_word
