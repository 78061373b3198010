"""Scores from MusicXML (https://www.w3.org/2021/06/musicxml40/), as notation programs export it: .musicxml, .xml and .mxl.

Each staff of each part becomes a voice; the voices within a staff become voices of their own where all of them play most of the
time, as soprano and alto do. Notes sound where the part sounds: transposing instruments are brought to their pitch. Repeats,
endings, da capo and dal segno are written out. Grace notes, cue notes, words and chord symbols are left out.
"""

import io
import re
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import groupby
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from zoo.music.notation.measures import Layout, Measure, Refused, laid_out, with_jumps
from zoo.music.notation.midi_events import MOST_NOTES
from zoo.music.notation.score import Score
from zoo.music.notation.theory import DRUM_CHANNEL, MODES, TICKS_PER_QUARTER, Key, Metre, Note, Voice

_LARGEST = 64 * 2**20  # bytes of XML, and characters in it; an opera has about half of that
_MOST_ELEMENTS = 2_000_000  # and attributes; a symphony has some 100,000
_CHUNK = 2**20  # bytes that are parsed at once
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_MODES = {"ionian": "major", "aeolian": "minor"}
_BEATS = {"whole": "4", "half": "2", "quarter": "1", "eighth": "1/2", "16th": "1/4", "32nd": "1/8"}  # quarter notes
_KEYBOARDS = range(24)  # General MIDI programs that are played with two hands: pianos, mallets, organs, accordions
_FULL_VELOCITY = 90  # to which the loudness of MusicXML relates, in per cent
_SNARE = 38
_TICKS = Fraction(TICKS_PER_QUARTER)


@dataclass
class _Sound:
    """A note as it is written: its measure, its place in it and its length in ticks, and the rest of a `Note`.

    `line` is (part, staff, voice), as the file numbers them; `tied`: to the next note of its pitch, whose own sign files forget.
    """

    measure: int
    place: Fraction
    length: Fraction
    pitch: int
    line: tuple[int, str, str]
    velocity: int
    tied: bool


@dataclass
class _Bar:
    """What all parts together say of a measure.

    Attributes:
        length: its ticks, as far as the longest part has notes or rests.
        opens, closes, section: as of `Measure`.
        ending: as of `Measure`.
        metre: the metre that begins with it.
        tempos: (place, quarter notes a minute).
        marks: of "dacapo", "dalsegno", "segno", "fine", "tocoda" and "coda" those that it has.
    """

    length: Fraction = Fraction(0)
    opens: bool = False
    closes: bool = False
    section: bool = False
    ending: frozenset[int] = frozenset()
    metre: Metre | None = None
    tempos: list[tuple[Fraction, float]] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)


def read(content: bytes) -> tuple[Score, tuple[str, ...], int]:
    """The score in the bytes of a MusicXML file, compressed or not.

    Returns:
        The score; a sentence for each thing that was read otherwise than it is written; and how many notes the grid moved.

    Raises:
        Refused: bytes that are no such file, and music without notes.
    """
    root = _root(content)
    return _Reader(root).score()


