"""The melody of any score, on the grid that tokens can say."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest

from zoo.music.analysis import voices
from zoo.music.analysis.keys import estimate_key
from zoo.music.analysis.ornaments import without_graces
from zoo.music.notation.score import Score
from zoo.music.notation.theory import TICKS_PER_QUARTER, Note

# The ticks of a quarter note where a note may begin or end: thirty-seconds and triplet sixteenths. And the nearest to each tick.
_PLACES = sorted({*range(0, TICKS_PER_QUARTER + 1, 3), *range(0, TICKS_PER_QUARTER + 1, 4)})
_NEAREST = [min(_PLACES, key=lambda place: (abs(place - tick), place % 12, place)) for tick in range(TICKS_PER_QUARTER)]
SHORTEST = 3  # ticks of a note at least: a thirty-second
_GAP = 3  # ticks: a shorter silence between two notes is not a rest but a way of playing
_STEP = 4  # semitones by which a melody falls most often: a third
_MOST_RINGING = 16  # notes that are looked at under a held one


def melody(score: Score) -> Score:
    """The melody of a score: one voice with one note at a time.

    Of notes that begin together, the highest is taken. Grace notes are left out (`zoo.music.analysis.ornaments`), and so are
    lower notes that accompany a held one. A note ends where the next one begins at the latest. Starts and ends are rounded to
    thirty-seconds and triplet sixteenths; silences shorter than a thirty-second are closed. Where the score has no key, it is
    estimated. ValueError where there are only drums.
    """
    chosen, _ = voices.lead(score)
    return Score(
        tuple(line(chosen.notes, 0)),
        score.metres,
        score.key or estimate_key(score),
        score.tempos,
        chosen.voices,
        score.title,
    )


def line(notes: Iterable[Note], voice: int) -> list[Note]:
    """Notes made into one voice with one note at a time, as `melody` does. They are sorted by their starts."""
    highest: dict[int, Note] = {}
    for note in without_graces([*notes])[0]:
        start = snap(note.start)
        if start not in highest or note.pitch > highest[start].pitch:
            highest[start] = note
    found: list[Note] = []
    upper = _without_accompaniment([highest[start] for start in sorted(highest)])
    for note, following in zip_longest(upper, upper[1:]):
        start = snap(note.start)
        end = max(snap(note.end), start + _GAP)
        if following is not None and end + _GAP >= snap(following.start):
            end = snap(following.start)
        found.append(Note(start, end - start, note.pitch, voice, note.velocity))
    return found


def _without_accompaniment(notes: list[Note]) -> list[Note]:
    """The notes without those that begin under a held, higher one and accompany it. No two begin at once.

    Two kinds of lower notes go on with the melody all the same: those that overlap the held note little, as players bind notes;
    and those that all ring on to one end, as on a harp.
    """
    higher = _next_higher(notes)
    kept: list[Note] = []
    ringing = -1  # until when notes ring together
    for place, note in enumerate(notes):
        if kept and note.pitch < kept[-1].pitch and note.start < kept[-1].end:
            held = kept[-1]
            if abs(note.end - ringing) > _GAP and _accompanies(note, held, higher[place]):
                continue
        kept.append(note)
        if note.start >= ringing and _rings(note, notes[place + 1 : place + 1 + _MOST_RINGING]):
            ringing = note.end
    return kept


def _accompanies(note: Note, held: Note, higher: Note | None) -> bool:
    """Whether a note that begins under a higher one accompanies it. `higher` is the next note that is higher than it."""
    if held.end - note.start <= max(_GAP, min(held.duration, note.duration) / 4):
        return False
    if note.end <= held.end:
        return True
    # It outlasts the held note: the melody steps down to it, or leaps over it to a higher note while it sounds.
    return held.pitch - note.pitch > _STEP and higher is not None and higher.start <= note.end + _GAP


def _rings(held: Note, following: Sequence[Note]) -> bool:
    """Whether several lower notes begin under a held one and all ring until it ends."""
    under = [note for note in following if note.start < held.end and note.pitch < held.pitch]
    return len(under) > 1 and all(abs(note.end - held.end) <= _GAP for note in under)


def _next_higher(notes: Sequence[Note]) -> list[Note | None]:
    """For each note the first one after it that is higher."""
    found: list[Note | None] = [None] * len(notes)
    waiting: list[int] = []  # places of notes that fall in pitch
    for place, note in enumerate(notes):
        while waiting and notes[waiting[-1]].pitch < note.pitch:
            found[waiting.pop()] = note
        waiting.append(place)
    return found


def snapped(score: Score) -> Score:
    """The score without grace notes, with starts and ends on the grid of `snap`. A note lasts at least a thirty-second."""
    notes = []
    for note in without_graces(score.notes)[0]:
        start = snap(note.start)
        notes.append(replace(note, start=start, duration=max(SHORTEST, snap(note.end) - start)))
    return replace(score, notes=tuple(notes))


def snap(tick: int) -> int:
    """The nearest tick on a thirty-second or a triplet sixteenth."""
    rest = tick % TICKS_PER_QUARTER
    return tick - rest + _NEAREST[rest]
