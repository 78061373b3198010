"""The pages of docs/ are true: their figures are those of the cards and results, and their links lead somewhere.

A figure that comes from a card has a comment behind it, which a reader of the page does not see: the model and the metric, and,
where the metric has several, the beginning of its split; `%` where the page gives it in per cent without saying so.

    0.43 %<!--digits_mlp.error-->        97.1<!--digits_mlp.accuracy@sklearn_digits %-->
"""

import json
import re
from pathlib import Path

import pytest

import zoo
from benchmarks import comparisons
from zoo import registry
from zoo.core import cards

ROOT = Path(zoo.__file__).resolve().parent.parent
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
}
FIGURE = re.compile(r"([\d.,]+)( ?%)?\**<!--(\w+)\.(\w+)(?:@(\w+))?( %)?-->")

WITH_FIGURES = [page for page, text in PAGES.items() if re.search(r"<!--\w+\.\w+", text)]


def rows(page: str, mark: str) -> list[list[str]]:
    """The cells of the table behind a comment that begins with `mark`."""
    (table,) = re.findall(rf"<!-- {mark}.*?-->\n(.*?)\n(?:\n|$)", PAGES[page] + "\n", re.DOTALL)
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]


def test_the_readme_and_the_page_of_each_wing_have_figures_of_the_cards() -> None:
    wings = {network.wing for card in zoo.list_models() if (network := registry.of(card))}
    assert {"README.md", *(f"docs/{wing}.md" for wing in wings)} <= set(WITH_FIGURES)


@pytest.mark.parametrize("page", WITH_FIGURES)
def test_figures_are_those_of_the_cards(page: str) -> None:
    figures = FIGURE.findall(PAGES[page])
    assert figures
    assert len(figures) == len(re.findall(r"<!--\w+\.\w+", PAGES[page])), "a comment stands behind no figure"
    for shown, per_cent, model, metric, split, silent in figures:
        card = cards.read_card(cards.find(model))
        (value, *_) = [each.value for each in card.metrics if each.name == metric and each.split.startswith(split)]
        decimals = len(shown.partition(".")[2])
        assert shown == f"{100 * value if per_cent or silent else value:,.{decimals}f}", f"{model} {metric}"


def test_links_lead_somewhere_and_pictures_are_there() -> None:
    for page, text in PAGES.items():
        folder = (ROOT / page).parent
        for picture in re.findall(r"!\[.*?\]\((.*?)\)", text):
            assert (folder / picture).read_bytes().startswith((b"\x89PNG", b"\xff\xd8\xff")), f"{page}: {picture}"  # or JPEG
        prose = re.sub(r"^```.*?^```$|`[^`\n]*`", "", text, flags=re.DOTALL | re.MULTILINE)
        for target in re.findall(r"(?<!!)\[[^\]]*\]\((?!https?:)([^)#]+)", prose):
            assert (folder / target).exists(), f"{page}: {target}"


def test_every_page_can_be_reached_from_the_readme() -> None:
    for page in PAGES:
        assert page == "README.md" or f"]({page})" in PAGES["README.md"], page


def test_signatures_are_those_of_the_cards() -> None:
    published, models = {}, []
    for model, signature, takes, _ in rows("docs/signatures.md", "signatures"):
        models = model.split(", ") if model else models
        published |= {(name, signature.strip("`")): takes for name in models}
    assert published.keys() == {(card.name, signature) for card in zoo.list_models() for signature in card.signatures}
    for (model, signature), takes in published.items():
        inputs = cards.read_card(cards.find(model)).signatures[signature]["inputs"]
        if signature != "columns":
            assert set(re.findall(r"`(\w+)`", takes)) <= inputs.keys() | {"generate"}, f"{model} {signature}"


def test_the_shapes_of_sequence_tasks_name_networks_of_the_zoo_with_their_apps() -> None:
    shapes = rows("README.md", "shapes of sequence tasks")
    assert [shape for shape, *_ in shapes[:4]] == ["one to one", "many to one", "one to many", "many to many"]
    lesson = PAGES["docs/lessons/README.md"]
    for shape, _, network, command in shapes:
        app = registry.named(network.strip("`")).app
        assert command.startswith(f"`python -m apps.{app} predict "), shape
        assert command.strip("`") in lesson, shape


def test_the_commands_of_the_published_models_are_those_of_the_cards() -> None:
    commands = {model.strip("`"): command.strip("`") for model, command in rows("docs/training.md", "commands")}
    assert commands == {card.name: card.training.command for card in zoo.list_models()}


def test_what_look_back_is_worth_is_what_the_lesson_measured() -> None:
    lessons = PAGES["docs/lessons/README.md"]
    (alone,), (with_it,) = (re.findall(rf"whole tunes, {how} look-back \| ([\d.]+) \|", lessons) for how in ("without", "with"))
    assert f"{alone} nats a note instead of {with_it}" in " ".join(PAGES["docs/music.md"].split())


def test_the_speed_table_is_that_of_the_results() -> None:
    (picture,) = re.findall(r"\(\.\./(benchmarks/results/.*?)\.png\)", PAGES["docs/speed.md"])
    results = json.loads((ROOT / f"{picture}.json").read_text(encoding="utf-8"))
    ratios = {(row["work"], row["peer"]): row["ratio"] for row in results["rows"]}
    table = rows("docs/speed.md", "speed table")
    assert len(table) >= 5
    assert results["quiet"], "measured while nothing else ran"
    for work, _, peer, ratio, command in ([cell.strip("`") for cell in row] for row in table):
        value = ratios[work, peer.rpartition(":")[0]]
        assert ratio == (f"{value:.1f}" if value < 10 else f"{value:,.0f}")
        assert command.startswith("python -m benchmarks ")
        assert work in [each.work for each in comparisons.GROUPS[command.split()[-1]]]
    slowest = min(ratio for (work, peer), ratio in ratios.items() if work.endswith("_training") and "PyTorch" in peer)
    assert f"training is {slowest:.1f} times as fast as PyTorch" in PAGES["README.md"]


def test_nothing_is_said_of_a_model_that_is_no_longer_published() -> None:
    for page in ("README.md", "docs/speed.md"):
        tables = [line for line in PAGES[page].splitlines() if line.startswith("|")]
        assert not [line for line in tables if "earlier" in line]
        assert "an earlier" not in PAGES[page]


def test_files_that_a_page_names_are_there() -> None:
    made = set(re.findall(r"<!-- file: (\S+) -->", PAGES["docs/extending.md"]))
    for page, text in PAGES.items():
        for path in re.findall(r"\b(?:zoo|apps|benchmarks|tests)/[\w/]+\.(?:py|npz|tsv)\b", text):
            assert (ROOT / path).is_file() or path in made, f"{page}: {path}"
