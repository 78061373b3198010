"""Hundreds of MIDI files, good and bad, the same every time: what packages carry, what programs write, and damage of our own."""

import importlib.util
import random
import struct
from collections.abc import Iterator
from pathlib import Path

from zoo.music.notation import midi_writing
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice

END = bytes([0, 0xFF, 0x2F, 0])

# What becomes of a file: (start, end, pitch) of all its notes in ticks of the grid, or their number, or what its refusal says.
Outcome = list[tuple[int, int, int]] | int | str


def number(value: int) -> bytes:
    """A number of variable length, 7 bits a byte."""
    found = [value & 0x7F]
    while value := value >> 7:
        found.append(value & 0x7F | 0x80)
    return bytes(reversed(found))


def header(kind: int = 1, tracks: int = 1, division: int = 480) -> bytes:
    return b"MThd" + struct.pack(">LHHH", 6, kind, tracks, division)


def track(*events: bytes, end: bytes = END) -> bytes:
    data = b"".join(events) + end
    return b"MTrk" + struct.pack(">L", len(data)) + data


def on(pitch: int, time: int = 0, channel: int = 0) -> bytes:
    return number(time) + bytes([0x90 | channel, pitch, 64])


def off(pitch: int, time: int = 480, channel: int = 0) -> bytes:
    return number(time) + bytes([0x80 | channel, pitch, 0])


def note(pitch: int, time: int = 480, channel: int = 0) -> bytes:
    return on(pitch, 0, channel) + off(pitch, time, channel)


def many(notes: int) -> bytes:
    """So many notes in a row, in the fewest bytes."""
    return bytes([0, 0x90, 60, 64, 60, 60, 0]) + bytes([0, 60, 64, 60, 60, 0]) * (notes - 1)


def meta(kind: int, data: bytes, time: int = 0) -> bytes:
    return number(time) + bytes([0xFF, kind]) + number(len(data)) + data


ONE = [(0, 24, 60)]
TWO = [(0, 24, 60), (24, 48, 62)]
CONDUCTOR = track(
    meta(0x03, b"Tune"),
    meta(0x58, bytes([6, 3, 36, 8])),
    meta(0x59, bytes([1, 0])),
    meta(0x51, bytes([6, 26, 128])),
)
PLAYED = track(meta(0x03, b"Flute"), bytes([0, 0xC0, 73]), *(note(pitch, 240) for pitch in (60, 62, 64, 65, 67, 69)))
WHOLE = header(tracks=2) + CONDUCTOR + PLAYED

SCALE = [(12 * i, 12 * i + 12, pitch) for i, pitch in enumerate((60, 62, 64, 65, 67, 69))]

