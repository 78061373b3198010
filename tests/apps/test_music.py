"""The music app on a folder of MIDI files that the test writes: train, go on, evaluate, generate, compare, refuse in one line."""

import json
import random
import subprocess
import sys
import wave
from dataclasses import replace
from pathlib import Path

import pytest

import zoo
from apps import music, music_files
from tests.handed_over import handed_over
from zoo.core.errors import UserError
from zoo.music import metrics
from zoo.music.analysis.melody import melody
from zoo.music.data import chorales, folk, midi_folder, music21_sets, sets, tune_versions
from zoo.music.notation import midi, midi_writing
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Metre, Note, Voice


@pytest.fixture(scope="module")
def tunes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty short tunes in D and G, in 4/4 and 6/8."""
    folder = tmp_path_factory.mktemp("tunes")
    rng = random.Random(0)
    for i in range(60):
        metre, tonic = (Metre(4, 4), 2) if i % 2 else (Metre(6, 8), 7)
        pitches = [60 + tonic + rng.choice([0, 2, 4, 5, 7, 9, 11, 12]) for _ in range(4 * metre.bar_ticks // 12)]
        notes = tuple(Note(12 * j, 12, pitch) for j, pitch in enumerate(pitches))
        midi_writing.write(Score(notes, ((0, metre),), Key(tonic)), folder / f"{i}.mid")
    return folder


@pytest.fixture(scope="module")
def model(tunes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `train --quick` makes of them; few pieces are looked at, since one that has learned so little ends none soon."""
    out = tmp_path_factory.mktemp("models") / "mine"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metrics, "SAMPLES", 20)
        command = ["train", "--data", str(tunes), "--quick", "--units", "96", "--epochs", "2", "--out", str(out)]
        assert music.main(command) == 0
    return out


@pytest.mark.slow
def test_train_publishes_a_complete_card(model: Path, tunes: Path) -> None:
    card = zoo.load(model).card
    assert card.task == "music generation"
    assert sum(card.dataset.splits.values()) == 60
    assert card.training.command.startswith(f"python -m apps.music train --data {tunes} --quick")
    assert card.architecture["units"] == 96
    assert {metric.name for metric in card.metrics} == {"nats_per_note", "baseline_nats_per_note", "complete_bars"}
    complete = next(metric for metric in card.metrics if metric.name == "complete_bars")
    assert (complete.value, complete.n, metrics.SAMPLES) == (1.0, 20, 1000)
    assert {"assets/vocabulary.txt", "curves.png", "saved_model.pb"} <= card.files.keys()
    assert not list(model.parent.glob(".*"))  # no checkpoint is left over


