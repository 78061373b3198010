"""What `zoo.load` gives of a network that reads digits: predictions for images, and the digits in a picture."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.classifier import Classifier
from zoo.core.errors import UserError
from zoo.digits import handwriting, one_digit
from zoo.digits.handwriting import Writing
from zoo.digits.reading import Digit, Reading
from zoo.digits.touching import cut_apart

UNCERTAIN = 0.9  # a notice tells of each digit with a lower probability


class DigitReader(Classifier):
    """A classifier of handwritten digits that also reads pictures.

    `predict` takes images in MNIST's form, uint8 [n, 28, 28] in white ink on black, and gives the probabilities of the ten
    digits, float32 [n, 10]. `read` takes a picture file of any size with one digit or more, and `read_drawing` takes a drawing.

    >>> import zoo
    >>> from zoo.images import sklearn_digits
    >>> model = zoo.load("digits_mlp")
    >>> model.predict(sklearn_digits.load().images[:3]).argmax(axis=1)
    array([0, 1, 2])
    >>> reading = model.read("page.png")  # doctest: +SKIP
    >>> reading.number, reading.probability, reading.notices  # doctest: +SKIP
    """

    def read(self, path: str | Path | bytes) -> Reading:
        """Reads a picture of one digit or more.

        Args:
            path: of a picture in any format that Pillow reads; or the bytes of its file.

        Raises:
            UserError: as `zoo.digits.handwriting.read_lines`, and where ink is neither one clear digit nor surely several that
                touch.
        """
        source = path if isinstance(path, bytes) else Path(path)
        reading, unclear = self._reading(handwriting.read_lines(source))
        if unclear:
            raise UserError(
                f"{'the picture' if isinstance(source, bytes) else source} shows no single clear digit: several that touch, or "
                "one that is crossed out, perhaps; give a picture of separate digits"
            )
        return reading

    def read_drawing(self, drawing: np.ndarray) -> Reading:
        """Reads digits that were drawn on a screen.

        A drawing that is going on often shows no digit yet. So what is no single clear digit is read all the same, and a notice
        tells of it.

        Args:
            drawing: [height, width] from 0, where nothing was drawn, to 1.

        Raises:
            UserError: as `zoo.digits.handwriting.drawn_lines`.
        """
        return self._reading(handwriting.drawn_lines(drawing))[0]

    def decided(self, images: Any, labels: Any = None) -> np.ndarray:
        """How much each pixel of an image speaks for a digit, above 0, or against it, below 0.

        See `zoo.digits.attribution` for what the weights are.

        Args:
            images: uint8 [n, 28, 28], as `predict` takes them.
            labels: the n digits; None: the most probable one of each image.

        Returns:
            float32 [n, 28, 28]; 0 where there is no ink.

        Raises:
            UserError: the images have another shape or type.
        """
        array = self._array(images, self._predict.structured_input_signature[1][self._input])
        chosen = self.predict(array).argmax(1) if labels is None else np.asarray(labels)
        return self._attribution(array, chosen.astype(np.int64)).numpy()

    @cached_property
    def _attribution(self) -> Callable[..., Any]:
        from zoo.core.export import restore
        from zoo.digits import attribution, network

        built = network.from_architecture(self.card.architecture)
        restore(built, self.folder)
        return attribution.of(built)

    def _reading(self, writing: Writing) -> tuple[Reading, bool]:
        """The digits of what is written, and whether some of it is no single clear digit."""
        drawn = [(digit, number) for number, line in enumerate(writing.lines) for digit in line]
        images = np.stack([digit.image for digit, _ in drawn])
        doubts, probabilities = one_digit.doubt(images), self.predict(images)
        notices = list(writing.notices)
        digits: list[Digit] = []
        unclear = False
        for (each, line), doubt, row in zip(drawn, doubts.tolist(), probabilities, strict=True):
            if doubt < one_digit.UNSURE:
                digits.append(Digit(each.image, row, line))
                continue
            parts = [] if writing.in_mnists_form else cut_apart(each.ink, self.predict)
            if parts:
                digits += [Digit(part.image, part.probabilities, line) for part in parts]
                notices.append(f"{len(parts)} digits that touch: cut apart")
                continue
            digits.append(Digit(each.image, row, line))
            notices.append(f"not sure: {row.argmax()} may be several digits that touch, or none")
            unclear |= not (writing.in_mnists_form or (doubt < one_digit.NOT_ONE and row.max() >= UNCERTAIN))
        for digit in digits:
            if digit.probability < UNCERTAIN:
                notices.append(f"not sure: {digit.label} may be {digit.runner_up}")
        return Reading(tuple(digits), tuple(notices)), unclear
