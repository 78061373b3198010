"""What all apps share on the command line: one-line errors, exit codes and the common flags.

Exit code 0 is good, 1 a failure while working, 2 bad input.
"""

import argparse
import contextlib
import io
import json
import logging
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

from zoo.core import extras
from zoo.core.arguments import MOST_LAYERS, MOST_SEED, MOST_UNITS
from zoo.core.cards import Card, Metric
from zoo.core.checkpoints import CHECKPOINT, state_folder
from zoo.core.commands import program, shell_line
from zoo.core.csv_forms import Format
from zoo.core.errors import UserError
from zoo.core.files import check_file
from zoo.core.names import advice, near
from zoo.core.startup import import_tensorflow

if TYPE_CHECKING:
    from zoo.core.training import Losses

AT_ONCE = 1 << 16  # bytes of standard input


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that tells a mistake in one line, and shows its epilog (the example) as it is written."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **kwargs)

    def error(self, message: str) -> NoReturn:
        """Prints the one line and exits with code 2."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """The parsed arguments; a flag that there is not is an error that tells what is near."""
        found, unknown = self.parse_known_args(args, namespace)
        if unknown:
            flags = getattr(found, "parser", self)._option_string_actions
            meant = near(unknown[0].partition("=")[0], flags) if unknown[0].startswith("--") else []
            told = f": did you mean {' or '.join(meant)}?" if meant else ""
            self.error(f"unrecognized arguments: {' '.join(unknown)}{told}")
        return found

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Raises ArgumentError for a command or a choice that there is not, naming those that may be meant."""
        if action.choices is not None and value not in action.choices:
            names = tuple(map(str, action.choices))
            raise argparse.ArgumentError(action, f"invalid choice {value!r}: {advice(str(value), names)}")


def app(name: str, description: str) -> tuple[Parser, Any]:
    """The parser of an app and the place for its commands."""
    parser = Parser(prog=program(name), description=description)
    return parser, parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)


def example_of(line: str) -> str:
    """The end of a help text: an example, "python -m apps.music ...", as `program` runs the app."""
    return "example:\n  " + re.sub(r"python -m apps\.(\w+)", lambda found: program(found[1]), line)


def command(
    commands: Any,
    name: str,
    run: Callable[[argparse.Namespace], None],
    text: str,
    example: str,
    tensorflow: bool = True,
) -> Parser:
    """Adds a command to an app.

    Args:
        commands: the second value of `app`.
        name: what a user types.
        run: gets the parsed arguments.
        text: what the command does.
        example: a line that works in a checkout: "python -m apps.music ..."; shown as `program` runs the app.
        tensorflow: whether the command needs it.
    """
    parser: Parser = commands.add_parser(name, help=text, description=text, epilog=example_of(example))
    parser.set_defaults(run=run, tensorflow=tensorflow, parser=parser)
    return parser


def run(parser: Parser, argv: list[str] | None) -> int:
    """Runs the command that the arguments name and gives the exit code; a UserError becomes one line on standard error.

    The command finds its whole line, for the card, in `arguments.command_line`, and a bar for its progress in `arguments.bar`.
    """
    for stream in (sys.stdout, sys.stderr):  # what a terminal's encoding lacks, the name of a class perhaps, is no failure
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    words = sys.argv[1:] if argv is None else argv
    arguments = parser.parse_args(words)
    arguments.command_line = reproducing(parser.prog, words)
    arguments.bar = Bar()
    show_log()
    # TensorFlow Datasets sets up Python's root logger, which would show each notice a second time.
    log = logging.getLogger("zoo")
    before, log.propagate = log.propagate, False
    try:
        if arguments.tensorflow:
            import_tensorflow(keras=False)
        with extras.explained(), contextlib.closing(arguments.bar):
            arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, `head` perhaps, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except UserError as error:
        notice(f"{parser.prog}: {error}")
        return 2
    except OSError as error:  # a full disk, a lost permission: the work failed, the input was not at fault
        notice(f"{parser.prog}: {error}{_to_go_on(parser.prog, words, arguments)}")
        return 1
    except KeyboardInterrupt:
        notice(f"{parser.prog}: stopped{_to_go_on(parser.prog, words, arguments)}")
        return 1
    finally:
        log.propagate = before
    return 0


