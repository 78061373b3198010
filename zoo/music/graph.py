"""The signatures of an exported music network: texts of tokens in, texts of tokens and their probabilities out, in one graph."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from keras import ops

from zoo.music import sampling
from zoo.music.language import features, grammar, lookahead, lookback
from zoo.music.language.lookahead import Melody
from zoo.music.language.tokens import BAR, PAD, START, TokenVocabulary
from zoo.music.network import Config, MusicLSTM, loss

MELODY_STEP = 64  # melodies are padded to a multiple of so many notes, since XLA compiles anew for each length

Signature = Callable[..., dict[str, tf.Tensor]]

_CHOICES = (
    tf.TensorSpec([], tf.int32, name="bars"),
    tf.TensorSpec([], tf.float32, name="temperature"),
    tf.TensorSpec([], tf.int32, name="top_k"),
    tf.TensorSpec([], tf.float32, name="top_p"),
    tf.TensorSpec([], tf.int64, name="seed"),
)
_MELODY = tuple(tf.TensorSpec([None, None], tf.int32, name=name) for name in ("start", "duration", "pitch"))


def zero_states(config: Config, n: tf.Tensor) -> list[list[tf.Tensor]]:
    """[h, c] of each layer before the first token, float32 [n, units] each."""
    return [[tf.zeros([n, config.units]), tf.zeros([n, config.units])] for _ in range(config.layers)]


def endpoints(
    model: MusicLSTM, config: Config, vocabulary: TokenVocabulary, vocabulary_file: Path, lengths: Sequence[int]
) -> dict[str, Signature]:
    """The signatures of the SavedModel.

    Args:
        vocabulary_file: one token a line, from `vocabulary.save`; it becomes one of the model's assets.
        lengths: numbers of bars, as often as pieces have them: where the user says none, one of these is drawn.

    generate: prompt string [n], bars int32 [], temperature float32 [], top_k int32 [], top_p float32 [], seed int64 []
        -> tokens int32 [n, max_length], text string [n], log_probability float32 [n]
        A prompt is a text of tokens, those that follow <start>: "metre=6/8 tonic=D mode=dorian", and on with notes if you like.
        `*` in the place of a token leaves it to the network, and so does everything after the prompt. `bars`: that many bars
        exactly; 0: for each piece one of `lengths` is drawn, or what its prompt has, if that is more. `temperature` divides
        the logits, 0 takes the most probable token; `top_k` (0 = off) and `top_p` (1 = off) drop improbable tokens: all three of
        what is new, while a token that repeats an earlier bar keeps its probability (see sampling.choose).
        log_probability: the sum over the tokens that the network chose of their log-probability under the network itself, so
        before grammar, temperature, top-k and top-p, with the number of bars known. Tokens are those after <start>, zero
        after <end>. The same inputs give the same outputs on the same machine.
    generate_few: the same, run operation by operation instead of being compiled by XLA, which takes a second or two
        at the first call with each n: sooner there with a few pieces, a third to a fifth of the speed from then on.
    score: text string [n] -> tokens int32 [n, t], log_probability float32 [n, t] of each token given those before it, 0 beyond
        the end of a text. A text has the form that `generate` returns; it may stop anywhere.
    In a vocabulary of parts the melody, voice 0, can be given: start, duration (ticks) and pitch of its notes int32 [n, m],
    rising in time, pitch 0 after the last note.
    harmonize: prompt, start, duration, pitch, bars (those of the melody), temperature, top_k, top_p, seed -> as generate_few. The
        log_probability is that of the other parts.
    score_harmony: text, start, duration, pitch -> as score, of a text whose voice 0 is that melody.
    All raise InvalidArgumentError for a token that is not in the vocabulary or that the grammar does not allow at its place.
    """
    initializers = (
        tf.lookup.TextFileInitializer(
            str(vocabulary_file), tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER
        ),
        tf.lookup.TextFileInitializer(
            str(vocabulary_file), tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE
        ),
    )
    id_of, token_of = tf.lookup.StaticHashTable(initializers[0], -2), tf.lookup.StaticHashTable(initializers[1], "")
    model.lookup_tables = [id_of, token_of]  # where the export finds them
    tables = grammar.Tables(vocabulary)

    def parse(text: tf.Tensor) -> tf.Tensor:
        """Texts [n] -> ids int32 [n, t], OPEN for `*` and beyond the end of a text."""
        words = tf.strings.split(text)
        known = tf.cast(id_of.lookup(words.flat_values), tf.int32)
        unknown = (known == -2) & (words.flat_values != "*")
        tf.debugging.Assert(
            ~tf.reduce_any(unknown), ["not in the vocabulary:", tf.boolean_mask(words.flat_values, unknown)], summarize=5
        )
        ids = words.with_flat_values(tf.where(words.flat_values == "*", sampling.OPEN, known))
        return ids.to_tensor(sampling.OPEN)

    def accept(refused: tf.Tensor, ids: tf.Tensor) -> None:
        wrong = refused >= 0
        at = tf.boolean_mask(tf.stack([tf.range(tf.size(refused)), refused], -1), wrong)
        token = token_of.lookup(tf.cast(tf.gather_nd(ids, at), tf.int64))
        tf.debugging.Assert(
            ~tf.reduce_any(wrong),
            ["the grammar does not allow this token at its place:", token, "number of text and of token:", at],
            summarize=5,
        )

    table = tf.constant(np.sort(lengths), tf.int32)

    def compose(
        forced: tf.Tensor,
        melody: Melody,
        uniform: tf.Tensor,
        bars: tf.Tensor,
        temperature: tf.Tensor,
        top_k: tf.Tensor,
        top_p: tf.Tensor,
    ) -> sampling.Sample:
        states = zero_states(config, tf.shape(forced)[0])
        return sampling.sample(model.step, states, tables, melody, forced, uniform, bars, temperature, top_k, top_p)

    def written(
        composing: Callable[..., sampling.Sample],
        prompt: tf.Tensor,
        melody: Melody,
        bars: tf.Tensor,
        temperature: tf.Tensor,
        top_k: tf.Tensor,
        top_p: tf.Tensor,
        seed: tf.Tensor,
    ) -> dict[str, tf.Tensor]:
        tf.debugging.Assert(bars >= 0, ["bars must be 0 (drawn) or more, not", bars])
        tf.debugging.Assert(temperature >= 0.0, ["temperature must be 0 or more, not", temperature])
        tf.debugging.Assert(top_k >= 0, ["top_k must be 0 (off) or more, not", top_k])
        tf.debugging.Assert((top_p > 0.0) & (top_p <= 1.0), ["top_p must be above 0 and at most 1, not", top_p])
        ids = parse(prompt)
        given = tf.shape(ids)[1]
        tf.debugging.Assert(given <= config.max_length, ["a prompt is too long: tokens, limit", given, config.max_length])
        forced = tf.pad(ids, [[0, 0], [0, config.max_length]], constant_values=sampling.OPEN)[:, : config.max_length]
        forced = tf.ensure_shape(forced, [None, config.max_length])
        uniform = sampling.noise(seed, tf.size(prompt), config.max_length + 1)
        place = tf.cast(uniform[:, -1] * float(len(lengths)), tf.int32)
        drawn = tf.gather(table, tf.minimum(place, len(lengths) - 1))  # rounding can lead beyond the last
        begun = tf.math.count_nonzero(ids == BAR, axis=1, dtype=tf.int32)
        bars = tf.where(bars > 0, tf.fill([tf.size(prompt)], bars), tf.maximum(drawn, begun))
        sample = composing(forced, melody, uniform[:, :-1], bars, temperature, top_k, top_p)
        accept(sample.refused, sample.tokens)
        tokens = tf.RaggedTensor.from_tensor(tf.cast(sample.tokens, tf.int64), padding=0)
        words = tokens.with_flat_values(token_of.lookup(tokens.flat_values))
        return {
            "tokens": sample.tokens,
            "text": tf.strings.reduce_join(words, axis=-1, separator=" "),
            "log_probability": sample.log_probability,
        }

    def generating(composing: Callable[..., sampling.Sample]) -> Signature:
        @tf.function(autograph=False, input_signature=[tf.TensorSpec([None], tf.string, name="prompt"), *_CHOICES])
        def generate(
            prompt: tf.Tensor, bars: tf.Tensor, temperature: tf.Tensor, top_k: tf.Tensor, top_p: tf.Tensor, seed: tf.Tensor
        ) -> dict[str, tf.Tensor]:
            return written(composing, prompt, _unknown(tf.size(prompt)), bars, temperature, top_k, top_p, seed)

        return generate

    def replay(ids: tf.Tensor, melody: Melody) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
        """Ids [n, t] and their melody: the features before each of them, and the index of the first that is refused, [n]."""
        n, length = tf.shape(ids)[0], tf.shape(ids)[1]
        open_length, no = tf.zeros([n], tf.int32), tf.zeros([n], tf.bool)
        arrays = {
            name: tf.TensorArray(tf.int32, length, element_shape=[None, *shape])
            for name, shape in features.shapes(config.voices, config.parts).items()
        }

        def advance(
            i: tf.Tensor,
            before: tf.Tensor,
            state: grammar.State,
            memory: lookback.Memory,
            refused: tf.Tensor,
            arrays: dict[str, tf.TensorArray],
        ) -> tuple[Any, ...]:
            recalled = lookback.recall(memory, state, config.voices, ops)
            ahead = lookahead.ahead(melody, state, ops) if config.parts else None
            inputs = features.features(before, state, open_length, recalled, memory.matched, ahead, ops)
            token = tf.maximum(ids[:, i], PAD)
            allowed = grammar.allowed(tables, state, open_length, no, ops)
            wrong = (ids[:, i] != sampling.OPEN) & ~tf.gather(allowed, token, axis=1, batch_dims=1)
            refused = tf.where(wrong & (refused < 0), i, refused)
            memory = lookback.remember(memory, i, state, recalled, token, ops)
            arrays = {name: array.write(i, inputs[name]) for name, array in arrays.items()}
            return i + 1, token, grammar.advance(tables, state, token, ops), memory, refused, arrays

        memory = lookback.empty(n, length, ops)
        first = (tf.constant(0), tf.fill([n], START), sampling.started(tables, n), memory, tf.fill([n], -1), arrays)
        *_, refused, arrays = tf.while_loop(lambda i, *_: i < length, advance, first)
        # Time comes first in the arrays.
        inputs = {name: tf.einsum("tn...->nt...", array.stack()) for name, array in arrays.items()}
        return inputs, refused

    def scored(text: tf.Tensor, melody: Melody) -> dict[str, tf.Tensor]:
        ids = tf.pad(parse(text), [[0, 0], [0, 1]], constant_values=sampling.OPEN)  # no loop below may be empty
        inputs, refused = replay(ids, melody)
        accept(refused, ids)
        there = ids != sampling.OPEN
        tokens = tf.where(there, ids, PAD)
        logits = model(inputs, training=False)
        return {"tokens": tokens[:, :-1], "log_probability": tf.where(there, -loss(tokens, logits), 0.0)[:, :-1]}

    @tf.function(autograph=False, input_signature=[tf.TensorSpec([None], tf.string, name="text")])
    def score(text: tf.Tensor) -> dict[str, tf.Tensor]:
        return scored(text, _unknown(tf.size(text)))

    compiled = tf.function(compose, jit_compile=True, autograph=False)
    signatures = {"generate": generating(compiled), "generate_few": generating(compose), "score": score}
    if not config.parts:
        return signatures

    @tf.function(autograph=False, input_signature=[tf.TensorSpec([None], tf.string, name="prompt"), *_MELODY, *_CHOICES])
    def harmonize(
        prompt: tf.Tensor,
        start: tf.Tensor,
        duration: tf.Tensor,
        pitch: tf.Tensor,
        bars: tf.Tensor,
        temperature: tf.Tensor,
        top_k: tf.Tensor,
        top_p: tf.Tensor,
        seed: tf.Tensor,
    ) -> dict[str, tf.Tensor]:
        return written(compiled, prompt, _given(start, duration, pitch), bars, temperature, top_k, top_p, seed)

    @tf.function(autograph=False, input_signature=[tf.TensorSpec([None], tf.string, name="text"), *_MELODY])
    def score_harmony(text: tf.Tensor, start: tf.Tensor, duration: tf.Tensor, pitch: tf.Tensor) -> dict[str, tf.Tensor]:
        return scored(text, _given(start, duration, pitch))

    return signatures | {"harmonize": harmonize, "score_harmony": score_harmony}


def _unknown(n: tf.Tensor) -> Melody:
    """No melody, for n pieces."""
    nothing = tf.zeros([n, lookahead.NOTES], tf.int32)
    return Melody(nothing + lookahead.NEVER, nothing, nothing)


def _given(start: tf.Tensor, duration: tf.Tensor, pitch: tf.Tensor) -> Melody:
    """Melodies int32 [n, m] each, pitch 0 after the last note."""
    start = tf.where(pitch > 0, start, lookahead.NEVER)
    end = [[0, 0], [0, lookahead.NOTES + (-tf.shape(pitch)[1]) % MELODY_STEP]]
    return Melody(tf.pad(start, end, constant_values=lookahead.NEVER), tf.pad(duration, end), tf.pad(pitch, end))
