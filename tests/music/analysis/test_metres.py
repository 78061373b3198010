import random
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.core.errors import UserError
from zoo.music.analysis import metres
from zoo.music.analysis.metres import excerpt, rebarred
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice

QUARTER = 24
# In a key that somebody names, so that the notes are not asked for it.
one_metre = partial(metres.one_metre, key=Key(0))
stretches = partial(metres.stretches, key=Key(0))


def metre(text):
    return Metre.parse(text)


def music(*bars, start=0):
    """A score of quarter notes with bars of these metres: ("1/4", 1), ("3/4", 4)."""
    changes, tick = [], start
    for text, number in bars:
        changes.append((tick if changes else 0, metre(text)))
        tick += number * metre(text).bar_ticks
    pitches = [60 + number * 5 % 12 for number in range((tick - start) // QUARTER)]
    notes = tuple(Note(start + number * QUARTER, QUARTER, pitch) for number, pitch in enumerate(pitches))
    return Score(notes, tuple(changes), Key(0))


def spans(pieces):
    return [(str(piece.score.metre), piece.first_tick, len(piece.score.notes)) for piece in pieces]


def test_one_metre_stays_as_it_is():
    score = music(("3/4", 4))
    piece = one_metre(score, "last")
    assert (piece.score, piece.first_tick, piece.notices) == (score, 0, ())
    assert stretches(score) == [piece]


@pytest.mark.parametrize(("short", "full"), [("1/4", "3/4"), ("1/8", "6/8"), ("3/8", "4/4"), ("1/2", "3/4")])
def test_a_short_first_bar_is_a_pickup(short, full):
    ticks, bar = metre(short).bar_ticks, metre(full).bar_ticks
    score = Score(
        (Note(0, ticks, 62), Note(ticks, bar, 67), Note(ticks + bar, bar, 69)), ((0, metre(short)), (ticks, metre(full)))
    )
    piece = one_metre(score, "last")
    assert piece.score.metres == ((0, metre(full)),)
    assert [note.start for note in piece.score.notes] == [bar - ticks, bar, 2 * bar]
    assert piece.first_tick == ticks - bar
    assert [note.start + piece.first_tick for note in piece.score.notes] == [note.start for note in score.notes]
    assert piece.notices == (f"a short first bar: its {short} is heard as a pickup to bars of {full}",)


def test_two_short_bars_where_a_repeat_goes_back_to_a_pickup_are_one():
    score = music(("1/4", 1), ("3/4", 7), ("2/4", 1), ("1/4", 1), ("3/4", 7), ("2/4", 1))
    piece = one_metre(score, "longest")
    assert spans([piece]) == [("3/4", -48, 48)]
    assert piece.score.bars == 17
    assert [notice.partition(":")[0] for notice in piece.notices] == [
        "a short first bar",
        "short bars fill a bar together",
    ]


def test_where_the_metre_changes_the_last_or_the_longest_stretch_is_heard():
    score = music(("4/4", 8), ("3/4", 4))
    last, longest = one_metre(score, "last"), one_metre(score, "longest")
    assert spans([last, longest]) == [("3/4", 8 * 96, 12), ("4/4", 0, 32)]
    assert last.notices == ("the metre changes: bars 9 to 12, in 3/4, are heard",)
    assert longest.notices == ("the metre changes: bars 1 to 8, in 4/4, are heard",)
    assert stretches(score) == [replace(longest, notices=()), replace(last, notices=())]


def test_full_bars_are_counted_after_a_pickup():
    score = music(("1/4", 1), ("4/4", 8), ("3/4", 4))
    assert one_metre(score, "last").notices == ("the metre changes: bars 9 to 12, in 3/4, are heard",)
    assert one_metre(score, "longest").notices[0] == "the metre changes: bars 0 to 8, in 4/4, are heard"


def test_a_shorter_bar_ends_the_stretch_before_it():
    score = music(("4/4", 4), ("2/4", 1), ("4/4", 4))
    assert spans(stretches(score)) == [("4/4", 0, 18), ("4/4", 4 * 96 + 48, 16)]


def test_a_short_bar_before_another_metre_is_its_pickup():
    score = music(("4/4", 4), ("1/4", 1), ("3/4", 4))
    assert spans(stretches(score)) == [("4/4", 0, 16), ("3/4", 4 * 96 + 24 - 72, 13)]


def test_a_longer_bar_at_the_end_is_heard_in_the_metre_before_it():
    piece = one_metre(music(("4/4", 8), ("6/4", 1)), "last")
    assert spans([piece]) == [("4/4", 0, 38)]
    assert piece.notices == ("a longer bar: 3/2 in 6/4 after bars of 4/4 go on in these",)


def test_common_time_and_cut_time_are_one_stretch():
    assert spans(stretches(music(("4/4", 4), ("2/2", 4)))) == [("4/4", 0, 32)]
    assert len(stretches(music(("3/4", 4), ("6/8", 4)))) == 2


def test_bars_without_notes_in_another_metre_do_not_count():
    score = music(("3/4", 4), start=4 * 24)
    score = replace(score, metres=((0, metre("2/4")), (48, metre("1/4")), (96, metre("3/4"))))
    assert spans([one_metre(score, "last")]) == [("3/4", 96, 12)]
    assert one_metre(score, "last").notices == ()


def test_a_pickup_may_be_named():
    score = music(("3/4", 4))
    piece = one_metre(score, "last", pickup=24)
    assert spans([piece]) == [("3/4", -48, 12)]
    assert one_metre(music(("1/4", 1), ("3/4", 4)), "last", pickup=0).first_tick == 0


def test_a_pickup_of_a_bar_is_refused():
    with pytest.raises(UserError, match="a pickup of 3/4 does not fit before bars of 3/4: it is shorter than a bar"):
        one_metre(music(("3/4", 4)), "last", pickup=72)


def test_another_metre_may_be_named():
    assert spans([one_metre(music(("3/4", 4), ("4/4", 2)), "last", metre=metre("6/8"))]) == [("6/8", 0, 20)]
    assert spans([one_metre(music(("1/4", 1), ("4/4", 4)), "last", metre=metre("2/4"))]) == [("2/4", -24, 17)]


def test_no_notes_have_no_metre():
    with pytest.raises(ValueError, match="no notes"):
        one_metre(Score(()), "last")


def test_an_excerpt_has_the_tempo_at_its_beginning():
    score = replace(music(("4/4", 4)), tempos=((0, 90.0), (96, 120.0), (240, 60.0)))
    assert excerpt(score, 192, 288).tempos == ((0, 120.0), (48, 60.0))
    assert excerpt(score, 192, 288, 144).tempos == ((0, 120.0), (96, 60.0))
    assert [note.start for note in excerpt(score, 192, 288, 144).notes] == [48, 72, 96, 120]


METRES = st.sampled_from(["1/4", "2/4", "3/4", "4/4", "6/8", "2/2", "3/8", "5/8"])


@given(
    st.lists(st.tuples(METRES, st.integers(1, 5)), min_size=1, max_size=8), st.lists(st.integers(0, 90), min_size=1, max_size=40)
)
def test_no_note_is_lost_and_all_keep_their_place(regions, gaps):
    changes, tick = {}, 0
    for text, number in regions:
        changes[tick] = metre(text)
        tick += number * metre(text).bar_ticks
    notes, start = [], 0
    for number, gap in enumerate(gaps):
        notes.append(Note(start, 12, 40 + number))
        start += gap
    score = Score(tuple(notes), tuple(changes.items()))
    pieces = stretches(score)
    found = [(note.start + piece.first_tick, note.pitch) for piece in pieces for note in piece.score.notes]
    assert found == [(note.start, note.pitch) for note in score.notes]
    assert all(len(piece.score.metres) == 1 and piece.score.notes[0].start < piece.score.end for piece in pieces)
    assert one_metre(score, "last").score == pieces[-1].score


def waltz(pickup=24, bars=8):
    """Bars of 3/4 with a long note at the beginning of each, behind a pickup that begins at tick 0."""
    notes = [Note(0, pickup, 62)]
    for bar in range(bars - 1):
        notes += [Note(pickup + 72 * bar, 48, 67 + bar % 3), Note(pickup + 72 * bar + 48, 24, 62 + bar % 2)]
    return Score((*notes, Note(pickup + 72 * (bars - 1), 72 - pickup, 67)), ((0, metre("3/4")),), Key(7))


def test_a_pickup_without_the_rest_before_it_is_found():
    piece = one_metre(waltz(), "last")
    assert (piece.first_tick, piece.score.notes[0].start, piece.score.notes[1].start) == (-48, 48, 72)
    assert piece.notices == (
        "the bar lines are too early: the long notes say that the music begins with a pickup of 1/4, and it is heard so",
    )
    assert stretches(waltz()) == [piece]
    assert one_metre(piece.score, "last").notices == ()
    assert one_metre(waltz(), "last", pickup=0).first_tick == 0


def test_notes_by_chance_seldom_move_bar_lines():
    def notes(chance):
        tick = 0
        while tick < 6 * 96:
            length = chance.choice((12, 24))
            yield Note(tick, length, chance.randint(60, 72))
            tick += length

    pieces = [Score(tuple(notes(random.Random(seed))), key=Key(0)) for seed in range(100)]
    assert sum(one_metre(piece, "last").first_tick != 0 for piece in pieces) <= 10


def test_all_voices_tell_of_a_pickup():
    even = tuple(Note(12 * number, 12, 60 + number * 5 % 12, 0) for number in range(96))
    bass = tuple(Note(12 + 36 * number, 36, 43, 1) for number in range(31))
    whole = Score((*even, *bass), ((0, metre("6/8")),), Key(0), voices=(Voice(), Voice()))
    tune = replace(whole, notes=even, voices=(Voice(),))
    assert one_metre(tune, "last").first_tick == 0
    assert one_metre(tune, "last", whole=whole).first_tick == 12 - 72


def test_bars_of_a_beat_are_heard_in_longer_ones():
    piece = one_metre(music(("1/4", 9)), "last")
    assert (piece.score.metre, piece.notices) == (metre("2/4"), ("bars of a beat or less: those of 1/4 are heard in 2/4",))


def test_music_is_written_as_it_is_heard():
    written, later = rebarred(music(("1/4", 1), ("3/4", 8)), metre("3/4"), 24 - 72)
    assert (written.metres, later, written.notes[0].start, written.bars) == (((0, metre("3/4")),), 48, 48, 9)
    for score, first in ((music(("3/4", 8)), 0), (music(("3/4", 8), ("4/4", 8)), 8 * 72)):
        assert rebarred(score, metre("3/4"), first) == (score, 0)
    slower = replace(music(("3/4", 8)), tempos=((0, 90.0), (72, 80.0)))
    assert rebarred(slower, metre("3/4"), 24 - 72)[0].tempos == ((0, 90.0), (120, 80.0))


def test_a_key_that_the_notes_contradict_is_overruled():
    score = music(("4/4", 4))
    e_major = replace(score, notes=tuple(Note(24 * i, 24, pitch) for i, pitch in enumerate((64, 66, 68, 69, 71, 73, 75, 76) * 2)))
    for piece in (metres.one_metre(e_major, "last"), *metres.stretches(e_major)):
        assert piece.score.key == Key(4)
        assert "it says C major, they are in E major" in piece.notices[-1]
    assert one_metre(e_major, "last").score.key == Key(0)
