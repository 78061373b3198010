"""Short reviews written for this project, of kinds that a bag of words misreads. They are for evaluation, never for training.

The file hand_written_reviews.tsv in this folder has the columns kind, label and text. The kinds are negation, contrast, sentence,
mixed, comparison, irony, and plot, in which the story sounds like the opposite of the opinion. All were written before a network
of this project had been evaluated on any of them.
"""

from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_suffix(".tsv")


@dataclass(frozen=True)
class Case:
    """A review: its kind, whether it is positive, and its text."""

    kind: str
    positive: bool
    text: str


def cases() -> list[Case]:
    """All reviews, in the order of the file."""
    rows = [line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines()[1:]]
    return [Case(kind, label == "positive", text) for kind, label, text in rows]
