"""The harmony of music in several voices: how many beats are dissonant, and whether a piece ends with a cadence.

A chord here is what sounds at one moment, in any octaves and spellings.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, combinations

from zoo.music.analysis.endings import tonic
from zoo.music.notation.score import Score
from zoo.music.notation.theory import TICKS_PER_QUARTER

# Semitones above the root: the triads, and the sevenths in thirds that major and minor keys have on their degrees.
TRIADS = ((0, 4, 7), (0, 3, 7), (0, 3, 6), (0, 4, 8))
SEVENTHS = ((0, 4, 7, 10), (0, 3, 7, 10), (0, 3, 6, 10), (0, 3, 6, 9), (0, 4, 7, 11))
# Of a cadence, in semitones above the tonic: minor keys have the triads of either third.
_TONIC_CHORDS = (frozenset({0, 4, 7}), frozenset({0, 3, 7}))
_DOMINANT_SEVENTH = frozenset({7, 11, 2, 5})
_SUBDOMINANTS = (frozenset({5, 9, 0}), frozenset({5, 8, 0}))

_Chord = frozenset[int]


def _parts(shapes: Sequence[Sequence[int]]) -> frozenset[_Chord]:
    """Every chord that has no pitch class outside one of the shapes, on any root."""
    chords = [frozenset((root + step) % 12 for step in shape) for shape in shapes for root in range(12)]
    return frozenset(
        frozenset(part) for chord in chords for size in range(len(chord) + 1) for part in combinations(sorted(chord), size)
    )


IN_THIRDS = _parts([*TRIADS, *SEVENTHS])


def harmony(scores: Sequence[Score]) -> dict[str, float]:
    """Figures of the harmony of scores in several voices; drums are left out. ValueError where no two notes sound together.

    - cadences: the share of scores that end with a cadence, see `ends_with_cadence`.
    - dissonant_beats: of all beats of all scores at which two notes or more sound, the share that is dissonant, see
      `is_dissonant`. Beats are quarter notes from the bar line on, in compound metres such as 6/8 dotted quarter notes.
    """
    chords = [pitches for score in scores for pitches in beats(score) if len(pitches) > 1]
    if not chords:
        raise ValueError("no two notes sound together")
    return {
        "cadences": sum(map(ends_with_cadence, scores)) / len(scores),
        "dissonant_beats": sum(map(is_dissonant, chords)) / len(chords),
    }


def is_dissonant(pitches: Sequence[int]) -> bool:
    """Whether MIDI pitches are neither a triad or a seventh chord in thirds nor a part of one.

    The chords are TRIADS and SEVENTHS, in every inversion. What remains are suspensions, passing notes and other notes foreign to
    the chord that fall on the beat, and clashes.
    """
    return frozenset(pitch % 12 for pitch in pitches) not in IN_THIRDS


def beats(score: Score) -> Iterator[list[int]]:
    """The MIDI pitches that sound at each beat, lowest first. Beats are those of `harmony`."""
    starts = score.bar_starts
    for start, stop in zip(starts, chain(starts[1:], (score.end,)), strict=False):
        beat = score.metre_at(start).beat_ticks
        beat = TICKS_PER_QUARTER if beat == 2 * TICKS_PER_QUARTER else beat
        for tick in range(start, stop, beat):
            yield sounding(score, tick)


def sounding(score: Score, tick: int) -> list[int]:
    """The MIDI pitches that sound at a tick, lowest first, without drums."""
    return sorted(note.pitch for note in score.notes if note.start <= tick < note.end and not score.voices[note.voice].drums)


def ends_with_cadence(score: Score) -> bool:
    """Whether the last two chords with different basses are V-I, V7-I or IV-I.

    The last chord is the tonic triad, major or minor, with the tonic in the bass; its third or fifth may be missing. The bass
    before it has the fifth or the fourth degree. While the bass stays there, at some moment at least two pitch classes sound, and
    none outside the dominant seventh chord (with the leading note) or the subdominant triad (major or minor). So a suspension
    before the chord, and a passing note after it, do no harm.
    """
    home = tonic(score) if score.notes else 0
    moments = [sounding(score, tick) for tick in sorted({note.start for note in score.notes})]
    chords = [[(pitch - home) % 12 for pitch in pitches] for pitches in moments if pitches]
    if not chords or chords[-1][0] != 0 or not any(set(chords[-1]) <= chord for chord in _TONIC_CHORDS):
        return False
    while chords and chords[-1][0] == 0:
        chords.pop()
    bass = chords[-1][0] if chords else 0
    wanted = {7: (_DOMINANT_SEVENTH,), 5: _SUBDOMINANTS}.get(bass, ())
    while chords and chords[-1][0] == bass:
        heard = set(chords.pop())
        if len(heard) > 1 and any(heard <= chord for chord in wanted):
            return True
    return False
