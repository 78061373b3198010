"""How much of a score is copied from training pieces, in any key.

Lines: each voice except drums is read as a line with one note at a time (`zoo.music.analysis.statistics.lines`). A rest of a bar
or more cuts a line in two. A line is described by its notes' lengths, each from the start of a note to the start of the next, and
by the intervals between the notes. Transposition changes neither.

Copies: a run of n notes in a row is shared with a training piece when a line of that piece has the same n lengths and the same
n - 1 intervals in a row. The two lines may be different voices, and the runs may begin at different places in the bar. The
longest run is the one that takes the longest time, and a run of COPIED_BARS bars or more counts as copied.

Search: each line becomes a string of bytes, three for each note, and zoo.text.suffixes finds the longest run that begins at a
note of the score.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zoo.music.analysis.statistics import lines
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Note
from zoo.text.suffixes import Suffixes

COPIED_BARS = 2.0  # a run of this length counts as copied; shorter ones occur in many pieces of a style
_INTERVALS = 6  # in a run of intervals, as in zoo.music.data.tune_versions
_COMMON = 60  # pieces; a run of intervals that more pieces have says nothing
_BYTES = 3  # of a note: two of its length, one of the interval to the next note (0: there is none)
_LONGEST = 0xFFFF  # ticks, the longest length that two bytes hold


@dataclass(frozen=True)
class Match:
    """A run of notes that a score shares with a training piece.

    Attributes:
        notes: the number of notes.
        ticks: from the start of the first note to the end of the last.
        bars: the same in bars of the score's first metre.
        piece: the index of the piece among the index's scores.
        piece_voice: the voice of the piece that has it.
        piece_start: the tick of the piece where it begins.
        voice: the voice of the score that has it.
        start: the tick of the score where it begins.
    """

    notes: int
    ticks: int
    bars: float
    piece: int
    piece_voice: int
    piece_start: int
    voice: int
    start: int


@dataclass(frozen=True)
class Similar:
    """A training piece compared with a score: the longest run of notes that they share, and the share of equal intervals.

    Attributes:
        piece: the index of the piece among the index's scores.
        title: of the piece.
        notes: the number of notes of the shared run that takes the longest time; 0 where none is shared.
        bars: the length of that run in bars of the score's first metre.
        containment: of the two, one has fewer runs of six intervals; the share of these that the other has, too. Runs that more
            than 60 training pieces have are not counted. Rhythm makes no difference, so this finds other versions of a tune.
    """

    piece: int
    title: str
    notes: int
    bars: float
    containment: float


@dataclass(frozen=True)
class Nearest:
    """The training piece that shares the longest run of notes with a score.

    Attributes:
        piece: the training piece.
        match: the run.
        covered: the share of the score's time in runs of COPIED_BARS or more that any training pieces have, too.
        pieces: how many training pieces were searched.
    """

    piece: Score
    match: Match
    covered: float
    pieces: int

    @property
    def copied(self) -> bool:
        """Whether the run is so long that it counts as copied."""
        return self.match.bars >= COPIED_BARS


@dataclass(frozen=True)
class _Line:
    """Notes in a row without a long rest: the start and the length of each [n], and the intervals between them [n - 1]."""

    voice: int
    starts: np.ndarray
    lengths: np.ndarray
    intervals: np.ndarray


class Index:
    """The training pieces, ready to be searched. To make it of 4,000 tunes takes some seconds, and less than 100 MB.

    Attributes:
        scores: the pieces.

    Raises:
        ValueError: the pieces have no notes.
    """

    def __init__(self, scores: Sequence[Score]):
        self.scores = tuple(scores)
        found = [(piece, line) for piece, score in enumerate(self.scores) for line in _lines(score)]
        if not found:
            raise ValueError("the scores have no notes")
        sizes = [len(line.starts) for _, line in found]
        self._piece = np.repeat([piece for piece, _ in found], sizes)
        self._voice = np.repeat([line.voice for _, line in found], sizes)
        self._start = np.concatenate([line.starts for _, line in found])
        self._length = np.concatenate([line.lengths for _, line in found])
        # 128 equals no interval, so no run goes on into the next line.
        self._interval = np.concatenate([np.append(line.intervals, 128) for _, line in found])
        self._suffixes = Suffixes(b"".join(_bytes(line) + b"\0" for _, line in found), _BYTES)

    def longest(self, score: Score) -> Match | None:
        """The shared run that takes the longest time; None where the score shares not even the length of a note."""
        return max(self._runs(score), key=lambda run: (run.ticks, run.notes, -run.start), default=None)

    def longest_bars(self, scores: Iterable[Score]) -> list[float]:
        """The length of each score's longest shared run, in bars; 0 where it shares nothing."""
        return [match.bars if (match := self.longest(score)) else 0.0 for score in scores]

    def covered(self, score: Score) -> float:
        """The share of the score's time in shared runs of COPIED_BARS or more. Rests of a bar or more are not counted."""
        spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for run in self._runs(score):
            if run.bars >= COPIED_BARS:
                spans[run.voice].append((run.start, run.start + run.ticks))
        total = sum(int(line.lengths.sum()) for line in _lines(score))
        copied = 0
        for of_voice in spans.values():
            end = 0
            for first, last in sorted(of_voice):
                copied += max(0, last - max(end, first))
                end = max(end, last)
        return copied / total if total else 0.0

    def nearest(self, score: Score, n: int = 5, by: str = "bars") -> list[Similar]:
        """The `n` training pieces that are most like a score, the most like it first.

        Args:
            score: the score.
            n: how many.
            by: "bars" sorts by the longest shared run, then by the containment; "containment" the other way round.
        """
        if by not in ("bars", "containment"):
            raise ValueError(f"nearest by bars or containment, not {by!r}")
        notes, ticks = self._shared_with_each(score)
        containment = self._containment(score)
        keys = (containment, ticks) if by == "bars" else (ticks, containment)
        best = np.lexsort(tuple(-key for key in keys))[:n]
        bar = score.metre.bar_ticks
        return [
            Similar(i, self.scores[i].title, int(notes[i]), float(ticks[i]) / bar, float(containment[i])) for i in map(int, best)
        ]

    def _runs(self, score: Score) -> Iterable[Match]:
        """For each note of the score, the shared run with the most notes that begins there."""
        bar = score.metre.bar_ticks
        for line in _lines(score):
            text = _bytes(line)
            ends = np.append(0, np.cumsum(line.lengths)).tolist()
            for i, start in enumerate(line.starts.tolist()):
                wanted = text[_BYTES * i :]
                notes, place = self._search(wanted)
                if notes:
                    ticks = ends[i + notes] - ends[i]
                    piece, voice, where = int(self._piece[place]), int(self._voice[place]), int(self._start[place])
                    yield Match(notes, ticks, ticks / bar, piece, voice, where, line.voice, start)

    def _search(self, wanted: bytes) -> tuple[int, int]:
        """The longest run that a line of bytes begins with and that the index has: its number of notes, and where it begins."""
        shared, place = self._suffixes.search(wanted)
        return (shared + 1) // _BYTES, place

    def _shared_with_each(self, score: Score) -> tuple[np.ndarray, np.ndarray]:
        """For each training piece, the shared run that takes the longest time: its notes and its ticks, [pieces] each."""
        first = np.flatnonzero(np.diff(self._piece, prepend=-1))
        best = np.zeros(len(self.scores), np.int64)
        for line in _lines(score):
            # runs[j]: the run that ends at the score's note i and at the index's note j, as ticks * 2^20 + notes, so that the
            # maximum is taken over both at once. It goes on from the run that ended one note before in both.
            runs = np.zeros(len(self._length), np.int64)
            for i, length in enumerate(line.lengths.tolist()):
                before = np.zeros_like(runs)
                if i:
                    before[1:] = np.where(self._interval[:-1] == line.intervals[i - 1], runs[:-1], 0)
                runs = np.where(self._length == length, before + (length << 20) + 1, 0)
                pieces = self._piece[first]
                best[pieces] = np.maximum(best[pieces], np.maximum.reduceat(runs, first))
        return best & 0xFFFFF, best >> 20

    @cached_property
    def _holders(self) -> dict[bytes, list[int]]:
        """The pieces that have each run of intervals."""
        holders: dict[bytes, list[int]] = defaultdict(list)
        for piece, score in enumerate(self.scores):
            for run in _interval_runs(score):
                holders[run].append(piece)
        return dict(holders)

    def _containment(self, score: Score) -> np.ndarray:
        """The containment of each piece, [pieces]; see `Similar`."""
        common = np.zeros(len(self.scores))
        runs = _interval_runs(score)
        for run in runs:
            holders = self._holders.get(run, [])
            if len(holders) <= _COMMON:
                common[holders] += 1
        sizes = np.zeros(len(self.scores))
        for piece in np.flatnonzero(common).tolist():
            sizes[piece] = min(len(runs), len(_interval_runs(self.scores[piece])))
        return common / np.maximum(sizes, 1)


