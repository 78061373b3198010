"""An LSTM that composes music, token by token, with the sampling loop and the grammar inside its exported graph.

Each step sees the token just written and what a musician at the desk would see beside it (zoo.music.features): the controls, the
place in the bar, the bar and how many are left, what each voice holds, and what stood at this place some bars ago. Pitches are
known both by name and by their degree, the distance from the tonic, so that what is learned in one key holds in all.
Two LSTM layers carry the piece so far; a softmax gives the probability of each token that may come next. Its logits have three
parts: one for each token, one for each degree, and one for each lookback, which is added to the token found there, so that a
repeat can be copied without being learned by heart (after the pointer of See et al. 2017, arXiv 1704.04368).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from zoo import sampling
from zoo.models.lstm import LSTM
from zoo.music import features, grammar, lookback
from zoo.music.tokens import PAD, START, Vocabulary
from zoo.training import Recipe

OCTAVE = 12  # degrees


@dataclass(frozen=True)
class Config:
    """The architecture. Defaults are those of the published model."""

    tokens: int  # in the vocabulary
    voices: int
    tonic_token: int  # the ids of the first tonic and of the first pitch, and the lowest and highest pitch: what a degree is
    pitch_token: int
    lowest_pitch: int
    highest_pitch: int
    places: int = 193  # places in the bar that are told apart, in ticks of a 24th of a quarter note; 192 = two whole notes
    bars: int = 65  # bar numbers that are told apart; all later bars count as the last
    token_width: int = 96
    degree_width: int = 16
    place_width: int = 32
    bar_width: int = 16  # of the bar's number, and of the number of bars left
    control_width: int = 12  # of each control
    voice_width: int = 24  # of each voice's pitch, its degree and its duration together
    recalled_width: int = 24  # of each lookback
    units: int = 256
    layers: int = 2
    dropout: float = 0.2
    max_length: int = 2048  # tokens a sampled piece has at most; constant, since XLA compiles for it

    @classmethod
    def of(cls, architecture: Mapping[str, Any]) -> "Config":
        """The configuration that a card's `architecture` tells."""
        return cls(**{field.name: architecture[field.name] for field in fields(cls)})

    @classmethod
    def fitting(cls, vocabulary: Vocabulary, **others: Any) -> "Config":
        """The configuration of a network that writes these tokens; `others`: what differs from the defaults."""
        low, high = vocabulary.pitches
        index = vocabulary.index
        return cls(len(vocabulary), vocabulary.voices, index["tonic=C"], index[f"pitch={low}"], low, high, **others)


