"""Other names for the people and places of a text, so that a network learns to spell a name as it was spelled before.

A text has few names, and a network learns them by heart: then it stumbles over each name of a text that it has not seen. So in
training, most parts of the text get new names, made of two halves of the text's own. No network can know these; it can only
recall them from where they stood first.

A name is a word that is written with a capital wherever it stands. In a language that writes all nouns so, such as German, that
tells nothing: where too many words would be names, there are none.
"""

import random
import re
from collections import Counter
from collections.abc import Sequence

SHARE = 0.9  # of the parts of a text that get other names; chosen on the validation split, see docs/writing.md
PART = 4000  # characters of a part, at least; it ends with an empty line
SHORTEST, LONGEST = 3, 11  # letters of a new name
MOST = 0.1  # where a larger share of a text's words would be names, they are none
WORD = re.compile(r"[^\W\d_]+")


def find(text: str) -> list[str]:
    """The names in a text, in lower case: words of at least three letters that come twice or more, and always with a capital."""
    words = WORD.findall(text)
    plain = {word for word in words if not word[0].isupper()}
    counts = Counter(word.lower() for word in words if word[0].isupper() and len(word) >= SHORTEST and word.lower() not in plain)
    names = [name for name, count in counts.items() if count > 1]
    return names if sum(counts[name] for name in names) <= MOST * len(words) else []


def replaced(text: str, names: Sequence[str], seed: int, share: float = SHARE) -> str:
    """The text with other names in some of its parts; within a part each name has one other name, in capitals where it was.

    Args:
        text: any text.
        names: as `find` gives them.
        seed: decides which parts and which names.
        share: of the parts.
    """
    dice, known, parts, begin = random.Random(seed), set(names), [], 0
    while names and begin < len(text):
        end = text.find("\n\n", begin + PART)
        part = text[begin : end if end >= 0 else len(text)]
        begin += len(part)
        parts.append(_renamed(part, names, known, dice) if dice.random() < share else part)
    return "".join(parts) if names else text


def _renamed(part: str, names: Sequence[str], known: set[str], dice: random.Random) -> str:
    others: dict[str, str] = {}

    def other(found: re.Match[str]) -> str:
        word = found.group()
        name = word.lower()
        if name not in known:
            return word
        if name not in others:
            others[name] = _new(names, dice)
        return others[name].upper() if word.isupper() else others[name].capitalize()

    return WORD.sub(other, part)


def _new(names: Sequence[str], dice: random.Random) -> str:
    """The beginning of one name and the end of another one."""
    while True:
        first, second = dice.choice(names), dice.choice(names)
        name = first[: dice.randint(1, len(first) - 1)] + second[dice.randint(1, len(second) - 1) :]
        if SHORTEST <= len(name) <= LONGEST:
            return name
