"""What a text shares with a training text, by hand."""

import pytest

from zoo.writing.copying import COPIED, Index, Run

TRAIN = "Now is the winter of our discontent\nMade glorious summer by this sun of York;\n"


def test_the_longest_runs_come_first_and_parts_of_runs_are_left_out() -> None:
    index = Index(TRAIN.encode())
    found = index.runs(b"XXthe winter of our XX of York;\nXX")
    assert found[:2] == [Run("the winter of our ", 2, 18), Run(" of York;\n", 22, 10)]
    assert sum(run.size for run in found) <= 2 + 18 + 2 + 10 + 2  # none of the others overlaps


def test_the_share_counts_long_runs_once() -> None:
    index = Index(TRAIN.encode() * 2)
    assert len(TRAIN) > COPIED
    assert index.copied_share(b"Q" * len(TRAIN) + TRAIN.encode()) == pytest.approx(0.5)
    assert index.copied_share(b"the winter of our discontent") == 0.0
    assert index.copied_share(b"") == 0.0
    assert index.runs(b"") == []


def test_a_run_that_begins_within_a_character_shows_whole_ones() -> None:
    assert Index("naïve".encode()).runs("xìve".encode())[0] == Run("ve", 3, 2)
