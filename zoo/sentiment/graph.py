"""The signatures of an exported sentiment transformer: raw text in, probabilities and what decided out, in one graph."""

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

SLICE = 32  # texts, and windows, that are read at once, so that memory stays bounded for any number of texts of any length
EXPLAINED = 8192  # words of the texts that are explained together, unless one text alone has more
GRADIENT_WORDS = 2048  # of windows whose gradients are taken at once: these need the memory of all that was computed
# Points of the integral in `explain` and their weights, by Gauss and Legendre.
POINTS, POINT_WEIGHTS = (0.5 * (each + moved).astype(np.float32) for each, moved in zip(leggauss(4), (1, 0), strict=True))
# Added to what each word of an n-gram says by itself, so that words which say nothing share it equally; the mean of what all of
# IMDB's n-grams say is 0.0024.
LEAST_SHARE = 1e-3

Signature = Callable[..., dict[str, tf.Tensor]]


def endpoints(model: SentimentTransformer, config: Config, vocabulary: WordVocabulary) -> dict[str, Signature]:
    """The signatures of the SavedModel; the file of the vocabulary becomes its asset.

    predict: text string [n] -> probability float32 [n] of the second of two classes ("positive"), or with more classes
        probabilities float32 [n, classes].
    explain: text string [n] -> the same, tokens string [n, t] ("" beyond the end of a text) and weights float32 [n, t]: what
        each token adds to the logit of the second of two classes, or of the most probable one of more, beside that of a text of
        as many unknown words.
    embed: text string [n] -> vector float32 [n, width]: what the network judges, see `pool`.
    attend: text string [n] -> what the network looks at, window by window: window_text int32 [m], the index of its text; tokens
        string [m, t]; attention float32 [m, blocks, heads, t, t], how much each token (row) looks at each; and pooled
        float32 [m, t], each token's share in the mean of its text.
    known: text string [n] -> share float32 [n] of its tokens that are in the vocabulary, 1 for a text without a token; and words
        int32 [n], how many of them are words (zoo.text.words.WORD) that are in the vocabulary. Where that is 0 there is nothing
        to judge, and the probability means nothing.
    judge: text string [n] -> what `predict` and `known` give.
    Any number of texts, of any bytes and any length.
    """
    model.lookup_tables = [vocabulary.table]  # where the export finds it
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
    # Of nothing, too, there is one slice, so that the shapes of the results are known.
    return tf.range(0, tf.maximum(n, 1), size)


