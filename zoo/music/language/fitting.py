"""A user's music brought to what a vocabulary can spell: its range, its metres, its places in the bar and its note lengths.

Nothing is lost in silence: each function that adapts music says in `Adapted.notices` what the model hears otherwise than written.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from zoo.core.errors import UserError
from zoo.music.analysis import arranging, voice_leading
from zoo.music.analysis.melody import estimate_key, line
from zoo.music.analysis.melody import melody as melody_of
from zoo.music.analysis.voices import melody_voice
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Metre, Note, Voice

OCTAVE = 12
_MOST_OCTAVES = 5


@dataclass(frozen=True)
class Adapted:
    """A user's music as a model hears it.

    Attributes:
        score: what the vocabulary can spell.
        octaves: by how many octaves it stands higher than the music.
        sources: the voice of the music that each voice of `score` comes from.
        notices: a sentence for each thing that is heard otherwise than written.
    """

    score: Score
    octaves: int
    sources: tuple[int, ...]
    notices: tuple[str, ...] = ()


def adapt_primer(primer: Score, vocabulary: TokenVocabulary, model: str) -> Adapted:
    """What a model can write of a primer.

    A model of melodies gets the highest line (zoo.music.analysis.melody). A model of several voices gets the primer's voices, if
    they are as many, or an arrangement for its own (zoo.music.analysis.arranging); of each part one note at a time. The metre
    becomes one with like bars, and lengths, in parts also starts, become the nearest that the model knows.

    Args:
        primer: music of any kind.
        vocabulary: of the model.
        model: its name, for messages.

    Raises:
        UserError: no melody, a metre unlike the model's, a wider range than its, or notes that MIDI does not have.
    """
    sources: Sequence[int] = range(len(primer.voices))
    try:
        if not vocabulary.polyphonic:
            adapted, sources = melody_of(primer), [melody_voice(primer)]
        elif len(primer.voices) == vocabulary.voices and not any(voice.drums for voice in primer.voices):
            adapted = replace(primer, key=primer.key or estimate_key(primer))
        else:
            adapted = arranging.arranged(primer, vocabulary.voices)[0]
            sources = _sources(adapted, primer)
        metre = metre_like(adapted.metre, vocabulary)
    except ValueError as error:
        raise UserError(f"{model} cannot go on from this music: {error}") from error
    if vocabulary.parts:
        lines = [line([note for note in adapted.notes if note.voice == voice], voice) for voice in range(len(adapted.voices))]
        adapted = replace(adapted, notes=tuple(note for each in lines for note in each))
    pitches = [note.pitch for note in adapted.notes]
    low, high = vocabulary.pitches
    octaves = octaves_into(pitches, low, high)
    adapted = replace(moved(adapted, octaves), metres=((0, metre), *adapted.metres[1:]))
    if not all(low <= note.pitch <= high for note in adapted.notes):
        raise UserError(
            f"the primer spans {max(pitches) - min(pitches)} semitones: {model} writes the MIDI pitches {low} to {high}"
        )
    # In melodies a note begins where the one before it ends: only notes in parts have places of their own.
    heard = (placed if vocabulary.parts else fitted)(adapted, vocabulary)
    notices = [*_of_voices(len(heard.notes), primer, vocabulary.polyphonic), *_of_octaves(octaves)]
    return Adapted(heard, octaves, tuple(sources), tuple(notices))


def adapt_melody(music: Score, vocabulary: TokenVocabulary, model: str) -> tuple[Score, Adapted]:
    """The melody of any music, and the nearest one that a model of parts can harmonise, moved to the soprano's range by octaves.

    Single notes that are still outside the vocabulary move to the nearest octave that it has. The metre becomes one with like
    bars, and starts and lengths the nearest that the model knows. A key that the melody does not name is estimated.

    Args:
        music: in one metre. Of several voices the highest one is taken, and one note at a time of it.
        vocabulary: of the model.
        model: its name, for messages.

    Raises:
        UserError: no melody, a metre that changes or is unlike the model's, or notes that MIDI does not have.
    """
    melody, source = music, 0
    if not music.is_melody or len(music.voices) > 1 or music.voices[0].drums:
        try:
            melody, source = melody_of(music), melody_voice(music)
        except ValueError as error:
            raise UserError(f"{model} cannot harmonise this music: {error}") from error
    if not melody.notes:
        raise UserError(f"{model} cannot harmonise this music: it holds no notes")
    if len(melody.metres) > 1:
        tick, metre = melody.metres[1]
        raise UserError(f"the metre of the melody changes to {metre} at tick {tick}: harmonise the sections one by one")
    try:
        metre = metre_like(melody.metre, vocabulary)
    except ValueError as error:
        raise UserError(f"{model} cannot harmonise this melody: {error}") from error
    octaves = octaves_into([note.pitch for note in melody.notes], *voice_leading.RANGES[0])
    notes = tuple(replace(note, pitch=_nearest_octave(note.pitch, vocabulary)) for note in moved(melody, octaves).notes)
    adapted = placed(replace(melody, notes=notes, metres=((0, metre),), voices=(Voice(),)), vocabulary)
    adapted = replace(adapted, key=adapted.key or estimate_key(adapted))
    notices = [*_of_voices(len(melody.notes), music, False), *_of_octaves(octaves), *_of_grid(melody, adapted)]
    return melody, Adapted(adapted, octaves, (source,), tuple(notices))


def _of_voices(heard: int, music: Score, polyphonic: bool) -> list[str]:
    """A notice where not all notes of the music are heard."""
    if heard >= len(music.notes):
        return []
    what = "the music has more than the model writes" if polyphonic else "the music has several voices: its highest one is heard"
    return [f"{what} ({heard} of {len(music.notes)} notes)"]


def _of_octaves(octaves: int) -> list[str]:
    """A notice where the music is heard in another octave."""
    if not octaves:
        return []
    return [f"the music is moved {OCTAVE * octaves:+} semitones into the model's range; the result is moved back"]


def _of_grid(melody: Score, adapted: Score) -> list[str]:
    """A notice where notes of a melody are heard at other places or with other lengths."""
    same = {(note.start, note.duration) for note in melody.notes} & {(note.start, note.duration) for note in adapted.notes}
    changed = len(melody.notes) - len(same)
    if not changed:
        return []
    return [f"{changed} of {len(melody.notes)} notes are off the model's grid: it reads the nearest, and the result keeps yours"]


def _sources(arranged: Score, music: Score) -> list[int]:
    """The voice of the music that most notes of each voice of an arrangement come from."""
    found = []
    for voice in range(len(arranged.voices)):
        pitches = Counter(note.pitch for note in arranged.notes if note.voice == voice)
        shared = {
            other: (pitches & Counter(note.pitch for note in music.notes if note.voice == other)).total()
            for other in range(len(music.voices))
            if not music.voices[other].drums
        }
        found.append(max(shared, key=shared.__getitem__))
    return found


def moved(score: Score, octaves: int) -> Score:
    """The score so many octaves higher. UserError where MIDI ends before that."""
    try:
        return score.transpose(octaves * OCTAVE)
    except ValueError as error:
        raise UserError(
            f"moved by {octaves} octaves, notes lie beyond what MIDI has: bring the music nearer to its middle"
        ) from error


def octaves_into(pitches: Iterable[int], lowest: int, highest: int) -> int:
    """By how many octaves to move MIDI pitches so that the fewest are outside a range; of equally good moves the shortest."""
    pitches = list(pitches)

    def badness(octaves: int) -> tuple[int, int]:
        higher = [pitch + OCTAVE * octaves for pitch in pitches]
        return sum(not lowest <= pitch <= highest for pitch in higher), abs(octaves)

    return min(range(-_MOST_OCTAVES, _MOST_OCTAVES + 1), key=badness)


def _nearest_octave(pitch: int, vocabulary: TokenVocabulary) -> int:
    """The pitch, moved by the fewest octaves that bring it into the range of the vocabulary."""
    low, high = vocabulary.pitches
    nearer = max(0, -(-(low - pitch) // OCTAVE)) - max(0, -(-(pitch - high) // OCTAVE))
    return pitch + nearer * OCTAVE


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
    """The score with every length that the vocabulary lacks fitted to one that it has."""
    return replace(score, notes=tuple(replace(note, duration=_longest(note.duration, vocabulary)) for note in score.notes))


def placed(score: Score, vocabulary: TokenVocabulary) -> Score:
    """The score with its notes at the nearest places, and with the nearest lengths, that the vocabulary has.

    A note ends at the latest where the next one of its voice begins, and at the end of the bar after its own. Of notes of a voice
    that come to the same place the longest stays, the first of several.

    Args:
        score: in one metre, each voice one note at a time.
        vocabulary: what to spell it in.
    """
    bar = score.metre.bar_ticks
    places = [0, *(place for place in vocabulary.positions if place < bar), bar]

    def place(tick: int) -> int:
        rest = tick % bar
        above = bisect_left(places, rest)
        return tick - rest + min(places[max(above - 1, 0) : above + 1], key=lambda place: abs(place - rest))

    notes: list[Note] = []
    for voice in range(len(score.voices)):
        longest: dict[int, Note] = {}
        for note in score.notes:
            if note.voice == voice:
                start = place(note.start)
                if start not in longest or note.duration > longest[start].duration:
                    longest[start] = note
        starts = sorted(longest)
        for start, following in zip_longest(starts, starts[1:]):
            note = longest[start]
            limit = start - start % bar + 2 * bar
            end = min(max(note.end, start + vocabulary.durations[0]), limit, limit if following is None else following)
            notes.append(replace(note, start=start, duration=_longest(end - start, vocabulary)))
    return replace(score, notes=tuple(notes))


def _longest(ticks: int, vocabulary: TokenVocabulary) -> int:
    """The longest length of the vocabulary that is not longer; `ticks` where all are."""
    return max((length for length in vocabulary.durations if length <= ticks), default=ticks)