@pytest.mark.slow
def test_evaluate_prints_the_numbers_of_the_card(
    model: Path, tunes: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "SAMPLES", 20)
    assert music.main(["evaluate", "--model", str(model), "--data", str(tunes), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result.keys() == {"nats_per_note", "baseline_nats_per_note", "complete_bars", "split", "n", "model"}
    card = zoo.load(model).card
    for name in ("nats_per_note", "baseline_nats_per_note"):
        assert result[name] == pytest.approx(card.metric(name).value, rel=1e-5)
    assert 1 < result["nats_per_note"] < 20
    assert result["split"] == "test"
    assert result["n"] == card.dataset.splits["test"]


ASKED = ["--n", "3", "--key", "G", "--metre", "6/8", "--bars", "4", "--seed", "7", "--tempo", "90"]
ASKED += ["--formats", "mid,png,wav,abc,musicxml,pdf", "--instrument", "Violin", "--loudness", "40"]


@pytest.fixture(scope="module")
def generated(model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder that `generate` wrote in a process of its own, and what it printed."""
    out = tmp_path_factory.mktemp("generated") / "out"
    command = [sys.executable, "-m", "apps.music", "generate", "--model", str(model), *ASKED, "--out", str(out)]
    run = subprocess.run(command, cwd=Path(music.__file__).parent.parent, check=True, capture_output=True, text=True)
    return out, run.stdout


@pytest.mark.slow
def test_generate_writes_what_it_prints(generated: tuple[Path, str]) -> None:
    out, printed = generated
    assert sorted(path.name for path in out.iterdir()) == sorted(
        f"tune-{i}.{s}" for i in (1, 2, 3) for s in ("mid", "png", "wav", "abc", "musicxml", "pdf")
    )
    header, *lines = printed.splitlines()
    assert header.split() == ["file", "metre", "key", "bars", "notes"]
    assert len(lines) == 3
    for i, line in enumerate(lines, start=1):
        file, metre, key, bars, notes = line.split()
        assert file == str(out / f"tune-{i}.mid")
        assert (metre, key) == ("6/8", "G")
        score = midi.read(file)
        assert (str(score.metre), str(score.key), score.full_bars, len(score.notes)) == ("6/8", "G", int(bars), int(notes))
        assert score.full_bars == 4
        assert score.tempos[0][1] == pytest.approx(135, rel=1e-4)  # 90 dotted quarter notes
        assert [voice.program for voice in score.voices] == [40]
        assert sum(note.velocity for note in score.notes) / len(score.notes) == pytest.approx(40, abs=3)
        assert (out / f"tune-{i}.png").read_bytes().startswith(b"\x89PNG")
        with wave.open(str(out / f"tune-{i}.wav")) as sound:
            assert sound.getnframes() / sound.getframerate() > 4 * 2 * 60 / 90 - 1
        assert "%%MIDI program 40\n" in (out / f"tune-{i}.abc").read_text()
        assert "<midi-program>41</midi-program>" in (out / f"tune-{i}.musicxml").read_text()  # counted from 1 there


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes_in_another_process(model: Path, generated: tuple[Path, str], tmp_path: Path) -> None:
    assert music.main(["generate", "--model", str(model), *ASKED, "--out", str(tmp_path)]) == 0
    assert sorted(tmp_path.iterdir())
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (generated[0] / path.name).read_bytes()


@pytest.mark.slow
def test_train_goes_on_from_a_model(model: Path, tunes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["train", "--data", str(tunes), "--quick", "--epochs", "1", "--from", str(model), "--out", str(tmp_path / "more")]
    assert music.main([*command, "--units", "128"]) == 2
    assert "units 128: mine, the model to start from, has 96; leave out one of the two" in capsys.readouterr().err
    after = handed_over(lambda: music.main(command))
    before = zoo.load(model)
    assert after.architecture == before.card.architecture
    assert 0 < after.moved(before) < 0.1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["generate", "--formats", "mid,mp3"], "no format is called 'mp3': there are mid, png, wav, abc, musicxml and pdf"),
        (["generate", "--formats", ""], "no format is called ''"),
        (["generate", "--instrument", "violn"], "no General MIDI instrument is called 'violn': did you mean violin"),
        (["generate", "--instrument", "128"], "there is no General MIDI program 128"),
        (["generate", "--loudness", "128"], "argument --loudness: '128' is not a whole number from 1 to 127"),
        (["generate", "--tempo", "nan"], "argument --tempo: 'nan' is not a number of beats a minute from 10 to 500"),
        (["generate", "--metre", "7/8"], "metre '7/8' is not known to mine: it knows 4/4, 6/8"),
        (["generate", "--key", "H"], "key 'H': write a tonic"),
        (["generate", "--mode", "blues"], "mode 'blues' is not known to mine: it knows major, minor"),
        (["generate", "--mode", "majr"], "mode 'majr' is not known to mine: did you mean major?"),
        (["generate", "--key", "D dorain"], "key 'D dorain': did you mean 'D dorian'?"),
        (["generate", "--formats", "mdi"], "no format is called 'mdi': did you mean mid?"),
        (["generate", "--bars", "65"], "bars = 65: this model writes 1 to 64 bars"),
        (["generate", "--bars", "0"], "argument --bars: '0' is not a whole number of at least 1"),
        (["generate", "--n", "20000"], "n = 20000: from 1 to 10,000 pieces at a time"),
        (["generate", "--temperature", "-1"], "temperature = -1.0: a number from 0"),
        (["generate", "--top-p", "2"], "top_p = 2.0: above 0 and at most 1"),
        (
            ["evaluate", "--data", "no_such_folder"],
            "no data set is called 'no_such_folder': there are folk and chorales, or give a folder",
        ),
    ],
)
def test_bad_input_is_one_line_and_nothing_written(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], message: str
) -> None:
    out = tmp_path / "out"
    command = [*flags, "--model", str(model), *(["--out", str(out)] if flags[0] == "generate" else [])]
    assert exit_code(command) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not out.exists()


def exit_code(argv: list[str]) -> int:
    try:
        return music.main(argv)
    except SystemExit as stop:  # argparse's way
        return int(stop.code or 0)


@pytest.mark.slow
def test_other_models_and_places_are_refused(
    small_model: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert music.main(["generate", "--model", str(small_model)]) == 2
    assert "is a perceptron, not a music_lstm" in capsys.readouterr().err
    assert music.main(["generate", "--model", "no_such_model"]) == 2
    assert "no model is called 'no_such_model'" in capsys.readouterr().err
    file = tmp_path / "file"
    file.write_text("mine")
    assert music.main(["generate", "--model", str(model), "--out", str(file)]) == 2
    assert "is a file: name a folder" in capsys.readouterr().err
    assert music.main(["generate", "--model", str(model), "--out", str(file / "in")]) == 2
    assert f"{file} is no folder that can be written to" in capsys.readouterr().err
    assert file.read_text() == "mine"
    assert music.main(["train", "--data", "is not looked for", "--out", str(small_model)]) == 2
    assert f"{small_model} holds a perceptron for classification of rows" in capsys.readouterr().err
    empty = tmp_path / "empty"
    empty.mkdir()
    assert music.main(["train", "--data", str(empty), "--out", str(tmp_path / "new")]) == 2
    assert "no music under" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


@pytest.mark.slow
def test_the_first_format_is_listed_and_an_older_file_of_another_format_stays(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tune-1.mid").write_text("older")
    asked = ["generate", "--model", str(model), "--bars", "2", "--out", str(tmp_path)]
    assert music.main([*asked, "--formats", "ABC, png,abc"]) == 0
    assert str(tmp_path / "tune-2.abc") in capsys.readouterr().out
    assert music.main([*asked, "--formats", "mid,abc"]) == 0  # the same piece in another format
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tune-1.mid", "tune-2.abc", "tune-2.mid", "tune-2.png"]
    assert (tmp_path / "tune-1.mid").read_text() == "older"


@pytest.mark.slow
def test_what_one_format_cannot_say_or_no_file_can_take_is_refused_before_any_is_written(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    long = ["--metre", "6/8", "--bars", "64", "--tempo", "10", "--formats", "mid,wav"]  # 13 minutes of the 12 allowed here
    monkeypatch.setattr("zoo.music.notation.synthesis.LONGEST", 12 * 60)
    assert music.main(["generate", "--model", str(model), *long, "--out", str(out)]) == 2
    assert "the score lasts 13 minutes: at most 12 become sound" in capsys.readouterr().err
    assert not out.exists()
    monkeypatch.setenv("SOUNDFONT", str(tmp_path / "none.sf2"))
    assert music.main(["generate", "--model", "no model is looked for", "--formats", "wav"]) == 2
    assert "SOUNDFONT names" in capsys.readouterr().err


def test_a_tune_without_notes_is_refused_by_the_formats_that_need_some() -> None:
    for suffix in ("mid", "png"):
        music_files._check_writable(Score(()), 3, suffix)
    for suffix in ("wav", "abc", "musicxml"):
        with pytest.raises(UserError, match="tune 3 holds no notes, which only mid and png can be without"):
            music_files._check_writable(Score(()), 3, suffix)


@pytest.mark.slow
def test_no_command_replaces_its_input_or_music_of_an_earlier_run(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`generate` into a folder, then `continue` from there into it, as the README says."""
    monkeypatch.chdir(tmp_path)

    def files(command: list[str]) -> list[str]:
        before = {path: path.read_bytes() for path in Path("out").rglob("*") if path.is_file()}
        assert music.main([*command, "--model", str(model), "--out", "out"]) == 0
        assert {path: path.read_bytes() for path in before} == before
        return [Path(line.split()[0]).name for line in capsys.readouterr().out.splitlines()[1:]]

    generate = ["generate", "--n", "2", "--bars", "2"]
    assert files(generate) == files(generate) == ["tune-1.mid", "tune-2.mid"]  # the same twice: the same files
    assert files([*generate, "--seed", "1"]) == ["tune-3.mid", "tune-4.mid"]
    assert files([*generate, "--seed", "1", "--formats", "mid,abc"]) == ["tune-3.mid", "tune-4.mid"]
    Path("link.mid").symlink_to("out/tune-1.mid")
    carry_on = ["continue", "out/tune-1.mid", "--bars", "1"]
    assert files(carry_on) == files(carry_on) == ["tune-1-continued.mid"]
    assert files([*carry_on, "--seed", "1"]) == ["tune-1-continued-2.mid"]
    assert files([*carry_on, "--n", "2", "--seed", "2"]) == ["tune-1-continued-1.mid", "tune-1-continued-3.mid"]
    assert files(["continue", "link.mid", "--bars", "1"]) == ["link-continued.mid"]
    assert files(["continue", "out/tune-1-continued.mid", "--bars", "1"]) == ["tune-1-continued-continued.mid"]


@pytest.mark.slow
def test_continue_keeps_the_primer_or_leaves_it_out(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The primer is an octave too low and has a bass: its highest voice goes on, moved, and moved back."""
    high = tuple(Note(12 * i, 12, 50 + step) for i, step in enumerate((0, 2, 4, 5, 7, 5, 4, 2)))
    low = (Note(0, 96, 38, 1),)
    score = Score((*high, *low), ((0, Metre(4, 4)),), Key(2), ((0, 80.0),), (Voice("", 40), Voice("", 32)))
    primer = score.save(tmp_path / "primer.mid")
    arguments = ["continue", str(primer), "--model", str(model), "--bars", "2", "--seed", "3"]
    assert music.main([*arguments, "--out", str(tmp_path / "whole")]) == 0
    told = capsys.readouterr().err
    assert "+12 semitones" in told
    whole = midi.read(tmp_path / "whole" / "primer-continued.mid")
    line = [note for note in whole.notes if not note.voice]
    assert [(note.start, note.duration, note.pitch) for note in line[:8]] == [
        (note.start, note.duration, note.pitch) for note in high
    ]
    assert [(note.start, note.duration, note.pitch) for note in whole.notes if note.voice] == [(0, 96, 38)]
    assert (whole.tempos, whole.voices[0].program, str(whole.metre)) == (((0, 80.0),), 40, "4/4")
    assert music.main([*arguments, "--only-new", "--out", str(tmp_path / "new")]) == 0
    new = midi.read(tmp_path / "new" / "primer-continued.mid")
    assert [note.pitch for note in new.notes] == [note.pitch for note in line[8:]]
    assert new.notes[0].start < 96
    changed = ["--tempo", "100", "--instrument", "73", "--loudness", "100", "--out", str(tmp_path / "flute")]
    assert music.main([*arguments, *changed]) == 0
    flute = midi.read(tmp_path / "flute" / "primer-continued.mid")
    assert (flute.tempos, flute.voices[0].program, flute.notes) == (((0, 100.0),), 73, whole.notes)
    louder = [after.velocity / before.velocity for after, before in zip(flute.notes, whole.notes, strict=True)]
    assert louder == pytest.approx([1.25] * len(louder), abs=0.02)
    primer.write_bytes(b"not music")
    assert music.main(arguments) == 2
    assert "is neither MIDI nor ABC notation nor MusicXML" in capsys.readouterr().err


@pytest.mark.slow
def test_vary_writes_bars_anew_and_leaves_all_else_as_it_is(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    melody = [Note(12 * i, 12, 62 + step, 0, 33 + i) for i, step in enumerate((0, 2, 4, 5, 7, 5, 4, 2) * 6)]
    bass = [Note(96 * i, 96, 38, 1, 99) for i in range(6)]
    tempos = ((0, 80.0), (200, 60.0))
    score = Score((*melody, *bass), ((0, Metre(4, 4)),), Key(2), tempos, (Voice("tune", 73), Voice("bass", 32)))
    file = score.save(tmp_path / "mine.mid")
    command = ["vary", str(file), "--model", str(model), "--out", str(tmp_path / "out"), "--bars"]
    assert music.main([*command, "3-4", "--n", "2", "--seed", "3", "--formats", "mid,png"]) == 0
    _, *lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [str(tmp_path / "out" / f"mine-varied-{i}.mid") for i in (1, 2)]
    found = [midi.read(tmp_path / "out" / f"mine-varied-{i}.mid") for i in (1, 2)]
    assert len({*found, score}) == 3
    for varied in found:
        assert (varied.tempos, varied.voices, varied.key) == (score.tempos, score.voices, score.key)
        outside = [
            [(note, note.velocity) for note in each.notes if note.voice or not 192 <= note.start < 384]
            for each in (varied, score)
        ]
        assert outside[0] == outside[1]
    for bars, message in {
        "4-3": "argument --bars: '4-3' names no bars: write the first and the last one, such as 5-8, or one bar",
        "a": "argument --bars: 'a' names no bars",
        "5-9": "this music has no bars 5 to 9: its bars are 1 to 6",
    }.items():
        assert exit_code([*command, bars]) == 2
        error = capsys.readouterr().err
        assert message in error
        assert error.count("\n") == 1


@pytest.fixture
def piece(tunes: Path) -> Score:
    """One of the tunes that a network learns from."""
    return midi_folder.load(tunes, melodies=True).scores["train"][0]


def similar(argv: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[list[str], str]:
    """The lines that `similarity` prints, and what it says on standard error."""
    capsys.readouterr()
    assert music.main(["similarity", *argv]) == 0
    out, err = capsys.readouterr()
    return out.splitlines(), err


@pytest.mark.slow
def test_similarity_finds_the_piece_that_was_copied(
    tunes: Path, piece: Score, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its file is named for it, since it has no title; it is found in another key, and after two bars of something else."""
    own = tuple(Note(12 * i, 12, 60 + (5 * i * i) % 37) for i in range(2 * piece.metre.bar_ticks // 12))
    moved = tuple(replace(note, start=note.start + 2 * piece.metre.bar_ticks, pitch=note.pitch + 1) for note in piece.notes)
    file = Score((*own, *moved), piece.metres).save(tmp_path / "mine.mid")
    lines, told = similar([str(file), "--data", str(tunes), "--n", "3"], capsys)
    header, first, *rest, verdict = lines
    assert header.split() == ["title", "notes", "bars", "intervals", "in", "common"]
    title, notes, bars, share = first.split()
    assert (title, int(notes), float(bars)) == (piece.title, len(piece.notes), piece.bars)
    assert midi.read(tunes / f"{title}.mid").notes == piece.notes
    assert share.endswith("%")
    assert int(share[:-1]) >= 80
    assert len(rest) == 2
    assert all(float(line.split()[2]) < 2 for line in rest)
    assert verdict == "copied: runs of 2 bars or more that training pieces have, too, are 67% of it"
    trained_on = len(midi_folder.load(tunes, melodies=True).scores["train"])
    assert f"{file} (1 voice) is compared with the training pieces of {tunes} ({trained_on})\n" in told


@pytest.fixture
def accompanied(piece: Score, tmp_path: Path) -> Path:
    """A piece on channel 1 and a bass on channel 2, each in a track of its own."""
    bass = tuple(Note(start, 24, 36, 1) for start in range(0, piece.end, 24))
    tune = replace(piece, notes=(*piece.notes, *bass), voices=(Voice("Right hand"), Voice("Left hand", 32)), title="")
    return tune.save(tmp_path / "accompanied.mid")


@pytest.mark.slow
@pytest.mark.parametrize("flags", [["--track", "2"], ["--track", "right"], ["--channel", "1"]])
def test_a_track_or_a_channel_of_a_file_is_taken_alone(
    tunes: Path, accompanied: Path, flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    lines, told = similar([str(accompanied), *flags, "--data", str(tunes)], capsys)
    assert f"{accompanied} (1 voice) is compared" in told
    assert lines[-1].endswith("are 100% of it")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["continue", "harmonize", "similarity"])
def test_a_track_that_the_file_lacks_is_refused_with_those_that_it_has(
    command: str, accompanied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert exit_code([command, str(accompanied), "--track", "flute"]) == 2
    error = capsys.readouterr().err
    assert f"{accompanied}: no voice is in track 'flute'; there are track 2 'Right hand' (channel 1, " in error
    assert error.count("\n") == 1
    assert exit_code([command, str(accompanied), "--channel", "17"]) == 2


@pytest.mark.slow
def test_similarity_says_that_nothing_was_copied(tunes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    strange = Score(tuple(Note(45 * i, 45, 60 + (5 * i * i) % 37) for i in range(12)))
    file = strange.save(tmp_path / "strange.mid")
    lines, _ = similar([str(file), "--data", str(tunes)], capsys)
    assert lines[1:] == ["not copied: the longest run that it shares with a training piece is 0.00 bars, less than 2"]
    (line,), _ = similar([str(file), "--data", str(tunes), "--json"], capsys)
    result = json.loads(line)
    assert (result["nearest"], result["longest_bars"], result["copied"], result["copied_share"]) == ([], 0, False, 0)


@pytest.mark.slow
def test_similarity_in_json(tunes: Path, piece: Score, capsys: pytest.CaptureFixture[str]) -> None:
    (line,), _ = similar([str(tunes / f"{piece.title}.mid"), "--data", str(tunes), "--n", "1", "--json"], capsys)
    result = json.loads(line)
    (nearest,) = result.pop("nearest")
    assert nearest.pop("containment") > 0.8
    assert nearest == {"title": piece.title, "notes": len(piece.notes), "bars": piece.bars}
    assert result.pop("pieces") > 30
    assert result == {
        "file": str(tunes / f"{piece.title}.mid"),
        "data": str(tunes),
        "longest_bars": piece.bars,
        "copied": True,
        "copied_share": 1.0,
    }


@pytest.mark.slow
def test_similarity_compares_melodies_with_folk_tunes_and_four_voices_with_chorales(
    piece: Score, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drums are no voice; `--data` decides otherwise."""
    voices = [tuple(replace(note, pitch=note.pitch - 4 * i, voice=i) for note in piece.notes) for i in range(5)]
    learned = replace(piece, notes=sum(voices[:4], ()), voices=(Voice(),) * 4, title="Chorale")
    known = {(chorales.BachChorales, "train"): (learned,), (folk.FolkTunes, "train"): (replace(piece, title="Tune"),)}
    monkeypatch.setattr(music21_sets, "scores", lambda data_set, split: known[data_set, split])
    monkeypatch.setattr(sets, "_splits", sets._splits.__wrapped__)
    three = Score(sum(voices[:4], ()), piece.metres, voices=(Voice(),) * 3 + (Voice(drums=True),)).save(tmp_path / "3.mid")
    four = Score(sum(voices, ()), piece.metres, voices=(Voice(),) * 4 + (Voice(drums=True),)).save(tmp_path / "4.mid")
    for file, flags, title, told in (
        (three, [], "Tune", "(3 voices) is compared with the training pieces of folk (1)\n"),
        (four, [], "Chorale", "(4 voices) is compared with the training pieces of chorales (1)\n"),
        (four, ["--data", "folk"], "Tune", "(4 voices) is compared with the training pieces of folk (1)\n"),
    ):
        lines, err = similar([str(file), *flags], capsys)
        assert lines[1].split()[:2] == [title, str(len(piece.notes))]
        assert told in err


@pytest.mark.slow
def test_similarity_compares_all_voices_of_a_folder_with_four_voices(
    piece: Score, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was copied is the lowest voice, which no melody of the folder has."""
    (tmp_path / "folder").mkdir()
    rng = random.Random(1)
    for i in range(12):
        notes = [Note(24 * j, 24, 76 - 8 * voice + rng.randrange(6), voice) for j in range(32) for voice in range(4)]
        Score(tuple(notes), voices=(Voice(),) * 4, title=f"Piece {i}").save(tmp_path / "folder" / f"{i}.mid")
    learned = midi_folder.load(tmp_path / "folder", melodies=False).scores["train"][0]
    bass = tuple(note for note in learned.notes if note.voice == 3)
    mixed = tuple(Note(48 * j, 48, 90 - 8 * voice - j % 3, voice) for j in range(16) for voice in range(3)) + bass
    file = Score(mixed, voices=(Voice(),) * 4).save(tmp_path / "mixed.mid")
    lines, told = similar([str(file), "--data", str(tmp_path / "folder")], capsys)
    assert lines[1].startswith(f"{learned.title:48} {len(bass):5} {8:6.2f} ")
    assert lines[-1].startswith("copied: ")
    assert "excerpts of 12 polyphonic pieces" in told


@pytest.mark.parametrize(
    ("content", "flags", "message"),
    [
        (None, [], "there is no file"),
        (b"", [], "is empty; choose a MIDI file"),
        (b"not music", [], "is neither MIDI nor ABC notation nor MusicXML"),
        (
            "tune",
            ["--data", "jazz"],
            "no data set is called 'jazz': there are folk and chorales, or give a folder of MIDI, ABC or MusicXML files",
        ),
        ("tune", ["--data", ""], "no data set is called ''"),
        ("tune", ["--data", __file__], "is no folder: give a folder of MIDI, ABC or MusicXML files"),
        ("tune", ["--n", "0"], "argument --n: '0' is not a whole number of at least 1"),
        ("drums", [], "holds only drums: choose a file with a melody"),
    ],
)
def test_similarity_refuses_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | str | None, flags: list[str], message: str
) -> None:
    file = tmp_path / "file.mid"
    if isinstance(content, bytes):
        file.write_bytes(content)
    elif content:
        Score((Note(0, 24, 60),), voices=(Voice(drums=content == "drums"),)).save(file)
    assert exit_code(["similarity", str(file), *flags]) == 2
    out, error = capsys.readouterr()
    assert message in error
    assert (out, error.count("\n")) == ("", 1)


def test_similarity_needs_a_piece_to_compare_with(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    file = Score((Note(0, 24, 60),)).save(tmp_path / "file.mid")
    assert music.main(["similarity", str(file), "--data", str(empty)]) == 2
    assert "no music under" in capsys.readouterr().err
    held_out = next(  # whose content puts it in another split
        score
        for score in (Score((Note(0, 24, pitch),)) for pitch in range(40, 90))
        if tune_versions.splits([melody(score)], [0]) != ["train"]
    )
    held_out.save(empty / "one.mid")
    assert music.main(["similarity", str(file), "--data", str(empty)]) == 2
    assert "has no piece in its train split: bring more files" in capsys.readouterr().err


@pytest.fixture(scope="module")
def duets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty pieces of a melody and chords under it."""
    folder = tmp_path_factory.mktemp("duets")
    rng = random.Random(0)
    for i in range(30):
        high = [Note(24 * j, 24, 72 + rng.choice([0, 2, 4, 5, 7])) for j in range(16)]
        low = [Note(96 * j, 96, pitch, 1) for j in range(4) for pitch in (48, 52, 55 + rng.choice([0, 2]))]
        Score((*high, *low), key=Key(0), voices=(Voice("Flute", 73), Voice("Guitar", 24))).save(folder / f"{i}.mid")
    return folder


@pytest.mark.slow
def test_a_folder_of_polyphonic_music_is_learned_with_all_its_voices(
    duets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(metrics, "SAMPLES", 10)
    model = tmp_path / "duets"
    assert music.main(["train", "--data", str(duets), "--quick", "--epochs", "1", "--out", str(model)]) == 0
    told = capsys.readouterr().err
    assert "excerpts of polyphonic pieces" in told
    assert f"notes in the scores{'':>16}" in told
    card = zoo.load(model).card
    assert card.metric("complete_bars").value == 1
    assert "polyphonic music" in card.description
    command = ["generate", "--model", str(model), "--n", "4", "--bars", "2", "--metre", "4/4", "--out", str(tmp_path / "out")]
    assert music.main(command) == 0
    written = [midi.read(tmp_path / "out" / f"tune-{i}.mid") for i in range(1, 5)]
    assert {len(score.voices) for score in written} == {2}
    assert max(len([n for n in score.notes if n.start == note.start]) for score in written for note in score.notes) > 1
    primer = str(duets / "0.mid")
    assert music.main(["continue", primer, "--model", str(model), "--bars", "1", "--out", str(tmp_path / "more")]) == 0
    more = midi.read(tmp_path / "more" / "0-continued.mid")
    assert [voice.program for voice in more.voices] == [73, 24]
    assert {note for note in midi.read(primer).notes if note.start < 96 * 4} <= set(more.notes)
    assert music.main(["harmonize", primer, "--model", str(model)]) == 2
    assert "name a model of parts such as chorale_lstm" in capsys.readouterr().err


@pytest.fixture(scope="module")
def air() -> Score:
    """A line of a melody of our own, too low for a soprano, with a triplet."""
    pitches = [60, 62, 64, 65, 67, 65, 64, 62, 64, 60]
    notes = [Note(24 * i, 24, pitch - 12) for i, pitch in enumerate(pitches)]
    notes += [Note(240 + 8 * i, 8, 55 - i) for i in range(3)] + [Note(264, 120, 48)]
    return Score(tuple(notes), key=Key(0), tempos=((0, 70.0),), voices=(Voice("Voice", 53),), title="Air")


@pytest.mark.pretrained
@pytest.mark.slow
def test_harmonize_leaves_the_melody_as_it_is(air: Score, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    file = str(air.save(tmp_path / "air.mid"))
    assert music.main(["harmonize", file, "--n", "2", "--seed", "1", "--formats", "mid,musicxml,png", "--out", str(out)]) == 0
    printed, told = capsys.readouterr()
    assert "is moved +12 semitones into the model's range" in told
    assert "off the model's grid: 3 of 14 notes" in told
    assert len(printed.splitlines()) == 3
    for i in (1, 2):
        score = midi.read(out / f"air-harmonised-{i}.mid")
        assert [voice.name for voice in score.voices] == ["Soprano", "Alto", "Tenor", "Bass"]
        assert [(n.start, n.duration, n.pitch) for n in score.notes if not n.voice] == [
            (n.start, n.duration, n.pitch) for n in air.notes
        ]
        assert all(any(n.voice == voice for n in score.notes) for voice in (1, 2, 3))
        assert score.bars == air.bars
        assert (out / f"air-harmonised-{i}.musicxml").read_text().count("<part id=") == 4
    assert (out / "air-harmonised-1.mid").read_bytes() != (out / "air-harmonised-2.mid").read_bytes()


@pytest.mark.pretrained
@pytest.mark.slow
def test_harmonize_takes_the_highest_voice_of_several(air: Score, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = replace(air, notes=(*air.transpose(12).notes, Note(0, 96, 40, 1)), voices=(Voice(), Voice()))
    assert music.main(["harmonize", str(both.save(tmp_path / "two.mid")), "--n", "2", "--out", str(tmp_path)]) == 0
    assert "the melody alone is harmonised: 1 other note is left out" in capsys.readouterr().err


@pytest.mark.pretrained
@pytest.mark.slow
@pytest.mark.parametrize(
    ("score", "flags", "message"),
    [
        (Score((Note(0, 24, 60),), ((0, Metre(7, 8)),)), [], "the metre 7/8 is like none of"),
        (Score((Note(0, 24, 60),), voices=(Voice("", 0, True),)), [], "cannot harmonise this music: only drums"),
        (Score((Note(0, 24, 60),)), ["--key", "H"], "key 'H': write a tonic"),
        (
            Score((Note(0, 24, 60),)),
            ["--model", "folk_lstm"],
            "folk_lstm writes melodies: to harmonise, name a model of parts",
        ),
    ],
)
def test_harmonize_refuses_in_one_line(
    score: Score, flags: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert exit_code(["harmonize", str(score.save(tmp_path / "file.mid")), *flags, "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not out.exists()


@pytest.mark.pretrained
def test_evaluate_reads_the_published_grids(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chord, other = [72, 67, 64, 48], [71, 67, 62, 43]
    pieces = [[chord] * 16 + [other] * 16 + [chord] * 32, [chord] * 32]
    file = tmp_path / "grids.json"
    file.write_text(json.dumps({"train": [], "valid": pieces[:1], "test": pieces}))
    assert music.main(["evaluate", "--model", "chorale_lstm", "--data", str(file), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["n"] == 2
    assert result["nats_per_frame"] == pytest.approx(4 * result["nats_per_cell"])
    onsets = result["nats_per_cell"] * 4 * 96 / result["nats_per_onset"]
    assert onsets == pytest.approx(round(onsets), abs=1e-3)
    assert 15 <= onsets <= 24  # of 11 notes and 4, more where the bars of a spelling cut long ones
    voices = [result[f"nats_per_frame_{name}"] for name in ("soprano", "alto", "tenor", "bass", "time")]
    assert min(voices) > 0
    assert sum(voices) >= result["nats_per_frame"] - 1e-6  # of the most probable spelling: the sum over them is no less likely
    assert "nats_per_cell_without_twin" not in result
    assert music.main(["evaluate", "--model", "folk_lstm", "--data", str(file)]) == 2
    assert "folk_lstm knows no grids of chorales: choose a model such as chorale_lstm" in capsys.readouterr().err
    file.write_text("{}")
    assert music.main(["evaluate", "--model", "chorale_lstm", "--data", str(file)]) == 2
    assert "holds no JSB chorales" in capsys.readouterr().err


def test_of_an_abc_book_another_tune_may_be_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tunes = ("X:3\nT:One\nM:2/4\nL:1/4\nK:D\nd f | a2 |]\n", "X:8\nT:Two\nM:2/4\nL:1/4\nK:G\nG B | d2 |]\n")
    book = tmp_path / "book.abc"
    book.write_text("\n".join(tunes))
    for number, tune in zip((3, 8), tunes, strict=True):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "tune.abc").write_text(tune)
        arguments = ["similarity", str(book), "--data", str(tmp_path / str(number)), "--tune", str(number), "--json"]
        assert music.main(arguments) == 0
        assert json.loads(capsys.readouterr().out)["nearest"][0]["notes"] == 3
    assert music.main(["similarity", str(book), "--tune", "7"]) == 2
    assert "book.abc' has no tune X:7: it has X:3, X:8" in capsys.readouterr().err
