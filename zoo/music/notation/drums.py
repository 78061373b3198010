"""Which voices of a MIDI file are drums: channel 10, or by bank, by a maker's message, by name, or by program."""

import re
import unicodedata
from collections.abc import Collection, Sequence

from zoo.music.notation import midi_events
from zoo.music.notation.midi_events import Track
from zoo.music.notation.theory import DRUM_CHANNEL

SWITCH = midi_events.SYSEX  # the kind of a message (tick, SWITCH, channel, 0, 1 for drums or 0) that `switches` gives

_KIT_BANKS = (120, 126, 127)  # General MIDI 2; sound effects and drum kits of XG
_UNPITCHED_PROGRAMS = (113, 115, 116, 117, 118, 119)  # agogo, woodblock, taiko, toms, synth drum, reversed cymbal
_MOST_PITCHES = 4  # of one of these; who plays more plays a tune on it
_CORE = {35, 36, 37, 38, 39, 40, 42, 44, 46, 49, 51}  # bass drums, snares, hi-hats and cymbals of General MIDI
# What drums are called, in small letters without accents: parts of words, and whole words.
_DRUMS = re.compile(
    r"drum|percus|perkus|schlagzeug|schlagwerk|slagwerk|slagverk|slagtoj|trommel|trommer|trummor|batteri|bateri|cymbal|becken|snare"
    r"|hi-?hat|tambourin|tamburin|rullante|grancassa|bombo|conga|bongo|cowbell|timbale|rummut|davul|beben|bebny|ударн|барабан|перкус"
    r"|ドラム|パーカッション|打楽器|鼓|打击乐|打擊樂|드럼|타악"
    r"|\b(?:kit|perc|kick|toms|tom-?toms?|dob|dobok|bici|shaker|maracas|claves|grosse caisse|caisse claire)\b"
)
_NOT_DRUMS = re.compile(r"steel ?-?(?:drum|pan)|drummer|humdrum|percussive organ|drums? ?(?:&|and|n) ?bass")
# What pitched instruments and parts are called, as beginnings of words.
_PITCHED = re.compile(
    r"\b(?:melod|lead|vocal|voice|voix|voce|stimme|gesang|sopran|alto?\b|tenor|baryton|bariton|choir|chor|coro|flut|flot|flaut|viol"
    r"|geige|bratsche|cello|strings?\b|streicher|contrabass|kontrabass|bass|bajo|piano|klavier|organ|orgel|orgue|guit|gitar|chitarra"
    r"|trump|trompet|tromba|trombon|posaune|horn|corno|tuba|sax|clarin|klarin|oboe|hautbois|fagott|bassoon|harp|harfe|arpa|accord"
    r"|akkord|synth|pad\b|keys|keyboard|marimba|vibra|xylo|glock|celesta)"
)


def of_bank(bank: int) -> bool:
    """Whether a bank is one of drum kits."""
    return bank in _KIT_BANKS


def switches(track: Track) -> list[tuple[int, int, int, int, int]]:
    """The messages to synthesizers of Roland (GS) and Yamaha (XG) that make a channel one of drums, or end that."""
    found = []
    for tick, kind, data in track.metas:
        if kind != midi_events.SYSEX:
            continue
        if len(data) >= 8 and data[0] == 0x41 and data[2:5] == b"\x42\x12\x40" and data[5] >> 4 == 1 and data[6] == 0x15:
            part = data[5] & 0x0F  # Roland counts the drums' channel first
            found.append(
                (tick, SWITCH, DRUM_CHANNEL if part == 0 else part - 1 if part <= DRUM_CHANNEL else part, 0, int(data[7] > 0))
            )
        elif len(data) >= 7 and data[0] == 0x43 and data[2:4] == b"\x4c\x08" and data[4] < 16 and data[5] == 0x07:
            found.append((tick, SWITCH, data[4], 0, int(data[6] > 0)))
    return found


def named(name: str) -> bool:
    """Whether a name says drums, in one of a dozen languages."""
    plain = _plain(name)
    return bool(_DRUMS.search(plain)) and not _NOT_DRUMS.search(plain)


def named_pitched(name: str) -> bool:
    """Whether a name says an instrument or a part with pitches, and no drums."""
    plain = _plain(name)
    return bool(_PITCHED.search(plain)) and not named(name)


def sound_like(pitches: Sequence[int]) -> bool:
    """Whether pitches look like a drum kit's of General MIDI: few, and half of the notes bass drums, snares, hi-hats, cymbals."""
    return 2 * sum(pitch in _CORE for pitch in pitches) >= len(pitches) and all(27 <= pitch <= 87 for pitch in pitches)


def of_program(program: int, pitches: Collection[int]) -> bool:
    """Whether a program without pitches plays so few different ones that they are strokes, not a tune."""
    return program in _UNPITCHED_PROGRAMS and len(pitches) <= _MOST_PITCHES


def _plain(name: str) -> str:
    """A name in small letters without accents."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("ø", "o"))
    return unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", letters))  # the accents of European scripts