def _to_go_on(program: str, words: Sequence[str], arguments: argparse.Namespace) -> str:
    """How to go on with a training that was stopped; nothing where it has no checkpoint, or where this was no training."""
    state = getattr(arguments, "state", None)
    if state is None:
        return ""
    if not any(state.rglob(CHECKPOINT)):
        return ""
    again = words if "--resume" in words else [*words, "--resume"]
    return f"; to go on: {shlex.join([*program.split(), *again])}"


def reproducing(program: str, words: Sequence[str]) -> str:
    """The command line for a card: without --resume and --log-dir, which matter to one run only."""
    kept: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--log-dir":
            next(rest, None)
        elif word != "--resume" and not word.startswith("--log-dir="):
            kept.append(word)
    return shell_line(program, kept)


def notice(text: str) -> None:
    """Tells the user something that is no result: on standard error, above a progress bar where there is one."""
    if "tqdm" in sys.modules:
        from tqdm import tqdm

        tqdm.write(text, file=sys.stderr)
    else:
        print(text, file=sys.stderr)


class _Notices(logging.Handler):
    """What the library logs, as notices."""

    def emit(self, record: logging.LogRecord) -> None:
        """Shows one record."""
        notice(record.getMessage())


def show_log() -> None:
    """Shows what the library logs from now on."""
    log = logging.getLogger("zoo")
    log.setLevel(logging.INFO)
    if not any(isinstance(handler, _Notices) for handler in log.handlers):
        log.addHandler(_Notices())


def positive(text: str) -> int:
    """An argparse type: a whole number of at least 1."""
    value = int(text) if text.isascii() and text.isdigit() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return value


def whole(low: int, high: int) -> Callable[[str], int]:
    """An argparse type: a whole number from `low`, 0 or more, to `high`."""

    def parse(text: str) -> int:
        value = int(text) if text.isascii() and text.isdigit() and len(text) <= 20 else -1
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {low} to {high}")
        return value

    return parse


def sizes(text: str) -> tuple[int, ...]:
    """An argparse type: the numbers of units of layers, from the first to the last, with commas between them: 64,32."""
    values = []
    for each in text.split(","):
        each = each.strip()
        value = int(each) if each.isascii() and each.isdigit() and len(each) <= 6 else 0
        if not 1 <= value <= MOST_UNITS:
            raise argparse.ArgumentTypeError(
                f"{text!r} are not numbers of units from 1 to {MOST_UNITS:,} with commas between them"
            )
        values.append(value)
    if len(values) > MOST_LAYERS:
        raise argparse.ArgumentTypeError(f"{len(values)} layers: at most {MOST_LAYERS}")
    return tuple(values)


def add_model_flag(parser: Parser, default: str) -> None:
    """--model NAME|PATH."""
    parser.add_argument(
        "--model", default=default, metavar="NAME|PATH", help="a pretrained model, or the folder of a model (%(default)s)"
    )


def add_seed_flag(parser: Parser) -> None:
    """--seed N."""
    parser.add_argument(
        "--seed", type=whole(0, MOST_SEED), default=0, metavar="N", help="the seed of all random numbers (%(default)s)"
    )


