"""Why a piece is as it is, as HTML: what the network expected at each note, and the training piece that is most like it."""

import html
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from zoo.web.percent import percent
from zoo.web.pieces import bar_of, pitch_name, roll


def reasons(score: Any, expected: Sequence[Any]) -> str:
    """Each note with the most probable pitches under it, bar by bar.

    Args:
        score: the music.
        expected: of each note, a `zoo.music.model.Expectation`.
    """
    numbered = zip(range(len(score.notes)), score.notes, expected, strict=True)
    parts = [
        f'<section><h3>bar {bar}</h3><div class="cards">{"".join(_card(*item) for item in items)}</div></section>'
        for bar, items in groupby(numbered, key=lambda item: bar_of(score, item[1]))
    ]
    mean = sum(each.probability for each in expected) / len(expected)
    return (
        "<p>Under each note stand the pitches that the network expected there, and their probabilities. What is left belongs to "
        "other pitches, to rests and to the end of the bar. Press a note to hear it in its place. "
        f"On average the network gave the pitches that stand here {percent(mean, 0)}.</p>"
        f'<div class="why">{"".join(parts)}</div>'
    )


def _card(number: int, note: Any, expectation: Any) -> str:
    rows = [(pitch, chance) for pitch, chance in expectation.pitches]
    if note.pitch not in [pitch for pitch, _ in rows]:
        rows.append((note.pitch, expectation.probability))
    lines = "".join(
        f'<span class="row{" own" * (pitch == note.pitch)}" style="--share:{chance:.3f}">{pitch_name(pitch)} '
        f"<span>{percent(chance, 0)}</span></span>"
        for pitch, chance in rows
    )
    others = ", ".join(f"{pitch_name(pitch)} {percent(chance, 0)}" for pitch, chance in rows if pitch != note.pitch)
    told = (
        f"the network gave this pitch {percent(expectation.probability, 0)}, its length {percent(expectation.duration, 0)}; "
        f"other pitches: {others}"
    )
    return (
        f'<button type="button" class="card v{note.voice % 4}" data-n="{number}" data-told="{html.escape(told)}">'
        f"<strong>{pitch_name(note.pitch)}</strong>{lines}</button>"
    )


def likeness(score: Any, nearest: Any) -> str:
    """Both pieces as piano rolls, with the notes that they share in colour, and how much that is.

    Args:
        score: the music.
        nearest: its `zoo.music.analysis.copying.Nearest`.
    """
    match, piece = nearest.match, nearest.piece
    here = (match.voice, range(match.start, match.start + match.ticks))
    there = (match.piece_voice, range(match.piece_start, match.piece_start + match.ticks))
    pitches = [
        next(note.pitch for note in each.notes if note.voice == voice and note.start == ticks.start)
        for each, (voice, ticks) in ((score, here), (piece, there))
        if any(note.voice == voice and note.start == ticks.start for note in each.notes)
    ]
    steps = pitches[0] - pitches[1] if len(pitches) == 2 else 0
    moved = f", {abs(steps)} semitones {'higher' if steps > 0 else 'lower'}" if steps else ""
    title = html.escape(piece.title or "a piece without a title")
    verdict = (
        f"It is copied: runs of two bars or more that training pieces have, too, are {percent(nearest.covered, 0)} of this piece."
        if nearest.copied
        else "That is less than two bars, which many tunes of a style share: it does not count as copied."
    )
    return (
        f"<p>Of {nearest.pieces:,} training pieces, <strong>{title}</strong> shares the longest run of notes with this piece: "
        f"{match.notes} notes, {match.bars:.2f} bars{moved}. {verdict}</p>"
        f'<h3>This piece</h3><div class="scroll" tabindex="0">{roll(score, here, "This piece; shared notes are orange")}</div>'
        f'<h3>{title}</h3><div class="scroll" tabindex="0">{roll(piece, there, f"{piece.title}; shared notes are orange")}</div>'
    )
