"""A model's page, README.md in its folder: its card as Markdown, with the front matter that model hubs read."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from zoo.core.cards import OPEN, TENSORFLOW, ZOO, Card, Metric, Usage

MANY = 8  # inputs of a signature, of more of which only the first ones are named
SHOWN = 3
MOST_METRICS = 4  # in the front matter


def render(card: Card, folder: Path) -> str:
    """The page of a card; it shows the pictures in `folder`."""
    return f"{_front_matter(card)}\n\n{body(card, folder)}"


def body(card: Card, folder: Path) -> str:
    """The page without its front matter, as a reader sees it."""
    parts = [
        f"# {card.name}",
        card.description,
        _summary(card),
        *_use(card),
        *_results(card),
        *_network(card),
        *_data(card),
        *_training(card),
        *(["## Intended use", card.intended_use] if card.intended_use else []),
        *_list("Limits and biases", card.limits),
        *_list("Licences", [f"{what}: {licence}" for what, licence in card.licences.items()]),
        *_list("Citation", card.citation),
        *_pictures(folder),
    ]
    return "\n\n".join(parts) + "\n"


def _front_matter(card: Card) -> str:
    """YAML, in which a text in JSON's quotes is a text."""
    weights = card.licences.get("weights", "")
    values: dict[str, Any] = {
        "license": OPEN.lower() if weights.startswith(OPEN) else "other",
        "library_name": "tensorflow",
        "tags": card.tags,
        "datasets": [card.dataset.name],
        "metrics": list(dict.fromkeys(m.name for m in card.metrics if m.better))[:MOST_METRICS],
    }
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in values.items() if value]
    return "\n".join(["---", *lines, "---"])


def _summary(card: Card) -> str:
    parts = [f"{card.parameters:,} parameters"]
    if card.headline:
        m = card.headline
        compared = card.metric(m.reference, m.split) if m.reference else None
        beside = f" (`{compared.name}` {compared.value:.4g})" if compared else ""
        parts.append(f"`{m.name}` {m.value:.4g}{beside} on {m.n:,} examples of the {m.split} split")
    return f"{'; '.join(parts)}."


def _use(card: Card) -> list[str]:
    usage = dict(card.usage)
    library, plain = usage.pop(ZOO, None), usage.pop(TENSORFLOW, None)
    parts = ["## Use", *_code(library or Usage(f'import zoo\n\nmodel = zoo.load("{card.name}")', ""))]
    parts += ["### With TensorFlow alone", *(_code(plain) if plain else [])]
    for name, signature in card.signatures.items():
        parts.append(f"**{name}**: {_names(signature['inputs'])} → {_names(signature['outputs'])}")
        parts += _code(usage[name]) if name in usage else []
    return parts


def _code(usage: Usage) -> list[str]:
    output = [f"```text\n{usage.output}\n```"] if usage.output else []
    return [f"```python\n{usage.code.strip()}\n```", *output]


def _names(specs: Mapping[str, str]) -> str:
    """`text` string n, `seed` int64 scalar ..."""
    shown = list(specs.items())[: SHOWN if len(specs) > MANY else MANY]
    more = len(specs) - len(shown)
    kinds = ", ".join(sorted(set(list(specs.values())[len(shown) :])))
    return ", ".join(f"`{name}` {spec}" for name, spec in shown) + (f" and {more} more ({kinds})" if more else "")


def _results(card: Card) -> list[str]:
    """The table of metrics. A metric that another one is compared with has no row of its own."""
    if not card.metrics:
        return []
    references = {m.name: m for m in card.metrics if m.name in {other.reference for other in card.metrics}}
    columns = ["metric", "value", *(["reference"] if references else []), "better", "measured on", "meaning"]
    rows = [_row(m, references) for m in card.metrics if m.name not in references]
    commands = dict.fromkeys(m.command for m in card.metrics)
    return [
        "## Results",
        "\n".join([_line(columns), _line(["---"] * len(columns)), *map(_line, rows)]),
        "To measure again:",
        "```sh\n" + "\n".join(commands) + "\n```",
    ]


def _row(metric: Metric, references: Mapping[str, Metric]) -> list[str]:
    reference = references.get(metric.reference)
    compared = [f"{reference.value:.4g}" if reference else ""] if references else []
    measured = f"{metric.split}, {metric.n:,}"
    return [f"`{metric.name}`", f"{metric.value:.4g}", *compared, metric.better, measured, metric.meaning]


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _network(card: Card) -> list[str]:
    sizes = "\n".join(f"- {name}: {_shown(value)}" for name, value in card.architecture.items())
    about = f"{card.structure} " if card.structure else ""
    return ["## Network", f"{about}{card.parameters:,} parameters.", sizes]


def _data(card: Card) -> list[str]:
    data = card.dataset
    splits = ", ".join(f"{name} {size:,}" for name, size in data.splits.items())
    licence = [] if card.licences else [f"Licence: {data.licence}"]
    about = f"{data.name} {data.version} ({data.source}): {splits}."
    return ["## Data", about, *licence, f"sha256 of the content: `{data.sha256}`"]


def _training(card: Card) -> list[str]:
    training = card.training
    used = ", ".join(f"{name} {version}" for name, version in training.versions.items())
    run = (
        f"{training.epochs} epochs, {_duration(training.seconds)}, seed {training.seed}, {training.precision}, "
        f"on {training.processor}, {used}."
    )
    language = "python" if training.command.startswith("zoo.") else "sh"
    return ["## Training", f"```{language}\n{training.command}\n```", run]


def _list(title: str, items: Sequence[str]) -> list[str]:
    return [f"## {title}", "\n".join(f"- {item}" for item in items)] if items else []


def _pictures(folder: Path) -> list[str]:
    pictures = [f"![{picture.stem}]({picture.name})" for picture in sorted(folder.glob("*.png"))]
    return ["## Pictures", *pictures] if pictures else []


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} seconds" if seconds < 60 else f"{seconds / 60:.1f} minutes"


def _shown(value: Any) -> str:
    """A part of the architecture in one line: `size: decimal: ,; price: unit: €` for a mapping."""
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_shown(each)}" for key, each in value.items())
    if not isinstance(value, list | tuple):
        return str(value)
    if len(value) > 2 and len(set(map(str, value))) == 1:
        return f"{value[0]}, {len(value)} times"
    return ", ".join(map(str, value))
