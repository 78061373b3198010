"""The LSTM: which gate opens when, in a network that writes tunes.

A long short-term memory (Hochreiter and Schmidhuber 1997; forget gate: Gers, Schmidhuber and Cummins 2000) carries a cell c
beside its state h, both vectors. Three gates, numbers between 0 (closed) and 1 (open), are computed from the input x_t and the
state before. They decide what happens to the cell:

    i, f, o = sigmoid(x_t W + h_(t-1) U + b)    input, forget and output gate, each with its own part of W, U and b
    g = tanh(x_t W + h_(t-1) U + b)             what could be written, likewise
    c_t = f c_(t-1) + i g                       kept where f is open, written where i is open
    h_t = o tanh(c_t)                           shown where o is open

Products of gates and cells go element by element.

Here zoo/scratch/lstm.py reads a tune of the test split with the weights of the pretrained folk_lstm, which has two such layers.
The project's own functions compute what enters the first layer, and turn the last states into probabilities. The probabilities
are those of the exported model. A token is a bar line, a pitch or a duration. No gate has a meaning by design, but training gave
meaning to some. Shown are four units of each of three kinds, all of the first layer: those whose forget gate is most closed at
bar lines and open elsewhere, those whose forget gate falls most when a note is complete, and those that keep most.

The cells do not remember whole bars: even the units that keep most have forgotten half after some tokens. The network still
recognises a phrase that comes again, because of inputs made by hand: at each token it is shown what stood at the same place of
the bar 1, 2, 4, 8 and 16 bars ago (zoo/music/language/lookback.py). Without these look-back inputs the same tune surprises the
network far more; the next lesson shows where.
"""

import numpy as np

from zoo.lessons import drawing
from zoo.lessons.lesson import Number, Outcome
from zoo.lessons.tune_reading import FILE, reading
from zoo.scratch.lstm import GATES

QUESTION = (
    "Set LAYER = 1, whose inputs are the states of the first layer: do its units, too, count notes and bars, or something longer?"
)
VARY = (Number("LAYER", 0, 1, 1, "layer of the LSTM whose units are shown, from 0"),)

LAYER = 0
SHOWN = 118  # tokens, eight bars of the tune
UNITS = 4  # of each kind


def run() -> Outcome:
    """Reads the tune with the LSTM by hand and draws the gates of a few units beside its notes."""
    read = reading(FILE)
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
        "tokens in a bar, mean": len(read.tokens) / read.tune.bars,
        "nats a note of the tune, with the look-back inputs": float(read.of_notes.sum(axis=1).mean()),
        "nats a note of the tune, without": float(reading(FILE, look_back=False).of_notes.sum(axis=1).mean()),
    }
    figure, axes = drawing.canvas(f"Which gates open when folk_lstm reads “{read.name}”", 9, 4, 1, sharex=True)
    top, *below = axes[:, 0]
    bars = np.flatnonzero(kinds[:SHOWN] == "bar")
    pitches = {place: int(token.partition("=")[2]) for place, token in enumerate(read.tokens[:SHOWN]) if kinds[place] == "pitch"}
    top.hlines(list(pitches.values()), [x - 0.5 for x in pitches], [x + 1.5 for x in pitches], color=drawing.BLUE, linewidth=5)
    top.set(title="the notes, each a pitch token and then a duration token", ylabel="MIDI pitch")
    units = np.concatenate(list(groups.values()))
    for ax, part in zip(below, (1, 0, 3), strict=True):
        image = ax.imshow(
            read.gates[LAYER][:SHOWN, part, units].T, cmap="Blues", vmin=0, vmax=1, aspect="auto", interpolation="nearest"
        )
        ax.set(title=f"{GATES[part]} gate", yticks=(np.arange(len(groups)) + 0.5) * UNITS - 0.5)
        ax.set_yticklabels([name.replace(" a ", "\na ") for name in groups])
        ax.hlines(np.arange(1, len(groups)) * UNITS - 0.5, -0.5, SHOWN - 0.5, color="black", linewidth=1)
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
