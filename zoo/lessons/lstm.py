"""The LSTM: which gate opens when, in a network that writes tunes.

A long short-term memory (Hochreiter and Schmidhuber 1997; forget gate: Gers, Schmidhuber and Cummins 2000) carries a cell c
beside its state h. Three gates between 0 and 1, made of the input and of the state before, decide what is done with the cell:

    i, f, o = sigmoid(x_t W + h_(t-1) U + b)    input, forget and output gate, each with its own part of W, U and b
    g = tanh(x_t W + h_(t-1) U + b)             what could be written, likewise
    c_t = f c_(t-1) + i g                       kept where f is open, written where i is open
    h_t = o tanh(c_t)                           shown where o is open

Products of gates and cells go element by element.
Here zoo/scratch/lstm.py reads a tune of the test split with the weights of the pretrained folk_lstm, which has two such layers.
Its inputs and its last layer are the project's own functions; the probabilities that come out are those of the exported model. A
token is a bar line, a pitch or a duration. No gate has a meaning by design, but training gave some units one.
Shown are, four of each, those of the first layer whose forget gate is most closed at bar lines and open elsewhere, those whose
forget gate falls most when a note is complete, and those that keep most.
"""

import functools
from dataclasses import dataclass

import numpy as np

from zoo.data.tune_books import corpus_files
from zoo.lessons import drawing
from zoo.lessons.lesson import Outcome
from zoo.music import abc as abc_text
from zoo.music import features, grammar
from zoo.music.score import Score
from zoo.scratch.lstm import GATES, LSTM

QUESTION = (
    "Set LAYER = 1, whose inputs are the states of the first layer: do its units, too, count notes and bars, or something longer?"
)

NAME, FILE = "Weel May the Keel Row", "WeelMayTheKeelRowReel.abc"  # of Ryan's Mammoth Collection (1883)
LAYER = 0
SHOWN = 118  # tokens, eight bars
UNITS = 4  # of each kind


@dataclass(frozen=True)
class Reading:
    """A tune as the network reads it, token by token.

    Args:
        tune: what is read.
        tokens: t of them, from <start> to <end>.
        gates: of each layer [t, 4, units], in the order of zoo.scratch.lstm.GATES, on hearing each token.
        log_probability: of every token of the vocabulary [t, vocabulary], to be the one after each token.
        vocabulary: the tokens that there are.
        own: the exported model's log-probability of the tokens that came, from the second on, [t - 1].
    """

    tune: Score
    tokens: list[str]
    gates: list[np.ndarray]
    log_probability: np.ndarray
    vocabulary: tuple[str, ...]
    own: np.ndarray

    @property
    def surprise(self) -> np.ndarray:
        """-log p in nats of each token from the second on, [t - 1]."""
        ids = [self.vocabulary.index(token) for token in self.tokens[1:]]
        return -self.log_probability[np.arange(len(ids)), ids]


def tune() -> Score:
    """The tune, from the music21 package."""
    (path,) = (path for _, path in corpus_files() if path.name == FILE)
    ((_, text),) = abc_text.tunes(path.read_text(encoding="utf-8"))
    return abc_text.read(text)


@functools.cache
def reading() -> Reading:
    """The pretrained network's layers by hand, reading the tune; its inputs and its judgement are functions of the project."""
    import zoo
    from zoo.models import music_lstm

    composer, score = zoo.load("folk_lstm"), tune()
    network = music_lstm.build(music_lstm.Config.of(composer.card.architecture))
    for variable, value in zip(network.variables, composer.saved_model.variables, strict=True):
        variable.assign(value)
    ids = np.array([composer.vocabulary.encode(score)])
    heard = features.trace(grammar.Tables(composer.vocabulary), ids)
    heard["left"] = np.zeros_like(heard["left"])  # how long the tune will be is not told to the network
    x = network.embed(heard).numpy().astype(float)
    gates = []
    for layer in network.lstms:
        by_hand = LSTM(*(weights.astype(float) for weights in layer.get_weights()))
        x = by_hand.forward(x)
        gates.append(by_hand.gates[0])
    logits = network.judge(x.astype(np.float32), heard).numpy()[0].astype(float)
    log_probability = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    tokens = composer.vocabulary.tokens
    return Reading(score, [tokens[i] for i in ids[0]], gates, log_probability, tokens, composer.score([score])[0])


