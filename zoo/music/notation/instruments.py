"""The instruments of General MIDI (level 1) by program, 0 to 127."""

import re

from zoo.core import names
from zoo.core.errors import UserError

_MOST_SUGGESTED = 6

NAMES = (
    # pianos
    "acoustic grand piano",
    "bright acoustic piano",
    "electric grand piano",
    "honky-tonk piano",
    "electric piano 1",
    "electric piano 2",
    "harpsichord",
    "clavinet",
    # chromatic percussion
    "celesta",
    "glockenspiel",
    "music box",
    "vibraphone",
    "marimba",
    "xylophone",
    "tubular bells",
    "dulcimer",
    # organs
    "drawbar organ",
    "percussive organ",
    "rock organ",
    "church organ",
    "reed organ",
    "accordion",
    "harmonica",
    "tango accordion",
    # guitars
    "acoustic guitar (nylon)",
    "acoustic guitar (steel)",
    "electric guitar (jazz)",
    "electric guitar (clean)",
    "electric guitar (muted)",
    "overdriven guitar",
    "distortion guitar",
    "guitar harmonics",
    # basses
    "acoustic bass",
    "electric bass (finger)",
    "electric bass (pick)",
    "fretless bass",
    "slap bass 1",
    "slap bass 2",
    "synth bass 1",
    "synth bass 2",
    # strings
    "violin",
    "viola",
    "cello",
    "contrabass",
    "tremolo strings",
    "pizzicato strings",
    "orchestral harp",
    "timpani",
    # ensembles
    "string ensemble 1",
    "string ensemble 2",
    "synth strings 1",
    "synth strings 2",
    "choir aahs",
    "voice oohs",
    "synth voice",
    "orchestra hit",
    # brass
    "trumpet",
    "trombone",
    "tuba",
    "muted trumpet",
    "french horn",
    "brass section",
    "synth brass 1",
    "synth brass 2",
    # reeds
    "soprano sax",
    "alto sax",
    "tenor sax",
    "baritone sax",
    "oboe",
    "english horn",
    "bassoon",
    "clarinet",
    # pipes
    "piccolo",
    "flute",
    "recorder",
    "pan flute",
    "blown bottle",
    "shakuhachi",
    "whistle",
    "ocarina",
    # synthesizer leads
    "lead 1 (square)",
    "lead 2 (sawtooth)",
    "lead 3 (calliope)",
    "lead 4 (chiff)",
    "lead 5 (charang)",
    "lead 6 (voice)",
    "lead 7 (fifths)",
    "lead 8 (bass + lead)",
    # synthesizer pads
    "pad 1 (new age)",
    "pad 2 (warm)",
    "pad 3 (polysynth)",
    "pad 4 (choir)",
    "pad 5 (bowed)",
    "pad 6 (metallic)",
    "pad 7 (halo)",
    "pad 8 (sweep)",
    # synthesizer effects
    "fx 1 (rain)",
    "fx 2 (soundtrack)",
    "fx 3 (crystal)",
    "fx 4 (atmosphere)",
    "fx 5 (brightness)",
    "fx 6 (goblins)",
    "fx 7 (echoes)",
    "fx 8 (sci-fi)",
    # of many countries
    "sitar",
    "banjo",
    "shamisen",
    "koto",
    "kalimba",
    "bagpipe",
    "fiddle",
    "shanai",
    # percussion
    "tinkle bell",
    "agogo",
    "steel drums",
    "woodblock",
    "taiko drum",
    "melodic tom",
    "synth drum",
    "reverse cymbal",
    # noises
    "guitar fret noise",
    "breath noise",
    "seashore",
    "bird tweet",
    "telephone ring",
    "helicopter",
    "applause",
    "gunshot",
)


def program(text: str) -> int:
    """The program, 0 to 127, of an instrument given by its number or by its name in NAMES.

    Case, hyphens, brackets and spaces make no difference: "Acoustic Guitar nylon" is program 24. UserError for any other text; it
    suggests similar names.
    """
    if re.fullmatch(r"[+-]?\d+", text.strip(), re.ASCII):
        number = int(text) if len(text.strip()) <= 4 else -1
        if not 0 <= number < len(NAMES):
            raise UserError(f"there is no General MIDI program {text.strip()}: they are numbered from 0 to {len(NAMES) - 1}")
        return number
    named = {_folded(name): number for number, name in enumerate(NAMES)}
    wanted = _folded(text)
    if wanted in named:
        return named[wanted]
    words = set(wanted.split())
    near = [each for each in named if words and words <= set(each.split())][:_MOST_SUGGESTED]
    near = near or names.near(wanted, named)
    advice = (
        f"did you mean {' or '.join(NAMES[named[each]] for each in near)}?"
        if near
        else "write a number from 0 to 127 or a General MIDI name, for example violin, flute, accordion or church organ"
    )
    raise UserError(f"no General MIDI instrument is called {text!r}: {advice}")


def _folded(text: str) -> str:
    """The words of a name in lower case."""
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))