SPECIAL: dict[str, tuple[bytes, Outcome]] = {
    "empty": (b"", "is empty"),
    "text": (b"X:1\nK:D\nABC|", "is not a MIDI file"),
    "riff": (b"RIFF\x20\0\0\0RMIDdata" + WHOLE, SCALE),
    "riff_with_other_chunks": (b"RIFF\x20\0\0\0RMIDDISP\0\0\0\4abcddata\0\0\0\x99" + WHOLE + b"LIST\4\0\0\0INFO", SCALE),
    "macbinary": (bytes(128) + WHOLE + bytes(50), SCALE),
    "text_before": (b"From: me\r\n\r\n" + WHOLE, SCALE),
    "first_byte_damaged": (b"X" + WHOLE[1:], SCALE),
    "two_files_in_one": (WHOLE + WHOLE, SCALE),
    "header_only": (header(tracks=0), "holds no notes"),
    "header_cut": (header()[:13], "cut short before its music begins"),
    "header_length_0": (b"MThd\0\0\0\0" + header()[8:] + track(note(60)), ONE),
    "header_longer": (b"MThd\0\0\0\x08" + header()[8:] + b"\0\0" + track(note(60)), ONE),
    "header_length_huge": (b"MThd\xff\xff\xff\xff" + header()[8:] + track(note(60)), ONE),
    "header_length_5": (b"MThd\0\0\0\5" + header()[8:] + track(note(60)), ONE),
    "header_a_byte_short": (header()[:9] + header()[10:] + track(note(60)), ONE),
    "header_with_a_byte_too_many": (header()[:9] + b"\0" + header()[9:] + track(note(60)), ONE),
    "type_0": (header(0) + track(note(60), note(62)), TWO),
    "type_1": (WHOLE, SCALE),
    "type_2": (header(2) + track(note(60)), ONE),
    "type_2_of_two_pieces": (header(2, 2) + track(note(72)) + track(note(60), note(62)), TWO),
    "type_65535": (header(65535) + track(note(60)), ONE),
    "type_0_of_two_tracks": (header(0, 2) + track(note(60)) + track(note(62, 960)), [(0, 24, 60), (0, 48, 62)]),
    "smpte": (header(division=0xE728) + track(note(60, 500), note(62, 500)), TWO),  # 1,000 ticks a second, 120 quarters a minute
    "smpte_30_with_tempo": (header(division=0xE250) + track(meta(0x51, b"\x0f\x42\x40"), note(60, 2400), note(62, 2400)), TWO),
    "smpte_29_97": (header(division=0xE364) + track(note(60, 1499), note(62, 1499)), TWO),
    "smpte_whose_tempo_changes": (
        header(division=0xE728) + track(meta(0x51, b"\x07\xa1\x20"), note(60, 500), meta(0x51, b"\x0f\x42\x40"), note(62, 1000)),
        TWO,
    ),
    "smpte_without_frames": (header(division=0x8028) + track(note(60)), "128 a second with 40 parts each"),
    "smpte_without_parts": (header(division=0xE700) + track(note(60)), "25 a second with 0 parts each"),
    "division_0": (header(division=0) + track(note(60)), "a quarter note has 0 ticks"),
    "division_1": (header(division=1) + track(note(60, 1), note(62, 1)), TWO),
    "division_32767": (header(division=32767) + track(note(60, 32767)), ONE),
    "running_status": (header(division=96) + track(bytes([0, 0x90, 60, 64, 96, 60, 0, 0, 62, 64, 96, 62, 0])), TWO),
    "running_status_after_meta": (
        header(division=96) + track(bytes([0, 0x90, 60, 64]), meta(1, b"x"), bytes([96, 60, 0, 0, 62, 64, 96, 62, 0])),
        TWO,
    ),
    "running_status_after_sysex": (
        header(division=96) + track(bytes([0, 0x90, 60, 64, 0, 0xF0, 2, 1, 0xF7, 96, 60, 0, 0, 62, 64, 96, 62, 0])),
        TWO,
    ),
    "running_status_before_any": (header(division=96) + track(bytes([0, 60, 64, 96, 60, 0])), ONE),
    "tempo_0": (header() + track(meta(0x51, bytes(3)), note(60)), ONE),
    "tempo_short": (header() + track(meta(0x51, b""), note(60)), ONE),
    "key_of_12_sharps": (header() + track(meta(0x59, bytes([12, 0])), note(60)), ONE),
    "key_of_mode_9": (header() + track(meta(0x59, bytes([0, 9])), note(60)), ONE),
    "key_short": (header() + track(meta(0x59, b""), note(60)), ONE),
    "metre_4_0": (header() + track(meta(0x58, bytes([4, 255, 24, 8])), note(60)), ONE),
    "metre_0_4": (header() + track(meta(0x58, bytes([0, 2, 24, 8])), note(60)), ONE),
    # The format can name powers of two alone as the unit: 13 is out of reach, 2 to the power of 13 is not.
    "metre_7_8192": (header() + track(meta(0x58, bytes([7, 13, 24, 8])), note(60)), ONE),
    "metre_short": (header() + track(meta(0x58, b"\7"), note(60)), ONE),
    "metre_255_1": (header() + track(meta(0x58, bytes([255, 0, 24, 8])), note(60)), ONE),
    "overlapping_equal_pitches": (header() + track(on(60), on(60, 240), off(60, 240), off(60, 240)), [(0, 24, 60), (12, 36, 60)]),
    "same_note_twice_at_once": (header() + track(on(60), on(60), off(60, 240), off(60, 240)), ONE),
    "missing_note_off": (header() + track(on(60), note(62, 480), end=number(480) + END[1:]), [(0, 48, 60), (0, 24, 62)]),
    "missing_note_off_before_the_next": (header() + track(on(60), on(62, 480), off(62)), TWO),
    "missing_note_off_of_a_pitch_that_comes_again": (
        header() + track(on(60), on(62, 480), off(62), on(60, 0), off(60)),
        [(0, 24, 60), (24, 48, 62), (48, 72, 60)],
    ),
    "missing_note_off_and_a_far_end": (header() + track(on(60), end=number(480_000) + END[1:]), [(0, 96, 60)]),
    "all_notes_off_ends_notes": (header() + track(on(60), number(480) + bytes([0xB0, 123, 0]), note(62)), TWO),
    "note_offs_twice": (
        header() + track(on(60), off(60), on(60, 0), off(60, 5), off(60, 475), on(62, 0), off(62), off(62, 5)),
        [(0, 24, 60), (24, 48, 60), (48, 72, 62)],
    ),
    "note_on_before_the_note_off_of_the_one_before": (
        header() + track(on(60), on(60, 480), off(60, 0), off(60)),
        [(0, 24, 60), (24, 48, 60)],
    ),
    "no_note_off_at_all": (header() + track(on(60), on(62, 480), on(64, 480)), [(0, 24, 60), (24, 48, 62), (48, 72, 64)]),
    "note_off_without_note_on": (header() + track(off(60), off(61, 0)), "holds no notes"),
    "note_offs_before_note_ons": (header() + track(off(60, 0), note(60)), ONE),
    "without_length": (header() + track(note(60, 0)), ONE),
    "some_without_length": (header() + track(note(90, 0), note(60), note(90, 0), note(62)), TWO),
    "unknown_meta_with_time": (header() + track(meta(0x4B, b"\7", 480), note(60)), [(24, 48, 60)]),
    "all_metas": (header() + track(*(meta(kind, b"\1\2\3") for kind in range(256) if kind != 0x2F), note(60)), ONE),
    "all_metas_empty": (header() + track(*(meta(kind, b"") for kind in range(256) if kind != 0x2F), note(60)), ONE),
    "meta_too_long": (header() + track(bytes([0, 0xFF, 1, 99]), note(60)), ONE),
    "tempo_too_long": (header() + track(bytes([0, 0xFF, 0x51, 0x83, 7, 0xA1, 0x20]), note(60)), ONE),
    "sysex": (header() + track(bytes([0, 0xF0, 3, 0x43, 0x12, 0xF7]), note(60)), ONE),
    "sysex_unended": (header() + track(bytes([0, 0xF0, 2, 0x43, 0x12]), bytes([0, 0xF7, 1, 0xF7]), note(60)), ONE),
    "sysex_too_long": (header() + track(bytes([0, 0xF0, 0x7F]), note(60)), ONE),
    "sysex_with_bytes_above_127": (header() + track(bytes([0, 0xF0, 3, 0xC3, 0x92, 0xF7]), note(60)), ONE),
    "realtime": (header() + track(bytes([0, 0xF8]), bytes([0, 0xFE]), note(60)), ONE),
    "undefined_status": (header() + track(bytes([0, 0xF4]), note(60)), ONE),
    "data_byte_above_127": (header() + track(bytes([0, 0x90, 60, 200]), off(60)), ONE),
    "pitch_above_127": (header() + track(bytes([0, 0x90, 60 | 0x80, 64]), off(60)), ONE),
    "controller_above_127": (header() + track(bytes([0, 0xB0, 7, 0xFF]), note(60)), ONE),
    "a_byte_too_many": (header() + track(note(60), on(62) + b"\x40", off(62), note(64)), 3),
    "pitch_bends": (header() + track(*(bytes([0, 0xE0, i, 64]) for i in range(100)), note(60)), ONE),
    "tracks_128": (header(tracks=128) + b"".join(track(note(i, 480, i % 16)) for i in range(128)), 128),
    "tracks_empty": (header(tracks=4) + track() + track(end=b"") + track(note(60)) + track(), ONE),
    "tracks_fewer_than_said": (header(tracks=3) + track(note(60)), ONE),
    "tracks_more_than_said": (header(tracks=1) + track(note(60)) + track(note(72)), [(0, 24, 60), (0, 24, 72)]),
    "tracks_0_said": (header(tracks=0) + track(note(60)), ONE),
    "track_without_end": (header() + track(note(60), end=b""), ONE),
    "bytes_after_end_of_track": (header() + track(note(60), end=END + b"\xaa\xbb"), ONE),
    "bytes_after_last_track": (header() + track(note(60)) + b"some text", ONE),
    "chunk_of_another_kind": (header() + b"XFIH\0\0\0\4abcd" + track(note(60)), ONE),
    "chunk_of_another_kind_too_long": (header() + b"XFIH\0\0\xff\4abcd" + track(note(60)), ONE),
    "chunk_of_another_kind_counted": (header(tracks=2) + b"XFIH\0\0\0\4abcd" + track(note(60)), ONE),
    "bytes_between_tracks": (header(tracks=2) + track(note(60)) + b"\0\0\0" + track(note(72)), [(0, 24, 60), (0, 24, 72)]),
    "track_length_too_long": (header() + b"MTrk\0\0\1\0" + track(note(60))[8:], ONE),
    "track_length_over_the_next_track": (
        header(tracks=2) + b"MTrk\0\0\0\x22" + track(note(60))[8:] + track(note(72)),
        [(0, 24, 60), (0, 24, 72)],
    ),
    "track_length_huge": (
        header(tracks=2) + b"MTrk\xff\xff\xff\xff" + track(note(60))[8:] + track(note(72)),
        [(0, 24, 60), (0, 24, 72)],
    ),
    "track_length_too_short": (header() + b"MTrk\0\0\0\6" + track(note(60))[8:], ONE),
    "track_length_0": (header() + b"MTrk\0\0\0\0" + track(note(60))[8:], ONE),
    "track_name_damaged": (header() + b"MTqk" + track(note(60))[4:], ONE),
    "huge_delta": (header() + track(note(60, 0x0FFFFFFF)), [(0, 109, 60)]),
    "huge_delta_before_a_note": (header() + track(note(60), on(62, 1920 * 5000), off(62)), TWO),
    "huge_delta_before_the_music": (header() + track(number(1920 * 5000) + note(60)[1:], note(62)), TWO),
    "huge_delta_after_the_notes": (header() + track(note(60), end=number(0x0FFFFFFF) + END[1:]), ONE),
    "delta_of_5_bytes": (header() + track(b"\xff\xff\xff\xff\x7f" + on(60)[1:], off(60)), ONE),
    "delta_of_8_bytes": (header() + track(b"\x81" * 7 + on(60), off(60)), ONE),
    "two_hours": (header() + track(*(note(60 + i % 12, 960) for i in range(7200))), 7200),
    "drums_only": (header() + track(note(38, 480, 9)), [(0, 24, 38)]),
    "one_note": (header() + track(note(60)), ONE),
    "name_nul": (header() + track(meta(3, b"\0\0\0"), note(60)), ONE),
    "name_latin_1": (header() + track(meta(3, b"Fl\xf6te"), note(60)), ONE),
    "name_broken_utf_8": (header() + track(meta(3, b"\xc3\xff\xfe"), note(60)), ONE),
    "name_long": (header() + track(meta(3, b"x" * 70000), note(60)), ONE),
    "key_text_of_someone_else": (header() + track(meta(1, b"key=\xff\0"), note(60)), ONE),
    "pitches_0_and_127": (header() + track(note(0), note(127)), [(0, 24, 0), (24, 48, 127)]),
    "30_000_notes": (header() + track(many(30_000)), 30_000),
    "too_many_notes": (header() + track(many(200_001)), "more than 200,000 notes"),
    "a_million_notes": (header() + track(many(1_000_000)), "more than 200,000 notes"),
    "too_many_notes_in_two_tracks": (header(tracks=2) + 2 * track(many(100_001)), "more than 200,000 notes"),
    "larger_than_16_mb": (header() + track(meta(1, bytes(0x0FFFFFF))), "larger than 16 MB"),
}


