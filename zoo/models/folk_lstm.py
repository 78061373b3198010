"""An LSTM that composes melodies, token by token, with the sampling loop and the grammar inside its exported graph.

Each step sees the token just written, the place in the bar that it leads to and the number of the bar; the last two are what
a musician would count, and spare the network from counting. Two LSTM layers carry the tune so far; a softmax gives the
probability of each token that may come next.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from keras import ops

from zoo import sampling
from zoo.models.lstm import LSTM
from zoo.music import grammar
from zoo.music.tokens import PAD, START, Vocabulary
from zoo.training import Recipe


@dataclass(frozen=True)
class Config:
    """The architecture. Defaults are those of the published model."""

    tokens: int  # in the vocabulary
    places: int = 193  # places in the bar that are told apart, in ticks of a 24th of a quarter note; 192 = two whole notes
    bars: int = 65  # bar numbers that are told apart; all later bars count as the last
    token_width: int = 96
    place_width: int = 32
    bar_width: int = 16
    units: int = 256
    layers: int = 2
    dropout: float = 0.2
    max_length: int = 2048  # tokens a sampled piece has at most; constant, since XLA compiles for it

    @classmethod
    def of(cls, architecture: Mapping[str, Any]) -> "Config":
        """The configuration that a card's `architecture` tells."""
        return cls(**{field.name: architecture[field.name] for field in fields(cls)})


def build(config: Config) -> keras.Model:
    """The network for training: {"token", "place", "bar"}, int32 [n, t] each -> logits float32 [n, t, vocabulary] of the
    token that comes next. Place: ticks from the bar's beginning; bar: bars begun. Both after the token of the same step.
    """
    token = keras.Input([None], dtype="int32", name="token")
    place = keras.Input([None], dtype="int32", name="place")
    bar = keras.Input([None], dtype="int32", name="bar")
    x = keras.layers.Concatenate(name="embedded")(
        [
            keras.layers.Embedding(config.tokens, config.token_width, name="token_embedding")(token),
            keras.layers.Embedding(config.places, config.place_width, name="place_embedding")(
                ops.clip(place, 0, config.places - 1)
            ),
            keras.layers.Embedding(config.bars, config.bar_width, name="bar_embedding")(ops.clip(bar, 0, config.bars - 1)),
        ]
    )
    for i in range(config.layers):
        x = keras.layers.Dropout(config.dropout, name=f"dropout_{i}")(x)
        x = LSTM(config.units, return_sequences=True, name=f"lstm_{i}")(x)
    x = keras.layers.Dropout(config.dropout, name="dropout")(x)
    logits = keras.layers.Dense(config.tokens, name="logits")(x)
    logits = keras.layers.Activation("linear", dtype="float32", name="logits_float32")(logits)
    return keras.Model({"token": token, "place": place, "bar": bar}, logits, name="folk_lstm")


