"""Music on sheets of paper: PDF files."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from tests.music.strategies import polyphonic_scores
from zoo.core.errors import UserError
from zoo.music.notation import abc, printed, sheets
from zoo.music.notation.score import Score

TUNE = abc.read("X:1\nT:Grüße, Ελένη\nM:6/8\nL:1/8\nK:D\nA|def a^gf|g=f^f d2z|\n")


def pages_of(document: bytes) -> int:
    """The pages of a PDF file."""
    return len(re.findall(rb"/Type /Page\b", document))


def test_the_same_music_gives_the_same_file_with_its_title(tmp_path: Path) -> None:
    path = TUNE.save(tmp_path / "tune.pdf")
    assert path.read_bytes() == TUNE.encoded(".pdf") == sheets.document(TUNE)
    assert path.read_bytes().startswith(b"%PDF-")
    assert pages_of(path.read_bytes()) == 1
    assert sheets.document(replace(TUNE, title="Another")) != path.read_bytes()


def test_long_music_goes_on_on_more_pages() -> None:
    long = abc.read("X:1\nM:4/4\nL:1/16\nK:C\n" + "CDEFGABcCDEFGABc|" * 120 + "\n")
    pages = printed.pages(long)
    assert len(pages) > 1
    assert pages_of(sheets.document(long)) == len(pages)
    notes = {int(each) for page in pages for each in re.findall(r'class="note n(\d+)', page)}
    assert notes == set(range(len(long.notes)))


def test_music_without_notes_is_refused() -> None:
    with pytest.raises(UserError, match="holds no notes"):
        sheets.document(Score((), TUNE.metres))


@settings(max_examples=5)
@given(polyphonic_scores())
def test_whatever_is_engraved_becomes_a_file(score: Score) -> None:
    assert pages_of(sheets.document(score)) == len(printed.pages(score))
