"""The table of all comparisons, with their contenders and goals, and the rows of results.

Nothing here imports TensorFlow or PyTorch: contenders are named by strings, and run in their own processes
(`benchmarks.contest`).
"""

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

import zoo
from benchmarks.contest import Outcome, compete
from benchmarks.report import Row
from zoo.core.processor import cores

PYTORCH = "benchmarks.pytorch:"
NO_PYTORCH = "PyTorch is not installed: pip install -r requirements-bench.txt"


@dataclass(frozen=True)
class Comparison:
    """What is compared with what.

    Args:
        work: its name.
        unit: something a second, where more is better, or "s", where less is better.
        ours: the contender of this project.
        peers: the names of the others, each with its contender, or with a goal in the unit.
        one_core: confine all contenders to one core.
    """

    work: str
    unit: str
    ours: str
    peers: Mapping[str, str | float]
    one_core: bool = False


def _training(network: str) -> dict[str, str | float]:
    libraries = {"Keras": "benchmarks.plain_keras:", "PyTorch": PYTORCH}
    return {
        f"{library}, {precision}": f"{module}{network} {precision}"
        for library, module in libraries.items()
        for precision in ("float32", "bfloat16")
    }


def _pipeline(model: str) -> Comparison:
    peers = {f"{model} training step (goal: 5 times as fast)": f"benchmarks.pipeline:step {model}"}
    return Comparison("pipeline", "examples/s", f"benchmarks.pipeline:epoch {model}", peers)


def _sampling(work: str, tunes: int, calls: int) -> Comparison:
    # A few pieces are composed by the graph that needs no compiling, many by the one that XLA has compiled: see zoo.music.model.
    name, other = ("compiled by XLA, once that is done", "generate") if tunes == 1 else ("graph without XLA", "generate_few")
    peers = {"Python loop, same network": "benchmarks.sampling:loop", name: f"benchmarks.sampling:graph {other} {tunes}"}
    return Comparison(work, "pieces/s", f"benchmarks.sampling:ours {tunes} {calls}", peers)


def _of_published(*comparisons: Comparison) -> tuple[Comparison, ...]:
    """Those whose model, the first argument of `ours`, is published."""
    names = [card.name for card in zoo.list_models()]
    return tuple(each for each in comparisons if each.ours.split()[1] in names)


GROUPS: dict[str, tuple[Comparison, ...]] = {
    "training": (
        Comparison("lstm_training", "tokens/s", "benchmarks.training:ours_lstm", _training("lstm")),
        Comparison("transformer_training", "tokens/s", "benchmarks.training:ours_transformer", _training("transformer")),
    ),
    "sampling": (_sampling("sampling_one", 1, 8), _sampling("sampling_64", 64, 1)),
    "inference": _of_published(
        Comparison(
            "sentiment_inference",
            "reviews/s",
            "benchmarks.inference:ours sentiment_transformer 64 4",
            {
                "DistilBERT's shape in PyTorch, float32": f"{PYTORCH}distilbert float32 16",
                "DistilBERT's shape in PyTorch, bfloat16": f"{PYTORCH}distilbert bfloat16 16",
            },
            one_core=True,
        ),
        Comparison(
            "sentiment_one",
            "reviews/s",
            "benchmarks.inference:ours sentiment_transformer 1 100",
            {
                "same network, Keras predict": "benchmarks.inference:keras_predict sentiment_transformer 1 10",
                "DistilBERT's shape in PyTorch, float32": f"{PYTORCH}distilbert float32 1",
                "DistilBERT's shape in PyTorch, bfloat16": f"{PYTORCH}distilbert bfloat16 1",
            },
            one_core=True,
        ),
        Comparison(
            "digits_inference",
            "images/s",
            "benchmarks.inference:ours digits_mlp 10000 2",
            {"same network, Keras predict": "benchmarks.inference:keras_predict digits_mlp 10000 2"},
            one_core=True,
        ),
        Comparison(
            "digits_one",
            "images/s",
            "benchmarks.inference:ours digits_mlp 1 500",
            {"same network, Keras predict": "benchmarks.inference:keras_predict digits_mlp 1 20"},
            one_core=True,
        ),
        Comparison(
            "translation_inference",
            "sentences/s",
            "benchmarks.inference:ours translation_transformer 1000 1",
            {"goal for sentences in batches": 200.0},
        ),
        Comparison(
            "translation_one",
            "s",
            "benchmarks.inference:ours translation_transformer 1 20",
            {"goal for a sentence": 0.15},
        ),
        Comparison(
            "captions_inference",
            "pictures/s",
            "benchmarks.inference:ours captioner 64 1",
            {"same network, Keras predict without beams": "benchmarks.inference:keras_predict captioner 64 1"},
            one_core=True,
        ),
        Comparison(
            "captions_one",
            "s",
            "benchmarks.inference:ours captioner 1 20",
            {"same network, Keras predict without beams": "benchmarks.inference:keras_predict captioner 1 2"},
            one_core=True,
        ),
        Comparison(
            "writing_inference",
            "texts/s",
            "benchmarks.inference:ours writing_lstm 32 2",
            {"same network, Keras predict": "benchmarks.inference:keras_predict writing_lstm 32 2"},
            one_core=True,
        ),
    ),
    "pipeline": tuple(_pipeline(card.name) for card in zoo.list_models()),
    "startup": (
        Comparison(
            "startup",
            "s",
            "benchmarks.startup:imports zoo",
            {"goal for import zoo": 0.2, "import tensorflow": "benchmarks.startup:imports tensorflow"},
        ),
        Comparison("startup", "s", "benchmarks.startup:help apps.music", {"goal for python -m apps.music --help": 1.0}),
        Comparison("startup", "s", "benchmarks.startup:generate", {"goal for apps.music generate, 16 bars in a file": 5.0}),
    ),
}


