"""How much of a score is copied from training pieces, in whatever key.

Each voice that is no drums (a melody has one, a chorale four) is read as one line, as `zoo.music.analysis.statistics.lines` does;
a rest of a bar or more cuts it. A line is its notes' lengths, from each start to the next (so that a rest counts with the note
before it), and the intervals between them. A run of notes is copied when a line of a training piece has the same lengths and the
same intervals between them in a row: n lengths and n - 1 intervals. Transposition changes neither. Any voice may copy from any
voice, at any place in the bar; how long a run is, is told by the time that it takes.

The index is a suffix array over all training lines (Manber and Myers, "Suffix arrays: a new method for on-line string searches",
1993): a binary search finds the training notes that go on longest as the score does from a note.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zoo.music.analysis.statistics import lines
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Note

COPIED_BARS = 2.0  # from here on a run counts as copied: shorter ones are the common stock of a style
# As zoo.music.data.tune_versions describes melodies: by runs of six intervals; those that more pieces have tell nothing.
_SHINGLE = 6
_COMMON = 60
_SYMBOLS = 3  # bytes of a note: two of its length, one of the interval to the next note (0: there is none)
_LONGEST = 0xFFFF


@dataclass(frozen=True)
class Match:
    """A run of notes that a score shares with a training piece.

    Attributes:
        notes: how many.
        ticks: from the start of the first to the end of the last, in the score and in the piece.
        bars: the same in bars of the score's first metre.
        piece: which of the index's scores.
        piece_voice: in which voice of it.
        piece_start: at which tick of it the run begins.
        voice: in which voice of the score it is.
        start: at which tick of the score it begins.
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
    """A training piece beside a score: the longest run of notes they share, and how much of their intervals.

    Attributes:
        piece: which of the index's scores; `title` is its title.
        notes: of the longest shared run (in time), 0 where nothing is shared; `bars`: in bars of the score's first metre.
        containment: the share of the smaller one's runs of six intervals (zoo.music.data.tune_versions) that the other has, too,
            those apart that very many training pieces have. It is blind to rhythm, so it finds versions of a tune.
    """

    piece: int
    title: str
    notes: int
    bars: float
    containment: float


@dataclass(frozen=True)
class _Line:
    """Notes in a row without a long rest: of each its start, its length and the interval to the next [n] (last: no interval)."""

    voice: int
    starts: np.ndarray
    lengths: np.ndarray
    intervals: np.ndarray


