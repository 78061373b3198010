"""The table, the JSON and the picture of what was measured."""

import json
from io import BytesIO

import pytest
from PIL import Image

from benchmarks import report
from benchmarks.report import Row

MACHINE = {
    "processor": "A Processor",
    "cores": 2,
    "instructions": ["avx2"],
    "versions": {"python": "3.12.1", "torch": None},
    "matrix_gflops": {"float32": {"1": 80.5, "2": 1234.0}, "bfloat16": {"1": None, "2": None}},
    "quiet": True,
}
ROWS = [
    Row("reading", "words/s", 2, 20.0, "a snail", 2.0, 10.0, 5.0, 15.0, (10.0, 30.0), (1.0, 4.0)),
    Row("start", "s", 1, 4.0, "goal", 1.0, 0.25, 0.2, 0.3),
    Row("reading", "words/s", 2, 20.0, "a hare", None, note="it sleeps"),
]


def test_the_table_has_a_line_for_each_row() -> None:
    head, snail, start, hare = report.table(ROWS).splitlines()
    assert head.split()[:4] == ["work", "cores", "ours", "peer"]
    assert snail.split() == ["reading", "2", "20.0", "a", "snail", "2.00", "words/s", "10.0", "(5.00..15.0)"]
    assert start.endswith("0.250 (0.200..0.300)")
    assert hare.endswith("it sleeps")
    assert snail.index("words/s") == start.index("s   ") == hare.index("words/s")


def test_numbers_have_three_digits_that_matter() -> None:
    assert [report.number(value) for value in (0.01234, 4.5678, 99.94, 1234.5, None)] == ["0.0123", "4.57", "99.9", "1,234", "-"]


def test_the_head_tells_the_machine_and_its_limit() -> None:
    assert report.head(MACHINE).splitlines() == [
        "A Processor, 2 cores (avx2)",
        "python 3.12.1",
        "the limit, products of float32 matrices: 80.5 GFLOP/s with 1 core, 1,234 GFLOP/s with 2 cores",
        "the limit, products of bfloat16 matrices: - GFLOP/s with 1 core, - GFLOP/s with 2 cores",
    ]


def test_the_json_holds_machine_and_rows() -> None:
    found = json.loads(report.to_json(MACHINE, ROWS))
    assert {key: value for key, value in found.items() if key != "rows"} == MACHINE
    assert [row["peer"] for row in found["rows"]] == ["a snail", "goal", "a hare"]
    assert found["rows"][0].keys() >= {"work", "ours", "peer", "peer_value", "ratio", "unit", "ratio_low", "ratio_high"}
    assert found["rows"][2]["peer_value"] is None
    assert found["rows"][2]["ratio"] is None


@pytest.mark.slow
def test_the_picture_is_a_png_that_grows_with_the_rows() -> None:
    sizes = []
    for rows in (ROWS, ROWS * 5, ROWS[2:]):  # the last one has nothing to draw
        with Image.open(BytesIO(report.picture(MACHINE | {"quiet": False}, rows))) as image:
            assert image.format == "PNG"
            sizes.append(image.size)
    assert sizes[1][1] > sizes[0][1] > sizes[2][1]
