"""MIDI files: written and read back, read as others write them, and whatever else may carry the suffix."""

import io
import random
import struct

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.music.strategies import DURATIONS, KEYS, METRES
from zoo.core.errors import UserError
from zoo.music.notation import midi, midi_writing
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice

NAMES = st.text(st.characters(codec="utf-8"), max_size=12)


@st.composite
def scores(draw):
    """Any score that a MIDI file can hold: a note of one pitch and voice begins when the one before it has ended."""
    # Programs from 113 on have no pitches: few notes of theirs are heard as drums.
    voices = draw(st.lists(st.builds(Voice, NAMES, st.integers(0, 112), st.booleans()), min_size=1, max_size=18))
    notes = []
    for number in range(len(voices)):
        free: dict[int, int] = {}
        for _ in range(draw(st.integers(1, 6))):
            pitch, duration = draw(st.integers(0, 127)), draw(DURATIONS)
            start = free.get(pitch, 0) + draw(st.integers(0, 200))
            notes.append(Note(start, duration, pitch, number, draw(st.integers(1, 127))))
            free[pitch] = start + duration
    end = max(note.end for note in notes)
    begin = min(note.start for note in notes)

    def changes(values, first, after=0):
        found = [(0, first)]
        for tick, value in sorted(draw(st.dictionaries(st.integers(after + 1, end), values, max_size=4)).items()):
            if tick < end and value != found[-1][1]:
                found.append((tick, value))
        return tuple(found)

    tempos = st.integers(400, 30000).map(lambda hundredths: hundredths / 100)
    return Score(
        tuple(notes),
        changes(METRES, draw(METRES)),
        draw(st.none() | KEYS),
        changes(tempos, draw(tempos), begin),  # the tempo at the first note also holds before it
        tuple(voices),
        draw(NAMES),
    )


@pytest.mark.slow
@given(scores())
def test_a_score_comes_back_from_its_file(tmp_path_factory, score):
    path = tmp_path_factory.mktemp("midi") / "a.mid"
    midi_writing.write(score, path)
    again, report = midi.read_with_report(path)
    assert again == score
    assert [note.velocity for note in again.notes] == [note.velocity for note in score.notes]
    assert report == midi.Report(len(score.notes), 0, 0, 0)
    first = path.read_bytes()
    midi_writing.write(again, path)
    assert path.read_bytes() == first


def midi_file(tmp_path, tracks, kind=1, ticks=480):
    file = mido.MidiFile(type=kind, ticks_per_beat=ticks)
    file.tracks.extend(mido.MidiTrack(track) for track in tracks)
    file.save(tmp_path / "a.mid")
    return tmp_path / "a.mid"


def on(pitch, time=0, velocity=64, channel=0):
    return mido.Message("note_on", note=pitch, velocity=velocity, time=time, channel=channel)


def off(pitch, time=0, channel=0):
    return mido.Message("note_off", note=pitch, time=time, channel=channel)


def times(score):
    return [(note.start, note.end, note.pitch) for note in score.notes]


def test_written_bytes_are_type_1_with_ends_before_starts(tmp_path):
    midi_writing.write(
        Score((Note(0, 24, 60), Note(24, 24, 60)), ((0, Metre(6, 8)),), Key(2, "dorian"), title="Tune"), tmp_path / "a.mid"
    )
    file = mido.MidiFile(tmp_path / "a.mid")
    assert (file.type, file.ticks_per_beat, len(file.tracks)) == (1, 480, 2)
    assert [str(message) for message in file.tracks[0][:-1]] == [
        "MetaMessage('track_name', name='Tune', time=0)",
        "MetaMessage('time_signature', numerator=6, denominator=8, clocks_per_click=36, notated_32nd_notes_per_beat=8, time=0)",
        "MetaMessage('key_signature', key='C', time=0)",
        "MetaMessage('text', text='key=D dorian', time=0)",
        "MetaMessage('set_tempo', tempo=500000, time=0)",
    ]
    assert [(message.type, message.time) for message in file.tracks[1][1:]] == [
        ("note_on", 0),
        ("note_off", 480),
        ("note_on", 0),
        ("note_off", 480),
        ("end_of_track", 0),
    ]


