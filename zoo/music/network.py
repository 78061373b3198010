"""An LSTM that composes music, token by token, with the sampling loop and the grammar inside its exported graph.

Each step sees the token just written and what a musician at the desk would see beside it (zoo.music.language.features): the
controls, the place in the bar, the bar and how many are left, what each voice holds, and what stood at this place some bars ago.
Pitches are known both by name and by their degree, the distance from the tonic, so that what is learned in one key holds in all.
Two LSTM layers carry the piece so far; a softmax gives the probability of each token that may come next. Its logits have five
parts: one for each token; one for each degree; one for each interval from the pitch that each voice holds; in parts, one each
for fifths and for octaves in parallel, which a network with a short memory would not notice; and one for each lookback, which
is added to the token found there, so that a repeat can be copied without being learned by heart (after the pointer of See et
al. 2017, arXiv 1704.04368).
Of a melody that is to be harmonised each step also hears the notes to come (zoo.music.language.lookahead).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from zoo.core.recipe import Recipe
from zoo.layers.lstm import LSTM
from zoo.music.language import features, lookback
from zoo.music.language.part_writing import PARALLELS
from zoo.music.language.tokens import TokenVocabulary

OCTAVE = 12  # degrees
WIDEST = 24  # semitones of an interval that has a logit of its own


@dataclass(frozen=True)
class Config:
    """The architecture. Defaults are what cards without an entry mean; `recipe` says what differs from them."""

    tokens: int  # in the vocabulary
    voices: int
    tonic_token: int  # the ids of the first tonic and of the first pitch, and the lowest and highest pitch: what a degree is
    pitch_token: int
    lowest_pitch: int
    highest_pitch: int
    voice_token: int = 0  # the id of the first token that names a part
    parts: bool = False  # whether voices are parts, so that it hears the notes to come of a melody that is given
    places: int = 193  # places in the bar that are told apart, in ticks of a 24th of a quarter note; 192 = two whole notes
    bars: int = 65  # bar numbers that are told apart; all later bars count as the last
    token_width: int = 96
    degree_width: int = 16
    place_width: int = 32
    bar_width: int = 16  # of the bar's number, and of the number of bars left
    control_width: int = 12  # of each control
    voice_width: int = 24  # of each voice's pitch, its degree and its duration together
    span_width: int = 0  # of each voice's distance from its lowest and from its highest pitch so far; 0: these are not heard
    matches: int = 17  # numbers of tokens that agreed with a lookback that are told apart
    recalled_width: int = 24  # of each lookback
    ahead_width: int = 8  # of the pitch, the degree, the duration and the beginning of each note to come
    units: int = 256
    layers: int = 2
    dropout: float = 0.2  # of the inputs of each layer
    weight_dropout: float = 0.0  # of the LSTMs' recurrent weights
    max_length: int = 2048  # tokens a sampled piece has at most; constant, since XLA compiles for it

    @classmethod
    def of(cls, architecture: Mapping[str, Any]) -> "Config":
        """The configuration that a card's `architecture` tells; what an older card lacks is the default, as it was then."""
        return cls(**{field.name: architecture[field.name] for field in fields(cls) if field.name in architecture})

    @classmethod
    def fitting(cls, vocabulary: TokenVocabulary, **others: Any) -> "Config":
        """The configuration of a network that writes these tokens; `others`: what differs from the defaults."""
        low, high = vocabulary.pitches
        index = vocabulary.index
        values = (len(vocabulary), vocabulary.voices, index["tonic=C"], index[f"pitch={low}"], low, high, index.get("part=0", 0))
        return cls(*values, parts=vocabulary.parts, **others)


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
        self.matched = embedding(config.matches, 4, name="matched")
        if config.span_width:
            self.above = embedding(WIDEST + 1, config.span_width, name="above")
            self.below = embedding(WIDEST + 1, config.span_width, name="below")
        if config.parts:
            sizes = {"pitch": 128, "degree": OCTAVE + 1, "duration": config.places, "wait": config.places + 1}
            self.ahead = {name: embedding(size, config.ahead_width, name=f"ahead_{name}") for name, size in sizes.items()}
        self.dropouts = [keras.layers.Dropout(config.dropout, name=f"dropout_{i}") for i in range(config.layers + 1)]
        self.lstms = [
            LSTM(config.units, config.weight_dropout, return_sequences=True, name=f"lstm_{i}") for i in range(config.layers)
        ]
        self.logits = keras.layers.Dense(config.tokens, name="logits")
        self.degree_logits = keras.layers.Dense(OCTAVE, use_bias=False, name="degree_logits")
        self.interval_logits = keras.layers.Dense(config.voices * (2 * WIDEST + 1), use_bias=False, name="interval_logits")
        if config.parts:
            self.parallel_logits = keras.layers.Dense(len(PARALLELS), name="parallel_logits")
        self.copy_logits = keras.layers.Dense(len(lookback.BARS), name="copy_logits")
        self._pitches = np.arange(config.lowest_pitch, config.highest_pitch + 1, dtype=np.int32)
        pitch = np.arange(config.tokens) - config.pitch_token + config.lowest_pitch
        inside = (pitch >= config.lowest_pitch) & (pitch <= config.highest_pitch)
        self._pitch_of = np.where(inside, pitch, -1).astype(np.int32)  # of each token
        self._tokens_of_class = ((pitch[None, :] % OCTAVE == np.arange(OCTAVE)[:, None]) & inside).astype(np.float32)

    def call(self, inputs: dict[str, tf.Tensor], training: bool = False) -> tf.Tensor:
        """See the class."""
        x = self.embed(inputs)
        for dropout, lstm in zip(self.dropouts, self.lstms, strict=False):
            x = lstm(dropout(x, training=training), training=training)
        return self.head(self.dropouts[-1](x, training=training), inputs)

    def embed(self, inputs: dict[str, tf.Tensor]) -> tf.Tensor:
        """The features [..., ] of a step or of sequences as vectors [..., width]."""
        config, tonic = self.config, self._tonic(inputs)
        held, rest = inputs["held"], _within(inputs["rest"], config.places)
        more = []
        if config.span_width:
            spans = ((self.above, inputs["above"]), (self.below, inputs["below"]))
            more += [_flat(embedding(_within(distance, WIDEST + 1))) for embedding, distance in spans]
        if config.parts:
            pitch, duration, wait = (inputs["ahead"][..., i] for i in range(3))
            degree = self._degree(tf.where(pitch > 0, pitch, -1), tonic[..., None])
            known = (pitch > 0) | (wait > 0)
            wait = tf.where(known, _within(wait, config.places) + 1, 0)
            values = {"pitch": pitch, "degree": degree, "duration": _within(duration, config.places), "wait": wait}
            more += [_flat(self.ahead[name](value)) for name, value in values.items()]
        return tf.concat(
            [
                self.token(inputs["token"]),
                self.degree(self._degree(tf.gather(self._pitch_of, inputs["token"]), tonic)),
                self.place(_within(inputs["place"], config.places)),
                self.bar(_within(inputs["bar"], config.bars)),
                self.left(_within(inputs["left"], config.bars + 1)),
                _flat(self.control(inputs["controls"])),
                _flat(self.held(held)),
                _flat(self.held_degree(self._degree(tf.where(held > 0, held, -1), tonic[..., None]))),
                _flat(self.rest(rest)),
                _flat(self.recalled(inputs["recalled"])),
                _flat(self.matched(_within(inputs["matched"], config.matches))),
                *more,
            ],
            axis=-1,
        )

    def head(self, x: tf.Tensor, inputs: dict[str, tf.Tensor]) -> tf.Tensor:
        """The last layer's output [..., units] -> logits float32 [..., vocabulary]."""
        layers = (self.logits, self.degree_logits, self.interval_logits, self.copy_logits)
        logits, degrees, intervals, copied = (tf.cast(layer(x), tf.float32) for layer in layers)
        # Degree d of a key is pitch class d + tonic: the twelve logits, rolled.
        classes = (tf.range(OCTAVE) - self._tonic(inputs)[..., None]) % OCTAVE
        rolled = tf.einsum("...d,...cd->...c", degrees, tf.one_hot(classes, OCTAVE))
        logits += tf.tensordot(rolled, self._tokens_of_class, 1) + self._of_intervals(intervals, inputs)
        if self.config.parts:
            logits += self._of_parallels(tf.cast(self.parallel_logits(x), tf.float32), inputs)
        for i in range(len(lookback.BARS)):
            found = inputs["recalled"][..., i]
            logits += tf.where(found > 0, copied[..., i], 0.0)[..., None] * tf.one_hot(found, self.config.tokens)
        return logits

    def _of_intervals(self, intervals: tf.Tensor, inputs: dict[str, tf.Tensor]) -> tf.Tensor:
        """The logits [..., voices * (2 * WIDEST + 1)] of intervals from the pitch that each voice holds -> logits of tokens."""
        config = self.config
        axes, of_voices = intervals.shape[:-1].rank, [config.voices, 2 * WIDEST + 1]
        intervals = tf.reshape(intervals, tf.concat([tf.shape(intervals)[:-1], of_voices], 0))
        held = inputs["held"][..., None]
        step = self._pitches - held + WIDEST + 1  # 0 and beyond the last: no logit of its own
        step = tf.where(held > 0, tf.clip_by_value(step, 0, 2 * WIDEST + 2), 0)
        nothing = tf.zeros_like(intervals[..., :1])
        found = tf.gather(tf.concat([nothing, intervals, nothing], -1), step, axis=-1, batch_dims=axes + 1)
        return self._at_pitches(tf.reduce_sum(found, -2))

    def _of_parallels(self, parallels: tf.Tensor, inputs: dict[str, tf.Tensor]) -> tf.Tensor:
        """The logits [..., len(PARALLELS)] of pitches that would move in parallel with a voice that has moved -> of tokens."""
        config = self.config
        held, moved = inputs["held"], inputs["moved"]
        speaking = tf.clip_by_value(inputs["token"] - config.voice_token, 0, config.voices - 1)
        own = tf.gather(held, speaking, axis=-1, batch_dims=speaking.shape.rank)[..., None]  # the pitch it would leave
        left, reached = tf.abs(moved - own) % OCTAVE, tf.abs(held[..., None] - self._pitches) % OCTAVE
        logits = tf.zeros_like(parallels[..., :1])
        for i, interval in enumerate(PARALLELS):
            both = ((moved > 0) & (own > 0) & (left == interval))[..., None] & (reached == interval)
            found = tf.reduce_any(both, -2) & (self._pitches != own)
            logits += tf.where(found, parallels[..., i, None], 0.0)
        return self._at_pitches(logits)

    def _at_pitches(self, logits: tf.Tensor) -> tf.Tensor:
        """Logits of the pitches -> of all tokens."""
        after = self.config.tokens - self.config.pitch_token - logits.shape[-1]
        return tf.pad(logits, [[0, 0]] * (logits.shape.rank - 1) + [[self.config.pitch_token, after]])

    def step(self, inputs: dict[str, tf.Tensor], states: list[list[tf.Tensor]]) -> tuple[tf.Tensor, list[list[tf.Tensor]]]:
        """One step, without dropout: features int32 [n, ...] and [h, c] of each layer -> logits [n, vocabulary], new states."""
        x, after = self.embed(inputs), []
        for lstm, state in zip(self.lstms, states, strict=True):
            x, new = lstm.cell(x, state)
            after.append(list(new))
        return self.head(x, inputs), after

    def _tonic(self, inputs: dict[str, tf.Tensor]) -> tf.Tensor:
        """The pitch class of the tonic, int32 [...]; that of C before it is known."""
        return tf.maximum(inputs["controls"][..., 1] - self.config.tonic_token, 0)

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
    model = MusicLSTM(config, name="music_lstm")
    model({name: tf.zeros([1, 1, *shape], tf.int32) for name, shape in features.shapes(config.voices, config.parts).items()})
    return model