class _Counting(ElementTree.TreeBuilder):
    """Builds the tree of an XML file while it counts. Refused where the tree would be larger than that of any score.

    A small file can make a large tree: by compression, by entities, and by default values of attributes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.elements = self.characters = 0
        self.heard = False  # of anything, since somebody has set it to False

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self.elements += 1 + len(attrs)
        if self.elements > _MOST_ELEMENTS:
            raise Refused("too large", f"it has more than {_MOST_ELEMENTS:,} elements and attributes; choose a shorter score")
        self._count(sum(map(len, attrs.values())))
        return super().start(tag, attrs)

    def data(self, data: str, /) -> None:
        self._count(len(data))
        super().data(data)

    def end(self, tag: str, /) -> Element:
        self.heard = True
        return super().end(tag)

    def _count(self, characters: int) -> None:
        self.heard = True
        self.characters += characters
        if self.characters > _LARGEST:
            raise Refused("too large", f"it has more than {_LARGEST:,} characters of text; choose a shorter score")


def _parsed(content: bytes) -> Element:
    """The root of an XML file. Refused where it is larger than any score."""
    tree = _Counting()
    parser = ElementTree.XMLParser(target=tree)
    for start in range(0, len(content), _CHUNK):
        tree.heard = False
        chunk = content[start : start + _CHUNK]
        parser.feed(chunk)
        if len(chunk) == _CHUNK and not tree.heard:  # a tag goes on and on
            raise Refused("too large", f"one of its tags has more than {_CHUNK:,} characters; export it anew")
    root: Element = parser.close()
    return root


def _root(content: bytes) -> Element:
    """The element <score-partwise>. Refused where there is none."""
    if content.startswith(b"PK"):
        content = _uncompressed(content)
    try:
        root = _parsed(content)
    except (ElementTree.ParseError, LookupError, ValueError) as error:  # LookupError: an unknown encoding
        raise Refused("damaged", f"its XML is cut short or damaged ({error}); export it anew") from error
    for element in root.iter():  # some programs name the namespace of MusicXML
        if isinstance(element.tag, str) and "}" in element.tag:
            element.tag = element.tag.partition("}")[2]
    if root.tag == "score-timewise":
        return _partwise(root)
    if root.tag == "museScore":
        raise Refused("no MusicXML", "it is a file of MuseScore's own format; export it as MusicXML")
    if root.tag != "score-partwise":
        raise Refused("no MusicXML", f"its XML begins with <{root.tag}>, not with a score; export it as MusicXML")
    return root


def _uncompressed(content: bytes) -> bytes:
    """The score in a compressed file (.mxl). Refused where it holds none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            wanted = ""
            if "META-INF/container.xml" in names:
                container = _parsed(_read(archive, "META-INF/container.xml"))
                wanted = next((each.get("full-path", "") for each in container.iter() if each.tag.endswith("rootfile")), "")
            scores = [name for name in names if name.endswith((".musicxml", ".xml")) and not name.startswith("META-INF/")]
            name = wanted if wanted in names else next(iter(scores), "")
            if not name:
                ours = any(each.endswith(".mscx") for each in names)
                what = "it is a file of MuseScore's own format" if ours else "it is an archive without MusicXML"
                raise Refused("no MusicXML", f"{what}; export it as MusicXML")
            return _read(archive, name)
    except Refused:
        raise
    except (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, OSError, RuntimeError, EOFError, ValueError) as error:
        raise Refused("damaged", f"its archive is cut short or damaged ({error}); export it anew") from error


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """A file of an archive. Refused where it is larger than any score, before it is uncompressed."""
    if archive.getinfo(name).file_size > _LARGEST:
        raise Refused("too large", f"its {name} is larger than {_LARGEST // 2**20} MB")
    return archive.read(name)


def _partwise(root: Element) -> Element:
    """The same score with measures in parts, for one with parts in measures."""
    whole = Element("score-partwise")
    parts: dict[str, Element] = {}
    for child in root:
        if child.tag != "measure":
            whole.append(child)
            continue
        for part in child.iter("part"):
            name = part.get("id", "")
            if name not in parts:
                parts[name] = Element("part", {"id": name})
            measure = Element("measure", child.attrib)
            measure.extend(list(part))
            parts[name].append(measure)
    whole.extend(parts.values())
    return whole


