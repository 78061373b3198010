"""Bach's four-part chorales in the music21 wheel, read by two processes: no TensorFlow here, so that these start fast."""

import concurrent.futures
import contextlib
import csv
import importlib.util
import multiprocessing
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from tqdm import tqdm

from zoo.core import extras
from zoo.core.errors import UserError
from zoo.music.analysis.voice_leading import VOICES
from zoo.music.language.joined import GRID, cut
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation.measures import Refused
from zoo.music.notation.score import Score
from zoo.music.notation.theory import TICKS_PER_QUARTER, Key, Metre, Note

FINEST = 3  # ticks: thirty-seconds
# What the chorales need, as they are and joined, and what a user's melody may need besides.
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

# From a signature's major tonic to that of the mode with the same signature, in semitones.
_MODE_OF_DEGREE = {0: "major", 2: "dorian", 4: "phrygian", 7: "mixolydian", 9: "minor"}
# The degree that tells a mode from its plain neighbour, in semitones above the tonic: there, in the neighbour, and which that is.
_TOLD_BY = {"dorian": (9, 8, "minor"), "phrygian": (1, 2, "minor"), "mixolydian": (10, 11, "major")}


@dataclass(frozen=True)
class Chorale:
    """A chorale: its file in the corpus, the score, and how many of its notes were cut for being too long."""

    id: str
    score: Score
    cuts: int = 0


@dataclass(frozen=True)
class Bar:
    """What stands between two bar lines of a part: the length in ticks, and the notes.

    A note is (start in the bar, duration, MIDI pitch, tied to the next note).
    """

    ticks: int
    notes: tuple[tuple[int, int, int, bool], ...]


def split_table() -> dict[str, str]:
    """The split of each chorale of the corpus by its id (the name of its file), "none" for those left out."""
    with SPLIT_TABLE.open(encoding="utf-8", newline="") as lines:
        return {row["id"]: row["split"] for row in csv.DictReader(lines, delimiter="\t")}


def corpus_files() -> dict[str, Path]:
    """The score files of Bach's in the music21 wheel by id, found without importing music21."""
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
    """The chorales in files by id, read by two processes, and the reason why each of the others was refused."""
    chorales: list[Chorale] = []
    refused: dict[str, str] = {}
    # Spawned, not forked, and an executor, for the reasons given in zoo.music.data.tune_books.
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(2 if len(files) > 20 else 1, context) as pool:
        results = pool.map(_read, files.items(), chunksize=4)
        progress = tqdm(results, desc="reading chorales", total=len(files), unit="chorale", file=sys.stderr)
        for name, result in zip(files, progress, strict=True):
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
    """The chorale that a file holds. Refused, with the reason, for what is none of four voices in whole bars on the grid.

    Repeats are written out (as they stand where music21 finds them badly formed), ties joined, grace notes left out; of a part
    whose bar has several voices the first is read.
    """
    from music21 import converter, repeat

    parts = _voices(converter.parse(path, forceSource=True, storePickle=False))
    with contextlib.suppress(repeat.ExpanderException):  # then as they stand
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
    # Parts disagree about the mode, and a few about the signature: most of them have the latter right, the soprano the former.
    signatures = [next(iter(part.recurse().getElementsByClass("KeySignature")), None) for part in parts]
    sharps = Counter(each.sharps for each in signatures if each is not None).most_common(1)
    if not sharps:
        raise Refused("no key signature")
    key = key_of(voices, sharps[0][0], getattr(signatures[0], "mode", None) == "minor")
    score = Score(tuple(notes), ((0, metre),), key, voices=VOICES, title=_title(name), type="chorale")
    return Chorale(name, score, len(notes) - sum(map(len, voices)))


def _voices(score: Any) -> list[Any]:
    """The parts of soprano, alto, tenor and bass: by name, or the four there are where none has a name."""
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
    """A measure of music21. Refused where it has chords or is off the grid."""
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
    """The tick where each measure starts when bar lines fall on multiples of `length`.

    A short first measure is a pickup and ends the first bar. A bar may be cut by a repeat or a double bar into measures that
    fill it together, and a measure may hold several whole bars. Where a bar lacks a quarter at most and a full one follows, a
    rest fills it (the end of a section that is repeated without a pickup). Refused for anything else.
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
    """The notes of a part's bars, tied ones joined. Refused where two sound at once."""
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
    """The key of a chorale: its last bass note is the tonic, and the signature gives the mode.

    Old signatures have a flat less, or a sharp more, than the music: where a signature says dorian, phrygian or mixolydian but
    the degree that makes the difference sounds longer as in minor or major, it is that. A last bass note that no such mode has
    as its tonic (a chorale that ends away from home) leaves the major or minor of the signature, as the file has it.
    """
    tonic = voices[-1][-1].pitch % 12
    mode = _MODE_OF_DEGREE.get((tonic - 7 * sharps) % 12)
    if mode is None:
        return Key((7 * sharps + (9 if minor else 0)) % 12, "minor" if minor else "major")
    if mode in _TOLD_BY:
        own, other, neighbour = _TOLD_BY[mode]
        lengths: Counter[int] = Counter()
        for note in (note for voice in voices for note in voice):
            lengths[(note.pitch - tonic) % 12] += note.duration
        if lengths[other] > lengths[own]:
            mode = neighbour
    return Key(tonic, mode)


def _title(name: str) -> str:
    """ "Aus meines Herzens Grunde (BWV 269)", or the number alone where music21 knows no title."""
    from music21 import corpus

    number = re.sub(r"^bwv|\.\w+$", "", name)
    known = corpus.chorales.ChoraleListRKBWV().byBWV
    entry = known.get(number) or known.get(re.sub(r"-.*$", "", number))
    return f"{entry['title']} (BWV {number})" if entry else f"BWV {number}"
