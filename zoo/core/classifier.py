"""Classifiers that were exported: batches of raw inputs in, probabilities out."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.core import processor
from zoo.core.cards import Card
from zoo.core.errors import UserError
from zoo.core.inputs import as_list

BATCH = 256  # examples in one call of a signature, so that memory stays bounded for any number of inputs


class Classifier:
    """A model that turns each input into a probability or into one for each class.

    Args:
        card: the model's card.
        saved_model: what tf.saved_model.load gave.
        folder: where it was.
    """

    def __init__(self, card: Card, saved_model: Any, folder: Path) -> None:
        self.card = card
        self.folder = folder
        self.saved_model = saved_model  # the signatures live only as long as it does
        self._predict = saved_model.signatures["serving_default"]
        (self._input,) = self._predict.structured_input_signature[1]
        (self._output,) = self._predict.structured_outputs

    def __repr__(self) -> str:
        network = self.card.architecture.get("network", self.card.task)
        return f"<{type(self).__name__} {self.card.name}: {network}, {self.card.parameters:,} parameters>"

    def predict(self, inputs: Any) -> np.ndarray:
        """The probabilities of each input.

        Args:
            inputs: n examples as the card's first signature takes them: rows of numbers [n, d], images uint8 [n, 28, 28]
                or n texts.

        Returns:
            float32 [n], or [n, classes].

        Raises:
            UserError: when the inputs have another shape or type.
        """
        return self._outputs(inputs)[self._output]

    def _outputs(self, inputs: Any) -> dict[str, np.ndarray]:
        """All outputs of the signature that `predict` calls, for n examples, [n, ...] each."""
        spec = self._predict.structured_input_signature[1][self._input]
        array = self._array(inputs, spec)
        order = self._order(array)
        batches = [array[order[i : i + BATCH]] for i in range(0, max(len(array), 1), BATCH)]

        def run(batch: np.ndarray) -> dict[str, np.ndarray]:
            outputs = self._predict(**{self._input: tf.constant(batch, spec.dtype)})
            return {name: value.numpy() for name, value in outputs.items()}

        if len(batches) == 1:
            return run(array)
        # One batch for each core at a time: TensorFlow releases Python's lock while it computes.
        with ThreadPoolExecutor(processor.cores()) as pool:
            parts = list(pool.map(run, batches))
        back = np.argsort(order)
        return {name: np.concatenate([part[name] for part in parts])[back] for name in parts[0]}

    def _order(self, array: np.ndarray) -> np.ndarray:
        """The order in which the inputs are best computed."""
        return np.arange(len(array))

    def _array(self, inputs: Any, spec: tf.TensorSpec) -> np.ndarray:
        array = np.asarray(as_list(inputs))
        wanted = f"{self.card.name} takes {self._input} as {spec.dtype.name} {[d or 'n' for d in spec.shape]}"
        try:
            spec.shape.assert_is_compatible_with(array.shape)
            with np.errstate(invalid="ignore"):  # not a number as a pixel: refused below
                converted = array.astype(spec.dtype.as_numpy_dtype)
        except (ValueError, TypeError) as error:
            raise UserError(f"{wanted}, not {array.dtype} {list(array.shape)}") from error
        if array.dtype.kind not in "biuf" or (converted.dtype.kind == "u" and not np.array_equal(converted, array)):
            raise UserError(f"{wanted}, but some of the {array.dtype} values are not of that type")
        return converted
