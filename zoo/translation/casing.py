"""Truecasing: the first word of a sentence is written as it is written inside one (Lita et al. 2003).

"Ein Mann" and "ein Mann" are then the same to the network. German nouns and names keep their capital letters. After the
translation the first letter gets its capital again. There is a blank before the first word, too, since subwords begin with it
(zoo.text.subwords).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import tensorflow as tf

from zoo.translation.cleaning import clean

FILE = "casing.txt"  # a language, a tab and a word on each line
AT_ONCE = 1000  # texts that are prepared together
RARE = 2  # a word that was seen so often in small letters is known
# A word is letters alone: of "l'homme" the first word is "l".
_FIRST = r"^([^\pL\pN]*)(\pL[\pL\pM]*)?([\s\S]*)$"
_SMALL = r"[^\pL\pN]*\p{Ll}[\s\S]*"
_WORD = re.compile(r"[^\W\d_]+")
_BEGINS = re.compile('[.!?:"“”„«»]')  # where a sentence, or a quotation, may begin


def learn(texts: Mapping[str, Iterable[bytes]], folder: Path) -> None:
    """Writes FILE: the words of each language that, inside sentences, are mostly written without a capital letter.

    Args:
        texts: the training texts of each language, but none of another split.
        folder: where the file is written.
    """
    lines = []
    for language, of_language in texts.items():
        counts = Counter(word for text in of_language for word in _inside(text.decode("utf-8", "replace")))
        small = (word for word, count in counts.items() if word[0].islower() and count >= RARE)
        lines.append(f"{language}\t\n")  # a table must have a line
        lines += [f"{language}\t{word}\n" for word in sorted(small) if counts[word] > counts[word[0].upper() + word[1:]]]
    (folder / FILE).write_bytes("".join(lines).encode("utf-8"))


def _inside(text: str) -> list[str]:
    """The words of a text that begin neither a sentence nor a quotation."""
    words, before = [], -1
    for word in _WORD.finditer(text):
        if before >= 0 and not _BEGINS.search(text, before, word.start()):
            words.append(word[0])
        before = word.end()
    return words


class Casing:
    """What `learn` has found, applied in TensorFlow's graph.

    Args:
        folder: holds FILE, which becomes an asset of the SavedModel.
    """

    def __init__(self, folder: Path) -> None:
        line, number = tf.lookup.TextFileIndex.WHOLE_LINE, tf.lookup.TextFileIndex.LINE_NUMBER
        file = tf.lookup.TextFileInitializer(str(folder / FILE), tf.string, line, tf.int64, number)
        self._small = tf.lookup.StaticHashTable(file, -1)
        self.lookup_tables = [self._small]

    def apply(self, text: tf.Tensor, language: tf.Tensor) -> tf.Tensor:
        """Sentences, string [n], in a language, string [n] or [], as the network reads them, string [n].

        A first word that was not seen elsewhere stays as it is. An empty sentence stays empty.
        """
        head, word, rest = _parts(text)
        first = tf.strings.substr(word, 0, 1, "UTF8_CHAR")
        small = tf.strings.join([tf.strings.lower(first, "utf-8"), _after(word, first)])
        known = self._small.lookup(tf.strings.join([language, small], "\t")) >= 0
        text = tf.where(known, tf.strings.join([head, small, rest]), text)
        return tf.strings.regex_replace(text, "^(.)", r" \1", replace_global=False)

    def prepared(self, texts: Mapping[str, Sequence[bytes]]) -> dict[str, list[bytes]]:
        """The sentences of each language, of any bytes, as the network reads them: cleaned and truecased."""
        found = {}
        for language, of_language in texts.items():
            parts = (tf.constant(of_language[i : i + AT_ONCE], tf.string) for i in range(0, len(of_language), AT_ONCE))
            found[language] = [text for part in parts for text in self.apply(clean(part), tf.constant(language)).numpy().tolist()]
        return found


def begins_small(text: tf.Tensor) -> tf.Tensor:
    """Whether the first letter of each text, string [n], is a small one, bool [n]; not so where a number comes first."""
    return tf.strings.regex_full_match(text, _SMALL)


def finished(text: tf.Tensor, small: tf.Tensor) -> tf.Tensor:
    """Translations, string [n], without the blank before them, and with a capital as their first letter, string [n].

    It stays as it is where `small`, bool [n], which `begins_small` gave for the sentence that was translated.
    """
    text = tf.strings.strip(text)
    head, word, rest = _parts(text)
    first = tf.strings.substr(word, 0, 1, "UTF8_CHAR")
    large = tf.strings.join([head, tf.strings.upper(first, "utf-8"), _after(word, first), rest])
    return tf.where(small, text, large)


def _parts(text: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """What stands before the first word, the first word, and what stands after it; no word where a number comes first."""
    head, word = (tf.strings.regex_replace(text, _FIRST, rewrite, replace_global=False) for rewrite in (r"\1", r"\2"))
    return head, word, _after(text, tf.strings.join([head, word]))


def _after(text: tf.Tensor, begin: tf.Tensor) -> tf.Tensor:
    """The text without its beginning."""
    size = tf.strings.length(begin)
    return tf.strings.substr(text, size, tf.strings.length(text) - size)
