"""Every pretrained model on real input: four new tunes, a new chorale, a melody harmonised, a dozen reviews, digits of other
writers than MNIST's, a boundary.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from zoo.core.cards import Card
from zoo.core.commands import program
from zoo.core.files import check_file, check_folder, numbered

from . import cli, music_files

OUT = Path("out") / "demo"
TOKENS, DIGITS, BOUNDARY = "tokens.png", "digits.png", "boundary.png"

# A melody made for this demo, four phrases: (MIDI pitch, length in quarter notes).
MELODY = (
    *((67, 1), (67, 1), (69, 1), (71, 1), (72, 1), (71, 1), (69, 2)),
    *((71, 1), (74, 1), (72, 1), (71, 1), (69, 1), (69, 1), (67, 2)),
    *((71, 1), (71, 1), (72, 1), (74, 1), (74, 1), (72, 1), (71, 2)),
    *((72, 1), (71, 1), (69, 1), (67, 1), (69, 1), (66, 1), (67, 2)),
)

# Written for this demo: plain praise and blame, and the turns that a bag of words misses.
REVIEWS = (
    "A warm, funny and beautifully acted film. I would see it again tomorrow.",
    "Two hours of my life that I will never get back. Dull, loud and badly written.",
    "Not bad at all: the jokes land, the music is lovely, and nobody overstays their welcome.",
    "I wanted to like it. The cast is wonderful, the photography too, but the script is a mess and the end an insult.",
    "The best thing about this movie is that it ends.",
    "My children laughed from the first scene to the last, and so, I admit, did I.",
    "It looks expensive and feels cheap.",
    "Slow? Yes. But every minute of it is worth it; the last scene broke my heart.",
    "I have seen home videos with better lighting, better sound and a better plot.",
    "An honest little drama that trusts its audience. A quiet masterpiece.",
    "If you have ever wondered how boring a car chase can be, here is your answer.",
    "\u2764\ufe0f Loved it!!! 10/10",
)


def compose(out: Path) -> list[Path]:
    """Four new folk tunes, each as MIDI and as a piano roll, the first one as sound, too, and half of one continued otherwise."""
    from dataclasses import replace

    import zoo

    model, files, tunes = zoo.load("folk_lstm"), [], []
    # The metres and keys of four sets at a dance; the second part of each name is for the reader.
    for i, (metre, key) in enumerate((("6/8", "D"), ("4/4", "G"), ("9/8", "A dorian"), ("2/4", "Em")), start=1):
        (tune,) = model.generate(key=key, metre=metre, bars=16, seed=i)
        tunes.append(tune)
        files += _save(tune, out, f"tune-{i}", ("mid", "png", "wav") if i == 1 else ("mid", "png"))
        print(f"tune {i}: {tune.full_bars} bars of {tune.metre} in {tune.key}, {len(tune.notes)} notes")
    third = tunes[2]
    half = tuple(note for note in third.notes if note.end <= 8 * third.metre.bar_ticks)
    (continued,) = model.continue_(replace(third, notes=half, title="Tune 3"), bars=8, seed=1)
    files += _save(continued, out, "continued")
    print(f"tune 3 from its first 8 bars on: {continued.full_bars} bars, {len(continued.notes)} notes")
    return files


def compose_chorales(out: Path) -> list[Path]:
    """A new chorale, and three voices under a melody, each as MIDI and as a piano roll; and the tokens of its first bars."""
    import zoo
    from zoo.music.language import token_picture
    from zoo.music.notation.score import Score
    from zoo.music.notation.theory import TICKS_PER_QUARTER, Key, Note

    notes, start = [], 0
    for pitch, quarters in MELODY:
        notes.append(Note(start, quarters * TICKS_PER_QUARTER, pitch))
        start += quarters * TICKS_PER_QUARTER
    melody = Score(tuple(notes), key=Key.parse("G"), tempos=((0, 76.0),), title="A melody")
    model, files = zoo.load("chorale_lstm"), []
    (chorale,) = model.generate(key="g", metre="4/4", bars=8, seed=1)
    harmony = model.harmonize(melody, n=4, seed=1)[0]
    for name, score in (("chorale", chorale), ("harmony", harmony)):
        files += _save(score, out, name)
        print(
            f"{name}: {score.full_bars} bars of {score.metre} in {score.key}, "
            f"{len(score.notes)} notes in {len(score.voices)} voices"
        )
    token_picture.draw(harmony, out / TOKENS)
    return [*files, out / TOKENS]


def _save(score: Any, out: Path, name: str, formats: Sequence[str] = ("mid", "png")) -> list[Path]:
    """Writes a piece as MIDI, as a piano roll and so on, beside other music of that name if there is some."""
    return music_files.save(score, out, numbered(name), formats)


def read_reviews(out: Path) -> list[Path]:
    """The probability that each review praises its film."""
    import zoo

    model = zoo.load("sentiment_transformer")
    for text, probability in zip(REVIEWS, model.predict(list(REVIEWS)), strict=True):
        print(f"{probability:5.0%} positive: {text}")
    return []


def read_digits(out: Path) -> list[Path]:
    """scikit-learn's 1,797 digits, which are not of MNIST, and a picture of forty."""
    import numpy as np

    import zoo
    from zoo.digits import pictures as digit_pictures
    from zoo.images import sklearn_digits

    digits = sklearn_digits.load()
    probabilities = zoo.load("digits_mlp").predict(digits.images)
    right = probabilities.argmax(1) == digits.labels
    print(
        f"{right.mean():.1%} of {len(right):,} digits of scikit-learn are read right; they were brought from 8 x 8 to 28 x 28 as "
        "MNIST was made: ink enlarged into a box of 20 x 20, centred by its mass"
    )
    chosen = np.random.default_rng(0).permutation(len(right))[:40]
    path = out / DIGITS
    digit_pictures.draw_grid(digits.images[chosen], digits.labels[chosen], probabilities[chosen], path)
    return [path]


