from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.text.words import MAX_BYTES, RESERVED, VOCABULARY, WordVocabulary, cut, split


def tokens_of(text: str | bytes) -> list[str]:
    (tokens,) = split(tf.constant([text])).to_list()
    return [token.decode("utf-8") for token in tokens]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", []),
        (" \t\n\r ", []),
        ("A fine film.", ["a", "fine", "film", "."]),
        ("One.<br /><br/>Two<BR>three", ["one", ".", "two", "three"]),
        ("It's GOOD, isn't it?!", ["it", "'s", "good", ",", "is", "n't", "it", "?", "!"]),
        ("They’d say ‘wow’", ["they", "'d", "say", "'", "wow", "'"]),
        ("'quoted' o'clock rock'n'roll", ["'", "quoted", "'", "o'clock", "rock'n'roll"]),
        ("10/10 A+", ["10", "/", "10", "a", "+"]),
        ("ÉTÉ Straße ΑΘΗΝΑ", ["été", "straße", "αθηνα"]),
        ("wow😀😀", ["wow", "😀", "😀"]),
        ("nul\0between", ["nul", "between"]),
        ("a\u00a0b\u200bc\u2028d\ufeff", ["a", "b", "c", "d"]),
        (b"broken\xff\xfe bytes\xc3", ["broken", "bytes"]),
        ("<padding> <unknown> <mask>", ["<", "padding", ">", "<", "unknown", ">", "<", "mask", ">"]),
    ],
)
def test_a_text_is_split_into_words_and_marks(text: str | bytes, tokens: list[str]) -> None:
    assert tokens_of(text) == tokens


@pytest.mark.slow
@settings(max_examples=100)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_give_clean_tokens(data: bytes) -> None:
    for token in tokens_of(data):
        assert token
        assert not any(character.isspace() or character == "\ufffd" or character < " " for character in token)
        assert token not in RESERVED


def test_the_middle_of_an_endless_text_is_left_out() -> None:
    text = ("first " + "é" * 5_000_000 + " last").encode()
    tokens = tokens_of(text)
    assert tokens[0] == "first"
    assert tokens[-1] == "last"
    assert sum(len(token.encode()) for token in tokens) <= 2 * MAX_BYTES
    assert set("".join(tokens[1:-1])) == {"é"}  # no character was cut in two


def test_ids_are_the_lines_of_the_vocabulary(tmp_path: Path) -> None:
    (tmp_path / VOCABULARY).write_text("".join(f"{word}\n" for word in (*RESERVED, "the", "film", "😀")), encoding="utf-8")
    ids = WordVocabulary(tmp_path).ids(split(tf.constant(["The film is 😀", ""])))
    assert ids.to_list() == [[3, 4, 1, 5], []]


def test_a_text_is_cut_into_windows_of_like_size() -> None:
    windows, sizes = cut(tf.constant([0, 5, 256, 257, 600], tf.int64), 256)
    assert windows.numpy().tolist() == [1, 1, 1, 2, 3]
    assert sizes.numpy().tolist() == [0, 5, 256, 129, 128, 200, 200, 200]


@pytest.mark.slow
@given(st.lists(st.integers(0, 5000), max_size=8), st.integers(1, 300))
def test_windows_are_as_few_as_will_do_and_hold_everything(lengths: list[int], longest: int) -> None:
    windows, sizes = cut(tf.constant(lengths, tf.int64), longest)
    assert windows.numpy().tolist() == [max(1, -(-length // longest)) for length in lengths]
    of_each = np.split(sizes.numpy(), np.cumsum(windows.numpy()))[: len(lengths)]
    assert [int(each.sum()) for each in of_each] == lengths
    assert all(each.max() <= longest and each.max() - each.min() <= 1 for each in of_each)
