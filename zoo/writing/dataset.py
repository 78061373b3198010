"""A text and its splits."""

from collections.abc import Iterable
from dataclasses import dataclass

from zoo.core.dataset import SPLITS, Examples
from zoo.core.sources import Source

LEARNED = 0.9  # the share of the characters before the test split
VALIDATED = 0.05  # the share of these that the validation split has


@dataclass(frozen=True)
class Text(Examples):
    """A text, whose splits follow one another.

    Args:
        content: in UTF-8.
        source: where it came from.
    """

    content: bytes
    source: Source

    def split(self, name: str) -> bytes:
        """The split "train", "validation" or "test", or "all" of the text.

        The last tenth of the characters is the test split, as nanoGPT (Karpathy 2022) has it. Of the other nine tenths the last
        twentieth is the validation split. No split begins or ends within a character.
        """
        if name == "all":
            return self.content
        text = self.content.decode("utf-8")
        begin, end = self._places(len(text))[name]
        return text[begin:end].encode("utf-8")

    def learned(self) -> bytes:
        """What a network has read when its training has ended: the train split, and the validation split after it."""
        return self.split("train") + self.split("validation")

    def sizes(self) -> dict[str, int]:
        """The number of characters of each split."""
        n = len(self.content.decode("utf-8"))
        return {name: end - begin for name, (begin, end) in self._places(n).items()}

    def contents(self) -> Iterable[bytes]:
        """The whole text, as one example."""
        return [self.content]

    @staticmethod
    def _places(n: int) -> dict[str, tuple[int, int]]:
        """Where the splits of a text of n characters begin and end."""
        test = int(LEARNED * n)
        validation = test - int(VALIDATED * test)
        return dict(zip(SPLITS, ((0, validation), (validation, test), (test, n)), strict=True))
