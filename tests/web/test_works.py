"""Music that somebody sends: what is read, what is refused in words, and that no path of the machine is told."""

import base64
import logging
from types import SimpleNamespace
from typing import Any

import pytest

from zoo.core.errors import UserError
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Note, Voice
from zoo.web import works

TUNE = b"X:1\nT:Mine\nM:6/8\nL:1/8\nK:D\nA|d2f a2f|d3 d2|]\n"


def test_a_file_in_base64_is_read_whatever_its_format() -> None:
    score, _ = works.sent(base64.b64encode(TUNE).decode())
    assert (score.title, str(score.metre), str(score.key), len(score.notes)) == ("Mine", "6/8", "D", 7)
    again, _ = works.sent(works.told(score, "mid")["file"])
    assert again.notes == score.notes
    assert works.told(score, "abc")["bars"] == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("no base64!", "not base64"),
        (base64.b64encode(b"MThd\0\0\0\6\0\0\0\1\0\x60").decode(), "music"),
        (base64.b64encode(b"%PDF-1.7").decode(), "neither MIDI nor ABC"),
        (base64.b64encode(b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><score-partwise/>').decode(), "music"),
        (base64.b64encode(b"X:1\nK:C\n" + b"C" * 4_000).decode(), "4,000 notes, more than 3,000: choose shorter music"),
        (base64.b64encode(b"X:1\nM:4/4\nL:1/1\nK:C\n" + b"C|" * 400).decode(), "longer than 10 minutes"),
        (base64.b64encode(b"X:1\nM:4/4\nL:1/1\nK:C\n" + b"C|z|z|z|" * 260).decode(), "more than 1,000 bars"),
        ("A" * 2_000_000, "at most 1 MB"),
    ],
)
def test_what_is_no_music_or_too_much_of_it_is_told_without_a_path(content: str, words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        works.sent(content)
    assert "/tmp" not in str(caught.value)
    assert "/var" not in str(caught.value)


def test_notes_of_the_keyboard_become_a_score_in_the_chosen_metre_without_a_key() -> None:
    score, _ = works.played("c ^c =c2 z C3", "9/8")
    assert [(note.start, note.duration, note.pitch) for note in score.notes] == [
        (0, 12, 72),
        (12, 12, 73),
        (24, 24, 72),
        (60, 36, 60),
    ]
    assert (str(score.metre), score.key) == ("9/8", None)
    whole, _ = works.played(TUNE.decode())
    assert str(whole.key) == "D"


@pytest.mark.parametrize(
    ("notes", "words"), [(" ", "no notes"), ("z4", "notes"), ("%%%", "these notes"), ("C" * 20_001, "at most 20,000")]
)
def test_notes_that_are_none_are_told(notes: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        works.played(notes)


@pytest.mark.parametrize(
    ("bars", "words"), [((0, 0.5), "last bar = 0.5"), ((8, 5), "bars 8 to 5"), ((-1, 5), "the first bar = -1")]
)
def test_bars_to_vary_are_checked_before_a_model_is_loaded(bars: tuple[float, float], words: str) -> None:
    with pytest.raises(UserError, match=words):
        works.varied(Score((Note(0, 24, 60),)), *bars, works.MELODIES, 1.0, 0.9, 0)
    with pytest.raises(UserError, match="bars = 65"):
        works.continued(Score((Note(0, 24, 60),)), 65, works.MELODIES, 1.0, 0.9, 0)
    with pytest.raises(UserError, match="did you mean folk_lstm"):
        works.continued(Score((Note(0, 24, 60),)), 8, "folk", 1.0, 0.9, 0)


def test_notices_are_those_of_this_thread_while_something_is_computed() -> None:
    log = logging.getLogger("zoo.music.model")
    with works.notices() as heard:
        log.warning("the music is long")
    log.warning("something else")
    assert heard == ["the music is long"]


def test_a_seed_may_be_as_large_as_in_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds: list[int] = []

    def made(score: Score, seed: int, **_: Any) -> list[Score]:
        seeds.append(seed)
        return [score]

    monkeypatch.setattr("zoo.web.models.get", lambda name: SimpleNamespace(continue_=made))
    tune = Score((Note(0, 24, 60),))
    works.continued(tune, 8, works.MELODIES, 1.0, 0.9, 2**32 - 1)
    assert seeds == [2**32 - 1]
    with pytest.raises(UserError, match="seed = 4294967296: name a whole number from 0 to 4,294,967,295"):
        works.continued(tune, 8, works.MELODIES, 1.0, 0.9, 2**32)


def test_four_voices_are_for_the_model_of_parts() -> None:
    notes = tuple(Note(0, 24, 60 + voice, voice) for voice in range(4))
    assert works.fitting(Score(notes, voices=(Voice(),) * 4)) == works.PARTS
    assert works.fitting(Score(notes[:1])) == works.MELODIES


def test_what_a_network_makes_of_music_is_no_longer_than_what_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    long = Score(tuple(Note(24 * i, 24, 60) for i in range(works.MOST_NOTES + 1)))

    def made(score: Score, *_: Any, **__: Any) -> list[Score]:
        return [long]

    network = SimpleNamespace(continue_=made, vary=made, harmonize=made)
    monkeypatch.setattr("zoo.web.models.get", lambda name: network)
    short = Score((Note(0, 24, 60),))
    with pytest.raises(UserError, match="the longer piece has 3,001 notes, more than 3,000: add fewer bars"):
        works.continued(short, 8, works.MELODIES, 1.0, 0.9, 0)
    with pytest.raises(UserError, match="new bars has 3,001 notes"):
        works.varied(short, 1, 1, works.MELODIES, 1.0, 0.9, 0)
    with pytest.raises(UserError, match="four parts has 3,001 notes, more than 3,000: harmonise shorter music"):
        works.harmonised(short, 1.0, 0.9, 0)


def test_the_training_pieces_are_looked_through_after_their_reader_was_imported_safely(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr("zoo.web.imports.import_data_sets", lambda: calls.append("import"))
    network = SimpleNamespace(nearest=lambda score: calls.append("nearest"))
    monkeypatch.setattr("zoo.web.models.get", lambda name: network)
    works.nearest(Score((Note(0, 24, 60),)))
    assert calls == ["import", "nearest"]


def test_a_number_that_is_missing_is_told_as_empty() -> None:
    with pytest.raises(UserError, match=r"^seed is empty: name a whole number from 0"):
        works.composed(works.MELODIES, "D", "major", "jig", "6/8", 8, 1.0, 0.9, None)
    with pytest.raises(UserError, match=r"^temperature is empty: name a number from 0 to 2"):
        works.composed(works.MELODIES, "D", "major", "jig", "6/8", 8, None, 0.9, 0)