def run(comparison: Comparison, repeats: int) -> list[Row]:
    """Runs a comparison. Returns a row for each peer; a failure or a missing PyTorch is noted in the row."""
    named = [peer for peer in comparison.peers.values() if isinstance(peer, str)]
    absent = [peer for peer in named if peer.startswith(PYTORCH) and importlib.util.find_spec("torch") is None]
    contenders = [comparison.ours, *(peer for peer in named if peer not in absent)]
    outcomes = dict(zip(contenders, compete(contenders, repeats, on_cores(comparison)), strict=True))
    return rows(comparison, outcomes | dict.fromkeys(absent, Outcome(problem=NO_PYTORCH)))


def on_cores(comparison: Comparison) -> int:
    """The number of cores that the contenders use."""
    return 1 if comparison.one_core else cores()


def rows(comparison: Comparison, outcomes: Mapping[str, Outcome]) -> list[Row]:
    """A row for each peer, from the outcomes of all contenders."""
    mine = outcomes[comparison.ours]
    result = []
    for name, peer in comparison.peers.items():
        other = outcomes[peer] if isinstance(peer, str) else Outcome((peer,) * len(mine.rates))
        ours = _in_unit(comparison, mine)
        theirs = _in_unit(comparison, other) if isinstance(peer, str) else other.rates
        row = Row(
            comparison.work,
            comparison.unit,
            on_cores(comparison),
            median(ours) if ours else None,
            name,
            peer if isinstance(peer, float) else median(theirs) if theirs else None,
            ours_runs=ours,
            peer_runs=theirs if isinstance(peer, str) else (),
            note=other.problem or (mine.problem and f"ours: {mine.problem}"),
        )
        result.append(_compared(row, theirs))
    return result


def _compared(row: Row, theirs: Sequence[float]) -> Row:
    """The row with its ratios, if both values are known."""
    if row.ours is None or row.peer_value is None:
        return row
    # Seconds are better when they are fewer.
    pairs = [
        (b, a) if row.unit == "s" else (a, b) for a, b in zip((row.ours, *row.ours_runs), (row.peer_value, *theirs), strict=True)
    ]
    ratio, *ratios = [over / under for over, under in pairs]
    return replace(row, ratio=ratio, ratio_low=min(ratios), ratio_high=max(ratios))


def _in_unit(comparison: Comparison, outcome: Outcome) -> tuple[float, ...]:
    return tuple(1 / rate for rate in outcome.rates) if comparison.unit == "s" else outcome.rates
