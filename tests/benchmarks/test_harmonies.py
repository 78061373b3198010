"""What `python -m benchmarks.harmonies` counts, with a composer that doubles the melody."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

import zoo
from benchmarks import harmonies
from zoo.core.errors import UserError
from zoo.music.analysis.voice_leading import VOICES
from zoo.music.data import sets
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note

CHORDS = ((72, 67, 64, 48), (71, 67, 62, 43), (72, 67, 64, 48), (72, 67, 64, 48))
CHORALE = Score(
    tuple(Note(24 * i, 24, pitch, voice) for i, chord in enumerate(CHORDS) for voice, pitch in enumerate(chord)),
    key=Key(0),
    voices=VOICES,
)
WALTZ = replace(harmonies.soprano(CHORALE), metres=((0, Metre(3, 4)),))


class Doubling:
    """Writes each note of the melody in all voices, octaves apart; refuses waltzes."""

    def __init__(self) -> None:
        self.choices: list[dict[str, float]] = []

    def harmonize(self, melody: Score, **choices: float) -> list[Score]:
        if melody.metre == Metre(3, 4):
            raise UserError("a waltz")
        self.choices.append(choices)
        notes = [replace(note, voice=voice, pitch=note.pitch - 12 * voice) for note in melody.notes for voice in range(4)]
        return [replace(melody, notes=tuple(notes), voices=VOICES), CHORALE]


def test_the_soprano_alone() -> None:
    alone = harmonies.soprano(CHORALE)
    assert [note.pitch for note in alone.notes] == [72, 71, 72, 72]
    assert alone.is_melody
    assert (alone.key, len(alone.voices)) == (CHORALE.key, 1)


def test_the_first_melodies_that_the_model_takes() -> None:
    composer, melody = Doubling(), harmonies.soprano(CHORALE)
    found = harmonies.harmonised(composer, [WALTZ, melody, melody, melody], 2, "melodies", n=4)
    assert len(found) == 2
    assert composer.choices == [{"n": 4}] * 2
    assert harmonies.figures([CHORALE])["parallel_octaves"] == 0 < harmonies.figures(found)["parallel_octaves"]


def test_the_command_compares_with_bach(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    composer = Doubling()
    scores = {sets.CHORALES: [CHORALE] * 3, sets.FOLK: [WALTZ, harmonies.soprano(CHORALE)]}
    monkeypatch.setattr(sets, "load", lambda name: SimpleNamespace(scores={"validation": scores[name]}))
    monkeypatch.setattr(zoo, "load", lambda name: composer)
    assert harmonies.main(["--melodies", "2", "--top-p", "0.8", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["pieces"] for row in rows.values()] == [3, 2, 1]
    assert [row["bass_tonic_endings"] for row in rows.values()] == [1, 1, 1]
    assert [row["cadences"] for row in rows.values()] == [1, 0, 0]
    assert [row["dissonant_beats"] for row in rows.values()] == [0, 0, 0]
    assert composer.choices == [{"n": 4, "seed": 0, "top_p": 0.8}] * 3
    assert harmonies.main(["--melodies", "2"]) == 0
    assert "chorale_lstm, sopranos" in capsys.readouterr().out
