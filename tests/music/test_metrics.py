"""The metrics of music models, by hand, on a network that gives each token the same probability."""

import math
from dataclasses import replace

import numpy as np
import pytest

from zoo.core.sources import Source
from zoo.music import metrics as music_metrics
from zoo.music.analysis.voice_leading import VOICES
from zoo.music.data.chorale_books import VOCABULARY
from zoo.music.data.sets import Music
from zoo.music.language.joined import GRID, joined
from zoo.music.language.tokens import BAR, END, TokenVocabulary
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note
from zoo.text.witten_bell import NGram

COST = 0.5  # nats a token; less where the melody is given


class Network:
    """What `music_metrics` asks of a composer."""

    def __init__(self, vocabulary: TokenVocabulary, pieces: list[Score]):
        self.vocabulary, self.pieces = vocabulary, pieces

    def score(self, scores, melody_given=False):
        return [np.full(len(self.vocabulary.encode(s)) - 1, -COST / (1 + melody_given)) for s in scores]

    def prompt(self):
        return "*"

    def sample(self, n, prompt, **choices):
        self.choices = choices
        return [self.vocabulary.encode(piece)[1:] for piece in self.pieces[:n]]

    def voices(self):
        return VOICES


def music(test: list[Score], train: list[Score]) -> Music:
    return Music({"train": train, "validation": [], "test": test}, VOCABULARY, Source("none", "0", "", ""))


def chorale(seed: int, bars: int = 4) -> Score:
    rng = np.random.default_rng(seed)
    notes = [
        Note(24 * i, 24, int(base + rng.integers(0, 8)), voice)
        for voice, base in enumerate((67, 60, 53, 45))
        for i in range(4 * bars)
    ]
    return Score(tuple(notes), ((0, Metre(4, 4)),), Key(0), voices=VOICES, type="chorale")


def test_metrics_of_parts_by_hand():
    scores, train, pieces = ([chorale(seed) for seed in range(first, first + 20)] for first in (0, 100, 200))
    bar = [note for note in pieces[0].notes if note.start < 96]
    pieces[0] = replace(pieces[0], notes=tuple(replace(note, start=note.start + 96 * i) for note in bar for i in range(4)))
    network = Network(VOCABULARY, pieces)
    metrics = music_metrics.music_metrics(network, music(scores, train), "test", "command", 20, temperature=0.9)
    assert network.choices == {"temperature": 0.9}
    values = {metric.name: metric.value for metric in metrics}
    tokens = sum(len(VOCABULARY.encode(score)) - 1 - VOCABULARY.controls for score in scores)
    assert values["nats_per_note"] == pytest.approx(COST * tokens / sum(len(score.notes) for score in scores))
    assert values["complete_bars"] == 1
    assert 0 < values["baseline_nats_per_note"] < 3 * np.log(len(VOCABULARY)) + 3
    grids = [replace(joined(score), type=GRID) for score in scores]
    body = [VOCABULARY.encode(score)[1 + VOCABULARY.controls :] for score in grids]
    cells = 20 * 4 * 64
    assert values["grid_nats_per_cell"] == pytest.approx(COST * sum(map(len, body)) / cells)
    others = sum(map(len, body)) - 3 * sum(not note.voice for score in grids for note in score.notes)
    assert values["lower_nats_per_cell_without_lookahead"] == pytest.approx(COST * others / (cells * 3 / 4))
    assert values["lower_nats_per_cell"] == pytest.approx(values["lower_nats_per_cell_without_lookahead"] / 2)
    for fault in ("parallel_fifths", "voice_crossings", "out_of_range"):
        assert values[f"{fault}_of_real"] >= 0
        assert fault in values
    assert 0 <= values["copied_share"] <= 1
    assert (values["looping_share"], values["looping_share_of_real"]) == (1 / 20, 0)
    assert values["pitch_range"] == pytest.approx(values["pitch_range_of_real"], rel=0.1)
    for figure in ("tonic_endings", "long_endings", "bass_tonic_endings", "cadences", "dissonant_beats"):
        assert 0 <= values[figure] <= 1
        assert 0 <= values[f"{figure}_of_real"] <= 1
    assert values["long_endings"] == 1
    assert not values.keys() & {"aabb_share", "minor_tonic_endings"}  # melodies have the one, pieces in minor the other
    assert {(metric.split, metric.command) for metric in metrics} == {("test", "command")}


def test_a_piece_that_does_not_fill_its_bars_is_counted():
    network = Network(VOCABULARY, [chorale(0), chorale(1)])
    broken = [network.sample(2, "")[0], [token for token in network.sample(2, "")[1] if token not in (BAR, END)]]
    network.sample = lambda n, prompt: broken
    metrics = music_metrics.music_metrics(network, music([chorale(2)], [chorale(3)]), "test", "command", 2)
    assert {metric.name: metric.value for metric in metrics}["complete_bars"] == 0.5


def test_a_grid_costs_at_most_its_cheapest_spelling():
    frames = np.array([[72, 67, 64, 48]] * 16 + [[71, 67, 62, 43]] * 16)
    metrics = music_metrics.jsb_metrics(Network(VOCABULARY, []), [frames, frames[:16]], "test", "command")
    values = {metric.name: metric.value for metric in metrics}
    spellings = [music_metrics._spellings(each) for each in (frames, frames[:16])]
    assert all(score.type == GRID for each in spellings for score in each)
    assert {str(score.metre) for score in spellings[0]} == {"4/4", "3/4"}
    costs = [[COST * (len(VOCABULARY.encode(score)) - 2) for score in each] for each in spellings]  # but <start> and the type
    total = -sum(np.logaddexp.reduce(-np.array(each)) for each in costs)
    assert values["nats_per_cell"] == pytest.approx(total / (4 * 48))
    assert total < sum(map(min, costs))
    onsets = 7 + 4  # the alto is held
    assert values["nats_per_onset"] == pytest.approx(total / onsets)
    # Each note is three tokens of its voice.
    assert values["nats_per_frame_soprano"] == pytest.approx(COST * 3 * 3 / 48)
    assert values["nats_per_frame_alto"] == pytest.approx(COST * 3 * 2 / 48)
    of_all = sum(values[f"nats_per_frame_{name}"] for name in ("soprano", "alto", "tenor", "bass", "time"))
    assert of_all * 48 == pytest.approx(sum(map(min, costs)))
    assert {metric.n for metric in metrics} == {2}


def test_nats_per_note_leaves_the_controls_out_and_counts_the_end():
    model = NGram(1, 10).fit([])
    sequence = [1, 4, 5, 6, 3, 7, 8, 2]  # <start>, three controls, bar, pitch, dur, <end>
    assert music_metrics.nats_per_note(model, [sequence, sequence], notes=2, controls=3) == pytest.approx(4 * math.log(10))
