"""Melodies from ABC notation (https://abcnotation.com/wiki/abc:standard:v2.1), read with the help of music21.

music21 reads pitches, key signatures, note lengths, tuplets and broken rhythms (`A>B`). On other things that tune books are full
of it makes mistakes without an error. This module handles those itself and gives music21 the rest of the text (`_plain`):

- Accidentals hold for one note only, unless the text calls itself ABC 2.1. So its first line is `%abc-2.1`.
- A note after the sign H (a fermata) is lost. A decoration within `A>.B` undoes the broken rhythm. Grace notes are counted as
  notes of a triplet. So decorations, grace notes, slurs and texts are removed.
- `A :| B :|` is played as A A B A A B. So bar lines are read here, and `measures.play_order` writes repeats out.
- A bar that is too long for the metre is cut in two, and gets a metre of its own. So the lengths of bars are checked here, and a
  tune whose bars do not fill the metre is refused.

A tune that cannot be read raises `Refused`. Its `reason` is one of a few fixed phrases, so that refusals can be counted.
"""

import re
from collections.abc import Iterator
from fractions import Fraction

from music21 import abcFormat, pitch
from music21.exceptions21 import Music21Exception

from zoo.core.errors import UserError
from zoo.music.notation.measures import Event, Measure, Refused, aligned, play_order
from zoo.music.notation.score import Score
from zoo.music.notation.theory import TICKS_PER_QUARTER, Key, Metre, Note
from zoo.music.notation.tune_types import tune_type

_FIELD = re.compile(r"^\s*([A-Za-z]):(?![|:])(.*)$")
_INLINE = re.compile(r"\[([A-Za-z]):([^\]]*)\]")
_NOTE = r"(?:\^{1,2}|_{1,2}|=)?[A-Ga-g][,']*"
_LENGTH = r"(?:\d+(?:/+\d*)?|/+\d*)?+"
_CHORD = re.compile(rf"\[((?:{_NOTE}{_LENGTH}-?\s*)+)\]({_LENGTH})")
_INNER = re.compile(rf"({_NOTE})({_LENGTH})(-?)")
_TUPLET = r"\(\d(?::\d*)*"
# A whole bar line, with repeat signs, the number of an ending and white space: "|", ":|2", ":|\n|:", "|| [1", "::".
_BAR = re.compile(rf"({_TUPLET})|(?:[|\[\]:]\s*)+(?:(?<=[|\[:\s])\d[\d,\-]*(?=[^/\d]|$))?")
_UNDERSTOOD = re.compile(rf"{_NOTE}{_LENGTH}|z{_LENGTH}|{_TUPLET}|[<>]+|-|\||\s+")
_MODES = {"ionian": "major", "aeolian": "minor"}
_METRES = {"C": "4/4", "C|": "2/2"}


def tunes(text: str) -> Iterator[tuple[int, str]]:
    """(number after X:, text) of each tune of an ABC file, in the order of the file."""
    for part in re.split(r"(?m)^(?=X:)", text.replace("\r\n", "\n").replace("\r", "\n")):
        head = re.match(r"X:\s*(\d+)", part)
        if head:
            yield int(head.group(1)), part


def read(text: str) -> Score:
    """The melody of one tune, with repeats written out and every bar complete.

    - Of a chord, the highest note is taken. Tied notes are joined. Grace notes, ornaments and chord symbols are left out.
    - A rest before a pickup fills the first bar, so that bar lines fall on multiples of the bar's length. A bar that a repeat
      sign or a double bar cuts in two is put together (`measures.aligned`).
    - The key is that of the first K: field; a letter alone is major.
    - The type is that of the R: field by its usual name (zoo.music.notation.tune_types), "" where there is none.

    Args:
        text: the tune in ABC notation.

    Raises:
        Refused: no notes, several voices, no metre or a changing one, an unknown key, rhythms that the grid cannot hold (such as
            64ths and septuplets), or bars that do not fill the metre.
    """
    header, body = _split(text)
    metre = _metre(header.get("M", ""))
    title = " ".join(header.get("T", "").split())
    measures, key = _measures(header, body, metre)
    notes = _join(aligned(measures, play_order(measures), metre.bar_ticks))
    if not notes:
        raise Refused("no notes")
    return Score(tuple(notes), metres=((0, metre),), key=key, title=title, type=tune_type(header.get("R", "")))


