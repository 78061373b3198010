"""The tune books in the music21 package: which they are, where their files are, and their tunes as scores.

Several processes read them (zoo.core.parallel), so this module imports no TensorFlow: they start fast.
"""

import importlib.util
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zoo.core import extras, parallel
from zoo.core.errors import UserError
from zoo.music.language.tokens import TokenVocabulary
from zoo.music.notation import abc as abc_text
from zoo.music.notation.measures import Refused
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Metre

_MANY = 100  # tunes, from which on several processes read them

COLLECTIONS = {
    "oneills1850": "O'Neill's Music of Ireland (Chicago, 1903)",
    "ryansMammoth": "Ryan's Mammoth Collection (Boston, 1883)",
    "airdsAirs": "Aird's Selection of Scotch, English, Irish and Foreign Airs (Glasgow, 1782-1801)",
}

# The types with enough tunes to learn from, about 15 of each at least. Tunes of another type are kept without a type.
TYPES = ("air", "clog", "highland fling", "hornpipe", "jig", "reel", "slip jig", "strathspey")

# The tokens that the tunes need, and few more. A tune that they cannot say is refused.
VOCABULARY = TokenVocabulary(
    metres=tuple(map(Metre.parse, ("2/2", "3/2", "2/4", "3/4", "4/4", "6/4", "3/8", "6/8", "9/8", "12/8"))),
    pitches=(55, 93),
    durations=(2, 3, 4, 6, 8, 9, 12, 16, 18, 21, 24, 30, 36, 42, 48, 54, 60, 66, 72, 84, 90, 96, 108, 120, 132, 144),
    positions=tuple(range(3, 144, 3)),
    types=TYPES,
)


@dataclass(frozen=True)
class Tune:
    """A tune and where it is: the collection, the file in it and the tune's number in the file."""

    collection: str
    file: str
    number: int
    score: Score


def corpus_files() -> list[tuple[str, Path]]:
    """(collection, path) of the ABC files in the music21 package, found without importing it: that takes seconds."""
    spec = importlib.util.find_spec("music21")
    if spec is None:
        raise extras.missing("music21")
    folders = [Path(place) / "corpus" for place in spec.submodule_search_locations or []]
    files = [
        (name, path) for folder in folders for name in COLLECTIONS for path in sorted((folder / name).glob("*.abc"), key=str)
    ]
    if {name for name, _ in files} != set(COLLECTIONS):
        raise UserError("the music21 package lacks its collections of tunes: pip install --force-reinstall music21")
    return files


def read_files(files: Sequence[tuple[str, Path]]) -> tuple[list[Tune], Counter[str]]:
    """The tunes of ABC files, and how many were refused for each reason.

    Args:
        files: (collection, path) of each file.
    """
    texts = [
        (collection, path.name, number, text)
        for collection, path in files
        for number, text in abc_text.tunes(path.read_text(encoding="utf-8", errors="replace"))
    ]
    tunes: list[Tune] = []
    refused: Counter[str] = Counter()
    for result in parallel.read_all(_read, texts, "reading tunes", "tune", _MANY):
        if isinstance(result, Tune):
            tunes.append(result)
        else:
            refused[result] += 1
    return tunes, refused


def _read(text: tuple[str, str, int, str]) -> Tune | str:
    """The tune, or the reason why it was refused."""
    collection, file, number, abc = text
    try:
        score = abc_text.read(abc)
        if score.type not in TYPES:
            score = replace(score, type="")
        VOCABULARY.encode(score)
    except Refused as error:
        return error.reason
    except ValueError:
        return "outside the vocabulary"
    return Tune(collection, file, number, score)
