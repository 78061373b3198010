"""`python -m apps` names every app."""

import importlib
from pathlib import Path

import pytest

import apps
import zoo
from apps import __main__ as command
from apps import cli


def test_every_app_is_named_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    files = Path(next(iter(apps.__path__))).glob("[!_]*.py")
    programs = {file.stem for file in files if hasattr(importlib.import_module(f"apps.{file.stem}"), "EXAMPLE")}
    assert set(command.names()) == programs
    assert command.main([]) == 0
    printed = capsys.readouterr().out
    for name in command.names():
        example = importlib.import_module(f"apps.{name}").EXAMPLE
        assert f"\n{name}: " in f"\n{printed}"
        assert f"    python -m apps.{name} {example}".rstrip() + "\n" in printed
    with pytest.raises(SystemExit):
        command.main(["--help"])
    assert printed in capsys.readouterr().out


def test_an_app_is_run_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["models", "show", "smoll"]) == 2
    assert capsys.readouterr().err.startswith("python -m apps.models: no model is called 'smoll'")
    assert command.main(["musik", "generate"]) == 2
    assert capsys.readouterr().err == "python -m apps: no app is called 'musik': did you mean music?\n"


def test_the_version_is_that_of_the_library(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(["--version"])
    assert (stopped.value.code, capsys.readouterr().out) == (0, f"intro-zoo {zoo.__version__}\n")


def test_a_command_that_there_is_not_is_told_what_is_near(capsys: pytest.CaptureFixture[str]) -> None:
    from apps import music

    for words, told in (
        (["genarate"], "invalid choice 'genarate': did you mean generate?"),
        (["evaluate", "--split", "Test"], "invalid choice 'Test': did you mean test?"),
        (["evaluate", "--split", "all"], "invalid choice 'all': there are test and validation"),
        (["generate", "--modle=x"], "unrecognized arguments: --modle=x: did you mean --mode or --model?"),
        (["generate", "tune", "--seed", "1"], "unrecognized arguments: tune ("),
        (["generate", "--formats", "midi"], "no format is called 'midi': did you mean mid?"),
    ):
        with pytest.raises(SystemExit) as stopped:
            music.main(words)
        error = capsys.readouterr().err
        assert (stopped.value.code, error.count("\n")) == (2, 1)
        assert told in error


@pytest.mark.parametrize(("text", "sizes"), [("64,32", (64, 32)), ("7", (7,)), (" 64 , 32 ", (64, 32))])
def test_sizes_are_numbers_with_commas(text: str, sizes: tuple[int, ...]) -> None:
    assert cli.sizes(text) == sizes


@pytest.mark.parametrize("text", ["", "64,", "0", "-1", "6.5", "64;32", "10001", ",".join(["1"] * 21), "²"])
def test_other_sizes_are_refused(text: str) -> None:
    with pytest.raises(cli.argparse.ArgumentTypeError):
        cli.sizes(text)
