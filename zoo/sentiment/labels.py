"""What the labels of texts say: classes, of which negative and positive are written in many ways, or stars."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

NEGATIVE, POSITIVE = "negative", "positive"
# How two classes are written that are negative and positive. The first that has all labels of a file is meant: 1 is positive
# beside 0 or -1, negative beside 2.
POLARITIES: tuple[Mapping[str, str], ...] = (
    dict.fromkeys(("0", "neg", NEGATIVE, "false"), NEGATIVE) | dict.fromkeys(("1", "pos", POSITIVE, "true"), POSITIVE),
    {"-1": NEGATIVE, "1": POSITIVE},
    {"1": NEGATIVE, "2": POSITIVE},
)
NO_LABEL = frozenset({"", "nan", "na", "n/a", "#n/a", "<na>", "null"})  # what programs write where there is none
STARS = 5  # of the most common scale
MOST_STARS = 100

_WHOLE = re.compile(r"\+?(-?[0-9]+)(\.0*|,0)?")
_NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?")
_STARS = re.compile(r"([0-9]+(?:[.,][0-9]+)?) *(?:stars?|/ *([0-9]+)|out of ([0-9]+))?", re.IGNORECASE)


def plain(label: str) -> str:
    """A label without what does not matter: capitals, blanks around it, and the decimal point of a whole number."""
    text = label.strip().lower().replace("\N{MINUS SIGN}", "-")
    whole = _WHOLE.fullmatch(text)
    return whole.group(1) if whole else text


def is_number(label: str) -> bool:
    """Whether a label is a number, with a point or a comma before its fraction."""
    return bool(_NUMBER.fullmatch(plain(label)))


def without(labels: Iterable[str]) -> set[str]:
    """Those of the labels that say that there is none: NO_LABEL, and "none" where all others are numbers or a polarity."""
    different = set(labels)
    none = {label for label in different if plain(label) in NO_LABEL}
    others = {plain(label) for label in different - none} - {"none"}
    if others and (all(map(is_number, others)) or others <= POLARITIES[0].keys()):
        none |= {label for label in different if plain(label) == "none"}
    return none


def class_names(labels: Mapping[str, int]) -> dict[str, str]:
    """What the class of each different label is called.

    All labels of one of POLARITIES are negative or positive. Otherwise whole numbers are written without a point, and labels
    that differ in capitals or blanks alone are one class, called as most of them are.

    Args:
        labels: how often each occurs.
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
    """NEGATIVE for a rating in the lowest third of the scale from 1 to `most`, POSITIVE in the highest, None between them.

    Of five stars 1 and 2 are negative, 4 and 5 positive; of ten, as in IMDB, those up to 4 and from 7 on. Halves are read, and
    "4 stars", "4/5" and "★★★★☆", too.

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
