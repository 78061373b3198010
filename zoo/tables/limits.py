"""What to know about a trained network for tables before one trusts it, for the limits on its card."""

from collections.abc import Iterator, Mapping

from zoo.core.cards import DataSet
from zoo.core.sources import Source
from zoo.tables.data import NAMED, Table

BETTER = 0.01  # accuracy or R2 that a baseline must be ahead to be mentioned
WIDE = 0.05  # a wider 95 % interval is mentioned
BALANCED = (
    "Trained with balanced class weights, as if the classes were equally frequent: its probabilities of rare classes are higher "
    "than their shares in the data."
)


def bundled(source: Source | DataSet) -> bool:
    """Whether a source, or the data set of a card, is a table of scikit-learn and not a user's file of the same name."""
    return source.name in NAMED and source.version == NAMED[source.name].version


def limits_of(
    network: str, table: Table, own: Mapping[str, float], baselines: Mapping[str, float], interval: Mapping[str, float]
) -> Iterator[str]:
    """The limits of a model, one sentence or two each.

    Args:
        network: its name in the registry.
        table: that it learned from.
        own: its metrics on the test split, as `zoo.tables.metrics.of_predictions` gives them.
        baselines: those of `zoo.tables.metrics.baselines` on the same split.
        interval: what `zoo.tables.metrics.interval` gave.
    """
    if network == "perceptron":
        yield (
            "A perceptron draws flat boundaries: it cannot tell classes apart that no plane separates."
            if table.schema.classes
            else "A linear unit adds up what each column tells by itself: it cannot use what two columns tell only together."
        )
    yield from _compared(network, table, own, baselines, interval)
    yield from _few_rows(table, own, interval)
    if not table.schema.numeric:
        yield (
            "A text that occurs never or only once in the training rows tells the model nothing; `predict` counts the texts that "
            "are new."
        )
    yield (
        "A missing number is read as the mean of its column, and `predict` counts such cells. A row unlike all training rows "
        "gets a prediction, too."
    )
    if table.source.name == "breast_cancer" and bundled(table.source):
        yield "Trained on one small table, to learn about networks, not to decide about anyone's health."


def _compared(
    network: str, table: Table, own: Mapping[str, float], baselines: Mapping[str, float], interval: Mapping[str, float]
) -> Iterator[str]:
    """The baselines that are better than the model."""
    name, value = next(iter(own.items()))
    low, high = interval.get(f"{name}_95_low"), interval.get(f"{name}_95_high")
    n = len(table.outcomes("test"))
    for key, other in baselines.items():
        if key.endswith(f"_{name}") and not key.startswith("majority") and other - value > BETTER:
            rival = key.removesuffix(f"_{name}").replace("_", " ")
            within = high is not None and other <= high
            yield f"{rival.capitalize()} is better on the test split: {name} {other:.4f} against {value:.4f}. " + (
                f"This lies within the 95 % interval of the model, {low:.4f} to {high:.4f}, since the split has only {n:,} rows."
                if within
                else _reason(network, rival)
            )
    simplest = baselines.get("majority_class_accuracy") if table.schema.classes else 0.0  # R2 of the mean
    if simplest is not None and value <= simplest:
        yield "Not better on the test split than always predicting " + (
            "the most frequent class; if rare classes matter, try balanced class weights."
            if table.schema.classes
            else "the mean."
        )


def _few_rows(table: Table, own: Mapping[str, float], interval: Mapping[str, float]) -> Iterator[str]:
    """How uncertain the metrics are."""
    name, n = next(iter(own)), len(table.outcomes("test"))
    low, high = interval.get(f"{name}_95_low"), interval.get(f"{name}_95_high")
    if low is None or high is None:
        yield f"The test split has only {n:,} rows: the metrics on it are little more than chance."
    elif high - low > WIDE:
        yield (
            f"The test split has only {n:,} rows: the {name} on new rows lies between {low:.2f} and {high:.2f} (95 % interval)."
        )


def _reason(network: str, rival: str) -> str:
    """What may help a model whose interval does not reach the metric of a baseline."""
    if rival != "gradient boosting":
        same = "It is the same kind of model" if network == "perceptron" else "It is the simpler model"
        return f"{same}, so this training has not found the best weights: more epochs may help."
    if network == "perceptron":
        return "Trees find thresholds and combinations of columns; a perceptron only adds up what each column tells: try an MLP."
    return "Trees found thresholds or combinations of columns that this network did not: more epochs or wider layers may help."
