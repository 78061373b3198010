"""What the perceptron and the multilayer perceptron share: their output, its loss, and the signatures of the exported model.

Both take a row as `zoo.tables.columns.Encoder` gives it, float32 [n, width], and give float32 [n, units]:

    two classes     1 unit        probability = sigmoid(z)
    more classes    1 unit each   probabilities = softmax(z)
    a number        1 unit        value = mean + deviation z
"""

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import keras
import tensorflow as tf

from zoo.tables.columns import Column, Encoder
from zoo.tables.kinds import NUMBER, input_names


@dataclass(frozen=True)
class Output:
    """What is predicted of a row.

    Args:
        classes: their number; 0 for a number.
        mean: of the target in the training split, where it is a number.
        deviation: likewise, above 0.
    """

    classes: int
    mean: float = 0.0
    deviation: float = 1.0

    @property
    def units(self) -> int:
        """Of the network's output layer."""
        return self.classes if self.classes > 2 else 1


MANY_ROWS = 20_000  # of training, beyond which batches are larger
LEAST_EPOCHS = 10


def epochs(rows: int, batch_size: int, steps: int) -> int:
    """As many passes over so many training rows as take `steps` steps, but at least LEAST_EPOCHS."""
    return max(LEAST_EPOCHS, math.ceil(steps / math.ceil(rows / batch_size)))


def loss(output: Output) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """loss(targets [n], z [n, units]) -> the loss of each row in nats, [n].

    Of classes it is the cross-entropy; of a number half the squared error in units of the deviation, which is, up to a constant,
    the negative log-likelihood under a normal distribution of that deviation (Bishop 2006, section 3.1.1).
    """

    def of(targets: tf.Tensor, z: tf.Tensor) -> tf.Tensor:
        if output.classes > 2:
            return tf.nn.sparse_softmax_cross_entropy_with_logits(targets, z)
        targets = tf.cast(targets, tf.float32)
        if output.classes:
            return tf.nn.sigmoid_cross_entropy_with_logits(targets, z[:, 0])
        return tf.square((targets - output.mean) / output.deviation - z[:, 0]) / 2

    return of


def answer(output: Output, z: tf.Tensor) -> dict[str, tf.Tensor]:
    """What the network says, from float32 [n, units]: `probability` [n], `probabilities` [n, classes] or `value` [n]."""
    if output.classes > 2:
        return {"probabilities": tf.nn.softmax(z)}
    if output.classes:
        return {"probability": tf.sigmoid(z[:, 0])}
    return {"value": output.mean + output.deviation * z[:, 0]}


def endpoints(model: keras.Model, encoder: Encoder, output: Output) -> dict[str, Any]:
    """The signatures of a network; a model with numbers only begins with `predict`.

    - `predict`: features float32 [n, d], the columns in their order -> what `answer` gives;
    - `columns`: each column by its name in `zoo.tables.kinds.input_names`, float32 [n] or string [n] -> the same.
    """
    names = [column.name for column in encoder.columns]
    numeric = all(column.kind == NUMBER for column in encoder.columns)
    inputs = input_names(names)
    specs = {
        given: tf.TensorSpec([None], tf.float32 if column.kind == NUMBER else tf.string, name=given)
        for given, column in zip(inputs, encoder.columns, strict=True)
    }

    @tf.function(input_signature=[tf.TensorSpec([None, len(names)], tf.float32, name="features")])
    def predict(features: tf.Tensor) -> dict[str, tf.Tensor]:
        rows = encoder(dict(zip(names, tf.unstack(features, axis=1), strict=True)))
        return answer(output, model(rows, training=False))

    @tf.function(input_signature=[specs])
    def columns(columns: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        rows = encoder({name: columns[given] for name, given in zip(names, inputs, strict=True)})
        return answer(output, model(rows, training=False))

    return {"predict": predict, "columns": columns} if numeric else {"columns": columns}


def to_json(encoder: Encoder, output: Output) -> str:
    """What was learned of the columns and of the target, to be read by people and by `from_json`."""
    columns = [asdict(column) for column in encoder.columns]
    return json.dumps({"columns": columns, "output": asdict(output)}, indent=1, ensure_ascii=False) + "\n"


def from_json(text: str) -> tuple[Encoder, Output]:
    """Reads what `to_json` wrote."""
    values = json.loads(text)
    columns = [Column(**{**each, "vocabulary": tuple(each["vocabulary"])}) for each in values["columns"]]
    columns = [replace(each, knots=tuple(each.knots)) for each in columns]  # JSON has no tuples
    return Encoder(columns), Output(**values["output"])
