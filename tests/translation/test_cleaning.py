import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.translation.cleaning import clean, sentences


def cleaned(*texts: str | bytes) -> list[str]:
    return [text.decode() for text in clean(tf.constant(texts)).numpy()]


def split(text: str) -> list[str]:
    (found,) = sentences(clean(tf.constant([text]))).to_list()
    return [sentence.decode() for sentence in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (" \t\r\n ", ""),
        ("A man\tin an\r\norange  hat. ", "A man in an orange hat."),
        ("a\u00a0b\u200bc\ufeffd\0e\x7ff", "a b c d e f"),
        ("so\u00adft 👩\u200d🚒", "soft 👩🚒"),
        ("„Ja“, l’été, «oui» – “no” ‘a’", '"Ja", l\'été, "oui" - "no" \'a\''),
        ("e\u0301te\u0301 A\u0308rger c\u0327a", "été Ärger ça"),
        (b"broken\xff\xc3 bytes\xe2\x80", "broken bytes"),
        ("Straße, à côté, 中文 😀", "Straße, à côté, 中文 😀"),
    ],
)
def test_a_text_becomes_one_line_of_plain_signs(text: str | bytes, expected: str) -> None:
    assert cleaned(text) == [expected]


def test_batches_of_any_size_are_cleaned() -> None:
    assert cleaned("a", "", "b  c") == ["a", "", "b c"]
    assert clean(tf.constant([], tf.string)).shape == [0]
    assert sentences(tf.constant([], tf.string)).nrows() == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("A man.", ["A man."]),
        ("One dog runs. Two cats sleep! Why? 3 men know.", ["One dog runs.", "Two cats sleep!", "Why?", "3 men know."]),
        ("A. B? C", ["A. B?", "C"]),
        ('He says "Go!" Then he goes.', ['He says "Go!"', "Then he goes."]),
        ("Il dort. Élise rit. « Oui ! » dit-elle.", ["Il dort.", "Élise rit.", '" Oui ! " dit-elle.']),
        ("Dr. Smith meets Mr. J. R. Jones at No. 5.", ["Dr. Smith meets Mr. J. R. Jones at No. 5."]),
        ("It costs 3.50 dollars... not more.", ["It costs 3.50 dollars... not more."]),
        ("A title\n\nA line that\ngoes on.\n \n\nEnd", ["A title", "A line that goes on.", "End"]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@pytest.mark.slow
@settings(max_examples=60)
@given(st.one_of(st.binary(max_size=80), st.text(max_size=80).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_give_clean_sentences_of_which_nothing_is_lost(data: bytes) -> None:
    (text,) = cleaned(data)
    assert cleaned(text) == [text]
    assert text == text.strip()
    assert not any(character < " " or character in "\x7f\ufffd\u00a0" for character in text)
    (found,) = sentences(tf.constant([text])).to_list()
    assert all(found)
    assert b" ".join(found).decode() == text.replace("\u2029", " ")