def loss(token: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Minus the log-probability of each token, in nats: int [n, t], float32 [n, t, vocabulary] -> float32 [n, t]."""
    return tf.nn.sparse_softmax_cross_entropy_with_logits(token, logits)


# What the first published models did not hear: how far a voice went, and whether a bar is said for the second time or for the
# fifth. Not tried on chorales.
MELODIES: dict[str, Any] = {"span_width": 8, "matches": lookback.LONGEST_MATCH + 1}
# Folk tunes: validation loss a token 0.63, 0.54, 0.51, 0.49, 0.49 from the second epoch on; a minute an epoch on two cores.
RECIPE = Recipe(epochs=6, batch_size=64, learning_rate=5e-3, warmup_steps=100, weight_decay=0.01, average=0.995)
# 160 chorales are few: without dropout of the recurrent weights the validation loss rises after twenty epochs, and after some
# thirty with it. Validation loss a token 0.55 after 11 epochs, 0.50 after 25, 0.49 at the end.
PARTS_RECIPE = Recipe(epochs=34, batch_size=32, learning_rate=5e-3, warmup_steps=100, weight_decay=0.05, average=0.99)
PARTS: dict[str, Any] = {"units": 320, "dropout": 0.5, "weight_dropout": 0.5}
# For a first look: a small network, a few minutes.
QUICK: dict[str, Any] = {"units": 128, "token_width": 48}
QUICK_RECIPE = Recipe(epochs=4, batch_size=16, learning_rate=5e-3, warmup_steps=50, weight_decay=0.01, average=0.99)


def recipe(vocabulary: TokenVocabulary, quick: bool) -> tuple[Recipe, dict[str, Any]]:
    """How to train a network that writes these tokens, and what of its configuration differs from the defaults."""
    if quick:
        return QUICK_RECIPE, MELODIES | QUICK
    return (PARTS_RECIPE, PARTS) if vocabulary.parts else (RECIPE, MELODIES)
