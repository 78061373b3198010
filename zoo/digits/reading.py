"""What is read in a picture: digits with their probabilities, and the number that they make up."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, repr=False)
class Digit:
    """A digit that was read.

    Args:
        image: uint8 [28, 28], as the network took it.
        probabilities: of the classes 0 to 9, float32 [10].
        line: the line of the picture, counted from 0.
    """

    image: np.ndarray
    probabilities: np.ndarray
    line: int = 0

    def __repr__(self) -> str:
        return f"Digit({self.label}, probability={self.probability:.4f})"

    @property
    def label(self) -> int:
        """The most probable class."""
        return int(self.probabilities.argmax())

    @property
    def probability(self) -> float:
        """The probability of `label`."""
        return float(self.probabilities.max())

    @property
    def runner_up(self) -> int:
        """The second most probable class."""
        return int(np.argsort(self.probabilities, kind="stable")[-2])


@dataclass(frozen=True, repr=False)
class Reading:
    """All digits of a picture.

    Args:
        digits: line by line from the top, each line from the left.
        notices: in words, what was done to the picture and what is not sure.
    """

    digits: tuple[Digit, ...]
    notices: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Reading({self.number!r}, probability={self.probability:.4f})"

    @property
    def number(self) -> str:
        """The digits as one text: "306"."""
        return "".join(str(digit.label) for digit in self.digits)

    @property
    def probability(self) -> float:
        """The probability that all digits are right, if their errors are independent: the product of their probabilities."""
        return float(np.prod([digit.probability for digit in self.digits]))
