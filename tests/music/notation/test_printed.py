"""Scores as they are printed: the MEI that is engraved, and the notes in the picture."""

import re
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from tests.music.strategies import melodies, polyphonic_scores
from zoo.core.errors import UserError
from zoo.music.notation import abc, printed
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice

NS = "{http://www.music-encoding.org/ns/mei}"


def bars_of(text: str) -> list[str]:
    """The notes of each bar of MEI, in short: names with octave, sign and note value; beams and triplets in brackets."""

    def short(element: ElementTree.Element) -> str:
        tag = element.tag.removeprefix(NS)
        if tag == "note":
            sign = element.get("accid", "")
            return f"{element.get('pname')}{sign}{element.get('oct')}/{element.get('dur')}{'.' * int(element.get('dots', 0))}"
        inner = " ".join(map(short, element))
        return {"beam": f"({inner})", "tuplet": f"3[{inner}]", "chord": f"<{inner}>"}.get(tag, inner or tag)

    return [short(measure) for measure in ElementTree.fromstring(text).iter(f"{NS}measure")]


def test_a_jig_has_its_upbeat_its_accidentals_and_a_beam_a_beat():
    jig = abc.read("X:1\nM:6/8\nL:1/8\nK:D\nA|def a^gf|g=f^f d2z|\n")
    text = printed.mei(jig)
    assert bars_of(text) == ["a4/8", "(d5/8 e5/8 f5/8) (a5/8 gs5/8 f5/8)", "(g5/8 fn5/8 fs5/8) d5/4 rest"]
    assert 'keysig="2s"' in text
    assert '<measure n="0" metcon="false">' in text


def test_eighths_of_a_reel_share_a_beam_of_half_a_bar_and_shorter_notes_of_a_beat():
    reel = abc.read("X:1\nM:2/2\nL:1/8\nK:C\nCDEF G/F/E/D/ CE|(3CDE F2 G4-|G8|\n")
    assert bars_of(printed.mei(reel)) == [
        "(c4/8 d4/8 e4/8 f4/8) (g4/16 f4/16 e4/16 d4/16) (c4/8 e4/8)",
        "3[(c4/8 d4/8 e4/8)] f4/4 g4/2",
        "g4/1",
    ]


def test_voices_have_staves_with_their_clefs_and_lines_that_overlap_share_one():
    notes = (Note(0, 96, 72, 0), Note(0, 24, 64, 0), Note(24, 72, 66, 0), Note(0, 96, 48, 1))
    score = Score(notes, ((0, Metre(4, 4)),), Key(0), voices=(Voice("Soprano"), Voice("<Bass>")))
    text = printed.mei(score)
    assert "<label>&lt;Bass&gt;</label>" in text
    assert text.count('clef.shape="F"') == 1
    assert text.count("<layer") == 3


@settings(max_examples=25)
@given(melodies())
def test_every_note_of_a_melody_is_in_the_picture(score: Score):
    picture = printed.engrave(score)
    ElementTree.fromstring(picture)
    assert set(re.findall(r'class="note n(\d+)"', picture)) == {str(i) for i in range(len(score.notes))}
    assert picture == printed.engrave(score)


@settings(max_examples=15)
@given(polyphonic_scores())
def test_notes_that_overlap_are_all_there(score: Score):
    picture = score.engraved(500)
    assert set(re.findall(r'class="note n(\d+)"', picture)) == {str(i) for i in range(len(score.notes))}


def test_nothing_is_not_printed():
    with pytest.raises(UserError, match="no notes"):
        Score(()).engraved()


def test_every_thread_prints():
    score = Score((Note(0, 24, 60),))
    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(lambda _: score.engraved(), range(4))) == {score.engraved()}
