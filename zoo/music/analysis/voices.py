"""Which of a score's voices to take: the ones that a user names, the melody, or the parts of a choir."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from zoo.core.errors import UserError
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Note


def chosen(score: Score, track: int | str | None = None, channel: int | None = None) -> Score:
    """The score with the voices of a track and a channel only.

    Args:
        score: music of any kind.
        track: the number of a track, as `Voice.track` counts, or the name of one; case does not matter, and a beginning that
            only one name has suffices. Tracks of the same name are all taken. A voice that was read from no MIDI file has its
            place, from 1, as the number of its track. None: all tracks.
        channel: a MIDI channel, 1-16. None: all channels.

    Raises:
        UserError: no voice, or several names, which lists the voices that there are.
    """
    wanted = set(range(len(score.voices)))
    if isinstance(track, int):
        wanted &= {voice for voice in wanted if _track(score, voice) == track}
    elif track is not None:
        wanted &= _named(score, track)
    if channel is not None:
        wanted &= {voice for voice in wanted if score.voices[voice].channel == channel}
    if not wanted:
        asked = [f"track {track!r}" if track is not None else "", f"channel {channel}" if channel is not None else ""]
        raise UserError(f"no voice is in {' and '.join(filter(None, asked))}; there are {_listed(score)}")
    return _only(score, sorted(wanted))


def melody_voice(score: Score) -> int:
    """The voice with the highest mean pitch among those with at least a quarter of the notes of the largest voice.

    Drums are no voices. ValueError where there are only drums.
    """
    pitches: dict[int, list[int]] = {}
    for note in score.notes:
        if not score.voices[note.voice].drums:
            pitches.setdefault(note.voice, []).append(note.pitch)
    if not pitches:
        raise ValueError("only drums")
    enough = max(map(len, pitches.values())) / 4
    return max((voice for voice in pitches if len(pitches[voice]) >= enough), key=lambda voice: np.mean(pitches[voice]))


def lead(score: Score) -> tuple[Score, tuple[str, ...]]:
    """The score with its melody voice only, and what to tell the user about the choice.

    The voice keeps its notes as they are: `zoo.music.analysis.melody.melody` makes a line of them. ValueError where there are
    only drums.
    """
    return _only(score, [melody_voice(score)]), ()


def parts(score: Score, voices: int = 4) -> tuple[Score, tuple[str, ...]]:
    """The score as that many parts at most, the highest first, and what to tell the user about it.

    ValueError where there are only drums.
    """
    groups = grouped([note for note in score.notes if not score.voices[note.voice].drums], voices)
    if not groups:
        raise ValueError("only drums")
    notes = tuple(replace(note, voice=number) for number, group in enumerate(groups) for note in group)
    return replace(score, notes=notes, voices=tuple(score.voices[main_voice(group)] for group in groups)), ()


def grouped(notes: Sequence[Note], most: int) -> list[list[Note]]:
    """The notes of each voice, the highest voice first; while there are more than `most`, the sparsest joins the nearest."""
    voices: defaultdict[int, list[Note]] = defaultdict(list)
    for note in notes:
        voices[note.voice].append(note)
    groups = sorted(voices.values(), key=_mean_pitch, reverse=True)  # voices of equal mean pitch keep their order
    while len(groups) > most:
        sparsest = groups.pop(min(range(len(groups)), key=lambda i: len(groups[i])))
        pitch = _mean_pitch(sparsest)
        min(groups, key=lambda group: abs(_mean_pitch(group) - pitch)).extend(sparsest)
        groups.sort(key=_mean_pitch, reverse=True)
    return groups


def main_voice(notes: Sequence[Note]) -> int:
    """The voice that most of the notes come from. It gives a merged voice its name and program."""
    counts: defaultdict[int, int] = defaultdict(int)
    for note in notes:
        counts[note.voice] += 1
    return max(counts, key=lambda voice: counts[voice])


def _mean_pitch(notes: Sequence[Note]) -> float:
    return sum(note.pitch for note in notes) / len(notes)


def _only(score: Score, voices: Sequence[int]) -> Score:
    """The score with these voices only, in this order."""
    numbers = {voice: number for number, voice in enumerate(voices)}
    notes = tuple(replace(note, voice=numbers[note.voice]) for note in score.notes if note.voice in numbers)
    return replace(score, notes=notes, voices=tuple(score.voices[voice] for voice in voices))


def _track(score: Score, voice: int) -> int:
    """The number of a voice's track; of a voice that was read from no MIDI file, its place from 1."""
    return score.voices[voice].track or voice + 1


def _named(score: Score, name: str) -> set[int]:
    """The voices whose track has this name or, where none has, the one name that begins so. UserError for several names."""
    names: defaultdict[str, set[int]] = defaultdict(set)
    for number, voice in enumerate(score.voices):
        names[voice.name.strip().casefold()].add(number)
    wanted = name.strip().casefold()
    if wanted in names:
        return names[wanted]
    found = [each for each in names if each.startswith(wanted)]
    if len(found) > 1:
        raise UserError(f"{len(found)} tracks have names that begin with {name!r}; there are {_listed(score)}")
    return names[found[0]] if found else set()


def _listed(score: Score) -> str:
    """The voices of a score in words: "track 2 'Lead' (channel 1, 212 notes), track 3 (channel 2, 40 notes)"."""
    counts = [0] * len(score.voices)
    for note in score.notes:
        counts[note.voice] += 1
    described = []
    for number, voice in enumerate(score.voices):
        name = f" {voice.name!r}" if voice.name.strip() else ""
        channel = f"channel {voice.channel}, " if voice.channel is not None else ""
        notes = f"{counts[number]:,} note{'s' * (counts[number] != 1)}"
        described.append(f"track {_track(score, number)}{name} ({channel}{notes})")
    return ", ".join(described)
