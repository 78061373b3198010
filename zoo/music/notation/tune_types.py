"""The types of folk tunes (reel, jig, hornpipe, ...), and the one name of each that stands for all its spellings."""

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
# The metres of the types that folk_lstm knows, the usual one first: those of at least four of its training tunes, and of at least
# one in fifty of a type.
METRES = {
    "air": ("4/4", "3/4", "6/8"),
    "clog": ("2/2",),
    "highland fling": ("2/2",),
    "hornpipe": ("2/4", "2/2", "4/4"),
    "jig": ("6/8", "9/8"),
    "reel": ("2/2", "2/4"),
    "slip jig": ("9/8",),
    "strathspey": ("4/4",),
}
# Other names of types, besides differences in case, spaces and the plural. A "jig" without a further word is a double jig.
_OTHER_NAMES = {
    "double jig": "jig",
    "fling": "highland fling",
    "hop jig": "slip jig",
}
_BY_LETTERS = {name.replace(" ", ""): name for name in TUNE_TYPES} | {
    other.replace(" ", ""): name for other, name in _OTHER_NAMES.items()
}


def tune_type(text: str) -> str:
    """The type that a text names: "Reel" -> "reel", "double jig" -> "jig", "slipjigs" -> "slip jig"; "" where it names none."""
    letters = "".join(letter for letter in text.casefold() if letter.isalpha())
    for plural in ("", "s", "es"):
        if letters.removesuffix(plural) in _BY_LETTERS:
            return _BY_LETTERS[letters.removesuffix(plural)]
    return ""
