"""What all apps share on the command line."""

import argparse

import pytest

from apps import cli
from zoo.core.training import Losses


def test_the_last_line_of_a_stopped_training_is_that_it_was_stopped(capsys: pytest.CaptureFixture[str]) -> None:
    def train(arguments: argparse.Namespace) -> None:
        arguments.bar(1, 10, Losses(1, 2, 0.5, None, None, 0))
        raise KeyboardInterrupt

    parser, commands = cli.app("mlp", "Trains.")
    cli.command(commands, "train", train, "train", "python -m apps.mlp train", tensorflow=False)
    assert cli.run(parser, ["train"]) == 1
    *above, last = capsys.readouterr().err.splitlines()
    assert last == "python -m apps.mlp: stopped"
    assert "epoch 1/2, loss 0.5000" in "".join(above)
    assert "10/10" not in "".join(above)
