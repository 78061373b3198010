"""The hand-written reviews: enough of each kind, positive and negative ones, none twice."""

from collections import Counter

import pytest

from zoo.sentiment.hand_written_reviews import cases


def test_there_are_enough_of_each_kind_and_label() -> None:
    count = Counter((case.kind, case.positive) for case in cases())
    kinds = {kind for kind, _ in count}
    assert kinds == {"negation", "contrast", "sentence", "mixed", "comparison", "irony", "plot"}
    assert all(count[kind, positive] >= 2 for kind in kinds for positive in (True, False))
    assert sum(count.values()) >= 60
    # Always saying the same is right half of the time.
    assert sum(case.positive for case in cases()) / len(cases()) == pytest.approx(0.5, abs=0.05)


def test_no_text_comes_twice_and_none_is_empty() -> None:
    texts = [case.text for case in cases()]
    assert len(set(texts)) == len(texts)
    assert all(text == text.strip() and text for text in texts)


def test_they_are_read_as_they_stand_in_the_file() -> None:
    first = cases()[0]
    assert (first.kind, first.positive, first.text) == ("negation", True, "Not bad at all.")
