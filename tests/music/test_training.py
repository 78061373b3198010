"""Training a music network from Python, on a folder of MIDI files that the test writes."""

import random
from pathlib import Path

import pytest

import zoo
from tests.handed_over import handed_over
from zoo.music import training
from zoo.music.data import chorale_books, tune_books
from zoo.music.notation import midi_writing
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Note


def test_chorales_are_few_and_get_a_recipe_of_their_own() -> None:
    melodies, sizes = training.recipe(tune_books.VOCABULARY, quick=False)
    parts, sizes_of_parts = training.recipe(chorale_books.VOCABULARY, quick=False)
    quick, small = training.recipe(chorale_books.VOCABULARY, quick=True)
    assert quick.epochs < melodies.epochs < parts.epochs
    assert sizes_of_parts["weight_dropout"] > sizes.get("weight_dropout", 0)
    assert small["units"] < sizes_of_parts["units"]


@pytest.mark.slow
def test_a_folder_of_midi_files_is_learned_from_python(tmp_path: Path) -> None:
    folder, rng = tmp_path / "tunes", random.Random(0)
    folder.mkdir()
    for i in range(40):
        notes = [Note(24 * j, 24, 60 + rng.choice([0, 2, 4, 5, 7, 9])) for j in range(16)]
        midi_writing.write(Score(tuple(notes), key=Key(0)), folder / f"{i}.mid")
    told: list[tuple[int, int]] = []
    made = handed_over(
        lambda: zoo.train(
            "music_lstm",
            folder,
            out=tmp_path / "mine",
            quick=True,
            units=8,
            epochs=1,
            progress=lambda done, total, losses: told.append((done, total)),
        )
    )
    assert told[-1][0] == told[-1][1] > 0
    assert made.architecture["units"] == 8
    assert made.command == (
        f"zoo.train('music_lstm', {str(folder)!r}, units=8, out={str(tmp_path / 'mine')!r}, quick=True, seed=0, epochs=1)"
    )
