"""Folk tunes, chorales and your own music: compose, continue, harmonise, look for copies; train a network and measure it."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zoo import registry
from zoo.core import cards
from zoo.core.errors import UserError
from zoo.core.startup import import_tensorflow

from . import cli, music_files

EXAMPLE = "generate --type jig --key D --metre 6/8 --bars 16 --out out/tunes"  # in the list of apps
MELODIES, PARTS = "folk_lstm", "chorale_lstm"  # the models of the commands that write a melody, and of those that write parts
FOLK, CHORALES = "folk", "chorales"  # what `similarity` compares with
CHORALE_VOICES = 4
SAID = ("key", "metre", "pickup")  # what a user says of music in place of what its file says
MELODY = "of a folder: only the melody of each file, where most of them have several voices"


def train(arguments: argparse.Namespace) -> None:
    """Trains a network and publishes it at --out."""
    from zoo.music import training

    card = training.train(arguments.data, melody=arguments.melody, units=arguments.units, **cli.training_options(arguments))
    cli.show_published(card, arguments)


def evaluate(arguments: argparse.Namespace) -> None:
    """Prints the metrics of a network on a split of its own data, of a folder, or of the published grids of chorales."""
    from zoo.music import metrics
    from zoo.music.data import sets

    composer = _composer(arguments)
    name = arguments.data or (CHORALES if composer.vocabulary.parts else FOLK)
    if name.endswith(".json"):
        cli.show_metrics(metrics.published_grids(composer, name, arguments.split, arguments.command_line), arguments)
        return
    music = sets.load(name, composer.vocabulary, arguments.melody or None)
    if not music.scores[arguments.split]:
        raise UserError(f"--data {name} has nothing in its {arguments.split} split: bring more files")
    choices = _given(arguments, ("samples", "temperature", "top_p"))
    cli.show_metrics(metrics.music_metrics(composer, music, arguments.split, arguments.command_line, **choices), arguments)


def generate(arguments: argparse.Namespace) -> None:
    """Composes pieces and writes them."""
    music_files.check_place(arguments)
    pieces = _composer(arguments).generate(
        key=arguments.key,
        mode=arguments.mode,
        metre=arguments.metre,
        type=arguments.type,
        bars=arguments.bars,
        **_sampling(arguments),
    )
    music_files.write(pieces, arguments)


def continue_(arguments: argparse.Namespace) -> None:
    """Continues music in its key, metre, tempo and instruments."""
    from dataclasses import replace

    music_files.check_place(arguments)
    read = music_files.read_whole(arguments.primer, arguments)
    music_files.chosen(read, arguments.primer, arguments)  # a track that the file lacks is refused before a model is loaded
    pieces = _composer(arguments).continue_(
        replace(read, type=arguments.type or read.type),
        **_given(arguments, ("bars", "only_new", "track", "channel", *SAID)),
        **_sampling(arguments),
    )
    music_files.write(pieces, arguments, arguments.primer, "continued")


def harmonize(arguments: argparse.Namespace) -> None:
    """Composes three voices under a melody, which stays as it is; the most probable harmony first."""
    music_files.check_place(arguments)
    music = music_files.read(arguments.melody, arguments)
    pieces = _composer(arguments).harmonize(music, **_given(arguments, SAID), **_sampling(arguments))
    music_files.write(pieces, arguments, arguments.melody, "harmonised")


def vary(arguments: argparse.Namespace) -> None:
    """Writes some bars of music anew, so that they fit what stands before and after them; the best version first."""
    from dataclasses import replace

    music_files.check_place(arguments)
    music = music_files.read_whole(arguments.file, arguments)
    if arguments.type is not None:
        music = replace(music, type=arguments.type)
    choices = {**_sampling(arguments), "keep_melody": arguments.keep_melody}
    voices_and_bars = _given(arguments, ("track", "channel", *SAID))
    pieces = _composer(arguments).vary(music, arguments.bars, **voices_and_bars, **choices)
    music_files.write(pieces, arguments, arguments.file, "varied", play=False)


def _bars(text: str) -> tuple[int, int]:
    """An argparse type: a bar, or the first and the last one of several."""
    first, dash, last = text.partition("-")
    numbers = [first.strip(), last.strip() if dash else first.strip()]
    if not all(number.isascii() and number.isdigit() for number in numbers) or int(numbers[0]) > int(numbers[1]):
        raise argparse.ArgumentTypeError(f"{text!r} names no bars: write the first and the last one, such as 5-8, or one bar")
    return int(numbers[0]), int(numbers[1])


def _composer(arguments: argparse.Namespace) -> Any:
    import zoo

    return zoo.load(cards.find_network(arguments.model, *registry.of_app("music")))


def similarity(arguments: argparse.Namespace) -> None:
    """Prints the training pieces that a piece is nearest to, and whether it copies any of them."""
    from dataclasses import replace

    from zoo.music.analysis.copying import COPIED_BARS, Index
    from zoo.music.analysis.melody import snapped
    from zoo.music.analysis.metres import one_metre

    score = music_files.read(arguments.file, arguments)
    voices = len({note.voice for note in score.notes if not score.voices[note.voice].drums})
    if not voices:
        raise UserError(f"{arguments.file} holds only drums: choose a file with a melody")
    polyphonic = voices >= CHORALE_VOICES
    data = (CHORALES if polyphonic else FOLK) if arguments.data is None else arguments.data
    pieces = _training_pieces(data, polyphonic)
    sounding = f"{voices} {'voice' if voices == 1 else 'voices'}"
    cli.notice(f"{arguments.file} ({sounding}) is compared with the training pieces of {data} ({len(pieces):,})")
    # Bars of the metre that holds longest count, since a pickup may be written as a first bar of 1/4.
    score = replace(snapped(score), metres=((0, one_metre(score, "longest").score.metre),))
    index = Index(pieces)
    nearest = [piece for piece in index.nearest(score, arguments.n) if piece.notes or piece.containment]
    longest, covered = nearest[0].bars if nearest else 0.0, index.covered(score)
    if not arguments.json:
        _print_nearest(nearest, longest, covered)
        return
    names = ("title", "notes", "bars", "containment")
    found = {"file": str(arguments.file), "data": data, "pieces": len(pieces)}
    found |= {"nearest": [{name: getattr(piece, name) for name in names} for piece in nearest]}
    found |= {"longest_bars": longest, "copied": longest >= COPIED_BARS, "copied_share": covered}
    print(json.dumps(found))


def _print_nearest(nearest: Sequence[Any], longest: float, covered: float) -> None:
    """Prints a table of training pieces, and whether any of them was copied."""
    from zoo.music.analysis.copying import COPIED_BARS
    from zoo.music.notation.engraving import one_line

    print(f"{'title':48} {'notes':>5} {'bars':>6} {'intervals in common':>20}")
    for piece in nearest:
        print(f"{one_line(piece.title)[:48]:48} {piece.notes:5} {piece.bars:6.2f} {piece.containment:20.0%}")
    if longest >= COPIED_BARS:
        print(f"copied: runs of {COPIED_BARS:g} bars or more that training pieces have, too, are {covered:.0%} of it")
    else:
        print(
            f"not copied: the longest run that it shares with a training piece is {longest:.2f} bars, less than {COPIED_BARS:g}"
        )


def _training_pieces(data: str, polyphonic: bool) -> Any:
    """The training split of folk, chorales or a folder. Pieces of a folder are melodies, or all voices if `polyphonic`."""
    from zoo.music.data import sets

    if data in sets.NAMES:
        import_tensorflow(keras=False)
    music = sets.load(data, melodies=not polyphonic)
    if music.folder is not None:
        cli.notice(music.summary)
    if not music.scores["train"]:
        raise UserError(f"--data {data} has no piece in its train split: bring more files")
    return music.scores["train"]


def _sampling(arguments: argparse.Namespace) -> dict[str, Any]:
    """The values of the flags of `_add_sampling_flags`, as the composer's methods take them."""
    return _given(arguments, ("n", "temperature", "top_k", "top_p", "seed"))


