"""What the labels of texts mean: classes, or ratings in stars. Negative and positive are written in many ways."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

NEGATIVE, POSITIVE = "negative", "positive"
# The spellings of negative and positive. The first mapping that has all labels of a file counts: with 0 or -1 the label 1 is
# positive, with 2 it is negative.
POLARITIES: tuple[Mapping[str, str], ...] = (
    dict.fromkeys(("0", "neg", NEGATIVE, "false"), NEGATIVE) | dict.fromkeys(("1", "pos", POSITIVE, "true"), POSITIVE),
    {"-1": NEGATIVE, "1": POSITIVE},
    {"1": NEGATIVE, "2": POSITIVE},
)
NO_LABEL = frozenset({"", "nan", "na", "n/a", "#n/a", "<na>", "null"})  # what programs write for a missing label
STARS = 5  # the most common scale
MOST_STARS = 100

_WHOLE = re.compile(r"\+?(-?[0-9]+)(\.0*|,0)?")
_NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?")
_STARS = re.compile(r"([0-9]+(?:[.,][0-9]+)?) *(?:stars?|/ *([0-9]+)|out of ([0-9]+))?", re.IGNORECASE)


def plain(label: str) -> str:
    """A label in lower case, without blanks around it and without the decimal point of a whole number: "1.0" is "1"."""
    text = label.strip().lower().replace("\N{MINUS SIGN}", "-")
    whole = _WHOLE.fullmatch(text)
    return whole.group(1) if whole else text


def is_number(label: str) -> bool:
    """Whether a label is a number, with a point or a comma before its fraction."""
    return bool(_NUMBER.fullmatch(plain(label)))


def missing(labels: Iterable[str]) -> set[str]:
    """The labels that stand for a missing one: NO_LABEL, and "none" if all others are numbers, or negative and positive."""
    different = set(labels)
    none = {label for label in different if plain(label) in NO_LABEL}
    others = {plain(label) for label in different - none} - {"none"}
    if others and (all(map(is_number, others)) or others <= POLARITIES[0].keys()):
        none |= {label for label in different if plain(label) == "none"}
    return none


def class_names(labels: Mapping[str, int]) -> dict[str, str]:
    """The name of the class of each label.

    If one of POLARITIES has all labels, the classes are negative and positive. Otherwise labels that differ only in case, in
    blanks or in the decimal point of a whole number are one class, which has their most frequent spelling as its name.

    Args:
        labels: how often each label occurs.
    """
    keys = {label: plain(label) for label in labels}
    for polarity in POLARITIES:
        if set(keys.values()) <= polarity.keys():
            return {label: polarity[key] for label, key in keys.items()}
    spellings: dict[str, Counter[str]] = {}
    for label, key in keys.items():
        spellings.setdefault(key, Counter())[label.strip()] += labels[label]
    called = {key: key if is_number(key) else max(sorted(found), key=found.__getitem__) for key, found in spellings.items()}
    return {label: called[key] for label, key in keys.items()}


def of_stars(label: str, most: int) -> str | None:
    """NEGATIVE for a rating in the lowest third of the scale from 1 to `most`, POSITIVE for the highest third, None between.

    Of five stars 1 and 2 are negative, 4 and 5 positive; of ten, as in IMDB, 1 to 4 and 7 to 10. Fractions are allowed, and so
    are "4 stars", "4/5" and "★★★★☆".

    Raises:
        ValueError: a label that is no rating on that scale.
    """
    text = label.strip()
    if text and set(text) <= set("★☆"):
        value, scale = float(text.count("★")), len(text) if "☆" in text else most
    elif found := _STARS.fullmatch(text):
        value, scale = float(found.group(1).replace(",", ".")), int(found.group(2) or found.group(3) or most)
    else:
        raise ValueError(f"{label!r} is no number of stars")
    if scale != most or value > most:
        raise ValueError(f"{label!r} is not one of {most} stars")
    # In thirds of the scale, without rounding.
    if 3 * (value - 1) <= most - 1:
        return NEGATIVE
    return POSITIVE if 3 * (value - 1) >= 2 * (most - 1) else None