def test_running_status_and_velocity_0(tmp_path):
    """As bytes: three events share one status byte, and the ends are note-ons of velocity 0."""
    track = bytes([0, 0x90, 60, 64, 96, 60, 0, 0, 62, 64, 48, 62, 0, 0, 0xFF, 0x2F, 0])
    path = tmp_path / "a.mid"
    path.write_bytes(b"MThd" + struct.pack(">LHHH", 6, 0, 1, 96) + b"MTrk" + struct.pack(">L", len(track)) + track)
    assert times(midi.read(path)) == [(0, 24, 60), (24, 36, 62)]


def test_type_0_gives_a_voice_a_channel(tmp_path):
    track = [
        mido.MetaMessage("track_name", name="All"),
        mido.Message("program_change", channel=2, program=40),
        on(60, channel=2),
        on(38, channel=9),
        off(38, 240, channel=9),
        off(60, 240, channel=2),
    ]
    score = midi.read(midi_file(tmp_path, [track], kind=0))
    assert score.title == "All"
    assert score.voices == (Voice(program=40), Voice(drums=True))
    assert [(voice.track, voice.channel) for voice in score.voices] == [(1, 3), (1, 10)]
    assert score.notes == (Note(0, 24, 60, 0), Note(0, 12, 38, 1))


def test_overlapping_notes_of_one_pitch_end_in_the_order_they_began(tmp_path):
    score = midi.read(midi_file(tmp_path, [[on(60), on(60, 240), off(60, 240), off(60, 480)]]))
    assert times(score) == [(0, 24, 60), (12, 48, 60)]


def test_a_new_note_before_the_end_of_the_old_one_at_the_same_tick(tmp_path):
    score = midi.read(midi_file(tmp_path, [[on(60), on(60, 480), off(60), off(60, 480)]]))
    assert times(score) == [(0, 24, 60), (24, 48, 60)]


def test_notes_never_ended_without_length_and_twice(tmp_path):
    track = [
        on(60),
        on(61),
        off(61),
        on(62),
        on(62),
        off(62, 240),
        off(62, 240),
        off(99),
        mido.MetaMessage("end_of_track", time=480),
    ]
    score, report = midi.read_with_report(midi_file(tmp_path, [track]))
    assert times(score) == [(0, 48, 60), (0, 24, 62)]
    assert (report.notes, report.moved, report.unended, report.dropped) == (2, 0, 1, 2)
    assert report.repairs == (
        "1 note never ends in the file: it sounds until the next one",
        "2 notes have no length or are written twice: they are left out",
    )
    assert str(report) == "2 notes, 0 moved to the grid, 1 never ended, 2 dropped"


def test_times_go_to_the_nearest_tick_and_short_notes_keep_one(tmp_path):
    track = [on(60, 3), off(60, 474), on(62, 31), off(62, 2), on(64, 210), off(64, 480)]
    score, report = midi.read_with_report(midi_file(tmp_path, [track]))
    assert times(score) == [(0, 24, 60), (25, 26, 62), (36, 60, 64)]
    assert report.moved == 2


@pytest.mark.parametrize(("ticks", "triplet"), [(96, 32), (120, 40), (480, 160), (960, 320), (1024, 341), (25, 8)])
def test_any_division_finds_triplets(tmp_path, ticks, triplet):
    score = midi.read(midi_file(tmp_path, [[on(60), off(60, triplet), on(62), off(62, triplet)]], ticks=ticks))
    assert times(score) == [(0, 8, 60), (8, 16, 62)] if ticks > 25 else [(0, 8, 60), (8, 15, 62)]


