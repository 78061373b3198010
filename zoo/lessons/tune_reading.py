"""How folk_lstm reads tunes of its test split, with its look-back inputs and without them; two lessons use it."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from zoo.music.data.tune_books import corpus_files
from zoo.music.language import features, grammar
from zoo.music.notation import abc as abc_text
from zoo.music.notation.score import Score
from zoo.scratch.lstm import LSTM

FILE = "WeelMayTheKeelRowReel.abc"  # the tune that both lessons show, of Ryan's Mammoth Collection (1883)
# Ten more of that split and that book, of several types; none has a version in another split.
TEST_FILES = (
    *("BanjoReel.abc", "BillyORourkesJig.abc", "BrooklynLassesReel.abc", "EmpressClog.abc", "FlowersOfLimerickReel.abc"),
    *("HandOrganHornpipe.abc", "HuntTheFoxJig.abc", "LadyWalpolesReel.abc", "PrideOfTheStageFling.abc", "SaddleThePonyJig.abc"),
)


@dataclass(frozen=True)
class Reading:
    """A tune as the network reads it, token by token.

    Args:
        tune: what is read.
        tokens: t of them, from <start> to <end>.
        gates: of each layer [t, 4, units], in the order of zoo.scratch.lstm.GATES, after each token.
        log_probability: of every token of the vocabulary to come after each token, [t, vocabulary].
        vocabulary: all tokens.
        own: the exported model's log-probability of the tokens that came, from the second on, [t - 1].
    """

    tune: Score
    tokens: list[str]
    gates: list[np.ndarray]
    log_probability: np.ndarray
    vocabulary: tuple[str, ...]
    own: np.ndarray

    @property
    def name(self) -> str:
        """The tune's title without its type, which the book adds behind a dash."""
        return self.tune.title.partition(" --")[0]

    @property
    def surprise(self) -> np.ndarray:
        """-log p in nats of each token from the second on, [t - 1]."""
        ids = [self.vocabulary.index(token) for token in self.tokens[1:]]
        return -self.log_probability[np.arange(len(ids)), ids]

    @property
    def of_notes(self) -> np.ndarray:
        """The surprise at the pitch and at the duration of each note, [notes, 2]."""
        at = np.array([place for place, token in enumerate(self.tokens) if token.startswith("pitch=")])
        return np.column_stack([self.surprise[at - 1], self.surprise[at]])


@functools.cache
def tune(file: str) -> Score:
    """The tune of an ABC file, from the music21 package."""
    (path,) = (path for _, path in corpus_files() if path.name == file)
    ((_, text),) = abc_text.tunes(path.read_text(encoding="utf-8"))
    return abc_text.read(text)


@functools.cache
def _pretrained() -> tuple[Any, Any]:
    """folk_lstm as `zoo.load` gives it, and its Keras network with the published weights."""
    import zoo

    return zoo.load("folk_lstm"), zoo.network("folk_lstm")


def _inputs(ids: np.ndarray, look_back: bool) -> dict[str, np.ndarray]:
    """The network's inputs after each token of ids [n, t]; without look-back they say that nothing was found."""
    inputs = features.trace(grammar.Tables(_pretrained()[0].vocabulary), ids)
    blank = ["left"] if look_back else ["left", "recalled", "matched"]  # left: the network is not told how long the tune is
    return inputs | {name: np.zeros_like(inputs[name]) for name in blank}


@functools.cache
def reading(file: str, look_back: bool = True) -> Reading:
    """A tune as the pretrained network reads it: the LSTM layers computed by hand, their inputs and the logits by the project."""
    composer, network = _pretrained()
    score = tune(file)
    ids = np.array([composer.vocabulary.encode(score)])
    inputs = _inputs(ids, look_back)
    x, gates = network.embed(inputs).numpy().astype(float), []
    for layer in network.lstms:
        by_hand = LSTM(*(weights.astype(float) for weights in layer.get_weights()))
        x = by_hand.forward(x)
        gates.append(by_hand.gates[0])
    logits = network.head(x.astype(np.float32), inputs).numpy()[0].astype(float)
    tokens = composer.vocabulary.tokens
    return Reading(score, [tokens[i] for i in ids[0]], gates, _log_softmax(logits), tokens, composer.score([score])[0])


def said_twice(score: Score, bars: int) -> Score:
    """The first whole bars of a tune, after its upbeat, and the same bars again."""
    length = score.metre.bar_ticks
    first = length if score.notes[0].start else 0  # an upbeat ends the bar 0, which begins with a rest
    end = first + bars * length
    block = [replace(note, start=note.start - first) for note in score.notes if first <= note.start and note.end <= end]
    again = [replace(note, start=note.start + bars * length) for note in block]
    return replace(score, notes=tuple(block + again))


def nats_a_note(scores: Sequence[Score], look_back: bool) -> list[np.ndarray]:
    """The surprise at each note of each tune, pitch and duration together, [notes]."""
    composer, network = _pretrained()
    rows = [composer.vocabulary.encode(score) for score in scores]
    ids = np.array([row + [0] * (max(map(len, rows)) - len(row)) for row in rows])
    log_probability = _log_softmax(network(_inputs(ids, look_back)).numpy().astype(float))
    came = np.take_along_axis(log_probability[:, :-1], ids[:, 1:, np.newaxis], axis=2)[..., 0]  # of the token after each
    pitch = np.array([token.startswith("pitch=") for token in composer.vocabulary.tokens])
    notes = []
    for row, own in zip(ids, came, strict=True):
        at = np.flatnonzero(pitch[row])  # a duration follows each pitch
        notes.append(-(own[at - 1] + own[at]))
    return notes


def _log_softmax(logits: np.ndarray) -> np.ndarray:
    return logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
