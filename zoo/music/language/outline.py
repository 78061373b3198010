"""The outline of a piece: its controls, its length and form, where its first note begins, and the last note that it heads for.

A network that draws one token after another forgets where it is going: its pieces do not end, and their parts do not come back.
So the outline of a piece is drawn before its notes. It is that of a training piece with the controls and the length that were
asked for. The network is told the last note from the beginning, which bars return, and the character of a tune (`coming`), as it
is told in training for half of the pieces. The grammar lets the piece begin and end as the outline says (`preferred`). In parts,
the last note is that of the lowest part.

As in zoo.music.language.grammar every function for steps takes `xp`, numpy or keras.ops, so that training and the compiled loop
share it.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from zoo.music.language import grammar
from zoo.music.language.part_writing import OCTAVE, PARALLELS
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.score import Score
from zoo.music.notation.theory import TICKS_PER_QUARTER

LAGS = (8, 16, 4)  # bars: how far back a bar may repeat another one; of several, the first in this order counts
MOST_BARS = 66  # whose form an outline can tell; all later bars are open
ENDING, FORM, CHARACTER = 4, 2, 4  # numbers in the features of `coming`
STEP, LEAP = 2, 5  # semitones: the widest step, and the narrowest leap
SHARES = 16  # parts in which a share is counted
WIDEST_RANGE = 31  # semitones

_POS, _VOICE, _PITCH, _DUR = (grammar.KINDS.index(kind) for kind in ("pos", "voice", "pitch", "dur"))

# The columns of `table`. The first four are the ids of the controls, in the order of the tokens.
COLUMNS = (
    *("metre", "tonic", "mode", "type", "bars", "opening"),
    *("before_end", "duration", "degree", "approach", "lead", "cadence"),
)
DOMINANT, SUBDOMINANT = 8, 6  # the degrees from which the bass goes to the tonic in a cadence
# The degrees of the chords of a cadence: V with or without its seventh, and IV; the third of IV may be minor.
CHORDS = {DOMINANT: (8, 12, 3, 6), SUBDOMINANT: (6, 9, 10, 1)}
# Whether a degree belongs to the chord on another degree; on a degree without such a chord all do.
_IN_CHORD = np.array([[each in CHORDS.get(root, range(OCTAVE + 1)) for each in range(OCTAVE + 1)] for root in range(OCTAVE + 1)])


class Outline(NamedTuple):
    """The outlines of n pieces, int32 [n] each.

    Attributes:
        opening: ticks of the rest that begins the first bar, before an upbeat; 0 for none, -1 where it is open.
        start: ticks from the beginning of the first bar to the last note.
        duration: of the last note, in ticks.
        degree: of the last note: 1 for the tonic, 2 for a semitone above it ... 12; 0 where the ending is open.
        approach: the degree of the note before the last, of the same voice; 0 where it is open or there is none.
        lead: in parts, the degree of the last note of voice 0; 0 where it is open.
        form: of each bar, that of an upbeat included: 1 where it is new, 2 + i where it repeats that of LAGS[i] bars before, 0
            where it is open, int32 [n, MOST_BARS + 1].
        character: what a tune is like, from 1, or 0 where it is open, int32 [n, CHARACTER]: how many of its intervals are
            unisons, steps and leaps, in SHARES parts of all, and its range in semitones.
    """

    opening: Any
    start: Any
    duration: Any
    degree: Any
    approach: Any
    lead: Any
    form: Any
    character: Any


def nothing(n: Any, xp: Any = np) -> Outline:
    """The outlines of n pieces in which all is open."""
    zero = xp.zeros((n,), dtype="int32")
    form, character = (xp.zeros((n, size), dtype="int32") for size in (MOST_BARS + 1, CHARACTER))
    return Outline(zero - 1, zero, zero, zero, zero, zero, form, character)


def of(scores: Sequence[Score]) -> Outline:
    """The outlines of scores with a key. The ending of music that is neither a melody nor in parts is open (see `table`)."""
    result = Outline(*(each.copy() for each in nothing(len(scores))))
    for row, score in enumerate(scores):
        lowest = max(note.voice for note in score.notes)
        *_, before, last = [None, *(note for note in score.notes if note.voice == lowest)]
        assert score.key is not None
        assert last is not None
        result.opening[row], result.start[row], result.duration[row] = score.notes[0].start, last.start, last.duration
        result.degree[row] = (last.pitch - score.key.tonic) % OCTAVE + 1
        result.approach[row] = (before.pitch - score.key.tonic) % OCTAVE + 1 if before else 0
        leading = [note for note in score.notes if not note.voice]
        result.lead[row] = (leading[-1].pitch - score.key.tonic) % OCTAVE + 1 if leading else 0
        bars = form(score)[:MOST_BARS]
        result.form[row, : len(bars)] = bars
        if len(score.voices) == 1:
            result.character[row] = character(score)
    return result


def form(score: Score) -> list[int]:
    """The form of a score in one metre: a number for each bar, as in `Outline`."""
    length = score.metre.bar_ticks
    bars: list[set[tuple[int, int, int, int]]] = [set() for _ in range(score.bars)]
    for note in score.notes:
        bars[note.start // length].add((note.start % length, note.duration, note.pitch, note.voice))
    found = []
    for number, bar in enumerate(bars):
        repeats = (2 + i for i, lag in enumerate(LAGS) if bar and number >= lag and bars[number - lag] == bar)
        found.append(next(repeats, 1))
    return found


def character(score: Score) -> list[int]:
    """The character of a tune: a number for each entry, as in `Outline`."""
    pitches = np.array([note.pitch for note in score.notes])
    intervals = np.abs(np.diff(pitches))
    kinds = (intervals == 0, (intervals > 0) & (intervals <= STEP), intervals >= LEAP)
    shares = [float(np.mean(kind)) if len(intervals) else 0.0 for kind in kinds]
    return [*(1 + round(share * SHARES) for share in shares), 1 + min(int(np.ptp(pitches)), WIDEST_RANGE)]


def table(scores: Sequence[Score], outlines: Outline, vocabulary: TokenVocabulary) -> np.ndarray:
    """The outlines of the training pieces, from which those of new pieces are drawn: int32 [m, len(COLUMNS)].

    bars: without the bar of an upbeat. before_end: ticks from the start of the last note to the end of the last bar. lead: the
    degree of the last note of voice 0. cadence: 1 for melodies, and where the bass comes from one of CHORDS. The ending is
    open (degree 0) in a vocabulary of chords, and where the places and the lengths of the vocabulary cannot say it.

    Args:
        scores: the training pieces.
        outlines: of these, by `of`.
        vocabulary: the tokens.
    """
    index = vocabulary.index
    spelled = not vocabulary.polyphonic or vocabulary.parts
    places = {0, *vocabulary.positions}
    rows = []
    for i, score in enumerate(scores):
        assert score.key is not None  # `of`
        length, opening = score.metre.bar_ticks, int(outlines.opening[i])
        _, tonic, mode, *type_ = (vocabulary.tokens[token] for token in vocabulary.encode(score)[1 : vocabulary.controls + 1])
        start, duration = int(outlines.start[i]), int(outlines.duration[i])
        known = spelled and start % length in places and duration in vocabulary.durations
        rows.append(
            (
                index[f"metre={score.metre}"],
                index[tonic],
                index[mode],
                index[type_[0]] if type_ else 0,
                score.bars - (opening > 0),
                opening if opening < length else 0,
                score.bars * length - start,
                duration,
                int(outlines.degree[i]) if known else 0,
                int(outlines.approach[i]) if known else 0,
                int(outlines.lead[i]),
                int(not vocabulary.parts or outlines.approach[i] in CHORDS),
            )
        )
    return np.array(rows, np.int32).reshape(len(rows), len(COLUMNS))


def coming(outline: Outline, state: grammar.State, xp: Any = np) -> dict[str, Any]:
    """The features that tell the outline, int32; all are 0 where it is open.

    ending [n, ENDING]: ticks until the last note, plus 1, and 0 once it has begun; its duration; its degree; the degree before.
    form [n, FORM]: the form of this bar and of the next one, as in `Outline`.
    character [n, CHARACTER]: as in `Outline`.
    """
    wait = _wait(outline, state)
    values = [xp.where(wait < 0, 0, wait + 1), outline.duration, outline.degree, outline.approach]
    ending = xp.where((outline.degree > 0)[:, None], xp.stack(values, axis=-1), np.int32(0))
    bars = xp.maximum(state.bars[:, None] - 1, 0) + xp.arange(FORM, dtype="int32")[None, :]
    form = xp.take_along_axis(outline.form, xp.minimum(bars, MOST_BARS), axis=1)
    return {"ending": ending, "form": form, "character": outline.character}


def preferred(tables: grammar.Tables, state: grammar.State, outline: Outline, mask: Any, closing: Any, xp: Any = np) -> Any:
    """The tokens of `mask`, bool [n, V], that keep to the outline; all of them where none does, and while `closing`."""
    kept = grammar.narrowed(mask, _opens(tables, state, outline, xp) & _ends(tables, state, outline, xp), xp)
    kept = grammar.narrowed(kept, _clean(tables, state, outline, xp), xp)
    return xp.where(closing[:, None], mask, kept)


def _wait(outline: Outline, state: grammar.State) -> Any:
    """Ticks until the last note begins, [n]; negative once its place has passed."""
    return outline.start - (state.bars - 1) * state.length - state.cursor


def _opens(tables: grammar.Tables, state: grammar.State, outline: Outline, xp: Any) -> Any:
    """The tokens that begin the first bar as the outline says: bool [n, V]; all of them elsewhere."""
    kind, value = xp.reshape(tables.kind, (1, -1)), xp.reshape(tables.value, (1, -1))
    begins = (state.bars == 1) & (state.notes == 0) & (state.cursor == 0) & (state.phase == grammar.BODY)
    opening = outline.opening[:, None]
    wanted = xp.where(opening > 0, (kind == _POS) & (value == opening), kind != _POS)
    return wanted | ((opening < 0) | ~begins[:, None])


def _ends(tables: grammar.Tables, state: grammar.State, outline: Outline, xp: Any) -> Any:
    """The tokens that lead to the ending, and are it: bool [n, V]; all of them where the ending is open."""
    kind, value = xp.reshape(tables.kind, (1, -1)), xp.reshape(tables.value, (1, -1))
    phase, cursor, wait = state.phase[:, None], state.cursor[:, None], _wait(outline, state)[:, None]
    begins = kind == (_VOICE if tables.parts else _PITCH)

    def fits(ticks: Any) -> Any:
        """Whether what lasts so many ticks leaves room before the ending: none, or that of the shortest note."""
        rest = wait - ticks
        return (rest == 0) | (rest >= tables.shortest)

    before = xp.where(kind == _POS, fits(value - cursor), ~begins | (wait >= tables.shortest))
    following = begins & (value == state.voice[:, None] + 1) if tables.parts else begins  # no part may be left out
    due = xp.any(state.until <= state.cursor[:, None], axis=1)[:, None] & (cursor < state.length[:, None])
    after = ~begins & ((kind != _POS) | (value == state.length[:, None]))
    at = xp.where(due, following, after)
    waits = (phase == grammar.BODY) | (phase == grammar.NOTE)
    place = ~waits | xp.where(wait > 0, before, xp.where(wait == 0, at, after))
    duration = xp.where(wait > 0, fits(value), (wait < 0) | (value == outline.duration[:, None]))
    pitch = (wait != 0) | (_degree(tables, state, tables.value[None, :]) == outline.degree[:, None])
    if tables.parts:
        pitch, slow, steps = _cadence(tables, state, outline, pitch, wait, xp)
        place, duration = place & ((kind != _POS) | steps), duration & slow
    kept = place & ((kind != _PITCH) | pitch) & ((kind != _DUR) | duration)
    return kept | (outline.degree == 0)[:, None]


def _cadence(
    tables: grammar.Tables, state: grammar.State, outline: Outline, last: Any, wait: Any, xp: Any
) -> tuple[Any, Any, Any]:
    """The pitches, the durations and the places of a cadence in parts, bool [n, V] each.

    The bass sings the degree of the approach in the last quarter note before the ending. What the other parts sing at its
    beginning belongs to the chord on it, and what they sing at the ending to the chord of the tonic, if the bass has that. Where
    the outline gives voice 0 its last degree, it sings that.

    Args:
        tables, state, outline, xp: see `preferred`.
        last: bool [n, V], the pitches that the bass may end on.
        wait: ticks until the ending, int32 [n, 1].
    """
    degree, approach = outline.degree[:, None], outline.approach[:, None]
    bass, own = (state.voice == tables.voices - 1)[:, None], _degree(tables, state, tables.value[None, :])
    led = (approach > 0) & (wait > 0)

    minor = xp.take(tables.minor, state.controls[:, 2], axis=0)[:, None]
    home = (degree != 1) | (own == 1) | (own == 5) | (own == 8) | (minor & (own == 4))
    home = xp.where((state.voice == 0)[:, None] & (outline.lead > 0)[:, None], own == outline.lead[:, None], home)
    chord = xp.take(_IN_CHORD, outline.approach, axis=0)  # whether each degree belongs to it
    in_chord = xp.take_along_axis(chord, own, axis=1)
    upper = xp.where(wait == 0, home, (wait != TICKS_PER_QUARTER) | in_chord)
    lower = last & (~led | (wait >= TICKS_PER_QUARTER + tables.shortest) | (own == approach))

    left = wait - TICKS_PER_QUARTER  # ticks until that quarter note
    held = _degree(tables, state, state.pitch[:, None])
    held_in_chord = xp.take_along_axis(chord, held, axis=1)
    rings = led & (left > 0) & (tables.value[None, :] > left)  # into it
    duration = ~rings | xp.where(bass, held == approach, held_in_chord)
    sings = state.until[:, tables.voices - 1][:, None] > state.cursor[:, None] + left  # the bass, in it
    steps = ~led | sings | (left < 0) | (tables.value[None, :] - state.cursor[:, None] <= left)
    return xp.where(bass, lower, upper), duration, steps


def _clean(tables: grammar.Tables, state: grammar.State, outline: Outline, xp: Any) -> Any:
    """The tokens of an ending in parts without two faults of part writing: bool [n, V]; all of them elsewhere.

    The bass does not rise above the tenor. And since its last step is given, from the approach to the ending, no other part makes
    the same step an octave or a fifth higher. Nor does voice 0, whose last note is given, too, lead to that.
    """
    if not tables.parts:
        return tables.kind[None, :] >= 0
    wait, degree, approach = _wait(outline, state)[:, None], outline.degree[:, None], outline.approach[:, None]
    bass, first = (state.voice == tables.voices - 1)[:, None], (state.voice == 0)[:, None]
    near = (degree > 0) & (wait >= 0) & (wait <= TICKS_PER_QUARTER)
    own = _degree(tables, state, tables.value[None, :])
    left = _degree(tables, state, xp.take_along_axis(state.held, xp.maximum(state.voice, 0)[:, None], axis=1))
    wrong = bass & (tables.value[None, :] > state.held[:, tables.voices - 2][:, None])
    for interval in PARALLELS:
        before, after = (approach + interval - 1) % OCTAVE + 1, (degree + interval - 1) % OCTAVE + 1
        moves = (wait == 0) & (left == before) & (own == after)
        leads = first & (wait > 0) & (own == before) & (outline.lead[:, None] == after)
        wrong = wrong | (~bass & (approach > 0) & (moves | leads))
    return ~((tables.kind == _PITCH)[None, :] & near & wrong)


def _degree(tables: grammar.Tables, state: grammar.State, pitch: Any) -> Any:
    """The degree of MIDI pitches, 1 for the tonic: int32 [n, ...]."""
    return (pitch - (state.controls[:, 1] - tables.tonic)[:, None]) % OCTAVE + 1
