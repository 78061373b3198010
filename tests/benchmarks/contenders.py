"""Contenders that do nothing, for the tests of the contest."""

import time
from collections.abc import Callable
from pathlib import Path

from zoo.core.errors import UserError


def logged(log: str, name: str) -> Callable[[], int]:
    print("libraries print, too")

    def repeat() -> int:
        with Path(log).open("a") as file:
            file.write(name)
        time.sleep(0.001)
        return 7

    return repeat


def unprepared() -> Callable[[], int]:
    raise UserError("the data set is not to be had")


def dying(after: str) -> Callable[[], int]:
    left = [None] * int(after)

    def repeat() -> int:
        left.pop()
        return 1

    return repeat


def silent() -> Callable[[], int]:
    raise SystemExit(3)
