"""A user's music brought to what a vocabulary can say: its range, its metres, its places in the bar and its note lengths."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from itertools import zip_longest

from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Metre, Note

OCTAVE = 12
_MOST_OCTAVES = 5


def octaves_into(pitches: Iterable[int], lowest: int, highest: int) -> int:
    """The octaves to move MIDI pitches by so that as few as can be are out of a range: of equally good ones the nearest to 0."""
    pitches = list(pitches)

    def badness(octaves: int) -> tuple[int, int]:
        moved = [pitch + OCTAVE * octaves for pitch in pitches]
        return sum(not lowest <= pitch <= highest for pitch in moved), abs(octaves)

    return min(range(-_MOST_OCTAVES, _MOST_OCTAVES + 1), key=badness)


def metre_like(metre: Metre, vocabulary: TokenVocabulary) -> Metre:
    """The metre of the vocabulary that has the same bars, or else bars twice as long. ValueError where there is none."""
    if metre in vocabulary.metres:
        return metre
    for times in (1, 2):
        for known in vocabulary.metres:
            if known.bar_ticks == times * metre.bar_ticks:
                return known
    raise ValueError(f"the metre {metre} is like none of {', '.join(map(str, vocabulary.metres))}")


def fitted(score: Score, vocabulary: TokenVocabulary) -> Score:
    """The score with every length that the vocabulary lacks shortened to one that it has."""
    return replace(score, notes=tuple(replace(note, duration=_longest(note.duration, vocabulary)) for note in score.notes))


def placed(score: Score, vocabulary: TokenVocabulary) -> Score:
    """A score of one metre, each voice one note at a time, at the nearest places and with the lengths that the vocabulary has.

    A note ends where the next one of its voice begins and at the end of the bar after its own at the latest; of notes of a voice
    that come to the same place the first stays.
    """
    bar = score.metre.bar_ticks
    places = [0, *(place for place in vocabulary.positions if place < bar), bar]

    def place(tick: int) -> int:
        rest = tick % bar
        above = bisect_left(places, rest)
        return tick - rest + min(places[max(above - 1, 0) : above + 1], key=lambda place: abs(place - rest))

    notes: list[Note] = []
    for voice in range(len(score.voices)):
        first: dict[int, Note] = {}
        for note in score.notes:
            if note.voice == voice:
                first.setdefault(place(note.start), note)
        starts = sorted(first)
        for start, following in zip_longest(starts, starts[1:]):
            note = first[start]
            limit = start - start % bar + 2 * bar
            end = min(max(note.end, start + vocabulary.durations[0]), limit, limit if following is None else following)
            notes.append(replace(note, start=start, duration=_longest(end - start, vocabulary)))
    return replace(score, notes=tuple(notes))


def _longest(ticks: int, vocabulary: TokenVocabulary) -> int:
    """The longest length of the vocabulary that is not longer; `ticks` where all are."""
    return max((length for length in vocabulary.durations if length <= ticks), default=ticks)