def add_json_flag(parser: Parser) -> None:
    """--json."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def add_training_flags(parser: Parser, name: str, data: str) -> None:
    """The flags of every `train`: --data --out --epochs --seed --quick --from --resume --log-dir."""
    parser.add_argument(
        "--data", default=data, metavar="NAME|PATH", help="the name of a data set, or the path of your own data (%(default)s)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("out") / name, metavar="PATH", help="the folder for the new model (%(default)s)"
    )
    parser.add_argument("--epochs", type=positive, metavar="N", help="passes over the data, instead of the recipe's")
    add_seed_flag(parser)
    parser.add_argument("--quick", action="store_true", help="a small model in a few minutes, to see it work")
    parser.add_argument("--from", dest="start", metavar="NAME|PATH", help="start from the weights of this model")
    parser.add_argument("--resume", action="store_true", help="go on with an interrupted training of the same --out")
    parser.add_argument("--log-dir", type=Path, metavar="PATH", help="write summaries for TensorBoard")


def add_units_flag(parser: Parser, sizes: str) -> None:
    """--units N, of the LSTM layers of a new network; `sizes` tells what they are without it."""
    help_ = f"units of each LSTM layer ({sizes}; with --from, those of that model)"
    parser.add_argument("--units", type=whole(1, MOST_UNITS), metavar="N", help=help_)


def add_width_flag(parser: Parser, of: str) -> None:
    """--width N, of a new transformer; `of` is what has a vector: "word"."""
    help_ = f"numbers in the vector of each {of}, a multiple of 4; the feed-forward layers have twice as many units "
    help_ += "(256; 64 with --quick; with --from, those of that model)"
    parser.add_argument("--width", type=whole(8, 2048), metavar="N", help=help_)


def add_csv_flags(parser: Parser) -> None:
    """--delimiter, --encoding and --quote: how a CSV file is written, where that is not found from the file itself."""
    found = "(found in the file where that is certain)"
    parser.add_argument(
        "--delimiter",
        metavar="C",
        help=f"what separates a CSV file's cells: comma, semicolon, tab, bar, space or another C {found}",
    )
    parser.add_argument(
        "--encoding", metavar="NAME", help=f"the encoding of the file: utf-8, cp1252 (Western Europe, Windows) ... {found}"
    )
    parser.add_argument("--quote", metavar="C", help=f"the quotes around cells: double, single, none {found}")


def csv_format(arguments: argparse.Namespace) -> Format:
    """What the flags of `add_csv_flags` say. Raises UserError for what cannot separate cells and unknown encodings."""
    return Format.named(arguments.delimiter, arguments.encoding, arguments.quote)


def add_precision_flag(parser: Parser) -> None:
    """--precision auto|float32|bfloat16."""
    parser.add_argument(
        "--precision",
        choices=("auto", "float32", "bfloat16"),
        default="auto",
        help="the precision of matrix products; auto: bfloat16 where this processor is faster with it (%(default)s)",
    )


def training_options(arguments: argparse.Namespace) -> dict[str, Any]:
    """What the flags of `add_training_flags` say, as the keyword arguments of a wing's `train`."""
    arguments.state = state_folder(arguments.out)
    names = ("out", "seed", "quick", "epochs", "start", "resume", "log_dir", "precision")
    given = {name: getattr(arguments, name) for name in names if hasattr(arguments, name)}
    return {**given, "progress": arguments.bar, "command": arguments.command_line}


