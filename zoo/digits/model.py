"""What `zoo.load` gives of a network that reads digits: predictions for images, and the digits in a picture."""

from pathlib import Path

import numpy as np

from zoo.core.classifier import Classifier
from zoo.core.errors import UserError
from zoo.digits import handwriting, one_digit
from zoo.digits.reading import Digit, Reading
from zoo.digits.touching import cut_apart

UNCERTAIN = 0.9  # a notice tells of each digit with a lower probability


class DigitReader(Classifier):
    """A classifier of handwritten digits that also reads pictures.

    `predict` takes images in MNIST's form, uint8 [n, 28, 28] in white ink on black, and gives the probabilities of the ten
    digits, float32 [n, 10]. `read` takes a picture file of any size with one digit or more.

    >>> import zoo
    >>> from zoo.images import sklearn_digits
    >>> model = zoo.load("digits_mlp")
    >>> model.predict(sklearn_digits.load().images[:3]).argmax(axis=1)
    array([0, 1, 2])
    >>> reading = model.read("page.png")  # doctest: +SKIP
    >>> reading.number, reading.probability, reading.notices  # doctest: +SKIP
    """

    def read(self, path: str | Path) -> Reading:
        """Reads a picture of one digit or more.

        Args:
            path: a picture in any format that Pillow reads.

        Raises:
            UserError: as `zoo.digits.handwriting.read_lines`, and where ink is neither one clear digit nor surely several that
                touch.
        """
        writing = handwriting.read_lines(Path(path))
        drawn = [(digit, number) for number, line in enumerate(writing.lines) for digit in line]
        images = np.stack([digit.image for digit, _ in drawn])
        doubts, probabilities = one_digit.doubt(images), self.predict(images)
        notices = list(writing.notices)
        digits: list[Digit] = []
        for (each, line), doubt, row in zip(drawn, doubts.tolist(), probabilities, strict=True):
            if doubt < one_digit.UNSURE:
                digits.append(Digit(each.image, row, line))
                continue
            parts = [] if writing.in_mnists_form else cut_apart(each.ink, self.predict)
            if parts:
                digits += [Digit(part.image, part.probabilities, line) for part in parts]
                notices.append(f"{len(parts)} digits that touch: cut apart")
            elif writing.in_mnists_form or (doubt < one_digit.NOT_ONE and row.max() >= UNCERTAIN):
                digits.append(Digit(each.image, row, line))
                notices.append(f"not sure: {row.argmax()} may be several digits that touch, or none")
            else:
                raise UserError(
                    f"{path} shows no single clear digit: several that touch, or one that is crossed out, perhaps; "
                    "give a picture of separate digits"
                )
        for digit in digits:
            if digit.probability < UNCERTAIN:
                notices.append(f"not sure: {digit.label} may be {digit.runner_up}")
        return Reading(tuple(digits), tuple(notices))
