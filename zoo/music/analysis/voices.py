"""Which of a score's voices to take: the ones that a user names, the melody, or the parts of a choir."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from zoo.core.errors import UserError
from zoo.music.analysis import choir
from zoo.music.analysis.melody_likeness import likeness
from zoo.music.analysis.ornaments import without_graces
from zoo.music.analysis.voice_leading import RANGES
from zoo.music.analysis.voice_names import melody_rank
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Note

_FEW = 8  # notes: a voice with fewer is no melody, unless the others have few, too
_SHARE = 0.05  # of the notes of the largest voice: a voice with fewer is no melody, unless its name says so
_NEAR = 1.0  # of `likeness`: a voice with so much less may be the melody of voices that move together
_TOGETHER = 0.02  # of the notes of a line: so many may sound into the next
_OWN_RANGES = 0.4  # of the variance of pitches: voices of a choir explain more, channels of one instrument less


def chosen(score: Score, track: int | str | None = None, channel: int | None = None) -> Score:
    """The score with the voices of a track and a channel only; arguments and errors are those of `numbers`."""
    return _only(score, numbers(score, track, channel))


def numbers(score: Score, track: int | str | None = None, channel: int | None = None) -> list[int]:
    """The numbers of the voices of a track and a channel.

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
    return sorted(wanted)


def instruments(score: Score) -> Score:
    """The score with each voice one instrument, under the same numbers.

    The channels of a track that play one instrument are joined in the first of them, as MPE keyboards write: each note on a
    channel of its own.
    """
    joined = _joined(score)
    return replace(score, notes=tuple(replace(note, voice=joined.get(note.voice, note.voice)) for note in score.notes))


def melody_voice(score: Score) -> int:
    """The voice that has the melody.

    A name such as "Melody", "Lead vocal" or "Right hand" decides; else, or among several, what the voices play, see
    `zoo.music.analysis.melody_likeness`. Drums are no voices. ValueError where there are only drums.
    """
    played = _played(instruments(score))
    if not played:
        raise ValueError("only drums")
    named = _named_melodies(score, played)
    largest = max(map(len, played.values()))
    best = named or [voice for voice, notes in played.items() if len(notes) >= _SHARE * largest]
    if len(best) == 1:
        return best[0]
    fit = likeness(score, played)
    found = max(best, key=lambda voice: fit[voice])
    # Of voices that move together, as in a chorale, the highest one leads.
    over = [voice for voice in best if fit[voice] >= fit[found] - _NEAR and _move_together(played[voice], played[found])]
    return max(over, key=lambda voice: choir.mean_pitch(played[voice]))


def lead(score: Score) -> tuple[Score, tuple[str, ...]]:
    """The score with its melody voice only, see `melody_voice`, and what to tell the user about the choice.

    The voice keeps its notes as they are: `zoo.music.analysis.melody.melody` makes a line of them. ValueError where there are
    only drums.
    """
    music = instruments(score)
    voice = melody_voice(score)
    chosen = _only(music, [voice])
    notices = _of_joined(score, music)
    filled = sorted({note.voice for note in music.notes})
    if len(filled) > 1:
        kind, number = _place(music, filled, voice)
        name = f", {music.voices[voice].name.strip()!r}" if music.voices[voice].name.strip() else ""
        doubles = [_place(music, filled, other)[1] for other in choir.doublings(_played(music), voice)]
        told = f"the melody is taken from {kind} {number}{name} ({len(chosen.notes):,} of {_count(len(music.notes))})"
        if doubles:
            told += f"; {kind} {', '.join(map(str, doubles))} play{'s' * (len(doubles) == 1)} the same"
        notices.append(f"several {kind}s: {told}")
    plain, graces = without_graces(chosen.notes)
    if graces:
        notices.append(f"grace notes in the melody: {graces}, which are not heard")
    if len({note.start for note in plain}) < len(plain):
        notices.append("chords in the melody: the highest note of each is heard")
    return chosen, tuple(notices)


