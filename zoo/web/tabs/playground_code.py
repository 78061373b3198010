"""The Keras code of what was built in the playground: a program of its own, with its data, that runs as it is."""

import inspect
from typing import Any

from zoo import registry
from zoo.web.tabs.playground_setting import CLASSES_OF, FORMULA, Setting

_OPTIMIZERS = {
    "adam": "Adam(rate",
    "adamw": "AdamW(rate, weight_decay=0.0",
    "sgd": "SGD(rate",
    "momentum": "SGD(rate, momentum=0.9",
    "rmsprop": "RMSprop(rate",
}
_HEAD = '''"""A network from the playground of the Intro Zoo, in Keras."""

import keras
import numpy as np
'''
_SPLIT = """
# 60 % of the rows are for training, 20 % for validation, and 20 % for a last test.
order = np.random.default_rng({seed}).permutation(len(x))
train, validation, test = np.split(order, [int(0.6 * len(x)), int(0.8 * len(x))])
x = (x - x[train].mean(axis=0)) / x[train].std(axis=0)
"""
_FIT = """
steps = {epochs} * -(-len(train) // {batch})
rate = keras.optimizers.schedules.CosineDecay({rate!r}, steps)
model.compile(
    optimizer=keras.optimizers.{optimizer}, global_clipnorm=1.0),
    loss={loss},
    metrics=[{metric}],
)
model.fit(x[train], y[train], validation_data=(x[validation], y[validation]), epochs={epochs}, batch_size={batch}, verbose=2)
print(model.evaluate(x[test], y[test], verbose=0, return_dict=True))
"""


def code(setting: Setting, table: Any = None) -> str:
    """The program.

    Args:
        setting: what was chosen.
        table: for the data set "table", what `zoo.tables.data.load` gives of it: a `zoo.tables.data.Table`.
    """
    classes = len(table.schema.classes) if table is not None else CLASSES_OF[setting.data]
    units = classes if classes > 2 else 1
    kinds = {
        0: ("half_squared_error", '"mean_absolute_error"'),
        2: ("keras.losses.BinaryCrossentropy(from_logits=True)", "keras.metrics.BinaryAccuracy(threshold=0.0)"),
    }
    many = "keras.losses.SparseCategoricalCrossentropy(from_logits=True)", '"sparse_categorical_accuracy"'
    loss, metric = kinds.get(classes, many)
    fit = _FIT.format(
        epochs=setting.epochs,
        batch=setting.batch,
        rate=float(setting.rate),
        optimizer=_OPTIMIZERS[setting.optimizer],
        loss=loss,
        metric=metric,
    )
    parts = [
        _HEAD,
        f"\nkeras.utils.set_random_seed({setting.seed})\n",
        _data(setting, table),
        _SPLIT.format(seed=setting.seed),
        "" if classes else _OF_NUMBERS,
        _network(setting, units),
        fit,
    ]
    return "".join(parts)


_OF_NUMBERS = '''y = (y - y[train].mean()) / y[train].std()


def half_squared_error(y, predicted):
    """The loss of each row."""
    return keras.ops.square(y - predicted[:, 0]) / 2

'''


def _data(setting: Setting, table: Any) -> str:
    """The code that gives the inputs x and the targets y."""
    if table is not None:
        rows = zip(table.features.tolist(), table.targets.tolist(), strict=True)
        lines = [f"        {[*(round(value, 6) for value in row), round(target, 6)]}," for row, target in rows]
        read = ", data[:, -1]" + (".astype(int)" if table.schema.classes else "")
        return "\n".join(["", "data = np.array(", "    [", *lines, "    ]", ")", f"x, y = data[:, :-1]{read}", ""])
    function = "curve" if setting.data == FORMULA else setting.data
    made = f"x, y = {function}({setting.points}, {setting.noise!r}, np.random.default_rng({setting.seed}))\n"
    if setting.data != FORMULA:
        source = inspect.getsource(registry.resolve("zoo.tables.points:SHAPES")[setting.data])
        return f"\n\n{source}\n\n{made}"
    formula = registry.resolve("zoo.tables.points:numpy_code")(registry.resolve("zoo.tables.points:parsed")(setting.formula))
    return _CURVE.format(formula=formula) + made


_CURVE = '''

def curve(n, noise, random):
    """Points of a curve, with noise."""
    x = random.uniform(-3.0, 3.0, n)
    y = {formula} + np.zeros(n)
    return x[:, None], y + noise * random.standard_normal(n)


'''


def _network(setting: Setting, units: int) -> str:
    """The code of the network."""
    lines = [f"penalty = keras.regularizers.L2({float(setting.l2)!r})"] if setting.l2 and setting.layers else []
    lines += ["model = keras.Sequential(", "    [", "        keras.Input((x.shape[1],)),"]
    for number, activation in setting.layers:
        lines.append(f"        {_dense(number, activation, setting.l2)},")
        if setting.dropout:
            lines.append(f"        keras.layers.Dropout({float(setting.dropout)!r}),")
    lines += [f"        keras.layers.Dense({units}),", "    ]", ")", "model.summary()"]
    return "\n" + "\n".join(lines) + "\n"


def _dense(units: int, activation: str, l2: float) -> str:
    words = [str(units), f'activation="{activation}"']
    start = registry.resolve("zoo.tables.activations:initializer")(activation)
    if start != "glorot_uniform":  # Keras' default
        words.append(f'kernel_initializer="{start}"')
    if l2:
        words.append("kernel_regularizer=penalty")
    return f"keras.layers.Dense({', '.join(words)})"
