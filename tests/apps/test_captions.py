import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import zoo
from apps import captions
from tests.handed_over import handed_over
from zoo.captions import pictures, scene_sets, training

COLOURS = {"red": (210, 40, 40), "green": (40, 160, 60), "blue": (50, 60, 200)}


def sheet(colour: str, width: int = 40, height: int = 30, seed: int = 0) -> Image.Image:
    """A sheet of paper of one colour, a little uneven."""
    noise = np.random.default_rng(seed).normal(0, 12, (height, width, 3))
    return Image.fromarray((np.array(COLOURS[colour]) + noise).clip(0, 255).astype(np.uint8))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures of our own with two captions each, as Flickr8k has them."""
    folder, rows = tmp_path_factory.mktemp("data") / "sheets", ["image,caption"]
    folder.mkdir()
    for number in range(120):
        colour = list(COLOURS)[number % 3]
        sheet(colour, 30 + number % 20, 30 + number % 7, number).save(folder / f"{number}.png")
        rows += [f"{number}.png,a {colour} sheet of paper", f"{number}.png,the paper is {colour}"]
    (folder / "captions.csv").write_text("\n".join(rows))
    return folder


@pytest.fixture(scope="module")
def trained(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small captioner that has really learned. Do not change it."""
    out = tmp_path_factory.mktemp("models") / "sheets"
    with pytest.MonkeyPatch.context() as patch:
        fast = {"batch_size": 16, "learning_rate": 5e-3, "warmup_steps": 5, "average": 0.9}
        patch.setattr(training, "QUICK_RECIPE", replace(training.QUICK_RECIPE, **fast))
        flags = ["--quick", "--epochs", "12", "--image", "32", "--precision", "float32"]
        assert captions.main(["train", *flags, "--data", str(folder), "--out", str(out)]) == 0
    return out


