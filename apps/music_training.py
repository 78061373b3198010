"""What `python -m apps.music` does with a network as a whole: train one and measure one."""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zoo.core import cards
from zoo.core.errors import UserError

from . import cli

NETWORK = "music_lstm"
SAMPLES = 1000  # pieces of its own that are looked at
BASELINE_ORDER = 5


def train(arguments: argparse.Namespace) -> None:
    """Trains a network and publishes it at --out."""
    from dataclasses import asdict, replace

    import tensorflow as tf

    from zoo.core import curves, export, processor, training
    from zoo.music import graph as music_graph
    from zoo.music import network as music_lstm
    from zoo.music import training as music_training
    from zoo.music.data import pipeline as scores
    from zoo.music.data import sets as music_sets
    from zoo.music.model import MOST_BARS, Composer

    state = cli.begin_training(arguments, NETWORK)
    shards = processor.shards(music_training.RECIPE.batch_size)
    start = cards.find_network(arguments.start, NETWORK) if arguments.start else None
    cli.check_size("--units", arguments.units, "units", cards.read_card(start) if start else None)
    data = music_sets.load(arguments.data, _vocabulary(start) if start else None, arguments.melody or None)
    cli.notice(data.report)
    recipe, changes = music_training.recipe(data.vocabulary, arguments.quick)
    precision = processor.precision(arguments.precision)
    recipe = replace(recipe, seed=arguments.seed, epochs=arguments.epochs or recipe.epochs, precision=precision)
    if start:
        config = music_lstm.Config.of(cards.read_card(start).architecture)
    else:
        units = {"units": arguments.units} if arguments.units else {}
        config = music_lstm.Config.fitting(data.vocabulary, **(changes | units))
    task, architecture = "music generation", {"network": NETWORK, **asdict(config)}
    export.check_writable(arguments.out, task, architecture)
    batches = scores.pipeline(data.scores["train"], data.scores["validation"], data.vocabulary, recipe.batch_size, recipe.seed)
    model = training.seeded(recipe, lambda: music_lstm.build(config))
    if start:
        export.restore(model, start)
    history = training.train(model, music_training.loss, batches, recipe, state, arguments.resume, arguments.log_dir, shards)
    model = training.in_float32(model, lambda: music_lstm.build(config))

    draft = export.draft(
        model,
        task=task,
        description=_description(data.vocabulary),
        architecture=architecture,
        dataset=data.describe(),
        recipe=recipe,
        history=history,
        command=arguments.command_line,
        limits=_limits(data.vocabulary),
    )
    split = "test" if data.scores["test"] else "validation"
    flags = f"--data {arguments.data}{' --melody' if arguments.melody else ''}{'' if split == 'test' else ' --split validation'}"
    command = f"python -m apps.music evaluate --model {arguments.out} {flags}"

    def measure(folder: Path) -> Any:
        composer = Composer(replace(draft, name=arguments.out.name), tf.saved_model.load(str(folder)), folder)
        return _metrics(composer, data, split, SAMPLES, command)

    lengths = [score.bars for score in data.scores["train"] if score.bars <= MOST_BARS]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "vocabulary.txt"
        data.vocabulary.save(file)
        endpoints = music_graph.endpoints(model, data.vocabulary, file, lengths or [MOST_BARS])
        card = export.publish(
            arguments.out,
            draft,
            write=lambda out: export.write_saved_model(model, endpoints, out),
            measure=measure,
            extra=lambda out: curves.draw_curves(history, out / "curves.png"),
        )
    cli.end_training(card, arguments)


def _description(vocabulary: Any) -> str:
    if vocabulary.parts:
        return "An LSTM that composes for several parts of one note at a time, and harmonises melodies; every bar is complete."
    what = "polyphonic music" if vocabulary.polyphonic else "melodies"
    controls = "a type, metre, key and mode" if vocabulary.types else "a metre, key and mode"
    return f"An LSTM that composes {what} of {controls} of your choice; every bar is complete."


