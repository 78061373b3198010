"""Composing: what the LSTM expects next, note by note.

A network that predicts music can write music. After each token folk_lstm gives every token a number, its logit, and

    p(token | those before) = softmax(logits),    softmax(z)_k = exp(z_k) / sum over j of exp(z_j),

is its probability. To compose is to draw a token from these probabilities, again and again (Sturm et al. 2016 for folk tunes).
The surprise at the token that comes is -log p, in nats, and the surprise at a note is that at its pitch and its duration
together. Reading a tune shows what the network expects. It is told the metre, the key and the type (a reel) of "Weel May the Keel
Row". The tune has two parts of eight bars; in each, the second half repeats the first. At the beginning of a part many notes are
possible, most of them near the last one and in the key. When a half comes again, the network expects exactly its notes.

Its LSTM layers do not recognise the repeat. Inputs made by hand do: at each token the network is shown what stood at the same
place 1, 2, 4, 8 and 16 bars ago, and for how long the tune has agreed with that (zoo/music/language/lookback.py, after the
lookback features of Waite 2016). The dashed line is the surprise of the same network when these inputs say that nothing was
found. It is as high in a repeated half as in a new one.

The last row of the picture shows the same with many tunes: their first k bars, played twice. The network is far less surprised
the second time if one of its inputs looks back k bars. Repeats after 3, 5, 6 or 7 bars, where no input looks, surprise it as much
as the first time, and so does every repeat without look-back. All tunes are of the test split, and the network is that of the
lesson before.
"""

import functools
import itertools
from typing import Any

import numpy as np
from matplotlib.colors import PowerNorm

from zoo.lessons import drawing
from zoo.lessons.lesson import Outcome
from zoo.lessons.tune_reading import FILE, TEST_FILES, Reading, nats_a_note, reading, said_twice, tune
from zoo.music.language.lookback import BARS as LOOK_BACK
from zoo.music.notation.theory import PITCH_CLASSES

QUESTION = (
    'Read the Banjo Reel, whose parts have the same length (in zoo/lessons/tune_reading.py FILE = "BanjoReel.abc"): what is '
    "surprising there, and where does the look-back help?"
)

BARS = (0, 5, 9, 13, 17)  # where the halves begin; bar 0 is the upbeat
HALVES = ("bars 1 to 4", "bars 5 to 8 (1 to 4 again)", "bars 9 to 12", "bars 13 to 16 (9 to 12 again)")
BLOCKS = range(1, 9)  # bars that are played twice
TIMES = ("first, look-back on", "again, look-back on", "first, look-back off", "again, look-back off")


@functools.cache
def blocks() -> dict[str, np.ndarray]:
    """For each of TIMES the nats a note of blocks of bars, mean of the tunes, [len(BLOCKS)]."""
    tunes = [tune(file) for file in TEST_FILES]
    twice = [said_twice(each, bars) for bars in BLOCKS for each in tunes]
    means = []
    for look_back in (True, False):
        halves = [[half.mean() for half in np.split(nats, 2)] for nats in nats_a_note(twice, look_back)]
        means += list(np.reshape(halves, (len(BLOCKS), len(tunes), 2)).mean(axis=1).T)
    return dict(zip(TIMES, means, strict=True))


