from pathlib import Path

import mido
import pytest

from apps import demo


def test_the_demo_makes_what_it_lists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.main(["--out", str(tmp_path)]) == 0
    output = capsys.readouterr().out
    pieces = [*(f"tune-{i}" for i in (1, 2, 3, 4)), "continued", "chorale", "harmony"]
    names = [f"{piece}.{suffix}" for piece in pieces for suffix in ("mid", "png")] + ["tokens.png", "digits.png", "boundary.png"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    for name in names:
        assert str(tmp_path / name) in output
    for piece in pieces:
        notes = [m for m in mido.MidiFile(tmp_path / f"{piece}.mid") if m.type == "note_on" and m.velocity]
        assert len(notes) > 40
        assert len({m.note for m in notes}) > 5
    assert sum("% positive: " in line for line in output.splitlines()) == len(demo.REVIEWS) == 12
