"""Texts as the network reads them, in TensorFlow's graph: the same code in training and in the SavedModel."""

import string
import unicodedata

import tensorflow as tf

from zoo.text.markup import INVISIBLE

# The end of a sentence, and the beginning of the next one.
_END = r"([.!?\x{2026}]+[\"')\]]*) ((?:[\"'(\[\x{00bf}\x{00a1}] ?)*[\p{Lu}\p{Lt}\p{Lo}\pN])"
# A full stop after one of these ends no sentence: titles, abbreviations before a number, and initials.
_NO_END = r"(^|[^\pL\pN])(Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Mme|Mlle|MM|Hr|Fr|Nr|No|\p{Lu})\.\n([^\n])"
_PARAGRAPH = "\u2029"
_MARKS = "\u0300\u0301\u0302\u0303\u0308\u030a\u030c\u0327"  # accents, as some programs write them after the letter
_COMPOSED = {
    letter + mark: whole
    for letter in string.ascii_letters
    for mark in _MARKS
    if len(whole := unicodedata.normalize("NFC", letter + mark)) == 1
}


def clean(text: tf.Tensor) -> tf.Tensor:
    """Texts of any bytes in one line each and in plain signs, string [n] -> string [n].

    Control characters, bytes that are not UTF-8, and runs of several blanks of any kind become one blank. Curly and angular
    quotation marks become straight ones, and dashes hyphens: the networks' data has few others. A letter and the accent after it
    become one character. Blanks at the ends are removed. An empty line, which ends a paragraph, becomes the character U+2029.
    """
    # Before the line breaks become blanks with the other control characters. All bytes of broken characters stay as they are.
    text = tf.strings.regex_replace(text, r"\n[ \t\r]*\n\s*", _PARAGRAPH)
    text = tf.strings.unicode_transcode(text, "UTF-8", "UTF-8", replacement_char=0xFFFD, replace_control_characters=True)
    text = _composed(tf.strings.regex_replace(text, INVISIBLE, ""))
    text = tf.strings.regex_replace(text, r"[\p{Zs}\x{2028}\pC\x{fffd}]+", " ")
    text = tf.strings.regex_replace(text, "[\u2018\u2019\u201a\u201b`\u00b4]", "'")
    text = tf.strings.regex_replace(text, "[\u201c\u201d\u201e\u201f\u00ab\u00bb]", '"')
    text = tf.strings.regex_replace(text, "[\u2010-\u2015]", "-")
    text = tf.strings.regex_replace(text, rf"\s*{_PARAGRAPH}[\s{_PARAGRAPH}]*", _PARAGRAPH)
    return tf.strings.regex_replace(text, rf"^[\s{_PARAGRAPH}]+|[\s{_PARAGRAPH}]+$", "")


def _composed(text: tf.Tensor) -> tf.Tensor:
    apart, whole = tf.constant(list(_COMPOSED)), tf.constant(list(_COMPOSED.values()))
    has_mark = tf.reduce_any(tf.strings.regex_full_match(text, rf"[\s\S]*[{_MARKS}][\s\S]*"))
    steps = tf.where(has_mark, len(_COMPOSED), 0)  # hardly any text has one

    def replace(i: tf.Tensor, text: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return i + 1, tf.strings.regex_replace(text, apart[i], whole[i])

    return tf.while_loop(lambda i, _: i < steps, replace, (tf.constant(0), text))[1]


def sentences(text: tf.Tensor) -> tf.RaggedTensor:
    """The sentences of texts that `clean` gave: string [n] -> string [n, (k)]. An empty text has none.

    A sentence ends at a full stop, an exclamation or a question mark, if a capital letter or a number follows; and at the end of
    a paragraph. Joined by a blank, the sentences are the text.
    """
    text = tf.strings.regex_replace(text, _PARAGRAPH, "\n\n")
    for _ in range(2):  # the first pass misses the second of two neighbours, since it consumes the letter between them
        text = tf.strings.regex_replace(text, _END, "\\1\n\\2")
    for _ in range(2):
        text = tf.strings.regex_replace(text, _NO_END, r"\1\2. \3")
    lines = tf.strings.split(text, "\n")
    return tf.ragged.boolean_mask(lines, lines != "")
