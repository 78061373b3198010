"""What this machine's processor does best in training: the precision of the products, and the use of its cores.

Cores: TensorFlow spreads each operation over all cores, and waits for the slowest after each. The small products of an LSTM
step, and all element-wise work, gain little from that. Here each operation runs on one core instead, and each core works on its
own part of the batch (`shards` of `zoo.core.training.train`).
"""

import logging
import os
import platform
import re
import time
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
PRECISIONS = ("auto", "float32", "bfloat16")
SMALLEST_SHARD = 8  # examples of a batch that are worth a core of their own
# bfloat16 is taken from this gain on. Processors with instructions for it reach 1.8 (AVX-512) to 5 (AMX), others stay below 1.
GAIN = 1.3
ROUNDS = 3  # of measuring both precisions

_log = logging.getLogger(__name__)


def cpuinfo() -> str:
    """What Linux tells of the processor; empty elsewhere."""
    return CPUINFO.read_text(encoding="utf-8", errors="replace") if CPUINFO.is_file() else ""


def name() -> str:
    """The processor's name."""
    names = re.findall(r"^model name\s*:\s*(.+)$", cpuinfo(), re.MULTILINE)
    return names[0] if names else platform.processor() or platform.machine()


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def product_rate(precision: str, seconds: float = 0.1, size: int = 1024) -> float:
    """The GFLOP/s of the product of two matrices [size, size]: the best of those that fit into the time."""
    import tensorflow as tf

    a = tf.cast(tf.random.stateless_normal([size, size], [0, 1]), precision)
    tf.matmul(a, a).numpy()  # the first one chooses and prepares the kernel
    end, best = time.perf_counter() + seconds, float("inf")
    while time.perf_counter() < end:
        start = time.perf_counter()
        tf.matmul(a, a).numpy()
        best = min(best, time.perf_counter() - start)
    return 2 * size**3 / best / 1e9


def precision(wanted: str) -> str:
    """ "float32" or "bfloat16": the wanted one, or with "auto" the faster one by a short measurement. Says which, and why.

    Where the processor has no fast bfloat16, "bfloat16" is refused with a notice: it would be slower and less exact.
    """
    if wanted == "float32":
        return wanted
    rates = dict.fromkeys(("float32", "bfloat16"), 0.0)
    for _ in range(ROUNDS):  # in turn, so that other work on the machine slows both
        rates = {each: max(rate, product_rate(each)) for each, rate in rates.items()}
    gain = rates["bfloat16"] / rates["float32"]
    measured = f"{rates['bfloat16']:.0f} GFLOP/s in bfloat16, {rates['float32']:.0f} in float32"
    if gain >= GAIN:
        _log.info("matrix products in bfloat16 (%s)", measured)
        return "bfloat16"
    why = "this processor has no fast bfloat16: " if wanted == "bfloat16" else ""
    _log.info("%smatrix products in float32 (%s)", why, measured)
    return "float32"


def shards(batch_size: int) -> int:
    """Sets TensorFlow's threads for training, and gives the number of parts that each batch of that size should be cut into.

    To be called before TensorFlow's first operation: its threads are fixed from then on, and a batch then stays whole, as it does
    with a GPU.
    """
    import tensorflow as tf

    parts = max(1, min(cores(), batch_size // SMALLEST_SHARD))
    try:
        tf.config.threading.set_intra_op_parallelism_threads(max(1, cores() // parts))
        tf.config.threading.set_inter_op_parallelism_threads(max(2, parts))
    except RuntimeError:  # what TensorFlow raises when it has begun to work
        return 1
    return 1 if tf.config.list_physical_devices("GPU") else parts
