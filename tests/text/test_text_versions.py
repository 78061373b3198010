import random

from zoo.sentiment import dataset
from zoo.text import text_versions

WORDS = [f"word{i}" for i in range(500)]


def text(seed: int, words: int = 120) -> list[str]:
    return random.Random(seed).choices(WORDS, k=words)


def joined(words: list[str]) -> bytes:
    return " ".join(words).encode()


def test_different_texts_are_apart() -> None:
    assert text_versions.clusters([joined(text(seed)) for seed in range(8)]) == list(range(8))
    assert text_versions.clusters([b"good", b"bad", b"good film", b""]) == [0, 1, 2, 3]


def test_nearly_the_same_texts_are_together() -> None:
    original = text(1)
    corrected = [word if i % 40 else "other" for i, word in enumerate(original)]
    longer = original + text(2)
    quoting = text(3) + original[:10]
    capitals = joined(original).upper().replace(b" ", b"<br />")
    found = text_versions.clusters([joined(each) for each in (original, corrected, longer, quoting)] + [capitals])
    assert found == [0, 0, 0, 3, 0]


def test_many_copies_are_together_however_many() -> None:
    assert set(text_versions.clusters([joined(text(1))] * 100 + [b"Great!"] * 100)) == {0, 100}


def test_versions_have_one_share_whatever_stands_beside_them() -> None:
    original, other = joined(text(1)), joined(text(9))
    longer = original + b" and more"
    one, two, third = dataset.shares([longer, original, other])
    assert one == two != third
    assert dataset.shares([other, original, longer]).tolist() == [third, one, one]
    assert dataset.shares([b"a fine film"])[0] != dataset.shares([b"a dull film"])[0]
