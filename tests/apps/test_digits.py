import dataclasses
import json
import logging
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

import zoo
from apps import digits
from zoo import registry
from zoo.digits import handwriting
from zoo.images import sklearn_digits


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that `train --quick` has published, trained on scikit-learn's digits for two epochs."""
    path = tmp_path_factory.mktemp("models") / "small"
    flags = ["--quick", "--data", "sklearn_digits", "--hidden", "256,128", "--epochs", "2"]
    assert digits.main(["train", *flags, "--out", str(path)]) == 0
    return path


@pytest.fixture
def seven(tmp_path: Path) -> Path:
    """A seven in blue ink on paper."""
    picture = Image.new("RGB", (200, 220), (250, 245, 230))
    ImageDraw.Draw(picture).line([(60, 40), (140, 40), (90, 170)], fill=(20, 30, 120), width=16, joint="curve")
    path = tmp_path / "se$ven.png"
    picture.save(path)
    return path


@pytest.mark.slow
def test_train_publishes_a_card_that_evaluate_reproduces(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = zoo.load(small).card
    parameters = 785 * 256 + 257 * 128 + 129 * 10
    assert (card.parameters, card.dataset.name, card.training.epochs) == (parameters, "sklearn_digits", 2)
    assert card.architecture == {"network": "digits_mlp", "units": [256, 128]}
    assert card.signatures["predict"]["inputs"] == {"image": "uint8 nx28x28"}
    assert card.signatures["predict"]["outputs"] == {"probabilities": "float32 nx10"}
    assert {"curves.png", "errors.png", "distortions.png"} <= card.files.keys()
    capsys.readouterr()
    assert digits.main(["evaluate", "--model", str(small), "--data", "sklearn_digits", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result.keys() == {"accuracy", "error", "calibration_error", "split", "n", "model"}
    assert (result["split"], result["n"]) == ("test", int((sklearn_digits.load().splits == "test").sum()))
    assert result["accuracy"] == card.metric("accuracy").value > 0.5
    assert result["error"] == pytest.approx(1 - result["accuracy"])
    assert not small.with_name(".small.training").exists()


@pytest.mark.slow
def test_every_network_of_the_app_can_be_used(
    small: Path, seven: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Path(shutil.copytree(small, tmp_path / "other"))
    card = (model / "card.json").read_text(encoding="utf-8")
    (model / "card.json").write_text(card.replace('"network": "digits_mlp"', '"network": "other"'), encoding="utf-8")
    assert digits.main(["predict", str(seven), "--model", str(model)]) == 2
    assert "not a digits_mlp" in capsys.readouterr().err
    entry = dataclasses.replace(registry.NETWORKS["digits_mlp"], name="other")
    monkeypatch.setitem(registry.NETWORKS, "other", entry)
    assert digits.main(["predict", str(seven), "--model", str(model)]) == 0


@pytest.mark.slow
def test_hidden_is_honoured_with_quick_and_refused_where_it_contradicts(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "narrow"
    flags = ["train", "--quick", "--data", "sklearn_digits", "--epochs", "1"]
    assert digits.main([*flags, "--hidden", "24,16", "--out", str(out)]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    card = zoo.load(out).card
    assert last == str(out)
    assert [line.split()[0] for line in lines] == [metric.name for metric in card.metrics]
    assert f"error {card.metric('error').value:.4f}" in " ".join(lines[1].split())
    assert card.architecture["units"] == [24, 16]
    assert card.parameters == 784 * 24 + 24 + 24 * 16 + 16 + 16 * 10 + 10
    assert digits.main([*flags, "--from", str(out), "--hidden", "24", "--out", str(tmp_path / "other")]) == 2
    assert "hidden 24: narrow, the model to start from, has 24,16; leave out one of the two" in capsys.readouterr().err
    assert not (tmp_path / "other").exists()


@pytest.mark.slow
def test_train_from_a_model_on_a_folder_of_ones_own(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = sklearn_digits.load()
    for number, (image, label) in enumerate(zip(data.images[:120], data.labels, strict=False)):
        folder = tmp_path / "mine" / str(label)
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / f"{number}.png")
    (tmp_path / "mine" / "3" / "blank.png").write_bytes(b"")
    (tmp_path / "mine" / "3" / "notes.txt").write_text("no picture")
    out, log = tmp_path / "tuned", tmp_path / "log"
    flags = ["--data", str(tmp_path / "mine"), "--epochs", "1", "--log-dir", str(log)]
    assert digits.main(["train", "--from", str(small), "--out", str(out), *flags]) == 0
    told = capsys.readouterr().err
    assert f"data: left out: {tmp_path}/mine/3/blank.png is not a picture that can be read" in told
    assert "data: 1 of 121 pictures left out" in told
    assert "data: not pictures, passed over: 1" in told
    assert any(log.iterdir())
    card = zoo.load(out).card
    assert card.dataset.name == "mine"
    assert sum(card.dataset.splits.values()) == 120
    assert card.metric("accuracy", "sklearn_digits, all").n == 1797
    capsys.readouterr()
    assert digits.main(["evaluate", "--model", str(small), "--data", str(tmp_path / "mine"), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["split"], result["n"]) == ("all", 120)


@pytest.mark.slow
def test_mnist_is_not_evaluated_on_a_stand_in(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert digits.main(["evaluate", "--model", str(small)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert "MNIST is not prepared in TFDS_DATA_DIR" in output.err
    assert len(output.err.splitlines()) == 1


@pytest.mark.slow
def test_a_notice_is_shown_once_where_another_library_has_set_up_logging(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    handler = logging.StreamHandler(sys.stderr)
    logging.getLogger().addHandler(handler)
    try:
        assert digits.main(["evaluate", "--model", str(small), "--data", "sklearn_digits"]) == 0
    finally:
        logging.getLogger().removeHandler(handler)
    assert capsys.readouterr().err.count("data: sklearn_digits") == 1


@pytest.mark.slow
def test_predict_reads_pictures_and_draws_what_it_saw(
    small: Path, seven: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = tmp_path / "seen.png"
    assert digits.main(["predict", str(seven), str(seven), "--model", str(small), "--out", str(seen), "--json"]) == 0
    output = capsys.readouterr()
    lines = [json.loads(line) for line in output.out.splitlines()]
    assert len(lines) == 2
    assert lines[0] == lines[1]
    result = lines[0]
    assert result["image"] == str(seven)
    assert 0 <= result["label"] <= 9
    assert result["runner_up"] != result["label"]
    assert 1 >= result["probability"] >= result["runner_up_probability"] >= 0
    for notice in ("colours: turned to grey", "inverted", "200 x 220 pixels: brought to 28 x 28"):
        assert notice in output.err
    with Image.open(seen) as picture:
        assert picture.format == "PNG"
        assert picture.size == (640, 400)

    drawn, read = seen.read_bytes(), seven.read_bytes()
    for images, told in (([str(seen)], "is an input of this command"), ([str(seven)], "")):
        assert digits.main(["predict", *images, "--model", str(small), "--out", str(seen)]) == (2 if told else 0)
        assert told in capsys.readouterr().err
    assert digits.main(["predict", str(seven), "--model", str(small), "--out", str(seven)]) == 2
    assert "is an input of this command" in capsys.readouterr().err
    assert seven.read_bytes() == read
    assert seen.read_bytes() != drawn, "of one picture now"

    assert digits.main(["predict", str(seven), "--model", str(small)]) == 0
    line = capsys.readouterr().out
    assert line.startswith(f"{seven}: {result['label']} ({result['probability']:.4f}), then {result['runner_up']}")


@pytest.mark.slow
def test_show_draws_the_digit_and_its_probabilities_in_characters(
    small: Path, seven: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert digits.main(["predict", str(seven), "--model", str(small), "--show", "--json"]) == 0
    output = capsys.readouterr()
    json.loads(output.out)  # the drawing is no part of the result
    drawn = [line for line in output.err.splitlines() if not line.startswith(str(seven))]
    assert len(drawn) == 20, "as high as MNIST's box"
    inked = [sum(character != " " for character in line[:56]) for line in drawn]
    assert inked[2] > inked[17] > 0, "the bar of the seven is on top"
    probabilities = zoo.load(small).predict(handwriting.read(seven).image[np.newaxis])[0]
    for label, probability in enumerate(probabilities):
        (line,) = (line for line in drawn if f"  {label}  {probability:6.1%}" in line)
        assert line.count("#") - line[:56].count("#") == round(20 * probability)


@pytest.mark.slow
def test_evaluate_draws_what_is_read_wrong(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "wrong.png"
    flags = ["--model", str(small), "--data", "sklearn_digits", "--split", "all", "--json"]
    assert digits.main(["evaluate", *flags, "--picture", str(picture)]) == 0
    assert json.loads(capsys.readouterr().out)["error"] > 0
    data, probabilities = sklearn_digits.load(), zoo.load(small).predict(sklearn_digits.load().images)
    wrong = np.flatnonzero(probabilities.argmax(1) != data.labels)
    rows = -(-min(len(wrong), 100) // 10)
    with Image.open(picture) as drawn:
        assert drawn.size == (1000, round(100 * (1.3 * rows + 0.4)))
    assert digits.main(["evaluate", *flags, "--picture", "wrong.jpg"]) == 2
    assert "--picture wrong.jpg: the picture is a PNG file" in capsys.readouterr().err


@pytest.mark.slow
def test_a_bad_picture_does_not_stop_the_others(
    small: Path, seven: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen, missing, broken = tmp_path / "seen.png", tmp_path / "missing.png", tmp_path / "broken.png"
    broken.write_bytes(seven.read_bytes()[:100])
    pictures = [str(path) for path in (missing, seven, broken, seven)]
    assert digits.main(["predict", *pictures, "--model", str(small), "--out", str(seen), "--json"]) == 2
    output = capsys.readouterr()
    assert [json.loads(line)["image"] for line in output.out.splitlines()] == [str(seven)] * 2
    errors = [line for line in output.err.splitlines() if not line.startswith(f"{seven}: ")]
    assert errors[0] == f"{missing} does not exist: give the path of a picture (PNG, JPEG ...)"
    assert errors[1].startswith(f"{broken} is damaged or cut short")
    assert errors[2:] == ["python -m apps.digits: 2 of 4 pictures were not read: the lines above say why"]
    with Image.open(seen) as picture:
        assert picture.size == (640, 400)


@pytest.mark.slow
def test_a_bad_picture_alone_is_one_line(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing, seen = tmp_path / "missing.png", tmp_path / "seen.png"
    assert digits.main(["predict", str(missing), "--model", str(small), "--out", str(seen)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err == f"python -m apps.digits: {missing} does not exist: give the path of a picture (PNG, JPEG ...)\n"
    assert not seen.exists()


@pytest.mark.slow
def test_predict_reads_the_pictures_of_a_folder(
    small: Path, seven: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, empty = tmp_path / "folder", tmp_path / "empty"
    (folder / "deeper").mkdir(parents=True)
    empty.mkdir()
    for name in ("b.png", "a.PNG", "without_ending", ".hidden.png", "deeper/c.png"):
        (folder / name).write_bytes(seven.read_bytes())
    for name in ("notes.txt", "Thumbs.db"):
        (folder / name).write_text("no picture")
    assert digits.main(["predict", str(folder), "--model", str(small), "--json"]) == 0
    output = capsys.readouterr()
    read = [Path(json.loads(line)["image"]).name for line in output.out.splitlines()]
    assert read == ["a.PNG", "b.png", "without_ending"]
    assert f"{folder}: not pictures, passed over: 2, the first Thumbs.db" in output.err
    assert digits.main(["predict", str(empty), "--model", str(small)]) == 2
    assert "empty has no pictures directly in it" in capsys.readouterr().err
    assert digits.main(["predict", str(empty), str(seven), "--model", str(small)]) == 2
    output = capsys.readouterr()
    assert output.out.startswith(f"{seven}: ")
    assert "1 of 2 pictures were not read" in output.err


@pytest.mark.slow
def test_predict_reads_a_number(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture, seen = tmp_path / "number.png", tmp_path / "seen.png"
    page = np.zeros((60, 130), np.uint8)
    images = sklearn_digits.load().images
    for place, label in enumerate((1, 0, 4)):
        page[15:43, 5 + 40 * place : 33 + 40 * place] = images[label]
    Image.fromarray(page).save(picture)
    assert digits.main(["predict", str(picture), "--model", str(small), "--out", str(seen), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert len(result["number"]) == len(result["digits"]) == 3
    assert "label" not in result
    assert result["number"] == "".join(str(digit["label"]) for digit in result["digits"])
    assert result["probability"] == pytest.approx(np.prod([digit["probability"] for digit in result["digits"]]))
    with Image.open(seen) as drawn:
        assert drawn.size == (640, 600)
    assert digits.main(["predict", str(picture), "--model", str(small)]) == 0
    line = capsys.readouterr().out
    assert line.startswith(f"{picture}: {result['number']} ({result['probability']:.4f}): {result['digits'][0]['label']} (")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["predict", "x.png", "--out", "x.jpg"], "--out x.jpg: the picture is a PNG file"),
        (["predict", "x.png", "--model", "nope"], "no model is called 'nope'"),
        (["evaluate", "--model", "nope"], "no model is called 'nope'"),
        (["train", "--data", "nope", "--out", "never"], "no data set is called 'nope': there are mnist and sklearn_digits"),
    ],
)
def test_bad_flags_are_one_line(flags: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert digits.main(flags) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1
    assert not Path("never").exists()


@pytest.mark.slow
def test_another_kind_of_model_is_refused(small_model: Path, seven: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert digits.main(["predict", str(seven), "--model", str(small_model)]) == 2
    assert "is a perceptron, not a digits_mlp" in capsys.readouterr().err
