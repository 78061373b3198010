"""The page of a card: what a person and a model hub read."""

import re
from dataclasses import replace
from pathlib import Path

from zoo.core.card_page import render
from zoo.core.cards import Card, DataSet, Metric, Training, Usage

MEASURE = "python -m apps.mlp evaluate --model out/mine"
CARD = Card(
    name="mine",
    task="regression of rows",
    description="It predicts a price.",
    architecture={"network": "mlp", "hidden": [64, 64, 64], "ways": {"size": {"decimal": ","}}},
    parameters=12_345,
    dataset=DataSet('my "prices"', "as given", "a file of the user's", {"train": 60, "test": 20}, "0" * 64, "the user's own"),
    training=Training("python -m apps.mlp train --out out/mine", 0, 7, 90.0, "a processor", {"keras": "3"}),
    metrics=(
        Metric("rmse", 1.25, "test", 20, MEASURE, "lower", "mean error; reference: the mean", "rmse_of_mean"),
        Metric("rmse_of_mean", 4.5, "test", 20, MEASURE, "lower", "of the mean"),
        Metric("recall_a|b", 1.0, "test", 4, MEASURE, "higher", "share found"),
    ),
    signatures={"columns": {"inputs": {f"c{i}": "float32 n" for i in range(12)}, "outputs": {"value": "float32 n"}}},
    limits=("It knows one town.",),
    structure="Dense layers.",
    intended_use="Looking for a flat.",
    licences={"code": "Apache-2.0", "weights": "not stated", "data": "the user's own"},
    citation=("A paper.",),
    tags=("table",),
    usage={"zoo.load": Usage("import zoo", "loaded"), "columns": Usage("print(3)", "3")},
)


def test_a_hub_finds_its_front_matter(tmp_path: Path) -> None:
    lines = render(CARD, tmp_path).splitlines()
    front = lines[1 : lines[1:].index("---") + 1]
    assert lines[0] == "---"
    assert front == [
        'license: "other"',
        'library_name: "tensorflow"',
        'tags: ["table"]',
        'datasets: ["my \\"prices\\""]',
        'metrics: ["rmse", "rmse_of_mean", "recall_a|b"]',
    ]
    open_weights = replace(CARD, licences={"weights": "Apache-2.0, as far as allowed"})
    assert 'license: "apache-2.0"' in render(open_weights, tmp_path)


def test_the_figures_are_explained_and_their_command_stands_once(tmp_path: Path) -> None:
    page = render(CARD, tmp_path)
    assert "| `rmse` | 1.25 | 4.5 | lower | test, 20 | mean error; reference: the mean |" in page
    assert "| `rmse_of_mean`" not in page, "it stands beside the metric that is compared with it"
    assert "`recall_a\\|b`" in page
    assert page.count(MEASURE) == 1


def test_the_main_figure_stands_at_the_top(tmp_path: Path) -> None:
    summary = "12,345 parameters; `rmse` 1.25 (`rmse_of_mean` 4.5) on 20 examples of the test split."
    assert f"# mine\n\nIt predicts a price.\n\n{summary}\n\n## Use" in render(CARD, tmp_path)
    assert "12,345 parameters.\n\n## Use" in render(replace(CARD, metrics=()), tmp_path)


def test_code_is_followed_by_its_output(tmp_path: Path) -> None:
    page = render(CARD, tmp_path)
    assert "```python\nimport zoo\n```\n\n```text\nloaded\n```" in page
    assert "**columns**: `c0` float32 n, `c1` float32 n, `c2` float32 n and 9 more (float32 n) → `value` float32 n" in page
    assert "```python\nprint(3)\n```\n\n```text\n3\n```" in page


def test_the_parts_come_in_order_and_pictures_last(tmp_path: Path) -> None:
    (tmp_path / "curves.png").touch()
    page = render(CARD, tmp_path)
    assert re.findall(r"^## (.*)$", page, re.MULTILINE) == [
        "Use",
        "Results",
        "Network",
        "Data",
        "Training",
        "Intended use",
        "Limits and biases",
        "Licences",
        "Citation",
        "Pictures",
    ]
    assert page.endswith("## Pictures\n\n![curves](curves.png)\n")
    assert "- hidden: 64, 3 times\n- ways: size: decimal: ," in page
    assert "1.5 minutes" in page


def test_the_page_of_an_older_card_has_what_the_card_has(tmp_path: Path) -> None:
    old = replace(CARD, structure="", intended_use="", licences={}, citation=(), tags=(), usage={})
    page = render(old, tmp_path)
    assert 'zoo.load("mine")' in page
    assert "Licence: the user's own" in page
    assert not re.findall(r"^## (Intended use|Licences|Citation|Pictures)$", page, re.MULTILINE)
