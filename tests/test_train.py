"""Training from Python: zoo.train publishes, loads, tells its progress, stops and goes on."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zoo
from zoo.core import training


@pytest.mark.slow
def test_a_table_is_learned_from_python(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rooms = rng.integers(1, 7, 200)
    lines = ["rooms,price", *(f"{room},{1000 * room + rng.normal(0, 50):.0f}" for room in rooms)]
    (tmp_path / "homes.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    model = zoo.train("mlp", tmp_path / "homes.csv", target="price", out=tmp_path / "mine", quick=True, seed=3)
    assert model is not None
    assert model.predict({"rooms": [2, 5]}) == pytest.approx([2000, 5000], rel=0.3)
    command = model.card.training.command
    assert command.startswith(f"zoo.train('mlp', {str(tmp_path / 'homes.csv')!r}, target='price'")
    assert "seed=3" in command
    assert "quick=True" in command
    assert (tmp_path / "mine" / "README.md").is_file()


@pytest.mark.slow
def test_a_stopped_training_goes_on_to_the_same_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "PROGRESS_SECONDS", 0.0)
    whole = zoo.train("perceptron", "iris", out=tmp_path / "whole", epochs=6)
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int, losses: training.Losses) -> bool:
        seen.append((done, total))
        return done < 5

    assert zoo.train("perceptron", "iris", out=tmp_path / "a", epochs=6, progress=progress) is None
    assert seen[-1][0] == 5
    assert seen[-1][1] > 5
    assert not (tmp_path / "a").exists()
    resumed = zoo.train("perceptron", "iris", out=tmp_path / "a", epochs=6, resume=True)
    rows = np.array([[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]])
    assert whole is not None
    assert resumed is not None
    np.testing.assert_array_equal(resumed.predict(rows), whole.predict(rows))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"name": "mpl", "data": "iris"}, "did you mean"),
        ({"name": "mlp", "data": "irsi"}, "iris"),
        ({"name": "perceptron", "data": "iris", "out": "."}, "no folder that a model can take the place of"),
        ({"name": "perceptron", "data": "iris", "start": "digits_mlp"}, "digits_mlp"),
        ({"name": "mlp", "data": "iris", "epoch": 3}, "epochs"),
        ({"name": "mlp", "data": "iris", "traget": "species"}, "target"),
        ({"name": "mlp", "data": "iris", "epochs": 0}, "at least 1"),
        ({"name": "mlp", "data": "iris", "seed": -1}, "seed"),
        ({"name": "mlp", "data": "iris", "precision": "bf16"}, "bfloat16"),
        ({"name": "mlp", "data": "iris", "precision": "bfloat16"}, "leave it out"),
        ({"name": "mlp", "data": "iris", "epochs": 2.5}, "epochs = 2.5"),
        ({"name": "mlp", "data": "iris", "epochs": "3"}, "epochs = '3'"),
        ({"name": "mlp", "data": "iris", "seed": 2**32}, "seed"),
        ({"name": "mlp", "data": "iris", "progress": 3}, "a function"),
        ({"name": "mlp", "data": "iris", "task": "regress"}, "did you mean regression"),
        ({"name": "mlp", "data": "iris", "hidden": (8, 0)}, "from 1 to 10,000"),
        ({"name": "mlp", "data": "iris", "hidden": 64}, r"such as \(64, 32\)"),
        ({"name": "mlp", "data": "iris", "hidden": ()}, "1 to 20 layers"),
        ({"name": "digits_mlp", "data": "sklearn_digits", "hidden": (10**6,)}, "from 1 to 10,000"),
        ({"name": "music_lstm", "data": "folk", "units": 2.5}, "units = 2.5"),
        ({"name": "sentiment_transformer", "data": "imdb", "width": 0}, "from 8 to 2,048"),
        ({"name": "sentiment_transformer", "data": "imdb", "stars": 1}, "from 2 to 100"),
        ({"name": "sentiment_transformer", "data": "imdb", "txt": "review"}, "did you mean text"),
    ],
)
def test_a_mistake_is_told_in_one_line_without_flags(
    arguments: dict[str, Any], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(zoo.UserError, match=told) as caught:
        zoo.train(**arguments, quick=True)
    assert "\n" not in str(caught.value)
    assert " --" not in str(caught.value)


def test_a_wrong_folder_of_models_is_told_before_the_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTRO_ZOO_MODELS", str(tmp_path / "none"))
    with pytest.raises(zoo.UserError, match="INTRO_ZOO_MODELS"):
        zoo.train("perceptron", "iris", out=tmp_path / "a", quick=True)
    assert not list(tmp_path.iterdir())
