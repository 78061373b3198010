"""What `python -m benchmarks.endings` shows, with a composer of one tune."""

import json
from types import SimpleNamespace

import pytest

import zoo
from benchmarks import endings
from zoo.music.data import sets
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note


def tune(last: int, ticks: int, type: str) -> Score:
    """Sixteen bars of 6/8: a note a bar, and a last one."""
    notes = [Note(72 * i, 36, 60 + i) for i in range(15)]
    return Score((*notes, Note(72 * 15, ticks, last)), ((0, Metre(6, 8)),), Key(2), type=type)


def test_the_real_tunes_are_those_of_the_type(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked = []

    def generate(**choices: object) -> list[Score]:
        asked.append(choices)
        return [tune(61, 24, "jig"), tune(62, 12, "jig")]

    composer = SimpleNamespace(generate=generate, vocabulary=SimpleNamespace(parts=False))
    train = [tune(62, 24, "jig"), tune(61, 24, "reel")]
    monkeypatch.setattr(zoo, "load", lambda name: composer)
    monkeypatch.setattr(sets, "load", lambda name: SimpleNamespace(scores={"train": train}))
    assert endings.main(["--n", "2", "--type", "jig", "--key", "D", "--bars", "16", "--json"]) == 0
    assert asked == [{"n": 2, "seed": 0, "type": "jig", "key": "D", "bars": 16}]
    found = json.loads(capsys.readouterr().out)
    assert found["composed"] == {"tonic_endings": 0.5, "long_endings": 0.5, "form AB": 1}
    assert found["training"] == {"tonic_endings": 1, "long_endings": 1, "form AB": 1}
    assert endings.main(["--n", "2", "--type", "jig"]) == 0
    assert "tonic endings" in capsys.readouterr().out
