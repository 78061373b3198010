"""The signatures of an exported network for tables: raw columns in, predictions out."""

from typing import Any

import keras
import tensorflow as tf

from zoo.tables.encoder import Encoder
from zoo.tables.kinds import NUMBER
from zoo.tables.output import Output, predictions
from zoo.tables.schema import input_names


def endpoints(model: keras.Model, encoder: Encoder, output: Output) -> dict[str, Any]:
    """The signatures by their names; the first is the default.

    - `predict`, only if all columns are numbers: features float32 [n, d], in the order of the columns;
    - `columns`: each column by its name in `zoo.tables.schema.input_names`, float32 [n] or string [n].

    Both give what `zoo.tables.output.predictions` gives.
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
        return predictions(output, model(rows, training=False))

    @tf.function(input_signature=[specs])
    def columns(columns: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        rows = encoder({name: columns[given] for name, given in zip(names, inputs, strict=True)})
        return predictions(output, model(rows, training=False))

    return {"predict": predict, "columns": columns} if numeric else {"columns": columns}
