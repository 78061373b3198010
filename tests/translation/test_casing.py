from pathlib import Path

import pytest
import tensorflow as tf

from zoo.translation import casing
from zoo.translation.casing import Casing, begins_small, finished

TEXTS = {
    "en": [b"A man and a dog play a game.", b"The man in the hat sees a dog and the Boston terrier.", b"Dogs like Boston."],
    "de": [
        b"Ein Mann und ein Hund spielen ein Spiel.",
        "Über dem Mann ist ein Hut und über dem Hut ist über allem der Himmel.".encode(),
    ],
    "fr": ["L'homme voit l'été et l'hiver à Paris, à Nice.".encode()],
}


@pytest.fixture
def learned(tmp_path: Path) -> Casing:
    casing.learn(TEXTS, tmp_path)
    return Casing(tmp_path)


def test_words_that_are_small_inside_sentences_are_learned(learned: Casing, tmp_path: Path) -> None:
    lines = (tmp_path / casing.FILE).read_text(encoding="utf-8").splitlines()
    assert {"en\ta", "de\tein", "de\tüber", "fr\tl", "fr\tà"} <= set(lines)
    assert not {"de\thut", "de\tmann", "en\tboston", "en\tthe hat"} & set(lines)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("A man.", "en", "a man."),
        ("Boston wins.", "en", "Boston wins."),
        ("Unknown words stay.", "en", "Unknown words stay."),
        ("Ein Hund.", "de", "ein Hund."),
        ("Hut ab.", "de", "Hut ab."),
        ("A man.", "de", "A man."),
        ("Über allem", "de", "über allem"),
        ('"Ein" Hund', "de", '"ein" Hund'),
        ("L'été", "fr", "l'été"),
        ("2 Hunde", "de", "2 Hunde"),
        ("A", "en", "a"),
        ("", "en", ""),
        ("...", "en", "..."),
    ],
)
def test_the_first_word_is_written_as_elsewhere(learned: Casing, text: str, language: str, expected: str) -> None:
    expected = f" {expected}" if text else ""
    assert learned.apply(tf.constant([text]), tf.constant([language])).numpy()[0].decode() == expected
    assert learned.apply(tf.constant([text, text]), tf.constant(language)).numpy()[1].decode() == expected


@pytest.mark.parametrize(
    ("text", "like", "expected"),
    [
        (" ein Hund", "A dog", "Ein Hund"),
        ("ein Hund", "a dog", "ein Hund"),
        ("über allem", "2 dogs", "Über allem"),
        ('"ein Hund"', "A dog", '"Ein Hund"'),
        ("2 Hunde", "Two dogs", "2 Hunde"),
        ("Hund", "dog", "Hund"),
        ("", "A", ""),
        ("?", "A", "?"),
    ],
)
def test_the_first_letter_is_a_capital_one_if_that_of_the_input_was(text: str, like: str, expected: str) -> None:
    assert finished(tf.constant([text]), begins_small(tf.constant([like]))).numpy()[0].decode() == expected


def test_training_texts_are_cleaned_and_truecased(learned: Casing) -> None:
    texts = {"en": [b"A  man.", b"", b"The\xffdog"], "de": ["Über „allem“".encode()]}
    assert learned.prepared(texts) == {"en": [b" a man.", b"", b" the dog"], "de": [' über "allem"'.encode()]}
