"""The signatures of an exported translator: raw texts in, translations, probabilities and attention out, in one graph."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from zoo.layers.decoding import beam_search
from zoo.text.subwords import END, PADDING, SubwordGraph
from zoo.text.words import cut
from zoo.translation.casing import Casing, begins_small, finished
from zoo.translation.cleaning import clean, sentences
from zoo.translation.limits import ALTERNATIVES, MOST_SCORED
from zoo.translation.network import Memory, TranslationTransformer, marker

BEAMS = 4
LENGTH_PENALTY = 1.0
PART = 64  # subwords of a part of a sentence, about; a longer sentence is translated in several parts
TOKENS = 1280  # subwords of the parts that are translated together, which bounds the memory for any number of texts
# A translation has at most so many subwords for each one of the longest part beside it, and so many more. Of the 174,000 pairs in
# Multi30k's training split 10 need more.
LONGER, MORE = 1.5, 10

Signature = Callable[..., dict[str, tf.Tensor]]


class _Parts(NamedTuple):
    """The parts of some texts: sentences, and the parts of very long ones.

    Args:
        ids: their subwords, without END, int32 [p, (t)].
        small: whether the translation of the part needs no capital letter at its beginning, bool [p].
        of_text: the index of the text of each part, int64 [p].
    """

    ids: tf.RaggedTensor
    small: tf.Tensor
    of_text: tf.Tensor


def endpoints(model: TranslationTransformer, subwords: SubwordGraph, casing: Casing) -> dict[str, Signature]:
    """The signatures of the SavedModel.

    All take `text`, string [n], of any bytes; and `source` and `target`, string [n], the names of its language and of another.
    They raise InvalidArgumentError for a language that the network does not know, and where both are the same.

    translate: text, source, target -> translation string [n]; log_probability float32 [n], that of the subwords which the network
        has written, the sum over all sentences. A text of any length is translated sentence by sentence. An empty text gives
        an empty one, with the log probability 0.
    alternatives: the same -> translation string [n, ALTERNATIVES]; log_probability float32 [n, ALTERNATIVES]; that with the best
        score first, see `zoo.layers.decoding`. Of a text of several sentences each alternative has those of the same rank. Two
        can be equal, since the same text can be written in different subwords; where there are fewer, the text is "" and the log
        probability below -1e8.
    score: and translation string [n] -> log_probability float32 [n] of this translation, the text in one piece; and subwords
        int32 [n], the number of its subwords, the end included.
    attend: and translation string [n] -> source_pieces string [n, s], target_pieces string [n, t], "" beyond the end of a text;
        and attention float32 [n, t, s], how much the network looks at each subword of the text when it writes one of the
        translation: the mean of the heads of the decoder's last block. With what goes to the end of the text a row sums to 1.
    The last two raise InvalidArgumentError for a text of over MOST_SCORED subwords.

    Args:
        model: the network, with its weights.
        subwords: its vocabulary; the file becomes an asset of the SavedModel.
        casing: which first words become small; likewise.
    """
    model.lookup_tables = [*subwords.lookup_tables, *casing.lookup_tables]  # where the export looks for tables
    signatures = _Signatures(model, subwords, casing)

    def signature(function: Signature, *names: str) -> Signature:
        specification = [tf.TensorSpec([None], tf.string, name=name) for name in names]
        return tf.function(function, input_signature=specification, autograph=False)

    one, pair = ("text", "source", "target"), ("text", "translation", "source", "target")
    return {
        "translate": signature(signatures.translate, *one),
        "alternatives": signature(signatures.alternatives, *one),
        "score": signature(signatures.score, *pair),
        "attend": signature(signatures.attend, *pair),
    }


class _Signatures:
    """What the signatures share; the arguments are those of `endpoints`. Its methods are called while a graph is traced."""

    def __init__(self, model: TranslationTransformer, subwords: SubwordGraph, casing: Casing) -> None:
        self.model, self.subwords, self.casing = model, subwords, casing
        self.languages = model.config.languages
        self.markers = [subwords.subwords.marker(marker(language)) for language in self.languages]
        self.begins_word = tf.constant([entry.startswith(b" ") for entry in subwords.subwords.entries])
        # The signatures share these functions: inlined, each would be in the file once for each of its uses.
        texts, ids = tf.TensorSpec([None], tf.string), tf.TensorSpec([None, None], tf.int32)
        self.clean = _shared(clean, texts)
        self.ids = _shared(lambda text, language: subwords.ids(casing.apply(text, language)), texts, texts)
        self.encode = _shared(model.encode, ids)
        self.parts = _shared(self._parts, texts, texts)

    def translate(self, text: tf.Tensor, source: tf.Tensor, target: tf.Tensor) -> dict[str, tf.Tensor]:
        found = self._translations(text, source, target, BEAMS)
        return {name: value[:, 0] for name, value in found.items()}

    def alternatives(self, text: tf.Tensor, source: tf.Tensor, target: tf.Tensor) -> dict[str, tf.Tensor]:
        return self._translations(text, source, target, ALTERNATIVES)

    def score(self, text: tf.Tensor, translation: tf.Tensor, source: tf.Tensor, target: tf.Tensor) -> dict[str, tf.Tensor]:
        markers = self._markers(source, target)
        sources, targets = self._whole(text, source), self._whole(translation, target)

        def read(index: tf.Tensor) -> tuple[tf.Tensor]:
            ids, inputs, wanted = self._pair(sources, targets, markers, index)
            logits = tf.cast(self.model.logits(self.encode(ids), ids != PADDING, inputs), tf.float32)
            surprise = tf.nn.sparse_softmax_cross_entropy_with_logits(wanted, logits)
            return (-tf.reduce_sum(tf.where(wanted != PADDING, surprise, 0.0), 1),)

        lengths = tf.maximum(sources.row_lengths(), targets.row_lengths())
        (log_probability,) = _in_groups(lengths, read, (tf.RaggedTensorSpec([None], tf.float32, ragged_rank=0),))
        return {"log_probability": log_probability, "subwords": tf.cast(targets.row_lengths(), tf.int32) + 1}

    def attend(self, text: tf.Tensor, translation: tf.Tensor, source: tf.Tensor, target: tf.Tensor) -> dict[str, tf.Tensor]:
        markers = self._markers(source, target)
        sources, targets = self._whole(text, source), self._whole(translation, target)
        ids, inputs, wanted = self._pair(sources, targets, markers, tf.range(tf.size(text)))
        weights = self.model.attention(self.encode(ids), ids != PADDING, inputs)[:, -1]
        from_text, to_text = (each * tf.cast(each != END, each.dtype) for each in (ids, wanted))
        seen = (to_text != PADDING)[:, :, None] & (from_text != PADDING)[:, None, :]
        return {
            "source_pieces": self.subwords.pieces(from_text[:, :-1]),
            "target_pieces": self.subwords.pieces(to_text[:, :-1]),
            "attention": tf.where(seen, weights, 0.0)[:, :-1, :-1],
        }

    def _markers(self, source: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
        """The marker of each target language, int32 [n]. Raises InvalidArgumentError as `endpoints` says."""
        known = tf.constant(self.languages)
        for language in (source, target):
            unknown = ~tf.reduce_any(language[:, None] == known, 1)
            wrong = tf.boolean_mask(language, unknown)
            tf.debugging.Assert(
                ~tf.reduce_any(unknown), ["not a language of this model:", wrong, "it knows", known], summarize=20
            )
        same = source == target
        tf.debugging.Assert(~tf.reduce_any(same), ["source and target are the same language:", tf.boolean_mask(source, same)])
        return tf.gather(tf.constant(self.markers), tf.argmax(target[:, None] == known, 1))

    def _whole(self, text: tf.Tensor, language: tf.Tensor) -> tf.RaggedTensor:
        """The subwords of texts in one piece each, int32 [n, (t)]."""
        line = tf.strings.regex_replace(self.clean(text), "\u2029", " ")
        ids = self.ids(line, language)
        most = tf.reduce_max(tf.concat([[0], ids.row_lengths()], 0))
        tf.debugging.Assert(most <= MOST_SCORED, ["a text is too long: subwords, limit", most, MOST_SCORED])
        return ids

    def _pair(
        self, sources: tf.RaggedTensor, targets: tf.RaggedTensor, markers: tf.Tensor, index: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Some pairs as the network takes them: the source [g, s], the inputs of the decoder and the wanted outputs [g, t]."""
        wanted = _ended(tf.gather(targets, index))
        return _ended(tf.gather(sources, index)), tf.concat([tf.gather(markers, index)[:, None], wanted[:, :-1]], 1), wanted

    def _parts(self, text: tf.Tensor, source: tf.Tensor) -> _Parts:
        split = sentences(self.clean(text))
        sentence, of_text = split.flat_values, split.value_rowids()
        ids = self.ids(sentence, tf.gather(source, of_text))
        parts, of_sentence = self._cut(ids)
        small = ~_firsts(of_sentence) | tf.gather(begins_small(sentence), of_sentence)
        return _Parts(parts, small, tf.gather(of_text, of_sentence))

    def _cut(self, ids: tf.RaggedTensor) -> tuple[tf.RaggedTensor, tf.Tensor]:
        """Cuts sentences into parts of about PART subwords, before a word where there is one, and else within it.

        Returns:
            The parts, int32 [p, (t)], and the index of the sentence of each, int64 [p].
        """
        in_each, sizes = cut(ids.row_lengths(), PART)
        of_sentence = tf.repeat(tf.range(ids.nrows()), in_each)
        begin = tf.cumsum(sizes, exclusive=True)
        begins_word = tf.gather(self.begins_word, ids.flat_values)
        # Where the last word before or at each place begins; the end of all sentences counts as such a place.
        starts = tf.concat([tf.where(begins_word)[:, 0], tf.size(ids.flat_values, tf.int64)[None]], 0)
        at = tf.gather(starts, tf.maximum(tf.searchsorted(starts, begin, side="right") - 1, 0))
        # No part may become empty, and the first one of a sentence begins where the sentence begins.
        before = tf.concat([[0], begin], 0)[:-1]
        begin = tf.where(_firsts(of_sentence) | (at <= before) | (at > begin), begin, at)
        return tf.RaggedTensor.from_row_starts(ids.flat_values, begin), of_sentence

    def _translations(self, text: tf.Tensor, source: tf.Tensor, target: tf.Tensor, beams: int) -> dict[str, tf.Tensor]:
        """The best translations of each text: translation string [n, beams], log_probability float32 [n, beams]."""
        markers = self._markers(source, target)
        parts = self.parts(text, source)
        markers = tf.gather(markers, parts.of_text)

        def read(index: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            return self._search(_ended(tf.gather(parts.ids, index)), tf.gather(markers, index), beams)

        specification = (
            tf.RaggedTensorSpec([None, beams], tf.string, ragged_rank=0),
            tf.RaggedTensorSpec([None, beams], tf.float32, ragged_rank=0),
        )
        written, log_probability = _in_groups(parts.ids.row_lengths(), read, specification)
        n = tf.size(text, tf.int64)
        written = finished(tf.reshape(written, [-1]), tf.repeat(parts.small, beams))
        place = tf.reshape(parts.of_text[:, None] * beams + tf.range(beams, dtype=tf.int64), [-1])
        joined = tf.strings.unsorted_segment_join(written, place, n * beams, " ")
        return {
            "translation": tf.reshape(joined, [n, beams]),
            "log_probability": tf.math.unsorted_segment_sum(log_probability, parts.of_text, n),
        }

    def _search(self, ids: tf.Tensor, markers: tf.Tensor, beams: int) -> tuple[tf.Tensor, tf.Tensor]:
        """The best translations of parts int32 [g, s]: string [g, beams], and their log probability, float32 [g, beams]."""
        mask = ids != PADDING
        memory = self.model.remember(self.encode(ids), mask)
        longest = tf.cast(LONGER * tf.cast(tf.shape(ids)[1], tf.float32), tf.int32) + MORE

        def step(last: tf.Tensor, state: Any, of_sources: tuple[Any, tf.Tensor], at: tf.Tensor) -> tuple[tf.Tensor, Any]:
            return self.model.step(last, state, Memory(*of_sources, memory.output), at)

        state, of_sources = self.model.begin(tf.shape(ids)[0], longest, beams), (memory.projected, memory.mask)
        found = beam_search(step, state, of_sources, markers, END, beams, longest, LENGTH_PENALTY)
        text = self.subwords.text(tf.reshape(found.ids, [tf.shape(ids)[0] * beams, -1]))
        text = tf.strings.unicode_transcode(text, "UTF-8", "UTF-8", errors="ignore")  # bytes that are no characters
        return tf.reshape(text, [-1, beams]), found.log_probability


def _shared(function: Callable[..., Any], *specification: tf.TensorSpec) -> Callable[..., Any]:
    return tf.function(function, input_signature=specification, autograph=False)


def _ended(ids: tf.RaggedTensor) -> tf.Tensor:
    """Texts with END after each and then PADDING: int32 [n, (t)] -> int32 [n, t + 1]."""
    end = tf.fill([ids.nrows(), 1], END)
    return tf.concat([ids, tf.RaggedTensor.from_tensor(end)], 1).to_tensor(PADDING)


def _firsts(index: tf.Tensor) -> tf.Tensor:
    """Where another number than before stands, int64 [p] -> bool [p]."""
    return tf.concat([[True], index[1:] != index[:-1]], 0)[: tf.size(index)]


def _in_groups(
    lengths: tf.Tensor, read: Callable[[tf.Tensor], tuple[tf.Tensor, ...]], specification: Sequence[tf.RaggedTensorSpec]
) -> list[tf.Tensor]:
    """What `read` gives for p parts, of which it reads only those of one group at a time.

    The parts of a group have similar lengths, so that little is padded, and together about TOKENS subwords.

    Args:
        lengths: the number of subwords of each part, int64 [p].
        read: gives the results of the parts with some indices, [g, ...] each.
        specification: those of its results.

    Returns:
        The results, in the order of the parts, [p, ...] each.
    """
    order = tf.argsort(lengths, stable=True)
    group = tf.cumsum(tf.gather(lengths, order) + 1, exclusive=True) // TOKENS
    begins = tf.where(group[1:] != group[:-1])[:, 0] + 1
    # With p = 0 there is one empty group, so that the shapes of the results are known.
    ends = tf.concat([begins, [tf.size(lengths, tf.int64)]], 0)
    spans = tf.stack([tf.concat([[0], begins], 0), ends], 1)
    parts = tf.map_fn(
        lambda span: read(order[span[0] : span[1]]), spans, fn_output_signature=tuple(specification), parallel_iterations=1
    )
    back = tf.argsort(order)
    return [tf.gather(part.flat_values, back) for part in parts]