def parts(score: Score, voices: int = 4) -> tuple[Score, tuple[str, ...]]:
    """The score as the parts of a choir, soprano first, each with one note at a time as far as it can be, and what to tell of it.

    - Of four parts, tracks that are named soprano, alto, tenor and bass are these, also where they cross.
    - Other tracks are taken from the highest to the lowest; a single one whose name says melody is the first. A track that
      doubles another is left out.
    - Chords in a track are split into lines (zoo.music.analysis.splitting) while there are fewer tracks than parts.
    - Of more tracks than parts, the melody and the lowest track are the outer parts; the others are split into the inner ones.
    - Fewer lines than parts are the parts that they are nearest to; the highest is the soprano. The other parts are empty.

    ValueError where there are only drums.
    """
    music = instruments(score)
    played = _played(music)
    if not played:
        raise ValueError("only drums")
    notices = _of_joined(score, music)
    if drums := len(music.notes) - sum(map(len, played.values())):
        notices.append(f"drums are left out: {_count(drums)}")
    lines = choir.named(music, played) if voices == len(RANGES) else None
    if lines is None:
        lines, told = choir.lines(played, voices, melody_voice(score), len(_named_melodies(score, played)) == 1)
        notices += told
    elif left := len(played) - len(lines):
        notices.append(f"the tracks named soprano, alto, tenor and bass are heard: {left} other{'s' * (left > 1)} left out")
    lines = choir.placed(lines, voices)
    source = [choir.main_voice(line) if line else None for line in lines]
    others = replace(music.voices[choir.main_voice(lines[0])], name="")
    return (
        replace(
            music,
            notes=tuple(replace(note, voice=number) for number, line in enumerate(lines) for note in line),
            voices=tuple(others if voice is None else music.voices[voice] for voice in source),
        ),
        tuple(notices),
    )


def _named_melodies(score: Score, played: dict[int, list[Note]]) -> list[int]:
    """The voices whose names say the surest that they have the melody; none where no name says so."""
    enough = min(_FEW, _SHARE * max(map(len, played.values())))
    ranks = {voice: melody_rank(score.voices[voice].name) for voice, notes in played.items() if len(notes) >= enough}
    return [voice for voice, rank in ranks.items() if rank and rank == max(ranks.values())]


def _move_together(voice: Sequence[Note], other: Sequence[Note]) -> bool:
    """Whether half of the notes of each of two voices begin with notes of the other."""
    starts, others = ({note.start for note in notes} for notes in (voice, other))
    return 2 * len(starts & others) >= max(len(starts), len(others))


def _joined(score: Score) -> dict[int, int]:
    """The voices that go on from another: voice -> the first of the channels of its track that play the same instrument.

    These are channels whose notes follow each other as one line, or three and more that share one range of pitches. The voices of
    a choir, each on a channel, overlap and have ranges of their own.
    """
    played = _played(score)
    tracks: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for number in played:
        voice = score.voices[number]
        if voice.track is not None:
            tracks[voice.track, voice.program].append(number)
    found: dict[int, int] = {}
    for group in tracks.values():
        notes = sorted(note for voice in group for note in played[voice])
        together = sum(before.end > after.start for before, after in pairwise(notes))
        alone = together <= _TOGETHER * len(notes)
        if len(group) > 1 and (alone or (len(group) > 2 and _range_share([played[voice] for voice in group]) < _OWN_RANGES)):
            found |= dict.fromkeys(group[1:], group[0])
    return found


def _range_share(groups: Sequence[Sequence[Note]]) -> float:
    """The share of the variance of the pitches that their groups explain, without what chance explains (adjusted R squared)."""
    pitches = [np.array([note.pitch for note in group]) for group in groups]
    everything = np.concatenate(pitches)
    free = len(everything) - len(groups)
    total = float(((everything - everything.mean()) ** 2).sum())
    if free < 1 or not total:
        return 0.0
    within = float(sum(((each - each.mean()) ** 2).sum() for each in pitches))
    return 1 - within / total * (len(everything) - 1) / free


def _played(score: Score) -> dict[int, list[Note]]:
    """The notes of each voice that has some and is no drums."""
    played: dict[int, list[Note]] = {}
    for note in score.notes:
        if not score.voices[note.voice].drums:
            played.setdefault(note.voice, []).append(note)
    return dict(sorted(played.items()))


def _of_joined(score: Score, music: Score) -> list[str]:
    """A notice where `instruments` made `music` of a score by joining channels."""
    joined = len({note.voice for note in score.notes}) - len({note.voice for note in music.notes})
    return [f"channels of one track are heard as one instrument: {joined + 1}"] if joined else []


def _place(score: Score, filled: Sequence[int], voice: int) -> tuple[str, int]:
    """What tells a voice from the others that have notes, and its number: ("track", 3), ("channel", 2) or ("voice", 1)."""
    tracks, channels = ([getattr(score.voices[each], what) for each in filled] for what in ("track", "channel"))
    for kind, numbers in (("track", tracks), ("channel", channels)):
        if None not in numbers and len(set(numbers)) == len(filled):
            return kind, numbers[filled.index(voice)]
    return "voice", filled.index(voice) + 1


def _count(notes: int) -> str:
    return f"{notes:,} note{'s' * (notes != 1)}"


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
        notes = _count(counts[number])
        described.append(f"track {_track(score, number)}{name} ({channel}{notes})")
    return ", ".join(described)
