"""Bach's chorales in four voices.

The music21 package carries them as MusicXML; zoo.music.data.chorale_books reads them. The table chorale_splits.tsv beside this
file gives the split of each chorale:

- test: the chorales that the published JSB data (zoo.music.data.jsb) have in their test split;
- validation: those that the JSB data have in their validation split;
- train: chorales whose soprano agrees in less than 70 % of its steps with the soprano of every chorale in test and validation;
- none: the others, which are left out; the table says why. Of chorales with the same music, in any key, one is kept.

A closer comparison of the tunes (zoo.music.data.jsb.WITH_TUNE) finds 30 chorales of train whose tune is also in test, in another
harmony, key or rhythm, and none whose tune is in validation. The JSB data share more tunes between their own train and test
splits. The test pieces whose tunes are in neither train split are listed in zoo.music.data.jsb.WITHOUT_TUNE.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tensorflow_datasets as tfds

from zoo.core.dataset import SPLITS
from zoo.music.analysis.voice_leading import VOICES
from zoo.music.data import chorale_books
from zoo.music.data.music21_sets import VOICE, Music21Set, Piece


class BachChorales(Music21Set):
    """The data set; the name of the class gives it its name, bach_chorales. Each score has soprano, alto, tenor and bass.

    Its metadata say how many chorales were refused for which reason, which these are, and how many notes were cut.

    Args:
        files: paths by id, for tests; None: the chorales of the music21 package.
        splits: the split of each id, "none" for those left out; None: the table chorale_splits.tsv.
    """

    VERSION = tfds.core.Version("1.1.0")
    RELEASE_NOTES = {"1.0.0": "First release.", "1.1.0": "Train as far as the published splits allow."}  # noqa: RUF012
    TITLE = "the chorales"
    PIECES = "chorales"
    DESCRIPTION = "Chorales in four voices by J. S. Bach, as notes; voice 0 is the soprano, 3 the bass."
    LICENCE = (
        "J. S. Bach's music is in the public domain; the transcriptions were made by volunteers and are used as the music21 "
        "wheel distributes them, which names no licence of their own for most"
    )
    FEATURES = {"id": tfds.features.Text(doc="the file in music21's corpus"), **VOICE}  # noqa: RUF012
    VOICES = VOICES
    SCORE_TYPE = "chorale"
    VOCABULARY = chorale_books.VOCABULARY

    def __init__(self, *, files: Mapping[str, Path] | None = None, splits: Mapping[str, str] | None = None, **kwargs: Any):
        self._files, self._splits = files, splits
        super().__init__(**kwargs)

    def read(self) -> tuple[dict[str, list[Piece]], dict[str, Any]]:
        """Reads the chorales that the table puts in a split."""
        table = chorale_books.split_table() if self._splits is None else self._splits
        files = chorale_books.corpus_files() if self._files is None else self._files
        wanted = {name: path for name, path in files.items() if table.get(name, "none") in SPLITS}
        chorales, refused = chorale_books.read_files(wanted)
        pieces: dict[str, list[Piece]] = {}
        for chorale in chorales:
            pieces.setdefault(table[chorale.id], []).append(Piece({"id": chorale.id}, chorale.score))
        return pieces, {
            "refused": dict(Counter(refused.values()).most_common()),
            "refused_ids": refused,
            "cut_notes": sum(chorale.cuts for chorale in chorales),
        }
