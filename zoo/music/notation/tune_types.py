"""The types of folk tunes (reel, jig, hornpipe, ...) by one name each, whatever a book calls them."""

TUNE_TYPES = (
    "air",
    "barndance",
    "clog",
    "gavotte",
    "highland fling",
    "hornpipe",
    "jig",
    "march",
    "mazurka",
    "minuet",
    "polka",
    "quadrille",
    "quickstep",
    "reel",
    "schottische",
    "single jig",
    "slide",
    "slip jig",
    "strathspey",
    "walkaround",
    "waltz",
)
# Names that differ by more than case, spaces and a plural's s. A book's plain "jig" is a double jig.
_OTHER_NAMES = {
    "double jig": "jig",
    "fling": "highland fling",
    "hop jig": "slip jig",
}
_BY_LETTERS = {name.replace(" ", ""): name for name in TUNE_TYPES} | {
    other.replace(" ", ""): name for other, name in _OTHER_NAMES.items()
}


def tune_type(text: str) -> str:
    """ "Reel" -> "reel", "double jig" -> "jig", "slipjigs" -> "slip jig"; "" for what is no type of tune."""
    letters = "".join(letter for letter in text.casefold() if letter.isalpha())
    for plural in ("", "s", "es"):
        if letters.removesuffix(plural) in _BY_LETTERS:
            return _BY_LETTERS[letters.removesuffix(plural)]
    return ""