def draw_boundary(out: Path) -> list[Path]:
    """The perceptron's decision boundary among the breast-cancer data's test split."""
    import zoo
    from zoo.tables import boundary
    from zoo.tables import data as tables

    table = tables.load("breast_cancer")
    path = out / BOUNDARY
    model = zoo.load("perceptron")
    boundary.draw(model, table, "test", path)
    for metric in model.card.metrics:
        print(f"{metric.name}: {metric.value:.4f} on the {metric.split} split, n = {metric.n}")
    return [path]


# What each published model does here, in the order in which it is shown. Another one shows the example of its card.
PARTS = {
    "folk_lstm": ("composes", compose),
    "chorale_lstm": ("composes, and harmonises a melody", compose_chorales),
    "sentiment_transformer": ("reads reviews", read_reviews),
    "digits_mlp": ("reads handwriting", read_digits),
    "perceptron": ("draws its boundary", draw_boundary),
}


def show_example(card: Card) -> list[Path]:
    """The example of a model's card: code and what it printed."""
    example = next(iter(card.usage.values()), None)
    print(card.description if example is None else f"{example.code}\n{example.output}")
    return []


def parts(published: Sequence[Card]) -> Iterator[tuple[str, Callable[[Path], list[Path]]]]:
    """A title for each published model, and what to call with the folder for the results."""
    names = {card.name: card for card in published}
    for name in sorted(names, key=lambda name: list(PARTS).index(name) if name in PARTS else len(PARTS)):
        does, part = PARTS.get(name, ("shows its example", lambda out, card=names[name]: show_example(card)))
        yield f"{name} {does}", part


def demo(arguments: argparse.Namespace) -> None:
    """Runs a part for each published model, and lists what was made and how long it took."""
    import zoo

    check_folder("--out", arguments.out)
    for name in (TOKENS, DIGITS, BOUNDARY):
        check_file("--out", arguments.out / name)
    arguments.out.mkdir(parents=True, exist_ok=True)
    rows = []
    for title, part in parts(zoo.list_models()):
        print(f"\n{title}")
        started = time.perf_counter()
        files = part(arguments.out)
        rows.append((title, time.perf_counter() - started, files))
    print("\nmade")
    for title, seconds, files in rows:
        print(f"{seconds:6.1f} s  {title}")
        for file in files:
            print(f"          {file}  {file.stat().st_size:,} bytes")


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    example = cli.example_of("python -m apps.demo --out out/demo")
    parser = cli.Parser(prog=program("demo"), description=__doc__, epilog=example)
    parser.add_argument("--out", type=Path, default=OUT, metavar="PATH", help="the folder for what it makes (%(default)s)")
    parser.set_defaults(run=demo, tensorflow=True)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
