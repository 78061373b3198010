"""Tunes in ABC notation: what other readers get wrong, with the exact notes expected, and what a user may bring."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.music.notation import abc
from zoo.music.notation.measures import Measure, Refused, play_order
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre

EIGHTH = 12


def tune(body: str, metre: str = "2/4", key: str = "C", length: str = "1/8") -> Score:
    return abc.read(f"X:1\nT:Test\nM:{metre}\nL:{length}\nK:{key}\n{body}\n")


def pitches(score: Score) -> list[int]:
    return [note.pitch for note in score.notes]


def timed(score: Score) -> list[tuple[int, int, int]]:
    return [(note.start, note.duration, note.pitch) for note in score.notes]


def letters(score: Score) -> str:
    """The notes as letters, for tunes of quarter notes within an octave from middle C."""
    return "".join("C D EF G A B"[note.pitch - 60] for note in score.notes)


def test_notes_lengths_and_header():
    score = tune("c2 d/e/f | z2 B,3/2C/ |]", key="D", metre="2/4")
    assert timed(score) == [
        (0, 24, 73),
        (24, 6, 74),
        (30, 6, 76),
        (36, 12, 78),
        (72, 18, 59),
        (90, 6, 61),
    ]
    assert (score.title, score.metre, score.key, score.bars) == ("Test", Metre(2, 4), Key(2, "major"), 2)


def test_accidentals_last_to_the_bar_line():
    assert pitches(tune("=c2 cc | c4 |", key="A")) == [72, 72, 72, 73]
    assert pitches(tune("^f_b fb | fb z2 |")) == [78, 82, 78, 82, 77, 83]


def test_an_accidental_holds_in_other_octaves_and_ends_at_a_repeat_sign():
    assert pitches(tune("^f2 F2 :| f4 |]")) == [78, 66, 78, 66, 77]


def test_a_fermata_does_not_swallow_its_note():
    assert timed(tune("HA2 B2 | Hc4 |]")) == [(0, 24, 69), (24, 24, 71), (48, 48, 72)]


def test_decorations_do_not_count():
    plain = timed(tune("A2 Bc | d2 e2 |]"))
    assert timed(tune("~A2 .Bvc | Td2 ue2 |]")) == plain
    assert timed(tune('"Am"A2 !trill!B"_text|"c | (d2 e2) |]')) == plain
    assert timed(tune("A2 {gag}Bc | {/c}d2 e2 Hx |]")) == plain
    assert timed(tune("A2 B`c | d2 e2 | % said | so")) == plain


def test_broken_rhythm_holds_through_decorations():
    expected = [(0, 18, 69), (18, 6, 71), (24, 6, 72), (30, 18, 74)]
    assert timed(tune("A>B c<d |]")) == expected
    assert timed(tune("A>.B (c<{e}d) |]")) == expected
    assert timed(tune("A>>B c2 |]")) == [(0, 21, 69), (21, 3, 71), (24, 24, 72)]


def test_triplets_are_not_used_up_by_grace_notes():
    assert timed(tune("(3A{c}Bc d2 | (3:2:2A2B c2|]")) == [
        (0, 8, 69),
        (8, 8, 71),
        (16, 8, 72),
        (24, 24, 74),
        (48, 16, 69),
        (64, 8, 71),
        (72, 24, 72),
    ]


def test_of_a_chord_the_highest_note_stays():
    assert timed(tune("[CEc]2 [G2^d2] | [A-E-]2 A2 |]")) == [(0, 24, 72), (24, 24, 75), (48, 48, 69)]
    assert timed(tune("+CEc+2 [df]/[ce]/d |]")) == [(0, 24, 72), (24, 6, 77), (30, 6, 76), (36, 12, 74)]


def test_ties_join_equal_pitches_only():
    assert timed(tune("A2 B2- | B2 A2- | c4 |]")) == [(0, 24, 69), (24, 48, 71), (72, 24, 69), (96, 48, 72)]


def test_a_tie_goes_over_the_repeat_sign():
    assert timed(tune("A2 A2- :| B4 |]")) == [(0, 24, 69), (24, 48, 69), (72, 24, 69), (96, 48, 71)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("C2 D2 :| E2 F2 :|", "CDCDEFEF"),  # music21 plays A A B A A B
        ("|: C2 D2 :| E2 F2 |]", "CDCDEF"),
        ("C2 D2 |: E2 F2 :|", "CDEFEF"),
        ("|: C2 D2 :: E2 F2 :|", "CDCDEFEF"),
        ("C2 D2 :||: E2 F2 :|", "CDCDEFEF"),
        ("C2 D2 :|\n|: E2 F2 :|", "CDCDEFEF"),
        ("C2 D2 || E2 F2 :|", "CDEFCDEF"),
        ("C2 D2 |1 E2 F2 :|2 G2 A2 |]", "CDEFCDGA"),
        ("|: C2 D2 | [1 E2 F2 :| [2 G2 A2 :| B4 |]", "CDEFCDGAB"),
        ("C2 D2 |1 E4 | F4 :|2 G4 | A4 || B4 :|", "CDEFCDGABB"),
        ("C2 D2 |1 E4 |2 F4 |]", "CDECDF"),  # a forgotten :|
        ("C2 D2 |1 E4 :| F4 |]", "CDECDF"),  # a forgotten 2
        ("|: C4 |1,3 D4 :|2 E4 :| F4 |]", "CDCECDF"),
        ("C4 :| |: D4 |1 E4 :|2 F4 :| G4 |]", "CCDEDFG"),
        ("C2 D2 |:| E4 |]", "CDCDE"),
        ("C4 :| D4 :| E4 :|", "CCDDEE"),
        ("C4 :|2 D4 |]", "CCD"),
        ("|2 C4 |] D4 |]", "D"),
    ],
)
def test_repeats_are_written_out(body, expected):
    assert letters(tune(body)) == expected


def test_play_order_of_measures():
    event = ((48, (60,), False),)
    first, second = frozenset({1}), frozenset({2})
    measures = [
        Measure(event),
        Measure(event, opens=True),
        Measure(event, closes=True, ending=first, section=True),
        Measure(event, closes=True, ending=second, section=True),
        Measure(event, closes=True, section=True),
    ]
    assert play_order(measures) == [0, 1, 2, 1, 3, 4, 4]


def test_a_pickup_follows_a_rest_and_joins_the_bar_cut_by_the_repeat():
    # 2/4: a quarter as pickup, one full bar, and a quarter before the repeat sign.
    score = tune("G2 | c2 d2 | e2 :| f2 | g4 | a2 |]")
    assert timed(score) == [
        (24, 24, 67),
        (48, 24, 72),
        (72, 24, 74),
        (96, 24, 76),
        (120, 24, 67),  # the repeat goes back to the pickup, which fills the bar
        (144, 24, 72),
        (168, 24, 74),
        (192, 24, 76),
        (216, 24, 77),
        (240, 48, 79),
        (288, 24, 81),
    ]
    assert score.bars == 7


def test_a_short_bar_at_the_end_of_a_section_is_filled_with_a_rest():
    assert timed(tune("c4 | d2 || e4 | f4 |]")) == [(0, 48, 72), (48, 24, 74), (96, 48, 76), (144, 48, 77)]


def test_a_pickup_is_played_once_where_the_repeated_part_is_full():
    assert timed(tune("G2 | c4 | d4 :| e4 |]")) == [
        (24, 24, 67),
        (48, 48, 72),
        (96, 48, 74),
        (144, 48, 72),
        (192, 48, 74),
        (240, 48, 76),
    ]


def test_a_full_bar_makes_room_for_the_next_pickup():
    assert timed(tune("c4 | d4 || G | e4 |]")) == [(0, 48, 72), (48, 36, 74), (84, 12, 67), (96, 48, 76)]
    assert timed(tune("c4 | d3z || G | e4 |]")) == [(0, 48, 72), (48, 36, 74), (84, 12, 67), (96, 48, 76)]


def test_a_forgotten_bar_line():
    assert timed(tune("c4 d4 | e4 |]")) == [(0, 48, 72), (48, 48, 74), (96, 48, 76)]


def test_the_note_length_may_change_and_comes_from_the_metre_without_l():
    assert timed(tune("c4 | [L:1/16] d8 |]")) == [(0, 48, 72), (48, 48, 74)]
    assert timed(abc.read("X:1\nM:2/4\nK:C\nc4d4|")) == [(0, 24, 72), (24, 24, 74)]
    assert timed(abc.read("X:1\nM:6/8\nK:C\nc3d3|")) == [(0, 36, 72), (36, 36, 74)]


def test_the_key_may_change_the_first_one_counts():
    score = tune("f4 |\nK:G\nf4 | [K:F] b4 |]")
    assert pitches(score) == [77, 78, 82]
    assert score.key == Key(0, "major")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("D", Key(2)),
        ("Bb", Key(10)),
        ("F#m", Key(6, "minor")),
        ("EM", Key(4)),  # music21 says minor
        ("GMin", Key(7, "minor")),
        ("E Minor", Key(4, "minor")),
        ("Ador", Key(9, "dorian")),
        ("A Mixolydian", Key(9, "mixolydian")),
        ("Dlyd", Key(2, "lydian")),
        ("Bphr % odd", Key(11, "phrygian")),
        ("Aaeo", Key(9, "minor")),
        ("Gion", Key(7)),
    ],
)
def test_keys(text, key):
    assert tune("c4|", key=text).key == key


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("reel", "reel"),
        ("REEL", "reel"),
        ("Jig", "jig"),
        ("double jig", "jig"),
        ("slipjig", "slip jig"),
        ("Slip-Jigs % odd", "slip jig"),
        ("fling", "highland fling"),
        ("waltzes", "waltz"),
        ("Gavotte", "gavotte"),
        ("", ""),
        ("s", ""),
        ("of no type known", ""),
    ],
)
def test_the_type_of_a_tune(text, kind):
    assert abc.read(f"X:1\nM:2/4\nL:1/8\nR:{text}\nK:C\nc4|").type == kind


def test_a_tune_without_r_has_no_type():
    assert tune("c4|").type == ""


@pytest.mark.parametrize(("text", "metre"), [("C", "4/4"), ("C|", "2/2"), ("6/8", "6/8")])
def test_metres(text, metre):
    body = "c6|" if metre == "6/8" else "c8|"
    assert str(tune(body, metre=text).metre) == metre


@pytest.mark.parametrize(
    ("text", "reason", "message"),
    [
        ("X:1\nM:2/4\nL:1/8\nc4|", "no key", "no K: line"),
        ("X:1\nM:none\nL:1/8\nK:C\nc4|", "no metre", "M:none"),
        ("X:1\nM:2/4\nL:1/8\nK:Hp\nc4|", "unknown key", "K:Hp"),
        ("X:1\nM:2/4\nL:1/8\nK:C\nz4|", "no notes", ""),
        ("X:1\nM:2/4\nL:1/8\nK:C\nV:1\nc4|\nV:2\nC4|", "several voices", ""),
        ("X:1\nM:2/4\nL:1/8\nK:C\nc4 & C4|", "several voices", "&"),
        ("X:1\nM:2/4\nL:1/8\nK:C\nc4|\nM:6/8\nc6|", "metre changes", "2/4 -> 6/8"),
        ("X:1\nM:2/4\nL:1/8\nK:C\nc4|c5|c4|", "a bar is too long", "measure 2 has 60 ticks, a bar 48"),
        ("X:1\nM:2/4\nL:1/8\nK:C\nc4|c2|c4|c4|", "a bar is too short", "measure 2 has 24 ticks, a bar 48"),
        ("X:1\nM:2/4\nL:1/8\nK:C\nc4|cded||c|c4|", "no room for a pickup", "measure 3"),
        ("X:1\nM:2/4\nL:1/16\nK:C\nc/4c31/4|", "off the grid", "1/16 of a quarter note"),
        ("X:1\nM:2/4\nL:1/8\nK:C\nc4|Z2|", "unknown sign", "Z2"),
        ("X:1\nM:2/4\nL:1/8\nK:C\nc4|99 d4|", "unknown sign", "ending 99"),
        ("X:1\nM:2/4\nL:1/x\nK:C\nc4|", "unknown note length", "x"),
        ("X:1\nM:2/4\nL:1/8\nK:C\n(0c4|", "unknown sign", "(0"),
    ],
)
def test_what_is_refused_says_why(text, reason, message):
    with pytest.raises(Refused) as error:
        abc.read(text)
    assert error.value.reason == reason
    assert message in str(error.value)


def test_quoted_printable_spaces_are_mended():
    assert timed(tune("c2=20d2 =20=20|=\ne4 |]")) == [(0, 24, 72), (24, 24, 74), (48, 48, 76)]


def test_tunes_of_a_file():
    text = "% a book\r\n\r\nX: 1\r\nT:One\r\nK:C\r\nc|\r\n\r\nX:22\r\nT:Two\r\nK:D\r\nd|\r\n"
    assert list(abc.tunes(text)) == [(1, "X: 1\nT:One\nK:C\nc|\n\n"), (22, "X:22\nT:Two\nK:D\nd|\n")]
    assert list(abc.tunes("no tune")) == []


@settings(max_examples=100)
@given(
    st.lists(
        st.sampled_from(
            ["c", "d2", "z", "^f", "|", ":|", "|:", "[1", "|2", "(3", ">", "-", "[ce]", "{", "}", "H", '"', "x", "K:", "\n"]
        )
    )
)
def test_any_text_gives_a_score_of_whole_bars_or_a_reason(parts):
    try:
        score = tune("".join(parts))
    except Refused:
        return
    assert score.notes
    assert all(before.end <= after.start for before, after in pairwise(score.notes))


@settings(max_examples=50)
@given(st.lists(st.lists(st.sampled_from([1, 2, 3, 4, 6]), min_size=1, max_size=6), min_size=1, max_size=6))
def test_written_bars_come_back(bars):
    """Bars of notes that fill 4/4, the last note of each taking what is left, are read as they were written."""
    names, expected, now, text = "cdefgab", [], 0, ""
    for bar in bars:
        lengths, left = [], 8
        for length in bar:
            if length < left:
                lengths.append(length)
                left -= length
        for i, length in enumerate([*lengths, left]):
            text += f"{names[i]}{length}"
            expected.append((now, length * EIGHTH, (72, 74, 76, 77, 79, 81, 83)[i]))
            now += length * EIGHTH
        text += "|"
    assert timed(tune(text, metre="4/4")) == expected


def freely(text: str) -> tuple[Score, tuple[str, ...]]:
    score, notices, _ = abc.read_freely(text)
    return score, notices


def test_a_users_tune_keeps_its_voices_chords_and_tempo():
    text = """X:1