def _split(text: str) -> tuple[dict[str, str], str]:
    """The header, as the first value of each field up to K:, and the lines after it without comments."""
    header: dict[str, str] = {}
    body: list[str] = []
    if "=20" in text:  # some tunes came by mail, encoded as quoted-printable: =20 is a space
        text = re.sub(r"=(?=[ \t]*$)", "", text.replace("=20", " "), flags=re.MULTILINE)
    for line in text.splitlines():
        line = re.sub(r"(?<!\\)%.*$", "", line)
        field = _FIELD.match(line)
        if "K" in header:
            body.append(line)
        elif field:
            header.setdefault(field.group(1), field.group(2).strip())
    if "K" not in header:
        raise Refused("no key", "the tune has no K: line")
    return header, "\n".join(body)


def _metre(text: str) -> Metre:
    try:
        return Metre.parse(_METRES.get(text.strip(), text.strip()))
    except UserError as error:
        raise Refused("no metre", f"M:{text}") from error


def _key(metadata: abcFormat.ABCMetadata) -> Key:
    """The key of a K: field. music21 reads it, except a capital M: it means major, and music21 takes it for minor."""
    name = metadata.data
    if re.fullmatch(r"[A-G][#b]?M", name):
        name = name[:-1]
    if not re.match(r"[A-G][#b]?(\s*$|\s*(m$|m\s|min|maj|mix|dor|phr|lyd|ion|aeo))", name, re.IGNORECASE):
        raise Refused("unknown key", f"K:{name}")
    metadata.data = name
    _, mode = metadata.getKeySignatureParameters()
    match = re.match(r"[A-Ga-g][#b]?", name)
    assert match
    assert mode
    tonic = pitch.Pitch(match.group().replace("b", "-") if len(match.group()) > 1 else match.group().upper())
    return Key(tonic.pitchClass, _MODES.get(mode, mode))


def _plain(body: str, metre: Metre) -> str:
    """The body reduced to notes, rests, tuplets, ties, bar lines, and changes of key and note length (each in a line)."""
    lines = []
    for line in body.splitlines():
        field = _FIELD.match(line)
        if field and field.group(1) not in "KLMV":
            continue
        lines.append(f"[{field.group(1)}:{field.group(2).strip()}]" if field else line.rstrip().removesuffix("\\"))
    text = "\n".join(lines)
    fields: list[str] = []

    def keep(match: re.Match) -> str:
        name, value = match.group(1), match.group(2).strip()
        if name == "V":
            raise Refused("several voices")
        if name == "M":
            if _metre(value) != metre:
                raise Refused("metre changes", f"{metre} -> {value}")
            return " "
        if name not in "KL":
            return " "
        fields.append(f"{name}:{value}")
        return f" @{len(fields) - 1}@ "

    text = re.sub(r'"[^"\n]*"', "", text)
    text = _INLINE.sub(keep, text)
    text = re.sub(r"![^!\n|]*!", "", text)
    text = re.sub(r"\{[^}\n]*\}", "", text)
    text = re.sub(r"\+([^+\n|]+)\+", r"[\1]", text)  # chords of ABC 1
    if "&" in text:
        raise Refused("several voices", "&")
    text = re.sub(r"\((?!\d)|\)|[.~`*$;!\\]|[H-WYh-wy]\d*", "", text)
    text = re.sub(r"[xX](?=[\s|:\[\]]*[|:\]])", "", text)  # an invisible rest without a length of its own, as in Hx||
    text = re.sub(r"[xX]", "z", text)
    text = _CHORD.sub(_highest, text)
    return re.sub(r" @(\d+)@ ", lambda match: f"\n{fields[int(match.group(1))]}\n", text)


def _highest(chord: re.Match) -> str:
    """The highest note of a chord such as `[CEG]2`, with the chord's length, which is that of its first note."""
    inner = _INNER.findall(chord.group(1))
    name = max(inner, key=lambda note: _height(note[0]))[0]
    length = _multiple(inner[0][1]) * _multiple(chord.group(2))
    tie = "-" if any(tie for _, _, tie in inner) else ""
    return f"{name}{length.numerator}/{length.denominator}{tie}"


def _height(name: str) -> tuple[int, int]:
    """How high a note such as `^c'` is, to compare the notes of a chord: its diatonic step, then its accidental."""
    letter = name.lstrip("^_=")[0]
    octave = name.count("'") - name.count(",") + letter.islower()
    return 7 * octave + "CDEFGAB".index(letter.upper()), name.count("^") - name.count("_")


def _multiple(text: str) -> Fraction:
    """The factor that a note length of ABC stands for: "" 1, "3" 3, "/" 1/2, "//" 1/4, "/4" 1/4, "3/2" 3/2, "3/" 3/2."""
    number, slash, rest = text.partition("/")
    if not slash:
        return Fraction(int(number or 1))
    halves = 1 + rest.count("/")
    divisor = int(rest) if rest.isdigit() else 2**halves
    return Fraction(int(number or 1), divisor)


