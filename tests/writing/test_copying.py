"""What a text shares with a training text, by hand."""

import random

import pytest

from zoo.writing.copying import COPIED, Index, Run, copied_share

TRAIN = "Now is the winter of our discontent\nMade glorious summer by this sun of York;\n"


def test_the_longest_runs_come_first_and_parts_of_runs_are_left_out() -> None:
    index = Index(TRAIN.encode())
    found = index.runs(b"XXthe winter of our XX of York;\nXX")
    assert found[:2] == [Run("the winter of our ", 2, 18), Run(" of York;\n", 22, 10)]
    assert sum(run.size for run in found) <= 2 + 18 + 2 + 10 + 2  # none of the others overlaps


def test_the_share_counts_long_runs_once() -> None:
    index = Index(TRAIN.encode() * 2)
    assert len(TRAIN) > COPIED
    assert copied_share(index.runs(b"Q" * len(TRAIN) + TRAIN.encode()), 2 * len(TRAIN)) == pytest.approx(0.5)
    assert copied_share(index.runs(b"the winter of our discontent"), 28) == 0.0
    assert copied_share(index.runs(b""), 0) == 0.0
    assert index.runs(b"") == []


def test_runs_of_any_length_are_found_whole() -> None:
    text = bytes(random.Random(0).choices(b"ab", k=3_000))
    assert Index(b"Q" + text + b"Z").runs(b"X" + text)[0] == Run(text.decode(), 1, 3_000)


def test_a_run_that_begins_within_a_character_shows_whole_ones() -> None:
    assert Index("naïve".encode()).runs("xìve".encode())[0] == Run("ve", 3, 2)
