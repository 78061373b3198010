"""Contenders: the published folk_lstm composes tunes of 32 bars, by each of its exported graphs and by a loop in Python.

The Python loop is the obvious first version: a stateful Keras network with the same weights is called for each token, and NumPy
masks what the grammar forbids and draws. Units are pieces.
"""

from collections.abc import Callable
from itertools import count

import keras
import numpy as np
import tensorflow as tf

import zoo
from zoo.core import cards, export
from zoo.music import network as music_lstm
from zoo.music.language import features, grammar, lookback
from zoo.music.language.tokens import END, START, TokenVocabulary
from zoo.music.network import Config, MusicLSTM

MODEL, BARS = "folk_lstm", 32


def ours(tunes: str, calls: str) -> Callable[[], int]:
    """The model that zoo.load gives: tunes in a call, and calls."""
    composer, seeds = zoo.load(MODEL), count()

    def repeat() -> int:
        return sum(len(composer.sample(int(tunes), composer.prompt(), BARS, seed=next(seeds))) for _ in range(int(calls)))

    return repeat


def graph(signature: str, tunes: str) -> Callable[[], int]:
    """One signature of the exported model: tunes in a call."""
    composer, seeds = zoo.load(MODEL), count()
    prompts, off, one = tf.constant([composer.prompt()] * int(tunes)), tf.constant(0), tf.constant(1.0)

    def repeat() -> int:
        rest = {
            "bars": tf.constant(BARS),
            "temperature": one,
            "top_k": off,
            "top_p": one,
            "seed": tf.constant(next(seeds), tf.int64),
        }
        return len(composer.saved_model.signatures[signature](prompt=prompts, **rest)["tokens"].numpy())

    return repeat


def loop() -> Callable[[], int]:
    """The Python loop: one tune."""
    network, config, tables = restored()
    one, seeds = Stateful(network), count()

    def repeat() -> int:
        python_loop(one, config, tables, BARS, next(seeds))
        return 1

    return repeat


def restored() -> tuple[MusicLSTM, Config, grammar.Tables]:
    """The published network, its configuration and its grammar."""
    folder = cards.find(MODEL)
    config = Config.of(cards.read_card(folder).architecture)
    network = music_lstm.build(config)
    export.restore(network, folder)
    return network, config, grammar.Tables(TokenVocabulary.of_model(folder))


class Stateful:
    """The same network for one token at a time: features int32 [1, 1, ...] -> logits float32 [1, 1, vocabulary].

    Its LSTMs are Keras' and keep their states between calls.
    """

    def __init__(self, network: MusicLSTM) -> None:
        self.network = network
        self.lstms = [keras.layers.LSTM(layer.units, stateful=True, return_sequences=True) for layer in network.lstms]
        for layer, trained in zip(self.lstms, network.lstms, strict=True):
            layer.build((1, 1, trained.cell.kernel.shape[0]))
            layer.set_weights(trained.get_weights())

    def reset(self) -> None:
        """Sets the states to zero."""
        for layer in self.lstms:
            layer.reset_state()

    def __call__(self, inputs: dict[str, tf.Tensor]) -> tf.Tensor:
        """One step."""
        x = self.network.embed(inputs)
        for layer in self.lstms:
            x = layer(x, training=False)
        return self.network.head(x, inputs)


def python_loop(network: Stateful, config: Config, tables: grammar.Tables, bars: int, seed: int) -> list[int]:
    """One tune of `bars` bars, token by token."""
    random = np.random.default_rng(seed)
    network.reset()
    wanted = np.array([bars], np.int32)
    token, tokens = START, [START]
    state = grammar.advance(tables, grammar.start(1, tables.voices), np.array([START], np.int32))
    memory = lookback.empty(1, config.max_length)
    while token != END and len(tokens) < config.max_length:
        recalled = lookback.recall(memory, state, tables.voices)
        left = features.left(wanted, state)
        inputs = features.features(np.array([token], np.int32), state, left, recalled, memory.matched)
        logits = network({name: tf.constant(value[:, None], tf.int32) for name, value in inputs.items()}).numpy()[0, 0]
        closing = np.array([len(tokens) >= config.max_length - grammar.CLOSING_STEPS])
        logits = np.where(grammar.allowed(tables, state, wanted, closing)[0], logits.astype(np.float64), -np.inf)
        probabilities = np.exp(logits - logits.max())
        token = int(random.choice(len(logits), p=probabilities / probabilities.sum()))
        memory = lookback.remember(memory, len(tokens) - 1, state, recalled, np.array([token], np.int32))
        tokens.append(token)
        state = grammar.advance(tables, state, np.array([token], np.int32))
    return tokens