def _limits(vocabulary: Any) -> list[str]:
    limits = [
        "It knows the style of its training pieces only, and can repeat a phrase of one of them: "
        "`python -m apps.music similarity` tells before you publish.",
        "The network writes no loudness: the commands add a player's.",
    ]
    if vocabulary.parts:
        limits.append(
            "Of four parts, ranges are kept and parallel fifths and octaves avoided; other rules of voice leading are learned, "
            "not enforced. There are no words, and the phrases have no fermatas."
        )
    elif not vocabulary.polyphonic:
        limits.append("The form is learned, not enforced: parts may not come back where a dancer expects them.")
    return limits


def _vocabulary(folder: Path) -> Any:
    from zoo.music.language.tokens import TokenVocabulary

    return TokenVocabulary.load(folder / "assets" / "vocabulary.txt")


def _metrics(composer: Any, data: Any, split: str, samples: int, command: str, **choices: Any) -> list[cards.Metric]:
    """Those of zoo.music.metrics and the 5-gram's."""
    from zoo.music import metrics as music_metrics

    held_out, train = data.scores[split], data.scores["train"]
    measured = music_metrics.music_metrics(composer, held_out, train, split, samples, command, **choices)
    return [*measured, _baseline(data, split, command)]


def _baseline(data: Any, split: str, command: str) -> cards.Metric:
    """The nats per note of a 5-gram on the same tokens and the same split."""
    from zoo.music.ngram import NGram, nats_per_note

    scores, vocabulary = data.scores[split], data.vocabulary
    train_tokens = [vocabulary.encode(score) for score in data.scores["train"]]
    model = NGram(BASELINE_ORDER, len(vocabulary.tokens)).fit(train_tokens)
    notes = sum(len(score.notes) for score in scores)
    value = nats_per_note(model, [vocabulary.encode(score) for score in scores], notes, vocabulary.controls)
    return cards.Metric("baseline_nats_per_note", value, split, len(scores), command)


def add_choice_flags(command: argparse.ArgumentParser) -> None:
    """How boldly tokens are chosen; `chosen` gives what was said."""
    command.add_argument("--temperature", type=float, metavar="T", help="below 1 safer, above 1 bolder, 0 no chance (1)")
    command.add_argument("--top-p", type=float, metavar="P", help="only the most probable tokens up to this mass (0.9)")


def chosen(arguments: argparse.Namespace, names: Sequence[str]) -> dict[str, Any]:
    """Those of the flags that were given: without one, the composer's own default holds."""
    return {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}


def evaluate(arguments: argparse.Namespace) -> None:
    """Prints the metrics of a network on a split of its own data, of a folder, or of the published grids of chorales."""
    import zoo

    composer = zoo.load(cards.find_network(arguments.model, NETWORK))
    name = arguments.data or ("chorales" if composer.vocabulary.parts else "folk")
    if name.endswith(".json"):
        cli.show_metrics(_grid_metrics(composer, name, arguments), arguments)
        return
    from zoo.music.data import sets as music_sets

    data = music_sets.load(name, composer.vocabulary, arguments.melody or None)
    if not data.scores[arguments.split]:
        raise UserError(f"--data {name} has nothing in its {arguments.split} split: bring more files")
    samples, choices = arguments.samples or SAMPLES, chosen(arguments, ("temperature", "top_p"))
    cli.show_metrics(_metrics(composer, data, arguments.split, samples, arguments.command_line, **choices), arguments)


def _grid_metrics(composer: Any, path: str, arguments: argparse.Namespace) -> Sequence[cards.Metric]:
    from zoo.music import metrics as music_metrics
    from zoo.music.data import jsb
    from zoo.music.language.joined import GRID

    if GRID not in composer.vocabulary.types:
        raise UserError(f"{composer.card.name} knows no grids of chorales: name --model chorale_lstm for --data {path}")
    pieces = jsb.read(path)["valid" if arguments.split == "validation" else arguments.split]
    return music_metrics.jsb_metrics(composer, pieces, arguments.split, arguments.command_line)
