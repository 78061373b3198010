"""Contenders: the published folk_lstm composes tunes of 32 bars, by each of its exported graphs and by a loop in Python.

The Python loop is what one writes first: a stateful Keras network of the same weights, called once a token; NumPy masks what the
grammar forbids and draws. Units are pieces.
"""

from collections.abc import Callable
from itertools import count

import keras
import numpy as np
import tensorflow as tf

import zoo
from zoo import cards, export
from zoo.models import folk_lstm
from zoo.models.folk_lstm import Config
from zoo.music import grammar
from zoo.music.tokens import END, START, Vocabulary

MODEL, BARS = "folk_lstm", 32


def ours(tunes: str, calls: str) -> Callable[[], int]:
    """As zoo.load gives it: so many tunes in a call, so many calls."""
    composer, seeds = zoo.load(MODEL), count()

    def repeat() -> int:
        return sum(len(composer.sample(int(tunes), "* * *", BARS, seed=next(seeds))) for _ in range(int(calls)))

    return repeat


def graph(signature: str, tunes: str) -> Callable[[], int]:
    """One signature of the exported model: so many tunes in a call."""
    composer, seeds = zoo.load(MODEL), count()
    prompts, off, one = tf.constant(["* * *"] * int(tunes)), tf.constant(0), tf.constant(1.0)

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
    one, seeds = stateful(network, config), count()

    def repeat() -> int:
        python_loop(one, config, tables, BARS, next(seeds))
        return 1

    return repeat


def restored() -> tuple[keras.Model, Config, grammar.Tables]:
    """The published network, its configuration and its grammar."""
    folder = cards.find(MODEL)
    config = Config.of(cards.read_card(folder).architecture)
    network = folk_lstm.build(config)
    export.restore(network, folder)
    return network, config, grammar.Tables(Vocabulary.load(folder / "assets" / "vocabulary.txt"))


def stateful(model: keras.Model, config: Config) -> keras.Model:
    """The same network for one token at a time, int32 [1, 1] each; its LSTMs keep their states between calls."""
    inputs = {name: keras.Input(batch_shape=(1, 1), dtype="int32", name=name) for name in ("token", "place", "bar")}
    x = keras.layers.Concatenate()([model.get_layer(f"{name}_embedding")(value) for name, value in inputs.items()])
    for i in range(config.layers):
        trained = model.get_layer(f"lstm_{i}")
        layer = keras.layers.LSTM(config.units, stateful=True)
        x = layer(x if i == 0 else x[:, None, :])
        layer.set_weights(trained.get_weights())
    return keras.Model(inputs, model.get_layer("logits")(x))


def python_loop(network: keras.Model, config: Config, tables: grammar.Tables, bars: int, seed: int) -> list[int]:
    """One tune of `bars` bars, token by token."""
    random = np.random.default_rng(seed)
    for layer in network.layers:
        if isinstance(layer, keras.layers.LSTM):
            layer.reset_state()
    wanted = np.array([bars])
    token, tokens = START, [START]
    state = grammar.advance(tables, grammar.start(1), np.array([START]))
    while token != END and len(tokens) < config.max_length:
        one = {
            "token": token,
            "place": min(int(state.cursor[0]), config.places - 1),
            "bar": min(int(state.bars[0]), config.bars - 1),
        }
        logits = network({name: np.array([[value]], np.int32) for name, value in one.items()}, training=False).numpy()[0]
        closing = np.array([len(tokens) >= config.max_length - grammar.CLOSING_STEPS])
        logits = np.where(grammar.allowed(tables, state, wanted, closing)[0], logits.astype(np.float64), -np.inf)
        probabilities = np.exp(logits - logits.max())
        token = int(random.choice(len(logits), p=probabilities / probabilities.sum()))
        tokens.append(token)
        state = grammar.advance(tables, state, np.array([token]))
    return tokens
