"""A score as a network reads it: a piano roll of its first bars and, under each onset, its tokens."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from scipy.optimize import isotonic_regression

from zoo.core.errors import UserError
from zoo.core.files import write_picture
from zoo.music.language.tokens import spell
from zoo.music.notation import pianoroll
from zoo.music.notation.score import Score

_ROW, _MARGIN = 0.21, 0.3  # in inches, as all lengths here
_COLOURS = {"bar": "#333333", "pos": "#F6E3A1"}
_SHADES = {"part": 0.75, "voice": 0.75, "pitch": 0.45, "dur": 0.2}  # of the voice's colour
_CONTROL, _LINE = "#E2DCEB", "#9a9a9a"


def columns(score: Score, bars: int = 2) -> list[tuple[int, list[str]]]:
    """The tokens of the first bars in reading order, those of one tick together: (tick, tokens); the controls are at tick -1.

    UserError for a score that has no spelling.
    """
    voices = {note.voice for note in score.notes}
    alone = [replace(score, notes=tuple(note for note in score.notes if note.voice == voice)).is_melody for voice in voices]
    polyphonic = not (score.is_melody and voices <= {0})
    try:
        tokens = spell(score, polyphonic, polyphonic and len(voices) > 1 and all(alone))
    except ValueError as error:
        raise UserError(f"there are no tokens for this score: {error}") from error
    length = score.metre.bar_ticks
    found: list[tuple[int, list[str]]] = [(-1, [])]
    start, cursor, place = -length, -1, -1
    for token in tokens:
        kind, _, value = token.partition("=")
        if kind == "bar":
            place = start = start + length
            cursor = max(cursor, start)
            if start >= bars * length:
                break
        elif kind == "pos":
            place = cursor = start + int(value)
        elif kind == "<end>":
            place = start + length
        else:
            place = cursor
        if place > found[-1][0]:
            found.append((place, []))
        found[-1][1].append(token)
        if kind == "dur" and not polyphonic:
            cursor += int(value)
    return found


def draw(score: Score, path: str | Path, bars: int = 2) -> None:
    """Write the picture of the first bars (1 to 8) as PNG; the same score gives the same bytes.

    UserError for a score that has no notes or no spelling, another number of bars, and a place that cannot be written to.
    """
    write_picture(_figure(score, bars), path)


def _figure(score: Score, bars: int) -> Figure:
    if not 1 <= bars <= 8:
        raise UserError(f"{bars} bars: a picture of tokens shows 1 to 8")
    ticks, found = zip(*columns(score, bars), strict=True)
    bars = min(bars, score.bars)
    end = bars * score.metre.bar_ticks
    pitches = [note.pitch for note in score.notes if note.start < end] or [60]
    low, high = min(pitches) - 2.5, max(pitches) + 2.5
    rows = _all_rows(found, sorted({note.voice for note in score.notes}))
    top = rows[0][0]
    longest = [max(map(len, tokens)) for tokens in found]
    first, column = 0.08 * longest[0] + 0.08, 0.075 * max(longest[1:]) + 0.05
    gap, after = column + 0.09, sum(tick >= end for tick in ticks)
    roll_width, roll_height = max(6.2, (len(found) - 1 - after) * gap), min(max(1.3, 0.12 * (high - low)), 3.2)
    left = _MARGIN + first + 0.4
    room = roll_width - (len(found) - 1 - after) * gap
    lefts = [_MARGIN, *(left + _offsets(np.array(ticks[1:]) * roll_width / end, gap, room))]

    floor = 0.45 + (max(row[-1] for row in rows) + 1) * _ROW  # where the rows of the notes begin
    bottom = floor - top * _ROW + 0.4
    width, height = left + roll_width + max(_MARGIN, after * gap + 0.1), bottom + roll_height + 1.05
    figure = Figure((width, height), dpi=pianoroll.DPI)
    roll = figure.add_axes((left / width, bottom / height, roll_width / width, roll_height / height))
    roll.set(xlim=(0, end), ylim=(low, high))
    _draw_roll(roll, score, bars, end / roll_width, (high - low) / roll_height)

    page = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(0, height))
    page.set_axis_off()
    for tick, tokens, x, places in zip(ticks, found, lefts, rows, strict=True):
        if tick >= 0:  # a line from the onset to the column
            lowest = min((note.pitch for note in score.notes if note.start == tick < end), default=low)
            roll.plot([tick, tick], [low, lowest], color=_LINE, linewidth=0.8, zorder=2)
            ys = [bottom, bottom - 0.33, floor - (places[-1] + 1) * _ROW + 0.03]
            page.plot([left + tick * roll_width / end, x, x], ys, color=_LINE, linewidth=0.8)
        _draw_column(page, tokens, places, floor, x + 0.04 * (tick >= 0), column if tick >= 0 else first)
    tokens_shown = f"{score.bars}, in {sum(map(len, found))} tokens"
    shown = f"As a network hears it: bar{f's 1 to {bars}' if bars > 1 else ' 1'} of {tokens_shown}"
    title = pianoroll.short_title(score.title) or "A score"
    hint = "Read each column downwards, and the columns from left to right."
    for y, text, size, weight in ((height - 0.4, title, 12, "bold"), (height - 0.63, shown, 9, None), (0.2, hint, 8, None)):
        page.text(_MARGIN, y, text, fontsize=size, fontweight=weight, color=pianoroll.INK, parse_math=False)
    return figure


def _offsets(onsets: np.ndarray, gap: float, room: float) -> np.ndarray:
    """Where columns stand, from the left of the piano roll: under their onsets, or as near as their neighbours let them.

    Args:
        onsets: of each column, rising.
        gap: from one column to the next at least.
        room: that is left when all columns stand side by side.
    """
    least = np.arange(len(onsets)) * gap
    return np.clip(isotonic_regression(onsets - least).x, 0, room) + least


def _draw_roll(axes: Axes, score: Score, bars: int, ticks_an_inch: float, pitches_an_inch: float) -> None:
    """The piano roll of the first bars, their numbers above it."""
    end = bars * score.metre.bar_ticks
    starts = tuple(range(0, end, score.metre.bar_ticks))
    pianoroll.draw_grid(axes, score, starts, (*starts[1:], end), range(bars))
    pianoroll.draw_notes(axes, score, (0, end), ticks_an_inch, pitches_an_inch)
    pianoroll.draw_labels(axes, starts, range(bars))
    axes.tick_params(length=0, labeltop=True, labelbottom=False)
    axes.xaxis.set_label_position("top")
    axes.set_xlabel("bar", fontsize=9, color=pianoroll.INK)


def _draw_column(page: Axes, tokens: list[str], rows: list[float], floor: float, left: float, width: float) -> None:
    """The tokens of one onset, a coloured box each, in their rows below `floor`."""
    voice = 0
    for row, token in zip(rows, tokens, strict=True):
        kind, _, value = token.partition("=")
        voice = int(value) if kind in ("part", "voice") else voice
        hue = np.array(to_rgb(pianoroll.COLOURS[voice % len(pianoroll.COLOURS)]))
        fill = tuple(1 - _SHADES[kind] * (1 - hue)) if kind in _SHADES else _COLOURS.get(kind, _CONTROL)
        y, style = floor - (row + 1) * _ROW, "round,pad=0,rounding_size=0.04"
        page.add_patch(FancyBboxPatch((left, y + 0.025), width, _ROW - 0.025, style, facecolor=fill, linewidth=0))
        ink, y = "white" if kind == "bar" else "#222222", y + _ROW / 2
        page.text(left + width / 2, y, token, fontsize=8.5, color=ink, ha="center", va="center", parse_math=False)


def _all_rows(columns: Sequence[list[str]], voices: list[int]) -> list[list[float]]:
    """The rows of the tokens of each column; those of the controls, the first column, begin as high as any other's."""
    rows = [_rows(tokens, [f"part={voice}" for voice in voices]) for tokens in columns]
    top = min(row[0] for row in rows[1:])
    return [[top + row for row in range(len(columns[0]))], *rows[1:]]


def _rows(tokens: list[str], parts: list[str]) -> list[float]:
    """The rows of the tokens of a column: notes from row 0 on, each part in rows of its own; above, what leads to them."""
    row = -float(sum(token.startswith(("bar", "pos", "<end>")) for token in tokens))
    rows = []
    for token in tokens:
        row = 3.3 * parts.index(token) if token in parts else row
        rows.append(row)
        row += 1.3 if token.startswith("dur=") else 1
    return rows
