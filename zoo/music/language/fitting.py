"""A user's music brought to what a vocabulary can spell: its metres, its range, its places in the bar and its note lengths.

    voices -> one metre -> played on the beat -> octaves -> places and lengths of the vocabulary

Nothing is lost in silence: `Adapted.notices` says what a model hears otherwise than written. Nothing is refused for its range or
its rhythm; only a metre that has no like among the model's is.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, zip_longest
from typing import Literal

from zoo.core.errors import UserError
from zoo.music.analysis import arranging, voice_leading, voices
from zoo.music.analysis.melody import SHORTEST, line
from zoo.music.analysis.melody import melody as melody_of
from zoo.music.analysis.metres import one_metre, rebarred, stretches
from zoo.music.analysis.quantising import quantised
from zoo.music.language.joined import cut
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice

OCTAVE = 12
_MOST_OCTAVES = 5
_HIGHEST = 127  # MIDI pitch


@dataclass(frozen=True)
class Adapted:
    """A user's music as a model hears it.

    Attributes:
        score: what the vocabulary can spell, in one of its metres.
        octaves: by how many octaves it stands higher than the music.
        first_tick: the tick of the music that is tick 0 of `score`. It is negative where a rest before a pickup is not written.
        metre: the music's own there, whose bars `score` may hear as others.
        sources: the voice of the music that each voice of `score` comes from.
        origin: the notes of the music that are heard, as they are written, with the voices of `score`.
        notices: a sentence for each thing that is heard otherwise than written.
    """

    score: Score
    octaves: int
    first_tick: int
    metre: Metre
    sources: tuple[int, ...]
    origin: Score
    notices: tuple[str, ...] = ()

    def written(self, notes: Iterable[Note]) -> list[Note]:
        """Notes that a model wrote to `score`, at their ticks and in the octaves of the music; none before its tick 0."""
        found = []
        for note in notes:
            start, end = max(0, note.start + self.first_tick), note.end + self.first_tick
            if end > start:
                pitch = _within(note.pitch - self.octaves * OCTAVE, 0, _HIGHEST)
                found.append(replace(note, start=start, duration=end - start, pitch=pitch))
        return found


def adapt_primer(
    primer: Score,
    vocabulary: TokenVocabulary,
    model: str,
    *,
    key: Key | None = None,
    metre: Metre | None = None,
    pickup: int | Literal["written"] | None = None,
) -> Adapted:
    """What a model can write of a primer: of music whose metre changes, the last stretch of one metre.

    A model of melodies gets the melody (zoo.music.analysis.voices). A model of several voices gets the primer's voices, if they
    are as many, or an arrangement for its own (zoo.music.analysis.arranging). A model of parts gets those of a choir, see
    `zoo.music.analysis.voices.parts`, with one note at a time.

    Args:
        primer: music of any kind.
        vocabulary: of the model.
        model: its name, for messages.
        key, metre, pickup: of the music, in place of what is written; see `zoo.music.analysis.metres.one_metre`.

    Raises:
        UserError: no melody, a metre unlike the model's, or a pickup that is as long as a bar.
    """
    if not primer.notes:
        raise UserError(f"{model} cannot go on from this music: it holds no notes")
    try:
        chosen, told = _voices(primer, vocabulary)
        piece = one_metre(chosen, "last", key=key, metre=metre, pickup=pickup, whole=primer)
        known = metre_like(piece.score.metre, vocabulary)
    except ValueError as error:
        raise UserError(f"{model} cannot go on from this music: {error}") from error
    played, moved = quantised(piece.score)
    if not vocabulary.polyphonic:
        adapted = melody_of(played)
    elif len(played.voices) == vocabulary.voices:
        adapted = played
    else:
        adapted = arranging.arranged(played, vocabulary.voices)[0]
    if vocabulary.parts:
        lines = [line([note for note in adapted.notes if note.voice == voice], voice) for voice in range(len(adapted.voices))]
        adapted = replace(adapted, notes=tuple(note for each in lines for note in each))
    octaves = octaves_into([note.pitch for note in adapted.notes], *vocabulary.pitches)
    adapted, folded = _in_range(adapted, octaves, vocabulary)
    adapted, heard_as = _in_metre(adapted, known)
    heard, fitted_notices = _placed(adapted, vocabulary)
    notices = [*told, *piece.notices, *heard_as, *moved, *_of_octaves(octaves), *folded, *fitted_notices]
    if vocabulary.polyphonic and len(heard.notes) < len(piece.score.notes):
        notices.append(f"the music has more than the model writes: it hears {len(heard.notes)} of {len(piece.score.notes)} notes")
    return Adapted(heard, octaves, piece.first_tick, piece.score.metre, tuple(_sources(chosen, primer)), chosen, tuple(notices))


def adapt_melody(
    music: Score,
    vocabulary: TokenVocabulary,
    model: str,
    *,
    key: Key | None = None,
    metre: Metre | None = None,
    pickup: int | None = None,
) -> tuple[Score, list[Adapted]]:
    """The melody of any music, and what a model of parts can harmonise of it: a score for each stretch of one metre, in order.

    The melody has one note at a time. The stretches are moved by as many octaves as bring the melody into the soprano's range;
    single notes that are still outside the vocabulary move to the nearest octave that it has.

    Args:
        music: of any kind. Of several voices the melody is taken (zoo.music.analysis.voices), and one note at a time of it.
        vocabulary: of the model.
        model: its name, for messages.
        key, metre, pickup: of the music, in place of what is written; see `zoo.music.analysis.metres.stretches`.

    Returns:
        The melody, written as it is heard where all of it is in one metre, and what the model hears of each stretch.

    Raises:
        UserError: no melody, a metre unlike the model's, or a pickup that is as long as a bar.
    """
    if not music.notes:
        raise UserError(f"{model} cannot harmonise this music: it holds no notes")
    try:
        chosen, told = voices.lead(music)
        melody = chosen if chosen.is_melody else melody_of(chosen)
        pieces = stretches(chosen, key=key, metre=metre, pickup=pickup, whole=music)
        metres = [metre_like(piece.score.metre, vocabulary) for piece in pieces]
    except ValueError as error:
        raise UserError(f"{model} cannot harmonise this music: {error}") from error
    notices = [*told]
    if left_out := len(music.notes) - len(melody.notes):
        others = "1 other note is" if left_out == 1 else f"{left_out:,} other notes are"
        notices.append(f"the melody alone is harmonised: {others} left out")
    octaves = octaves_into([note.pitch for note in melody.notes], *voice_leading.RANGES[0])
    notices += _of_octaves(octaves)
    source = tuple(_sources(chosen, music))
    found = []
    for piece, known in zip(pieces, metres, strict=True):
        played, moved = quantised(piece.score)
        adapted, folded = _in_range(replace(melody_of(played), voices=(Voice(),)), octaves, vocabulary)
        adapted, heard_as = _in_metre(adapted, known)
        heard, fitted_notices = _placed(adapted, vocabulary)
        told = (*piece.notices, *heard_as, *moved, *folded, *fitted_notices)
        found.append(aligned(Adapted(heard, octaves, piece.first_tick, piece.score.metre, source, chosen, tuple(told))))
    found[0] = replace(found[0], notices=(*notices, *found[0].notices))
    if len(found) > 1:
        return melody, found
    melody, whole = as_heard(melody, found[0])
    return melody, [whole]


def as_heard(music: Score, heard: Adapted) -> tuple[Score, Adapted]:
    """Music that is heard in one metre, written so, and what is heard of it: with a rest before its pickup, see `rebarred`."""
    written, later = rebarred(music, heard.metre, heard.first_tick)
    origin, _ = rebarred(heard.origin, heard.metre, heard.first_tick)
    return written, replace(heard, first_tick=heard.first_tick + later, origin=origin)


def within(heard: Adapted, music: Score) -> Adapted:
    """The same, with its sources among the voices of `music`, of which the adapted music had some."""
    return replace(heard, sources=tuple(_sources(heard.origin, music)))


def _voices(primer: Score, vocabulary: TokenVocabulary) -> tuple[Score, tuple[str, ...]]:
    """The voices that a model goes on from, and what to tell of their choice. ValueError where there are only drums."""
    if not vocabulary.polyphonic:
        return voices.lead(primer)
    if vocabulary.parts:
        return voices.parts(primer, vocabulary.voices)
    as_many = len(primer.voices) == vocabulary.voices and not any(voice.drums for voice in primer.voices)
    return (primer, ()) if as_many else voices.parts(primer, vocabulary.voices)


def _sources(chosen: Score, music: Score) -> list[int]:
    """The voice of the music that most notes of each chosen voice come from: of several, one that no other has.

    That of a silent voice is the silent one in its place, or where there is none that of most notes.
    """
    places: dict[tuple[int, int], list[int]] = {}
    for note in music.notes:
        if not music.voices[note.voice].drums:
            places.setdefault((note.start, note.pitch), []).append(note.voice)
    counts = [Counter[int]() for _ in chosen.voices]
    for note in chosen.notes:
        counts[note.voice].update(places.get((note.start, note.pitch), ()))
    total = sum(counts, Counter[int]())
    found: list[int] = []
    for number, count in enumerate(counts):
        if not count and len(music.voices) == len(counts) and not total[number]:
            found.append(number)
            continue
        among = count or total
        found.append(max(among, key=lambda voice: (among[voice], voice not in found), default=0))
    return found


def octaves_into(pitches: Iterable[int], lowest: int, highest: int) -> int:
    """By how many octaves to move MIDI pitches so that the fewest are outside a range; of equally good moves the shortest."""
    pitches = list(pitches)

    def badness(octaves: int) -> tuple[int, int]:
        higher = [pitch + OCTAVE * octaves for pitch in pitches]
        return sum(not lowest <= pitch <= highest for pitch in higher), abs(octaves)

    return min(range(-_MOST_OCTAVES, _MOST_OCTAVES + 1), key=badness)


def _within(pitch: int, low: int, high: int) -> int:
    """The pitch, moved by the fewest octaves that bring it into a range; the nearest one of a range that has no such octave."""
    nearer = max(0, -(-(low - pitch) // OCTAVE)) - max(0, -(-(pitch - high) // OCTAVE))
    return min(max(pitch + nearer * OCTAVE, low), high)


def _in_range(score: Score, octaves: int, vocabulary: TokenVocabulary) -> tuple[Score, list[str]]:
    """The score so many octaves higher, with each note that is still outside the vocabulary in an octave of its own."""
    low, high = vocabulary.pitches
    pitches = [note.pitch + octaves * OCTAVE for note in score.notes]
    outside = sum(not low <= pitch <= high for pitch in pitches)
    notes = (replace(note, pitch=_within(pitch, low, high)) for note, pitch in zip(score.notes, pitches, strict=True))
    told = [f"beyond the model's range: {outside} of {len(pitches)} notes, which it hears in the nearest octave"]
    return replace(score, notes=tuple(notes)), told if outside else []


def _of_octaves(octaves: int) -> list[str]:
    """A notice where the music is heard in another octave."""
    if not octaves:
        return []
    return [f"the music is moved {OCTAVE * octaves:+} semitones into the model's range; the result is moved back"]


def metre_like(metre: Metre, vocabulary: TokenVocabulary) -> Metre:
    """The metre of the vocabulary in which bars of another metre can be heard: bars as long, or two for one, or one for two.

    Of several, the one whose beats agree best with the metre's own. ValueError where there is none.
    """
    if metre in vocabulary.metres:
        return metre

    def agreement(known: Metre) -> tuple[float, bool]:
        span = max(metre.bar_ticks, known.bar_ticks)
        own, other = ({*range(0, span, each.beat_ticks)} for each in (metre, known))
        return len(own & other) / len(own | other), known.bar_ticks == metre.bar_ticks

    alike = [known for known in vocabulary.metres if known.bar_ticks in (metre.bar_ticks, 2 * metre.bar_ticks)]
    alike += [known for known in vocabulary.metres if 2 * known.bar_ticks == metre.bar_ticks]
    if not alike:
        raise ValueError(
            f"the metre {metre} is like none of {', '.join(map(str, vocabulary.metres))}: choose music in one of these"
        )
    return max(alike, key=agreement)


def _in_metre(score: Score, metre: Metre) -> tuple[Score, list[str]]:
    """The score in the model's metre, and what to tell about it."""
    own = score.metre
    if metre == own:
        return score, []
    how = "bars as long"
    if metre.bar_ticks != own.bar_ticks:
        how = "two bars as one" if metre.bar_ticks > own.bar_ticks else "one bar as two"
    if own.beat_ticks != metre.beat_ticks:
        how += ", with other beats"
    told = [f"the model does not know {own}: it hears {metre} ({how}), and the result keeps {own}"]
    return replace(score, metres=((0, metre),)), told


