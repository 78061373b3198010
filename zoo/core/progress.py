"""Bars of long work that is no training, such as reading a thousand files. (`zoo.core.training.Progress` tells of a training.)"""

import logging
import sys
from collections.abc import Iterable
from typing import Any

from tqdm import tqdm


def bar(items: Iterable[Any] | None = None, what: str = "", unit: str = "it", **options: Any) -> tqdm:
    """A bar on standard error, where notices of this library are shown, as the apps do; elsewhere it stays invisible.

    Args:
        items: what the work goes through; None: `update` moves the bar.
        what: what is done: "reading tunes".
        unit: what it counts: "tune".
        options: further ones of tqdm, such as `total`; `delay`: so many seconds pass before it is shown.
    """
    shown = logging.getLogger(__name__).isEnabledFor(logging.INFO)
    disabled = options.pop("disable", False) or not shown
    return tqdm(items, desc=what or None, unit=unit, file=sys.stderr, disable=disabled, **options)
