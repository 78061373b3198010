"""The wing of tables: networks that predict one column of a table from the others.

    reading/        a CSV file -> the kinds of its columns, and their cells as arrays
    data.py         a table with its splits, and batches for training
    encodings.py    what is learned from the training rows about each column
    encoder.py      raw columns -> rows of numbers, within TensorFlow's graph
    perceptron.py, mlp.py    the networks
    activations.py  the activations of hidden layers
    points.py       small data sets in a plane and on a line, made from a seed
    snapshots.py    what a small network computes while it is trained
    output.py       what a network predicts, and its loss
    recipes.py      sizes and hyperparameters for a number of rows
    choices.py      what somebody chooses instead
    training.py     from a table to the published model
    limits.py, about.py    what a card says beyond the metrics
    model.py        what zoo.load gives; inputs.py turns columns of Python users into arrays
    metrics.py, importance.py, separability.py, boundary.py    evaluation and pictures

A network is a module of this package with the name that it has in the registry. It needs

    Config          a frozen dataclass: `features` (inputs of a row), `units` (of the output), then own sizes with defaults;
                    `Config.of(architecture)` reads it from a card
    build(config)   gives a keras.Model with random weights: float32 [n, features] -> float32 [n, units], before the sigmoid or
                    softmax
    from_architecture(architecture)    gives the same for what a card states

and an entry in `zoo.registry.NETWORKS`; then `zoo.train`, `zoo.load` and `zoo.network` know it. It is trained with
`zoo.tables.recipes.general` unless `zoo.tables.recipes.PLANS` names a plan of its own.
"""
