"""A piece of music as HTML: a player, the piano roll and the printed music, which the script of the tab Compose ties together."""

import base64
import html
import json
from bisect import bisect_right
from collections.abc import Callable
from typing import Any

from zoo import registry
from zoo.core.errors import UserError
from zoo.web import errors

TONICS: tuple[str, ...] = registry.resolve("zoo.music.notation.theory:PITCH_CLASSES")
HEARD_SECONDS = 150.0  # on the page; the file to download has all
WIDE, NARROW = 760, 360  # of the printed music, for a desktop and for a phone
PIXELS = 1.6  # of a tick
ROW = 7  # pixels of a semitone
HEAD = 18  # pixels above the notes, for the numbers of the bars


def shown(score: Any) -> str:
    """What is shown of a score: a player, the piano roll and the printed music, tied together by the script of this tab."""
    if not score.notes:
        return "<p>This piece has no notes: choose another seed.</p>"
    return (
        f"{_player(score)}"
        '<p class="told" aria-live="polite">Play it, or point at a note.</p>'
        '<div class="scroll" tabindex="0" role="group" aria-label="Piano roll; arrow keys go from note to note">'
        f"{roll(score)}</div>"
        f"{_printed(score)}"
    )


def _player(score: Any) -> str:
    """An audio element with the sound as its address."""
    content = registry.resolve("zoo.music.notation.notebook:preview")(score, HEARD_SECONDS)
    if not content:
        return f"<p>The first {HEARD_SECONDS:.0f} seconds are silent.</p>"
    source = f"data:audio/wav;base64,{base64.b64encode(content).decode()}"
    whole = seconds_of(score)
    cut = f"<p>You hear the first {HEARD_SECONDS:.0f} of {whole:.0f} seconds.</p>" if whole > HEARD_SECONDS else ""
    return f'<audio controls src="{source}" aria-label="Listen to the piece"></audio>{cut}'


def seconds_of(score: Any) -> float:
    """How long a score lasts."""
    return _clock(score)(score.end)


def _clock(score: Any) -> Callable[[int], float]:
    """Gives the second at which a tick sounds."""
    clock: Callable[[int], float] = registry.resolve("zoo.music.notation.synthesis:clock")(score)
    return clock


def _printed(score: Any) -> str:
    """The printed music at two widths, of which the styles of the page show one."""
    try:
        pictures = {"wide": score.engraved(WIDE), "narrow": score.engraved(NARROW)}
    except UserError as error:
        return errors.shown(error)
    label = html.escape(f"The printed music: {score.title}")
    return "".join(f'<div class="printed {name}" role="img" aria-label="{label}">{text}</div>' for name, text in pictures.items())


def roll(score: Any, shared: tuple[int, range] | None = None, label: str = "") -> str:
    """The piano roll as SVG: time to the right, pitch upwards, each voice in its colour.

    Args:
        score: with at least one note.
        shared: a voice, and the ticks in which its notes are marked.
        label: of the picture, for screen readers.
    """
    pitches = [note.pitch for note in score.notes]
    low, high = min(pitches) - 2, max(pitches) + 2
    starts = score.bar_starts
    end = starts[-1] + score.metre_at(starts[-1]).bar_ticks
    width, height = end * PIXELS, (high - low + 1) * ROW + HEAD
    seconds = _clock(score)
    ticks = sorted({0, end, *(tick for tick, _ in score.tempos)})
    clock = json.dumps([[tick * PIXELS, round(seconds(tick), 4)] for tick in ticks])
    facts = html.escape(label or f"Piano roll of {score.title}: {len(score.notes)} notes in {score.full_bars} bars")
    voice, marked = shared or (-1, range(0))
    notes = "".join(
        _note(score, number, note, high, seconds, note.voice == voice and note.start in marked)
        for number, note in enumerate(score.notes)
    )
    return (
        f'<svg class="roll" width="{width:.0f}" height="{height}" viewBox="0 0 {width:.1f} {height}" role="img" '
        f"aria-label=\"{facts}\" data-clock='{clock}'>{_grid(score, starts, end, low, high)}{_new(score, end, height)}{notes}"
        f'<line class="cursor" x1="0" x2="0" y1="0" y2="{height}"></line></svg>'
    )


def _grid(score: Any, starts: tuple[int, ...], end: int, low: int, high: int) -> str:
    """Rows of the black keys, bar lines and the numbers of the bars."""
    bottom = (high - low + 1) * ROW + HEAD
    rows = "".join(
        f'<rect class="black" x="0" y="{HEAD + (high - pitch) * ROW}" width="{end * PIXELS:.1f}" height="{ROW}"></rect>'
        for pitch in range(low, high + 1)
        if pitch % 12 in (1, 3, 6, 8, 10)
    )
    first = int(not score.has_upbeat)
    bars = "".join(
        f'<line class="bar-line" x1="{tick * PIXELS:.1f}" x2="{tick * PIXELS:.1f}" y1="{HEAD}" y2="{bottom}"></line>'
        f'<text x="{tick * PIXELS + 2:.1f}" y="{HEAD - 5}">{first + count}</text>'
        for count, tick in enumerate(starts)
    )
    return rows + bars


def _new(score: Any, end: int, height: int) -> str:
    """What a network added to given music, with a background of its own."""
    if score.new_from is None:
        return ""
    left, right = score.new_from * PIXELS, (score.new_to or end) * PIXELS
    box = f'x="{left:.1f}" y="{HEAD}" width="{right - left:.1f}" height="{height - HEAD}"'
    return f'<rect class="new" {box}><title>new</title></rect>'


def bar_of(score: Any, note: Any) -> int:
    """The number of the bar in which a note begins, as musicians count: an upbeat is bar 0."""
    return bisect_right(score.bar_starts, note.start) - int(score.has_upbeat)


def _note(score: Any, number: int, note: Any, high: int, seconds: Callable[[int], float], marked: bool) -> str:
    """A note as a box, with what the script tells of it."""
    value = registry.resolve("zoo.music.notation.theory:value_text")(note.duration)
    words = f"{pitch_name(note.pitch)}, length {value}, bar {bar_of(score, note)}"
    return (
        f'<rect class="note v{note.voice % 4}{" shared" * marked}" data-n="{number}" data-from="{seconds(note.start):.4f}" '
        f'data-to="{seconds(note.end):.4f}" x="{note.start * PIXELS:.1f}" y="{HEAD + (high - note.pitch) * ROW}" '
        f'width="{max(note.duration * PIXELS - 1, 2):.1f}" height="{ROW - 1}" rx="2"><title>{words}</title></rect>'
    )


def pitch_name(pitch: int) -> str:
    """A MIDI pitch by name and octave: 60 is C4."""
    return f"{TONICS[pitch % 12]}{pitch // 12 - 1}"
