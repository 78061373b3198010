"""Random music for property tests: melodies and polyphonic scores on the grid, and vocabularies."""

from itertools import pairwise

from hypothesis import strategies as st

from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.score import Score
from zoo.music.notation.theory import MODES, Key, Metre, Note, Voice

METRES = st.sampled_from([Metre.parse(text) for text in ("4/4", "3/4", "6/8", "2/4", "9/8", "3/8", "5/4", "2/2", "3/32")])
KEYS = st.builds(Key, st.integers(0, 11), st.sampled_from(MODES))
DURATIONS = st.sampled_from([1, 3, 4, 6, 8, 12, 16, 18, 24, 32, 36, 48, 72, 96])


@st.composite
def melodies(draw):
    """With upbeats, rests, notes over the bar line and empty bars inside; no note longer than the language can say."""
    metre = draw(METRES)
    length = metre.bar_ticks
    notes, tick = [], 0
    for _ in range(draw(st.integers(1, 25))):
        tick += draw(st.one_of(st.just(0), DURATIONS, st.just(3 * length)))
        duration = min(draw(DURATIONS), 2 * length - tick % length)
        notes.append(Note(tick, duration, draw(st.integers(40, 90))))
        tick += duration
    return Score(tuple(notes), ((0, metre),), draw(KEYS))


@st.composite
def polyphonic_scores(draw, voices=4):
    """Several voices, chords within a voice, notes that overlap; `voices` voices in all."""
    metre = draw(METRES)
    length = metre.bar_ticks
    notes = {}
    for _ in range(draw(st.integers(1, 30))):
        start = draw(st.one_of(st.integers(0, 4 * length), st.integers(0, 8).map(lambda n: 12 * n)))
        duration = min(draw(DURATIONS), 2 * length - start % length)
        note = Note(start, duration, draw(st.integers(36, 80)), draw(st.integers(0, voices - 1)))
        notes[note.start, note.voice, note.pitch] = note
    return Score(tuple(notes.values()), ((0, metre),), draw(KEYS), voices=(Voice(),) * voices)


@st.composite
def part_scores(draw, voices=3):
    """Several voices of one note at a time, each with at least one; voice 0 has some notes that begin where no other does."""
    metre = draw(METRES)
    length = metre.bar_ticks
    notes = []
    for voice in range(voices):
        tick = 0
        for _ in range(draw(st.integers(1, 12))):
            tick += draw(st.one_of(st.just(0), st.just(0), DURATIONS, st.just(2 * length)))
            duration = min(draw(DURATIONS), 2 * length - tick % length)
            notes.append(Note(tick, duration, draw(st.integers(40, 80)), voice))
            tick += duration
    return Score(tuple(notes), ((0, metre),), draw(KEYS), voices=(Voice(),) * voices)


def vocabulary_of(score):
    """The vocabulary that fits a score: of a melody, of chords in several voices, or of parts."""
    lines = [[note for note in score.notes if note.voice == voice] for voice in range(len(score.voices))]
    parts = len(lines) > 1 and all(a.end <= b.start for line in lines for a, b in pairwise(line))
    return TokenVocabulary.of([score], voices=len(lines), polyphonic=len(lines) > 1, parts=parts)


@st.composite
def vocabularies(draw, polyphonic):
    """Often so poor that few tokens fit, sometimes so that no note fits at all."""
    low = draw(st.integers(0, 127))
    voices = draw(st.integers(1, 3)) if polyphonic else 1
    return TokenVocabulary(
        metres=tuple(draw(st.lists(METRES, min_size=1, max_size=3))),
        pitches=(low, draw(st.integers(low, min(127, low + 4)))),
        durations=tuple(draw(st.lists(st.one_of(DURATIONS, st.integers(1, 400)), min_size=1, max_size=4))),
        positions=tuple(draw(st.lists(st.integers(1, 100), max_size=6))),
        voices=voices,
        polyphonic=polyphonic,
        parts=voices > 1 and draw(st.booleans()),
        types=draw(st.sampled_from([(), ("jig", "slip jig")])),
    )
