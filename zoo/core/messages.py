"""How names and texts of a user's file are shown in a message, which is a single line."""

from collections.abc import Sequence

MOST_SHOWN = 60  # characters of a text


def shown(text: str) -> str:
    """A text in one line: line breaks and other characters that cannot be printed are escaped as in Python."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def brief(text: str) -> str:
    """The same, of a long text only the beginning."""
    return shown(text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}...")


def listed(names: Sequence[str], most: int = 40) -> str:
    """The first names, separated by commas, and how many more there are."""
    return ", ".join(map(shown, names[:most])) + (f" and {len(names) - most} more" if len(names) > most else "")


def one_line(name: str) -> str:
    """A name with blanks in place of its line breaks, as people write it."""
    return " ".join(name.split())