def test_tempo_metre_and_key_changes(tmp_path):
    conductor = [
        mido.MetaMessage("set_tempo", tempo=545455),
        mido.MetaMessage("time_signature", numerator=3, denominator=4),
        mido.MetaMessage("key_signature", key="Ebm"),
        mido.MetaMessage("key_signature", key="D", time=1440),
        mido.MetaMessage("time_signature", numerator=7, denominator=128),  # no whole number of ticks
        mido.MetaMessage("time_signature", numerator=6, denominator=8),
        mido.MetaMessage("set_tempo", tempo=545455),
        mido.MetaMessage("set_tempo", tempo=0, time=480),
        mido.MetaMessage("set_tempo", tempo=400000),
        mido.MetaMessage("set_tempo", tempo=300000, time=4000),  # after the last note
    ]
    score = midi.read(midi_file(tmp_path, [conductor, [on(60), off(60, 2400)]]))
    assert score.tempos == ((0, 110.0), (96, 150.0))
    assert score.metres == ((0, Metre(3, 4)), (72, Metre(6, 8)))
    assert score.key == Key(2)  # at the end


def test_metre_and_tempo_that_begin_late_follow_the_defaults(tmp_path):
    conductor = [
        mido.MetaMessage("time_signature", numerator=2, denominator=4, time=1920),
        mido.MetaMessage("set_tempo", tempo=600000),
    ]
    score = midi.read(midi_file(tmp_path, [conductor, [on(60), off(60, 3840)]]))
    assert score.metres == ((0, Metre(4, 4)), (96, Metre(2, 4)))
    assert score.tempos == ((0, 120.0), (96, 100.0))
    assert score.key is None


@pytest.mark.parametrize("text", ["key=E dorian", "key=nonsense", "Key of the street"])
def test_a_text_that_does_not_fit_the_signature_says_nothing(tmp_path, text):
    track = [mido.MetaMessage("key_signature", key="C"), mido.MetaMessage("text", text=text), on(60), off(60, 480)]
    assert midi.read(midi_file(tmp_path, [track])).key == Key(0)


def test_tracks_become_voices_with_names_and_programs(tmp_path):
    tracks = [
        [mido.MetaMessage("track_name", name="The piece")],
        [mido.MetaMessage("track_name", name="Fl\xf6te"), mido.Message("program_change", program=73), on(72), off(72, 480)],
        [mido.MetaMessage("track_name", name="empty")],
        [mido.Message("program_change", program=32, time=480), on(40), off(40, 480), mido.Message("program_change", program=1)],
        [on(55, 960), off(55, 480)],
    ]
    score = midi.read(midi_file(tmp_path, tracks))
    assert score.title == "The piece"
    assert score.voices == (Voice("Flöte", 73), Voice("", 32), Voice("", 1))
    assert [note.voice for note in score.notes] == [0, 1, 2]
    assert [(voice.track, voice.channel) for voice in score.voices] == [(2, 1), (4, 1), (5, 1)]


def test_nonsense_in_meta_events_costs_no_note_and_no_time(tmp_path):
    """A key signature of 12 sharps, and time that passes before an event of an unknown type."""
    track = bytes([0, 0xFF, 0x59, 2, 12, 0, 0, 0x90, 60, 64, 48, 0xFF, 0x4B, 1, 7, 48, 60, 0, 0, 0xFF, 0x2F, 0])
    path = tmp_path / "a.mid"
    path.write_bytes(b"MThd" + struct.pack(">LHHH", 6, 0, 1, 96) + b"MTrk" + struct.pack(">L", len(track)) + track)
    assert times(midi.read(path)) == [(0, 24, 60)]
    assert midi.read(path).key is None