class _Reader:
    """One score on its way from XML."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.bars: list[_Bar] = []
        self.sounds: list[_Sound] = []
        self.keys_of: dict[int, list[Key]] = defaultdict(list)  # of each part
        self.unpitched: set[tuple[int, str, str]] = set()
        self.graces = 0

    def score(self) -> tuple[Score, tuple[str, ...], int]:
        """What `read` returns."""
        parts = list(self.root.iter("part"))
        for number, part in enumerate(parts):
            self._part(number, part)
        if not self.sounds:
            raise Refused("no notes")
        metre = next((bar.metre for bar in self.bars if bar.metre), None) or Metre(4, 4)
        metres = []
        for bar in self.bars:
            metre = bar.metre or metre
            metres.append(metre)
        written = [
            Measure(((round(bar.length) or metre.bar_ticks, (), False),), bar.opens, bar.closes, bar.ending, bar.section)
            for bar, metre in zip(self.bars, metres, strict=True)
        ]
        layout = laid_out(written, with_jumps(written, [bar.marks for bar in self.bars]), metres)
        lines = self._lines()
        drums = {number for number, *_ in self.unpitched}
        keys = next((keys for number, keys in sorted(self.keys_of.items()) if keys and number not in drums), [])
        notes, moved = self._notes(layout, lines)
        end = max(note.end for note in notes)
        tempos = {0: 120.0}
        for n, (i, start) in enumerate(layout.played):
            # The tempo above a pickup holds from the rest before it on.
            tempos |= {start + round(place) if n or place else 0: tempo for place, tempo in self.bars[i].tempos}
        score = Score(
            tuple(notes),
            tuple((tick, metre) for tick, metre in layout.metres if tick < end),
            keys[-1] if keys else None,
            tuple((tick, tempo) for tick, tempo in sorted(tempos.items()) if tick < end),
            tuple(self._voices(parts, lines)),
            _title(self.root),
        )
        return score, tuple(self._notices(layout, keys)), moved

    def _notices(self, layout: Layout, keys: Sequence[Key]) -> Iterator[str]:
        if len(set(keys)) > 1:
            yield f"the key changes from {' to '.join(str(key) for key, _ in groupby(keys))}: the one at the end counts"
        yield from layout.notices
        if self.graces:
            yield f"{self.graces} grace {'note is' if self.graces == 1 else 'notes are'} left out"

    def _part(self, number: int, part: Element) -> None:
        """Reads the measures of a part."""
        divisions, shift, velocity = Fraction(1), 0, 80
        ending: frozenset[int] = frozenset()
        drums = _drum_pitches(self.root, part.get("id", ""))
        for index, measure in enumerate(part.iter("measure")):
            while len(self.bars) <= index:
                self.bars.append(_Bar())
            bar = self.bars[index]
            place = start = Fraction(0)
            for element in measure:
                if element.tag == "attributes":
                    divisions = max(_number(element, "divisions"), Fraction(0)) or divisions
                    shift = _shift(element, shift)
                    self._attributes(bar, element, shift, self.keys_of[number])
                elif element.tag == "note":
                    length = _number(element, "duration") / divisions * _TICKS
                    if element.find("grace") is not None or element.find("cue") is not None:
                        self.graces += element.find("grace") is not None
                        continue
                    if element.find("chord") is None:
                        start, place = place, place + max(length, Fraction(0))
                    pitch = _pitch(element, shift, drums)
                    line = (number, element.findtext("staff", "1").strip(), element.findtext("voice", "1").strip())
                    if pitch is not None and length > 0:
                        loud = _percent(element.get("dynamics"), velocity)
                        ties = {tie.get("type") for name in ("tie", "notations/tied") for tie in element.findall(name)}
                        self.sounds.append(_Sound(index, start, length, pitch, line, loud, "start" in ties))
                        if element.find("unpitched") is not None:
                            self.unpitched.add(line)
                        if len(self.sounds) > MOST_NOTES:
                            raise Refused("too large", f"it holds more than {MOST_NOTES:,} notes")
                elif element.tag in ("backup", "forward"):
                    step = _number(element, "duration") / divisions * _TICKS
                    place = max(Fraction(0), place - step if element.tag == "backup" else place + step)
                elif element.tag in ("direction", "sound"):
                    velocity = self._direction(bar, element, place, divisions, velocity)
                elif element.tag == "barline":
                    ending = _barline(bar, element, ending)
                bar.length = max(bar.length, place)
            bar.ending = bar.ending or ending
            ending = _after(measure, ending)

    def _attributes(self, bar: _Bar, element: Element, shift: int, keys: list[Key]) -> None:
        """Takes a key, as it sounds, and a metre."""
        fifths = element.find("key/fifths")
        if fifths is not None:
            mode = (element.findtext("key/mode") or "major").strip().lower()
            mode = _MODES.get(mode, mode)
            major = Key(int(_value(fifths.text)) * 7 % 12)
            mode = mode if mode in MODES else "major"
            # The tonic whose signature in this mode is that of the major key.
            tonic = next(each for each in range(12) if (Key(each, mode).fifths - major.fifths) % 12 == 0)
            keys.append(Key((tonic + shift) % 12, mode))
        beats, unit = element.findtext("time/beats"), element.findtext("time/beat-type")
        if beats and unit:
            with suppress(ValueError):  # a metre that makes no sense: the one before it stays
                bar.metre = bar.metre or Metre(sum(int(number) for number in beats.split("+")), int(unit))

    def _direction(self, bar: _Bar, element: Element, place: Fraction, divisions: Fraction, velocity: int) -> int:
        """Takes tempos, and marks such as da capo. Gives the velocity from here on."""
        offset = _number(element, "offset") / divisions * _TICKS
        sound = element if element.tag == "sound" else element.find("sound")
        tempo = _value(sound.get("tempo")) if sound is not None else Fraction(0)
        if not tempo and (metronome := element.find("direction-type/metronome")) is not None:
            beat = Fraction(_BEATS.get(metronome.findtext("beat-unit", "").strip(), "0"))
            if metronome.find("beat-unit-dot") is not None:
                beat *= Fraction(3, 2)
            tempo = beat * _value(metronome.findtext("per-minute"))
        if 1 <= tempo <= 2000:
            bar.tempos.append((max(Fraction(0), place + offset), round(float(tempo), 2)))
        if sound is None:
            return velocity
        bar.marks |= {name for name in ("dacapo", "dalsegno", "segno", "fine", "tocoda", "coda") if sound.get(name)}
        return _percent(sound.get("dynamics"), velocity)

    def _lines(self) -> dict[tuple[int, str, str], int]:
        """The voice of the score for each line of the file: a staff each, or a line where all lines of a staff play mostly."""
        bars: dict[tuple[int, str, str], set[int]] = defaultdict(set)
        for sound in self.sounds:
            bars[sound.line].add(sound.measure)
        staves: dict[tuple[int, str], list[tuple[int, str, str]]] = defaultdict(list)
        for line in sorted(bars):
            staves[line[:2]].append(line)
        numbers: dict[tuple[int, str, str], int] = {}
        count = 0
        for lines in staves.values():
            apart = 2 * min(len(bars[line]) for line in lines) >= len(set().union(*(bars[line] for line in lines)))
            for i, line in enumerate(lines):
                numbers[line] = count + i * apart
            count = max(numbers[line] for line in lines) + 1
        return numbers

    def _voices(self, parts: Sequence[Element], lines: dict[tuple[int, str, str], int]) -> list[Voice]:
        """Names, programs and drums of the voices."""
        staves = Counter(number for number, _ in {line[:2] for line in lines})
        voices: dict[int, Voice] = {}
        for (number, staff, voice), place in lines.items():
            listed = next((each for each in self.root.iter("score-part") if each.get("id") == parts[number].get("id")), None)
            name, program, channel = "", 0, 0
            if listed is not None:
                name = " ".join((listed.findtext("part-name") or "").split())
                program = max(0, min(127, int(_number(listed, "midi-instrument/midi-program")) - 1))
                channel = int(_number(listed, "midi-instrument/midi-channel"))
            drums = channel == DRUM_CHANNEL + 1 or (number, staff, voice) in self.unpitched
            if staves[number] == 2 and program in _KEYBOARDS and not drums:
                name = f"{name} {'right hand' if staff == '1' else 'left hand'}".strip()
            elif staves[number] > 1:
                name = f"{name} staff {staff}".strip()
            voices.setdefault(place, Voice(name, program, drums))
        return [voices[place] for place in sorted(voices)]

    def _notes(self, layout: Layout, lines: dict[tuple[int, str, str], int]) -> tuple[list[Note], int]:
        """The notes in the order of playing, tied ones joined, and how many the grid moved."""
        by_measure: dict[int, list[_Sound]] = defaultdict(list)
        for sound in sorted(self.sounds, key=lambda sound: (sound.measure, sound.place)):
            by_measure[sound.measure].append(sound)
        notes: list[Note] = []
        held: dict[tuple[int, int], int] = {}  # the place in `notes` of each voice and pitch that is tied to the next note
        moved = 0
        for i, begin in layout.played:
            for sound in by_measure[i]:
                voice = lines[sound.line]
                start, end = begin + round(sound.place), begin + round(sound.place + sound.length)
                if end <= start:
                    continue  # shorter than the grid
                moved += sound.place.denominator != 1 or sound.length.denominator != 1
                at = held.pop((voice, sound.pitch), None)
                if at is not None and notes[at].end == start:
                    notes[at] = replace(notes[at], duration=end - notes[at].start)
                else:
                    at = len(notes)
                    notes.append(Note(start, end - start, sound.pitch, voice, sound.velocity))
                if sound.tied:
                    held[voice, sound.pitch] = at
        return notes, moved


def _title(root: Element) -> str:
    """The title of the work or the movement; "" where there is none but a placeholder."""
    names = ("movement-title", "work/work-title", "credit/credit-words")
    title = next((" ".join(text.split()) for name in names if (text := root.findtext(name)) and text.strip()), "")
    return "" if title.lower() in ("untitled", "untitled score") else title


def _value(text: str | None) -> Fraction:
    """The number in a text; 0 where there is none."""
    try:
        return Fraction((text or "").strip() or 0).limit_denominator(10**6)
    except (ValueError, ZeroDivisionError):
        return Fraction(0)


def _number(element: Element, path: str) -> Fraction:
    return _value(element.findtext(path))


def _percent(text: str | None, otherwise: int) -> int:
    """The velocity for a loudness in per cent."""
    percent = _value(text)
    return max(1, min(127, round(percent * _FULL_VELOCITY / 100))) if percent > 0 else otherwise


def _shift(attributes: Element, before: int) -> int:
    """The semitones by which a part sounds higher than it is written."""
    transpose = attributes.find("transpose")
    if transpose is None:
        return before
    return int(_number(transpose, "chromatic")) + 12 * int(_number(transpose, "octave-change"))


def _drum_pitches(root: Element, part: str) -> dict[str, int]:
    """The General MIDI drum of each unpitched instrument of a part."""
    listed = next((each for each in root.iter("score-part") if each.get("id") == part), None)
    found = {}
    for instrument in listed.iter("midi-instrument") if listed is not None else ():
        number = int(_number(instrument, "midi-unpitched"))
        if 1 <= number <= 128:
            found[instrument.get("id", "")] = number - 1
    return found


def _pitch(note: Element, shift: int, drums: dict[str, int]) -> int | None:
    """The MIDI pitch of a note; None of a rest, and of what is no pitch."""
    unpitched = note.find("unpitched")
    if unpitched is not None:
        instrument = note.find("instrument")
        return drums.get(instrument.get("id", "") if instrument is not None else "", _SNARE)
    pitch = note.find("pitch")
    if pitch is None:
        return None
    step = _STEPS.get(pitch.findtext("step", "").strip().upper())
    if step is None:
        return None
    midi = 12 * (int(_number(pitch, "octave")) + 1) + step + round(_number(pitch, "alter")) + shift
    return midi if 0 <= midi <= 127 else None


def _barline(bar: _Bar, element: Element, ending: frozenset[int]) -> frozenset[int]:
    """Takes a bar line's repeat sign, style and ending. Gives the ending that is in force from here on."""
    repeat = element.find("repeat")
    if repeat is not None:
        bar.opens = bar.opens or repeat.get("direction") == "forward"
        bar.closes = bar.closes or repeat.get("direction") == "backward"
    right = element.get("location", "right") == "right"
    style = element.findtext("bar-style", "regular").strip()
    bar.section = bar.section or (right and (repeat is not None or style not in ("regular", "dashed", "dotted", "none")))
    bracket = element.find("ending")
    if bracket is not None and bracket.get("type") == "start":
        numbers = {int(number) for number in re.findall(r"\d", bracket.get("number", ""))}
        return frozenset(number for number in numbers if 1 <= number <= 8)
    return frozenset() if repeat is not None and repeat.get("direction") == "forward" else ending


def _after(measure: Element, ending: frozenset[int]) -> frozenset[int]:
    """The ending that is in force after a measure."""
    stops = any(each.get("type") in ("stop", "discontinue") for each in measure.iter("ending"))
    return frozenset() if stops else ending
