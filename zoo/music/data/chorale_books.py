"""Bach's four-part chorales in the music21 package: where their files are, which split each is in, and how a file is read.

Several processes read them (zoo.core.parallel), so this module imports no TensorFlow: they start fast. A file is read
in these steps, and refused where one of them fails:

1. `_voices` finds the parts of soprano, alto, tenor and bass;
2. repeats are written out;
3. `_bar` takes the notes of each measure, and `bar_starts` finds the tick where each measure begins;
4. `sounding` joins tied notes;
5. `key_of` finds the key.
"""

import contextlib
import csv
import importlib.util
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from zoo.core import extras, parallel
from zoo.core.errors import UserError
from zoo.music.analysis.voice_leading import VOICES
from zoo.music.language.joined import GRID, cut
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.measures import Refused
from zoo.music.notation.score import Score
from zoo.music.notation.theory import TICKS_PER_QUARTER, Key, Metre, Note

FINEST = 3  # ticks, a thirty-second: every note begins and ends on a multiple of it
_MANY = 20  # files, from which on several processes read them
# The tokens that the chorales need, as they are written and in the joined form (zoo.music.language.joined), and some more that
# a user's melody may need.
VOCABULARY = TokenVocabulary(
    metres=tuple(map(Metre.parse, ("4/4", "3/4", "3/2"))),
    pitches=(36, 81),
    durations=(3, *range(6, 193, 6), 240),
    positions=tuple(range(3, 144, 3)),
    voices=len(VOICES),
    parts=True,
    types=("chorale", GRID),
)
SPLIT_TABLE = Path(__file__).with_name("chorale_splits.tsv")

# The mode of a key, by how many semitones its tonic is above that of the major key with the same signature.
_MODE_OF_DEGREE = {0: "major", 2: "dorian", 4: "phrygian", 7: "mixolydian", 9: "minor"}
# One degree tells each of these modes from the minor or major key on its tonic: (the degree in the mode, the degree in that
# key, which key it is), degrees in semitones above the tonic.
_DISTINCTION = {"dorian": (9, 8, "minor"), "phrygian": (1, 2, "minor"), "mixolydian": (10, 11, "major")}


@dataclass(frozen=True)
class Chorale:
    """A chorale.

    Attributes:
        id: the name of its file in music21's corpus.
        score: its notes.
        cuts: how many cuts were made in notes that are longer than a token can say.
    """

    id: str
    score: Score
    cuts: int = 0


@dataclass(frozen=True)
class Bar:
    """A measure of one part.

    Attributes:
        ticks: its length.
        notes: (start in the measure, duration, MIDI pitch, whether it is tied to the next note) of each.
    """

    ticks: int
    notes: tuple[tuple[int, int, int, bool], ...]


def split_table() -> dict[str, str]:
    """id -> the split of each chorale of the corpus, "none" for those left out."""
    with SPLIT_TABLE.open(encoding="utf-8", newline="") as lines:
        return {row["id"]: row["split"] for row in csv.DictReader(lines, delimiter="\t")}


def corpus_files() -> dict[str, Path]:
    """id -> path of Bach's works in the music21 package, found without importing it: that takes seconds."""
    spec = importlib.util.find_spec("music21")
    if spec is None:
        raise extras.missing("music21")
    folders = [Path(place) / "corpus" / "bach" for place in spec.submodule_search_locations or []]
    suffixes = (".mxl", ".xml", ".krn")
    files = {path.name: path for folder in folders for path in sorted(folder.glob("bwv*"), key=str) if path.suffix in suffixes}
    if not set(split_table()) <= set(files):
        raise UserError("the music21 package lacks some of Bach's chorales: pip install --force-reinstall music21")
    return files