def whole():
    content = io.BytesIO()
    file = mido.MidiFile(type=1, ticks_per_beat=480)
    conductor = [
        mido.MetaMessage("track_name", name="Tune"),
        mido.MetaMessage("time_signature", numerator=6, denominator=8),
        mido.MetaMessage("key_signature", key="G"),
        mido.MetaMessage("set_tempo", tempo=400000),
        mido.MetaMessage("smpte_offset"),
        mido.MetaMessage("sequence_number", number=3),
        mido.Message("sysex", data=(1, 2, 3)),
    ]
    notes = [mido.Message("pitchwheel"), mido.Message("control_change"), mido.MetaMessage("lyrics", text="la")]
    for pitch in (60, 62, 64, 65, 67):
        notes += [on(pitch), off(pitch, 240)]
    file.tracks.extend([mido.MidiTrack(conductor), mido.MidiTrack(notes)])
    file.save(file=content)
    return content.getvalue()


WHOLE = whole()


def header(kind=1, tracks=1, division=480):
    return b"MThd" + struct.pack(">LHHh", 6, kind, tracks, division)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"X:1\nT:A tune\nK:D\nABC|", "is not a MIDI file"),
        (b"RIFF0000WAVE", "is not a MIDI file"),
        (b"MThd", "cut short before its music begins"),
        (WHOLE[:30], "holds no notes"),
        (WHOLE.replace(b"\x01\xe0", b"\xb0\x28", 1), "film frames, 80 a second"),
        (WHOLE.replace(b"\x01\xe0", b"\x00\x00", 1), "a quarter note has 0 ticks"),
        (header(tracks=0), "holds no notes"),
        (header() + b"MTrk\0\0\0\4\0\xff\x2f\0", "holds no notes"),
    ],
)
def test_bad_files_are_told_in_one_line(tmp_path, content, message):
    path = tmp_path / "a.mid"
    path.write_bytes(content)
    with pytest.raises(UserError, match=message) as caught:
        midi.read(path)
    assert repr(str(path)) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_file_a_folder_and_a_huge_file(tmp_path, monkeypatch):
    with pytest.raises(UserError, match=r"there is no file .*none\.mid"):
        midi.read(tmp_path / "none.mid")
    with pytest.raises(UserError, match="is a folder"):
        midi.read(tmp_path)
    with pytest.raises(UserError, match="cannot read"):
        midi.read("a\0.mid")
    monkeypatch.setattr(midi, "_LARGEST_FILE", len(WHOLE) - 1)
    (tmp_path / "a.mid").write_bytes(WHOLE)
    with pytest.raises(UserError, match="is larger than"):
        midi.read(tmp_path / "a.mid")


def read_or_refuse(path, content):
    """The score, or None when it was refused in one line; anything else is a failure."""
    path.write_bytes(content)
    try:
        score = midi.read(path)
    except UserError as refused:
        message = str(refused)
    else:
        message = ""
    if message:
        assert "\n" not in message
        return None
    assert score.notes
    assert score.bars > 0
    midi_writing.write(score, path)
    return score


@given(st.binary(max_size=300), st.sampled_from([b"", b"MThd", header(), header(0) + b"MTrk", header() + b"MTrk\0\0\0\x40"]))
def test_random_bytes_are_refused_or_read(tmp_path_factory, content, before):
    read_or_refuse(tmp_path_factory.mktemp("midi") / "a.mid", before + content)


@pytest.mark.slow
def test_damaged_files_are_refused_or_read(tmp_path):
    """Bytes changed, left out, put in and cut off, 1,500 times."""
    rng, read = random.Random(1), 0
    for _ in range(1500):
        content = bytearray(WHOLE)
        for _ in range(rng.randint(1, 2)):
            place = rng.randrange(len(content))
            action = rng.random()
            if action < 0.85:
                content[place] = rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)])
            elif action < 0.9:
                del content[place]
            elif action < 0.95:
                content.insert(place, rng.randrange(256))
            else:
                del content[place + 1 :]
        read += read_or_refuse(tmp_path / "a.mid", bytes(content)) is not None
    assert 1400 < read < 1500  # both happen


def chunk(*events):
    data = b"".join(events) + b"\0\xff\x2f\0"
    return b"MTrk" + struct.pack(">L", len(data)) + data


def meta(kind, data, time=0):
    return bytes([time, 0xFF, kind, len(data)]) + data


