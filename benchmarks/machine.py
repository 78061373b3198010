"""The machine that a comparison runs on: processor, versions, rate of matrix products, and whether it is otherwise in use.

Nothing here imports TensorFlow but the contender `matrix_product`.
"""

import importlib.metadata
import os
import platform
import re
import time
from collections.abc import Callable
from pathlib import Path

from zoo.core import processor

STAT = Path("/proc/stat")
INSTRUCTIONS = ("avx2", "avx512f", "avx512_bf16", "amx_bf16")  # those that decide how fast matrices are multiplied
PACKAGES = ("tensorflow", "keras", "numpy", "torch")
BUSY = 0.25  # cores; if other programs use more, the figures are not reliable
WATCHED_SECONDS = 1.0
SIZE = 2048  # rows and columns of the matrices whose product is timed


def instructions() -> list[str]:
    """The INSTRUCTIONS that the processor has; empty if the system does not tell."""
    flags = re.findall(r"^flags\s*:\s*(.+)$", processor.cpuinfo(), re.MULTILINE)
    return [name for name in INSTRUCTIONS if flags and name in flags[0].split()]


def versions() -> dict[str, str | None]:
    """The versions of Python and of the libraries that compute; None if one is not installed."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = None
    return found


def slug() -> str:
    """The processor and the number of its cores, as the name of a file."""
    return re.sub(r"[^a-z0-9]+", "-", f"{processor.name()} {processor.cores()} cores".lower()).strip("-")


def busy_cores(seconds: float = WATCHED_SECONDS) -> float:
    """The number of busy cores while this process sleeps: the load of other programs, if it has no working children.

    If the system does not tell, it is the average load of the last minute.
    """
    if not STAT.is_file():
        return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    before = _times()
    time.sleep(seconds)
    total, idle = (after - earlier for after, earlier in zip(_times(), before, strict=True))
    return (os.cpu_count() or 1) * (1 - idle / total) if total else 0.0


def _times() -> tuple[int, int]:
    """The time of all processors since the start, and the idle part of it, in ticks."""
    # user nice system idle iowait irq softirq steal; what follows (guest) is part of user.
    ticks = [int(value) for value in STAT.read_text().split(maxsplit=9)[1:9]]
    return sum(ticks), ticks[3] + ticks[4]


def matrix_product(precision: str) -> Callable[[], float]:
    """A contender: TensorFlow's product of two square matrices, "float32" or "bfloat16"; units of 10^9 operations."""
    import tensorflow as tf

    a, b = (tf.cast(tf.random.stateless_normal([SIZE, SIZE], [0, seed]), precision) for seed in (1, 2))

    def repeat() -> float:
        for _ in range(4):
            product = tf.matmul(a, b)
        product.numpy()
        return 4 * 2 * SIZE**3 / 1e9

    return repeat
