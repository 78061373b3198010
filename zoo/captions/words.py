"""The words of sentences about scenes, for those who write them (`sentences`) and those who read them (`truth`)."""

from zoo.captions.scenes import DIGITS, SHAPES

NUMBER_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
COUNTS = {"two": 2, "three": 3, "four": 4}
DIGIT_WORDS = {"digit", "number"}
GENERAL = {"digit": DIGITS, "number": DIGITS, "shape": SHAPES}  # nouns for any kind
SIZE_WORDS = {"small": ("small", "little", "tiny"), "large": ("large", "big", "huge")}
FILL_WORDS = {"filled": ("filled", "solid"), "outlined": ("outlined", "hollow", "empty")}
NOUNS_OF_FILL = {"disc": ("circle", "filled"), "ring": ("circle", "outlined")}
PREFIXES = ("a drawing of", "a picture of", "a sketch of")
RELATION_WORDS = {
    "above": ("above", "over", "higher than"),
    "below": ("below", "under", "beneath", "underneath"),
    "left": ("left of", "to the left of", "on the left of"),
    "right": ("right of", "to the right of", "on the right of"),
    "beside": ("next to", "beside"),  # left or right
}
PLACE_WORDS = {
    "left": ("on the left", "at the left"),
    "right": ("on the right", "at the right"),
    "top": ("at the top",),
    "bottom": ("at the bottom",),
    "middle": ("in the middle", "in the centre"),
    "top left": ("in the top left corner", "at the top left"),
    "top right": ("in the top right corner", "at the top right"),
    "bottom left": ("in the bottom left corner", "at the bottom left"),
    "bottom right": ("in the bottom right corner", "at the bottom right"),
}


def plural(noun: str) -> str:
    """The plural of a noun or a number: "crosses", "sixes", "7s"."""
    return noun + ("es" if noun.endswith(("s", "x")) else "s")


def article(word: str) -> str:
    """ "an" before a vowel as it sounds, "a" otherwise: "an eight", "an 8", "a one"."""
    return "an" if word[0] in "aeio8" and word != "one" else "a"