def tune(name, *pitches, channel=0, before=b""):
    """A track of eighth notes, of 48 ticks each."""
    notes = (bytes([0, 0x90 | channel, pitch, 80, 48, 0x80 | channel, pitch, 0]) for pitch in pitches)
    return chunk(meta(3, name), before, *notes)


def content_of(*tracks, kind=1):
    return header(kind, len(tracks), 96) + b"".join(tracks)


def read_bytes(folder, content):
    (folder / "a.mid").write_bytes(content)
    return midi.read_with_report(folder / "a.mid")


TUNES = {"one": (60, 62, 64, 65, 64, 62, 60), "two": (72, 71, 69, 67, 65, 64), "three": (48, 50, 52, 53, 55)}
THREE = [tune(name.encode(), *pitches, channel=number) for number, (name, pitches) in enumerate(TUNES.items())]


def tunes_of(score):
    return {
        voice.name: [(note.start, note.end, note.pitch) for note in score.notes if note.voice == number]
        for number, voice in enumerate(score.voices)
    }


@given(st.integers(0, 2), st.data())
def test_a_damaged_byte_of_one_track_leaves_the_other_tracks_whole(tmp_path_factory, damaged, data):
    """The byte may be one of its notes, of its length or of its name; changed, left out or doubled."""
    whole = THREE[damaged]
    place, value = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 255))
    broken = data.draw(st.sampled_from([bytes([value]), b"", whole[place : place + 1] * 2]))
    tracks = [*THREE[:damaged], whole[:place] + broken + whole[place + 1 :], *THREE[damaged + 1 :]]
    score, _ = read_bytes(tmp_path_factory.mktemp("midi"), content_of(*tracks))
    found = tunes_of(score)
    for number, (name, pitches) in enumerate(TUNES.items()):
        if number != damaged:
            assert found[name] == [(12 * i, 12 * i + 12, pitch) for i, pitch in enumerate(pitches)]


def test_what_was_mended_is_told(tmp_path):
    damaged = THREE[1].replace(b"\x50\x30", b"\xff\x30", 1)
    content = header(1, 5, 96) + THREE[0] + damaged[:4] + b"\0\0\0\1" + damaged[8:] + THREE[2][:-6]
    score, report = read_bytes(tmp_path, bytes(128) + content)
    assert report.repairs == (
        "a Macintosh header stands before the music: it is passed over",
        "the length of track 2 is wrong: the track is read to its end",
        "1 damaged event in track 2 was mended",
        "the file breaks off in track 3: what stands before that is read",
        "the file says that it has 5 tracks and has 3: all are read",
        "1 note never ends in the file: it sounds until the next one",
    )
    assert tunes_of(score)["two"][0] == (0, 12, 72)
    assert read_bytes(tmp_path, content_of(*THREE))[1].repairs == ()
    assert read_bytes(tmp_path, b"RIFF\0\0\0\0RMIDdata\0\0\0\0" + content_of(*THREE))[1].repairs == ()


def test_of_type_2_the_piece_with_the_most_notes_is_read(tmp_path):
    first = tune(b"short", 60, 62, before=meta(0x51, b"\x0a\x2c\x2b") + meta(0x58, b"\3\2\x18\x08"))
    score, report = read_bytes(tmp_path, content_of(first, THREE[0], kind=2))
    assert [note.pitch for note in score.notes] == list(TUNES["one"])
    assert (score.tempos, score.metre, score.voices[0].track) == (((0, 90.0),), Metre(3, 4), 2)
    assert report.repairs == ("the file holds 2 pieces (MIDI type 2): the one with the most notes, track 2, is read",)


DRUM_PITCHES = (36, 42, 38, 42, 36, 42, 38, 46)


