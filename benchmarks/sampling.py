"""How much faster the exported graph composes than a loop in Python that steps the same network.

    python -m benchmarks.sampling [--model NAME|PATH] [--tunes 64] [--bars 32] [--loop-tunes 1]

The loop is what one writes first: a stateful Keras network of the same weights, called once a token; NumPy masks what the
grammar forbids and draws. The graph makes all tunes in one call. Both times are of a second run, after tracing and compiling.
"""

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

import zoo
from zoo import export
from zoo.cards import find
from zoo.composer import Composer
from zoo.models import folk_lstm
from zoo.models.folk_lstm import Config
from zoo.music import grammar
from zoo.music.tokens import END, START


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


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """The time of a call, and its result."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def compare(composer: Composer, network: keras.Model, config: Config, tunes: int, bars: int, loop_tunes: int) -> dict[str, float]:
    """Seconds a tune and tokens a second of both ways, the seconds that XLA compiles for, and the ratio of the times a tune."""
    tables = grammar.Tables(composer.vocabulary)
    first, _ = seconds(lambda: composer.sample(tunes, "* * *", bars, seed=0))
    graph, pieces = seconds(lambda: composer.sample(tunes, "* * *", bars, seed=1))
    one = stateful(network, config)
    python_loop(one, config, tables, 1, seed=0)
    loop, written = seconds(lambda: [python_loop(one, config, tables, bars, seed=i + 1) for i in range(loop_tunes)])
    return {
        "compile_seconds": first - graph,
        "graph_seconds_a_tune": graph / tunes,
        "graph_tokens_a_second": sum(map(len, pieces)) / graph,
        "loop_seconds_a_tune": loop / loop_tunes,
        "loop_tokens_a_second": sum(map(len, written)) / loop,
        "ratio": (loop / loop_tunes) / (graph / tunes),
    }


def main(argv: list[str] | None = None) -> int:
    """Prints the comparison."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.sampling", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--model", default="folk_lstm", metavar="NAME|PATH")
    parser.add_argument("--tunes", type=int, default=64, help="tunes in the graph's one call (%(default)s)")
    parser.add_argument("--bars", type=int, default=32, help="bars of each tune (%(default)s)")
    parser.add_argument("--loop-tunes", type=int, default=2, help="tunes that the Python loop makes (%(default)s)")
    arguments = parser.parse_args(argv)
    composer = zoo.load(arguments.model)
    config = Config.of(composer.card.architecture)
    network = folk_lstm.build(config)
    export.restore(network, find(arguments.model))
    result = compare(composer, network, config, arguments.tunes, arguments.bars, arguments.loop_tunes)
    graph = result["graph_seconds_a_tune"] * arguments.tunes
    speed, compiling = result["graph_tokens_a_second"], result["compile_seconds"]
    print(f"graph: {arguments.tunes} tunes of {arguments.bars} bars in one call, {graph:.2f} s, {speed:,.0f} tokens/s", end="")
    print(f" (before that {compiling:.1f} s to compile)")
    print(f"Python loop: {result['loop_seconds_a_tune']:.2f} s a tune, {result['loop_tokens_a_second']:,.0f} tokens/s")
    print(f"ratio a tune: {result['ratio']:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
