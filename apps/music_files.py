"""The files that `python -m apps.music` writes: the flags that describe them, the checks before them, and the writing."""

import argparse
import importlib.util
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from zoo.core import extras
from zoo.core.errors import UserError
from zoo.core.files import check_folder, numbered, write_new
from zoo.core.names import advice
from zoo.music.notation.phrasing import LOUDNESS

from . import cli

FORMATS = ("mid", "png", "wav", "abc", "musicxml", "pdf")
PACKAGES = {"musicxml": ("music21",), "pdf": ("verovio", "svglib")}  # that a format needs, of the extra `music`


def add_flags(command: Any, tempo: str) -> None:
    """Adds the flags for the files. `tempo` says in words which tempo holds without --tempo."""
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
        help="the average velocity, which sound files keep only within a piece (%(default)s)",
    )
    add_place_flags(command)


def add_place_flags(command: Any) -> None:
    """Adds the flags that say in which formats and in which folder files are written."""
    command.add_argument(
        "--formats",
        type=_formats,
        default=FORMATS[:1],
        metavar="FORMATS",
        help=f"the formats to write, with commas between them: {','.join(FORMATS)} ({FORMATS[0]})",
    )
    command.add_argument(
        "--out", type=Path, default=Path("out") / "tunes", metavar="PATH", help="the folder for the tunes (%(default)s)"
    )


def check_place(arguments: argparse.Namespace) -> None:
    """Raises UserError where the folder cannot be written, before any music is composed."""
    check_folder("--out", arguments.out)
    if "wav" in arguments.formats:
        from zoo.music.notation import sound

        sound.soundfont()
    for package in (package for each in arguments.formats for package in PACKAGES.get(each, ())):
        if importlib.util.find_spec(package) is None:
            raise extras.missing(package)


def add_voice_flags(command: Any) -> None:
    """Adds the flags that say which of the voices of the user's file to take."""
    command.add_argument(
        "--track",
        type=_track,
        metavar="N|NAME",
        help="only this track of the file, by its number from 1 or its name, of which the beginning suffices",
    )
    command.add_argument("--channel", type=cli.whole(1, 16), metavar="1-16", help="only this MIDI channel of the file")
    command.add_argument(
        "--tune",
        type=int,
        metavar="N",
        help="of an ABC file with several tunes, the one that begins with X:N; left out, the first",
    )


def read(path: Path, arguments: argparse.Namespace) -> Any:
    """The voices of a file of the user's that the flags of `add_voice_flags` name, read as `read_whole` does.

    UserError also where the file has no such track or channel.
    """
    return chosen(read_whole(path, arguments), path, arguments)


def chosen(music: Any, path: Path, arguments: argparse.Namespace) -> Any:
    """The voices of the music of a file that the flags of `add_voice_flags` name. UserError where there are none."""
    from zoo.music.analysis import voices

    try:
        return voices.chosen(music, arguments.track, arguments.channel)
    except UserError as error:
        raise UserError(f"{path}: {error}") from error


def read_whole(path: Path, arguments: argparse.Namespace) -> Any:
    """The score of a file of the user's, as `zoo.music.notation.reading` reads it, with a notice for what it read otherwise.

    `arguments` are the values of the flags of `add_voice_flags`, of which the tune counts.
    """
    from zoo.music.notation import reading

    found = reading.read(path, arguments.tune)
    for text in found.notices:
        cli.notice(f"{path}: {text}")
    return found.score


def write(tunes: Any, arguments: argparse.Namespace, source: Path | None = None, done: str = "", play: bool = True) -> None:
    """Writes tunes in each of --formats, with velocities as a player would choose them, and prints a line for each tune.

    Where one of them cannot be written, none is. No file that exists is replaced (see `zoo.core.files.write_new`).

    Args:
        tunes: the scores.
        arguments: the values of the flags of `add_flags`.
        source: the file that the tunes were made from. From my.mid comes my-continued.mid, or my-continued-1.mid, -2.mid and so
            on. None: the tunes are tune-1.mid, tune-2.mid and so on.
        done: what was done with the source: "continued".
        play: whether velocities, tempo and instruments become those of the flags; else they stay, and `add_place_flags` suffices.
    """
    tunes = [_played(tune, arguments) for tune in tunes] if play else tunes
    stem, first = ("tune", 1) if source is None else (f"{source.stem}-{done}", 1 if len(tunes) > 1 else None)
    names, wanted = numbered(stem, first), next(numbered(stem, first))
    for number, tune in enumerate(tunes, start=1):
        for suffix in arguments.formats:
            _check_writable(tune, number, suffix)
    arguments.out.mkdir(parents=True, exist_ok=True)
    print(f"{'file':32} {'metre':6} {'key':14} {'bars':>4} {'notes':>5}")
    for number, tune in enumerate(tunes):
        file, *_ = save(tune, arguments.out, names, arguments.formats)
        if not number and file.stem != wanted:
            cli.notice(f"{file.with_stem(wanted)} exists and holds other music: it stays, and the new music is {file.stem}")
        print(f"{file!s:32} {tune.metre!s:6} {tune.key or ''!s:14} {tune.full_bars:4} {len(tune.notes):5}")