def aligned(heard: Adapted, bars: int = 0) -> Adapted:
    """What is heard, later by so much that the end of the music, and of some more of its bars, is that of a bar of the model.

    It differs only where one of the model's bars holds two of the music's.
    """
    own = heard.metre.bar_ticks
    shift = -(-(-heard.score.end // own) + bars) * own % heard.score.metre.bar_ticks
    if not shift or own >= heard.score.metre.bar_ticks:
        return heard
    notes = tuple(replace(note, start=note.start + shift) for note in heard.score.notes)
    return replace(heard, score=replace(heard.score, notes=notes), first_tick=heard.first_tick - shift)


def fitted(score: Score, vocabulary: TokenVocabulary) -> Score:
    """The score with every length that the vocabulary lacks fitted to one that it has."""
    return replace(score, notes=tuple(replace(note, duration=_longest(note.duration, vocabulary)) for note in score.notes))


def respelled(score: Score, vocabulary: TokenVocabulary) -> Score:
    """An excerpt of a score that the vocabulary can spell, so that it can spell the excerpt, too.

    Notes that were cut get lengths that it has. The first note of a melody, which began where the one before it ended, gets a
    place that it has.
    """
    return (fitted if vocabulary.polyphonic else followed)(score, vocabulary)


def _longest(ticks: int, vocabulary: TokenVocabulary) -> int:
    """The longest length of the vocabulary that is not longer; `ticks` where all are."""
    return max((length for length in vocabulary.durations if length <= ticks), default=ticks)


def _placed(score: Score, vocabulary: TokenVocabulary) -> tuple[Score, list[str]]:
    """The score with the places and the lengths that the vocabulary has, and what to tell about it.

    Notes that are longer than any of the vocabulary, or than the bar after their own, become repeated ones.
    """
    bar = score.metre.bar_ticks
    pieces: list[Note] = []
    longest = vocabulary.durations[-1]
    for note in cut(score.notes, bar):
        while note.duration > longest:
            pieces.append(replace(note, duration=longest))
            note = replace(note, start=note.start + longest, duration=note.duration - longest)
        pieces.append(note)
    split = replace(score, notes=tuple(pieces))
    heard = (placed if vocabulary.polyphonic else followed)(split, vocabulary)
    notices = []
    if len(pieces) > len(score.notes):
        notices.append("notes that are longer than the model's longest are heard as repeated ones")
    same = {(note.start, note.duration, note.voice) for note in heard.notes}
    changed = sum((note.start, note.duration, note.voice) not in same for note in split.notes)
    if changed:
        notices.append(
            f"off the model's grid: {changed} of {len(split.notes)} notes, for which it reads the nearest; the result keeps yours"
        )
    return heard, notices


def followed(score: Score, vocabulary: TokenVocabulary) -> Score:
    """A melody with the nearest places and lengths that the vocabulary can say, one note after the other.

    A note can begin where the one before it ends, and at the places of the vocabulary. One that is over before it could begin is
    left out; if all are, the longest one stays.
    """
    bar = score.metre.bar_ticks
    places = [0, *(place for place in vocabulary.positions if place < bar), bar]
    found: list[Note] = []
    cursor = 0
    for note in score.notes:
        start = cursor
        if note.start - cursor >= SHORTEST or not found:
            wanted = _nearest(note.start, bar, places)
            start = wanted if wanted >= cursor and abs(wanted - note.start) < abs(cursor - note.start) else cursor
            start = wanted if not found else start
        if 2 * (note.end - start) < vocabulary.durations[0]:
            continue
        limit = start - start % bar + 2 * bar
        lengths = [length for length in vocabulary.durations if start + length <= limit]
        length = min(lengths, key=lambda length: abs(start + length - note.end))
        found.append(replace(note, start=start, duration=length))
        cursor = start + length
    if score.notes and not found:
        longest = max(score.notes, key=lambda note: note.duration)
        found.append(replace(longest, start=_nearest(longest.start, bar, places), duration=vocabulary.durations[0]))
    return replace(score, notes=tuple(found))


def placed(score: Score, vocabulary: TokenVocabulary) -> Score:
    """The score with its notes at the nearest places, and with the nearest lengths, that the vocabulary has.

    A note ends at the latest where the next one of its line begins, and at the end of the bar after its own. The line is the
    voice or, where a voice has chords, the pitch. Of notes of a line that come to the same place the longest stays, the first of
    several.

    Args:
        score: in one metre.
        vocabulary: what to spell it in, of several notes at once.
    """
    bar = score.metre.bar_ticks
    places = [0, *(place for place in vocabulary.positions if place < bar), bar]

    def line_of(note: Note) -> tuple[int, int]:
        return note.voice, 0 if vocabulary.parts else note.pitch

    notes: list[Note] = []
    for _, members in groupby(sorted(score.notes, key=line_of), key=line_of):
        longest: dict[int, Note] = {}
        for note in members:
            start = _nearest(note.start, bar, places)
            if start not in longest or note.duration > longest[start].duration:
                longest[start] = note
        starts: list[int] = []
        for start in sorted(longest):
            if not starts or start - starts[-1] >= vocabulary.durations[0]:
                starts.append(start)
        for start, following in zip_longest(starts, starts[1:]):
            note = longest[start]
            limit = start - start % bar + 2 * bar
            end = min(max(note.end, start + vocabulary.durations[0]), limit, limit if following is None else following)
            notes.append(replace(note, start=start, duration=_longest(end - start, vocabulary)))
    return replace(score, notes=tuple(notes))


def _nearest(tick: int, bar: int, places: Sequence[int]) -> int:
    """The tick of the nearest place in the bar to a tick; the earlier of two that are as near."""
    rest = tick % bar
    above = bisect_left(places, rest)
    return tick - rest + min(places[max(above - 1, 0) : above + 1], key=lambda place: abs(place - rest))
