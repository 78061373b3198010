"""MusicXML as notation programs write it, and what our own files say when they are read again."""

import io
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given, settings

from tests.music.strategies import part_scores
from zoo.core.errors import UserError
from zoo.music.notation import musicxml, musicxml_reading, reading
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice


def note(step, duration=24, octave=4, inside="", rest=False):
    """A note of so many ticks."""
    what = "<rest/>" if rest else f"<pitch><step>{step}</step><octave>{octave}</octave></pitch>"
    return f"<note>{what}<duration>{duration}</duration>{inside}</note>"


def attributes(beats=4, unit=4, fifths=0, more=""):
    return (
        f"<attributes><divisions>24</divisions><key><fifths>{fifths}</fifths></key>"
        f"<time><beats>{beats}</beats><beat-type>{unit}</beat-type></time>{more}</attributes>"
    )


def document(*parts, listed="", title=""):
    """A file of parts; each part is a list of the contents of its measures."""
    names = listed or "".join(
        f'<score-part id="P{i}"><part-name>Part {i}</part-name></score-part>' for i in range(1, len(parts) + 1)
    )
    body = "".join(
        f'<part id="P{i}">' + "".join(f'<measure number="{n}">{text}</measure>' for n, text in enumerate(part)) + "</part>"
        for i, part in enumerate(parts, start=1)
    )
    head = f"<work><work-title>{title}</work-title></work>" if title else ""
    return (
        f'<?xml version="1.0"?><score-partwise version="4.0">{head}<part-list>{names}</part-list>{body}</score-partwise>'.encode()
    )


def read(*parts, **options):
    score, notices, _ = musicxml_reading.read(document(*parts, **options))
    return score, notices


def letters(score):
    return "".join("C D EF G A B"[each.pitch % 12] for each in score.notes)


@given(part_scores())
@settings(max_examples=8)
def test_our_own_files_come_back(tmp_path_factory, score):
    path = tmp_path_factory.mktemp("own") / "a.musicxml"
    musicxml.write(score, path)
    found = reading.read(path)
    assert found.score.notes == score.notes
    assert [each.velocity for each in found.score.notes] == [each.velocity for each in score.notes]
    assert (found.score.metres, found.score.key) == (score.metres, score.key)
    assert (found.notices, found.report.moved) == ((), 0)


def test_our_own_names_tempos_metres_and_drums_come_back(tmp_path):
    voices = (Voice("Fiddle & <bow>", 40), Voice("Kit", drums=True))
    notes = [Note(24 * i, 24, 60 + i, velocity=50 + i) for i in range(11)] + [Note(0, 96, 38, 1)]
    metres = ((0, Metre(4, 4)), (96, Metre(6, 8)), (168, Metre(2, 2)))
    score = Score(tuple(notes), metres, Key(2, "dorian"), ((0, 90.0), (30, 66.5), (192, 120.0)), voices, "Odd & 5%")
    musicxml.write(score, tmp_path / "a.xml")
    again = reading.read(tmp_path / "a.xml").score
    assert again == score


def test_a_pickup_follows_a_rest_and_chords_are_read():
    score, notices = read(
        [
            attributes(3, 4, 1) + '<sound tempo="100"/>' + note("D"),
            note("G", 72) + note("B", 72).replace("<note>", "<note><chord/>"),
            note("A", 48),
        ],
        title="Waltz",
    )
    assert [(each.start, each.pitch) for each in score.notes] == [(48, 62), (72, 67), (72, 71), (144, 69)]
    assert (score.metre, score.key, score.tempos, score.title) == (Metre(3, 4), Key(7), ((0, 100.0),), "Waltz")
    assert not notices


def test_tied_notes_are_one():
    score, _ = read([attributes() + note("C", 96, inside='<tie type="start"/>'), note("C", 48, inside='<tie type="stop"/>')])
    assert [(each.start, each.duration) for each in score.notes] == [(0, 144)]