@pytest.mark.parametrize(
    ("name", "channel", "before", "pitches", "drums"),
    [
        (b"", 9, b"", DRUM_PITCHES, True),
        (b"Drums", 0, b"", DRUM_PITCHES, True),
        ("Batería".encode(), 3, b"", DRUM_PITCHES, True),
        ("ドラム".encode("shift_jis"), 3, b"", DRUM_PITCHES, True),
        ("Ударные".encode(), 3, b"", DRUM_PITCHES, True),
        (b"SCHLAGZEUG 2", 3, b"", DRUM_PITCHES, True),
        (b"ezkit", 3, b"", DRUM_PITCHES, False),
        (b"Steel Drums", 3, b"", (60, 64, 67), False),
        (b"Percussive Organ", 3, b"", (60, 64, 67), False),
        (b"Little Drummer Boy", 3, b"", (60, 64, 67), False),
        (b"", 3, bytes([0, 0xB3, 0, 127]), DRUM_PITCHES, True),
        (b"", 3, bytes([0, 0xB3, 0, 120]), DRUM_PITCHES, True),
        (b"", 3, bytes([0, 0xB3, 0, 8]), DRUM_PITCHES, False),
        (b"", 3, bytes([0, 0xC3, 115]), (76, 77, 76, 77), True),  # a woodblock
        (b"", 3, bytes([0, 0xC3, 115]), (60, 62, 64, 65, 67), False),  # a tune on it
        (b"", 3, b"\0\xf0\x0a\x41\x10\x42\x12\x40\x14\x15\x01\x16\xf7", DRUM_PITCHES, True),  # Roland: part 4 is a rhythm
        (b"", 9, b"\0\xf0\x0a\x41\x10\x42\x12\x40\x10\x15\x00\x1b\xf7", DRUM_PITCHES, False),  # the drums' part is none
        (b"", 3, b"\0\xf0\x08\x43\x10\x4c\x08\x03\x07\x02\xf7", DRUM_PITCHES, True),  # Yamaha
        (b"Violin II", 9, b"", (60, 64, 67), False),
        (b"Piano", 9, b"", DRUM_PITCHES, True),
        (b"Bass Drum", 9, b"", (36, 36), True),
        (b"Track 10", 9, b"", (60, 64, 67), True),
    ],
)
def test_drums_are_known_by_channel_bank_message_name_and_program(tmp_path, name, channel, before, pitches, drums):
    score, report = read_bytes(tmp_path, content_of(THREE[0], tune(name, *pitches, channel=channel, before=before)))
    assert [voice.drums for voice in score.voices] == [False, drums]
    told = [repair for repair in report.repairs if "is heard as" in repair]
    assert len(told) == (drums != (channel == 9))


def test_the_name_of_the_only_voice_may_be_the_title(tmp_path):
    kit, tune_ = (tune(b"My drums", *pitches) for pitches in (DRUM_PITCHES, TUNES["one"]))
    assert read_bytes(tmp_path, content_of(kit))[0].voices[0].drums
    assert not read_bytes(tmp_path, content_of(tune_))[0].voices[0].drums
    score, report = read_bytes(tmp_path, content_of(kit, kind=0))
    assert (score.title, score.voices[0].drums) == ("My drums", True)
    assert report.repairs == ("channel 1 of track 1 is heard as drums",)


def test_the_name_of_a_track_of_several_channels_is_not_that_of_each(tmp_path):
    played = b"".join(bytes([0, 0x90, pitch, 80, 48, 0x80, pitch, 0]) for pitch in TUNES["one"])
    struck = b"".join(bytes([0, 0x99, pitch, 80, 48, 0x89, pitch, 0]) for pitch in DRUM_PITCHES)
    for name in (b"Drums", b"Piano"):
        score, _ = read_bytes(tmp_path, content_of(chunk(meta(3, name), played, struck)))
        assert [voice.drums for voice in score.voices] == [False, True]


