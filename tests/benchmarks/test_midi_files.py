"""What the benchmark tells of a folder of music, with models that ask no network."""

import json
import logging
from pathlib import Path

import pytest

from benchmarks import midi_files
from benchmarks.midi_files import Outcome, outcomes, prepared, reason, refusals, table, tried
from zoo.core.errors import UserError
from zoo.music.notation import midi_writing
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Note

TUNE = Score(tuple(Note(24 * i, 24, 60 + i) for i in range(16)))


class Strict:
    """Refuses files of fewer than 8 notes, and tells that it hears the others higher."""

    def harmonize(self, score: Score) -> None:
        if len(score.notes) < 8:
            raise UserError(f"only {len(score.notes)} notes")
        logging.getLogger("zoo.music").info("moved %d semitones", 12)

    continue_ = harmonize


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    found = [tmp_path / name for name in ("a.mid", "b.mid", "c.mid")]
    midi_writing.write(TUNE, found[0])
    midi_writing.write(Score(TUNE.notes[:7]), found[1])
    found[2].write_bytes(b"no music")
    return found


def test_each_file_is_counted_once_for_each_task_with_its_reason(files: list[Path]) -> None:
    found = outcomes(files, {"folk_lstm": Strict(), "chorale_lstm": Strict()})
    assert list(found) == list(midi_files.TASKS)
    assert found["harmonize"][:2] == [Outcome(("moved 12 semitones",)), Outcome((), "only 7 notes")]
    assert table(found).splitlines()[-1].split() == ["harmonize", "3", "1", "1", "2"]
    reasons = refusals(files, found)
    assert reasons["only N notes"]["harmonize"] == [str(files[1])]
    assert [str(files[2])] in [tasks["harmonize"] for tasks in reasons.values()]
    assert sum(midi_files.notices(found)["harmonize"].values()) == 1


def test_a_fault_is_told_as_a_refusal_so_that_the_other_files_are_still_looked_at() -> None:
    outcome = tried(lambda score: 1 / 0, TUNE)
    assert "a fault of the program: ZeroDivisionError" in str(outcome.refusal)


def test_like_reasons_are_one() -> None:
    assert reason("'a b.mid' has 1,234 bars: more than 64") == reason("'c.mid' has 70 bars: more than 64")
    assert reason("heard in E♭ major") == reason("heard in A dorian")


@pytest.mark.pretrained
def test_a_prepared_model_stops_where_its_network_is_to_be_asked() -> None:
    composer = prepared("folk_lstm")
    assert tried(composer.continue_, TUNE).refusal is None
    assert "writes melodies" in str(tried(composer.harmonize, TUNE).refusal)


def test_the_command_tells_all_in_one_object(files: list[Path], capsys, monkeypatch) -> None:
    monkeypatch.setattr(midi_files, "prepared", lambda model, ask: Strict())
    assert midi_files.main([str(files[0].parent), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["files"] == 3
    assert told["refusals"]["only N notes"] == {task: ["b.mid"] for task in midi_files.TASKS}


def test_a_folder_without_music_is_refused(tmp_path: Path, capsys) -> None:
    assert midi_files.main([str(tmp_path)]) == 2
    assert "holds no music" in capsys.readouterr().err
