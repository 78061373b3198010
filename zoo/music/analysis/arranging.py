"""Scores of any kind made fit for polyphonic tokens: no drums, one metre, few voices, notes on a grid; and cut into excerpts."""

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from zoo.music.analysis.melody import estimate_key, snap
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Metre, Note

MOST_VOICES = 8
MOST_NOTES = 250  # of an excerpt: some 1,000 tokens
LONGEST_SILENCE = 4  # bars within an excerpt
SHORTEST = 3  # ticks: a thirty-second


def arranged(score: Score, most_voices: int = MOST_VOICES) -> tuple[Score, Counter[str]]:
    """The score as polyphonic tokens can say it, and what was done to it: how many notes, voices or pieces by what was done.

    Drums are left out. Of a score whose metre changes, the longest stretch of one metre stays. Voice 0 is the one with the
    highest mean pitch, and so on downwards; of more voices than `most_voices`, the one with the fewest notes is merged into
    the one nearest to it in mean pitch until they are few enough. Starts and ends come to thirty-seconds and triplet
    sixteenths. A note ends where its voice strikes the pitch again, and at the end of the next bar at the latest. The
    key is the score's, else the estimated one. ValueError where there are only drums.
    """
    done: Counter[str] = Counter()
    notes = [note for note in score.notes if not score.voices[note.voice].drums]
    if not notes:
        raise ValueError("only drums")
    done["notes of drums left out"] = len(score.notes) - len(notes)
    metre, start, end = _longest_metre(score, notes)
    if len(score.metres) > 1:
        inside = _stretch(notes, start, end)
        done["pieces whose metre changes: the longest stretch of one metre kept"] = 1
        done["notes in other metres left out"] = len(notes) - len(inside)
        notes = inside
    groups = _grouped(notes, most_voices)
    done["voices merged into others"] = len({note.voice for note in notes}) - len(groups)
    found: list[Note] = []
    for number, group in enumerate(groups):
        found += _on_grid(group, number, metre, done)
    result = Score(
        tuple(found),
        ((0, metre),),
        score.key,
        _tempos(score.tempos, start, end),
        tuple(replace(score.voices[_main_voice(group)], drums=False) for group in groups),
        score.title,
        score.type,
    )
    if result.key is None:
        done["keys estimated"] = 1
        result = replace(result, key=estimate_key(result))
    return result, +done


def excerpts(score: Score, most_notes: int = MOST_NOTES) -> list[Score]:
    """The score of one metre in pieces of whole bars, each of at most `most_notes` notes and of much the same number.

    Notes are cut at the end of their excerpt. Empty bars before an excerpt's first note and silences of more than LONGEST_SILENCE
    bars are left out, and so is a bar that has more than `most_notes` by itself. Voices, key, title and type stay.
    """
    length = score.metre.bar_ticks
    sizes = Counter(note.start // length for note in score.notes)  # notes by bar
    wanted = math.ceil(len(score.notes) / math.ceil(len(score.notes) / most_notes)) if score.notes else 0
    groups: list[tuple[int, int]] = []  # first and last bar
    size = 0
    for bar in sorted(sizes):
        if sizes[bar] > most_notes:
            size = most_notes  # so that the next bar begins an excerpt
            continue
        silence = bar - groups[-1][1] - 1 if groups else 0
        if groups and size < wanted and size + sizes[bar] <= most_notes and silence <= LONGEST_SILENCE:
            groups[-1] = (groups[-1][0], bar)
            size += sizes[bar]
        else:
            groups.append((bar, bar))
            size = sizes[bar]
    found = []
    for first, last in groups:
        start, end = first * length, score.end if last == max(sizes) else (last + 1) * length
        notes = tuple(_stretch(score.notes, start, end))
        found.append(replace(score, notes=notes, tempos=_tempos(score.tempos, start, end)))
    return found


def _stretch(notes: Sequence[Note], start: int, end: int) -> list[Note]:
    """The notes that begin within a stretch, to its end at most, the start of the stretch being tick 0. Notes rise in time."""
    inside = notes[bisect_left(notes, start, key=_start) : bisect_left(notes, end, key=_start)]
    return [replace(note, start=note.start - start, duration=min(note.duration, end - note.start)) for note in inside]


def _start(note: Note) -> int:
    return note.start


def _tempos(tempos: Sequence[tuple[int, float]], start: int, end: int) -> tuple[tuple[int, float], ...]:
    """Those of a stretch, the first of them the one in force where it begins."""
    first = max(tick for tick, _ in tempos if tick <= start)
    return tuple((max(0, tick - start), tempo) for tick, tempo in tempos if first <= tick < end)


def _longest_metre(score: Score, notes: Sequence[Note]) -> tuple[Metre, int, int]:
    """The longest stretch of one metre in which a note begins: (metre, its first tick, the tick after it)."""
    ends = [*(tick for tick, _ in score.metres[1:]), score.end]
    stretches = [
        (metre, tick, end)
        for (tick, metre), end in zip(score.metres, ends, strict=True)
        if bisect_left(notes, tick, key=_start) < bisect_left(notes, end, key=_start)
    ]
    return max(stretches, key=lambda stretch: stretch[2] - stretch[1])


def _grouped(notes: Sequence[Note], most: int) -> list[list[Note]]:
    """The notes of each voice to be, the highest voice first."""
    voices: defaultdict[int, list[Note]] = defaultdict(list)
    for note in notes:
        voices[note.voice].append(note)
    groups = sorted(voices.values(), key=_mean_pitch, reverse=True)  # sorted keeps the order of voices equally high
    while len(groups) > most:
        sparsest = groups.pop(min(range(len(groups)), key=lambda i: len(groups[i])))
        pitch = _mean_pitch(sparsest)
        min(groups, key=lambda group: abs(_mean_pitch(group) - pitch)).extend(sparsest)
        groups.sort(key=_mean_pitch, reverse=True)
    return groups


def _mean_pitch(notes: Sequence[Note]) -> float:
    return sum(note.pitch for note in notes) / len(notes)


def _main_voice(notes: Sequence[Note]) -> int:
    """The voice that most of the notes come from: it gives the group its name and program."""
    return Counter(note.voice for note in notes).most_common(1)[0][0]


def _on_grid(notes: Sequence[Note], voice: int, metre: Metre, done: Counter[str]) -> list[Note]:
    """The notes of one voice on the finer grid, in a length that tokens can say."""
    length = metre.bar_ticks
    kept: dict[tuple[int, int], Note] = {}  # by start and pitch
    for note in notes:
        start = snap(note.start)
        end = max(snap(note.end), start + SHORTEST)
        moved = (start, end) != (note.start, note.end)
        done["notes moved to thirty-seconds and triplets"] += moved
        before = kept.get((start, note.pitch))
        done["notes struck together in one voice merged"] += before is not None
        if before is None or end > before.end:
            kept[start, note.pitch] = Note(start, end - start, note.pitch, voice, note.velocity)
    strikes: dict[int, int] = {}  # pitch -> when it is struck next
    found = []
    for (start, pitch), note in sorted(kept.items(), reverse=True):
        end = min(note.end, strikes.get(pitch, note.end), start - start % length + 2 * length)
        done["notes shortened"] += end < note.end
        found.append(replace(note, duration=end - start))
        strikes[pitch] = start
    return found