def _measures(header: dict[str, str], body: str, metre: Metre) -> tuple[list[Measure], Key]:
    """The measures as they are written, and the key."""
    text = _plain(body, metre)
    bars: list[str] = []

    def bar(match: re.Match) -> str:
        if match.group(1):
            return match.group()
        bars.append(re.sub(r"\s", "", match.group()))
        return " | "

    pieces = re.split(r"(?m)^([KL]:.*)$", text)  # without the fields, whose colon is no bar line
    for i in range(0, len(pieces), 2):
        pieces[i] = _BAR.sub(bar, pieces[i])
        unknown = _UNDERSTOOD.sub("", pieces[i])
        if unknown:
            raise Refused("unknown sign", unknown[:20])
    length = f"L:{header['L']}\n" if header.get("L") else ""
    source = f"%abc-2.1\nX:1\nM:{metre}\n{length}K:{header['K']}\n" + "".join(pieces) + "\n"
    handler = abcFormat.ABCHandler()
    try:
        handler.parseHeaderForVersionInformation(source)
        handler.tokenize(source)
        key = None
        for token in handler.tokens:
            if isinstance(token, abcFormat.ABCMetadata):
                token.preParse()
                if token.isKey():
                    key = key or _key(token)
                    token.src = f"K:{token.data}"
        handler.tokenProcess()
    except (Music21Exception, ValueError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused("music21 cannot read it", str(error)) from error
    assert key is not None
    groups: list[list[Event]] = [[]]
    for token in handler.tokens:
        if isinstance(token, abcFormat.ABCBar):
            groups.append([])
        elif isinstance(token, abcFormat.ABCNote):
            groups[-1].append(_event(token))
    if len(groups) != len(bars) + 1:
        raise Refused("music21 cannot read it", "bar lines were lost")
    return _with_bar_lines(groups, bars), key


def _event(token: abcFormat.ABCNote) -> Event:
    """The event of a note or a rest. Refused where its length is not on the grid."""
    length = Fraction(token.quarterLength).limit_denominator(1920)
    if token.activeTuplet is not None:
        length *= Fraction(token.activeTuplet.numberNotesNormal, token.activeTuplet.numberNotesActual)
    ticks = length * TICKS_PER_QUARTER
    if ticks.denominator != 1 or ticks <= 0:
        raise Refused("off the grid", f"{token.src} lasts {length} of a quarter note")
    if token.isRest:
        return int(ticks), None, False
    return int(ticks), pitch.Pitch(token.pitchName).midi, token.tie in ("start", "continue")


def _with_bar_lines(groups: list[list[Event]], bars: list[str]) -> list[Measure]:
    """The measures between bar lines, each with the repeat signs and endings that apply to it.

    Args:
        groups: the notes and rests between bar lines. Those without any are no measures; their signs go to the neighbours.
        bars: the bar lines as written, one fewer than groups.
    """
    measures: list[Measure] = []
    opens = False
    ending: frozenset[int] = frozenset()
    for events, bar in zip(groups, [*bars, ""], strict=True):
        marks = bar.rstrip("0123456789,-")
        number = bar[len(marks) :]
        if marks in ("[", "]") and not number:
            raise Refused("unknown sign", marks)
        closes = bool(re.search(r":[|\]:]|^:$", marks))
        if events:
            measures.append(Measure(tuple(events), opens, closes, ending, section=marks not in ("|", "") or bool(number)))
            opens = False
        elif closes and measures:
            last = measures[-1]
            measures[-1] = Measure(last.events, last.opens, True, last.ending, True)
        opens = opens or (bool(re.search(r"[|\[:]:", marks)) and not marks.endswith(":|"))
        if number:
            ending = _numbers(number)
        elif marks not in ("|", "") or not bar:
            ending = frozenset()
    return measures


def _numbers(text: str) -> frozenset[int]:
    """The passes in which an ending is played, from `1`, `1,3` or `1-3`."""
    numbers: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if first.isdigit():
            numbers.update(range(int(first), int(last) + 1) if dash and last.isdigit() else {int(first)})
    if not numbers or max(numbers) > 8:
        raise Refused("unknown sign", f"ending {text}")
    return frozenset(numbers)


def _join(events: list[Event]) -> list[Note]:
    """The notes of events in the order of playing; tied notes of the same pitch are joined."""
    notes: list[Note] = []
    now, tied = 0, False
    for duration, midi, tie in events:
        if midi is not None:
            if tied and notes and notes[-1].pitch == midi and notes[-1].start + notes[-1].duration == now:
                last = notes[-1]
                notes[-1] = Note(last.start, last.duration + duration, midi)
            else:
                notes.append(Note(now, duration, midi))
        tied = midi is not None and tie
        now += duration
    return notes