class Index:
    """The training pieces, ready to be searched. 4,000 tunes take some seconds and less than 100 MB.

    `scores` are the pieces it was made of. ValueError without a note in them.
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
        # No interval equals this one, so a run never goes on into the next line.
        self._interval = np.concatenate([np.append(line.intervals, 128) for _, line in found])
        self._text = b"".join(_bytes(line) + b"\0" for _, line in found)
        symbols = np.frombuffer(self._text, np.uint8).reshape(-1, _SYMBOLS)
        self._order = _suffix_array(symbols @ np.array([1 << 16, 1 << 8, 1])).tolist()

    def longest(self, score: Score) -> Match | None:
        """The run that takes the longest time among those the score shares; None where it shares not even a note's length."""
        return max(self._runs(score), key=lambda run: (run.ticks, run.notes, -run.start), default=None)

    def longest_bars(self, scores: Iterable[Score]) -> list[float]:
        """The longest run of each score, in bars; 0 where it shares nothing."""
        return [match.bars if (match := self.longest(score)) else 0.0 for score in scores]

    def covered(self, score: Score) -> float:
        """The share of the time of the score's lines (long rests are no part of them) in runs of COPIED_BARS or more."""
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
        """The `n` training pieces nearest to a score, nearest first.

        by: "bars": the longest shared run counts, then the containment; "containment": the other way round.
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
        """From each note of the score the run with the most notes that begins there."""
        bar = score.metre.bar_ticks
        for line in _lines(score):
            text = _bytes(line)
            ends = np.append(0, np.cumsum(line.lengths)).tolist()
            for i, start in enumerate(line.starts.tolist()):
                wanted = text[_SYMBOLS * i :]
                notes, place = self._search(wanted)
                if notes:
                    ticks = ends[i + notes] - ends[i]
                    piece, voice, where = int(self._piece[place]), int(self._voice[place]), int(self._start[place])
                    yield Match(notes, ticks, ticks / bar, piece, voice, where, line.voice, start)

    def _search(self, wanted: bytes) -> tuple[int, int]:
        """How many notes of a line the index has in a row, and the place of the first: what sorts next to it shares most."""
        text, size = self._text, len(wanted)

        def suffix(place: int) -> bytes:
            return text[_SYMBOLS * place : _SYMBOLS * place + size]

        at = bisect_left(self._order, wanted, key=suffix)
        found = [(_in_common(wanted, suffix(place)), -place) for place in self._order[max(at - 1, 0) : at + 1]]
        shared, place = max(found)
        return (shared + 1) // _SYMBOLS, -place

    def _shared_with_each(self, score: Score) -> tuple[np.ndarray, np.ndarray]:
        """The notes and the ticks of the longest run (in time) that each training piece [pieces] shares with the score."""
        first = np.flatnonzero(np.diff(self._piece, prepend=-1))
        best = np.zeros(len(self.scores), np.int64)
        for line in _lines(score):
            # One row at a time of the table of common suffixes: ticks * 2^20 + notes of the run that ends at each note.
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
        holders: dict[bytes, list[int]] = defaultdict(list)
        for piece, score in enumerate(self.scores):
            for shingle in _shingles(score):
                holders[shingle].append(piece)
        return dict(holders)

    def _containment(self, score: Score) -> np.ndarray:
        """[pieces], see Similar."""
        common = np.zeros(len(self.scores))
        shingles = _shingles(score)
        for shingle in shingles:
            holders = self._holders.get(shingle, [])
            if len(holders) <= _COMMON:
                common[holders] += 1
        sizes = np.zeros(len(self.scores))
        for piece in np.flatnonzero(common).tolist():
            sizes[piece] = min(len(shingles), len(_shingles(self.scores[piece])))
        return common / np.maximum(sizes, 1)


def copied_share(bars: Sequence[float]) -> float:
    """The share of scores whose longest run, as `Index.longest_bars` tells it, is of COPIED_BARS or more. ValueError of none."""
    if not bars:
        raise ValueError("no scores")
    return sum(each >= COPIED_BARS for each in bars) / len(bars)


def _lines(score: Score) -> list[_Line]:
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


def _shingles(score: Score) -> set[bytes]:
    steps = [line.intervals.astype(np.int8).tobytes() for line in _lines(score)]
    return {each[i : i + _SHINGLE] for each in steps for i in range(len(each) - _SHINGLE + 1)}


def _bytes(line: _Line) -> bytes:
    """Three bytes a note but the last, which has no interval: a run of n notes has 3 n - 1 bytes in common."""
    table = np.zeros((len(line.starts), _SYMBOLS), np.uint8)
    table[:, 0], table[:, 1] = line.lengths >> 8, line.lengths & 0xFF
    table[:-1, 2] = line.intervals + 128
    return table.tobytes()[:-1]


def _in_common(first: bytes, second: bytes) -> int:
    """How many bytes two texts begin with alike."""
    size = min(len(first), len(second))
    if first[:size] == second[:size]:
        return size
    low, high = 0, size  # the first `low` bytes are alike, the first `high` are not
    while high - low > 1:
        middle = (low + high) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _suffix_array(symbols: np.ndarray) -> np.ndarray:
    """The places [n] of a text of numbers, sorted by what follows, by doubling how much of it is looked at."""
    rank = np.unique(symbols, return_inverse=True)[1].astype(np.int64)
    size = 1
    while True:
        behind = np.zeros_like(rank)
        behind[:-size] = rank[size:] + 1
        pairs = rank * (len(rank) + 1) + behind
        order = np.argsort(pairs, kind="stable")
        rank[order] = np.cumsum(np.diff(pairs[order], prepend=pairs[order[0]]) > 0)
        if rank[order[-1]] == len(rank) - 1 or size >= len(rank):
            return order
        size *= 2