def read_files(files: Mapping[str, Path]) -> tuple[list[Chorale], dict[str, str]]:
    """The chorales in files, and the reason why each of the others was refused.

    Args:
        files: id -> path.

    Returns:
        The chorales in the order of the files; id -> reason.
    """
    chorales: list[Chorale] = []
    refused: dict[str, str] = {}
    results = parallel.read_all(_read, list(files.items()), "reading chorales", "chorale", _MANY)
    for name, result in zip(files, results, strict=True):
        if isinstance(result, Chorale):
            chorales.append(result)
        else:
            refused[name] = result
    return chorales, refused


def _read(file: tuple[str, Path]) -> Chorale | str:
    """The chorale, or the reason why it was refused."""
    try:
        return read_file(*file)
    except Refused as error:
        return error.reason


def read_file(name: str, path: Path) -> Chorale:
    """The chorale that a file holds.

    Grace notes are left out. Where a measure of a part holds several voices, the first one is read. Repeats that music21 cannot
    write out, since their signs do not match, are played once.

    Raises:
        Refused: it has not four voices, one metre, whole bars and a key signature, or notes off the grid of 3 ticks.
    """
    from music21 import converter, repeat

    parts = _voices(converter.parse(path, forceSource=True, storePickle=False))
    with contextlib.suppress(repeat.ExpanderException):
        parts = [part.expandRepeats() if _repeats(part) else part for part in parts]
    metres = {time.ratioString for part in parts for time in part.recurse().getElementsByClass("TimeSignature")}
    if len(metres) != 1:
        raise Refused("the metre changes", ", ".join(sorted(metres)))
    metre = Metre.parse(metres.pop())
    bars = [[_bar(measure) for measure in part.getElementsByClass("Measure")] for part in parts]
    if len({tuple(bar.ticks for bar in part) for part in bars}) != 1:
        raise Refused("the parts' bars differ")
    starts = bar_starts(bars[0], metre.bar_ticks)
    voices = [sounding(part, starts, voice) for voice, part in enumerate(bars)]
    if not all(voices):
        raise Refused("a voice is empty")
    notes = cut((note for voice in voices for note in voice), metre.bar_ticks)
    # In some files the parts disagree about the key. The signature of most parts is right; of the modes, that of the soprano.
    signatures = [next(iter(part.recurse().getElementsByClass("KeySignature")), None) for part in parts]
    sharps = Counter(each.sharps for each in signatures if each is not None).most_common(1)
    if not sharps:
        raise Refused("no key signature")
    key = key_of(voices, sharps[0][0], getattr(signatures[0], "mode", None) == "minor")
    score = Score(tuple(notes), ((0, metre),), key, voices=VOICES, title=_title(name), type="chorale")
    return Chorale(name, score, len(notes) - sum(map(len, voices)))


def _voices(score: Any) -> list[Any]:
    """The parts of soprano, alto, tenor and bass, found by their names; where no part has a name, the four parts in order."""
    parts = list(score.parts)
    if len(parts) == len(VOICES) and not any(part.partName for part in parts):
        return parts
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for part in parts:
        found[(part.partName or "-").split()[0]].append(part)
    if any(len(found[voice.name]) != 1 for voice in VOICES):
        raise Refused("not one soprano, alto, tenor and bass each", ", ".join(str(part.partName) for part in parts))
    return [found[voice.name][0] for voice in VOICES]


def _repeats(part: Any) -> bool:
    """Whether a part has a repeat sign."""
    signs = [sign for bar in part.getElementsByClass("Measure") for sign in (bar.leftBarline, bar.rightBarline)]
    return any(type(sign).__name__ == "Repeat" for sign in signs)


def _bar(measure: Any) -> Bar:
    """The bar that a measure of music21 holds. Refused where it has chords or is off the grid."""
    voices = list(measure.voices)
    notes = []
    for element in (voices[0] if voices else measure).notes:
        if element.duration.isGrace:
            continue
        if len(element.pitches) != 1:
            raise Refused("chords in a voice")
        tied = element.tie is not None and element.tie.type in ("start", "continue")
        notes.append((_ticks(element.offset), _ticks(element.quarterLength), element.pitches[0].midi, tied))
    return Bar(_ticks(measure.duration.quarterLength), tuple(notes))


