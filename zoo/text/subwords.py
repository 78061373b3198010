"""Subwords by byte-pair encoding (Sennrich et al. 2016, arXiv 1508.07909): learned in Python, applied in Python and in the graph.

An entry of the vocabulary is a byte or a longer string of bytes. So any text can be written, and the entries joined are the text.
"""

import heapq
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf

from zoo.core.errors import UserError

PADDING, START, END = 0, 1, 2
RESERVED = "<padding>", "<start>", "<end>"
FILE = "subwords.tsv"
LONGEST = 64  # bytes of a piece, so that a text without blanks does not need a merge for each of its bytes
LARGEST = 65_536  # entries, since a pair of ids is looked up as one number
_MOST_KNOWN = 1_000_000  # pieces
_NONE = LARGEST  # in the place of a merge: the pair has none
_BYTES = 256
# A piece is one blank at most, and then characters of one kind: letters, digits or other ones. The kinds are told from the bytes
# alone, so that the rule is the same in Python and in the graph, whatever their version of Unicode, and holds for broken UTF-8.
_BLANK, _LETTER, _DIGIT, _OTHER = range(4)
_WORD_MARKS = b"'-"  # count as letters: "l'homme", "arrière-plan"
# The characters beyond ASCII that are no letters, as (bytes from, bytes to): U+0080 to U+00BF, U+2000 to U+2BFF (punctuation and
# symbols), U+3000 to U+303F (East Asian punctuation), U+1F000 to U+1FFFF (emoji).
_NO_LETTERS = (
    (b"\xc2\x80", b"\xc2\xbf"),
    (b"\xe2\x80\x80", b"\xe2\xaf\xbf"),
    (b"\xe3\x80\x80", b"\xe3\x80\xbf"),
    (b"\xf0\x9f\x80\x80", b"\xf0\x9f\xbf\xbf"),
)


def _pattern() -> re.Pattern[bytes]:
    ranges = ("".join(f"[\\x{a:02x}-\\x{b:02x}]" for a, b in zip(first, last, strict=True)) for first, last in _NO_LETTERS)
    others, letters = "|".join(ranges), f"A-Za-z{re.escape(_WORD_MARKS.decode())}"
    kinds = rf"(?:[{letters}]|(?!{others})[\x80-\xff])+|[0-9]+|(?:[^ {letters}0-9\x80-\xff]|{others})+"
    return re.compile(f" ?(?:{kinds})| ".encode("ascii"))


_PIECE = _pattern()


def pieces(text: bytes) -> list[bytes]:
    """The pieces of a text within which bytes are merged: words with the blank before them, numbers, punctuation. Joined, they
    are the text. Longer ones are cut after LONGEST bytes.
    """
    whole: list[bytes] = _PIECE.findall(text)
    if max(map(len, whole), default=0) <= LONGEST:
        return whole
    return [piece[i : i + LONGEST] for piece in whole for i in range(0, len(piece), LONGEST)]


