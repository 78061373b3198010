"""A score as a picture, a piano roll: time from left to right in lines, pitch upwards, one colour for each voice."""

from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Patch

from zoo.core.files import png, write_whole
from zoo.music.notation.engraving import one_line
from zoo.music.notation.theory import PITCH_CLASSES

if TYPE_CHECKING:
    from zoo.music.notation.score import Score

# Colour-blind readers can tell them apart (after Okabe and Ito, 2008), and all are easy to see on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F3C8D", "#666666")
_BLACK_KEYS = (1, 3, 6, 8, 10)
INK, _BAR_LINE, _BEAT_LINE, _BLACK_KEY_ROW = "#333333", "#8c8c8c", "#dcdcdc", "#f3f3f5"
DPI = 110
_NEW = "#fff3cf"  # the background of what a network added to a primer
_BARS_A_LINE, _MOST_LINES = 16, 8  # longer pieces get longer lines


def draw(score: "Score", path: str | Path) -> None:
    """Writes `picture` to a file. UserError where it cannot be written."""
    write_whole(path, picture(score))


def picture(score: "Score") -> bytes:
    """The piano roll as a PNG file; the same score gives the same bytes.

    Loud notes are darker. A legend names the voices where there are several. What a network wrote to a given piece has
    a yellow background, with a line where it begins (`Score.new_from`), and one where it ends.
    """
    pitches = [note.pitch for note in score.notes] or [60]
    low, high = min(pitches) - 2, max(pitches) + 2
    starts = score.bar_starts or (0,)
    stops = (*starts[1:], starts[-1] + score.metre_at(starts[-1]).bar_ticks)  # the last bar whole
    count = min(-(-len(starts) // _BARS_A_LINE), _MOST_LINES)
    each = -(-len(starts) // count)
    lines = [range(first, min(first + each, len(starts))) for first in range(0, len(starts), each)]

    ticks = max(stops[line[-1]] - starts[line[0]] for line in lines)  # of the longest line: all have the same scale
    width = min(max(7.0, ticks / 100), 30.0)
    height = min(max(1.7, 0.14 * (high - low + 1)), 9.0)
    figure = Figure((width, height * len(lines) + 0.9), dpi=DPI, layout="constrained")
    for axes, line in zip(figure.subplots(len(lines), squeeze=False)[:, 0], lines, strict=True):
        axes.set_xlim(starts[line[0]], starts[line[0]] + ticks)
        axes.set_ylim(low - 0.5, high + 0.5)
        draw_grid(axes, score, starts, stops, line)
        draw_notes(axes, score, (starts[line[0]], stops[line[-1]]), ticks / width, (high - low + 1) / height)
        draw_labels(axes, starts, line, first=int(not score.has_upbeat))
        _draw_new(axes, score, starts[line[0]], stops[line[-1]])
    _draw_titles(figure.axes[0], score)
    figure.axes[-1].set_xlabel("bar", fontsize=9, color=INK)
    return png(figure)


def draw_grid(axes: Axes, score: "Score", starts: tuple[int, ...], stops: tuple[int, ...], line: range) -> None:
    """Draws the rows of the black keys, a line between B and C, and the lines of beats and bars.

    Args:
        axes: with its limits set.
        score: gives the metres.
        starts: the tick where each bar begins.
        stops: the tick where each bar ends.
        line: the numbers of the bars to draw.
    """
    left, right = starts[line[0]], stops[line[-1]]
    bottom, top = axes.get_ylim()
    rows, octaves = [], []
    for pitch in range(round(bottom + 0.5), round(top + 0.5)):
        if pitch % 12 in _BLACK_KEYS:
            rows.append([(left, pitch), (right, pitch)])
        elif pitch % 12 == 0:
            octaves.append([(left, pitch - 0.5), (right, pitch - 0.5)])
    for row in rows:
        axes.fill_between([left, right], row[0][1] - 0.5, row[0][1] + 0.5, color=_BLACK_KEY_ROW, linewidth=0, zorder=0)
    beats = []
    for bar in line:
        step = score.metre_at(starts[bar]).beat_ticks
        beats += [[(tick, bottom), (tick, top)] for tick in range(starts[bar] + step, stops[bar], step)]
    bars = [[(tick, bottom), (tick, top)] for tick in (*(starts[bar] for bar in line), right)]
    for segments, colour, thickness in ((octaves, _BEAT_LINE, 0.8), (beats, _BEAT_LINE, 0.6), (bars, _BAR_LINE, 0.9)):
        axes.add_collection(LineCollection(segments, colors=colour, linewidths=thickness, zorder=1))


def draw_notes(axes: Axes, score: "Score", span: tuple[int, int], ticks_an_inch: float, pitches_an_inch: float) -> None:
    """Draws a box with round corners for each note, a little shorter than it sounds, so that repeated notes stay apart.

    Args:
        axes: with its limits set.
        score: gives the notes.
        span: the first tick of the line, and the tick after it.
        ticks_an_inch, pitches_an_inch: the scale of the axes.
    """
    gap, radius = 0.012 * ticks_an_inch, 0.035 * ticks_an_inch
    boxes, colours = [], []
    for note in score.notes:
        # A note that sounds beyond the end of a line is drawn in both lines.
        left, right = max(note.start, span[0]), min(note.end, span[1])
        if left >= right:
            continue
        length = max(right - left - 2 * gap, 0.6 * (right - left))
        boxes.append(
            FancyBboxPatch(
                ((left + right - length) / 2, note.pitch - 0.42),
                length,
                0.84,
                boxstyle=f"round,pad=0,rounding_size={min(radius, length / 2, 0.42 * ticks_an_inch / pitches_an_inch):.4f}",
                mutation_aspect=pitches_an_inch / ticks_an_inch,  # so that corners are circles on paper
            )
        )
        colours.append(to_rgba(COLOURS[note.voice % len(COLOURS)], 0.5 + 0.5 * min(note.velocity, 100) / 100))
    axes.add_collection(PatchCollection(boxes, facecolors=colours, edgecolors="none", zorder=3))


def draw_labels(axes: Axes, starts: tuple[int, ...], line: range, first: int = 1) -> None:
    """Writes the names of notes and the numbers of bars; `starts` and `line` as in `draw_grid`.

    The first bar has the number `first`: 0 if it is an upbeat, else 1.
    """
    bottom, top = axes.get_ylim()
    white = (0,) if top - bottom > 40 else (0, 7) if top - bottom > 25 else (0, 2, 4, 5, 7, 9, 11)
    named = [pitch for pitch in range(round(bottom + 0.5), round(top + 0.5)) if pitch % 12 in white]
    axes.set_yticks(named, [f"{PITCH_CLASSES[pitch % 12]}{pitch // 12 - 1}" for pitch in named], fontsize=8, color=INK)
    shown = line[:: -(-len(line) // 40)]
    axes.set_xticks([starts[bar] for bar in shown], [str(first + bar) for bar in shown], fontsize=8, color=INK)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _draw_new(axes: Axes, score: "Score", left: int, right: int) -> None:
    """Marks what a network added to a primer, or wrote anew, in the line from tick `left` to tick `right`."""
    if score.new_from is None or score.new_from >= right:
        return
    end = right if score.new_to is None else min(score.new_to, right)
    if end <= left:
        return
    axes.axvspan(max(left, score.new_from), end, color=_NEW, linewidth=0, zorder=-1)
    borders = [score.new_from] if score.new_to is None else [score.new_from, score.new_to]
    for tick in borders:
        if left <= tick <= right:
            axes.axvline(tick, color=INK, linewidth=1.4, linestyle="--", zorder=2)
    if score.new_from < left:
        return
    room = score.new_from < left + 0.85 * (axes.get_xlim()[1] - left)  # whether the words fit on the right
    axes.annotate(
        "new from here" if score.new_to is None else "new",
        (score.new_from, axes.get_ylim()[1]),
        (4 if room else -4, -3),
        textcoords="offset points",
        ha="left" if room else "right",
        va="top",
        fontsize=9,
        color=INK,
    )


def _draw_titles(axes: Axes, score: "Score") -> None:
    """Writes the title, and metre, key and tempo; and a legend of several voices."""
    # Titles are text, in which a $ begins no formula.
    axes.set_title(
        short_title(score.title) or "Piano roll", loc="left", color=INK, fontsize=12, fontweight="bold", parse_math=False
    )
    facts = [str(score.metre), *([str(score.key)] if score.key else []), f"{score.tempos[0][1]:g} quarters a minute"]
    axes.set_title("  ·  ".join(facts), loc="right", color=INK, fontsize=9)
    used = sorted({note.voice for note in score.notes})
    if len(used) < 2:
        return
    names = [
        short_title(score.voices[voice].name) or ("drums" if score.voices[voice].drums else f"voice {voice + 1}")
        for voice in used
    ]
    patches = [Patch(color=COLOURS[voice % len(COLOURS)]) for voice in used]
    legend = axes.legend(patches, names, loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize=8, labelcolor=INK)
    for text in legend.get_texts():
        text.set_parse_math(False)


def short_title(text: str) -> str:
    """The text in one line of 60 characters at most."""
    text = one_line(text)
    return text if len(text) <= 60 else f"{text[:59]}…"
