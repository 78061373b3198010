"""The parts of a choir, made of any voices: by their names, by their height, and of chords that are split."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from zoo.music.analysis.splitting import split, width
from zoo.music.analysis.voice_leading import RANGES
from zoo.music.analysis.voice_names import choir_part
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Note

_ALIKE = 0.9  # of the notes of two voices that play the same


def named(score: Score, played: dict[int, list[Note]]) -> list[list[Note]] | None:
    """The voices that are named soprano, alto, tenor and bass, the first of each; None where one of the four is missing."""
    found: dict[int, list[Note]] = {}
    for voice, notes in played.items():
        part = choir_part(score.voices[voice].name)
        if part is not None:
            found.setdefault(part, notes)
    return [found[part] for part in range(len(RANGES))] if len(found) == len(RANGES) else None


def lines(played: dict[int, list[Note]], most: int, melody: int, leads: bool) -> tuple[list[list[Note]], list[str]]:
    """The voices as `most` lines at most, the highest first, and what to tell of it; see `zoo.music.analysis.voices.parts`.

    Args:
        played: the notes of each voice.
        most: how many lines.
        melody: the voice that is the first line where there are more voices than lines.
        leads: whether it is that in any case.
    """
    notices = []
    doubled: set[int] = set()
    for voice in (melody, *played):
        if voice not in doubled:
            doubled.update(doublings(played, voice))
    if doubled:
        notices.append(f"voices that play what another plays are left out: {len(doubled)}")
    kept = sorted((notes for voice, notes in played.items() if voice not in doubled), key=mean_pitch, reverse=True)
    if leads or len(kept) > most:
        kept.sort(key=lambda notes: notes[0].voice != melody)
    if len(kept) > most:
        notices.append(f"more voices than parts: {len(kept)} are heard as {most}")
        return _reduced(kept, most), notices
    widths = [width(notes) for notes in kept]
    counts = [1] * len(kept)
    while sum(counts) < most and any(count < wanted for count, wanted in zip(counts, widths, strict=True)):
        counts[max(range(len(kept)), key=lambda number: widths[number] - counts[number])] += 1
    if sum(counts) > len(kept):
        notices.append(f"chords are split into voices: {len(kept)} {'is' if len(kept) == 1 else 'are'} heard as {sum(counts)}")
    return [line for notes, count in zip(kept, counts, strict=True) for line in split(notes, count)], notices


def _reduced(voices: Sequence[list[Note]], most: int) -> list[list[Note]]:
    """More voices than lines: the first and the last voice, and between them the others, split into lines."""
    inner = sorted(note for notes in voices[1:-1] for note in notes)
    return [voices[0], *(split(inner, most - 2) if most > 2 else ()), voices[-1]][:most]


def placed(parts: Sequence[list[Note]], most: int) -> list[list[Note]]:
    """Lines at the places of the parts of a choir, from the highest to the lowest; parts that none of them is are empty.

    The first is the soprano. The others are the parts whose ranges they are nearest to, moved by the octaves that bring the first
    into its range. With other numbers of parts than a choir has, they keep their places.
    """
    if most != len(RANGES):
        return list(parts)
    middles = [(low + high) / 2 for low, high in RANGES]
    pitches = [mean_pitch(part) if part else middles[0] for part in parts]
    moved = 12 * round((middles[0] - pitches[0]) / 12)
    choices = ((0, *others) for others in combinations(range(1, most), len(parts) - 1))
    places = min(choices, key=lambda each: sum(abs(middles[i] - pitch - moved) for i, pitch in zip(each, pitches, strict=True)))
    found: list[list[Note]] = [[] for _ in range(most)]
    for place, part in zip(places, parts, strict=True):
        found[place] = part
    return found


def doublings(played: dict[int, list[Note]], voice: int) -> list[int]:
    """The other voices that begin the same notes as a voice, in any octave."""
    own = {(note.start, note.pitch % 12) for note in played[voice]}
    found = []
    for other, notes in played.items():
        theirs = {(note.start, note.pitch % 12) for note in notes}
        if other != voice and len(own & theirs) >= _ALIKE * max(len(own), len(theirs)):
            found.append(other)
    return found


def main_voice(notes: Sequence[Note]) -> int:
    """The voice that most of the notes come from. It gives a merged voice its name and program."""
    return Counter(note.voice for note in notes).most_common(1)[0][0]


def mean_pitch(notes: Sequence[Note]) -> float:
    """The mean MIDI pitch of some notes."""
    return sum(note.pitch for note in notes) / len(notes)
