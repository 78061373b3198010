"""Short reviews written for this project, of the kinds that a bag of words misreads; they are for measuring, never for training.

hand_written_reviews.tsv beside this file holds kind, label and text. Kinds are negation, contrast, sentence, mixed, comparison,
irony, and plot: there what is told is the opposite of the verdict. They were written before any network had read one.
"""

from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_suffix(".tsv")


@dataclass(frozen=True)
class Case:
    """A text of one kind, and whether its writer likes the film."""

    kind: str
    positive: bool
    text: str


def cases() -> list[Case]:
    """All of them, in the order of the file."""
    rows = [line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines()[1:]]
    return [Case(kind, label == "positive", text) for kind, label, text in rows]