def copied_share(bars: Sequence[float]) -> float:
    """The share of scores whose longest run has COPIED_BARS or more.

    Args:
        bars: the longest run of each score, from `Index.longest_bars`. ValueError without any.
    """
    if not bars:
        raise ValueError("no scores")
    return sum(each >= COPIED_BARS for each in bars) / len(bars)


def _lines(score: Score) -> list[_Line]:
    """The lines of a score, cut at rests of a bar or more."""
    cut: list[_Line] = []
    for voice, notes in lines(score).items():
        phrase: list[Note] = []
        for note in notes:
            if phrase and note.start - phrase[-1].end >= score.metre_at(note.start).bar_ticks:
                cut.append(_line(voice, phrase))
                phrase = []
            phrase.append(note)
        cut.append(_line(voice, phrase))
    return cut


def _line(voice: int, notes: Sequence[Note]) -> _Line:
    starts = np.array([note.start for note in notes])
    lengths = np.diff(np.append(starts, notes[-1].end))
    return _Line(voice, starts, np.minimum(lengths, _LONGEST), np.diff([note.pitch for note in notes]).astype(int))


def _interval_runs(score: Score) -> set[bytes]:
    """The runs of six intervals of a score."""
    steps = [line.intervals.astype(np.int8).tobytes() for line in _lines(score)]
    return {each[i : i + _INTERVALS] for each in steps for i in range(len(each) - _INTERVALS + 1)}


def _bytes(line: _Line) -> bytes:
    """A line as bytes, three for each note. The last note has two, since it has no interval: n shared notes are 3 n - 1 bytes."""
    table = np.zeros((len(line.starts), _BYTES), np.uint8)
    table[:, 0], table[:, 1] = line.lengths >> 8, line.lengths & 0xFF
    table[:-1, 2] = line.intervals + 128
    return table.tobytes()[:-1]
