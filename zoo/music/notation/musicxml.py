"""Scores in MusicXML, for notation programs (MuseScore, Finale, Dorico, ...), written by music21."""

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.core import extras
from zoo.core.errors import UserError
from zoo.core.files import write_whole
from zoo.music.notation.engraving import Bar, Piece, bars, in_bass_clef, layers, one_line, spelled
from zoo.music.notation.theory import DRUM_CHANNEL, TICKS_PER_QUARTER, Key

if TYPE_CHECKING:
    from zoo.music.notation.score import Score

_64THS_PER_QUARTER = 16
_WHOLE = 4 * TICKS_PER_QUARTER
_FINEST = 32  # a thirty-second, the smallest unit of a metre on the grid


@extras.explained()
def write(score: "Score", path: str | Path) -> None:
    """Writes a score as an uncompressed MusicXML file. UserError as `to_music21`, and where the file cannot be written."""
    from music21.musicxml.m21ToXml import GeneralObjectExporter

    write_whole(path, GeneralObjectExporter(to_music21(score)).parse())


@extras.explained()
def to_music21(score: "Score") -> Any:
    """The score as a `music21.stream.Score`, ready to show or to write.

    - Each voice that has notes is a part, with its name and General MIDI program. Drums are on channel 10.
    - All bars are full: a rest before a pickup fills the first bar.
    - Measures have clef, key with its mode, metres and tempos. Notes have ties over bar lines, triplets with brackets, and
      velocities.
    - Where notes of one voice overlap without beginning and ending together, its measures hold several music21 voices.

    UserError for a score without notes.
    """
    from music21 import metadata, stream

    if not score.notes:
        raise UserError("the score holds no notes: there is nothing to write as MusicXML")
    whole = stream.Score()
    whole.insert(
        0, metadata.Metadata(title=one_line(score.title) or "Untitled", composer="Anonymous")
    )  # where these are missing, music21 writes its own
    for number in sorted({note.voice for note in score.notes}):
        whole.insert(0, _part(score, number, first=not whole.parts))
    return whole


def _part(score: "Score", number: int, first: bool) -> Any:
    """The part of a voice. The first part has the tempos, which hold for all."""
    from music21 import bar as bar_line
    from music21 import clef, instrument, key, meter, stream, tempo

    voice = score.voices[number]
    name = one_line(voice.name) or ("Drums" if voice.drums else f"Voice {number + 1}")
    part = stream.Part(id=f"voice{number + 1}")
    sound = instrument.Percussion() if voice.drums else instrument.instrumentFromMidiProgram(voice.program)
    sound.midiProgram = voice.program
    sound.midiChannel = DRUM_CHANNEL if voice.drums else number % 15 + (number % 15 >= DRUM_CHANNEL)
    sound.partName = sound.partAbbreviation = part.partName = name
    sound.partId, sound.instrumentId = (
        f"P{number + 1}",
        f"I{number + 1}",
    )  # music21's own are random; the same score must give the same bytes
    part.insert(0, sound)
    notes = [note for note in score.notes if note.voice == number]
    fifths = score.key.fifths if score.key else 0
    written = [bars(score, line) for line in layers(notes)]
    for count, together in enumerate(zip(*written, strict=True)):
        head: Bar = together[0]
        measure = stream.Measure(number=count + 1)
        if count == 0:
            low = in_bass_clef([note.pitch for note in notes])
            measure.insert(0, clef.PercussionClef() if voice.drums else clef.BassClef() if low else clef.TrebleClef())
            measure.insert(0, key.KeySignature(fifths) if score.key is None else _key(score.key))
        if count == 0 or head.changed:
            measure.insert(0, meter.TimeSignature(str(head.metre)))
        if head.ticks != head.metre.bar_ticks and head.ticks % (_WHOLE // _FINEST) == 0:
            # A change of metre cuts this bar off. It gets a time signature of its length, since programs trust the signature.
            unit = head.metre.unit if head.ticks * head.metre.unit % _WHOLE == 0 else _FINEST
            measure.timeSignature = meter.TimeSignature(f"{head.ticks * unit // _WHOLE}/{unit}")
        if first:
            for tick, value in score.tempos:
                if head.start <= tick < head.start + head.ticks:
                    measure.insert(Fraction(tick - head.start, TICKS_PER_QUARTER), tempo.MetronomeMark(number=value))
        for place, layer in enumerate(together):
            target = measure if len(together) == 1 else stream.Voice(id=str(place + 1))
            _fill(target, layer, fifths)
            if target is not measure:
                measure.insert(0, target)
        part.append(measure)
    part[stream.Measure].last().rightBarline = bar_line.Barline("final")
    return part


def _key(key: Key) -> Any:
    """The key of music21, with the tonic spelled as its signature wants it."""
    from music21.key import KeySignature

    return KeySignature(key.fifths).asKey(key.mode)


def _fill(target: Any, bar: Bar, fifths: int) -> None:
    """Inserts the notes, chords and rests of a bar into a measure or voice of music21."""
    from music21 import duration

    for group in bar.groups:
        elements = []
        for piece in group.pieces:
            element = _element(piece, fifths)
            element.duration = duration.Duration(quarterLength=Fraction(piece.value, _64THS_PER_QUARTER))
            if group.triplet:
                element.duration.appendTuplet(duration.Tuplet(3, 2, element.duration.type))
            elements.append(element)
            target.insert(Fraction(piece.start - bar.start, TICKS_PER_QUARTER), element)
        if group.triplet:
            elements[-1].duration.tuplets[0].type = "stop"
            elements[0].duration.tuplets[0].type = "start" if len(elements) > 1 else "startStop"


def _element(piece: Piece, fifths: int) -> Any:
    from music21 import chord, note, pitch, tie

    if not piece.chord.pitches:
        return note.Rest()
    pitches = []
    for midi in piece.chord.pitches:
        letter, alteration, octave = spelled(midi, fifths)
        named = pitch.Pitch(step=letter, octave=octave)
        if alteration:
            named.accidental = pitch.Accidental(alteration)
        pitches.append(named)
    element = note.Note(pitches[0]) if len(pitches) == 1 else chord.Chord(pitches)
    element.volume.velocity = piece.chord.velocity
    if not (piece.begins and piece.ends):
        element.tie = tie.Tie("start" if piece.begins else "stop" if piece.ends else "continue")
    return element
