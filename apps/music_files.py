"""The files that `python -m apps.music` writes: their flags, and the checks that come before the first of them."""

import argparse
import os
from pathlib import Path
from typing import Any

from apps import cli
from zoo.errors import UserError
from zoo.music.phrasing import LOUDNESS

FORMATS = ("mid", "png", "wav", "abc", "musicxml")


def add_flags(command: Any, tempo: str) -> None:
    """The flags of what is written. `tempo`: in words, the one without --tempo."""
    command.add_argument("--tempo", type=_tempo, metavar="BPM", help=f"felt beats a minute, 10 to 500; left out, {tempo}")
    command.add_argument(
        "--instrument",
        type=_instrument,
        metavar="NAME|0-127",
        help="the General MIDI instrument of all voices, such as violin; left out, their own",
    )
    command.add_argument(
        "--loudness",
        type=cli.whole(1, 127),
        default=LOUDNESS,
        metavar="1-127",
        help="the average velocity (%(default)s)",
    )
    command.add_argument(
        "--formats",
        type=_formats,
        default=FORMATS[:1],
        metavar="FORMATS",
        help=f"the files of each tune, of {','.join(FORMATS)} with commas between them ({FORMATS[0]})",
    )
    command.add_argument(
        "--out", type=Path, default=Path("out") / "tunes", metavar="PATH", help="the folder for the tunes (%(default)s)"
    )


def check_place(arguments: argparse.Namespace) -> None:
    """Raises UserError where no tune could be written, before one is composed."""
    out = arguments.out
    if out.exists() and not out.is_dir():
        raise UserError(f"--out {out} is a file: name a folder for the tunes")
    parent = next(folder for folder in (out.absolute(), *out.absolute().parents) if folder.exists())
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise UserError(f"--out {out}: {parent} is no folder that can be written to; name another place")
    if "wav" in arguments.formats:
        from zoo.music import sound

        sound.soundfont()


def write(tunes: Any, arguments: argparse.Namespace) -> None:
    """Writes tune-1 ... in each of --formats, with the loudness of a player, and prints a line for each tune.

    Nothing is written where one of them cannot be.
    """
    tunes = [_played(tune, arguments) for tune in tunes]
    paths = [[arguments.out / f"tune-{i}.{suffix}" for suffix in arguments.formats] for i in range(1, len(tunes) + 1)]
    for tune, files in zip(tunes, paths, strict=True):
        for path in files:
            _check_writable(tune, path)
    arguments.out.mkdir(parents=True, exist_ok=True)
    print(f"{'file':32} {'metre':6} {'key':14} {'bars':>4} {'notes':>5}")
    for tune, files in zip(tunes, paths, strict=True):
        for path in files:
            tune.save(path)
        print(f"{files[0]!s:32} {tune.metre!s:6} {tune.key!s:14} {tune.bars:4} {len(tune.notes):5}")


def _played(tune: Any, arguments: argparse.Namespace) -> Any:
    """The tune with the tempo and the instrument that were asked for, and velocities."""
    from dataclasses import replace

    from zoo.music.phrasing import phrased
    from zoo.music.score import TICKS_PER_QUARTER

    if arguments.tempo is not None:
        quarters = arguments.tempo * tune.metre.beat_ticks / TICKS_PER_QUARTER
        tune = replace(tune, tempos=((0, quarters),))
    if arguments.instrument is not None:
        voices = [voice if voice.drums else replace(voice, program=arguments.instrument) for voice in tune.voices]
        tune = replace(tune, voices=tuple(voices))
    return phrased(tune, arguments.loudness)


def _check_writable(tune: Any, path: Path) -> None:
    """Raises UserError for what `tune.save(path)` would refuse only after other files are written."""
    if path.is_dir():
        raise UserError(f"{path} is a folder, where a file is to be written: name another --out")
    if not tune.notes and path.suffix not in (".mid", ".png"):
        raise UserError(f"{path.stem} holds no notes, which only mid and png can be without: choose another --seed or --formats")
    if path.suffix == ".wav":
        from zoo.music import synthesis

        synthesis.length(tune)
    elif path.suffix == ".abc":
        from zoo.music import abc_writing

        abc_writing.to_abc(tune)


def _formats(text: str) -> tuple[str, ...]:
    """An argparse type: formats with commas between them, each once."""
    formats = tuple(dict.fromkeys(each.strip().lower() for each in text.split(",")))
    for each in formats:
        if each not in FORMATS:
            raise argparse.ArgumentTypeError(f"no format is called {each!r}: there are {', '.join(FORMATS)}")
    return formats


def _instrument(text: str) -> int:
    """An argparse type: a General MIDI program."""
    from zoo.music import instruments

    try:
        return instruments.program(text)
    except UserError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _tempo(text: str) -> float:
    """An argparse type: felt beats a minute."""
    try:
        tempo = float(text)
    except ValueError:
        tempo = 0
    if not 10 <= tempo <= 500:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of beats a minute from 10 to 500")
    return tempo