@pytest.mark.slow
def test_training_learns_and_publishes(trained: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = zoo.load(trained)
    card = model.card
    assert card.task == "image captioning"
    assert card.architecture["network"] == "captioner"
    assert card.architecture["image"] == model.image == 32
    assert {"assets/subwords.tsv", "captions.png", "attention.png", "curves.png", "README.md"} <= set(card.files)
    assert card.usage.keys() == {"zoo.load", "tf.saved_model.load", "attend", "caption", "caption_image", "score"}
    assert not (trained.parent / ".sheets.training").exists()
    for colour in COLOURS:
        ((best, second),) = model.caption([sheet(colour, 90, 20, 999)], n=2)
        assert colour in best.text.split()
        assert best.text != second.text
    assert captions.main(["evaluate", "--json", "--model", str(trained), "--data", str(folder)]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["bleu"] == card.metric("bleu").value
    assert result["n"] == card.dataset.splits["test"]


@pytest.mark.slow
def test_the_card_of_a_model_of_the_stand_in_has_a_command_that_measures_its_figures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scene_sets.ScenesOfSklearnDigits, "SIZES", {"train": 16, "validation": 2, "test": 2, "held_out": 2})
    flags = ["--quick", "--epochs", "1", "--precision", "float32", "--out", str(tmp_path / "new")]
    assert captions.main(["train", *flags]) == 0
    assert "a stand-in, not the real data set" in capsys.readouterr().err
    metrics = zoo.load(tmp_path / "new").card.metrics
    (command,) = {metric.command for metric in metrics}
    program, words = command.split()[:3], command.split()[3:]
    assert program == ["python", "-m", "apps.captions"]
    assert captions.main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {metric.name: metric.value for metric in metrics}.items() <= found.items()


@pytest.mark.slow
def test_what_is_done_to_a_picture_is_told_once(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture, told = tmp_path / "ink.png", "ink.png: transparent parts: taken as white"
    ink = Image.new("RGBA", (40, 40))
    ink.paste((200, 20, 30, 255), (5, 10, 35, 14))
    ink.save(picture)
    flags = ["predict", "--model", str(trained), str(picture), "--picture", str(tmp_path / "attention.png")]
    assert captions.main(flags) == 0
    assert capsys.readouterr().err.count(told) == 1
    zoo.load(trained).attend(picture)
    assert capsys.readouterr().err.count(told) == 1


@pytest.mark.slow
def test_a_model_prefers_the_caption_that_is_true(trained: Path) -> None:
    model = zoo.load(trained)
    scores = model.score([sheet("red"), sheet("red")], ["a red sheet of paper", "a blue sheet of paper"])
    assert scores[0] > scores[1] + 1
    with pytest.raises(zoo.UserError, match="2 pictures and 1 captions"):
        model.score([sheet("red"), sheet("red")], ["a red sheet of paper"])


@pytest.mark.slow
@pytest.mark.parametrize(("written", "words"), [("", 0), ("the paper is green " * 99, 1)])
def test_whatever_a_network_writes_it_can_be_asked_where_it_looked(
    trained: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, written: str, words: int
) -> None:
    model = zoo.load(trained)
    monkeypatch.setattr(type(model), "describe", lambda model, pictures: [written])
    looked = model.attend(sheet("green"))
    assert len(looked) >= words
    assert written.startswith(" ".join(each.word for each in looked))
    pictures.draw_attention(np.asarray(sheet("green")), looked, tmp_path / "a.png")
    assert (tmp_path / "a.png").is_file()


@pytest.mark.slow
def test_attend_gives_the_words_of_a_caption_and_weights_that_sum_to_one(trained: Path) -> None:
    model = zoo.load(trained)
    looked = model.attend(sheet("green"), "the paper is green")
    assert [each.word for each in looked] == ["the", "paper", "is", "green"]
    for each in looked:
        assert each.weights.shape == (4, 4)
        assert each.weights.sum() == pytest.approx(1, abs=1e-4)
    assert " ".join(each.word for each in model.attend(sheet("green"))) == model.caption([sheet("green")])[0][0].text


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", " \n", "green " * 200])
def test_a_caption_that_is_empty_or_too_long_is_refused(trained: Path, text: str) -> None:
    with pytest.raises(zoo.UserError, match=r"empty|longer than"):
        zoo.load(trained).attend(sheet("green"), text)


@pytest.mark.slow
def test_predict_prints_a_line_for_each_picture(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for colour in COLOURS:
        sheet(colour, 200, 100).save(tmp_path / f"{colour}.png")
    assert captions.main(["predict", "--model", str(trained), str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    for line in lines:
        path, text = line.split(": ")
        assert Path(path).stem in text.split()
    one = str(tmp_path / "red.png")
    assert captions.main(["predict", "--model", str(trained), "--n", "3", "--json", one]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["image"] == one
    assert len({each["text"] for each in answer["captions"]}) == 3
    assert all(each["log_probability"] < 0 for each in answer["captions"])


@pytest.mark.slow
def test_the_attention_is_drawn_and_no_file_of_the_users_is_replaced(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture, out = tmp_path / "red.png", tmp_path / "out" / "attention.png"
    sheet("red").save(picture)
    for more in ([], ["--text", "the paper is blue"]):
        assert captions.main(["predict", "--model", str(trained), str(picture), "--picture", str(out), *more]) == 0
        assert out.read_bytes().startswith(b"\x89PNG")
    before = picture.read_bytes()
    assert captions.main(["predict", "--model", str(trained), str(picture), "--picture", str(picture)]) == 2
    assert picture.read_bytes() == before
    assert captions.main(["predict", "--model", str(trained), str(picture), str(picture), "--picture", str(out)]) == 2
    assert "--picture shows one picture, and these are 2" in capsys.readouterr().err


@pytest.mark.slow
def test_a_file_that_is_no_picture_is_one_line_and_the_others_are_read(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet("blue").save(tmp_path / "blue.png")
    (tmp_path / "none.png").write_bytes(b"no picture")
    assert captions.main(["predict", "--model", str(trained), str(tmp_path / "none.png")]) == 2
    error = capsys.readouterr().err.splitlines()
    assert "is not a picture that can be read" in error[-1]
    assert captions.main(["predict", "--model", str(trained), str(tmp_path)]) == 2
    shown = capsys.readouterr()
    assert "blue" in shown.out
    assert "1 of 2 pictures were not read" in shown.err.splitlines()[-1]


@pytest.mark.slow
def test_training_goes_on_from_a_model(trained: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--quick", "--from", str(trained), "--epochs", "1", "--precision", "float32", "--data", str(folder)]
    after = handed_over(lambda: captions.main(["train", *flags, "--out", str(tmp_path / "more")]))
    before = zoo.load(trained)
    assert after.architecture == before.card.architecture
    assert 0 < after.moved(before) < 0.1
    assert captions.main(["train", *flags, "--image", "64", "--out", str(tmp_path / "other")]) == 2
    assert "the model to start from, has 32" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["train", "--data", "nope"], "no data set is called 'nope'"),
        (["train", "--from", "nope"], "no model is called 'nope'"),
        (["train", "--image", "50"], "image = 50: pictures are halved 3 times"),
        (["evaluate", "--model", "nope"], "no model is called 'nope'"),
        (["predict", "--model", "nope", "a.png"], "no model is called 'nope'"),
        (["predict", "a.png", "--picture", "a.jpg"], "the picture is a PNG file"),
        (["predict", "a.png", "--text", "a red square"], "say where with --picture"),
    ],
)
def test_a_mistake_is_one_line(flags: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert captions.main(flags) == 2
    error = capsys.readouterr().err.splitlines()
    assert message in error[-1]
    assert not Path("out/captioner").exists()


def test_scenes_are_written_in_the_form_that_training_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "scenes"
    assert captions.main(["scenes", "--n", "3", "--seed", "4", "--out", str(out)]) == 0
    header, *rows = (out / "captions.csv").read_text().splitlines()
    assert header == "image,caption"
    assert {row.split(",")[0] for row in rows} == {"scene_0000.png", "scene_0001.png", "scene_0002.png"}
    with Image.open(out / "scene_0002.png") as drawn:
        assert drawn.size == (96, 96)
    first = (out / "scene_0000.png").read_bytes()
    assert captions.main(["scenes", "--n", "1", "--seed", "4", "--out", str(tmp_path / "again")]) == 0
    assert (tmp_path / "again" / "scene_0000.png").read_bytes() == first
    assert captions.main(["scenes", "--out", str(out)]) == 2
    assert "is not empty: name a new folder" in capsys.readouterr().err
