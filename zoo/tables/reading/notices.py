"""What a user should know about a table that was read: what its columns are, and what may be wrong with them."""

from collections.abc import Mapping

import numpy as np

from zoo.core.messages import listed
from zoo.tables.kinds import CATEGORY, CLASSIFICATION, KINDS, NUMBER, REGRESSION
from zoo.tables.reading.ids import LEAST_ROWS
from zoo.tables.reading.survey import Survey
from zoo.tables.reading.target import WHOLE_CLASSES
from zoo.tables.schema import Columns, Schema

# Numbers that often stand for a missing value; a notice names them where they are far from all others.
SENTINELS = (-9.0, -99.0, -999.0, -9999.0, -99999.0, 99.0, 999.0, 9999.0, 99999.0, 999999.0)
SAME = 0.99999  # a correlation with the target that no measurement reaches


def columns_notice(schema: Schema, surveys: Mapping[str, Survey]) -> str:
    """The columns, by their kinds."""
    groups = []
    for kind, title in KINDS.items():
        names = []
        for name in (name for name, its in zip(schema.names, schema.kinds, strict=True) if its == kind):
            survey = surveys[name]
            missing = survey.missing + (0 if kind == CATEGORY else survey.missing_words.total())
            details = [f"{len(survey.texts)} different"] if kind == CATEGORY else []
            details += [f"{missing:,} missing"] if missing else []
            names.append(f"{name} ({', '.join(details)})" if details else name)
        if names:
            groups.append(f"{title}: {', '.join(names)}")
    return "; ".join(groups)


def target_notice(schema: Schema, targets: np.ndarray) -> str:
    """The task, and the target's classes or range."""
    if schema.task == REGRESSION:
        different = len(np.unique(targets))
        few = different <= min(WHOLE_CLASSES, len(targets) / 2) and (targets == np.round(targets)).all()
        otherwise = f"; set the task to {CLASSIFICATION} for classes" if few else ""
        return f"{schema.target} is a number from {targets.min():g} to {targets.max():g}: {REGRESSION}{otherwise}"
    counts = np.bincount(targets, minlength=len(schema.classes))
    classes = listed([f"{name} ({count:,})" for name, count in zip(schema.classes, counts.tolist(), strict=True)], most=10)
    numbers = all(name.lstrip("+-").replace(".", "", 1).isdigit() for name in schema.classes)
    otherwise = f"; set the task to {REGRESSION} to predict a number" if numbers and len(schema.classes) > 2 else ""
    return f"{schema.target} has {len(schema.classes)} classes: {classes}: {CLASSIFICATION}{otherwise}"


def doubts(schema: Schema, surveys: Mapping[str, Survey], columns: Columns, targets: np.ndarray) -> list[str]:
    """What may be wrong: numbers that mean "missing", numbers that float32 cannot tell apart, the target in another form."""
    found = []
    numbers = {name: columns[name] for name, kind in zip(schema.names, schema.kinds, strict=True) if kind == NUMBER}
    for name, values in (numbers if schema.classes else {**numbers, schema.target: targets}).items():
        found += _sentinels(name, values)
    found += [notice for name, values in numbers.items() for notice in _too_close(name, values, surveys[name])]
    if len(targets) >= LEAST_ROWS:
        for name, kind in zip(schema.names, schema.kinds, strict=True):
            if _determines(columns[name], kind, targets, bool(schema.classes)):
                found.append(f"{name} alone tells {schema.target}: ignore {name} if it is not known before {schema.target} is")
    return found


def _sentinels(name: str, values: np.ndarray) -> list[str]:
    for sentinel in SENTINELS:
        equal = values == sentinel
        others = values[~equal & ~np.isnan(values)]
        if equal.sum() < 2 or len(np.unique(others)) < 3:
            continue
        low, high = float(others.min()), float(others.max())
        if sentinel < low - (high - low) or sentinel > high + (high - low):
            return [
                f"{name} is {sentinel:g} in {equal.sum():,} rows, else from {low:g} to {high:g}: name {sentinel:g} as missing if "
                "it stands for a missing value"
            ]
    return []


def _too_close(name: str, values: np.ndarray, survey: Survey) -> list[str]:
    """A notice of numbers that float32 does not tell apart, like seconds since 1970."""
    different = len(np.unique(values[~np.isnan(values)]))
    texts = len(set(survey.texts) - set(survey.missing_words))
    if survey.many or 2 * different > texts:
        return []
    return [
        f"{name} has {texts:,} different cells, of which float32 tells {different:,} apart: write smaller numbers, perhaps "
        f"the differences from the first one; if they are seconds since 1970, give {name} the kind date"
    ]


def _determines(cells: np.ndarray, kind: str, targets: np.ndarray, classes: bool) -> bool:
    """Whether a column alone determines the target: it has values of its own for each class, or rises and falls with a number."""
    if kind == NUMBER and np.isnan(cells).any():
        return False
    if classes:
        found: dict[bytes | float, int] = {}
        for cell, target in zip(cells.tolist(), targets.tolist(), strict=True):
            if found.setdefault(cell, target) != target:
                return False
        return len(found) == len(set(found.values()))
    if kind != NUMBER or np.ptp(cells) == 0 or np.ptp(targets) == 0:
        return False
    keys, truth = cells.astype(float), targets.astype(float)
    if abs(np.corrcoef(keys, truth)[0, 1]) > SAME:
        return True
    order = np.argsort(keys, kind="stable")
    steps, rises = np.diff(keys[order]) > 0, np.diff(truth[order])
    strict = (rises[steps] > 0).all() or (rises[steps] < 0).all()
    return bool(strict and (rises[~steps] == 0).all() and steps.sum() > WHOLE_CLASSES)
