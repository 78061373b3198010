"""How many files of a folder can be continued and harmonised, and why the others are refused.

    python -m benchmarks.midi_files FOLDER
    python -m benchmarks.midi_files FOLDER --compose 8

Nearly all that refuses a file happens before a network is asked, so none is, unless --compose says so. Real files come from
`benchmarks.midi_packages`.
"""

import argparse
import json
import logging
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from apps import cli
from zoo.core.errors import UserError
from zoo.music.notation import reading
from zoo.music.notation.score import Score

SUFFIXES = (*reading.SUFFIXES, ".musicxml", ".mxl", ".xml")
TASKS = {
    "continue, folk_lstm": ("folk_lstm", "continue_"),
    "continue, chorale_lstm": ("chorale_lstm", "continue_"),
    "harmonize": ("chorale_lstm", "harmonize"),
}  # name -> model, method


@dataclass(frozen=True)
class Outcome:
    """What became of a file.

    Attributes:
        notices: what was heard otherwise than it is written.
        refusal: why the file was refused; None where it was taken.
    """

    notices: tuple[str, ...]
    refusal: str | None = None


class _Asked(Exception):
    """A network is to be asked: everything before that went well."""


class _Unasked:
    """Signatures of a model whose outputs are known, but which raise _Asked instead of computing any."""

    def __init__(self, signatures: Mapping[str, Any]) -> None:
        self.signatures = {name: _UnaskedSignature(signature) for name, signature in signatures.items()}


class _UnaskedSignature:
    def __init__(self, signature: Any) -> None:
        self.structured_outputs = signature.structured_outputs

    def __call__(self, **inputs: Any) -> Any:
        raise _Asked


def outcomes(files: Iterable[Path], composers: Mapping[str, Any]) -> dict[str, list[Outcome]]:
    """What becomes of each file: name of a task -> one outcome for each file.

    Args:
        files: to read.
        composers: by the name of the model; see `prepared`.
    """
    found: dict[str, list[Outcome]] = {task: [] for task in TASKS}
    for path in files:
        try:
            read = reading.read(path)
        except UserError as error:
            for task in TASKS:
                found[task].append(Outcome((), str(error)))
            continue
        for task, (model, method) in TASKS.items():
            outcome = tried(getattr(composers[model], method), read.score)
            found[task].append(Outcome((*read.notices, *outcome.notices), outcome.refusal))
    return found


def tried(compose: Callable[[Score], Any], score: Score) -> Outcome:
    """What becomes of a score in a method of a Composer."""
    with _logged() as notices:
        try:
            compose(score)
        except _Asked:
            pass
        except UserError as error:
            return Outcome(tuple(notices), str(error))
        except Exception as error:  # noqa: BLE001 - the other files are still to be looked at
            return Outcome(tuple(notices), f"a fault of the program: {error!r}")
    return Outcome(tuple(notices))


@contextmanager
def _logged() -> Iterator[list[str]]:
    """A list that gets what the library logs."""
    found: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(record.getMessage())

    log, keeper = logging.getLogger("zoo"), Keeper()
    handlers, log.handlers = log.handlers, [keeper]
    level = log.level
    log.setLevel(logging.INFO)
    try:
        yield found
    finally:
        log.handlers = handlers
        log.setLevel(level)


def prepared(model: str, ask: bool = False) -> Any:
    """A published model's Composer. Unless `ask`, it stops where its network is to be asked."""
    import zoo
    from zoo.core import cards
    from zoo.music.model import Composer

    composer = zoo.load(model)
    if ask:
        return composer
    return Composer(composer.card, _Unasked(composer.saved_model.signatures), cards.find(model))


def reason(text: str) -> str:
    """A refusal or a notice without its numbers and names, so that like ones can be counted together."""
    text = re.sub(r"'[^']*'|\"[^\"]*\"", "...", text)
    text = re.sub(r"\b[A-G][♯♭#b]? (major|minor|dorian|mixolydian|lydian|phrygian|locrian)\b", "a key", text)
    return re.sub(r"[+-]?\d[\d,./%]*", "N", text)


def table(found: Mapping[str, Sequence[Outcome]]) -> str:
    """The number of files of each task that were taken as they are, taken with notices, and refused."""
    lines = [f"{'':24} {'files':>6} {'taken':>6} {'with notices':>13} {'refused':>8}"]
    for task, each in found.items():
        refused = sum(outcome.refusal is not None for outcome in each)
        told = sum(outcome.refusal is None and bool(outcome.notices) for outcome in each)
        lines.append(f"{task:24} {len(each):6} {len(each) - refused:6} {told:13} {refused:8}")
    return "\n".join(lines)


def refusals(files: Sequence[Path], found: Mapping[str, Sequence[Outcome]]) -> dict[str, dict[str, list[str]]]:
    """Why files were refused: reason -> task -> files; the most frequent reason first."""
    reasons: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for task, each in found.items():
        for path, outcome in zip(files, each, strict=True):
            if outcome.refusal is not None:
                reasons[reason(outcome.refusal)][task].append(str(path))
    order = sorted(reasons, key=lambda each: -sum(map(len, reasons[each].values())))
    return {each: dict(reasons[each]) for each in order}


def notices(found: Mapping[str, Sequence[Outcome]]) -> dict[str, dict[str, int]]:
    """What taken files were told: task -> notice -> number of files; the most frequent notice first."""
    return {
        task: dict(Counter(text for o in each if o.refusal is None for text in {reason(n) for n in o.notices}).most_common())
        for task, each in found.items()
    }


def measure(arguments: argparse.Namespace) -> None:
    """Prints the table, the refusals with their files, and the notices; or one JSON object."""
    files = sorted(path for path in arguments.folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    if not files:
        raise UserError(f"{arguments.folder} holds no music: files that end in {', '.join(SUFFIXES)}")
    every = max(1, len(files) // arguments.compose) if arguments.compose else 1
    files = files[::every]
    composers = {model: prepared(model, bool(arguments.compose)) for model in {model for model, _ in TASKS.values()}}
    found = outcomes(tqdm(files, unit="file"), composers)
    shown = [path.relative_to(arguments.folder) for path in files]
    if arguments.json:
        print(json.dumps({"files": len(files), "refusals": refusals(shown, found), "notices": notices(found)}))
        return
    print(table(found))
    for text, tasks in refusals(shown, found).items():
        print(f"\n{text}")
        for task, names in tasks.items():
            print(f"  {task} ({len(names)}): {', '.join(names)}")
    for task, counts in notices(found).items():
        print(f"\nnotices of {task}")
        for text, number in counts.items():
            print(f"  {number:4}  {text}")


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = cli.Parser(prog="python -m benchmarks.midi_files", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="music files, also in folders within it")
    parser.add_argument("--compose", type=cli.positive, metavar="N", help="compose with about N of the files, evenly chosen")
    cli.add_json_flag(parser)
    parser.set_defaults(run=measure, tensorflow=False)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