def packaged() -> Iterator[tuple[str, bytes]]:
    """The files that music21's wheel carries for its own tests, found without importing it."""
    spec = importlib.util.find_spec("music21")
    assert spec
    for place in spec.submodule_search_locations or []:
        for path in sorted([*Path(place, "midi", "testPrimitive").glob("*.mid"), *Path(place, "omr").glob("*.mid")]):
            yield f"music21_{path.stem}", path.read_bytes()


def by_music21(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Pieces of its corpus, as music21 writes them: four voices, and many instruments."""
    from music21 import corpus

    for name in ("bach/bwv66.6", "bach/bwv269", "joplin/maple_leaf_rag.mxl", "haydn/opus1no1/movement1.mxl"):
        path = folder / "music21.mid"
        corpus.parse(name).write("midi", path)
        yield f"corpus_{name.replace('/', '_')}", path.read_bytes()


def by_us(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Scores of 1 to 20 voices with drums, changes of metre and tempo, and names in many scripts."""
    rng = random.Random(2)
    for i in range(40):
        voices = tuple(
            Voice(rng.choice(["", "Flöte", "三味線", "b\0c"]), rng.randrange(128), rng.random() < 0.2) for _ in range(1 + i // 2)
        )
        notes = []
        for voice in range(len(voices)):
            tick = 0
            for _ in range(rng.randint(1, 40)):
                tick += rng.choice([0, 0, 3, 12])
                notes.append(Note(tick, duration := rng.choice([1, 3, 4, 8, 12, 36]), rng.randrange(128), voice))
                tick += duration
        metres = ((0, Metre(3, 4)), (72, Metre(6, 8))) if i % 3 else ((0, Metre(7, 16)),)
        score = Score(
            tuple(notes), metres, Key(i % 12, rng.choice(["major", "minor", "dorian"])), ((0, 97.5), (30, 140.0)), voices, "T"
        )
        path = folder / "ours.mid"
        midi_writing.write(score, path)
        yield f"ours_{i}", path.read_bytes()


def damaged() -> Iterator[tuple[str, bytes]]:
    """A good file cut at every byte, and with one to three of its bytes changed, left out or put in."""
    rng = random.Random(3)
    for length in range(1, len(WHOLE)):
        yield f"cut_at_{length}", WHOLE[:length]
    for i in range(120):
        content = bytearray(WHOLE)
        for _ in range(1 + i % 3):
            place = rng.randrange(4, len(content))
            action = rng.random()
            if action < 0.5:
                content[place] ^= 1 << rng.randrange(8)
            elif action < 0.8:
                content[place] = rng.choice([0, 0x7F, 0x80, 0xF0, 0xFF, rng.randrange(256)])
            elif action < 0.9:
                del content[place]
            else:
                content.insert(place, rng.randrange(256))
        yield f"changed_{i}", bytes(content)


def collection(folder: Path) -> Iterator[tuple[str, bytes]]:
    """(name, content) of every file; `folder` is for writing some of them."""
    yield from ((name, content) for name, (content, _) in SPECIAL.items())
    yield from packaged()
    yield from by_music21(folder)
    yield from by_us(folder)
    yield from damaged()
