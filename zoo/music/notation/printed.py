"""A score as it is printed: SVG pictures of staves and notes, engraved by the program Verovio.

Verovio reads MEI, the XML format of the Music Encoding Initiative. In the picture, `score.notes[5]` has the class "n5", with all
notes that are tied to it, so that a page can colour it.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.core import extras
from zoo.core.errors import UserError
from zoo.music.notation.engraving import LETTERS, Bar, Group, Piece, bars, in_bass_clef, layers, one_line, spelled
from zoo.music.notation.theory import TICKS_PER_QUARTER, Metre

if TYPE_CHECKING:
    from zoo.music.notation.score import Score

WIDTH = 1000  # of the picture, in the units of its viewBox: about pixels where a staff is 36 pixels high
_TALLEST = 60_000  # units, the highest page that Verovio writes; longer music goes on on another one
_SCALE = 45  # per cent of Verovio's own size
_OPTIONS = {"svgRemoveXlink": True, "header": "none", "footer": "none"}
_PICTURE = {
    "scale": _SCALE,
    "pageHeight": _TALLEST,
    "adjustPageHeight": True,
    "pageMarginLeft": 20,
    "pageMarginRight": 20,
    "pageMarginTop": 40,
    "pageMarginBottom": 20,
    "svgViewBox": True,  # its size is that of the place where a page shows it
}
# A4, in tenths of a millimetre; a staff is then 7.2 millimetres high. Above the music there is place for a title.
_PAPER = {"pageWidth": 2100, "pageHeight": 2970, "pageMarginTop": 220, "pageMarginBottom": 180} | {
    f"pageMargin{side}": 150 for side in ("Left", "Right")
}
_WHOLE, _QUARTER, _EIGHTH = 64, 16, 8  # note values, in 64ths
_ACCIDENTALS = {-2: "ff", -1: "f", 0: "n", 1: "s", 2: "x"}
_LOCK = threading.Lock()  # Verovio's fonts are shared by all of its toolkits


@extras.explained()
def engrave(score: "Score", width: int = WIDTH) -> str:
    """The score as one SVG picture of `width`, as high as it needs to be. Its colours are those of the text around it.

    Raises:
        UserError: a score without notes, or one that is too long for a picture; Verovio is not installed.
    """
    options = {**_PICTURE, "pageWidth": width * 100 // _SCALE, "xmlIdSeed": width}
    found = _engraved(score, options, most=1)
    if len(found) != 1:
        raise UserError("the music is too long for one picture: choose fewer bars")
    return found[0]


@extras.explained()
def pages(score: "Score") -> list[str]:
    """The score on pages of A4, an SVG picture of each.

    Raises:
        UserError: a score without notes; Verovio is not installed.
    """
    return _engraved(score, {**_PAPER, "xmlIdSeed": 1})


def _engraved(score: "Score", options: dict[str, Any], most: int | None = None) -> list[str]:
    """The pages that Verovio engraves with some options; none where there are more than `most`."""
    import verovio

    with _LOCK:
        verovio.enableLog(verovio.LOG_OFF)
        toolkit = verovio.toolkit(False)
        # Verovio remembers where its fonts are only in the thread that imported it.
        toolkit.setResourcePath(str(Path(verovio.__file__).parent / "data"))
        toolkit.setOptions({**_OPTIONS, **options})
        if not toolkit.loadData(mei(score)) or (most and toolkit.getPageCount() > most):
            return []
        return [str(toolkit.renderToSVG(page)) for page in range(1, toolkit.getPageCount() + 1)]


def mei(score: "Score") -> str:
    """The score in MEI: a staff for each voice that has notes, a layer for each of its lines, an upbeat as a short bar.

    UserError for a score without notes.
    """
    if not score.notes:
        raise UserError("the score holds no notes: there is nothing to print")
    numbers = _numbers(score)
    score = _with_short_upbeat(score)
    fifths = score.key.fifths if score.key else 0
    voices = sorted({note.voice for note in score.notes})
    staves = [_Staff(score, voice, fifths, numbers) for voice in voices]
    measures = []
    for count in range(score.bars):
        head = staves[0].layers[0][count]
        change = f'<scoreDef meter.count="{head.metre.beats}" meter.unit="{head.metre.unit}"/>' if head.changed else ""
        last = ' right="end"' if count + 1 == score.bars else ""
        written = "".join(staff.written(count, place) for place, staff in enumerate(staves, start=1))
        number = count + 1 - score.has_upbeat
        cut = ' metcon="false"' if head.ticks != head.metre.bar_ticks else ""
        measures.append(f'{change}<measure n="{number}"{cut}{last}>{written}</measure>')
    sign = f"{abs(fifths)}{'s' if fifths > 0 else 'f'}" if fifths else "0"
    metre = score.metre
    definitions = "".join(staff.definition(place, len(staves)) for place, staff in enumerate(staves, start=1))
    group = ' symbol="bracket" bar.thru="true"' if len(staves) > 1 else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><mei xmlns="http://www.music-encoding.org/ns/mei" meiversion="5.0">'
        "<meiHead><fileDesc><titleStmt><title/></titleStmt><pubStmt/></fileDesc></meiHead><music><body><mdiv><score>"
        f'<scoreDef keysig="{sign}" meter.count="{metre.beats}" meter.unit="{metre.unit}">'
        f"<staffGrp{group}>{definitions}</staffGrp></scoreDef><section>{''.join(measures)}</section>"
        "</score></mdiv></body></music></mei>"
    )


def _numbers(score: "Score") -> dict[tuple[int, int, int], int]:
    """The number of each note by its voice, its pitch and its start, counted as `_with_short_upbeat` counts."""
    first = score.notes[0].start if score.notes[0].start < score.metre.bar_ticks else 0
    return {(note.voice, note.start - first, note.pitch): number for number, note in enumerate(score.notes)}


def _with_short_upbeat(score: "Score") -> "Score":
    """The same music without the rest that begins its first bar; the bar is that much shorter."""
    first = score.notes[0].start
    if not 0 < first < score.metre.bar_ticks:
        return score
    later = [(tick - first, metre) for tick, metre in score.metres[1:]]
    bar = score.metre.bar_ticks - first
    second = [] if later and later[0][0] <= bar else [(bar, score.metre)]
    notes = tuple(replace(note, start=note.start - first) for note in score.notes)
    return replace(score, notes=notes, metres=((0, score.metre), *second, *later), tempos=score.tempos[:1])


class _Staff:
    """A voice on paper.

    Args:
        score: the music.
        voice: the number of a voice that has notes.
        fifths: the sharps of the key signature; flats are negative.
        numbers: those of the notes, as `_numbers` gives them.
    """

    def __init__(self, score: "Score", voice: int, fifths: int, numbers: dict[tuple[int, int, int], int]) -> None:
        notes = [note for note in score.notes if note.voice == voice]
        self.voice, self.number, self.fifths, self.numbers = score.voices[voice], voice, fifths, numbers
        self.bass = in_bass_clef([note.pitch for note in notes])
        self.layers = [bars(score, line) for line in layers(notes)]

    def definition(self, place: int, of: int) -> str:
        """The staff with its clef, and its name where there are several."""
        name = f"<label>{escape(one_line(self.voice.name)[:20])}</label>" if of > 1 and self.voice.name else ""
        clef = 'clef.shape="F" clef.line="4"' if self.bass else 'clef.shape="G" clef.line="2"'
        if self.voice.drums:
            clef = 'clef.shape="perc"'
        return f'<staffDef n="{place}" lines="5" {clef}>{name}</staffDef>'

    def written(self, count: int, place: int) -> str:
        """The bar of this number."""
        together = [layer[count] for layer in self.layers]
        signs = _accidentals(together, self.fifths)
        inner = "".join(
            f'<layer n="{number}">{self._layer(bar, signs, rests=number == 1)}</layer>'
            for number, bar in enumerate(together, start=1)
        )
        return f'<staff n="{place}">{inner}</staff>'

    def _layer(self, bar: Bar, signs: dict[tuple[int, int], str], rests: bool) -> str:
        """The notes of one line in a bar; `rests`: whether its rests are seen."""
        if not any(piece.chord.pitches for group in bar.groups for piece in group.pieces):
            return "<mRest/>" if rests else "<mSpace/>"
        written = []
        for place, items in groupby(_beams(bar), key=itemgetter(0)):
            groups = [group for _, group in items]
            text = "".join(self._group(group, signs, rests) for group in groups)
            written.append(f"<beam>{text}</beam>" if place is not None and len(groups) > 1 else text)
        return "".join(written)

    def _group(self, group: Group, signs: dict[tuple[int, int], str], rests: bool) -> str:
        text = "".join(self._piece(piece, signs, rests) for piece in group.pieces)
        if not group.triplet:
            return text
        beamed = len(group.pieces) > 1 and all(piece.chord.pitches and piece.value < _QUARTER for piece in group.pieces)
        return f'<tuplet num="3" numbase="2">{f"<beam>{text}</beam>" if beamed else text}</tuplet>'

    def _piece(self, piece: Piece, signs: dict[tuple[int, int], str], rests: bool) -> str:
        # A dotted value has several bits; the highest one is the value without dots.
        dots = piece.value.bit_count() - 1
        length = f'dur="{_WHOLE // (1 << piece.value.bit_length() - 1)}"' + (f' dots="{dots}"' if dots else "")
        if not piece.chord.pitches:
            return f"<{'rest' if rests else 'space'} {length}/>"
        alone = len(piece.chord.pitches) == 1
        notes = "".join(self._note(piece, pitch, signs, length if alone else "") for pitch in piece.chord.pitches)
        return notes if alone else f"<chord {length}>{notes}</chord>"

    def _note(self, piece: Piece, pitch: int, signs: dict[tuple[int, int], str], length: str) -> str:
        letter, alteration, octave = spelled(pitch, self.fifths)
        sign = signs.get((id(piece), pitch))
        heard = f' accid="{sign}"' if sign else f' accid.ges="{_ACCIDENTALS[alteration]}"' if alteration else ""
        tie = "" if piece.begins and piece.ends else f' tie="{"i" if piece.begins else "t" if piece.ends else "m"}"'
        number = self.numbers[self.number, piece.chord.start, pitch]
        return f'<note type="n{number}" pname="{letter.lower()}" oct="{octave}" {length}{heard}{tie}/>'


def _accidentals(together: Sequence[Bar], fifths: int) -> dict[tuple[int, int], str]:
    """The accidentals that are printed in a bar of a staff, by the piece and its pitch.

    An accidental holds for its line of the staff until the end of the bar. A note that is tied to one before needs none.
    """
    pieces = [piece for bar in together for group in bar.groups for piece in group.pieces]
    state: dict[tuple[str, int], int] = {}
    signs: dict[tuple[int, int], str] = {}
    for piece in sorted(pieces, key=lambda piece: piece.start):
        for pitch in piece.chord.pitches if piece.begins else ():
            letter, alteration, octave = spelled(pitch, fifths)
            of_key = (fifths + 6 - LETTERS.index(letter)) // 7
            if alteration != state.get((letter, octave), of_key):
                signs[id(piece), pitch] = _ACCIDENTALS[alteration]
            state[letter, octave] = alteration
    return signs


def _beams(bar: Bar) -> Iterator[tuple[int | None, Group]]:
    """The notes and triplets of a bar, each with the tick where its beam begins; None where it is under no beam."""
    missing = bar.metre.bar_ticks - bar.ticks  # of a bar that an upbeat or a change of metre cuts short
    pieces = [piece for group in bar.groups for piece in group.pieces]
    for group in bar.groups:
        if group.triplet:
            yield None, group  # it has a beam of its own
            continue
        for piece in group.pieces:
            place = missing + piece.start - bar.start
            short = piece.chord.pitches and piece.value < _QUARTER
            yield _beam(bar.metre, place, pieces, bar.start - missing) if short else None, Group((piece,), triplet=False)


def _beam(metre: Metre, place: int, pieces: Sequence[Piece], start: int) -> int:
    """Where in the bar the beam begins that covers a place: with a felt beat; in 4/4 and 2/2 with half a bar of eighth notes.

    Args:
        metre: of the bar.
        place: ticks from its beginning.
        pieces: all of the bar.
        start: the tick where the bar begins.
    """
    span, half = max(metre.beat_ticks, TICKS_PER_QUARTER), 2 * TICKS_PER_QUARTER
    if metre.bar_ticks < half:  # 3/8
        span = metre.bar_ticks
    elif metre.bar_ticks == 2 * half:
        first = place - place % half
        inside = [piece for piece in pieces if first <= piece.start - start < first + half]
        span = half if all(piece.value >= _EIGHTH for piece in inside) else TICKS_PER_QUARTER
    return place - place % span
