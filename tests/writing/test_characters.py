"""The table of UTF-8 against Python's own decoder."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.writing import characters
from zoo.writing.characters import BLANK, IMPOSSIBLE, INCOMPLETE, LETTER, LINE_END, OTHER, kind_of, table


def walk(content: bytes) -> list[int]:
    """What each byte does; the walk ends at an impossible one."""
    kinds, nodes = table()
    node, found = 0, []
    for byte in content:
        found.append(int(kinds[node, byte]))
        node = int(nodes[node, byte])
        if found[-1] == IMPOSSIBLE:
            break
    return found


@given(st.text(min_size=1))
def test_each_character_has_its_kind_at_its_last_byte(text: str) -> None:
    wanted = [kind for c in text for kind in [INCOMPLETE] * (len(c.encode()) - 1) + [kind_of(c)]]
    assert walk(text.encode()) == wanted


@given(st.binary(max_size=6))
def test_what_is_not_utf8_is_impossible_or_incomplete(content: bytes) -> None:
    try:
        content.decode()
        valid = True
    except UnicodeDecodeError:
        valid = False
    found = walk(content)
    assert valid == (not found or found[-1] not in (IMPOSSIBLE, INCOMPLETE))


@pytest.mark.parametrize(
    ("character", "kind"),
    [
        *[(c, LETTER) for c in "aZé\u00df\u0439\u4e2d7'\u2019\u0301"],
        *[(c, BLANK) for c in " \t\u00a0\u3000"],
        ("\n", LINE_END),
        *[(c, OTHER) for c in ".-\u2014\u201d\u3002\U0001f600"],
    ],
)
def test_kinds(character: str, kind: int) -> None:
    assert kind_of(character) == kind


def test_equal_nodes_are_one() -> None:
    assert len(characters.table().kind) < 1000