def save(tune: Any, folder: Path, names: Iterator[str], suffixes: Sequence[str]) -> list[Path]:
    """Writes a score in several formats under the next free name, and returns the paths; see `zoo.core.files.write_new`.

    A name is not free where a file of this name, in any format, holds other music.
    """
    contents = {suffix: _encoded(tune, suffix) for suffix in suffixes}
    free = (name for name in names if _fits(tune, [folder / f"{name}.{suffix}" for suffix in FORMATS if suffix not in suffixes]))
    return write_new(folder, free, contents)


def _encoded(tune: Any, suffix: str) -> bytes:
    """The bytes of a score's file. For sound, a notice says once what makes it."""
    if suffix == "wav":
        from zoo.music.notation import sound

        content, maker = sound.encoded(tune)
        _tell(f"sound by {maker}")
    else:
        content = tune.encoded(f".{suffix}")
    return content


@cache
def _tell(text: str) -> None:
    """Shows a notice, the same one only once."""
    cli.notice(text)


def _fits(tune: Any, paths: Sequence[Path]) -> bool:
    """Whether all of the files that exist hold this score."""
    try:
        return all(path.is_file() and path.read_bytes() == _encoded(tune, path.suffix[1:]) for path in paths if path.exists())
    except UserError:  # the score cannot be written in that format
        return False


def _played(tune: Any, arguments: argparse.Namespace) -> Any:
    """The tune with velocities, and with the tempo and the instrument that the flags name."""
    from dataclasses import replace

    from zoo.music.notation.phrasing import phrased
    from zoo.music.notation.theory import TICKS_PER_QUARTER

    if arguments.tempo is not None:
        quarters = arguments.tempo * tune.metre.beat_ticks / TICKS_PER_QUARTER
        tune = replace(tune, tempos=((0, quarters),))
    if arguments.instrument is not None:
        voices = [voice if voice.drums else replace(voice, program=arguments.instrument) for voice in tune.voices]
        tune = replace(tune, voices=tuple(voices))
    return phrased(tune, arguments.loudness)


def _check_writable(tune: Any, number: int, suffix: str) -> None:
    """Raises UserError where a tune cannot be written in a format, before the tunes ahead of it are written."""
    if not tune.notes and suffix not in ("mid", "png"):
        raise UserError(
            f"tune {number} holds no notes, which only mid and png can be without: choose another --seed or --formats"
        )
    if suffix == "wav":
        from zoo.music.notation import synthesis

        synthesis.length(tune)
    elif suffix == "abc":
        from zoo.music.notation import abc_writing

        abc_writing.to_abc(tune)


def _formats(text: str) -> tuple[str, ...]:
    """An argparse type: formats separated by commas; a repeated one counts once."""
    formats = tuple(dict.fromkeys(each.strip().lower() for each in text.split(",")))
    for each in formats:
        if each not in FORMATS:
            raise argparse.ArgumentTypeError(f"no format is called {each!r}: {advice(each, FORMATS)}")
    return formats


def _instrument(text: str) -> int:
    """An argparse type: a General MIDI program."""
    from zoo.music.notation import instruments

    try:
        return instruments.program(text)
    except UserError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _track(text: str) -> int | str:
    """An argparse type: the number of a track, or else its name."""
    return int(text) if text.isascii() and text.isdigit() else text


def _tempo(text: str) -> float:
    """An argparse type: felt beats a minute."""
    try:
        tempo = float(text)
    except ValueError:
        tempo = 0
    if not 10 <= tempo <= 500:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of beats a minute from 10 to 500")
    return tempo
