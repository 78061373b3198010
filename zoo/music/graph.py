"""The signatures of an exported music network: texts of tokens in, texts of tokens and their probabilities out, in one graph."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import tensorflow as tf
from keras import ops

from zoo.core.sampling import Sampling
from zoo.layers.sampling import noise
from zoo.music.language import features, grammar, lookahead, lookback
from zoo.music.language.lookahead import Melody
from zoo.music.language.outline import Outline
from zoo.music.language.tokens import PAD, START, TokenVocabulary
from zoo.music.network import MusicLSTM
from zoo.music.outlines import Outlines
from zoo.music.sampling import OPEN, Sample, sample, started

MELODY_STEP = 64  # melodies are padded to a multiple of so many notes, because XLA compiles anew for each length
UNKNOWN = -2  # the id of a word that is no token

Signature = Callable[..., dict[str, tf.Tensor]]
Compose = Callable[[tf.Tensor, Melody, Outline, tf.Tensor, tf.Tensor, Sampling], Sample]

_TEXT, _PROMPT = (tf.TensorSpec([None], tf.string, name=name) for name in ("text", "prompt"))
_BARS = tf.TensorSpec([], tf.int32, name="bars")
_SAMPLING = (
    tf.TensorSpec([], tf.float32, name="temperature"),
    tf.TensorSpec([], tf.int32, name="top_k"),
    tf.TensorSpec([], tf.float32, name="top_p"),
    tf.TensorSpec([], tf.int64, name="seed"),
)
_MELODY = tuple(tf.TensorSpec([None, None], tf.int32, name=name) for name in ("start", "duration", "pitch"))


def endpoints(model: MusicLSTM, vocabulary: TokenVocabulary, vocabulary_file: Path, outlines: Outlines) -> dict[str, Signature]:
    """The signatures of the SavedModel.

    Args:
        model: the trained network.
        vocabulary: its tokens.
        vocabulary_file: one token a line, from `vocabulary.save`; it becomes one of the model's assets.
        outlines: those of the training pieces, from which what the user leaves open is drawn.

    generate: prompt string [n], bars int32 [], temperature float32 [], top_k int32 [], top_p float32 [], seed int64 []
        -> tokens int32 [n, max_length], text string [n], log_probability float32 [n]
        A prompt is a text of the tokens that follow <start>: "metre=6/8 tonic=D mode=dorian", and notes after these if you like.
        `*` in the place of a token leaves it open, and so does the end of the prompt. `bars`: exactly so many full bars, besides
        that of an upbeat, which shortens the last one; 0 leaves the number open. Of what is open, controls, bars, upbeat, form
        and ending are drawn from the outlines, the rest from the network. The next three say how tokens are drawn
        (zoo.core.sampling.Sampling); a token that repeats an earlier bar keeps its probability. tokens: those after <start>, zero
        after <end>. log_probability: the sum of the network's own log-probabilities of the tokens that it chose: before grammar,
        temperature, top-k and top-p, with the outline known. The same inputs give the same outputs on the same machine.
    generate_few: the same, run operation by operation instead of compiled by XLA, which takes a second or two at the first call
        with each n. With a few pieces the first call ends sooner; later calls have a third to a fifth of the speed.
    score: text string [n] -> tokens int32 [n, t], log_probability float32 [n, t] of each token given those before it, 0 beyond
        the end of a text. A text has the form that `generate` returns; it may stop anywhere.
    With a vocabulary of parts, two more take a melody for voice 0: start, duration (ticks) and pitch of its notes int32 [n, m],
    rising in time, pitch 0 after the last note.
    harmonize: prompt, start, duration, pitch, bars (those of the melody), temperature, top_k, top_p, seed -> as generate. The
        log_probability is that of the other parts.
    score_harmony: text, start, duration, pitch -> as score, of a text whose voice 0 is that melody.
    All raise InvalidArgumentError for a token that is not in the vocabulary or that the grammar does not allow at its place.
    """
    graph = _Graph(model, vocabulary, vocabulary_file, outlines)
    # Both are one function in the file, which takes half of the time to write and to load.
    composed = tf.function(graph.compose, autograph=False)
    compiled = tf.function(lambda *given: composed(*given), jit_compile=True, autograph=False)

    def generating(compose: Compose) -> Signature:
        @tf.function(autograph=False, input_signature=[_PROMPT, _BARS, *_SAMPLING])
        def generate(prompt: tf.Tensor, bars: tf.Tensor, *sampling: tf.Tensor) -> dict[str, tf.Tensor]:
            return graph.write(compose, prompt, _no_melody(tf.size(prompt)), bars, Sampling(*sampling))

        return generate

    @tf.function(autograph=False, input_signature=[_TEXT])
    def score(text: tf.Tensor) -> dict[str, tf.Tensor]:
        return graph.score(text, _no_melody(tf.size(text)))

    signatures = {"generate": generating(compiled), "generate_few": generating(composed), "score": score}
    if not vocabulary.parts:
        return signatures

    @tf.function(autograph=False, input_signature=[_PROMPT, *_MELODY, _BARS, *_SAMPLING])
    def harmonize(
        prompt: tf.Tensor, start: tf.Tensor, duration: tf.Tensor, pitch: tf.Tensor, bars: tf.Tensor, *sampling: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        return graph.write(compiled, prompt, _padded(start, duration, pitch), bars, Sampling(*sampling))

    @tf.function(autograph=False, input_signature=[_TEXT, *_MELODY])
    def score_harmony(text: tf.Tensor, start: tf.Tensor, duration: tf.Tensor, pitch: tf.Tensor) -> dict[str, tf.Tensor]:
        return graph.score(text, _padded(start, duration, pitch))

    return signatures | {"harmonize": harmonize, "score_harmony": score_harmony}


class _Graph:
    """What the signatures share; the arguments are those of `endpoints`. Its methods are called while a graph is traced."""

    def __init__(self, model: MusicLSTM, vocabulary: TokenVocabulary, vocabulary_file: Path, outlines: Outlines) -> None:
        self.model, self.config = model, model.config
        self.tables = grammar.Tables(vocabulary)
        self.outlines = outlines
        line, number = tf.lookup.TextFileIndex.WHOLE_LINE, tf.lookup.TextFileIndex.LINE_NUMBER
        to_id = tf.lookup.TextFileInitializer(str(vocabulary_file), tf.string, line, tf.int64, number)
        to_token = tf.lookup.TextFileInitializer(str(vocabulary_file), tf.int64, number, tf.string, line)
        self.id_of, self.token_of = tf.lookup.StaticHashTable(to_id, UNKNOWN), tf.lookup.StaticHashTable(to_token, "")
        model.lookup_tables = [self.id_of, self.token_of]  # where the export finds them

    def parse(self, text: tf.Tensor) -> tf.Tensor:
        """Texts string [n] -> ids int32 [n, t], OPEN for `*` and beyond the end of a text."""
        words = tf.strings.split(text)
        known = tf.cast(self.id_of.lookup(words.flat_values), tf.int32)
        unknown = (known == UNKNOWN) & (words.flat_values != "*")
        tf.debugging.Assert(
            ~tf.reduce_any(unknown), ["not in the vocabulary:", tf.boolean_mask(words.flat_values, unknown)], summarize=5
        )
        ids = words.with_flat_values(tf.where(words.flat_values == "*", OPEN, known))
        return ids.to_tensor(OPEN)

    def check_refused(self, refused: tf.Tensor, ids: tf.Tensor) -> None:
        """Raises InvalidArgumentError where the grammar refused a token: its index in each of ids [n, t], or -1, int32 [n]."""
        wrong = refused >= 0
        at = tf.boolean_mask(tf.stack([tf.range(tf.size(refused)), refused], -1), wrong)
        token = self.token_of.lookup(tf.cast(tf.gather_nd(ids, at), tf.int64))
        tf.debugging.Assert(
            ~tf.reduce_any(wrong),
            ["the grammar does not allow this token at its place:", token, "number of text and of token:", at],
            summarize=5,
        )

    def compose(
        self,
        forced: tf.Tensor,
        melody: Melody,
        plan: Outline,
        uniform: tf.Tensor,
        bars: tf.Tensor,
        sampling: Sampling,
    ) -> Sample:
        """See `zoo.music.sampling.sample`."""
        states = self.model.zero_states(tf.shape(forced)[0])
        return sample(self.model.step, states, self.tables, melody, plan, forced, uniform, bars, sampling)

    def write(
        self, compose: Compose, prompt: tf.Tensor, melody: Melody, bars: tf.Tensor, sampling: Sampling
    ) -> dict[str, tf.Tensor]:
        """The outputs of `generate` and `harmonize`; compose: the method of that name, compiled or not."""
        tf.debugging.Assert(bars >= 0, ["bars must be 0 (drawn) or more, not", bars])
        tf.debugging.Assert(sampling.temperature >= 0.0, ["temperature must be 0 or more, not", sampling.temperature])
        tf.debugging.Assert(sampling.top_k >= 0, ["top_k must be 0 (off) or more, not", sampling.top_k])
        tf.debugging.Assert(
            (sampling.top_p > 0.0) & (sampling.top_p <= 1.0), ["top_p must be above 0 and at most 1, not", sampling.top_p]
        )
        ids, longest = self.parse(prompt), self.config.max_length
        given = tf.shape(ids)[1]
        tf.debugging.Assert(given <= longest, ["a prompt is too long: tokens, limit", given, longest])
        uniform = noise(sampling.seed, tf.size(prompt), longest + 2)  # the last two columns draw the outline
        controls, bars, plan = self.outlines.draw(ids, tf.fill([tf.size(prompt)], bars), melody, uniform[:, longest:])
        forced = tf.concat([controls, ids[:, self.outlines.controls :]], 1)
        forced = tf.pad(forced, [[0, 0], [0, longest]], constant_values=OPEN)[:, :longest]
        forced = tf.ensure_shape(forced, [None, longest])
        pieces = compose(forced, melody, plan, uniform[:, :longest], bars, sampling)
        self.check_refused(pieces.refused, pieces.tokens)
        tokens = tf.RaggedTensor.from_tensor(tf.cast(pieces.tokens, tf.int64), padding=0)
        words = tokens.with_flat_values(self.token_of.lookup(tokens.flat_values))
        return {
            "tokens": pieces.tokens,
            "text": tf.strings.reduce_join(words, axis=-1, separator=" "),
            "log_probability": pieces.log_probability,
        }

    def score(self, text: tf.Tensor, melody: Melody) -> dict[str, tf.Tensor]:
        """The outputs of `score` and `score_harmony`."""
        ids = tf.pad(self.parse(text), [[0, 0], [0, 1]], constant_values=OPEN)  # no loop below may be empty
        inputs, refused = self.replay(ids, melody)
        self.check_refused(refused, ids)
        is_token = ids != OPEN
        tokens = tf.where(is_token, ids, PAD)
        surprise = tf.nn.sparse_softmax_cross_entropy_with_logits(tokens, self.model(inputs, training=False))
        return {"tokens": tokens[:, :-1], "log_probability": tf.where(is_token, -surprise, 0.0)[:, :-1]}

    def replay(self, ids: tf.Tensor, melody: Melody) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
        """The features before each of ids [n, t], int32 [n, t, ...], and the index of the first refused id, or -1, [n]."""
        n, length = tf.shape(ids)[0], tf.shape(ids)[1]
        voices, parts = self.tables.voices, self.tables.parts
        open_length, no = tf.zeros([n], tf.int32), tf.zeros([n], tf.bool)
        arrays = {
            name: tf.TensorArray(tf.int32, length, element_shape=[None, *shape])
            for name, shape in features.shapes(voices, parts).items()
        }

        def advance(
            i: tf.Tensor,
            before: tf.Tensor,
            state: grammar.State,
            memory: lookback.Memory,
            refused: tf.Tensor,
            arrays: dict[str, tf.TensorArray],
        ) -> tuple[Any, ...]:
            recalled = lookback.recall(memory, state, voices, ops)
            ahead = lookahead.ahead(melody, state, ops) if parts else None
            inputs = features.features(before, state, open_length, recalled, memory.matched, ahead, xp=ops)
            token = tf.maximum(ids[:, i], PAD)
            allowed = grammar.allowed(self.tables, state, open_length, no, ops)
            wrong = (ids[:, i] != OPEN) & ~tf.gather(allowed, token, axis=1, batch_dims=1)
            refused = tf.where(wrong & (refused < 0), i, refused)
            memory = lookback.remember(memory, i, state, recalled, token, ops)
            arrays = {name: array.write(i, inputs[name]) for name, array in arrays.items()}
            return i + 1, token, grammar.advance(self.tables, state, token, ops), memory, refused, arrays

        memory = lookback.empty(n, length, ops)
        first = (tf.constant(0), tf.fill([n], START), started(self.tables, n), memory, tf.fill([n], -1), arrays)
        *_, refused, arrays = tf.while_loop(lambda i, *_: i < length, advance, first)
        # Time comes first in the arrays.
        return {name: tf.einsum("tn...->nt...", array.stack()) for name, array in arrays.items()}, refused


def _no_melody(n: tf.Tensor) -> Melody:
    """For n pieces whose melody is not given."""
    nothing = tf.zeros([n, lookahead.NOTES], tf.int32)
    return Melody(nothing + lookahead.NEVER, nothing, nothing)


def _padded(start: tf.Tensor, duration: tf.Tensor, pitch: tf.Tensor) -> Melody:
    """Melodies of int32 [n, m] notes, pitch 0 after the last one, padded as the grammar needs them."""
    start = tf.where(pitch > 0, start, lookahead.NEVER)
    end = [[0, 0], [0, lookahead.NOTES + (-tf.shape(pitch)[1]) % MELODY_STEP]]
    return Melody(tf.pad(start, end, constant_values=lookahead.NEVER), tf.pad(duration, end), tf.pad(pitch, end))