def test_repeats_endings_and_da_capo_are_written_out():
    forward = '<barline location="left"><repeat direction="forward"/></barline>'
    first = '<barline location="left"><ending number="1" type="start"/></barline>'
    back = '<barline location="right"><ending number="1" type="stop"/><repeat direction="backward"/></barline>'
    second = '<barline location="left"><ending number="2" type="start"/></barline>'
    stop = '<barline location="right"><ending number="2" type="discontinue"/></barline>'
    part = [attributes() + note("C", 96), forward + note("D", 96), first + note("E", 96) + back, second + note("F", 96) + stop]
    assert letters(read([*part, note("G", 96)])[0]) == "CDEDFG"
    fine = '<direction><direction-type><words>Fine</words></direction-type><sound fine="yes"/></direction>'
    again = '<direction><direction-type><words>D.C.</words></direction-type><sound dacapo="yes"/></direction>'
    assert letters(read([attributes() + note("C", 96), note("D", 96) + fine, note("E", 96) + again])[0]) == "CDECD"
    assert letters(read([*part, note("G", 96) + fine + again, note("A", 96)])[0]) == "CDEDFGCDFG"


def test_parts_sound_at_their_pitch_with_their_names_and_drums():
    listed = (
        '<score-part id="P1"><part-name>Clarinet in Bb</part-name><midi-instrument id="I1"><midi-channel>1</midi-channel>'
        "<midi-program>72</midi-program></midi-instrument></score-part>"
        '<score-part id="P2"><part-name>Drums</part-name><midi-instrument id="I2"><midi-channel>10</midi-channel>'
        "<midi-unpitched>37</midi-unpitched></midi-instrument></score-part>"
    )
    drum = (
        "<note><unpitched><display-step>F</display-step><display-octave>4</display-octave></unpitched>"
        '<duration>96</duration><instrument id="I2"/></note>'
    )
    lower = "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"
    score, _ = read([attributes(fifths=2, more=lower) + note("D", 96)], [attributes() + drum], listed=listed)
    assert [(each.pitch, each.voice) for each in score.notes] == [(60, 0), (36, 1)]
    assert score.key == Key(0)
    assert score.voices == (Voice("Clarinet in Bb", 71), Voice("Drums", drums=True))


def test_four_voices_on_two_staves_are_four_voices_and_a_pianists_hands_two():
    def line(step, octave, staff, voice):
        return note(step, 96, octave, f"<voice>{voice}</voice><staff>{staff}</staff>")

    back = "<backup><duration>96</duration></backup>"
    chord = back.join((line("C", 5, 1, 1), line("E", 4, 1, 2), line("G", 3, 2, 5), line("C", 3, 2, 6)))
    score, _ = read([attributes() + chord, chord])
    assert [each.pitch for each in score.notes] == [72, 64, 55, 48] * 2
    assert [each.voice for each in score.notes] == [0, 1, 2, 3] * 2
    hands = back.join((line("C", 5, 1, 1), line("G", 3, 2, 5)))
    score, _ = read([attributes() + chord, hands, hands, hands])
    assert [voice.name for voice in score.voices] == ["Part 1 right hand", "Part 1 left hand"]


def test_grace_notes_are_left_out_and_said():
    grace = "<note><grace/><pitch><step>A</step><octave>4</octave></pitch></note>"
    score, notices = read([attributes() + grace + note("C", 96) + grace])
    assert letters(score) == "C"
    assert notices == ("2 grace notes are left out",)


def test_compressed_files_and_other_encodings(tmp_path):
    text = document([attributes() + note("C", 96)]).decode().replace('version="1.0"', 'version="1.0" encoding="UTF-16"', 1)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("META-INF/container.xml", '<container><rootfiles><rootfile full-path="a.xml"/></rootfiles></container>')
        archive.writestr("a.xml", text.encode("utf-16"))
    for name, content in (("a.mxl", buffer.getvalue()), ("b.xml", text.encode("utf-16")), ("c.mid", text.encode("utf-16"))):
        (tmp_path / name).write_bytes(content)
        assert letters(reading.read(tmp_path / name).score) == "C"


