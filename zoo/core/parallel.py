"""Many files read, or many examples made, by several processes.

This module imports no TensorFlow, and neither must what the processes call: so they start fast.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from zoo.core import processor, progress

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def read_all(read: Callable[[_Item], _Result], items: Sequence[_Item], what: str, unit: str, many: int) -> Iterator[_Result]:
    """`read(item)` of each item, in order, with a progress bar, see `zoo.core.progress`.

    Args:
        read: a function that other processes can import.
        items: what is read.
        what: what the bar is called: "reading tunes".
        unit: what it counts: "tune".
        many: fewer items than these are read here, before other processes would have started; others by a process a core.
    """
    with progress.bar(what=what, unit=unit, total=len(items)) as bar:
        count = 0
        if len(items) >= many:
            # New processes instead of forks, since TensorFlow's threads do not survive a fork. An executor instead of a Pool,
            # since a Pool waits for ever for processes that cannot start.
            context = multiprocessing.get_context("spawn")
            try:
                with ProcessPoolExecutor(processor.cores(), context) as pool:
                    for result in pool.map(read, items, chunksize=8):
                        count += 1
                        bar.update()
                        yield result
            except BrokenProcessPool:
                pass  # they cannot start where the program comes from standard input: this process reads the rest
        for item in items[count:]:
            yield read(item)
            bar.update()
