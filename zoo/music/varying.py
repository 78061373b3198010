"""Bars of a piece written anew, so that they fit what stands before and after them.

A network writes from left to right and hears only what stands before. So it draws many versions of the bars. Each is put into the
place of the old bars, and the network tells how probable it finds what follows. A version after which the old music goes on as
expected is one that leads into it.

    piece, start, end = located(music, (5, 8))              # the ticks of the bars
    passage = surroundings(heard, start, end, ...)          # what the network hears around them
    versions = Varier(...).versions(passage, n)             # new bars, the best ones first
    written(music, ..., versions[0])                        # the music with new bars
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import mean

import numpy as np

from zoo.core import progress
from zoo.core.errors import UserError
from zoo.music.analysis import harmony, metres, ornaments, voice_leading
from zoo.music.analysis.metres import Piece
from zoo.music.language import grammar
from zoo.music.language.fitting import Adapted, fitted, respelled
from zoo.music.language.tokens import BAR, TokenVocabulary
from zoo.music.notation.phrasing import phrased
from zoo.music.notation.score import Score
from zoo.music.notation.theory import TICKS_PER_QUARTER, Key, Metre, Note

FOLLOWING = 16  # bars after the new ones that are heard: two phrases, in which the new bars come back if they do at all
PERIOD = 8  # bars: where bars before the new ones are left out, whole periods are
ROOM = 0.8  # of the tokens that a network can hold: what the old music may have, since new bars may have more notes
# How many bars before the new ones the network hears when it draws. All of them; and where it then writes only what the piece has
# already, as it does in a repeat, so few that it hears no model to repeat.
MEMORIES = (None, 2, 1)
LEAST, EACH = 48, 12  # versions that are drawn in all, and for each one that is asked for
# How much the probability of the new bars counts beside that of what follows, in melodies and in parts. In a melody all
# of it would choose repeats of other bars, none of it bars in a style of their own; on some validation tunes this read best.
LIKELY, LIKELY_PARTS = 0.25, 1.0
UNLIKE = 0.4  # of the notes of a version, those that must be others than in the old bars, or anywhere else in the piece

# The ids of a prompt after <start>, the old music that begins so, a number of pieces, and a number of the call -> the ids of
# pieces after <start>.
Draw = Callable[[list[int], Score, int, int], list[list[int]]]
# Scores -> the log-probability, float32 [t], of each of their tokens after <start>.
Weigh = Callable[[list[Score]], list[np.ndarray]]


@dataclass(frozen=True)
class Passage:
    """The bars to write anew, and what a network hears around them.

    Attributes:
        heard: music in one metre that the network's vocabulary can spell.
        start, end: the tick of `heard` where the bars begin, and the tick after them; both begin bars of `heard`.
        voices: those of `heard` that are written anew; the others keep their notes.
        first_tick: the tick of all that can be heard of the music that is tick 0 of `heard`.
    """

    heard: Score
    start: int
    end: int
    voices: frozenset[int]
    first_tick: int = 0

    def replaces(self, note: Note) -> bool:
        """Whether a note of `heard` is replaced: one of the voices that begins in the bars."""
        return note.voice in self.voices and self.start <= note.start < self.end

    @property
    def old(self) -> list[Note]:
        """The notes that are replaced."""
        return [note for note in self.heard.notes if self.replaces(note)]

    def remembered(self, bars: int | None) -> "Passage":
        """The same with only so many bars before those that are written anew; None: with all."""
        length = self.heard.metre.bar_ticks
        first = 0 if bars is None else max(0, self.start - bars * length)
        heard = metres.excerpt(self.heard, first, max(self.heard.end, self.end)) if first else self.heard
        if not heard.notes:
            return self
        return replace(self, heard=heard, start=self.start - first, end=self.end - first, first_tick=self.first_tick + first)


@dataclass(frozen=True)
class Version:
    """New bars.

    Attributes:
        notes: those of the voices that are written anew, from `Passage.start` to `Passage.end`.
        here: the log-probability of the new bars given what stands before them, in nats.
        fit: how well they fit what stands before and after them, higher is better: the log-probability of what follows, given all
            before it, and a share of `here`, counted a note, since else few long notes would always be the best.
        faults: how many more parallel fifths and octaves and dissonant beats the music has with them, in parts.
    """

    notes: tuple[Note, ...]
    here: float
    fit: float
    faults: int = 0


def located(
    music: Score,
    bars: tuple[int, int],
    *,
    key: Key | None = None,
    metre: Metre | None = None,
    pickup: int | None = None,
) -> tuple[Piece, int, int]:
    """The stretch of one metre that has these bars, the tick in it where they begin, and the tick after them.

    Args:
        music: of any kind.
        bars: the first and the last one, as musicians count: the first full bar is 1, an upbeat is bar 0.
        key, metre, pickup: see `zoo.music.analysis.metres.stretches`.

    Raises:
        UserError: bars that the music does not have, or a change of metre between them.
    """
    if not music.notes:
        raise UserError("the music holds no notes: it has no bars to write anew")
    found: list[tuple[Piece, int]] = []  # each bar that counts: its stretch, and its first tick there
    pieces = metres.stretches(music, key=key, metre=metre, pickup=pickup)
    for number, piece in enumerate(pieces):
        # The upbeat to a later stretch lies in the last bar of the stretch before.
        found += [(piece, tick) for tick in piece.score.bar_starts if tick or not number or not piece.score.has_upbeat]
    upbeat = pieces[0].score.has_upbeat
    first, last = bars
    lowest, highest = int(not upbeat), len(found) - upbeat
    if not lowest <= first <= last <= highest:
        asked = f"bar {first}" if first == last else f"bars {first} to {last}"
        raise UserError(f"this music has no {asked}: its bars are {lowest} to {highest}" + ", where bar 0 is the upbeat" * upbeat)
    (piece, start), (other, end) = found[first - lowest], found[last - lowest]
    if other is not piece:
        raise UserError(
            f"the metre changes from {piece.score.metre} to {other.score.metre} between bars {first} and {last}: "
            "name bars of one metre"
        )
    return piece, start, end + piece.score.metre.bar_ticks


def surroundings(
    heard: Score,
    start: int,
    end: int,
    voices: Collection[int],
    vocabulary: TokenVocabulary,
    most_bars: int,
    most_tokens: int,
) -> Passage:
    """As much of the music around some bars as a network can hear: FOLLOWING bars after them at most, of long music the nearest.

    Args:
        heard: music in one metre, as the network's vocabulary can spell it.
        start, end: the first tick of the bars, and the tick after them.
        voices: those that are to be written anew.
        vocabulary: of the network.
        most_bars, most_tokens: how much it can hear and write.

    Raises:
        UserError: more bars than the network writes, bars behind the end of `heard`, or ones that are parts of its bars.
    """
    length = heard.metre.bar_ticks
    if start % length or end % length:
        raise UserError(
            f"the model hears two bars as one of {heard.metre}: name an even number of bars, from one where such begin"
        )
    end = min(end, heard.bars * length)
    if start >= end:
        raise UserError("what is to be written anew is over before these bars: name others, or another track")
    first, last = 0, min(heard.bars, end // length + FOLLOWING)

    def excerpt() -> Score:
        return respelled(metres.excerpt(heard, first * length, last * length), vocabulary)

    def fits() -> bool:
        return last - first <= most_bars and len(vocabulary.encode(excerpt())) <= ROOM * most_tokens

    if not excerpt().notes:
        raise UserError("the bars and those around them are silent: name bars with notes near them")
    while not fits():
        if first + PERIOD <= start // length:
            first += PERIOD
        elif last > end // length:
            last -= 1
        elif first < start // length:
            first += 1
        else:
            raise UserError(f"{(end - start) // length} bars are more than this model writes at once: name fewer")
    return Passage(excerpt(), start - first * length, end - first * length, frozenset(voices), first * length)


class Varier:
    """Writes bars anew with a network.

    Args:
        vocabulary: of the network.
        draw: draws pieces that begin with a prompt.
        weigh: tells how probable the network finds scores.
    """

    def __init__(self, vocabulary: TokenVocabulary, draw: Draw, weigh: Weigh) -> None:
        self.vocabulary, self.draw, self.weigh = vocabulary, draw, weigh
        self.tables = grammar.Tables(vocabulary)

    def versions(self, passage: Passage, n: int) -> list[Version]:
        """The `n` versions of the bars that fit best, the best one first; fewer where the network finds fewer."""
        found: dict[frozenset[Note], Version] = {}
        count = max(LEAST, EACH * n)
        chosen: list[Version] = []
        with progress.bar(what="writing bars anew", unit="version", delay=2) as shown:
            for call, bars in enumerate(MEMORIES):
                near = passage.remembered(bars)
                drawn = self.draw(self._prompt(near), near.heard, count, call)
                wholes = [self.spliced(passage, notes) for notes in map(self._new_notes, [near] * count, drawn)]
                fresh = {frozenset(whole.notes): whole for whole in wholes if whole is not None}
                fresh = {notes: whole for notes, whole in fresh.items() if notes not in found}
                values = self.weigh(list(fresh.values())) if fresh else []
                shown.update(count)
                for (notes, whole), row in zip(fresh.items(), values, strict=True):
                    found[notes] = self._version(passage, whole, row)
                chosen, others = choice(list(found.values()), passage, n)
                if len(chosen) == n:
                    break
        return chosen if len(chosen) == n else [*chosen, *others][:n]

    def _prompt(self, passage: Passage) -> list[int]:
        """The ids after <start> up to the beginning of the first bar that is written anew."""
        ids = self.vocabulary.encode(passage.heard)
        return ids[1 : _bars(ids)[passage.start // passage.heard.metre.bar_ticks] + 1]

    def _new_notes(self, passage: Passage, drawn: Sequence[int]) -> list[Note]:
        """What was drawn for the bars, in the ticks of all that is heard; nothing where it does not fill them."""
        if sum(token == BAR for token in drawn) < passage.end // passage.heard.metre.bar_ticks:
            return []
        notes = self.vocabulary.decode(drawn).notes
        return [replace(note, start=note.start + passage.first_tick) for note in notes if passage.replaces(note)]

    def spliced(self, passage: Passage, new: Sequence[Note]) -> Score | None:
        """What is heard, with new notes in the place of the old ones; None where the vocabulary cannot spell it.

        A new note that sounds beyond the bars ends with them. What an old one sounded beyond them stays: as a note of its own,
        or, where the last new note leads to it on the same pitch, as the end of that note.

        Args:
            passage: the bars.
            new: notes for them, in the ticks of all that can be heard of the music.
        """
        notes = _until([replace(note, start=note.start - passage.first_tick) for note in new], passage.end)
        if not notes:
            return None
        kept = [note for note in passage.heard.notes if not passage.replaces(note)]
        whole = replace(passage.heard, notes=(*kept, *_tied(passage.end, notes, _tails(passage.old, passage.end))))
        whole = fitted(whole, self.vocabulary)
        try:
            ids = grammar.padded([self.vocabulary.encode(whole)])
        except ValueError:
            return None
        return whole if grammar.valid(self.tables, ids)[0] else None

    def _version(self, passage: Passage, whole: Score, values: np.ndarray) -> Version:
        """The new bars of a whole that `spliced` gave; values: of `weigh`."""
        length, bars = passage.heard.metre.bar_ticks, _bars(self.vocabulary.encode(whole))
        first = bars[passage.start // length]
        last = bars[passage.end // length] - 1 if passage.end // length < len(bars) else len(values)
        notes = _until([note for note in whole.notes if passage.replaces(note)], passage.end)
        parts = self.vocabulary.parts
        faults = max(0, _faults(whole) - _faults(passage.heard)) if parts else 0
        here, after = float(values[first:last].sum()), float(values[last:].sum())
        alike = here * (len(passage.old) or len(notes)) / len(notes)  # as of so many notes as the old bars have
        return Version(tuple(notes), here, after + (LIKELY_PARTS if parts else LIKELY) * alike, faults)


def _faults(score: Score) -> int:
    """The parallel fifths and octaves of music in four parts, and the dissonant beats of music in any number of parts."""
    found = sum(map(harmony.is_dissonant, harmony.beats(score)))
    if len(score.voices) == len(voice_leading.RANGES):
        counts = voice_leading.count(score)
        found += counts["parallel_fifths"] + counts["parallel_octaves"]
    return found


def choice(versions: Sequence[Version], passage: Passage, n: int) -> tuple[list[Version], list[Version]]:
    """The `n` versions that fit best, the best one first, each unlike the others and all that the piece has; and what is left.

    Versions with fewer faults go before those with more. Left are those that are like others in all but less than UNLIKE of their
    notes. The old bars themselves are in neither list.
    """
    old = _sounds(passage.old)
    known = _stretches(passage)
    chosen: list[Version] = []
    others: list[Version] = []
    for each in sorted(versions, key=lambda version: (version.faults, -version.fit)):
        sounds = _sounds(each.notes)
        if sounds == old:
            continue
        is_new = all(_unlike(sounds, other) >= UNLIKE for other in (*known, *(_sounds(one.notes) for one in chosen)))
        (chosen if is_new and len(chosen) < n else others).append(each)
    return chosen, others


def _stretches(passage: Passage) -> list[frozenset[tuple[int, int, int]]]:
    """What the voices play in each stretch of the piece that is as long as the bars, moved to their place."""
    length, heard = passage.heard.metre.bar_ticks, passage.heard
    voices = [note for note in heard.notes if note.voice in passage.voices]
    span = passage.end - passage.start
    found = []
    for first in range(0, max(heard.end, passage.end) - span + 1, length):
        inside = [note for note in voices if first <= note.start < first + span]
        found.append(_sounds(replace(note, start=note.start - first + passage.start) for note in inside))
    return found


def written(music: Score, stretch: Piece, heard: Adapted, passage: Passage, version: Version) -> Score:
    """The music with new bars. Outside of them nothing sounds otherwise than before.

    The new notes stand in the voices that their parts were heard from, as loud as the old ones there, and louder or softer where
    a player would be (zoo.music.notation.phrasing). A note that sounds on from before the bars ends where its voice begins anew.

    Args:
        music: of any kind.
        stretch: the one that has the bars, as `located` gives it.
        heard: what the network can hear of the stretch.
        passage: its bars.
        version: of them.
    """

    def in_music(notes: Iterable[Note]) -> list[Note]:
        later = heard.written(replace(note, start=note.start + passage.first_tick) for note in notes)
        places = [(note, note.start + stretch.first_tick) for note in later]
        return [replace(note, start=start, voice=heard.sources[note.voice]) for note, start in places if start >= 0]

    begins = passage.first_tick + heard.first_tick + stretch.first_tick
    start, end = max(0, passage.start + begins), passage.end + begins
    sources = {heard.sources[voice] for voice in passage.voices}
    old = in_music(passage.old)
    others = in_music(note for note in passage.heard.notes if not passage.replaces(note))
    pairs = _pairs([note for note in music.notes if note.voice in sources], [*old, *others])
    replaced = {note: pairs[note] for note in pairs if pairs[note] in old}
    # What no network heard goes, too: graces of the old notes, and, where it wrote all parts, doublings of them.
    several = len(passage.heard.voices) > 1
    removed = {
        note
        for note in music.notes
        if note in replaced
        or (note.voice in sources and start <= note.start < end and note not in pairs and (several or _is_grace(note)))
    }
    new = in_music(version.notes)
    new = _tied(end, new, _tails((note for note, old_note in replaced.items() if old_note.end > end), end))
    new = _with_velocities(music, new, removed)
    kept = _silenced([note for note in music.notes if note not in removed], start, new, set(old) - set(pairs.values()))
    return replace(music, notes=(*kept, *new), new_from=start, new_to=end, log_probability=version.here)


def _pairs(notes: Sequence[Note], heard: Iterable[Note]) -> dict[Note, Note]:
    """What was heard of each note: one of its voice and pitch class that begins less than a quarter note earlier or later."""
    found: dict[Note, Note] = {}
    waiting: defaultdict[tuple[int, int], list[Note]] = defaultdict(list)
    for note in notes:
        waiting[note.voice, note.pitch % 12].append(note)
    for each in sorted(heard):
        alike = waiting[each.voice, each.pitch % 12]
        near = min(alike, key=lambda note: (abs(note.start - each.start), abs(note.pitch - each.pitch)), default=None)
        if near is not None and abs(near.start - each.start) < TICKS_PER_QUARTER:
            found[near] = each
            alike.remove(near)
    return found


def _is_grace(note: Note) -> bool:
    return note.duration <= ornaments.LONGEST


def _silenced(notes: Iterable[Note], start: int, new: Sequence[Note], repeated: Collection[Note]) -> list[Note]:
    """The notes; those that sound on into the bars end where their voice begins anew, if a network heard them begin again there.

    Args:
        notes: those that stay.
        start: the tick where the bars begin.
        new: the new notes.
        repeated: what was heard, and replaced, though no note of the music begins there.
    """
    again = {(note.voice, note.pitch) for note in repeated}
    first: dict[int, int] = {}
    for note in new:
        first[note.voice] = min(note.start, first.get(note.voice, note.start))
    return [
        replace(note, duration=min(note.duration, first[note.voice] - note.start))
        if note.start < start < note.end and note.voice in first and (note.voice, note.pitch) in again
        else note
        for note in notes
    ]


def _with_velocities(music: Score, new: Sequence[Note], old: Collection[Note]) -> list[Note]:
    """New notes, on average as loud as the old ones in their place, and each as a player would play it beside the others."""
    if not new:
        return []
    others = [note for note in music.notes if note not in old]
    played = {note: note.velocity for note in phrased(replace(music, notes=(*others, *new))).notes}
    loud = mean(note.velocity for note in (old or others or new)) / mean(played[note] for note in new)
    return [replace(note, velocity=min(max(1, round(loud * played[note])), 127)) for note in new]


def _tails(notes: Iterable[Note], end: int) -> list[Note]:
    """What notes sound from tick `end` on."""
    return [replace(note, start=end, duration=note.end - end) for note in notes if note.end > end]


def _tied(tick: int, before: Iterable[Note], after: Iterable[Note]) -> list[Note]:
    """Notes up to a tick and notes from it on, as one note where pitch and voice agree."""
    following = {(note.voice, note.pitch): note for note in after}
    result = []
    for note in before:
        tied = following.pop((note.voice, note.pitch), None) if note.end == tick else None
        result.append(note if tied is None else replace(note, duration=tied.end - note.start))
    return [*result, *following.values()]


def _until(notes: Iterable[Note], end: int) -> list[Note]:
    """The notes, sounding to a tick at most."""
    return [replace(note, duration=min(note.duration, end - note.start)) for note in notes]


def _bars(ids: Sequence[int]) -> list[int]:
    """The places of the tokens that begin a bar."""
    return [place for place, token in enumerate(ids) if token == BAR]


def _sounds(notes: Iterable[Note]) -> frozenset[tuple[int, int, int]]:
    return frozenset((note.start, note.pitch, note.voice) for note in notes)


def _unlike(one: frozenset[tuple[int, int, int]], other: frozenset[tuple[int, int, int]]) -> float:
    """The share of notes that only one of two versions has."""
    return 1 - len(one & other) / max(len(one), len(other), 1)
