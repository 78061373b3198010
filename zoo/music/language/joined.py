"""Scores in which a repeated pitch is one held note, as a grid of pitches has it, which knows no onsets."""

from collections.abc import Iterable
from dataclasses import replace

from zoo.music.notation.score import Score
from zoo.music.notation.theory import Note

GRID = "grid"  # the type of a joined score, in a vocabulary with joined and other scores


def joined(score: Score) -> Score:
    """The score with notes of one voice and pitch joined into one where they overlap or leave no gap.

    A joined note that is too long for the tokens is cut (`cut`). So the result has tokens if the score has, sounds the same
    pitches at every tick, and stays the same when it is joined again. A joined note has the velocity of its first.
    ValueError where the metre changes.
    """
    if len(score.metres) > 1:
        raise ValueError(f"the metre changes at tick {score.metres[1][0]}")
    sounding: dict[tuple[int, int], Note] = {}  # the last note of each voice and pitch
    notes: list[Note] = []
    for note in score.notes:
        place = note.voice, note.pitch
        before = sounding.get(place)
        if before is not None and note.start <= before.end:
            sounding[place] = replace(before, duration=max(before.end, note.end) - before.start)
        else:
            if before is not None:
                notes.append(before)
            sounding[place] = note
    return replace(score, notes=tuple(cut([*notes, *sounding.values()], score.metre.bar_ticks)))


def cut(notes: Iterable[Note], bar: int) -> list[Note]:
    """The notes, each cut at the end of the bar after its own as often as needed.

    Args:
        notes: in any order.
        bar: the length of a bar in ticks; bars begin at its multiples.
    """
    pieces: list[Note] = []
    for note in notes:
        while note.end > (limit := (note.start // bar + 2) * bar):
            pieces.append(replace(note, duration=limit - note.start))
            note = replace(note, start=limit, duration=note.end - limit)
        pieces.append(note)
    return pieces
