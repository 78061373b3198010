"""An LSTM that composes music token by token.

    features -> embeddings -> 2 LSTM layers -> logits of the next token

The features of a step (zoo.music.language.features) are the token just written and its context: the controls, the place in the
bar, the number of the bar and how many bars are left, the pitch that each voice holds, and the tokens found by looking back
some bars. With a given melody they also hold its next notes (zoo.music.language.lookahead). Pitches come by name and by degree,
their distance from the tonic, so that what is learned in one key holds in all.

The logits are a sum. A token has a logit of its own. A pitch also has the logit of its degree, and one for its interval from the
pitch that each voice holds. In parts, a pitch that would move in parallel fifths or octaves has one more: the LSTM remembers too
little to notice these by itself. Each lookback has a logit for the token that it found, so that the network can copy a repeat
without learning it by heart (after the pointer of See et al. 2017, arXiv 1704.04368).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from zoo.layers.lstm import LSTM
from zoo.music.language import features, lookback, outline
from zoo.music.language.part_writing import PARALLELS
from zoo.music.language.tokens import TokenVocabulary

OCTAVE = 12  # degrees
WIDEST = 24  # semitones; an interval up to this one has a logit of its own


@dataclass(frozen=True)
class Config:
    """The architecture. The defaults are those of the first published models, whose cards lack some of the entries.

    A `..._width` is the length of an embedding's vectors.
    """

    tokens: int  # in the vocabulary
    voices: int
    tonic_token: int  # the id of the first tonic; this and the next three entries tell the degree of a pitch
    pitch_token: int  # the id of the lowest pitch
    lowest_pitch: int  # MIDI
    highest_pitch: int
    voice_token: int = 0  # the id of the first token that names a part
    parts: bool = False  # whether voices are parts; then the features hold the coming notes of a given melody
    places: int = 193  # places in the bar that are told apart, in ticks of a 24th of a quarter note; 192 = two whole notes
    bars: int = 65  # bar numbers that are told apart; all later bars count as the last
    token_width: int = 96
    degree_width: int = 16
    place_width: int = 32
    bar_width: int = 16  # of the bar's number, and of the number of bars left
    control_width: int = 12  # of each control
    voice_width: int = 24  # of each voice's pitch, its degree and its duration together
    span_width: int = 0  # of each voice's distance from its lowest and from its highest pitch so far; 0: without these
    motion_width: int = 0  # of the interval by which each voice moved last; 0: without these
    outline_width: int = 0  # of each number that tells the ending and the form; 0: without these
    character_width: int = 0  # of each number that tells the character; 0: without these
    matches: int = 17  # lengths of a match with an earlier bar that are told apart, in tokens
    recalled_width: int = 24  # of each lookback
    ahead_width: int = 8  # of the pitch, the degree, the duration and the beginning of each coming note of the melody
    units: int = 256
    layers: int = 2
    dropout: float = 0.2  # of the inputs of each layer
    weight_dropout: float = 0.0  # of the LSTMs' recurrent weights
    max_length: int = 2048  # tokens of a sampled piece at most; fixed, because XLA compiles for it

    @classmethod
    def of(cls, architecture: Mapping[str, Any]) -> "Config":
        """The configuration in a card's `architecture`. An entry that an older card lacks has its default."""
        return cls(**{field.name: architecture[field.name] for field in fields(cls) if field.name in architecture})

    @classmethod
    def fitting(cls, vocabulary: TokenVocabulary, **others: Any) -> "Config":
        """The configuration of a network that writes these tokens; `others`: the entries that differ from the defaults."""
        low, high = vocabulary.pitches
        index = vocabulary.index
        values = (len(vocabulary), vocabulary.voices, index["tonic=C"], index[f"pitch={low}"], low, high, index.get("part=0", 0))
        return cls(*values, parts=vocabulary.parts, **others)


