"""How often a pickup and a key that a file does not say are heard right, on folk tunes and chorales whose own are known.

python -m benchmarks.hearing                # the tunes and chorales of the validation splits, whole and cut
python -m benchmarks.hearing --fit          # the weights of the evidence anew, from the training splits
"""

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from apps import cli
from zoo.music.analysis import keys, pickups
from zoo.music.analysis.metres import excerpt
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key

BARS = 4, 12  # of a piece that is cut, from and to
KINDS = ("whole", "cut behind a bar of the file", "cut anywhere")


class Example(NamedTuple):
    """Kinds of evidence for each choice, float [choice, kind], and the choice that is right."""

    evidence: np.ndarray
    right: int


def cut(score: Score, kind: str, chance: random.Random) -> Score:
    """The first bars of a score, in one of KINDS."""
    if kind == "whole":
        return score
    first, bar = score.notes[0].start, score.metre.bar_ticks
    end = first + chance.randint(*BARS) * bar
    if kind == "cut anywhere":
        end -= chance.randrange(bar)
    return excerpt(score, 0, end)


def without_rest(score: Score) -> tuple[Score, int]:
    """The score without the rest before its first note, and the ticks of the pickup that this hides."""
    first = score.notes[0].start
    hidden = replace(score, notes=tuple(replace(note, start=note.start - first) for note in score.notes))
    return hidden, -first % score.metre.bar_ticks


def of_pickup(score: Score) -> Example | None:
    """What speaks for each pickup of a score; None where no note begins behind the right one."""
    hidden, pickup = without_rest(score)
    found = pickups.candidates(hidden)
    return Example(found.evidence, found.ticks.index(pickup)) if pickup in found.ticks else None


def of_key(score: Score) -> Example:
    """What speaks for each key of a score that says its own."""
    assert score.key is not None
    return Example(keys.evidence(score), keys.index(score.key))


def fitted(examples: Sequence[Example], penalty: float = 1.0) -> np.ndarray:
    """The weights under which the right choices are most probable, float [kind]: Newton's method."""
    sizes = [len(example.evidence) for example in examples]
    rows = np.concatenate([example.evidence for example in examples])
    first = np.cumsum([0, *sizes[:-1]])
    right = first + np.array([example.right for example in examples])
    weights = np.zeros(rows.shape[1])
    for _ in range(30):
        fits = rows @ weights
        shares = np.exp(fits - np.repeat(np.maximum.reduceat(fits, first), sizes))
        shares /= np.repeat(np.add.reduceat(shares, first), sizes)
        means = np.add.reduceat(shares[:, None] * rows, first)
        slope = rows[right].sum(0) - means.sum(0) - penalty * weights
        curve = (rows.T * shares) @ rows - means.T @ means + penalty * np.eye(len(weights))
        weights += np.clip(np.linalg.solve(curve, slope), -3, 3)
    return weights


def pickup_line(scores: Sequence[Score]) -> str:
    """How many pickups are found, and how much music without one is given one."""
    pairs = [without_rest(score) for score in scores]
    found = [(pickup, pickups.hidden_pickup(hidden)) for hidden, pickup in pairs]
    hidden = [(pickup, heard) for pickup, heard in found if pickup]
    none = [heard for pickup, heard in found if not pickup]
    right = sum(pickup == heard for pickup, heard in hidden) / max(1, len(hidden))
    wrong = sum(heard not in (0, pickup) for pickup, heard in hidden) / max(1, len(hidden))
    spoiled = sum(heard > 0 for heard in none) / max(1, len(none))
    return f"pickups: {right:.1%} of {len(hidden)} found, {wrong:.1%} wrong; {spoiled:.1%} of {len(none)} without one spoiled"


def key_line(scores: Sequence[Score]) -> str:
    """How many right keys are overruled, and how many wrong ones are found."""
    overruled = sum(keys.heard_key(score)[0] != score.key for score in scores) / len(scores)
    stamped = []
    for score in scores:
        assert score.key is not None
        for tonic in range(12):
            moved = score.transpose((tonic - score.key.tonic + 5) % 12 - 5)
            if moved.key and moved.key.fifths:  # C major contradicts it
                heard, _ = keys.heard_key(replace(moved, key=Key(0)))
                stamped.append((heard != Key(0), heard.fifths == moved.key.fifths))
    found, right = (sum(column) / len(stamped) for column in zip(*stamped, strict=True))
    wrong = f"{found:.1%} of wrong C majors found, {right:.1%} with the right signature"
    return f"keys: {overruled:.1%} of right ones overruled; {wrong}"


def variants(scores: Sequence[Score], kinds: Sequence[str] = KINDS) -> Iterator[tuple[str, list[Score]]]:
    """The scores whole and cut, each with its kind."""
    for kind in kinds:
        chance = random.Random(kind)
        yield kind, [cut(score, kind, chance) for score in scores]


def measure(options: argparse.Namespace) -> None:
    """Prints the figures of each data set, or the weights."""
    from zoo.music.data import sets

    if options.fit:
        scores = [score for name in sets.NAMES for score in sets.load(name).scores["train"]]
        pieces = [score for _, each in variants(scores, KINDS[:2]) for score in each]
        bars = fitted([example for score in pieces if (example := of_pickup(score))])
        print("pickups:", ", ".join(f"{weight:.1f}" for weight in bars))
        print("keys:", ", ".join(f"{weight:.1f}" for weight in fitted([of_key(score) for score in pieces])))
        return
    for name in sets.NAMES:
        for kind, scores in variants(sets.load(name).scores[options.split]):
            print(f"{name}, {kind}: {pickup_line(scores)}", flush=True)
            print(f"{name}, {kind}: {key_line(scores)}", flush=True)


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = cli.Parser(
        prog="python -m benchmarks.hearing",
        description="How often a pickup and a key that a file does not say are heard right.",
        epilog=__doc__.split("\n\n")[1],
    )
    parser.add_argument("--split", choices=["train", "validation", "test"], default="validation")
    parser.add_argument("--fit", action="store_true", help="print the weights that fit the training splits best")
    parser.set_defaults(run=measure, tensorflow=True)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