class MusicLSTM(keras.Model):
    """The network. Calling it gives, for the features of n sequences int32 [n, t, ...], the logits float32 [n, t, vocabulary] of
    the token that comes next.
    """

    def __init__(self, config: Config, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config = config
        embedding = keras.layers.Embedding
        self.token = embedding(config.tokens, config.token_width, name="token")
        self.degree = embedding(OCTAVE + 1, config.degree_width, name="degree")
        self.place = embedding(config.places, config.place_width, name="place")
        self.bar = embedding(config.bars, config.bar_width, name="bar")
        self.left = embedding(config.bars + 1, config.bar_width, name="left")
        self.control = embedding(config.tokens, config.control_width, name="control")
        self.held = embedding(128, config.voice_width // 3, name="held")
        self.held_degree = embedding(OCTAVE + 1, config.voice_width // 3, name="held_degree")
        self.rest = embedding(config.places, config.voice_width // 3, name="rest")
        self.recalled = embedding(config.tokens, config.recalled_width, name="recalled")
        self.matched = embedding(lookback.LONGEST_MATCH + 1, 4, name="matched")
        self.dropouts = [keras.layers.Dropout(config.dropout, name=f"dropout_{i}") for i in range(config.layers + 1)]
        self.lstms = [LSTM(config.units, return_sequences=True, name=f"lstm_{i}") for i in range(config.layers)]
        self.logits = keras.layers.Dense(config.tokens, name="logits")
        self.degree_logits = keras.layers.Dense(OCTAVE, use_bias=False, name="degree_logits")
        self.copy_logits = keras.layers.Dense(len(lookback.BARS), name="copy_logits")
        pitch = np.arange(config.tokens) - config.pitch_token + config.lowest_pitch
        inside = (pitch >= config.lowest_pitch) & (pitch <= config.highest_pitch)
        self._pitch_of = np.where(inside, pitch, -1).astype(np.int32)  # of each token
        self._tokens_of_class = ((pitch[None, :] % OCTAVE == np.arange(OCTAVE)[:, None]) & inside).astype(np.float32)

    def call(self, heard: dict[str, tf.Tensor], training: bool = False) -> tf.Tensor:
        """See the class."""
        x = self.embed(heard)
        for dropout, lstm in zip(self.dropouts, self.lstms, strict=False):
            x = lstm(dropout(x, training=training), training=training)
        return self.judge(self.dropouts[-1](x, training=training), heard)

    def embed(self, heard: dict[str, tf.Tensor]) -> tf.Tensor:
        """The features [..., ] of a step or of sequences as vectors [..., width]."""
        config, tonic = self.config, self._tonic(heard)
        held, rest = heard["held"], _within(heard["rest"], config.places)
        return tf.concat(
            [
                self.token(heard["token"]),
                self.degree(self._degree(tf.gather(self._pitch_of, heard["token"]), tonic)),
                self.place(_within(heard["place"], config.places)),
                self.bar(_within(heard["bar"], config.bars)),
                self.left(_within(heard["left"], config.bars + 1)),
                _flat(self.control(heard["controls"])),
                _flat(self.held(held)),
                _flat(self.held_degree(self._degree(tf.where(held > 0, held, -1), tonic[..., None]))),
                _flat(self.rest(rest)),
                _flat(self.recalled(heard["recalled"])),
                _flat(self.matched(heard["matched"])),
            ],
            axis=-1,
        )

    def judge(self, x: tf.Tensor, heard: dict[str, tf.Tensor]) -> tf.Tensor:
        """The last layer's output [..., units] -> logits float32 [..., vocabulary]."""
        logits, degrees, copied = (tf.cast(layer(x), tf.float32) for layer in (self.logits, self.degree_logits, self.copy_logits))
        # Degree d of a key is pitch class d + tonic: the twelve logits, rolled.
        classes = (tf.range(OCTAVE) - self._tonic(heard)[..., None]) % OCTAVE
        rolled = tf.einsum("...d,...cd->...c", degrees, tf.one_hot(classes, OCTAVE))
        logits += tf.tensordot(rolled, self._tokens_of_class, 1)
        for i in range(len(lookback.BARS)):
            found = heard["recalled"][..., i]
            logits += tf.where(found > 0, copied[..., i], 0.0)[..., None] * tf.one_hot(found, self.config.tokens)
        return logits

    def step(self, heard: dict[str, tf.Tensor], states: list[list[tf.Tensor]]) -> tuple[tf.Tensor, list[list[tf.Tensor]]]:
        """One step, without dropout: features int32 [n, ...] and [h, c] of each layer -> logits [n, vocabulary], new states."""
        x, after = self.embed(heard), []
        for lstm, state in zip(self.lstms, states, strict=True):
            x, new = lstm.cell(x, state)
            after.append(list(new))
        return self.judge(x, heard), after

    def _tonic(self, heard: dict[str, tf.Tensor]) -> tf.Tensor:
        """The pitch class of the tonic, int32 [...]; that of C before it is known."""
        return tf.maximum(heard["controls"][..., 1] - self.config.tonic_token, 0)

    @staticmethod
    def _degree(pitch: tf.Tensor, tonic: tf.Tensor) -> tf.Tensor:
        """1 for the tonic, 2 for a semitone above it ... 12; 0 where the pitch is below 0, which is none."""
        return tf.where(pitch < 0, 0, (pitch - tonic) % OCTAVE + 1)


def _within(value: tf.Tensor, size: int) -> tf.Tensor:
    """The value, or the last one that is told apart."""
    return tf.clip_by_value(value, 0, size - 1)


def _flat(x: tf.Tensor) -> tf.Tensor:
    """The vectors of several voices, controls or lookbacks side by side: [..., m, width] -> [..., m * width]."""
    return tf.reshape(x, tf.concat([tf.shape(x)[:-2], [x.shape[-2] * x.shape[-1]]], 0))


def build(config: Config) -> MusicLSTM:
    """The network with its weights made."""
    model = MusicLSTM(config, name="folk_lstm")
    model({name: tf.zeros([1, 1, *shape], tf.int32) for name, shape in features.shapes(config.voices).items()})
    return model


def loss(token: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Minus the log-probability of each token, in nats: int [n, t], float32 [n, t, vocabulary] -> float32 [n, t]."""
    return tf.nn.sparse_softmax_cross_entropy_with_logits(token, logits)


def zero_states(config: Config, n: tf.Tensor) -> list[list[tf.Tensor]]:
    """[h, c] of each layer before the first token, float32 [n, units] each."""
    return [[tf.zeros([n, config.units]), tf.zeros([n, config.units])] for _ in range(config.layers)]


def endpoints(
    model: MusicLSTM, config: Config, vocabulary: Vocabulary, vocabulary_file: Path
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
        return sampling.sample(model.step, states, tables, forced, uniform, bars, temperature, top_k, top_p)

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

    def hear(ids: tf.Tensor) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
        """Ids [n, t], the features before each of them, and the index of the first that is refused, [n]."""
        n, length = tf.shape(ids)[0], tf.shape(ids)[1]
        open_length, no = tf.zeros([n], tf.int32), tf.zeros([n], tf.bool)
        arrays = {
            name: tf.TensorArray(tf.int32, length, element_shape=[None, *shape])
            for name, shape in features.shapes(config.voices).items()
        }

        def advance(
            i: tf.Tensor,
            before: tf.Tensor,
            state: grammar.State,
            memory: lookback.Memory,
            refused: tf.Tensor,
            arrays: dict[str, tf.TensorArray],
        ) -> tuple[Any, ...]:
            recalled = lookback.recall(memory, state, ops)
            heard = features.features(before, state, open_length, recalled, memory.matched, ops)
            token = tf.maximum(ids[:, i], PAD)
            allowed = grammar.allowed(tables, state, open_length, no, ops)
            wrong = (ids[:, i] != sampling.OPEN) & ~tf.gather(allowed, token, axis=1, batch_dims=1)
            refused = tf.where(wrong & (refused < 0), i, refused)
            memory = lookback.remember(memory, i, state, recalled, token, ops)
            arrays = {name: array.write(i, heard[name]) for name, array in arrays.items()}
            return i + 1, token, grammar.advance(tables, state, token, ops), memory, refused, arrays

        memory = lookback.empty(n, length, ops)
        first = (tf.constant(0), tf.fill([n], START), sampling.started(tables, n), memory, tf.fill([n], -1), arrays)
        *_, refused, arrays = tf.while_loop(lambda i, *_: i < length, advance, first)
        # Time comes first in the arrays.
        heard = {name: tf.einsum("tn...->nt...", array.stack()) for name, array in arrays.items()}
        return heard, refused

    @tf.function(autograph=False, input_signature=[tf.TensorSpec([None], tf.string, name="text")])
    def score(text: tf.Tensor) -> dict[str, tf.Tensor]:
        ids = tf.pad(parse(text), [[0, 0], [0, 1]], constant_values=sampling.OPEN)  # no loop below may be empty
        heard, refused = hear(ids)
        accept(refused, ids)
        there = ids != sampling.OPEN
        tokens = tf.where(there, ids, PAD)
        logits = model(heard, training=False)
        return {"tokens": tokens[:, :-1], "log_probability": tf.where(there, -loss(tokens, logits), 0.0)[:, :-1]}

    compiled = tf.function(compose, jit_compile=True, autograph=False)
    return {"generate": generating(compiled), "generate_few": generating(compose), "score": score}


# Validation loss a token after each epoch: 0.98, 0.61, 0.54, 0.52, 0.50, 0.49. Four minutes an epoch in float32 on two cores that
# had other work, too, and no AVX-512.
RECIPE = Recipe(epochs=6, batch_size=32, learning_rate=5e-3, warmup_steps=100, weight_decay=0.01, average=0.995)
# For a first look: a small network, a few minutes.
QUICK: dict[str, Any] = {"units": 128, "token_width": 48}
QUICK_RECIPE = Recipe(epochs=4, batch_size=16, learning_rate=5e-3, warmup_steps=50, weight_decay=0.01, average=0.99)