def run() -> Outcome:
    """Draws what the network expects before each note of the tune, the note that came, and the surprise with and without
    look-back.
    """
    read, alone = reading(FILE), reading(FILE, look_back=False)
    numbers: dict[str, float | int | str] = {}
    bar = np.array([note.start // read.tune.metre.bar_ticks for note in read.tune.notes])
    expected, pitches, came = _expected(read)
    for (first, last), name in zip(itertools.pairwise(BARS), HALVES, strict=True):
        inside = (bar >= first) & (bar < last)
        numbers[f"nats a note, {name}"] = float(read.of_notes[inside].sum(axis=1).mean())
        numbers[f"nats a note without look-back, {name}"] = float(alone.of_notes[inside].sum(axis=1).mean())
        numbers[f"notes whose pitch was the most expected, {name}"] = float((expected.argmax(axis=1) == came)[inside].mean())
    figure, axes = drawing.canvas(
        f"What folk_lstm expects next in “{read.name}”, and what comes", 12, 5, 1, height_ratios=(3, 1.1, 3, 1.1, 2.2)
    )
    for part, (image, below) in enumerate(axes[:4, 0].reshape(2, 2)):
        inside = (bar >= BARS[2 * part]) & (bar < BARS[2 * part + 2])
        drawn = image.imshow(expected[inside].T, cmap="Greys", norm=PowerNorm(0.5, 0, 1), aspect="auto", origin="lower")
        image.plot(came[inside], "s", color=drawing.RED, markerfacecolor="none", markersize=9, label="the note that came")
        image.set_yticks(range(len(pitches)), [f"{PITCH_CLASSES[pitch % 12]}{pitch // 12 - 1}" for pitch in pitches], fontsize=8)
        image.set(ylabel="pitch", xticks=[])
        figure.colorbar(drawn, ax=image, label="probability", pad=0.01)
        _draw_surprise(below, read.of_notes[inside], alone.of_notes[inside].sum(axis=1))
        begins = np.flatnonzero(np.diff(bar[inside], prepend=-1))
        for ax in (image, below):
            ax.vlines(begins - 0.5, *ax.get_ylim(), color=[drawing.BLUE if b in BARS else "gray" for b in bar[inside][begins]])
            ax.set_xlim(-0.5, inside.sum() - 0.5)
        below.set_xticks(begins, bar[inside][begins])
    axes[0, 0].legend(loc="upper right")
    axes[1, 0].legend(loc="upper right", ncols=3)
    axes[3, 0].set_xlabel("bar (blue: a half begins)")
    for name, look_back in (("with", True), ("without", False)):
        whole = np.concatenate(nats_a_note([tune(file) for file in TEST_FILES], look_back))
        numbers[f"nats a note of {len(TEST_FILES)} whole tunes, {name} look-back"] = float(whole.mean())
    _draw_blocks(axes[4, 0], numbers)
    return Outcome(figure, numbers)


def _expected(read: Reading) -> tuple[np.ndarray, list[int], np.ndarray]:
    """The probability of each pitch before each note [notes, pitches], these pitches, and which of them came [notes]."""
    played = [note.pitch for note in read.tune.notes]
    pitches = [pitch for pitch in range(min(played) - 3, max(played) + 4) if f"pitch={pitch}" in read.vocabulary]
    at = np.array([place for place, token in enumerate(read.tokens) if token.startswith("pitch=")])
    columns = [read.vocabulary.index(f"pitch={pitch}") for pitch in pitches]
    return np.exp(read.log_probability[at - 1][:, columns]), pitches, np.array(played) - pitches[0]


def _draw_surprise(ax: Any, surprise: np.ndarray, alone: np.ndarray) -> None:
    bottom = np.zeros(len(surprise))
    for nats, name, colour in zip(surprise.T, ("pitch", "duration"), (drawing.RED, drawing.SKY), strict=True):
        ax.bar(range(len(nats)), nats, bottom=bottom, color=colour, label=name)
        bottom = bottom + nats
    ax.step(range(len(alone)), alone, where="mid", color="black", linestyle="--", linewidth=1, label="both, look-back off")
    ax.set(ylabel="surprise, nats", ylim=(0, 13))


def _draw_blocks(ax: Any, numbers: dict[str, float | int | str]) -> None:
    found = blocks()
    for (name, nats), colour, style in zip(
        found.items(), (drawing.SKY, drawing.BLUE, drawing.ORANGE, drawing.RED), ("s:", "o-", "v:", "x-"), strict=True
    ):
        ax.plot(BLOCKS, nats, style, color=colour, label=name)
    for bars, (first, again, first_alone, again_alone) in zip(BLOCKS, zip(*found.values(), strict=True), strict=True):
        name = f"block of {bars} bar{'s' * (bars > 1)}, nats a note: first and again; without look-back"
        numbers[name] = f"{first:.2f} and {again:.2f}; {first_alone:.2f} and {again_alone:.2f}"
    ax.set(title=f"the first bars of {len(TEST_FILES)} tunes, played twice", ylabel="surprise, nats a note", ylim=(0, 3.9))
    ax.set_xticks(BLOCKS, [f"{bars}\nan input looks\nback so far" if bars in LOOK_BACK else str(bars) for bars in BLOCKS])
    ax.set_xlabel("bars in a block")
    ax.legend(ncols=2, loc="upper right")
