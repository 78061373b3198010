"""Composing: what the LSTM expects next, note by note.

A network that writes music is one that predicts it. After each token folk_lstm gives every token a probability,

    p(token | those before) = softmax(logits),    and the surprise at the one that comes is -log p, in nats;

to compose is to draw from these probabilities again and again (Sturm et al. 2016 for folk tunes). Reading a tune shows what the
network has understood of it so far. The surprise at a note is that at its pitch and its duration together, and falls where the
network knows how the tune goes on. Of "Weel May the Keel Row" it is told the metre, the key and the type. The tune has two parts
of eight bars, in each of which the second half says the first again. At the beginning of a part many notes may come, most of them
near the last one and in the key; when a half comes back, the network expects its very notes. In bars 9 to 12 only bar 9 is new:
10 is bar 2, 11 is bar 9 and 12 is bar 8 again.

The tune is of the test split, and the network is that of the lesson before, by hand.
"""

import itertools
from typing import Any

import numpy as np
from matplotlib.colors import PowerNorm

from zoo.lessons import drawing, lstm
from zoo.lessons.lesson import Outcome
from zoo.music.score import PITCH_CLASSES

QUESTION = (
    'Read the Banjo Reel, whose parts are as long (in zoo/lessons/lstm.py FILE = "BanjoReel.abc"): what surprises there, and why?'
)

BARS = (0, 5, 9, 13, 17)  # where the halves begin; bar 0 is the upbeat
HALVES = ("bars 1 to 4", "bars 5 to 8 (1 to 4 again)", "bars 9 to 12", "bars 13 to 16 (9 to 12 again)")


def run() -> Outcome:
    """Draws the probability of every pitch before each note of the tune, the notes that came, and the surprise at them."""
    read = lstm.reading()
    notes, length = read.tune.notes, read.tune.metre.bar_ticks
    around = range(min(note.pitch for note in notes) - 3, max(note.pitch for note in notes) + 4)
    pitches = [pitch for pitch in around if f"pitch={pitch}" in read.vocabulary]
    at = np.array([place for place, token in enumerate(read.tokens) if token.startswith("pitch=")])
    columns = [read.vocabulary.index(f"pitch={pitch}") for pitch in pitches]
    expected = np.exp(read.log_probability[at - 1][:, columns])  # [notes, pitches], before each note
    surprise = np.column_stack([read.surprise[at - 1], read.surprise[at]])  # [notes, 2], of pitch and duration
    came = np.array([note.pitch - pitches[0] for note in notes])
    bar = np.array([note.start // length for note in notes])
    numbers: dict[str, float | int | str] = {}
    for (first, last), name in zip(itertools.pairwise(BARS), HALVES, strict=True):
        inside = (bar >= first) & (bar < last)
        numbers[f"nats a note, {name}"] = float(surprise[inside].sum(axis=1).mean())
        numbers[f"notes whose pitch was the most expected, {name}"] = float((expected.argmax(axis=1) == came)[inside].mean())
    title = f"What folk_lstm expects next in “{lstm.NAME}”, and what comes"
    figure, axes = drawing.canvas(title, 9.6, 4, 1, height_ratios=(3, 1.1, 3, 1.1))
    for part, (image, below) in enumerate(axes[:, 0].reshape(2, 2)):
        inside = (bar >= BARS[2 * part]) & (bar < BARS[2 * part + 2])
        drawn = image.imshow(expected[inside].T, cmap="Greys", norm=PowerNorm(0.5, 0, 1), aspect="auto", origin="lower")
        image.plot(came[inside], "s", color=drawing.RED, markerfacecolor="none", markersize=9, label="the note that came")
        image.set_yticks(range(len(pitches)), [f"{PITCH_CLASSES[pitch % 12]}{pitch // 12 - 1}" for pitch in pitches], fontsize=8)
        image.set(ylabel="pitch", xticks=[])
        figure.colorbar(drawn, ax=image, label="probability", pad=0.01)
        _draw_surprise(below, surprise[inside])
        begins = np.flatnonzero(np.diff(bar[inside], prepend=-1))
        for ax in (image, below):
            ax.vlines(begins - 0.5, *ax.get_ylim(), color=[drawing.BLUE if b in BARS else "gray" for b in bar[inside][begins]])
            ax.set_xlim(-0.5, inside.sum() - 0.5)
        below.set_xticks(begins, bar[inside][begins])
    axes[0, 0].legend(loc="upper right")
    axes[1, 0].legend(loc="upper right")
    axes[3, 0].set_xlabel("bar (blue: a half begins)")
    return Outcome(figure, numbers)


def _draw_surprise(ax: Any, surprise: np.ndarray) -> None:
    bottom = np.zeros(len(surprise))
    for nats, name, colour in zip(surprise.T, ("pitch", "duration"), (drawing.RED, drawing.SKY), strict=True):
        ax.bar(range(len(nats)), nats, bottom=bottom, color=colour, label=name)
        bottom = bottom + nats
    ax.set(ylabel="surprise, nats", ylim=(0, 10))