T:Duet \\& more
R:jig
M:6/8
L:1/8
Q:3/8=80
V:1 name="Fiddle"
V:2 name="Bass" clef=bass octave=-1
K:G
%%MIDI program 40
V:1
"G"~G3 {a}[GB]3 | !trill!d6 |]
w: la la la
V:2
%%MIDI program 32
G6 | D6 |]
"""
    score, notices = freely(text)
    assert timed(score) == [(0, 36, 67), (0, 72, 55), (36, 36, 67), (36, 36, 71), (72, 72, 74), (72, 72, 50)]
    assert [(voice.name, voice.program) for voice in score.voices] == [("Fiddle", 40), ("Bass", 32)]
    assert (score.title, score.type, score.key, score.metre) == ("Duet & more", "jig", Key(7), Metre(6, 8))
    assert score.tempos == ((0, 120.0),)
    assert notices == ("1 grace note is left out",)


def test_a_metre_that_changes_and_bars_that_do_not_fill_it():
    score, notices = freely("X:1\nM:3/4\nL:1/4\nK:C\nC | C D E | [M:2/4] F G | A B |\nM:3/4\nc d | e f g a |]")
    assert score.metres == ((0, Metre(3, 4)), (144, Metre(2, 4)), (240, Metre(3, 4)))
    assert [note.start for note in score.notes] == [48, 72, 96, 120, 144, 168, 192, 216, 240, 264, 312, 336, 360, 384]
    assert notices == ("bar 4 does not fill the metre: rests fill what is missing",)
    assert score.bars == 7


def test_rests_of_many_bars_and_lengths_off_the_grid():
    score, notices, moved = abc.read_freely("X:1\nM:2/4\nL:1/8\nK:C\nC4 | Z2 | D/16E/16F/8G7/4A2 |]")
    assert [note.start for note in score.notes] == [0, 144, 145, 146, 147, 168]
    assert moved == 2
    assert not notices


@pytest.mark.parametrize(
    ("metre", "body", "expected"),
    [("none", "C D E | F G A | B c d |]", "3/4"), ("", "CDEF GABc defg", "4/4"), ("(2+2+3)/8", "C7/2 | D7/2 |]", "7/8")],
)
def test_a_metre_that_is_not_written_is_that_of_most_bars(metre, body, expected):
    field = f"M:{metre}\n" if metre else ""
    assert str(freely(f"X:1\n{field}L:1/4\nK:C\n{body}")[0].metre) == expected


@pytest.mark.parametrize(
    ("key", "expected", "pitch"),
    [
        ("HP", Key(9, "mixolydian"), 78),
        ("none", None, 77),
        ("D =f", Key(2), 77),
        ("Gb", Key(6), 77),
        ("C transpose=-12", Key(0), 65),
        ("Am clef=treble-8", Key(9, "minor"), 65),
        ("C# locrian", Key(1, "locrian"), 78),
    ],
)
def test_any_key_of_a_user(key, expected, pitch):
    score, notices = freely(f"X:1\nM:2/4\nL:1/8\nK:{key}\nf4|")
    assert (score.key, pitches(score)) == (expected, [pitch])
    assert not notices


def test_the_key_at_the_end_of_the_first_voice_counts():
    score, notices = freely("X:1\nM:2/4\nL:1/8\nK:D\nV:1\nD4|\nK:G\nG4|\nK:D\nD4|\nK:G\nG4|\nV:2\nD4|D4|D4|D4|\n")
    assert score.key == Key(7)
    assert notices == ("the key changes from D to G to D to G: the one at the end counts",)


def test_what_a_user_is_told():
    text = "X:1\nM:2/4\nL:1/8\nP:Q2\nK:D\nP:A\nC4 ? & E4 | D4 |\nK:G\nE4 |]\n\nPlayed by my aunt.\n"
    score, notices = freely(text)
    assert letters(score).replace("#", "") == " DE"
    assert notices == (
        "the key changes from D to G: the one at the end counts",
        "the order of the parts, Q2, is not followed: each is read once, with its repeats",
        "1 sign is not understood and left out: ?",
        "second voices that begin with & within a bar are left out",
    )
    assert score.key == Key(7)


def test_the_order_of_the_parts():
    score, notices = freely("X:1\nM:2/4\nL:1/8\nP:(AB)2A\nK:C\nP:A\nC4|\nP:B\nD4|]")
    assert letters(score) == "CDCDC"
    assert not notices


def test_a_tie_carries_an_accidental_over_the_bar_line():
    assert timed(freely("X:1\nM:2/4\nL:1/8\nK:C\n^f4-|f2f2|]")[0]) == [(0, 72, 78), (72, 24, 77)]


@settings(max_examples=100)
@given(
    st.lists(
        st.sampled_from(
            [
                "c",
                "d2",
                "z",
                "^f",
                "|",
                ":|",
                "|:",
                "[1",
                "|2",
                "(3",
                ">",
                "-",
                "[ce]",
                "{",
                "&",
                "Z3",
                '"',
                "V:2",
                "M:3/8",
                "[",
                "\n",
            ]
        )
    )
)
def test_any_text_of_a_user_gives_a_score_or_says_that_it_has_no_notes(parts):
    try:
        score, _ = freely("X:1\nM:2/4\nL:1/8\nK:C\n" + " ".join(parts))
    except Refused as error:
        why = str(error)
    else:
        why = "" if score.notes else "an empty score"
    assert why in ("", "no notes")