class Subwords:
    """A vocabulary: PADDING, START and END, then markers, then the 256 bytes, then the merges in the order of their use.

    Args:
        merges: the pairs of ids that become one; the first pair becomes the first id after the bytes, and so on.
        markers: the names of further reserved entries, which no text has, such as a target language.

    Raises:
        UserError: more than LARGEST entries; markers of which two are equal, or one has a tab or a line break.
    """

    def __init__(self, merges: Sequence[tuple[int, int]], markers: Sequence[str] = ()) -> None:
        if len(set(markers)) < len(markers) or any(re.search(r"[\t\r\n]", name) for name in markers):
            raise UserError(f"markers {', '.join(map(repr, markers))}: give each its own name, without tabs and line breaks")
        self.merges, self.markers = tuple(merges), tuple(markers)
        self._first = len(RESERVED) + len(markers)  # the id of the byte 0
        nothing = [b""] * self._first
        self.entries = [*nothing, *(bytes([byte]) for byte in range(_BYTES))]  # the bytes of each id; b"" of a reserved one
        for left, right in self.merges:
            self.entries.append(self.entries[left] + self.entries[right])
        if len(self.entries) > LARGEST:
            raise UserError(f"{len(self.entries):,} subwords: at most {LARGEST:,} are possible")
        self._merge_of = {pair: self._first + _BYTES + rank for rank, pair in enumerate(self.merges)}
        self._known = _Known(self)
        keys = np.array([left * LARGEST + right for left, right in self.merges], np.int64)
        order = np.argsort(keys, kind="stable")
        self._keys = np.append(keys[order], LARGEST**2)
        self._merge_of_key = np.append(self._first + _BYTES + order, _NONE).astype(np.int32)

    @property
    def size(self) -> int:
        """The number of entries."""
        return len(self.entries)

    def marker(self, name: str) -> int:
        """The id of a marker. KeyError where there is none of that name."""
        if name not in self.markers:
            raise KeyError(name)
        return len(RESERVED) + self.markers.index(name)

    def save(self, folder: Path) -> None:
        """Writes FILE into a folder: a line for each id. The first column is the pair that is merged, as one number; an entry
        that is no merge has a negative number there. The second column is for people, and names the markers.
        """
        pairs = [-1 - number for number in range(self._first + _BYTES)]
        pairs += [left * LARGEST + right for left, right in self.merges]
        names = [*RESERVED, *self.markers, *(_written(entry) for entry in self.entries[self._first :])]
        lines = (f"{pair}\t{name}\n" for pair, name in zip(pairs, names, strict=True))
        (folder / FILE).write_bytes("".join(lines).encode("utf-8"))

    @classmethod
    def load(cls, folder: Path) -> "Subwords":
        """Reads what `save` wrote. UserError where that is something else."""
        path = folder / FILE
        try:
            lines = [line.split("\t") for line in path.read_bytes().decode("utf-8").split("\n")[:-1]]
            pairs, names = [int(pair) for pair, _ in lines], [name for _, name in lines]
            reserved = sum(pair < 0 for pair in pairs)
            if tuple(names[: len(RESERVED)]) != RESERVED or reserved < len(RESERVED) + _BYTES:
                raise ValueError("not the first lines of such a file")
            found = cls([divmod(pair, LARGEST) for pair in pairs[reserved:]], names[len(RESERVED) : reserved - _BYTES])
        except (ValueError, IndexError, FileNotFoundError) as error:
            raise UserError(f"{path} is no file of subwords: learn them anew") from error
        return found

    def encode(self, text: bytes, dropout: float = 0.0, random: np.random.Generator | None = None) -> list[int]:
        """The ids of a text of any bytes, without START and END.

        Args:
            text: any bytes.
            dropout: the probability that a merge is left out, at each place and in each step (BPE-dropout, Provilkov et al.
                2020, arXiv 1910.13267). It is for training: a network that sees a word in several pieces learns what the pieces
                mean. With 0 the same text always has the same ids.
            random: what draws them; a new generator without a fixed seed where it is None.
        """
        if dropout:
            return self.encode_all([text], dropout, random)[0].tolist()
        return list(itertools.chain.from_iterable(map(self._known.__getitem__, pieces(text))))

    def encode_all(
        self, texts: Sequence[bytes], dropout: float = 0.0, random: np.random.Generator | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The ids of many texts: those of all texts in their order, int32 [ids], and how many each text has, int64 [n].

        See `encode`. With dropout this is faster than one text after the other, since all words are merged together.
        """
        if not dropout:
            encoded = [self.encode(text) for text in texts]
            sizes = np.array([len(ids) for ids in encoded], np.int64)
            return np.fromiter(itertools.chain.from_iterable(encoded), np.int32, int(sizes.sum())), sizes
        cut = [pieces(text) for text in texts]
        ids = np.frombuffer(b"".join(texts), np.uint8).astype(np.int32) + self._first
        begins = np.zeros(len(ids), bool)
        lengths = np.array([len(piece) for row in cut for piece in row], np.int64)
        begins[np.cumsum(lengths) - lengths] = True
        self._merge_all(ids, begins, dropout, random or np.random.default_rng())
        kept = np.append(0, np.cumsum(ids >= 0))
        ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
        return ids[ids >= 0], np.diff(kept[ends], prepend=0)

    def decode(self, ids: Iterable[int]) -> bytes:
        """The text of ids. Reserved entries give nothing."""
        return b"".join(self.entries[number] for number in ids)

    def _merged(self, piece: bytes) -> list[int]:
        """The ids of a piece: of the pairs of neighbours the one that was learned first is merged, until no pair is known."""
        ids = [self._first + byte for byte in piece]
        while len(ids) > 1:
            found = [self._merge_of.get(pair, _NONE) for pair in itertools.pairwise(ids)]
            best = min(found)
            if best == _NONE:
                break
            ids = _replaced(ids, self.merges[best - self._first - _BYTES], best)
        return ids

    def _merge_all(self, ids: np.ndarray, begins: np.ndarray, dropout: float, random: np.random.Generator) -> None:
        """Does what `_merged` does for the pieces that begin where `begins` [bytes] says, with dropout.

        An id stands at the place of its first byte in `ids`, int32 [bytes], and -1 at the places of the others.
        """
        active = np.arange(len(ids))
        while len(active):
            begin = begins[active]
            keys = ids[active[:-1]].astype(np.int64) * LARGEST + ids[active[1:]]
            at = np.searchsorted(self._keys, keys)
            known = (self._keys[at] == keys) & ~begin[1:]
            known &= random.random(len(known), np.float32) >= dropout
            merge = np.append(np.where(known, self._merge_of_key[at], _NONE), _NONE)
            best = np.minimum.reduceat(merge, np.flatnonzero(begin))[np.cumsum(begin) - 1]  # of the piece of each place
            chosen = (merge == best) & (best != _NONE)
            # In "aaa" two pairs overlap: of neighbours that are chosen every second one stays, from the left.
            first = chosen & ~np.append(False, chosen[:-1])
            run = np.append(np.flatnonzero(first), 0)[np.cumsum(first) - 1]
            left = np.flatnonzero(chosen & ((np.arange(len(chosen)) - run) % 2 == 0))
            ids[active[left]], ids[active[left + 1]] = merge[left], -1
            active = active[(best != _NONE) & (ids[active] >= 0)]


class _Known(dict[bytes, list[int]]):
    """The ids of the pieces that have been encoded, so that each is merged once."""

    def __init__(self, subwords: Subwords) -> None:
        super().__init__()
        self._subwords = subwords

    def __missing__(self, piece: bytes) -> list[int]:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        ids = self[piece] = self._subwords._merged(piece)
        return ids


def _replaced(ids: list[int], pair: tuple[int, int], merged: int) -> list[int]:
    """`ids` with each `pair` of neighbours, from the left, as one id."""
    result, i = [], 0
    while i < len(ids):
        if ids[i] == pair[0] and i + 1 < len(ids) and ids[i + 1] == pair[1]:
            result.append(merged)
            i += 2
        else:
            result.append(ids[i])
            i += 1
    return result


def _written(entry: bytes) -> str:
    """An entry in characters that can be shown: others, and bytes that are no UTF-8, as Python escapes them."""
    text = entry.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def learn(texts: Iterable[bytes], size: int, markers: Sequence[str] = ()) -> Subwords:
    """Learns subwords: the pair of neighbours that is most common in the texts becomes one entry, again and again.

    Args:
        texts: the training texts, but none of another split.
        size: the number of entries. There are fewer where no pair is left that occurs twice.
        markers: see `Subwords`.

    Raises:
        UserError: a size that has no room for the bytes and the reserved entries, or is above LARGEST.
    """
    first = len(RESERVED) + len(markers) + _BYTES
    if not first <= size <= LARGEST:
        raise UserError(f"{size:,} subwords: give a number from {first:,} to {LARGEST:,}")
    counts = Counter(piece for text in texts for piece in pieces(text))
    words = [[first - _BYTES + byte for byte in piece] for piece in counts]
    of_word = list(counts.values())
    of_pair: Counter[tuple[int, int]] = Counter()
    having: defaultdict[tuple[int, int], set[int]] = defaultdict(set)  # the words that have a pair, or have had it
    for number, word in enumerate(words):
        for pair in itertools.pairwise(word):
            of_pair[pair] += of_word[number]
            having[pair].add(number)
    # A count in the heap may be too high. It is set right when it comes to the top.
    heap = [(-count, pair) for pair, count in of_pair.items()]
    heapq.heapify(heap)
    merges: list[tuple[int, int]] = []
    while len(merges) < size - first and heap:
        count, pair = heapq.heappop(heap)
        if -count != of_pair[pair]:
            heapq.heappush(heap, (-of_pair[pair], pair))
            continue
        if -count < 2:
            break
        merged, new = first + len(merges), set()
        for number in having.pop(pair):
            word = _replaced(words[number], pair, merged)
            if len(word) == len(words[number]):
                continue
            count = of_word[number]
            for each in itertools.pairwise(words[number]):
                of_pair[each] -= count
            for each in itertools.pairwise(word):
                of_pair[each] += count
                if merged in each:
                    having[each].add(number)
                    new.add(each)
            words[number] = word
        for each in new:
            heapq.heappush(heap, (-of_pair[each], each))
        merges.append(pair)
    return Subwords(merges, markers)


class SubwordGraph:
    """The subwords in TensorFlow's operations alone, with the same results as `Subwords`, for the SavedModel.

    Args:
        folder: holds FILE, which becomes an asset of the SavedModel.
    """

    def __init__(self, folder: Path) -> None:
        self.subwords = Subwords.load(folder)
        path, number = str(folder / FILE), tf.lookup.TextFileIndex.LINE_NUMBER
        file = tf.lookup.TextFileInitializer(path, tf.int64, 0, tf.int64, number)
        self._merge_of = tf.lookup.StaticHashTable(file, _NONE)
        self.lookup_tables = [self._merge_of]
        self._first = self.subwords._first
        self._entries = tf.constant(self.subwords.entries)

    def ids(self, text: tf.Tensor) -> tf.RaggedTensor:
        """The ids of texts of any bytes: string [n] -> int32 [n, (t)], without START and END."""
        size = tf.cast(tf.strings.length(text), tf.int64)
        begin, end = tf.cumsum(size + 1, exclusive=True), tf.cumsum(size + 1) - 1
        joined = tf.strings.reduce_join(text, 0, separator="\n")  # one byte between two texts, so that no character lies in both
        data = tf.io.decode_raw(joined, tf.uint8)
        place = tf.range(tf.size(data, tf.int64))
        row = tf.searchsorted(end, place)
        starts = tf.where(_begins(data, place - tf.gather(begin, row)) & (place < tf.gather(end, row)))[:, 0]
        of_text = tf.gather(row, starts)
        ends = tf.minimum(tf.concat([starts, end[-1:]], 0)[1:], tf.gather(end, of_text))
        # Each piece is merged once, however often it occurs.
        distinct, number = tf.unique(tf.strings.substr(joined, starts, ends - starts), tf.int64)
        merged = tf.gather(self._merged(distinct), number)
        n = tf.size(text)
        in_text = tf.math.bincount(of_text, minlength=n, maxlength=n, dtype=tf.int64)
        return tf.RaggedTensor.from_row_lengths(merged, in_text).merge_dims(1, 2)

    def pieces(self, ids: tf.Tensor) -> tf.Tensor:
        """The bytes of each id, int32 [...] -> string [...]; "" of a reserved entry."""
        return tf.gather(self._entries, ids)

    def text(self, ids: tf.Tensor) -> tf.Tensor:
        """The texts of ids, int32 [n, t] -> string [n]. Reserved entries give nothing."""
        return tf.strings.reduce_join(self.pieces(ids), -1)

    def _merged(self, pieces: tf.Tensor) -> tf.RaggedTensor:
        """The ids of pieces: string [p] -> int32 [p, (t)]. See `Subwords._merge_all`, whose steps these are."""
        sizes = tf.cast(tf.strings.length(pieces), tf.int64)
        data = tf.io.decode_raw(tf.strings.reduce_join(pieces, 0), tf.uint8)
        start = tf.cumsum(sizes, exclusive=True)
        begins = tf.scatter_nd(start[:, None], tf.ones_like(start, tf.bool), tf.shape(data, tf.int64))

        def merge(ids: tf.Tensor, active: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            begin, at = tf.gather(begins, active), tf.cast(tf.gather(ids, active), tf.int64)
            found = tf.cast(self._merge_of.lookup(at[:-1] * LARGEST + at[1:]), tf.int32)
            found = tf.concat([tf.where(begin[1:], _NONE, found), [_NONE]], 0)
            piece = tf.cumsum(tf.cast(begin, tf.int32)) - 1
            best = tf.gather(tf.math.segment_min(found, piece), piece)
            chosen = (found == best) & (best != _NONE)
            first = chosen & ~tf.concat([[False], chosen[:-1]], 0)
            runs = tf.concat([tf.where(first)[:, 0], [0]], 0)
            run = tf.gather(runs, tf.maximum(tf.cumsum(tf.cast(first, tf.int32)) - 1, 0))
            left = tf.where(chosen & ((tf.range(tf.size(chosen, tf.int64)) - run) % 2 == 0))[:, 0]
            changed = tf.concat([tf.gather(active, left), tf.gather(active, left + 1)], 0)
            values = tf.concat([tf.gather(found, left), tf.fill(tf.shape(left), -1)], 0)
            ids = tf.tensor_scatter_nd_update(ids, changed[:, None], values)
            return ids, tf.boolean_mask(active, (best != _NONE) & (tf.gather(ids, active) >= 0))

        first = tf.cast(data, tf.int32) + self._first, tf.range(tf.size(data, tf.int64))
        shapes = tf.TensorShape([None]), tf.TensorShape([None])
        ids, _ = tf.while_loop(lambda _, active: tf.size(active) > 0, merge, first, shapes)
        return tf.ragged.boolean_mask(
            tf.RaggedTensor.from_row_lengths(ids, sizes), tf.RaggedTensor.from_row_lengths(ids >= 0, sizes)
        )


def _begins(data: tf.Tensor, in_text: tf.Tensor) -> tf.Tensor:
    """Where `pieces` begin in bytes of several texts: uint8 [bytes], and their places in their texts, int64 [bytes] -> bool."""
    kinds = np.full(256, _OTHER)
    for kind, members in ((_BLANK, b" "), (_DIGIT, b"0123456789")):
        kinds[list(members)] = kind
    kinds[[byte for byte in range(256) if bytes([byte]).isalpha() or byte in _WORD_MARKS or byte >= 0x80]] = _LETTER
    n = tf.size(data)
    kind = tf.gather(tf.constant(kinds, tf.int32), tf.cast(data, tf.int32))
    for first, last in _NO_LETTERS:
        head = tf.ones_like(kind, tf.bool)
        for k, (low, high) in enumerate(zip(first, last, strict=True)):
            byte = tf.pad(data, [[0, k]])[k:]
            head &= (byte >= low) & (byte <= high)
        for k in range(len(first)):
            kind = tf.where(tf.pad(head, [[k, 0]])[:n], _OTHER, kind)
    before = tf.pad(kind, [[1, 0]])[:n]
    begins = (in_text == 0) | (kind == _BLANK) | ((kind != before) & (before != _BLANK))
    place = tf.range(tf.size(data, tf.int64))
    start = tf.gather(tf.where(begins)[:, 0], tf.cumsum(tf.cast(begins, tf.int32)) - 1)
    return begins | ((place - start) % LONGEST == 0)
