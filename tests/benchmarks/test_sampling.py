"""All sides of the comparison compose with the same network, and obey the same grammar."""

import numpy as np
import pytest
import tensorflow as tf

from benchmarks import sampling
from zoo.core.recipe import Recipe
from zoo.core.training import seeded
from zoo.music import network as music_lstm
from zoo.music.language import features, grammar
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.network import Config
from zoo.music.notation.theory import Metre

pytestmark = pytest.mark.slow

VOCABULARY = TokenVocabulary(metres=(Metre(2, 4),), pitches=(60, 67), durations=(12, 24), positions=(12, 24))
CONFIG = Config.fitting(VOCABULARY, token_width=4, place_width=2, bar_width=2, units=5, max_length=100)


def test_the_loop_steps_the_same_network() -> None:
    model = seeded(Recipe(1, 1, 0.1), lambda: music_lstm.build(CONFIG))
    one = sampling.Stateful(model)
    random = np.random.default_rng(0)
    x = {name: random.integers(0, 4, (1, 6, *shape)) for name, shape in features.shapes(1, parts=False).items()}
    expected = model({name: tf.constant(value, tf.int32) for name, value in x.items()}, training=False)[0]
    steps = [one({name: tf.constant(value[:, [i]], tf.int32) for name, value in x.items()})[0, 0] for i in range(6)]
    np.testing.assert_allclose(np.stack(steps), expected, atol=1e-5)


def test_the_loop_writes_complete_tunes() -> None:
    model = seeded(Recipe(1, 1, 0.1), lambda: music_lstm.build(CONFIG))
    tables = grammar.Tables(VOCABULARY)
    tunes = [sampling.python_loop(sampling.Stateful(model), CONFIG, tables, bars=2, seed=seed) for seed in (1, 1, 2)]
    assert grammar.valid(tables, grammar.padded(tunes)).all()
    assert all(tune.count(VOCABULARY.index["bar"]) == 2 for tune in tunes)
    assert tunes[0] == tunes[1] != tunes[2]