def loss(token: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Minus the log-probability of each token, in nats: int [n, t], float32 [n, t, vocabulary] -> float32 [n, t]."""
    return tf.nn.sparse_softmax_cross_entropy_with_logits(token, logits)


def step(
    model: keras.Model, config: Config, token: tf.Tensor, place: tf.Tensor, bar: tf.Tensor, states: list[list[tf.Tensor]]
) -> tuple[tf.Tensor, list[list[tf.Tensor]]]:
    """One step of the trained network, without dropout: int32 [n] each and [h, c] of each layer -> logits [n, V], new states."""
    x = tf.concat(
        [
            model.get_layer("token_embedding")(token),
            model.get_layer("place_embedding")(tf.clip_by_value(place, 0, config.places - 1)),
            model.get_layer("bar_embedding")(tf.clip_by_value(bar, 0, config.bars - 1)),
        ],
        axis=-1,
    )
    after = []
    for i, state in enumerate(states):
        x, new = model.get_layer(f"lstm_{i}").cell(x, state)
        after.append(list(new))
    return model.get_layer("logits")(x), after


def zero_states(config: Config, n: tf.Tensor) -> list[list[tf.Tensor]]:
    """[h, c] of each layer before the first token, float32 [n, units] each."""
    return [[tf.zeros([n, config.units]), tf.zeros([n, config.units])] for _ in range(config.layers)]


def endpoints(
    model: keras.Model, config: Config, vocabulary: Vocabulary, vocabulary_file: Path
) -> dict[str, Callable[..., dict[str, tf.Tensor]]]:
    """The signatures of the SavedModel; `vocabulary_file` (one token a line, from `vocabulary.save`) becomes one of its assets.

    generate: prompt string [n], bars int32 [], temperature float32 [], top_k int32 [], top_p float32 [], seed int64 []
        -> tokens int32 [n, max_length], text string [n], log_probability float32 [n]
        A prompt is a text of tokens, those that follow <start>: "metre=6/8 tonic=D mode=dorian", and on with notes if you like.
        `*` in the place of a token leaves it to the network, and so does everything after the prompt. `bars`: that many bars
        exactly, 0 = open. `temperature` divides the logits, 0 takes the most probable token; `top_k` (0 = off) and `top_p`
        (1 = off) drop improbable tokens. log_probability: the sum over the tokens that the network chose of their
        log-probability under the network itself, so before grammar, temperature, top-k and top-p: the same that `score` gives.
        Tokens are those after <start>, zero after <end>. The same inputs give the same outputs on the same machine.
    generate_few: the same, run operation by operation instead of being compiled by XLA, which takes a second or two
        at the first call with each n: sooner there with a few pieces, a third to a fifth of the speed from then on.
    score: text string [n] -> tokens int32 [n, t], log_probability float32 [n, t] of each token given those before it, 0 beyond
        the end of a text. A text has the form that `generate` returns; it may stop anywhere.
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

    def compose(
        forced: tf.Tensor, uniform: tf.Tensor, bars: tf.Tensor, temperature: tf.Tensor, top_k: tf.Tensor, top_p: tf.Tensor
    ) -> sampling.Sample:
        states = zero_states(config, tf.shape(forced)[0])
        advance = lambda token, place, bar, states: step(model, config, token, place, bar, states)  # noqa: E731
        return sampling.sample(advance, states, tables, forced, uniform, bars, temperature, top_k, top_p)

    def generating(composing: Callable[..., sampling.Sample]) -> Callable[..., dict[str, tf.Tensor]]:
        @tf.function(
            autograph=False,
            input_signature=[
                tf.TensorSpec([None], tf.string, name="prompt"),
                tf.TensorSpec([], tf.int32, name="bars"),
                tf.TensorSpec([], tf.float32, name="temperature"),
                tf.TensorSpec([], tf.int32, name="top_k"),
                tf.TensorSpec([], tf.float32, name="top_p"),
                tf.TensorSpec([], tf.int64, name="seed"),
            ],
        )
        def generate(
            prompt: tf.Tensor, bars: tf.Tensor, temperature: tf.Tensor, top_k: tf.Tensor, top_p: tf.Tensor, seed: tf.Tensor
        ) -> dict[str, tf.Tensor]:
            tf.debugging.Assert(bars >= 0, ["bars must be 0 (open) or more, not", bars])
            tf.debugging.Assert(temperature >= 0.0, ["temperature must be 0 or more, not", temperature])
            tf.debugging.Assert(top_k >= 0, ["top_k must be 0 (off) or more, not", top_k])
            tf.debugging.Assert((top_p > 0.0) & (top_p <= 1.0), ["top_p must be above 0 and at most 1, not", top_p])
            ids = parse(prompt)
            given = tf.shape(ids)[1]
            tf.debugging.Assert(given <= config.max_length, ["a prompt is too long: tokens, limit", given, config.max_length])
            forced = tf.pad(ids, [[0, 0], [0, config.max_length]], constant_values=sampling.OPEN)[:, : config.max_length]
            forced = tf.ensure_shape(forced, [None, config.max_length])
            uniform = sampling.noise(seed, tf.size(prompt), config.max_length)
            sample = composing(forced, uniform, bars, temperature, top_k, top_p)
            accept(sample.refused, sample.tokens)
            written = tf.RaggedTensor.from_tensor(tf.cast(sample.tokens, tf.int64), padding=0)
            words = written.with_flat_values(token_of.lookup(written.flat_values))
            return {
                "tokens": sample.tokens,
                "text": tf.strings.reduce_join(words, axis=-1, separator=" "),
                "log_probability": sample.log_probability,
            }

        return generate

    def places(ids: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Ids [n, t] -> place and bar before each of them, int32 [n, t], and the index of the first that is refused, [n]."""
        n, length = tf.shape(ids)[0], tf.shape(ids)[1]
        no_bars, no = tf.zeros([n], tf.int32), tf.zeros([n], tf.bool)

        def advance(
            i: tf.Tensor, state: grammar.State, refused: tf.Tensor, place: tf.TensorArray, bar: tf.TensorArray
        ) -> tuple[Any, ...]:
            token = tf.maximum(ids[:, i], PAD)
            allowed = grammar.allowed(tables, state, no_bars, no, ops)
            wrong = (ids[:, i] != sampling.OPEN) & ~tf.gather(allowed, token, axis=1, batch_dims=1)
            refused = tf.where(wrong & (refused < 0), i, refused)
            place, bar = place.write(i, state.cursor), bar.write(i, state.bars)
            return i + 1, grammar.advance(tables, state, token, ops), refused, place, bar

        place, bar = (tf.TensorArray(tf.int32, length, element_shape=[None]) for _ in range(2))
        first = (tf.constant(0), sampling.started(tables, n), tf.fill([n], -1), place, bar)
        _, _, refused, place, bar = tf.while_loop(lambda i, *_: i < length, advance, first)
        return tf.transpose(place.stack()), tf.transpose(bar.stack()), refused

    @tf.function(autograph=False, input_signature=[tf.TensorSpec([None], tf.string, name="text")])
    def score(text: tf.Tensor) -> dict[str, tf.Tensor]:
        ids = tf.pad(parse(text), [[0, 0], [0, 1]], constant_values=sampling.OPEN)  # no loop below may be empty
        place, bar, refused = places(ids)
        accept(refused, ids)
        there = ids != sampling.OPEN
        tokens = tf.where(there, ids, PAD)
        before = tf.concat([tf.fill([tf.shape(ids)[0], 1], START), tokens[:, :-1]], 1)
        logits = model({"token": before, "place": place, "bar": bar}, training=False)
        return {"tokens": tokens[:, :-1], "log_probability": tf.where(there, -loss(tokens, logits), 0.0)[:, :-1]}

    compiled = tf.function(compose, jit_compile=True, autograph=False)
    return {"generate": generating(compiled), "generate_few": generating(compose), "score": score}


# Some 54 s an epoch on two idle cores in bfloat16, 73 in float32 (python -m benchmarks.precision --epochs 1 --seeds 1).
RECIPE = Recipe(epochs=14, batch_size=32, learning_rate=5e-3, warmup_steps=100, weight_decay=0.01, average=0.995)
# For a first look: a small network, a few minutes.
QUICK: dict[str, Any] = {"units": 128, "token_width": 48}
QUICK_RECIPE = Recipe(epochs=4, batch_size=16, learning_rate=5e-3, warmup_steps=50, weight_decay=0.01, average=0.99)