class Bar:
    """The progress of a training as a bar on standard error, with the time left; of a training in stages a bar for each."""

    def __init__(self) -> None:
        self._bar: Any = None

    def __call__(self, done: int, total: int, losses: "Losses") -> None:
        """Draws the bar; see `zoo.core.training.Progress`."""
        from tqdm import tqdm

        if self._bar is None:
            # A log file wants fewer lines than a terminal.
            interval = 0.5 if sys.stderr.isatty() else 30.0
            self._bar = tqdm(total=total, initial=done, unit="step", mininterval=interval)
        self._bar.set_description(f"epoch {losses.epoch}/{losses.epochs}, loss {losses.train:.4f}", refresh=False)
        if losses.validation is not None:
            best = f"best {losses.best:.4f} in epoch {losses.best_epoch}"
            self._bar.set_postfix_str(f"validation {losses.validation:.4f}, {best}", refresh=False)
        self._bar.update(done - self._bar.n)
        if done >= total:
            self.close()

    def close(self) -> None:
        """Leaves the bar as it is, so that the next line stands below it."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def pictures(given: list[Path]) -> tuple[list[Path], list[UserError]]:
    """The pictures that are given or lie in a given folder, and an error for each folder without pictures."""
    from zoo.images import picture_files  # imports NumPy, Pillow and SciPy

    paths: list[Path] = []
    errors: list[UserError] = []
    for path in given:
        if not path.is_dir():
            paths.append(path)
            continue
        try:
            pictures, others = picture_files.in_folder(path)
        except UserError as error:
            errors.append(error)
            continue
        if not pictures:
            errors.append(UserError(f"{path} has no pictures directly in it: give a folder with PNG or JPEG files, or the files"))
        if others:
            notice(f"{path}: not pictures, passed over: {len(others)}, the first {others[0].name}")
        paths += pictures
    return paths, errors


def check_texts(given: Sequence[str], example: str) -> None:
    """Raises UserError where neither the command line nor standard input has texts; `example` is the name of a file of such."""
    if not given and (sys.stdin is None or sys.stdin.isatty()):
        raise UserError(f"no text: give one or more, each in quotes, or lines on standard input (... < {example})")


def texts(given: Sequence[str]) -> Iterator[list[bytes]]:
    """The texts of the command line together, of any bytes; without any, the lines of standard input as they arrive.

    Raises UserError at the end of a standard input without a line.
    """
    if given:
        yield [text.encode("utf-8", errors="surrogateescape") for text in given]
        return
    empty = True
    for arrived in lines(sys.stdin.buffer):
        empty = False
        yield arrived
    if empty:
        raise UserError("standard input is empty: give one or more texts, each in quotes, or lines on standard input")


def lines(stream: BinaryIO) -> Iterator[list[bytes]]:
    """The lines of a stream as they arrive, without their line ends, of any bytes; those that are complete come together."""
    rest = bytearray()
    while chunk := stream.read1(AT_ONCE):  # type: ignore[attr-defined]
        rest += chunk
        if b"\n" in chunk:
            complete, _, tail = bytes(rest).rpartition(b"\n")
            rest = bytearray(tail)
            yield [line.removesuffix(b"\r") for line in complete.split(b"\n")]
    if rest:
        yield [bytes(rest).removesuffix(b"\r")]


def check_png(flag: str, path: Path | None, *inputs: Path) -> None:
    """Raises UserError where the picture that a flag asks for must not be written; see `zoo.core.files.check_file`.

    Args:
        flag: that names the picture.
        path: where it goes, a name that ends in .png; None where nobody asked for a picture.
        inputs: pictures that the command reads, and folders of such.
    """
    if path is None:
        return
    if path.suffix.lower() != ".png":
        raise UserError(f"{flag} {path}: the picture is a PNG file, give a name that ends in .png")
    check_file(flag, path, inputs)


def check_pngs(pictures: Mapping[str, Path | None]) -> None:
    """As `check_png` for several flags, which must not name the same file."""
    for flag, path in pictures.items():
        check_png(flag, path)
        others = [other for other, its in pictures.items() if path and other != flag and its == path]
        if others:
            raise UserError(f"{flag} and {others[0]} are both {path}: name two files")


def add_split_flag(parser: Parser) -> None:
    """--split test|validation."""
    parser.add_argument("--split", choices=("test", "validation"), default="test", help="the part of the data (%(default)s)")


def show_metrics(metrics: Sequence[Metric], arguments: argparse.Namespace) -> None:
    """Prints metrics of one split as one JSON object (--json) or as a table."""
    if arguments.json:
        values: dict[str, Any] = {metric.name: metric.value for metric in metrics}
        print(json.dumps(values | {"split": metrics[0].split, "n": metrics[0].n, "model": str(arguments.model)}))
    else:
        print_metrics(metrics)


def print_metrics(metrics: Sequence[Metric]) -> None:
    """A line for each metric."""
    for metric in metrics:
        print(f"{metric.name:28} {metric.value:10.4f}   {metric.split}, n = {metric.n:,}")


def show_published(card: Card, arguments: argparse.Namespace) -> None:
    """Prints the figures of a model that has been published, and where it is."""
    print_metrics(card.metrics)
    print(arguments.out)
