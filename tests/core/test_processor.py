"""How a training is fitted to the processor, and what the user is told of it."""

import json
import subprocess
import sys

import pytest
import tensorflow as tf

from zoo.core import processor


@pytest.mark.parametrize(
    ("wanted", "gain", "chosen", "told"),
    [
        ("auto", 1.9, "bfloat16", "matrix products in bfloat16 (190 GFLOP/s in bfloat16, 100 in float32)"),
        ("auto", 0.4, "float32", "matrix products in float32 (40 GFLOP/s in bfloat16, 100 in float32)"),
        ("bfloat16", 1.9, "bfloat16", "matrix products in bfloat16"),
        ("bfloat16", 0.4, "float32", "this processor has no fast bfloat16: matrix products in float32"),
        ("float32", 1.9, "float32", ""),
    ],
)
def test_the_faster_precision_is_chosen(
    wanted: str, gain: float, chosen: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rates = {"float32": 100.0, "bfloat16": 100 * gain}
    monkeypatch.setattr(processor, "product_rate", lambda precision: rates[precision])
    assert processor.precision(wanted) == chosen
    error = capsys.readouterr().err
    assert told in error
    assert bool(error) == bool(told)
    assert error.count("\n") <= 1


def test_the_rate_of_products_is_measured() -> None:
    assert 0.1 < processor.product_rate("float32", seconds=0.01, size=64) < 1e5


# The batch's size and the cores, then the batch's parts and TensorFlow's threads.
PARTS = {(32, 2): [2, 1], (32, 8): [4, 2], (8, 2): [1, 2], (1, 1): [1, 1]}


@pytest.fixture(scope="module")
def parts() -> dict[tuple[int, int], list[int]]:
    """What a process finds in which TensorFlow has not yet begun to work, so that its threads can be set again and again."""
    code = f"""
import json
import tensorflow as tf
from zoo.core import processor
found = []
for batch_size, cores in {list(PARTS)}:
    processor.cores = lambda cores=cores: cores
    found.append([processor.shards(batch_size), tf.config.threading.get_intra_op_parallelism_threads()])
print(json.dumps(found))
"""
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    return dict(zip(PARTS, json.loads(output), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize(("batch_size", "cores"), PARTS)
def test_each_core_gets_a_part_of_the_batch(parts: dict[tuple[int, int], list[int]], batch_size: int, cores: int) -> None:
    assert parts[batch_size, cores] == PARTS[batch_size, cores]


def test_batches_stay_whole_once_tensorflow_has_begun_to_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor, "cores", lambda: 64)
    tf.zeros([]).numpy()
    assert processor.shards(512) == 1