def _given(arguments: argparse.Namespace, names: Sequence[str]) -> dict[str, Any]:
    """The values of those flags that were given; where one was not, the default of the method holds."""
    return {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}


def _add_choice_flags(command: argparse.ArgumentParser) -> None:
    """The flags that say how boldly tokens are chosen."""
    command.add_argument(
        "--temperature", type=float, metavar="T", help="randomness: below 1 safer, above 1 bolder, 0 always the most probable (1)"
    )
    command.add_argument(
        "--top-p", type=float, metavar="P", help="choose among the most probable tokens that together have this probability (0.9)"
    )


def _add_sampling_flags(command: Any, model: str) -> None:
    """The flags of every command that composes."""
    cli.add_model_flag(command, model)
    command.add_argument("--n", type=cli.positive, default=1, metavar="N", help="how many pieces (%(default)s)")
    _add_choice_flags(command)
    command.add_argument(
        "--top-k", type=int, default=0, metavar="K", help="choose among the K most probable tokens; 0: among all (%(default)s)"
    )
    cli.add_seed_flag(command)


def _add_said_flags(command: Any) -> None:
    """The flags that say in which key and in which bars to hear a file."""
    command.add_argument("--key", metavar="KEY", help='D, Dm or "D dorian"; left out, the file\'s, or the one it sounds like')
    command.add_argument("--metre", metavar="METRE", help="4/4, 6/8 ...: hear all of the file in it; left out, the file's")
    command.add_argument(
        "--pickup",
        metavar="LENGTH",
        help="what stands before the first full bar: 1/8, 1/4 ..., or 0 for none; left out, as written or as the notes tell",
    )


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser, commands = cli.app("music", __doc__)
    example = "python -m apps.music train --data my_midi_files --quick --out out/mine"
    command = cli.command(commands, "train", train, "train on folk, chorales or your own music", example)
    cli.add_training_flags(command, MELODIES, FOLK)
    command.add_argument("--melody", action="store_true", help=MELODY)
    cli.add_units_flag(command, "256; 320 for chorales; 128 with --quick")
    cli.add_precision_flag(command)

    example = "python -m apps.music evaluate --model chorale_lstm --json"
    command = cli.command(commands, "evaluate", evaluate, "measure a model on a data set", example)
    cli.add_model_flag(command, MELODIES)
    command.add_argument(
        "--data",
        metavar="NAME|PATH",
        help="folk, chorales, a folder of your music, or the published grids of chorales (Jsb16thSeparated.json); "
        "left out: folk, or chorales for a model that writes parts",
    )
    command.add_argument("--melody", action="store_true", help=MELODY)
    cli.add_split_flag(command)
    command.add_argument("--samples", type=cli.positive, metavar="N", help="how many pieces to compose and measure (1000)")
    _add_choice_flags(command)
    cli.add_json_flag(command)

    example = "python -m apps.music generate --n 4 --type jig --key D --metre 6/8 --bars 16 --seed 7 --out out/tunes"
    command = cli.command(commands, "generate", generate, "compose new pieces", example)
    _add_sampling_flags(command, MELODIES)
    music_files.add_flags(command, "112 for a melody, 76 for parts")
    command.add_argument("--key", metavar="KEY", help='D, Dm or "D dorian"; left out, the model chooses')
    command.add_argument("--mode", metavar="MODE", help="major, minor, dorian, mixolydian ...; left out, the key's or any")
    command.add_argument("--metre", metavar="METRE", help="4/4, 6/8 ...; left out, the model chooses")
    command.add_argument("--type", metavar="TYPE", help="jig, reel, hornpipe ...; left out, the model chooses")
    command.add_argument(
        "--bars", type=cli.positive, metavar="N", help="exactly this many bars; left out, as many as a training piece has"
    )

    example = "python -m apps.music continue my_tune.mid --bars 8 --only-new --out out/continued"
    command = cli.command(commands, "continue", continue_, "go on from your music", example)
    command.add_argument(
        "primer", type=Path, metavar="PRIMER.mid", help="a melody, or music for a model of more voices: MIDI, ABC or MusicXML"
    )
    music_files.add_voice_flags(command)
    _add_sampling_flags(command, MELODIES)
    music_files.add_flags(command, "the primer's")
    _add_said_flags(command)
    command.add_argument("--type", metavar="TYPE", help="jig, reel, hornpipe ...; left out, the file's, or any")
    command.add_argument("--bars", type=cli.positive, default=8, metavar="N", help="how many bars to add (%(default)s)")
    command.add_argument("--only-new", action="store_true", help="leave the primer out of the file")

    example = "python -m apps.music harmonize my_tune.mid --n 4 --formats mid,png,musicxml --out out/harmonised"
    command = cli.command(commands, "harmonize", harmonize, "compose alto, tenor and bass under a melody", example)
    command.add_argument("melody", type=Path, metavar="MELODY.mid", help="a melody, or music that has one: MIDI, ABC or MusicXML")
    music_files.add_voice_flags(command)
    _add_sampling_flags(command, PARTS)
    music_files.add_flags(command, "the melody's")
    _add_said_flags(command)

    example = "python -m apps.music vary my_tune.mid --bars 5-8 --n 4 --out out/varied"
    command = cli.command(commands, "vary", vary, "write some bars anew, so that they fit the others", example)
    command.add_argument("file", type=Path, metavar="FILE.mid", help="a melody, or music in the parts that the model writes")
    command.add_argument(
        "--bars",
        type=_bars,
        required=True,
        metavar="A-B",
        help="the first and the last bar to write anew, such as 5-8, or one bar; the first full bar is 1, an upbeat is bar 0",
    )
    music_files.add_voice_flags(command)
    command.add_argument("--keep-melody", action="store_true", help="of a model of parts: leave the highest part as it is")
    _add_sampling_flags(command, MELODIES)
    _add_said_flags(command)
    command.add_argument("--type", metavar="TYPE", help="jig, reel, hornpipe ...; left out, any")
    music_files.add_place_flags(command)

    example = "python -m apps.music similarity out/tunes/tune-1.mid --n 3"
    text = "which training pieces a piece is nearest to, and whether it copies any"
    command = cli.command(commands, "similarity", similarity, text, example, tensorflow=False)
    command.add_argument("file", type=Path, metavar="FILE.mid", help="a tune, or music in several voices: MIDI, ABC or MusicXML")
    music_files.add_voice_flags(command)
    command.add_argument(
        "--data",
        metavar="NAME|PATH",
        help=f"{FOLK}, {CHORALES} or a folder of your music ({FOLK}; for {CHORALE_VOICES} voices or more {CHORALES})",
    )
    command.add_argument("--n", type=cli.positive, default=5, metavar="N", help="how many pieces to show (%(default)s)")
    cli.add_json_flag(command)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
