"""The characters of UTF-8 as a table of bytes, for the graph: which byte may follow, and which character it ends.

A character takes one to four bytes. Each node of the table is a beginning of characters: node 0 is nothing yet, and after the
first of three bytes there is a node that knows which bytes may come second. Nodes that are equal from there on are one, so that
all of Unicode needs a few hundred.
"""

import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np

# What a byte does to the character that it belongs to: it is impossible there, leaves the character incomplete, or completes it.
# Of a completed character: a part of a word, white space, the end of a line, or anything else.
IMPOSSIBLE, INCOMPLETE, LETTER, BLANK, LINE_END, OTHER = range(6)
APOSTROPHES = "'\u2019"  # parts of words: don't, o'er
PARTS = r"\pL\pM\pN'\x{2019}"  # the same characters in a regular expression of TensorFlow's
_CONTINUING = range(0x80, 0xC0)  # all bytes of a character but the first
_LAST, _SURROGATES = 0x10FFFF, range(0xD800, 0xE000)  # the last code, and those that are no characters
_UNASSIGNED = range(0x40000, 0xE0000)  # planes without a character so far, left out to save time
# Of characters with one, two and three more bytes: their first bytes, and their least code.
_LONGER = {1: (range(0xC0, 0xE0), 0x80), 2: (range(0xE0, 0xF0), 0x800), 3: (range(0xF0, 0xF8), 0x10000)}


BYTES = 256


class Table(NamedTuple):
    """The table.

    Attributes:
        kind: what each byte does at each node, int32 [nodes, 256], from IMPOSSIBLE to OTHER.
        node: the node after it, int32 [nodes, 256]; 0 after a completed character.
    """

    kind: np.ndarray
    node: np.ndarray


def kind_of(character: str) -> int:
    """LETTER, BLANK, LINE_END or OTHER. Letters are what Unicode calls letters, marks and numbers, and apostrophes."""
    if character == "\n":
        return LINE_END
    category = unicodedata.category(character)
    if category[0] in "LMN" or character in APOSTROPHES:
        return LETTER
    return BLANK if category[0] == "Z" or character in "\t\r" else OTHER


@cache
def table() -> Table:
    """The table of all characters of Unicode. It takes a second to make."""
    kinds, nodes = [np.full(BYTES, IMPOSSIBLE, np.int32)], [np.zeros(BYTES, np.int32)]
    known: dict[bytes, int] = {}

    def add(kind: np.ndarray, node: np.ndarray) -> int:
        """The number of a node. It is a new one only where no other is equal."""
        key = kind.tobytes() + node.tobytes()
        if key not in known:
            known[key] = len(kinds)
            kinds.append(kind)
            nodes.append(node)
        return known[key]

    def node_before(code: int, left: int, least: int) -> int | None:
        """The node from which `left` more bytes follow; None where no character does.

        Args:
            code: of the first character that follows.
            left: bytes that follow.
            least: the least code of characters of so many bytes.
        """
        kind, node = np.full(BYTES, IMPOSSIBLE, np.int32), np.zeros(BYTES, np.int32)
        codes = range(code, code + (len(_CONTINUING) << 6 * (left - 1)), 1 << 6 * (left - 1))
        if left == 1:
            exists = [least <= each <= _LAST and each not in _SURROGATES for each in codes]
            kinds_of = [OTHER] * len(codes) if code in _UNASSIGNED else map(kind_of, map(chr, codes))
            kind[_CONTINUING] = np.where(exists, list(kinds_of), IMPOSSIBLE) if any(exists) else IMPOSSIBLE
        else:
            for byte, each in zip(_CONTINUING, codes, strict=True):
                if (then := node_before(each, left - 1, least)) is not None:
                    kind[byte], node[byte] = INCOMPLETE, then
        return add(kind, node) if (kind != IMPOSSIBLE).any() else None

    for code in range(128):
        kinds[0][code] = kind_of(chr(code))
    for left, (first_bytes, least) in _LONGER.items():
        for i, byte in enumerate(first_bytes):
            if (then := node_before(i << 6 * left, left, least)) is not None:
                kinds[0][byte], nodes[0][byte] = INCOMPLETE, then
    return Table(np.stack(kinds), np.stack(nodes))
