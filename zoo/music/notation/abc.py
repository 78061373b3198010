"""Scores from ABC notation (https://abcnotation.com/wiki/abc:standard:v2.1).

The notes between bar lines are read by `zoo.music.notation.abc_lines`, and `zoo.music.notation.measures` writes repeats out.
There are two ways to read a tune:

- `read` is for data to learn from. It takes the melody, and refuses what is not certain, such as a bar that does not fill the
  metre: it raises `Refused`, whose `reason` is one of a few fixed phrases, so that refusals can be counted.
- `read_freely` is for a user's own tune. It takes all voices and chords, any metres, and mends what it can. It tells what it read
  otherwise than it is written.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from zoo.core.errors import UserError
from zoo.music.notation.abc_lines import FIELD, Alterations, Group, Line, Tone, alterations, part_order, tokens, unit_length
from zoo.music.notation.measures import Event, Measure, Refused, aligned, laid_out, play_order
from zoo.music.notation.score import Score
from zoo.music.notation.theory import DRUM_CHANNEL, TICKS_PER_QUARTER, Key, Metre, Note, Voice
from zoo.music.notation.tune_types import tune_type

_MODES = {"maj": "major", "ion": "major", "min": "minor", "aeo": "minor", "dor": "dorian", "mix": "mixolydian"}
_MODES |= {"lyd": "lydian", "phr": "phrygian", "loc": "locrian", "m": "minor", "": "major"}
_FIFTHS = {"C": 0, "D": 2, "E": 4, "F": -1, "G": 1, "A": 3, "B": 5}
# The key signature of each mode, as fifths from that of the major key on the same tonic.
_MODE_FIFTHS = {"major": 0, "minor": -3, "dorian": -2, "mixolydian": -1, "lydian": 1, "phrygian": -4, "locrian": -5}
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_METRES = {"C": "4/4", "C|": "2/2"}
_BAGPIPE = Key(9, "mixolydian")  # K:HP and K:Hp, whose signature has two sharps
_DEFAULT_TEMPO = 120.0  # quarter notes a minute, as in MIDI files that name none
_MOST_NAMED = 4  # signs in a notice


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
    line = Line(unit_length(header.get("L", ""), metre), alterations(0), metre)
    key, line.key = _known_key(header["K"])
    # Of the signs in `d>-c`, only the tie is read. 15 of the books' tunes have them, and the published figures rest on it.
    for match in tokens(re.sub(r"[<>]+(?=\s*-)|(?<=-)[<>]+", "", _with_fields_inline(body))):
        name, value = match["name"], (match["value"] or "").strip()
        if match["bars"] is not None:
            raise Refused("unknown sign", match.group())
        if name is None:
            line.add(match)
        elif name == "V":
            raise Refused("several voices")
        elif name == "M" and _metre(value) != metre:
            raise Refused("metre changes", f"{metre} -> {value}")
        elif name == "K":
            _, line.key = _known_key(value)
        elif name == "L":
            line.unit = unit_length(value, metre)
    if line.overlaid:
        raise Refused("several voices", "&")
    if line.unknown:
        raise Refused("unknown sign", next(iter(line.unknown)))
    written = _with_bar_lines(
        [[_event(tone) for tone in group.tones] for group in line.groups], [g.bar for g in line.groups[:-1]]
    )
    notes = _join(aligned(written, play_order(written), metre.bar_ticks))
    if not notes:
        raise Refused("no notes")
    title = " ".join(header.get("T", "").split())
    return Score(tuple(notes), metres=((0, metre),), key=key, title=title, type=tune_type(header.get("R", "")))


@dataclass
class _Part:
    """A voice of a user's tune.

    Attributes:
        line: its music.
        name: as its V: field has it.
        program: of its instrument.
        drums: whether it is played on drums.
        keys: in the order in which they hold.
    """

    line: Line
    name: str = ""
    program: int = 0
    drums: bool = False
    keys: list[Key] = field(default_factory=list)


def read_freely(text: str) -> tuple[Score, tuple[str, ...], int]:
    """A user's tune, with all voices and chords, repeats written out and every bar complete.

    - Tied notes are joined. Grace notes, ornaments, chord symbols and words are left out.
    - A rest before a pickup fills the first bar. A bar that does not fill the metre is filled with a rest.
    - Where the key changes, the key at the end counts. Where no metre is written, it is the length of most bars.
    - Lengths that the grid cannot hold are rounded to it.

    Args:
        text: the tune in ABC notation.

    Returns:
        The score; a sentence for each thing that was read otherwise than it is written; and how many notes the grid moved.

    Raises:
        Refused: no notes, or a time too long for any piece.
    """
    reader = _Free(text)
    reader.read()
    return reader.score()


class _Free:
    """One tune on its way from text to score."""

    def __init__(self, text: str) -> None:
        self.notices: list[str] = []
        self.header, self.voices, self.program, self.body = _split_freely(text)
        self.metre = self._metre(self.header.get("M", ""))
        self.parts: dict[str, _Part] = {}
        self.moved = 0

    def read(self) -> None:
        """Reads the music lines of all voices."""
        for value in self.voices:
            self._part(value)
        part = next(iter(self.parts.values()), None) or self._part("1")
        for match in tokens(_with_fields_inline(self.body)):
            name, value = match["name"], (match["value"] or "").strip()
            if name is None:
                part.line.add(match)
            elif name == "V":
                part = self._part(value)
            else:
                self._field(part, name, value)

    def _part(self, value: str) -> _Part:
        """The voice that a V: field names, with what the field says of it."""
        label = (value.split() or ["1"])[0]
        part = self.parts.get(label)
        if part is None:
            line = Line(self._unit(self.header.get("L", "")), alterations(0), self.metre)
            part = self.parts[label] = _Part(line, program=self.program)
            self._set_key(part, self.header.get("K", "none"))
        named = re.search(r'(?:\bname|\bnm)\s*=\s*(?:"([^"]*)"|(\S+))', value)
        if named:
            part.name = _unescaped(named[1] if named[1] is not None else named[2])
        part.line.shift += _shift(value)
        part.drums = part.drums or "perc" in value.partition(" ")[2].split("=")
        return part

    def _field(self, part: _Part, name: str, value: str) -> None:
        """Takes a field within the music."""
        line, group = part.line, part.line.groups[-1]
        if name == "K":
            self._set_key(part, value)
        elif name == "L":
            line.unit = self._unit(value)
        elif name == "M":
            line.metre = self._metre(value) or line.metre
        elif name == "I" and (program := re.fullmatch(r"MIDI\s+(program|channel)\s+(?:\d+\s+)?(\d+)", value)):
            if program[1] == "channel":
                part.drums = int(program[2]) == DRUM_CHANNEL + 1
            else:
                part.program = min(int(program[2]), 127)
        if name in "MPQ":
            group.fields.append((len(group.tones), name, value))

    def _set_key(self, part: _Part, text: str) -> None:
        key, part.line.key, known = _any_key(text)
        part.line.shift = part.line.shift + _shift(text)
        if not known:
            self._tell(f"the key {text!r} is not understood: the notes are read without sharps and flats")
        if key is not None and part.keys[-1:] != [key]:
            part.keys.append(key)

    def _metre(self, text: str) -> Metre | None:
        metre, known = _any_metre(text)
        if not known:
            self._tell(f"the metre {text!r} is not understood")
        return metre

    def _unit(self, text: str) -> Fraction:
        try:
            return unit_length(text, self.metre)
        except Refused:
            self._tell(f"the note length {text!r} is not understood")
            return unit_length("", self.metre)

    def _tell(self, text: str) -> None:
        if text not in self.notices:
            self.notices.append(text)

    def score(self) -> tuple[Score, tuple[str, ...], int]:
        """What `read_freely` returns."""
        parts = [part for part in self.parts.values() if any(tone.pitches for group in part.line.groups for tone in group.tones)]
        if not parts:
            raise Refused("no notes")
        keys = next((part.keys for part in parts if part.keys), [])
        if len(keys) > 1:
            self._tell(f"the key changes from {' to '.join(map(str, keys))}: the one at the end counts")
        written = [self._written(part.line) for part in parts]
        if self.metre is None:
            self.metre = self._likely_metre(written[0][0])
        notes: list[Note] = []
        ends = set()
        metres: tuple[tuple[int, Metre], ...] = ()
        tempos = {0: _tempo(self.header.get("Q", "")) or _DEFAULT_TEMPO}
        for voice, (measures, groups) in enumerate(written):
            # The repeat signs and metres of the first voice hold for all, where it has as many measures.
            lead = written[0] if len(measures) == len(written[0][0]) else (measures, groups)
            layout = laid_out(measures, self._order(*lead), self._metres(lead[1]))
            for text in layout.notices:
                self._tell(text)
            notes += _join(layout.events, voice)
            ends.add(sum(duration for duration, _, _ in layout.events))
            if voice == 0:
                metres = layout.metres
                for i, start in layout.played:
                    tempos |= _tempos(groups[i], start)
        if len(ends) > 1:
            self._tell("the voices have different lengths")
        self._tell_of_signs([part.line for part in parts])
        if not notes:
            raise Refused("no notes")
        end = max(note.end for note in notes)
        score = Score(
            tuple(notes),
            tuple((tick, metre) for tick, metre in metres if tick < end),
            keys[-1] if keys else None,
            tuple((tick, tempo) for tick, tempo in sorted(tempos.items()) if tick < end),
            tuple(Voice(part.name, part.program, part.drums) for part in parts),
            _title(self.header.get("T", "")),
            tune_type(self.header.get("R", "")),
        )
        return score, tuple(self.notices), self.moved

    def _written(self, line: Line) -> tuple[list[Measure], list[Group]]:
        """The measures of a voice on the grid, and the group of each; fields of empty groups go to the next one."""
        groups: list[Group] = []
        waiting: list[tuple[int, str, str]] = []
        for group in line.groups:
            if group.tones:
                groups.append(replace(group, fields=[*waiting, *group.fields]))
                waiting = []
            else:
                waiting += [(0, name, value) for _, name, value in group.fields]
        events = [self._rounded(group.tones) for group in line.groups]
        lines = [group.bar if _is_bar(group.bar) else group.bar.rstrip("0123456789,-") for group in line.groups[:-1]]
        return _with_bar_lines(events, lines), groups

    def _order(self, measures: Sequence[Measure], groups: Sequence[Group]) -> list[int]:
        """The indices of the measures in the order of playing, which is that of the parts where a P: field has one."""
        text = self.header.get("P", "")
        begins = [(i, value) for i, group in enumerate(groups) for _, name, value in group.fields if name == "P"]
        ends = [i for i, _ in begins[1:]] + [len(groups)]
        parts = {label: (first, end) for (first, label), end in zip(begins, ends, strict=False)}
        wanted = part_order(text)
        if wanted and set(wanted) <= set(parts) and begins[0][0] == 0:
            spans = [parts[label] for label in wanted]
            return [first + i for first, end in spans for i in play_order(measures[first:end])]
        if text:
            self._tell(f"the order of the parts, {text}, is not followed: each is read once, with its repeats")
        return play_order(measures) or list(range(len(measures)))  # where all endings are those of a pass that never comes

    def _rounded(self, tones: Sequence[Tone]) -> list[Event]:
        """The events of a measure on the grid; a rest for a note that is too short for it."""
        events: list[Event] = []
        place = Fraction(0)
        for tone in tones:
            before, place = round(place), place + tone.length
            self.moved += bool(tone.pitches) and place.denominator != 1
            events.append((round(place) - before, tone.pitches, tone.tied))
        return events

    def _likely_metre(self, measures: Sequence[Measure]) -> Metre:
        """The metre of a tune that names none: the length of most of its bars."""
        lengths = Counter(measure.ticks for measure in measures)
        (ticks, _), *_ = lengths.most_common(1)
        quarters, odd = divmod(ticks, TICKS_PER_QUARTER)
        metre = Metre(4, 4)
        if 0 < quarters <= 6 and 1 < lengths[ticks] > len(measures) / 2 and odd in (0, TICKS_PER_QUARTER // 2):
            metre = Metre(2 * quarters + 1, 8) if odd else Metre(quarters, 4)
        self._tell(f"no metre is written: it is heard in {metre}")
        return metre

    def _metres(self, groups: Sequence[Group]) -> list[Metre]:
        """The metre of each measure; one that changes behind a note holds from the next measure on."""
        assert self.metre is not None
        now = self.metre
        metres = []
        for group in groups:
            changes = [(place, _any_metre(value)[0] or now) for place, name, value in group.fields if name == "M"]
            now = next((metre for place, metre in reversed(changes) if not place), now)
            metres.append(now)
            now = next((metre for _, metre in reversed(changes)), now)
        return metres

    def _tell_of_signs(self, lines: Sequence[Line]) -> None:
        """Tells what was left out."""
        unknown = sum((line.unknown for line in lines), Counter[str]())
        if unknown:
            shown = " ".join(sign for sign, _ in unknown.most_common(_MOST_NAMED))
            count = "1 sign is" if unknown.total() == 1 else f"{unknown.total()} signs are"
            self._tell(f"{count} not understood and left out: {shown}")
        if graces := sum(line.graces for line in lines):
            self._tell(f"{graces} grace {'note is' if graces == 1 else 'notes are'} left out")
        if any(line.overlaid for line in lines):
            self._tell("second voices that begin with & within a bar are left out")


def _split_freely(text: str) -> tuple[dict[str, str], list[str], int, str]:
    """The header, as the first value of each field up to K:; its V: fields; its MIDI program; and the music lines.

    After an empty line, where a tune ends by the standard, only lines with bar lines are music.
    """
    header: dict[str, str] = {}
    voices: list[str] = []
    body: list[str] = []
    program, ended = 0, False
    for line in _decoded(text).splitlines():
        directive = re.match(r"%%(MIDI\s+(?:program|channel)\s+(?:\d+\s+)?\d+)\s*$", line)
        if directive:
            line = f"I:{directive[1]}"
        line = re.sub(r"(?<!\\)%.*$", "", line)
        match = FIELD.match(line)
        if "K" not in header:
            if match and match.group(1) == "V":
                voices.append(match.group(2).strip())
            elif match and match.group(1) == "I" and (found := re.search(r"MIDI\s+program\s+(?:\d+\s+)?(\d+)", line)):
                program = min(int(found[1]), 127)
            elif match:
                header.setdefault(match.group(1), match.group(2).strip())
            elif "|" in line:  # no K: line
                header["K"] = "none"
                body.append(line)
            continue
        ended = ended or not line.strip()
        if not ended or match or "|" in line:
            body.append(re.sub(r'\["(\d)[^"\n]*"', r"[\1 ", line))
    return header, voices, program, "\n".join(body)


def _title(text: str) -> str:
    """The title of a tune; "" for the one that programs write where there is none."""
    title = _unescaped(" ".join(text.split()))
    return "" if title.lower() == "untitled" else title


def _unescaped(text: str) -> str:
    """A text without the backslashes before %, & and backslash."""
    return re.sub(r"\\([%&\\])", r"\1", text)


def _is_bar(text: str) -> bool:
    """Whether the number of an ending, if a bar line has one, makes sense."""
    number = text[len(text.rstrip("0123456789,-")) :]
    try:
        return not number or bool(_numbers(number))
    except Refused:
        return False


def _any_metre(text: str) -> tuple[Metre | None, bool]:
    """The metre of an M: field such as "C|", "6/8" or "(2+3)/8", and whether it was understood; None for M:none."""
    text = _METRES.get(text.strip(), text.strip())
    if text.lower() in ("", "none"):
        return None, True
    match = re.fullmatch(r"\(?\s*([\d+\s]+)\)?\s*/\s*(\d{1,3}).*", text)
    try:
        if not match:
            return None, False
        return Metre(sum(int(number) for number in re.findall(r"\d{1,3}", match[1])), int(match[2])), True
    except ValueError:
        return None, False


def _any_key(text: str) -> tuple[Key | None, Alterations, bool]:
    """The key of a K: field, what it does to each letter, and whether it was understood."""
    text = text.strip()
    if re.match(r"[Hh][Pp]\b", text):
        return _BAGPIPE, alterations(2), True
    if re.fullmatch(r"[A-G][#b]?M", text):
        text = text[:-1]
    match = re.match(r"([A-Ga-g])([#b♯♭]?)\s*(maj|min|mix|dor|phr|lyd|ion|aeo|loc|m(?![a-z]))?", text, re.IGNORECASE)
    known = match is not None and re.match(r"\w*([\s^=_]|$)", text[match.end() :]) is not None
    key, changed = None, alterations(0)
    if match and known:
        key, changed = _key(match[1], match[2], (match[3] or "").lower())
        text = text[match.end() :]
    else:
        known = re.match(r"(none\b|clef|octave|transpose|$)", text, re.IGNORECASE) is not None
    if re.search(r"\bexp\b", text):
        changed = alterations(0)
    for sign, letter in re.findall(r"(\^{1,2}|_{1,2}|=)([A-Ga-g])\b", text):
        changed[letter.upper()] = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}[sign]
    return key, changed, known


def _shift(text: str) -> int:
    """The semitones by which a K: or V: field raises the notes: octave=, transpose=, or a clef such as treble-8."""
    shift = sum(12 * int(octaves) for octaves in re.findall(r"\boctave=([+-]?\d)\b", text))
    shift += sum(int(semitones) for semitones in re.findall(r"\btranspose=([+-]?\d{1,2})\b", text))
    return shift + 12 * len(re.findall(r"[a-z]\+8", text)) - 12 * len(re.findall(r"[a-z]-8", text))


def _tempo(text: str) -> float | None:
    """The quarter notes a minute of a Q: field such as "1/4=120" or "3/8=80"; a number alone counts quarter notes."""
    text = re.sub(r'"[^"]*"', "", text).strip()
    match = re.fullmatch(r"(?:((?:\d+/\d+\s*)+|C\d*)\s*=\s*)?(\d{1,4}(?:\.\d+)?)", text)
    if not match or not float(match[2]):
        return None
    beats = re.findall(r"(\d+)/(\d+)", match[1] or "1/4")
    quarters = sum(Fraction(4 * int(above), int(below)) for above, below in beats if int(below))
    tempo = float(quarters or 1) * float(match[2])
    return tempo if 1 <= tempo <= 2000 else None


def _tempos(group: Group, start: int) -> dict[int, float]:
    """The tempo from each tick on where a measure changes it, which begins at `start`."""
    found = {}
    for place, name, value in group.fields:
        tempo = _tempo(value) if name == "Q" else None
        if tempo:
            found[start + round(sum(tone.length for tone in group.tones[:place]))] = tempo
    return found


def _split(text: str) -> tuple[dict[str, str], str]:
    """The header, as the first value of each field up to K:, and the lines after it without comments."""
    header: dict[str, str] = {}
    body: list[str] = []
    for line in _decoded(text).splitlines():
        line = re.sub(r"(?<!\\)%.*$", "", line)
        match = FIELD.match(line)
        if "K" in header:
            body.append(line)
        elif match:
            header.setdefault(match.group(1), match.group(2).strip())
    if "K" not in header:
        raise Refused("no key", "the tune has no K: line")
    return header, "\n".join(body)


def _decoded(text: str) -> str:
    """A text that came by mail, encoded as quoted-printable, without its signs: =20 is a space, and = ends a line."""
    return re.sub(r"=(?=[ \t]*$)", "", text.replace("=20", " "), flags=re.MULTILINE) if "=20" in text else text


def _with_fields_inline(body: str) -> str:
    """The music lines with the fields that change how they are read in brackets, as `[K:G]`; lines of words are left out."""
    lines = []
    for line in body.splitlines():
        match = FIELD.match(line)
        if match is None:
            lines.append(line.rstrip().removesuffix("\\"))
        elif match.group(1) in "IKLMPQV":
            lines.append(f"[{match.group(1)}:{match.group(2).strip().replace(']', '')}]")
    return "\n".join(lines)


def _metre(text: str) -> Metre:
    try:
        return Metre.parse(_METRES.get(text.strip(), text.strip()))
    except UserError as error:
        raise Refused("no metre", f"M:{text}") from error


def _known_key(text: str) -> tuple[Key, Alterations]:
    """The key of a K: field that names a tonic and perhaps a mode, and what it does to each letter."""
    name = text[:-1] if re.fullmatch(r"[A-G][#b]?M", text) else text  # a capital M means major
    match = re.match(r"([A-G])([#b]?)(?:\s*$|\s*(m$|m\s|min|maj|mix|dor|phr|lyd|ion|aeo))", name, re.IGNORECASE)
    if not match:
        raise Refused("unknown key", f"K:{name}")
    return _key(match[1], match[2], (match[3] or "").strip().lower())


def _key(letter: str, accidental: str, mode: str) -> tuple[Key, Alterations]:
    """The key on a tonic, with the first letters of its mode, and what it does to each letter."""
    step = {"#": 1, "♯": 1, "b": -1, "♭": -1, "": 0}[accidental]
    key = Key((_LETTERS[letter.upper()] + step) % 12, _MODES[mode])
    return key, alterations(_FIFTHS[letter.upper()] + 7 * step + _MODE_FIFTHS[key.mode])


def _event(tone: Tone) -> Event:
    """The event of a melody's note or rest. Refused where its length is not on the grid."""
    if tone.length.denominator != 1:
        raise Refused("off the grid", f"a note lasts {tone.length / TICKS_PER_QUARTER} of a quarter note")
    return int(tone.length), (max(tone.pitches),) if tone.pitches else (), tone.tied


