"""The composer: what a user asks for, what comes out, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from zoo.models.folk_lstm import Config

from zoo import composer
from zoo.cards import Card, DataSet, Training
from zoo.composer import Composer
from zoo.errors import UserError
from zoo.export import write_saved_model
from zoo.models import folk_lstm
from zoo.music.score import Key, Metre, Note, Score, Voice
from zoo.music.tokens import Vocabulary
from zoo.training import Recipe, seeded

VOCABULARY = Vocabulary(metres=(Metre(4, 4), Metre(6, 8)), pitches=(60, 72), durations=(12, 24), positions=(12, 24, 48))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    VOCABULARY.save(folder / "vocabulary.txt")
    config = Config.fitting(VOCABULARY, token_width=4, place_width=2, bar_width=2, units=4, max_length=200)
    network = seeded(Recipe(1, 1, 0.1), lambda: folk_lstm.build(config))
    write_saved_model(network, folk_lstm.endpoints(network, config, VOCABULARY, folder / "vocabulary.txt"), folder / "model")
    dataset = DataSet("none", "0", "", {}, "", "")
    training = Training("", 0, 0, 0.0, "", {})
    card = Card("tiny", "music generation", "", {}, network.count_params(), dataset, training, (), {}, ())
    return Composer(card, tf.saved_model.load(str(folder / "model")), folder / "model")


def test_pieces_are_what_was_asked_for(tiny):
    tunes = tiny.generate(n=4, key="D dorian", metre="6/8", bars=4, seed=3, tempo=100)
    assert len(tunes) == 4
    for i, tune in enumerate(tunes):
        assert tune.key == Key(2, "dorian")
        assert tune.metre == Metre(6, 8)
        assert 1 <= tune.bars <= 4  # a tune may end with a rest
        assert tune.tempos == ((0, 150.0),)  # 100 dotted quarter notes a minute
        assert tune.title == f"tiny, seed 3, tune {i + 1}"
    assert tunes == tiny.generate(n=4, key="D", mode="dorian", metre="6/8", bars=4, seed=3, tempo=100)
    assert tunes != tiny.generate(n=4, key="D dorian", metre="6/8", bars=4, seed=4, tempo=100)
    counts = [[tiny.vocabulary.tokens[t] for t in ids].count("bar") for ids in tiny.sample(4, "* * *", bars=5)]
    assert counts == [5] * 4


@pytest.mark.parametrize(
    ("key", "mode", "metre", "prompt"),
    [
        (None, None, None, "* * *"),
        ("D", None, None, "* tonic=D mode=major"),
        ("dm", None, "6/8", "metre=6/8 tonic=D mode=minor"),
        ("D", "dorian", None, "* tonic=D mode=dorian"),
        (None, "dorian", Metre(4, 4), "metre=4/4 * mode=dorian"),
        (Key(10, "major"), None, None, "* tonic=Bb mode=major"),
    ],
)
def test_prompt(tiny, key, mode, metre, prompt):
    assert tiny.prompt(key, mode, metre) == prompt


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"metre": "3/4"}, r"^metre '3/4' is not known to tiny: it knows 4/4, 6/8$"),
        ({"metre": "3:4"}, r"^metre '3:4': write beats/unit"),
        ({"key": "H"}, r"^key 'H': write a tonic"),
        ({"mode": "blues"}, r"^mode 'blues' is not known to tiny: it knows major, minor, dorian"),
        ({"key": "Dm", "mode": "dorian"}, r"^key 'Dm' and mode 'dorian' contradict each other"),
        ({"bars": 0}, r"^bars = 0: this model writes 1 to 64 bars$"),
        ({"bars": 65}, r"^bars = 65: this model writes 1 to 64 bars$"),
        ({"n": 0}, r"^n = 0: from 1 to 10,000 pieces at a time$"),
        ({"temperature": -1.0}, r"^temperature = -1.0: a number from 0"),
        ({"temperature": float("nan")}, r"^temperature = nan: a number from 0"),
        ({"top_k": -1}, r"^top_k = -1: a whole number"),
        ({"top_p": 1.5}, r"^top_p = 1.5: above 0"),
        ({"seed": 2**63}, r"^seed = 9223372036854775808: a whole number"),
        ({"tempo": 0.0}, r"^tempo = 0.0: from 10 to 500 beats a minute$"),
    ],
)
def test_what_the_model_cannot_do_is_refused(tiny, arguments, message):
    with pytest.raises(UserError, match=message):
        tiny.generate(**arguments)


def test_many_pieces_come_in_several_calls(tiny, monkeypatch):
    monkeypatch.setattr(composer, "BATCH", 4)
    pieces = tiny.sample(8, "* * *", bars=4, seed=3)
    assert len(pieces) == 8
    assert pieces[:4] == tiny.sample(4, "* * *", bars=4, seed=3)
    assert pieces[4:] != pieces[:4]


def test_score_gives_a_log_probability_for_each_token(tiny):
    tune = Score((Note(0, 24, 62), Note(24, 24, 64)), ((0, Metre(4, 4)),), Key(2))
    values = tiny.score([tune, *tiny.generate(n=4, bars=4, metre="6/8", key="D")])
    assert len(values) == 5
    tokens = len(tiny.vocabulary.encode(tune)) - 1  # all but <start>
    assert values[0].shape == (tokens,)
    assert np.all(values[0] < 0)
    alone = tiny.score([tune])[0]
    np.testing.assert_allclose(alone, values[0], atol=1e-5)


def test_a_score_outside_the_vocabulary_is_refused(tiny):
    tune = Score((Note(0, 24, 62),), ((0, Metre(4, 4)),), Key(2))
    with pytest.raises(UserError, match=r"^score 2 cannot be written in the tokens of tiny: dur=5 is not in the vocabulary$"):
        tiny.score([tune, replace(tune, notes=(Note(0, 5, 62),))])


PRIMER = Score(
    (Note(24, 24, 60), Note(48, 24, 62), Note(72, 12, 64)),
    ((0, Metre(4, 4)),),
    Key(0),
    tempos=((0, 90.0),),
    voices=(Voice("flute", 73),),
)


def test_a_primer_is_continued_as_it_began(tiny):
    tunes = tiny.continue_(PRIMER, n=3, bars=2, seed=1)
    assert len(set(tunes)) == 3
    for tune in tunes:
        assert tune.notes[:3] == PRIMER.notes
        assert len(tune.notes) > 3
        assert (tune.key, tune.metre, tune.tempos, tune.voices) == (PRIMER.key, PRIMER.metre, PRIMER.tempos, PRIMER.voices)
        assert tune.bars <= 3
        assert tune.log_probability < 0
    for whole, new in zip(tunes, tiny.continue_(PRIMER, n=3, bars=2, seed=1, only_new=True), strict=True):
        fresh = whole.notes[3:]
        first_bar = fresh[0].start // 96 * 96
        assert new.notes == tuple(replace(note, start=note.start - first_bar) for note in fresh)


def test_a_primer_that_cannot_be_said_is_refused(tiny):
    with pytest.raises(UserError, match="the primer cannot be written in the tokens of tiny: dur=7"):
        tiny.continue_(replace(PRIMER, notes=(Note(0, 7, 60),)))
    with pytest.raises(UserError, match="1 bars and 64 more: this model adds at least 1 and writes 64"):
        tiny.continue_(PRIMER, bars=64)
    with pytest.raises(UserError, match=r"the primer has \d+ tokens, more than the 200"):
        tiny.continue_(replace(PRIMER, notes=tuple(Note(24 * i, 24, 60) for i in range(120))))
