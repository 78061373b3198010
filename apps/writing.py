"""What comes next in a text: the next word, new text in the style of a play or of your own book, and where a text surprises."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from zoo import registry
from zoo.core import cards
from zoo.core.errors import UserError
from zoo.core.files import check_file, check_folder, numbered, write_new

from . import cli

EXAMPLE = 'predict "To be, or not to"'  # in the list of apps
NAME, DATA = "writing_lstm", "tiny_shakespeare"
BETWEEN = "-" * 40  # the line between two texts
RUNS = 5  # shared runs that `similarity` shows
SHOWN = 60  # characters of a run that are shown


def train(arguments: argparse.Namespace) -> None:
    """Trains a network and publishes it at --out."""
    from zoo.writing import training

    card = training.train(arguments.data, units=arguments.units, **cli.training_options(arguments))
    cli.show_published(card, arguments)


def evaluate(arguments: argparse.Namespace) -> None:
    """Prints the metrics of a network on a split of a text."""
    from zoo.writing import data, metrics

    writer = _writer(arguments)
    text = data.load(arguments.data)
    if arguments.split == "validation" and text.fingerprint() == writer.card.dataset.sha256:
        cli.notice("the last stage of training reads the validation split: these are no figures of unseen text")
    cli.show_metrics(metrics.text_metrics(writer, text, arguments.split, arguments.command_line), arguments)


def predict(arguments: argparse.Namespace) -> None:
    """Prints the most probable next words of a text, and draws where the text surprised."""
    from zoo.writing import pictures

    text = _given(arguments.text)
    _check_picture(arguments.picture)
    if arguments.picture and not text:
        raise UserError("--picture: the text is empty")
    writer = _writer(arguments)
    words = writer.predict(text, arguments.n)
    if arguments.picture:
        pictures.write(writer.score([text])[0], arguments.picture)
        cli.notice(f"{arguments.picture}: where the text surprised")
    if arguments.json:
        print(json.dumps({"words": [{"word": word, "probability": probability} for word, probability in words]}))
        return
    wide = max([len(_shown(word)) for word, _ in words], default=0)
    for word, probability in words:
        print(f"{_shown(word):{wide}}  {probability:6.1%}")


def generate(arguments: argparse.Namespace) -> None:
    """Writes texts that begin with a prompt."""
    out: Path | None = arguments.out
    if out:
        check_folder("--out", out.parent, out)
        if out.is_dir():
            raise UserError(f"--out {out} is a folder: name a file")
    prompt = arguments.prompt.encode("utf-8", errors="surrogateescape")
    names = ("length", "temperature", "top_p", "seed", "n")
    written = _writer(arguments).generate(prompt, **{name: getattr(arguments, name) for name in names})
    texts = [prompt.decode("utf-8", errors="replace") + text for text in written]
    if out is None:
        print(f"\n{BETWEEN}\n".join(texts))
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    suffix = out.suffix[1:] or "txt"
    for i, text in enumerate(texts, start=1):
        stem = out.stem if len(texts) == 1 else f"{out.stem}-{i}"
        (path,) = write_new(out.parent, numbered(stem), {suffix: text.encode("utf-8")})
        print(path)


def score(arguments: argparse.Namespace) -> None:
    """Prints how surprising texts are to the network."""
    from zoo.writing import files, pictures

    texts: dict[str, str | bytes] = {str(path): files.read_file(path) for path in arguments.file}
    if not texts:
        texts["standard input"] = _given(None)
    _check_picture(arguments.picture, *arguments.file)
    if arguments.picture and len(texts) > 1:
        raise UserError(f"--picture {arguments.picture} shows one text: give one file, not {len(texts)}")
    for name, text in texts.items():
        if not text:
            raise UserError(f"{name} is empty: give a text to score")
    surprises = _writer(arguments).score(texts.values())
    if arguments.picture:
        pictures.write(surprises[0], arguments.picture)
        cli.notice(f"{arguments.picture}: where the text surprised")
    for name, each in zip(texts, surprises, strict=True):
        if arguments.json:
            found = {"nats_per_character": each.nats_per_character, "bits_per_byte": each.bits_per_byte}
            print(json.dumps({"file": name, **found, "characters": len(each.characters)}))
        else:
            print(
                f"{each.nats_per_character:.4f} nats a character, {each.bits_per_byte:.4f} bits a byte, "
                f"{len(each.characters):,} characters: {name}"
            )


def similarity(arguments: argparse.Namespace) -> None:
    """Prints the longest runs that a text shares with a training text, letter for letter."""
    from zoo.writing import data, files
    from zoo.writing.copying import COPIED, MOST_COMPARED, Index, copied_share

    text = files.read_file(arguments.file).encode("utf-8")
    if not text:
        raise UserError(f"{arguments.file} is empty: give a text to compare")
    if len(text) > MOST_COMPARED:
        raise UserError(
            f"{arguments.file} has {len(text):,} bytes, and at most {MOST_COMPARED:,} are compared: give a part of it"
        )
    runs = Index(data.load(arguments.data).learned()).runs(text)
    share, runs = copied_share(runs, len(text)), runs[:RUNS]
    if arguments.json:
        found = [{"characters": len(run.text), "text": run.text} for run in runs]
        print(json.dumps({"file": str(arguments.file), "data": arguments.data, "runs": found, "copied_share": share}))
        return
    print(f"{'characters':>10}  shared with the training text of {arguments.data}")
    for run in runs:
        print(f"{len(run.text):10}  {_shown(run.text[:SHOWN])}{'...' if len(run.text) > SHOWN else ''}")
    print(f"{share:.1%} of {arguments.file} is in shared runs of {COPIED} bytes or more")


def _given(text: str | None) -> bytes:
    """The text of the command line, of any bytes, or that of standard input, read as a file is.

    Raises UserError where there is neither, and where standard input is empty or no text.
    """
    if text is not None:
        return text.encode("utf-8", errors="surrogateescape")
    if sys.stdin is None or sys.stdin.isatty():
        raise UserError("no text: give one in quotes, or on standard input (... < text.txt)")
    from zoo.writing import files

    content = sys.stdin.buffer.read(files.MOST_BYTES + 1)
    if len(content) > files.MOST_BYTES:
        raise UserError(f"standard input has more than {files.MOST_BYTES:,} bytes of text: give a part of it")
    if not content:
        raise UserError("standard input is empty: give a text, in quotes or on standard input")
    return files.text_of(content, "standard input").encode("utf-8")


def _check_picture(path: Path | None, *inputs: Path) -> None:
    """Raises UserError where the picture must not be written."""
    from zoo.writing import pictures

    if path is not None:
        pictures.check(path)
        check_file("--picture", path, inputs)


def _shown(text: str) -> str:
    """A text in one line: the end of a line by its name, and what cannot be printed escaped."""
    return "(end of line)" if text == "\n" else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _writer(arguments: argparse.Namespace) -> Any:
    import zoo

    return zoo.load(cards.find_network(arguments.model, *registry.of_app("writing")))


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser, commands = cli.app("writing", __doc__)
    example = "python -m apps.writing train --data book.txt --quick --out out/mine"
    command = cli.command(commands, "train", train, "train on Tiny Shakespeare or on any text of yours", example)
    cli.add_training_flags(command, NAME, DATA)
    cli.add_units_flag(command, "512; 128 with --quick")
    cli.add_precision_flag(command)

    example = "python -m apps.writing evaluate --json"
    command = cli.command(commands, "evaluate", evaluate, "measure a model on a text", example)
    cli.add_model_flag(command, NAME)
    command.add_argument(
        "--data", default=DATA, metavar="NAME|PATH", help="tiny_shakespeare, a text file, or a folder of .txt files (%(default)s)"
    )
    cli.add_split_flag(command)
    cli.add_json_flag(command)

    example = 'python -m apps.writing predict "To be, or not to" --picture out/surprise.png'
    command = cli.command(commands, "predict", predict, "show the most probable next words", example)
    command.add_argument("text", nargs="?", metavar="TEXT", help="a text, in quotes; left out: standard input")
    cli.add_model_flag(command, NAME)
    command.add_argument("--n", type=cli.positive, default=5, metavar="N", help="how many words, at most 50 (%(default)s)")
    _add_picture_flag(command)
    cli.add_json_flag(command)

    example = 'python -m apps.writing generate --prompt "ROMEO:" --length 600 --temperature 0.8 --seed 7'
    command = cli.command(commands, "generate", generate, "write new texts", example)
    cli.add_model_flag(command, NAME)
    command.add_argument("--prompt", default="", metavar="TEXT", help="how the texts begin (nothing)")
    command.add_argument("--length", type=cli.positive, default=500, metavar="N", help="new characters (%(default)s)")
    command.add_argument(
        "--temperature",
        type=float,
        default=0.8,
        metavar="T",
        help="randomness: below 1 safer, above 1 bolder, 0 always the most probable (%(default)s)",
    )
    command.add_argument(
        "--top-p",
        type=float,
        default=1.0,
        metavar="P",
        help="choose among the most probable bytes that together have this probability (%(default)s)",
    )
    cli.add_seed_flag(command)
    command.add_argument("--n", type=cli.positive, default=1, metavar="N", help="how many texts (%(default)s)")
    command.add_argument(
        "--out", type=Path, metavar="FILE", help="write them there, and print the name; a file that exists is left as it is"
    )

    example = "python -m apps.writing score my_text.txt --picture out/surprise.html"
    command = cli.command(commands, "score", score, "measure how surprising texts are", example)
    command.add_argument("file", nargs="*", type=Path, metavar="FILE", help="a text file; left out: standard input")
    cli.add_model_flag(command, NAME)
    _add_picture_flag(command)
    cli.add_json_flag(command)

    example = "python -m apps.writing similarity out/new.txt"
    command = cli.command(commands, "similarity", similarity, "look for passages copied from the training text", example)
    command.add_argument("file", type=Path, metavar="FILE", help="a text file, such as `generate` has written")
    command.add_argument("--data", default=DATA, metavar="NAME|PATH", help="the text that may be copied (%(default)s)")
    cli.add_json_flag(command)
    return cli.run(parser, argv)


def _add_picture_flag(command: cli.Parser) -> None:
    """--picture PATH."""
    command.add_argument(
        "--picture",
        type=Path,
        metavar="PATH",
        help="colour each character by its probability: a picture (.png) or a page (.html)",
    )


if __name__ == "__main__":
    sys.exit(main())
