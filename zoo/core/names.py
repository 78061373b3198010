"""A name that is none: what was probably meant."""

import difflib
from collections.abc import Iterable, Sequence

from zoo.core.errors import UserError

MOST = 3  # names that are suggested


def near(name: str, names: Iterable[str]) -> list[str]:
    """The names that may be meant, the likeliest first: the same but for case, those that hold the word, those spelled alike."""
    folded = {each.casefold(): each for each in names}
    wanted = name.casefold().strip()
    if not wanted:
        return []
    if wanted in folded:
        return [folded[wanted]]
    within = [each for each in folded if len(wanted) > 2 and wanted in each]
    alike = difflib.get_close_matches(wanted, folded, n=MOST, cutoff=0.65)
    return [folded[each] for each in dict.fromkeys([*alike, *within])][:MOST]


def advice(name: str, names: Sequence[str], otherwise: str = "") -> str:
    """What to do about a name that is none of `names`: "did you mean lstm?", or else "there are a, b and c".

    Args:
        name: what was given.
        names: what there is.
        otherwise: what else can be given: "give a folder of MIDI files".
    """
    found = near(name, names)
    if found:
        return f"did you mean {' or '.join(found)}?" + (f" Or {otherwise}" if otherwise else "")
    listed = " and ".join(each for each in (", ".join(names[:-1]), *names[-1:]) if each)
    return f"there {'is' if len(names) == 1 else 'are'} {listed or 'none'}" + (f", or {otherwise}" if otherwise else "")


def unknown(what: str, name: str, names: Sequence[str], otherwise: str = "") -> UserError:
    """The error for a name that is none of `names`: "no lesson is called 'lsmt': did you mean lstm?"."""
    return UserError(f"no {what} is called {name!r}: {advice(name, names, otherwise)}")
