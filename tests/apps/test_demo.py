from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest
from PIL import Image

import zoo
from apps import demo, sentiment_demo
from zoo import registry


def test_the_demo_replaces_nothing_of_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "boundary.png").write_text("mine")
    assert demo.main(["--out", str(tmp_path)]) == 2
    assert "boundary.png exists, and is not as a command of this project left it" in capsys.readouterr().err
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]
    assert demo.main(["--out", str(tmp_path / "boundary.png")]) == 2
    assert "boundary.png is a file: name a folder" in capsys.readouterr().err


@pytest.mark.pretrained
@pytest.mark.slow
def test_the_demo_makes_what_it_lists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tune-1.mid").write_text("mine")
    assert demo.main(["--out", str(tmp_path)]) == 0
    assert (tmp_path / "tune-1.mid").read_text() == "mine"
    (tmp_path / "tune-1.mid").unlink()
    output = capsys.readouterr().out
    pieces = ["tune-1-2", *(f"tune-{i}" for i in (2, 3, 4)), "continued", "chorale", "harmony"]
    names = [f"{piece}.{suffix}" for piece in pieces for suffix in ("mid", "png")] + ["tokens.png", "digits.png", "boundary.png"]
    names.append("tune-1-2.wav")
    made = {path.name for path in tmp_path.iterdir()}
    assert set(names) <= made
    for name in made:
        assert str(tmp_path / name) in output
    for piece in pieces:
        notes = [m for m in mido.MidiFile(tmp_path / f"{piece}.mid") if m.type == "note_on" and m.velocity]
        assert len(notes) > 40
        assert len({m.note for m in notes}) > 5
    with Image.open(tmp_path / "continued.png") as picture:
        yellow = np.argwhere((np.asarray(picture.convert("RGB")) == (255, 243, 207)).all(axis=-1))  # behind the new notes
        assert yellow[:, 1].min() == pytest.approx(picture.width / 2, rel=0.05)  # 8 of 16 bars were given
    assert output.endswith("To play with all of them in your browser: python -m apps.studio\n")
    assert sum("% positive: " in line for line in output.splitlines()) == len(sentiment_demo.REVIEWS) == 12


def test_a_model_of_which_the_demo_knows_nothing_shows_the_example_of_its_card(capsys: pytest.CaptureFixture[str]) -> None:
    published = zoo.list_models()
    other = replace(published[0], name="new_model")
    titles = [title for title, _ in demo.parts([other, *published])]
    names = {card.name for card in published}
    assert titles[:-1] == [f"{name} {part.does}" for name, part in demo.known().items() if name in names]
    *_, (title, part) = demo.parts([other, *published])
    assert title == "new_model shows its example"
    assert part.run(Path()) == []
    example = next(iter(other.usage.values()))
    assert capsys.readouterr().out == f"{example.code}\n{example.output}\n"


def test_no_part_is_of_an_app_that_is_not_in_the_registry() -> None:
    folder = Path(demo.__file__).parent
    assert {path.stem.removesuffix("_demo") for path in folder.glob("*_demo.py")} <= set(registry.apps())


def test_parts_of_the_demo_replace_no_file_of_each_other() -> None:
    made = [name for part in demo.known().values() for name in part.makes]
    assert len(made) == len(set(made))