def _with_bar_lines(groups: Sequence[Sequence[Event]], lines: Sequence[str]) -> list[Measure]:
    """The measures between bar lines, each with the repeat signs and endings that apply to it.

    Args:
        groups: the notes and rests between bar lines. Those without any are no measures; their signs go to the neighbours.
        lines: the bar lines as written, one fewer than groups.
    """
    measures: list[Measure] = []
    opens = False
    ending: frozenset[int] = frozenset()
    for events, bar in zip(groups, [*lines, ""], strict=True):
        marks = bar.rstrip("0123456789,-")
        number = bar[len(marks) :]
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
            numbers.update(range(int(first), min(int(last), 9) + 1) if dash and last.isdigit() else {int(first)})
    if not numbers or max(numbers) > 8:
        raise Refused("unknown sign", f"ending {text}")
    return frozenset(numbers)


def _join(events: Sequence[Event], voice: int = 0) -> list[Note]:
    """The notes of events in the order of playing; tied notes of the same pitch are joined."""
    notes: list[Note] = []
    now = 0
    tied: dict[int, int] = {}  # the place in `notes` of each pitch that is tied to the next event
    for duration, pitches, tie in events:
        held = {}
        for pitch in dict.fromkeys(pitches):
            if not duration:  # shorter than the grid
                continue
            if pitch in tied:
                held[pitch] = tied[pitch]
                last = notes[held[pitch]]
                notes[held[pitch]] = replace(last, duration=last.duration + duration)
            else:
                held[pitch] = len(notes)
                notes.append(Note(now, duration, pitch, voice))
        tied = held if tie else {}
        now += duration
    return notes