def test_names_of_instruments_channels_and_karaoke_titles(tmp_path):
    track = chunk(
        meta(3, b"All"), meta(0x20, b"\0"), meta(3, b"Flute"), meta(0x20, b"\2"), meta(4, b"Cello"),
        bytes([0, 0x90, 72, 80, 0, 0x92, 48, 80, 48, 0x82, 48, 0, 0, 0x80, 72, 0]),
    )  # fmt: skip
    score, _ = read_bytes(tmp_path, content_of(track, kind=0))
    assert (score.title, [voice.name for voice in score.voices]) == ("All", ["Flute", "Cello"])
    track = chunk(meta(4, b"Oboe"), bytes([0, 0x90, 72, 80, 48, 0x80, 72, 0]))
    words = chunk(meta(3, b"Words"), meta(1, b"@KMIDI KARAOKE FILE"), meta(1, b"@TMy song"))
    score, _ = read_bytes(tmp_path, content_of(words, track))
    assert (score.title, score.voices[0].name) == ("My song", "Oboe")


def test_the_program_of_a_voice_is_that_of_most_of_its_notes(tmp_path):
    late = bytes([0, 0x90, 60, 80, 1, 0xC0, 40, 47, 0x80, 60, 0]) + bytes([0, 0x90, 62, 80, 48, 0x80, 62, 0]) * 2
    assert read_bytes(tmp_path, content_of(chunk(late)))[0].voices[0].program == 40


def tempo(quarters, time=0):
    return meta(0x51, round(60e6 / quarters).to_bytes(3, "big"), time)


@pytest.mark.parametrize(
    ("events", "tempos", "told"),
    [
        (tempo(60) + tempo(90, 96), ((0, 90.0),), ()),  # before the first note
        (tempo(60) + meta(0x51, b"\0\0\0"), ((0, 60.0),), ("a tempo that makes no sense is ignored",)),
        (meta(0x51, b"\xff\xff\xff") + meta(0x51, b"\1"), ((0, 120.0),), ("2 tempos that make no sense are ignored",)),
    ],
)
def test_the_tempo_at_the_first_note_counts(tmp_path, events, tempos, told):
    score, report = read_bytes(tmp_path, content_of(tune(b"a", *TUNES["one"], before=events)))
    assert (score.tempos, report.repairs) == (tempos, told)


def test_a_tempo_that_comes_soon_after_the_first_note_is_meant_for_it(tmp_path):
    notes = bytes([0, 0x90, 60, 80]) + tempo(72, 48) + bytes([96, 0x80, 60, 0]) + tempo(80)
    score, report = read_bytes(tmp_path, content_of(chunk(notes, bytes([0, 0x90, 62, 80, 48, 0x80, 62, 0]))))
    assert score.tempos == ((0, 72.0), (36, 80.0))
    assert report.repairs == ("no tempo is given at the first note: the first one, 72 quarter notes a minute, holds from there",)


def test_the_key_at_the_end_counts(tmp_path):
    keys = [meta(0x59, bytes(pair)) for pair in ((2, 0), (1, 0), (2, 0), (13, 0))]
    played = bytes([0, 0x90, 60, 80, 48, 0x80, 60, 0])
    score, report = read_bytes(tmp_path, content_of(chunk(keys[0], played, keys[1], played, keys[3])))
    assert score.key == Key(7)
    assert report.repairs == (
        "a key signature that makes no sense is ignored",
        "the key signature changes (D, G): the one at the end, G, is taken",
    )
    score, report = read_bytes(tmp_path, content_of(chunk(keys[0], played, keys[2], played, keys[1])))  # G after all notes
    assert (score.key, report.repairs) == (Key(2), ())


def test_of_metres_that_two_tracks_give_at_once_the_first_counts(tmp_path):
    conductor = chunk(meta(0x58, b"\3\2\x18\x08"), meta(0x58, b"\4\x7f\x18\x08"))
    score, report = read_bytes(tmp_path, content_of(conductor, tune(b"a", 60, 62, before=meta(0x58, b"\4\2\x18\x08"))))
    assert score.metres == ((0, Metre(3, 4)),)
    assert report.repairs == ("a time signature that makes no sense is ignored",)