class MusicLSTM(keras.Model):
    """The network: the features of n sequences, int32 [n, t, ...] each (zoo.music.language.features) -> the logits of the token
    that follows each step, float32 [n, t, vocabulary].
    """

    def __init__(self, config: Config, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config = config
        embedding = keras.layers.Embedding
        self.token = embedding(config.tokens, config.token_width, name="token")
        self.degree = embedding(OCTAVE + 1, config.degree_width, name="degree")
        self.place = embedding(config.places, config.place_width, name="place")
        self.bar = embedding(config.bars, config.bar_width, name="bar")
        self.left = embedding(config.bars + 1, config.bar_width, name="bars_left")
        self.control = embedding(config.tokens, config.control_width, name="control")
        self.held = embedding(128, config.voice_width // 3, name="held_pitch")
        self.held_degree = embedding(OCTAVE + 1, config.voice_width // 3, name="held_degree")
        self.rest = embedding(config.places, config.voice_width // 3, name="held_duration")
        self.recalled = embedding(config.tokens, config.recalled_width, name="recalled_token")
        self.matched = embedding(config.matches, 4, name="matched_tokens")
        if config.span_width:
            self.above = embedding(WIDEST + 1, config.span_width, name="above_lowest_pitch")
            self.below = embedding(WIDEST + 1, config.span_width, name="below_highest_pitch")
        if config.motion_width:
            self.motion = embedding(2 * features.WIDEST_MOTION + 2, config.motion_width, name="motion")
        if config.outline_width:
            width = config.outline_width
            sizes = {"wait": config.places + 1, "duration": config.places, "degree": OCTAVE + 1, "approach": OCTAVE + 1}
            self.ending = [embedding(size, width, name=f"ending_{name}") for name, size in sizes.items()]
            self.form = embedding(len(outline.LAGS) + 2, width, name="form")
        if config.character_width:
            sizes = {"unisons": outline.SHARES + 2, "steps": outline.SHARES + 2, "leaps": outline.SHARES + 2}
            sizes["range"] = outline.WIDEST_RANGE + 2
            self.character = [embedding(size, config.character_width, name=f"character_{name}") for name, size in sizes.items()]
        if config.parts:
            sizes = {"pitch": 128, "degree": OCTAVE + 1, "duration": config.places, "wait": config.places + 1}
            self.ahead = {name: embedding(size, config.ahead_width, name=f"ahead_{name}") for name, size in sizes.items()}
        self.dropouts = [self._dropout(f"dropout_{i}") for i in range(config.layers + 1)]
        self.lstms = []
        for i in range(config.layers):
            # Keras makes the random state of a layer with the layer, so the scopes of its path must be open by then.
            with keras.name_scope(self.name), keras.name_scope(f"lstm_{i}"):
                self.lstms.append(self.recurrent_layer(f"lstm_{i}"))
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

    def _dropout(self, name: str) -> keras.layers.Layer:
        with keras.name_scope(self.name), keras.name_scope(name):
            return keras.layers.Dropout(self.config.dropout, name=name)

    def recurrent_layer(self, name: str) -> keras.layers.RNN:
        """A layer with the state [h, c], `config.units` wide each; a subclass may use another cell. See docs/extending.md."""
        return LSTM(self.config.units, self.config.weight_dropout, return_sequences=True, name=name)

    def call(self, inputs: dict[str, tf.Tensor], training: bool = False) -> tf.Tensor:
        """See the class."""
        x = self.embed(inputs)
        for dropout, lstm in zip(self.dropouts, self.lstms, strict=False):
            x = lstm(dropout(x, training=training), training=training)
        return self.head(self.dropouts[-1](x, training=training), inputs)

    def step(self, inputs: dict[str, tf.Tensor], states: list[list[tf.Tensor]]) -> tuple[tf.Tensor, list[list[tf.Tensor]]]:
        """One step without dropout: features int32 [n, ...] and [h, c] of each layer -> logits [n, vocabulary], new states."""
        x, after = self.embed(inputs), []
        for lstm, state in zip(self.lstms, states, strict=True):
            x, new = lstm.cell(x, state)
            after.append(list(new))
        return self.head(x, inputs), after

    def zero_states(self, n: tf.Tensor) -> list[list[tf.Tensor]]:
        """[h, c] of each layer before the first step, float32 [n, units] each."""
        units = self.config.units
        return [[tf.zeros([n, units]), tf.zeros([n, units])] for _ in self.lstms]

    def embed(self, inputs: dict[str, tf.Tensor]) -> tf.Tensor:
        """The features of a step or of sequences, int32 [...] -> their embeddings side by side, float32 [..., width]."""
        config, tonic = self.config, self._tonic(inputs)
        held, rest = inputs["held"], _within(inputs["rest"], config.places)
        more = []
        if config.span_width:
            spans = ((self.above, inputs["above"]), (self.below, inputs["below"]))
            more += [_flat(embedding(_within(distance, WIDEST + 1))) for embedding, distance in spans]
        if config.motion_width:
            more.append(_flat(self.motion(inputs["motion"])))
        if config.outline_width:
            ending = (inputs["ending"][..., i] for i in range(outline.ENDING))
            more += [embedding(_within(value, embedding.input_dim)) for embedding, value in zip(self.ending, ending, strict=True)]
            more.append(_flat(self.form(inputs["form"])))
        if config.character_width:
            more += [embedding(inputs["character"][..., i]) for i, embedding in enumerate(self.character)]
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
        """The output of the last LSTM layer, [..., units], and the features -> logits float32 [..., vocabulary]."""
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
        """The logits of intervals from the pitch that each voice holds, [..., voices * (2 * WIDEST + 1)] -> logits of tokens."""
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
        """The logits of moving in parallel with a voice that has just moved, [..., len(PARALLELS)] -> logits of tokens."""
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
        """Logits of the pitches -> logits of all tokens, 0 for the others."""
        after = self.config.tokens - self.config.pitch_token - logits.shape[-1]
        return tf.pad(logits, [[0, 0]] * (logits.shape.rank - 1) + [[self.config.pitch_token, after]])

    def _tonic(self, inputs: dict[str, tf.Tensor]) -> tf.Tensor:
        """The pitch class of the tonic, int32 [...]; that of C before it is known."""
        return tf.maximum(inputs["controls"][..., 1] - self.config.tonic_token, 0)

    @staticmethod
    def _degree(pitch: tf.Tensor, tonic: tf.Tensor) -> tf.Tensor:
        """1 for the tonic, 2 for a semitone above it ... 12; 0 where there is no pitch, which is below 0."""
        return tf.where(pitch < 0, 0, (pitch - tonic) % OCTAVE + 1)


def _within(value: tf.Tensor, size: int) -> tf.Tensor:
    """The values, from 0 to the last index of an embedding of `size` rows."""
    return tf.clip_by_value(value, 0, size - 1)


def _flat(x: tf.Tensor) -> tf.Tensor:
    """The vectors of several voices, controls or lookbacks side by side: [..., m, width] -> [..., m * width]."""
    return tf.reshape(x, tf.concat([tf.shape(x)[:-2], [x.shape[-2] * x.shape[-1]]], 0))


def build(config: Config, kind: type[MusicLSTM] = MusicLSTM) -> MusicLSTM:
    """The network with random weights; `kind`: the class, which may be a subclass with other layers."""
    model = kind(config, name="music_lstm")
    model({name: tf.zeros([1, 1, *shape], tf.int32) for name, shape in features.shapes(config.voices, config.parts).items()})
    return model


def from_architecture(architecture: Mapping[str, Any]) -> MusicLSTM:
    """The network that a card's `architecture` describes, with random weights. See `build`."""
    return build(Config.of(architecture))
