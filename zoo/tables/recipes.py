"""How networks for tables are sized and trained: what depends on the number of training rows.

`plan` gives the choices for a network by its name. A network that is not in PLANS gets those of `general`, with the default sizes
of its own Config.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from zoo.core.recipe import Recipe
from zoo.tables.output import Output

LEAST_EPOCHS = 10


@dataclass(frozen=True)
class Plan:
    """What is chosen before a training.

    Args:
        recipe: the hyperparameters.
        quick_epochs: instead of the recipe's, for a quick training.
        intervals: the most intervals that a number is cut into, see `zoo.tables.encoder`.
        sizes: arguments of the network's Config other than `features` and `units`.
    """

    recipe: Recipe
    quick_epochs: int
    intervals: int = 0
    sizes: Mapping[str, Any] = field(default_factory=dict)


def plan(network: str, n: int, numbers: int, output: Output) -> Plan:
    """The plan for a network.

    Args:
        network: its name in the registry.
        n: training rows.
        numbers: columns that are numbers.
        output: what is predicted.
    """
    return PLANS.get(network, general)(n, numbers, output)


def _epochs(n: int, batch_size: int, steps: int) -> int:
    """The passes over n training rows that take `steps` steps, but at least LEAST_EPOCHS."""
    return max(LEAST_EPOCHS, math.ceil(steps / math.ceil(n / batch_size)))


# The perceptron. Its weight decay has the part of the L2 penalty in logistic regression. Numbers are not cut into intervals: the
# boundaries between the classes would no longer be planes. The 341 training rows of breast_cancer make 11 steps an epoch.
_PERCEPTRON = Recipe(epochs=60, batch_size=32, learning_rate=0.02, weight_decay=0.02, average=0.99)
_PERCEPTRON_STEPS = 660
_LARGE_BATCH, _LARGE_BATCH_ROWS = 256, 20_000  # the batch size for more than so many training rows


def perceptron(n: int, numbers: int, output: Output) -> Plan:
    """The plan for the perceptron."""
    batch_size = _LARGE_BATCH if n > _LARGE_BATCH_ROWS else _PERCEPTRON.batch_size
    epochs = _epochs(n, batch_size, _PERCEPTRON_STEPS)
    return Plan(replace(_PERCEPTRON, batch_size=batch_size, epochs=epochs), quick_epochs=math.ceil(epochs / 3))


# The multilayer perceptron, for few training rows, for some, and for MANY. Few means less than FEW_OF_CLASSES where classes are
# predicted. A number tells more about a row than a class does, so that FEW_OF_NUMBERS suffice. All choices are made on the
# validation splits of the tables in docs/tables.md, which has the figures.
FEW_OF_CLASSES, FEW_OF_NUMBERS, MANY = 1_000, 500, 10_000
_FEW = Recipe(epochs=300, batch_size=32, learning_rate=3e-3, warmup_steps=50, weight_decay=1.0, average=0.99, patience=60)
_SOME = Recipe(epochs=500, batch_size=128, learning_rate=2e-3, warmup_steps=50, weight_decay=0.5, average=0.995)
_MANY = Recipe(epochs=500, batch_size=256, learning_rate=2e-3, warmup_steps=50, weight_decay=0.1, average=0.999)
_INTERVALS = 16
_MOST_INPUTS = 4_096  # the intervals of all numbers together


def general(n: int, numbers: int, output: Output) -> Plan:
    """The intervals and the recipe of the multilayer perceptron, for any network.

    The more rows there are, the more steps and the less weight decay: decay keeps a network from learning few rows by heart. For
    the same reason few rows get no intervals. With intervals a network sees thresholds as easily as a tree does.
    """
    if _are_few(n, output):
        recipe, steps, intervals = _FEW, 1_500, 0
    else:
        recipe, steps = (_SOME, 2_000) if n < MANY else (_MANY, 4_000)
        intervals = min(_INTERVALS, _MOST_INPUTS // max(1, numbers))
    epochs = min(recipe.epochs, _epochs(n, recipe.batch_size, steps))
    return Plan(replace(recipe, epochs=epochs), quick_epochs=math.ceil(epochs / 5), intervals=intervals)


def mlp(n: int, numbers: int, output: Output) -> Plan:
    """The plan for the multilayer perceptron: `general`, with wider layers where rows are not few.

    Dropout makes the sums of a layer noisy. A class is the largest of a few sums and suffers little. A predicted number suffers
    more, so that it gets little dropout, and none if there are many rows.
    """
    chosen = general(n, numbers, output)
    if _are_few(n, output):
        return chosen
    dropout = 0.3 if output.classes else 0.1 if n < MANY else 0.0
    return replace(chosen, sizes={"hidden": (256, 256), "dropout": dropout})


def _are_few(n: int, output: Output) -> bool:
    return n < (FEW_OF_CLASSES if output.classes else FEW_OF_NUMBERS)


PLANS = {"perceptron": perceptron, "mlp": mlp}