def _groups(sizes: tf.Tensor, window: int) -> tf.Tensor:
    """Where groups of texts begin that are explained together, int64 [groups + 1]: the last number is n.

    The windows of a group are about equally long, so that little is padded: none is twice as long as another.

    Args:
        sizes: words of each text, int64 [n], in order.
        window: words of a window at most.
    """
    longest = tf.cast(tf.clip_by_value(sizes, 1, window), tf.float32)
    doublings = tf.cast(tf.math.ceil(tf.math.log(longest) / math.log(2.0)), tf.int64)
    key = tf.stack([doublings, tf.cumsum(sizes, exclusive=True) // EXPLAINED])
    begins = tf.reduce_any(tf.not_equal(key[:, 1:], key[:, :-1]), 0)
    # Of nothing, too, there is one group, so that the shapes of the results are known.
    return tf.concat([[0], tf.where(begins)[:, 0] + 1, [tf.size(sizes, tf.int64)]], 0)


class _Evidence(NamedTuple):
    """The evidence of n-grams in some texts.

    Args:
        found: the known ones.
        weights: that of each of them, [g, outputs].
        parts: their parts in the logits, [g, outputs].
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
        # Functions that all signatures call, so that the file has each once and not once for each of its uses.
        self.split = tf.function(split, input_signature=[tf.TensorSpec([None], tf.string)], autograph=False)
        vectors = tf.TensorSpec([None, None, config.width], tf.float32), tf.TensorSpec([None, None], tf.bool)
        self.read = tf.function(lambda tokens, mask: self.network.read(tokens, mask), input_signature=vectors, autograph=False)
        # What enters each block's attention, and the vectors at the end.
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
        """What `read` gives of the words of SLICE texts at a time, float32 [n, width]."""
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
            # A text without a word is one window of padding.
            tokens = tf.pad(tokens, [[0, 0], [0, tf.maximum(1 - tf.shape(tokens)[1], 0)], [0, 0]])
            return self.read(tokens, tf.sequence_mask(part.row_lengths(), tf.shape(tokens)[1]))

        read_all = self._windows(read, ids.nrows())
        return pool(read_all, tf.repeat(tf.range(words.nrows()), windows), words.nrows())

    def _windows(self, read: Callable[[tf.Tensor], Windows], n: tf.Tensor, at_once: tf.Tensor | int = SLICE) -> Windows:
        """All n windows, of which `read` reads so many at once from a place on."""
        specification = Windows(
            tf.RaggedTensorSpec([None, self.config.width], tf.float32, ragged_rank=0),
            tf.RaggedTensorSpec([None], tf.float32, ragged_rank=0),
        )
        parts = tf.map_fn(read, _starts(n, at_once), fn_output_signature=specification, parallel_iterations=1)
        return Windows(parts.mean.merge_dims(0, 1), parts.log_weight.flat_values)

    def _attribute(self, words: tf.RaggedTensor, evidence: _Evidence, output: tf.Tensor) -> tf.Tensor:
        """What each word adds to its text's logit of `output`, int64 [n], beside that of unknown words: float32 [words].

        The network's part by integrated gradients (Sundararajan et al. 2017, arXiv 1703.01365): the gradient by the words'
        vectors is averaged over the POINTS of the straight way to them from the vector that all unknown words have, and
        multiplied with the difference. What an n-gram adds, to a vector or to the logit, is shared by its words in proportion to
        what each says alone: of "a great" nearly all is for "great". So a text's weights sum, but for the error of the integral,
        to its logit less that of a text of as many unknown words.
        """
        in_each, sizes = cut(words.row_lengths(), self.config.window)
        texts = words.nrows()
        of_text = tf.repeat(tf.range(texts), in_each)
        nothing = tf.cast(tf.convert_to_tensor(self.network.word.embeddings)[RESERVED.index(UNKNOWN)], tf.float32)
        way = self._embedded(self._ids(words), evidence.at_words) - nothing
        padded = tf.RaggedTensor.from_row_lengths(way, sizes).to_tensor()
        mask = tf.sequence_mask(sizes, tf.shape(padded)[1])
        windows = tf.size(sizes)
        at_once = tf.maximum(GRADIENT_WORDS // tf.maximum(tf.shape(padded)[1], 1), 1)

        def add_gradient(step: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            share, weight = tf.constant(POINTS)[step], tf.constant(POINT_WEIGHTS)[step]

            def read(start: tf.Tensor) -> Windows:
                return self.read(nothing + share * padded[start : start + at_once], mask[start : start + at_once])

            # What a slice is for the logit is known once all have been read; so no gradient needs the memory of more than one.
            read_all = self._windows(read, windows, at_once)
            with tf.GradientTape() as tape:
                tape.watch(read_all)
                logits = tf.gather(self.network.head(pool(read_all, of_text, texts)), output, batch_dims=1)
            by_mean, by_log_weight = tape.gradient(logits, read_all)

            def gradient(start: tf.Tensor) -> tf.Tensor:
                part = nothing + share * padded[start : start + at_once]
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
        gradient = tf.boolean_mask(total, mask)  # [words, width]
        kernel = tf.convert_to_tensor(self.network.evidence_projection.kernel)
        by_ngrams = tf.reshape(tf.matmul(gradient, kernel, transpose_b=True), tf.shape(evidence.at_words)) * evidence.at_words
        by_word = tf.reduce_sum(gradient * way, -1) - tf.reduce_sum(by_ngrams, [1, 2])
        found = evidence.found
        within = tf.gather_nd(tf.reduce_sum(by_ngrams, -1), tf.stack([found.last, found.size - 1], 1))
        chosen = tf.gather(output, found.text)[:, None]
        adds = within + tf.gather(evidence.parts, chosen, batch_dims=1)[:, 0]
        says = tf.abs(tf.gather(evidence.weights, chosen, batch_dims=1)[:, 0])
        alone = tf.math.unsorted_segment_sum(tf.where(found.size == 1, says, 0.0), found.first, tf.size(by_word)) + LEAST_SHARE
        places = [(found.size > place, found.first + place) for place in range(LONGEST)]  # an n-gram's words
        whole = tf.add_n([tf.where(has, tf.gather(alone, tf.where(has, word, 0)), 0.0) for has, word in places])
        for has, word in places:
            words_of, each = tf.boolean_mask(word, has), tf.boolean_mask(adds / whole, has)
            by_word += tf.math.unsorted_segment_sum(each * tf.gather(alone, words_of), words_of, tf.size(by_word))
        return tf.convert_to_tensor(self.model.calibration_scale) * by_word