def _ticks(quarters: float | Fraction) -> int:
    ticks = Fraction(quarters) * TICKS_PER_QUARTER
    if ticks.denominator != 1 or ticks % FINEST:
        raise Refused("off the grid", f"{quarters} quarters")
    return int(ticks)


def bar_starts(bars: Sequence[Bar], length: int) -> list[int]:
    """The tick where each measure starts, so that bar lines fall on multiples of `length`.

    Measures need not be whole bars:

    - A short first measure is a pickup. It ends the first bar.
    - A repeat sign or a double bar may cut a bar into two measures, which fill it together.
    - A measure may hold several whole bars.
    - A section may end with a bar that lacks a quarter note at most. Where whole bars follow, a rest fills it.

    Args:
        bars: the measures of a part.
        length: of a bar, in ticks.

    Raises:
        Refused: the measures are cut in any other way.
    """
    starts = []
    tick = (length - bars[0].ticks) % length if bars else 0
    for i, bar in enumerate(bars):
        place = tick % length
        if place + bar.ticks > length and (place or bar.ticks % length):
            missing = length - place
            if not place or missing > TICKS_PER_QUARTER or bar.ticks % length:
                raise Refused("bars do not line up", f"measure {i + 1} stands {place} ticks after a bar line")
            tick += missing
        starts.append(tick)
        tick += bar.ticks
    return starts


def sounding(bars: Iterable[Bar], starts: Iterable[int], voice: int) -> list[Note]:
    """The notes of a part, tied ones joined.

    Args:
        bars: its measures.
        starts: the tick where each measure starts.
        voice: the number of the voice.

    Raises:
        Refused: two notes sound at once.
    """
    notes: list[Note] = []
    tied = False
    for bar, start in zip(bars, starts, strict=True):
        for place, duration, pitch, ties in bar.notes:
            before = notes[-1] if notes else None
            if before and tied and before.pitch == pitch and before.end == start + place:
                notes[-1] = Note(before.start, before.duration + duration, pitch, voice)
            else:
                notes.append(Note(start + place, duration, pitch, voice))
            tied = ties
    if any(after.start < before.end for before, after in pairwise(notes)):
        raise Refused("notes of a voice overlap")
    return notes


def key_of(voices: Sequence[Sequence[Note]], sharps: int, minor: bool) -> Key:
    """The key of a chorale. Its last bass note is the tonic, and the signature then gives the mode.

    Bach's time wrote some signatures with a flat less or a sharp more than we do, so a piece in D minor may look like D dorian.
    One degree tells the two apart, here the sixth: B in D dorian, Bb in D minor. The one that sounds longer decides.

    Some chorales do not end on their tonic, so that no mode fits the last bass note and the signature. These get the major or
    minor key of the signature.

    Args:
        voices: the notes of each voice, the bass last.
        sharps: of the signature; flats are negative.
        minor: whether the file calls its key minor.
    """
    tonic = voices[-1][-1].pitch % 12
    mode = _MODE_OF_DEGREE.get((tonic - 7 * sharps) % 12)
    if mode is None:
        return Key((7 * sharps + (9 if minor else 0)) % 12, "minor" if minor else "major")
    if mode in _DISTINCTION:
        own, other, plain = _DISTINCTION[mode]
        lengths: Counter[int] = Counter()
        for note in (note for voice in voices for note in voice):
            lengths[(note.pitch - tonic) % 12] += note.duration
        if lengths[other] > lengths[own]:
            mode = plain
    return Key(tonic, mode)


def _title(name: str) -> str:
    """The title of a chorale: "Aus meines Herzens Grunde (BWV 269)"; the number alone where music21 knows no title."""
    from music21 import corpus

    number = re.sub(r"^bwv|\.\w+$", "", name)
    known = corpus.chorales.ChoraleListRKBWV().byBWV
    entry = known.get(number) or known.get(re.sub(r"-.*$", "", number))
    return f"{entry['title']} (BWV {number})" if entry else f"BWV {number}"
