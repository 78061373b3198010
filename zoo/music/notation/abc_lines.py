"""The music lines of ABC notation (https://abcnotation.com/wiki/abc:standard:v2.1): what each voice has between its bar lines.

The rules that are easily read wrongly:

- An accidental holds for its letter in all octaves, up to the next bar line.
- Without L:, the unit length is a sixteenth where the metre is below 3/4, else an eighth.
- `A>B` lengthens the first note by half of its length and shortens the second; `>>` by three quarters, `>>>` by seven eighths.
- (p:q:r plays r notes with p in the time of q. Where q is left out it is 2 for p = 3 and 6, 3 for 2, 4 and 8; for 5, 7 and 9 it
  is 3 in compound metres, else 2.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from zoo.music.notation.measures import Refused
from zoo.music.notation.theory import TICKS_PER_QUARTER, Metre

FIELD = re.compile(r"^\s*([A-Za-z]):(?![|:])(.*)$")

_NOTE = r"(?:\^{1,2}|_{1,2}|=)?[A-Ga-g][,']*"
_LENGTH = r"(?:\d+(?:/+\d*)?|/+\d*)?+"
_INNER = re.compile(rf"({_NOTE})({_LENGTH})(-?)")
_BAR = r"(?:[|:]|\](?=\s*[|:])|\[(?=\s*[|:\]\d\"]))"
_TOKEN = re.compile(
    rf"""(?P<ignored>"[^"\n]*"|![^!\n|]*!|\{{[^}}\n]*\}}|\s+)
    |\[(?P<name>[A-Za-z]):(?P<value>[^\]]*)\]
    |\[(?![\d"])(?P<chord>(?:[^\]\n|:\["]|"[^"\n]*")*[A-Ga-g](?:[^\]\n|:\["]|"[^"\n]*")*)\](?P<chord_length>{_LENGTH})
    |\+(?P<old_chord>(?:{_NOTE}{_LENGTH}-?\s*)+)\+(?P<old_length>{_LENGTH})
    |(?P<old_decoration>\+[^+\s|]+\+)
    |\((?P<tuplet>\d(?::\d*)*)
    |(?P<bar>{_BAR}(?:[|\]:\s]|"[^"\n]*"|\[(?=\s*[|:\]\d"]))*(?:(?<=[|\[:\s])\d[\d,\-]*(?=[^/\d]|$))?)
    |(?P<note>{_NOTE})(?P<note_length>{_LENGTH})
    |(?P<unseen>[xX])(?=[\s|:\[\]]*[|:\]])
    |[zxX](?P<rest>{_LENGTH})
    |Z(?P<bars>\d*)
    |(?P<broken>[<>]+)
    |(?P<tie>-)
    |(?P<overlay>&)
    |(?P<sign>[()~.`*$;!\\]|[H-WYh-wy]\d*)
    |(?P<unknown>.)
    """,
    re.VERBOSE,
)
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_FIFTHS = "FCGDAEB"
_ACCIDENTALS = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}
_TUPLETS = {1: 1, 2: 3, 3: 2, 4: 3, 6: 2, 8: 3}
_LONGEST_REST = 1000  # bars
_MOST_PARTS = 100  # of a piece, in the order of playing

Alterations = dict[str, int]


@dataclass(frozen=True)
class Tone:
    """A note, a chord or a rest: its length in ticks, its MIDI pitches (none of a rest), and whether it is tied to the next."""

    length: Fraction
    pitches: tuple[int, ...]
    tied: bool = False


@dataclass
class Group:
    """What stands between two bar lines.

    Attributes:
        tones: the notes, chords and rests.
        bar: the bar line after them, with the number of an ending and without white space; "" at the end of the text.
        fields: (number of tones before it, name, value) of the fields that stand in it.
    """

    tones: list[Tone] = field(default_factory=list)
    bar: str = ""
    fields: list[tuple[int, str, str]] = field(default_factory=list)


def alterations(fifths: int) -> Alterations:
    """What a key signature of so many sharps, flats negative, does to each letter, in semitones."""
    return {letter: (fifths - place + 6) // 7 for place, letter in enumerate(_FIFTHS)}


def multiple(text: str) -> Fraction:
    """The factor that a note length of ABC stands for: "" 1, "3" 3, "/" 1/2, "//" 1/4, "/4" 1/4, "3/2" 3/2, "3/" 3/2."""
    number, slash, rest = text.partition("/")
    if not slash:
        return Fraction(int(number or 1))
    halves = 1 + rest.count("/")
    digits = rest.strip("/")
    divisor = int(digits) if digits else 2**halves
    if not divisor:
        raise Refused("unknown note length", text)
    return Fraction(int(number or 1), divisor)


def part_order(text: str) -> str:
    """The parts in the order of playing, a letter each, from a P: field: "A2(BC)2" means AABCBC. "" for another text."""
    text = re.sub(r"[\s.]", "", text)
    while group := re.search(r"\(([A-Z\d]*)\)(\d?)|([A-Z])(\d)", text):
        inner = group[1] if group[3] is None else group[3]
        text = text[: group.start()] + inner * int(group[2] or group[4] or 1) + text[group.end() :]
        if len(text) > _MOST_PARTS:
            return ""
    return text if re.fullmatch(r"[A-Z]+", text) else ""


def unit_length(text: str, metre: Metre | None) -> Fraction:
    """The ticks of a note without a number, from the value of an L: field; without one, from the metre."""
    whole = 4 * TICKS_PER_QUARTER
    if not text.strip():
        return Fraction(whole, 16 if metre and metre.bar_ticks < 3 * TICKS_PER_QUARTER else 8)
    match = re.fullmatch(r"\s*(\d{1,3})\s*(?:/\s*(\d{1,3})\s*)?", text)
    if not match or not int(match[1]) or not int(match[2] or 1):
        raise Refused("unknown note length", f"L:{text.strip()}")
    return Fraction(int(match[1]) * whole, int(match[2] or 1))


@dataclass
class Line:
    """One voice, read from the beginning to the end of its music.

    Attributes:
        unit: the ticks of a note without a number.
        key: what the key signature does to each letter.
        metre: the metre in force.
        shift: semitones by which it sounds higher than it is written.
        groups: what it has between its bar lines; the last one is still being filled.
        unknown: the signs that were skipped, with their number.
        graces: how many grace notes were left out.
        overlaid: whether a sign `&` has begun a second voice in a bar, which is left out.
    """

    unit: Fraction
    key: Alterations
    metre: Metre | None
    shift: int = 0
    groups: list[Group] = field(default_factory=lambda: [Group()])
    unknown: Counter[str] = field(default_factory=Counter)
    graces: int = 0
    overlaid: bool = False

    def __post_init__(self) -> None:
        self._held: Alterations = {}  # by accidentals in this bar
        self._ratio, self._left = Fraction(1), 0  # of the tuplet, and how many tones it still has
        self._broken: str = ""  # the sign that waits for its second note
        self._second = Fraction(1)  # what a sign has made of the last tone, as its second note
        self._silent = False  # in the second voice that `&` begins
        self._last: dict[str, int] = {}  # the pitches of the last tone, by their names without accidentals
        self._tied: dict[str, int] = {}  # the same where it is tied to the next

    def add(self, match: re.Match) -> None:
        """Takes one token, other than a field."""
        kind = match.lastgroup or ""
        if match["bar"] is not None:
            self._bar(re.sub(r'\s|"[^"]*"', "", match["bar"]))
        elif match["overlay"] is not None:
            self.overlaid = self._silent = True
        elif match["unknown"] is not None:
            self.unknown[match.group()] += 1
        elif match["ignored"] is not None and match.group().startswith("{"):
            self.graces += len(re.findall("[A-Ga-g]", match.group()))
        elif self._silent or kind in ("ignored", "old_decoration", "sign", "unseen"):
            return
        elif match["tuplet"] is not None:
            self._tuplet(match["tuplet"])
        elif match["broken"] is not None:
            self._begin_broken(match.group())
        elif match["tie"] is not None:
            self._tie()
        elif match["bars"] is not None:
            self._rest_bars(match["bars"])
        else:
            self._tone(match)

    def _bar(self, text: str) -> None:
        if text in ("[", "]"):
            self.unknown[text] += 1
            return
        self.groups[-1].bar = text
        self.groups.append(Group())
        self._held = {}
        self._broken = ""
        self._silent = False

    def _tuplet(self, text: str) -> None:
        numbers = [int(part) if part else 0 for part in (*text.split(":"), "", "")[:3]]
        compound = self.metre is not None and self.metre.unit >= 8 and self.metre.beats > 3 and self.metre.beats % 3 == 0
        notes = numbers[0]
        if not notes:
            self.unknown[f"({text}"] += 1
            return
        time = numbers[1] or _TUPLETS.get(notes, 3 if compound else 2)
        self._ratio, self._left = Fraction(time, notes), numbers[2] or notes

    def _begin_broken(self, sign: str) -> None:
        tones = self.groups[-1].tones
        if not tones or sign.strip(sign[0]) or len(sign) > 3:
            self.unknown[sign] += 1
            return
        part = Fraction(1, 2 ** len(sign))
        last = tones[-1]
        length = last.length / self._second  # of the two signs of a>b>c, the second one counts for b
        tones[-1] = Tone(length * (2 - part if sign[0] == ">" else part), last.pitches, last.tied)
        self._broken = sign

    def _tie(self) -> None:
        self._tied = self._last
        for group in reversed(self.groups):
            if group.tones:
                last = group.tones[-1]
                group.tones[-1] = Tone(last.length, last.pitches, True)
                return

    def _rest_bars(self, count: str) -> None:
        bars = int(count or 1)
        if self.metre is None or not 1 <= bars <= _LONGEST_REST:
            self.unknown[f"Z{count}"] += 1
            return
        for number in range(bars):
            if number:
                self.groups[-1].bar = "|"
                self.groups.append(Group())
            self.groups[-1].tones.append(Tone(Fraction(self.metre.bar_ticks), ()))

    def _tone(self, match: re.Match) -> None:
        """A note, a chord or a rest."""
        tied = False
        self._last = {}
        if match["note"] is not None:
            pitches: tuple[int, ...] = (self._pitch(match["note"]),)
            factor = multiple(match["note_length"])
        elif match["rest"] is not None:
            pitches, factor = (), multiple(match["rest"])
        else:
            text = match["chord"] or match["old_chord"]
            inner = _INNER.findall(re.sub(r'"[^"]*"|![^!]*!', "", text))
            pitches = tuple(self._pitch(name) for name, _, _ in inner)
            factor = multiple(inner[0][1]) * multiple(match["chord_length"] or match["old_length"] or "")
            tied = any(tie for _, _, tie in inner)
            odd = re.sub(r"[\s().~`H-Wh-wy]", "", _INNER.sub("", re.sub(r'"[^"]*"|![^!]*!', "", text)))
            if odd:
                self.unknown[odd] += 1
        self._second = Fraction(1)
        if self._broken:
            part = Fraction(1, 2 ** len(self._broken))
            self._second = part if self._broken[0] == ">" else 2 - part
            factor *= self._second
            self._broken = ""
        if self._left:
            factor *= self._ratio
            self._left -= 1
        self._tied = self._last if tied else {}
        if factor:
            self.groups[-1].tones.append(Tone(self.unit * factor, pitches, tied))

    def _pitch(self, name: str) -> int:
        """The MIDI pitch of a note such as `^c'`."""
        letter = name.lstrip("^_=").rstrip(",'")
        accidental = name[: len(name) - len(name.lstrip("^_="))]
        upper = letter.upper()
        octave = 5 if letter.islower() else 4
        octave += name.count("'") - name.count(",")
        place = f"{upper}{octave}"
        if accidental:
            self._held[upper] = _ACCIDENTALS[accidental]
        alteration = self._held.get(upper, self.key[upper])
        pitch = 12 * (octave + 1) + _LETTERS[upper] + alteration + self.shift
        if upper not in self._held:  # a tie carries an accidental over the bar line
            pitch = self._tied.get(place, pitch)
        self._last[place] = pitch
        return pitch


def tokens(text: str) -> Iterator[re.Match]:
    """The tokens of music lines. Those of fields have the groups `name` and `value`; `Line.add` takes the others."""
    return _TOKEN.finditer(text)
