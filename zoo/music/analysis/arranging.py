"""Any score made into one that polyphonic tokens can say, and cut into excerpts.

The tokens need one metre, few voices without drums, and notes on a coarser grid than a score has.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from zoo.music.analysis.choir import main_voice, mean_pitch
from zoo.music.analysis.keys import NO_KEY, estimate_key
from zoo.music.analysis.melody import snap
from zoo.music.analysis.metres import excerpt
from zoo.music.analysis.ornaments import without_graces
from zoo.music.analysis.voices import instruments
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Metre, Note

MOST_VOICES = 8
MOST_NOTES = 250  # of an excerpt, which is about 1,000 tokens
LONGEST_SILENCE = 4  # bars within an excerpt
SHORTEST = 3  # ticks: a thirty-second


def arranged(score: Score, most_voices: int = MOST_VOICES) -> tuple[Score, Counter[str]]:
    """A score of one metre as polyphonic tokens can say it, and what was changed: change -> number of notes, voices or pieces.

    - Drums are left out.
    - Voices are sorted by their mean pitch; voice 0 is the highest. While there are more than `most_voices`, the one with the
      fewest notes is merged into the one nearest to it in mean pitch.
    - Grace notes are left out (`zoo.music.analysis.ornaments`).
    - Starts and ends are rounded to thirty-seconds and triplet sixteenths.
    - A note ends where its voice repeats the pitch, and at the end of the next bar at the latest.
    - Where the score has no key, it is estimated.

    ValueError where there are only drums.
    """
    changes: Counter[str] = Counter()
    score = instruments(score)
    notes = [note for note in score.notes if not score.voices[note.voice].drums]
    if not notes:
        raise ValueError("only drums")
    changes["notes of drums left out"] = len(score.notes) - len(notes)
    groups = _grouped(notes, most_voices)
    changes["voices merged into others"] = len({note.voice for note in notes}) - len(groups)
    found: list[Note] = []
    for number, group in enumerate(groups):
        found += _on_grid(group, number, score.metre, changes)
    result = Score(
        tuple(found),
        score.metres,
        score.key,
        score.tempos,
        tuple(replace(score.voices[main_voice(group)], drums=False) for group in groups),
        score.title,
        score.type,
    )
    if result.key is None:
        changes[NO_KEY] = 1
        result = replace(result, key=estimate_key(result))
    return result, +changes


def excerpts(score: Score, most_notes: int = MOST_NOTES) -> list[Score]:
    """A score of one metre as excerpts of whole bars. Each has at most `most_notes` notes; all have about the same number.

    A note that sounds beyond the end of its excerpt is shortened. Empty bars before an excerpt's first note are left out, and so
    are silences of more than LONGEST_SILENCE bars, and single bars with more than `most_notes` notes. Voices, key, title and type
    stay.
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
        found.append(excerpt(score, start, end))
    return found


def _grouped(notes: Sequence[Note], most: int) -> list[list[Note]]:
    """The notes of each voice of the result, the highest voice first; `most` voices at most."""
    voices: defaultdict[int, list[Note]] = defaultdict(list)
    for note in notes:
        voices[note.voice].append(note)
    groups = sorted(voices.values(), key=mean_pitch, reverse=True)  # voices of equal mean pitch keep their order
    while len(groups) > most:
        sparsest = groups.pop(min(range(len(groups)), key=lambda i: len(groups[i])))
        pitch = mean_pitch(sparsest)
        min(groups, key=lambda group: abs(mean_pitch(group) - pitch)).extend(sparsest)
        groups.sort(key=mean_pitch, reverse=True)
    return groups


def _on_grid(notes: Sequence[Note], voice: int, metre: Metre, changes: Counter[str]) -> list[Note]:
    """The notes of one voice on the grid of the tokens, with lengths that tokens can say. `changes` counts the changes."""
    length = metre.bar_ticks
    kept: dict[tuple[int, int], Note] = {}  # by start and pitch
    plain, graces = without_graces(notes)
    changes["grace notes left out"] += graces
    for note in plain:
        start = snap(note.start)
        end = max(snap(note.end), start + SHORTEST)
        moved = (start, end) != (note.start, note.end)
        changes["notes moved to thirty-seconds and triplets"] += moved
        before = kept.get((start, note.pitch))
        changes["notes struck together in one voice merged"] += before is not None
        if before is None or end > before.end:
            kept[start, note.pitch] = Note(start, end - start, note.pitch, voice, note.velocity)
    repeats: dict[int, int] = {}  # pitch -> the tick where it begins next
    found = []
    for (start, pitch), note in sorted(kept.items(), reverse=True):
        end = min(note.end, repeats.get(pitch, note.end), start - start % length + 2 * length)
        changes["notes shortened"] += end < note.end
        found.append(replace(note, duration=end - start))
        repeats[pitch] = start
    return found