def run() -> Outcome:
    """Reads the tune with the LSTM by hand and draws the gates of a few units beside its notes."""
    read = reading()
    kinds = np.array([token.partition("=")[0] for token in read.tokens])
    forget = read.gates[LAYER][:, 1]
    at_bar, at_pitch, at_duration = (forget[kinds == kind].mean(axis=0) for kind in ("bar", "pitch", "dur"))
    groups = {
        "forget at a bar line": np.argsort(at_bar - np.minimum(at_pitch, at_duration))[:UNITS],
        "forget after a note": np.argsort(at_duration - at_pitch)[:UNITS],
        "keep": np.argsort(-forget.mean(axis=0))[:UNITS],
    }
    at_bars, after_notes, keeping = groups.values()
    numbers: dict[str, float | int | str] = {
        "largest difference from the model's own log-probabilities": float(np.abs(-read.surprise - read.own).max()),
        "forget gate of units that forget at a bar line: there": float(at_bar[at_bars].mean()),
        "forget gate of units that forget at a bar line: at notes": float(np.mean([at_pitch[at_bars], at_duration[at_bars]])),
        "forget gate of units that forget after a note: there": float(at_duration[after_notes].mean()),
        "forget gate of units that forget after a note: within it": float(at_pitch[after_notes].mean()),
        "tokens until half is forgotten by the units that keep": float(np.log(0.5) / np.log(forget[:, keeping]).mean()),
        "tokens until half is forgotten by the median unit": float(np.log(0.5) / np.median(np.log(forget).mean(axis=0))),
    }
    figure, axes = drawing.canvas(f"Which gates open when folk_lstm reads “{NAME}”", 9, 4, 1, sharex=True)
    top, *below = axes[:, 0]
    bars = np.flatnonzero(kinds[:SHOWN] == "bar")
    pitches = {place: int(token.partition("=")[2]) for place, token in enumerate(read.tokens[:SHOWN]) if kinds[place] == "pitch"}
    top.hlines(list(pitches.values()), [x - 0.5 for x in pitches], [x + 1.5 for x in pitches], color=drawing.BLUE, linewidth=5)
    top.set(title="the notes, each a pitch token and then a duration token", ylabel="MIDI pitch")
    units = np.concatenate(list(groups.values()))
    for ax, part in zip(below, (1, 0, 3), strict=True):
        image = ax.imshow(
            read.gates[LAYER][:SHOWN, part, units].T, cmap="Blues_r", vmin=0, vmax=1, aspect="auto", interpolation="nearest"
        )
        ax.set(title=f"{GATES[part]} gate", yticks=(np.arange(len(groups)) + 0.5) * UNITS - 0.5)
        ax.set_yticklabels([name.replace(" a ", "\na ") for name in groups])
        ax.hlines(np.arange(1, len(groups)) * UNITS - 0.5, -0.5, SHOWN - 0.5, color="white", linewidth=2)
    for ax in axes[:, 0]:
        ax.vlines(bars, *ax.get_ylim(), color=drawing.ORANGE, linewidth=1)
        ax.set_xlim(-0.5, SHOWN - 0.5)
    below[-1].set(
        xticks=bars,
        xticklabels=range(len(bars)),
        xlabel="token; orange: where a bar begins, with its number (0: the upbeat)",
    )
    figure.colorbar(image, ax=below, label="0 closed, 1 open", aspect=40, pad=0.01)
    return Outcome(figure, numbers)
