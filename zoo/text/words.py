"""From the bytes of a text to the ids of its words, in TensorFlow's graph: the same code in training and in the SavedModel."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import tensorflow as tf

from zoo.text.markup import INVISIBLE, NOT_WRITTEN, without_markup

# The first lines of each vocabulary. No text has such tokens, because `split` separates the brackets from the word.
PADDING, UNKNOWN, MASK = "<padding>", "<unknown>", "<mask>"
RESERVED = PADDING, UNKNOWN, MASK
VOCABULARY = "words.txt"  # one word a line; the id of a word is the number of its line
AT_ONCE = 500  # texts that are split together
MAX_BYTES = 16384  # bytes at the beginning and at the end of a text that are read: ten times what a review needs
# A token with a letter, a number or a symbol such as an emoji; a token of punctuation marks alone is no word.
WORD = r".*[\pL\pN\p{So}].*"


def split(text: tf.Tensor) -> tf.RaggedTensor:
    """Texts, string [n], as words and punctuation marks in lower case, string [n, (t)].

    A text may have any bytes. Control characters and bytes that are not UTF-8 separate words as spaces do. HTML is removed
    (zoo.text.markup). Contractions are split as in the Penn Treebank: "don't" is "do" and "n't", "it's" is "it" and "'s". Before
    all that, the middle of a text of more than 2 * MAX_BYTES bytes is removed.
    """
    size = tf.strings.length(text)
    first = tf.strings.substr(text, tf.zeros_like(size), tf.fill(tf.shape(size), MAX_BYTES))
    last = tf.strings.substr(text, tf.maximum(size - MAX_BYTES, 0), tf.fill(tf.shape(size), MAX_BYTES))
    text = tf.where(size > 2 * MAX_BYTES, tf.strings.join([first, last], " "), text)
    # Control characters and broken characters, such as those just cut in two, become U+FFFD, and this becomes a space. It must
    # happen before tf.strings.lower, which drops everything after a NUL.
    text = tf.strings.unicode_transcode(text, "UTF-8", "UTF-8", replacement_char=0xFFFD, replace_control_characters=True)
    text = tf.strings.regex_replace(tf.strings.regex_replace(text, INVISIBLE, ""), NOT_WRITTEN, " ")
    text = without_markup(tf.strings.lower(text, encoding="utf-8"))
    text = tf.strings.regex_replace(text, "[\u2018\u2019`]", "'")
    text = tf.strings.regex_replace(text, r"([^\pL\pN\pM\s'])", r" \1 ")
    # Quotation marks are separated before contractions, which begin with the same sign.
    text = tf.strings.regex_replace(text, r"(^|\s)('+)", r"\1\2 ")
    text = tf.strings.regex_replace(text, r"('+)(\s|$)", r" \1\2")
    text = tf.strings.regex_replace(text, r"n't\b", " n't")
    text = tf.strings.regex_replace(text, r"'(s|d|m|re|ve|ll)\b", r" '\1")
    return tf.strings.split(text)


def split_in_parts(texts: Sequence[bytes]) -> Iterator[tf.RaggedTensor]:
    """`split` of any number of texts, AT_ONCE at a time and in their order, which bounds the memory."""
    for i in range(0, len(texts), AT_ONCE):
        yield split(tf.constant(texts[i : i + AT_ONCE]))


class WordVocabulary:
    """The words that have an id, read from a file. All other words have the id of UNKNOWN.

    Args:
        folder: holds the file VOCABULARY, whose first lines are RESERVED.
    """

    def __init__(self, folder: Path) -> None:
        line, number = tf.lookup.TextFileIndex.WHOLE_LINE, tf.lookup.TextFileIndex.LINE_NUMBER
        file = tf.lookup.TextFileInitializer(str(folder / VOCABULARY), tf.string, line, tf.int64, number)
        self.table = tf.lookup.StaticHashTable(file, default_value=RESERVED.index(UNKNOWN))

    def ids(self, words: tf.RaggedTensor) -> tf.RaggedTensor:
        """The ids of words: string [n, (t)] -> int32 [n, (t)]."""
        return tf.cast(self.table.lookup(words), tf.int32)


def cut(sizes: tf.Tensor, longest: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Cuts texts into windows of at most `longest` words: as few as possible, of about equal size. `sizes` are their words, int64
    [n].

    Returns:
        The number of windows of each text, int64 [n], at least 1; and the number of words of all m windows in their order, int64
        [m].
    """
    windows = tf.maximum((sizes + longest - 1) // longest, 1)
    first = tf.repeat(tf.cumsum(windows, exclusive=True), windows)
    number = tf.range(tf.reduce_sum(windows)) - first  # of a window in its text
    whole, rest = tf.repeat(sizes // windows, windows), tf.repeat(sizes % windows, windows)
    return windows, whole + tf.cast(number < rest, tf.int64)