@pytest.mark.parametrize("large", ["META-INF/container.xml", "a.xml"])
def test_a_file_of_an_archive_is_never_larger_than_a_score(tmp_path, monkeypatch, large):
    monkeypatch.setattr(musicxml_reading, "_LARGEST", 2**20)
    path = tmp_path / "a.mxl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("META-INF/container.xml", "a.xml"):
            archive.writestr(name, b"<a>" + b" " * (2**21 if name == large else 1) + b"</a>")
    with pytest.raises(UserError, match=f"{large} is larger than 1 MB"):
        reading.read(path)


ATTRIBUTE = '<!DOCTYPE a [<!ATTLIST b c CDATA "%s">]>'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<a>" + "<b/>" * 200 + "</a>", "more than 150 elements and attributes"),
        ("<a>" + '<b c="" d=""/>' * 60 + "</a>", "more than 150 elements and attributes"),
        (ATTRIBUTE % ("x" * 100) + "<a>" + "<b/>" * 110 + "</a>", "more than 150 elements and attributes"),
        (ATTRIBUTE % ("x" * 300) + "<a>" + "<b/>" * 50 + "</a>", "more than 10,000 characters of text"),
        ('<!DOCTYPE a [<!ENTITY e "%s">]><a>' % ("x" * 300) + "&e;" * 50 + "</a>", "more than 10,000 characters of text"),
        ("<a " + " ".join(f'b{i}=""' for i in range(700)) + "/>", "one of its tags has more than 2,048 characters"),
    ],
)
@pytest.mark.parametrize("name", ["a.xml", "META-INF/container.xml"])
def test_a_small_file_makes_no_large_tree(tmp_path, monkeypatch, text, why, name):
    for limit, value in (("_MOST_ELEMENTS", 150), ("_LARGEST", 10_000), ("_CHUNK", 2048)):
        monkeypatch.setattr(musicxml_reading, limit, value)
    plain, packed = tmp_path / "a.xml", tmp_path / "a.mxl"
    plain.write_text(f"<?xml version='1.0'?>{text}")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    for path in (plain, packed):
        with pytest.raises(UserError, match=f"too large: .*{why}") as caught:
            reading.read(path)
        assert "\n" not in str(caught.value)


def test_a_score_is_the_same_in_pieces(monkeypatch):
    parts = [attributes() + note("C", 96), note("D", 48) + note("E", 48)]
    whole = read(parts, title="Ländler")
    monkeypatch.setattr(musicxml_reading, "_CHUNK", 101)
    assert read(parts, title="Ländler") == whole


def test_measures_that_hold_parts():
    text = document([attributes() + note("C", 96), note("D", 96)]).decode().replace("score-partwise", "score-timewise")
    head, _, body = text.partition('<part id="P1">')
    turned = body.replace("</part>", "").replace("</measure>", "</part></measure>")
    turned = turned.replace('<measure number="0">', '<measure number="0"><part id="P1">')
    turned = turned.replace('<measure number="1">', '<measure number="1"><part id="P1">')
    assert letters(musicxml_reading.read((head + turned).encode())[0]) == "CD"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (document([attributes() + note("C", 96)])[:-40], "cut short or damaged"),
        (document([attributes() + note("C", 96, rest=True)]), "no notes"),
        (b"<?xml version='1.0'?><museScore/>", "MuseScore's own format"),
        (b"<?xml version='1.0'?><html/>", "begins with <html>"),
        (b"PK\x03\x04 and more", "cut short or damaged"),
    ],
)
def test_what_is_no_score_is_told_in_a_line(tmp_path, content, why):
    path = tmp_path / "a.musicxml"
    path.write_bytes(content)
    with pytest.raises(UserError, match=why) as caught:
        reading.read(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_numbers_that_make_no_sense_do_no_harm():
    odd = attributes("x", "y", "?").replace("<divisions>24", "<divisions>0")
    score, _ = read([odd + note("C", 4) + note("D", "many") + note("E", -3)])
    assert replace(score, notes=score.notes[:1]).notes
