"""Where the time of a training step goes: thread milliseconds by kind of operation, for plain Keras and for this project.

    python -m benchmarks.profile transformer
    python -m benchmarks.profile lstm

The networks are those of `python -m benchmarks training`. Operations that use several cores count once,
for the thread that called them.
"""

import argparse
import importlib
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from apps import cli
from zoo.core.startup import import_tensorflow

CONTENDERS = {
    "Keras, float32": "plain_keras:{} float32",
    "Keras, bfloat16": "plain_keras:{} bfloat16",
    "ours": "training:ours_{}",
}
PRODUCTS, FUSED, OPTIMISER, COPIES, OTHERS = "matrix products", "fused by XLA", "AdamW, clipping", "copies, casts", "element-wise"
KINDS = PRODUCTS, FUSED, OPTIMISER, COPIES, OTHERS
COPYING = "Transpose", "Cast", "Concat", "Split", "Pack", "Stack", "Slice", "Gather", "TensorList", "Reshape", "Tile", "Pad"


def kind(event: str) -> str | None:
    """The kind that an event of the profile, "node:Operation", counts as; None for events that only contain others."""
    if event.endswith("::ExecuteAsyncOnStream"):
        return FUSED
    node, _, operation = event.rpartition(":")
    if not node or not operation.strip("_").isalnum() or "::" in event:
        return None
    if "adam" in node or "clip" in node:
        return OPTIMISER
    if "MatMul" in operation or "Einsum" in operation:
        return PRODUCTS
    return COPIES if any(word in operation for word in COPYING) else OTHERS


def profile(step: Callable[[], Any]) -> Counter[str]:
    """Thread milliseconds of one call, by kind. Run the call once before."""
    import tensorflow as tf
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    with tempfile.TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder)
        step()
        tf.profiler.experimental.stop()
        (file,) = Path(folder).rglob("*.xplane.pb")
        space = xplane_pb2.XSpace.FromString(file.read_bytes())
    spent: Counter[str] = Counter()
    for plane in space.planes:
        for event in (event for line in plane.lines for event in line.events):
            found = kind(plane.event_metadata[event.metadata_id].name)
            if found:
                spent[found] += event.duration_ps / 1e9
    return spent


def measure(contender: str) -> None:
    """Prints the milliseconds of one contender, in the order of KINDS. Call it in a process of its own."""
    module, _, call = contender.partition(":")
    function, *arguments = call.split()
    step = getattr(importlib.import_module(f"benchmarks.{module}"), function)(*arguments)
    for _ in range(3):
        step()
    spent = profile(step)
    print(*(f"{spent[each]:.0f}" for each in KINDS))


def compare(arguments: argparse.Namespace) -> None:
    """Prints the table."""
    if arguments.contender:
        import_tensorflow(keras=False)
        measure(arguments.contender)
        return
    print(f"{'thread ms of a step':20}" + "".join(f"{each:>18}" for each in (*KINDS, "all")))
    for name, contender in CONTENDERS.items():
        # The number of threads is a setting of a whole process, hence one process for each.
        command = [sys.executable, "-m", "benchmarks.profile", arguments.network, "--contender"]
        result = subprocess.run([*command, contender.format(arguments.network)], stdout=subprocess.PIPE, text=True)
        if result.returncode:
            raise ChildProcessError(f"{name} failed, with exit code {result.returncode}")
        numbers = [int(number) for number in result.stdout.split()]
        print(f"{name:20}" + "".join(f"{number:18,}" for number in (*numbers, sum(numbers))), flush=True)


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = cli.Parser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("network", choices=("transformer", "lstm"))
    parser.add_argument("--contender", help=argparse.SUPPRESS)
    parser.set_defaults(run=compare, tensorflow=False)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
