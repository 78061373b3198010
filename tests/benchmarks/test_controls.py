"""What `python -m benchmarks.controls` shows, with a composer that writes all music in 4/4."""

import json
from types import SimpleNamespace

import pytest

import zoo
from benchmarks import controls
from zoo.music.data import sets
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note


def piece(type: str, metre: str, mode: str = "major") -> Score:
    return Score((Note(0, 24, 60),), ((0, Metre.parse(metre)),), Key(0, mode), type=type)


def test_the_metre_that_a_type_should_have_is_missed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked = []

    def generate(n: int, seed: int, type: str = "", mode: str = "major") -> list[Score]:
        asked.append((type, mode))
        return [piece(type, "4/4", mode)] * n

    composer = SimpleNamespace(generate=generate, vocabulary=SimpleNamespace(parts=False))
    train = [piece("jig", "6/8")] * 30 + [piece("reel", "4/4")] * 30 + [piece("air", "3/4", "dorian")] * 19
    monkeypatch.setattr(zoo, "load", lambda name: composer)
    monkeypatch.setattr(sets, "load", lambda name: SimpleNamespace(scores={"train": train}))
    assert controls.main(["--n", "20", "--json"]) == 0
    assert asked == [("jig", "major"), ("reel", "major"), ("", "major")]
    found = json.loads(capsys.readouterr().out)["gaps"]
    assert {(gap["given"], gap["value"], gap["composed"] - gap["training"]) for gap in found[:2]} == {
        ("type=jig", "metre=6/8", -1),
        ("type=jig", "metre=4/4", 1),
    }
    assert controls.main(["--n", "20"]) == 0
    assert "type=jig               metre=4/4" in capsys.readouterr().out
