"""Whether what a piece was asked for and what the network chose go together as in the training pieces.

Most jigs are in 6/8, and most dorian tunes in A or E. A share such as that of 6/8 among the jigs is a conditional share.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zoo.music.notation.score import Score
from zoo.music.notation.theory import PITCH_CLASSES

ENOUGH = 20  # training pieces, and composed ones; the shares among fewer say little
_VALUES: dict[str, Callable[[Score], str]] = {
    "metre": lambda score: str(score.metre),
    "tonic": lambda score: PITCH_CLASSES[score.key.tonic] if score.key else "",
    "mode": lambda score: score.key.mode if score.key else "",
    "type": lambda score: score.type,
}


@dataclass(frozen=True)
class Gap:
    """A conditional share in composed pieces and in training pieces.

    Attributes:
        given: the control that is given and its value, such as "type=jig".
        value: the other control and its value, such as "metre=6/8".
        composed: the share of the composed pieces with `given` that have `value`.
        training: the same share of the training pieces.
        pieces: how many composed pieces have `given`.
    """

    given: str
    value: str
    composed: float
    training: float
    pieces: int

    @property
    def points(self) -> float:
        """The difference of the shares in percentage points; it is below 0 where composed pieces have the value too seldom."""
        return 100 * (self.composed - self.training)


def gaps(composed: Sequence[Score], training: Sequence[Score], given: str, wanted: str, least: int = ENOUGH) -> list[Gap]:
    """The share of each value of one control given each value of another, the largest difference first.

    Pieces that do not name a control, such as tunes without a type, are left out. A difference is partly chance: among n composed
    pieces a share p varies by the square root of p (1 - p) / n.

    Args:
        composed: pieces that a network composed.
        training: those it was trained on.
        given, wanted: two of "metre", "tonic", "mode" and "type".
        least: a value of `given` is left out where fewer of the composed or of the training pieces have it.
    """
    of_composed, of_training = (_pairs(scores, given, wanted) for scores in (composed, training))
    found = []
    for value, counts in of_training.items():
        others = of_composed.get(value, Counter())
        if min(counts.total(), others.total()) < least:
            continue
        for name in sorted({*counts, *others}):
            composed_share, training_share = others[name] / others.total(), counts[name] / counts.total()
            found.append(Gap(f"{given}={value}", f"{wanted}={name}", composed_share, training_share, others.total()))
    return sorted(found, key=lambda gap: -abs(gap.points))


def _pairs(scores: Sequence[Score], given: str, wanted: str) -> dict[str, Counter[str]]:
    """How often each value of `wanted` occurs with each value of `given`."""
    counts: dict[str, Counter[str]] = {}
    for score in scores:
        value, other = _VALUES[given](score), _VALUES[wanted](score)
        if value and other:
            counts.setdefault(value, Counter())[other] += 1
    return counts
