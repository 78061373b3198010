"""What `zoo.load` gives of a network that reads digits."""

from pathlib import Path

from zoo.core.classifier import Classifier
from zoo.digits import reader as digit_reader
from zoo.digits.reader import Reading


class DigitReader(Classifier):
    """A classifier of handwritten digits, which also reads pictures."""

    def read(self, path: str | Path) -> Reading:
        """Reads a picture of one digit or more.

        Args:
            path: a picture in any format that Pillow reads.

        Returns:
            A Reading: `.number`, `.digits` with their probabilities, and `.notices`, what was done to the picture and doubts.

        Raises:
            UserError: when the picture cannot be read with certainty.
        """
        return digit_reader.read(Path(path), self.predict)
