"""The most probable next words of a text, composed from the probabilities of bytes by a search in the graph.

What comes next is a word, a punctuation mark, or the end of the line; blanks before it are skipped. A word is a run of letters,
marks, numbers and apostrophes (zoo.writing.characters). Its probability is that of its bytes, one after the other, and of a
character after them that belongs to no word. Where the text ends within a word, letters at once complete that word.

The search goes from beginnings of one byte to those of two bytes, and so on. It keeps the BEAMS most probable beginnings.
Different beginnings of equal length exclude each other, so one with a probability above 1 / BEAMS is always among them. A word is
never more probable than its beginning, so beginnings far less probable than the last of the words asked for are dropped, too.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf

from zoo.writing import characters
from zoo.writing.characters import BLANK, BYTES, INCOMPLETE, LETTER, LINE_END, OTHER

BEAMS = 64
LONGEST = 48  # bytes of blanks and word together
KEPT, MARKS = 256, 64  # words that are remembered, and punctuation marks that each step adds to them
# A word can come in several ways: at once or after blanks, and ended by a longer character, such as a dash, whose first byte
# could have been that of a letter, too. So beginnings are followed below the probability of the last word asked for: those that
# add a letter a little, and the others, which are few, further.
PATIENCE, LONG_PATIENCE = 1.0, 4.0  # nats
NEVER = float("-inf")

Step = Callable[[tf.Tensor, Any], tuple[tf.Tensor, Any]]


class Beginnings(NamedTuple):
    """The b beginnings of words of one length.

    Attributes:
        log_probability: float32 [b].
        node: within its last character, see `characters.Table`, int32 [b].
        inside: whether a letter has come, bool [b].
        first: the place of its first byte after blanks, int32 [b].
        end: the place after its last letter, int32 [b].
        content: its bytes, int32 [b, LONGEST].
    """

    log_probability: tf.Tensor
    node: tf.Tensor
    inside: tf.Tensor
    first: tf.Tensor
    end: tf.Tensor
    content: tf.Tensor


class Found(NamedTuple):
    """Different words, the most probable one first.

    Attributes:
        word: string [f].
        probability: float32 [f].
    """

    word: tf.Tensor
    probability: tf.Tensor


def begun(text: tf.Tensor) -> tf.Tensor:
    """The letters at the end of a text, string [] -> string [], "" where it ends with something else."""
    end = tf.strings.substr(text, tf.maximum(tf.strings.length(text) - 2 * LONGEST, 0), 2 * LONGEST)
    end = tf.strings.unicode_transcode(end, "UTF-8", "UTF-8", replacement_char=0xFFFD)
    return tf.strings.regex_replace(end, rf"^(?s:.*)[^{characters.PARTS}]", "")


def search(
    step: Step, logits: tf.Tensor, states: Any, begun: tf.Tensor, most: tf.Tensor, kind: tf.Tensor, node: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Finds the most probable next words of one text.

    Args:
        step: the network: bytes int32 [b] and states -> logits float32 [b, 256] and states.
        logits: after the text, float32 [1, 256].
        states: likewise; the first axis of each has length 1.
        begun: the letters in which the text ends, string [].
        most: how many words, int32 [].
        kind: see `characters.Table`.
        node: likewise.

    Returns:
        The words, string [most], and their probabilities, float32 [most], descending; "" and 0 where there are no more.
    """

    def unfinished(size: tf.Tensor, beginnings: Beginnings, *_: Any) -> tf.Tensor:
        return (size < LONGEST) & (tf.size(beginnings.log_probability) > 0)

    def advance(
        size: tf.Tensor, beginnings: Beginnings, found: Found, logits: tf.Tensor, states: Any
    ) -> tuple[tf.Tensor, Beginnings, Found, tf.Tensor, Any]:
        log_probability = beginnings.log_probability[:, None] + tf.nn.log_softmax(logits)
        kinds = tf.gather(kind, beginnings.node)
        found = _added(found, _ended(size, beginnings, log_probability, kinds, begun))
        parent, byte = _followed(beginnings, log_probability, kinds, _bar(found, most))
        longer = _longer(size, beginnings, log_probability, kinds, node, parent, byte)
        states = tf.nest.map_structure(lambda each: tf.gather(each, parent), states)
        return size + 1, longer, found, *step(byte, states)

    one = tf.zeros([tf.shape(logits)[0]], tf.int32)
    content = tf.zeros([tf.shape(logits)[0], LONGEST], tf.int32)
    beginnings = Beginnings(tf.cast(one, tf.float32), one, tf.cast(one, tf.bool), one, one, content)
    nothing = Found(tf.constant([], tf.string), tf.constant([], tf.float32))
    unknown = tf.TensorShape([None])
    rows = tf.TensorShape([None, LONGEST])
    loop = tf.constant(0), beginnings, nothing, logits, states
    shapes = (
        tf.TensorShape([]),
        Beginnings(unknown, unknown, unknown, unknown, unknown, rows),
        Found(unknown, unknown),
        tf.TensorShape([None, BYTES]),
        tf.nest.map_structure(lambda each: tf.TensorShape([None, *each.shape[1:]]), states),
    )
    _, _, found, *_ = tf.while_loop(unfinished, advance, loop, shape_invariants=shapes, parallel_iterations=1)
    missing = [[0, tf.maximum(most - tf.size(found.word), 0)]]
    return tf.pad(found.word[:most], missing, constant_values=""), tf.pad(found.probability[:most], missing)


def _ended(size: tf.Tensor, beginnings: Beginnings, log_probability: tf.Tensor, kinds: tf.Tensor, begun: tf.Tensor) -> Found:
    """The words and marks that end with the next byte, from log-probabilities [b, 256] and kinds [b, 256] of it; in any order."""
    inside = beginnings.inside[:, None]
    # A word ends with whatever belongs to no word.
    of_word = tf.reduce_logsumexp(tf.where(inside & (kinds >= BLANK), log_probability, NEVER), 1)
    word = _text(beginnings.content, beginnings.first, beginnings.end)
    word = tf.where(beginnings.first == 0, tf.strings.join([begun, word]), word)
    # A mark is one character.
    is_mark = ~inside & ((kinds == LINE_END) | (kinds == OTHER))
    of_mark, place = _largest(tf.where(is_mark, log_probability, NEVER), MARKS)
    parent, byte = place // BYTES, place % BYTES
    content, first = _with_byte(tf.gather(beginnings.content, parent), size, byte), tf.gather(beginnings.first, parent)
    mark = _text(content, first, tf.fill(tf.shape(first), size + 1))
    return Found(tf.concat([word, mark], 0), tf.exp(tf.concat([of_word, of_mark], 0)))


def _followed(
    beginnings: Beginnings, log_probability: tf.Tensor, kinds: tf.Tensor, bar: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """The beginnings to follow: the index of the one that each goes on from, and its new byte, int32 [new b] each."""
    inside = beginnings.inside[:, None]
    goes_on = (kinds == INCOMPLETE) | (kinds == LETTER) | (~inside & (kinds == BLANK))
    lowest = tf.math.log(bar) - tf.where(kinds == LETTER, PATIENCE, LONG_PATIENCE)
    best, place = _largest(tf.where(goes_on & (log_probability > lowest), log_probability, NEVER), BEAMS)
    place = tf.boolean_mask(place, best > NEVER)
    return place // BYTES, place % BYTES


def _longer(
    size: tf.Tensor,
    beginnings: Beginnings,
    log_probability: tf.Tensor,
    kinds: tf.Tensor,
    nodes: tf.Tensor,
    parent: tf.Tensor,
    byte: tf.Tensor,
) -> Beginnings:
    """Beginnings with one byte more, whose place is `size`."""
    before = Beginnings(*(tf.gather(each, parent) for each in beginnings))
    at = tf.stack([parent, byte], 1)
    kind = tf.gather_nd(kinds, at)
    return Beginnings(
        tf.gather_nd(log_probability, at),
        tf.gather_nd(nodes, tf.stack([before.node, byte], 1)),
        before.inside | (kind == LETTER),
        tf.where(kind == BLANK, size + 1, before.first),
        tf.where(kind == LETTER, size + 1, before.end),
        _with_byte(before.content, size, byte),
    )


def _bar(found: Found, most: tf.Tensor) -> tf.Tensor:
    """The probability of the last of the words that are asked for; 0 where there are not as many yet."""
    return tf.cond(tf.size(found.word) < most, lambda: 0.0, lambda: found.probability[most - 1])


def _added(old: Found, new: Found) -> Found:
    """The KEPT most probable words of both, with the probabilities of equal ones added up."""
    different, index = tf.unique(tf.concat([old.word, new.word], 0))
    total = tf.math.unsorted_segment_sum(tf.concat([old.probability, new.probability], 0), index, tf.size(different))
    probability, place = _largest(total, KEPT)
    possible = probability > 0
    return Found(tf.boolean_mask(tf.gather(different, place), possible), tf.boolean_mask(probability, possible))


def _text(content: tf.Tensor, first: tf.Tensor, end: tf.Tensor) -> tf.Tensor:
    """The bytes from `first` [b] up to `end` [b] of contents int32 [b, LONGEST], string [b]."""
    place = tf.range(LONGEST)
    within = (place >= first[:, None]) & (place < end[:, None])
    byte = tf.gather(tf.constant([bytes([i]) for i in range(BYTES)]), content)
    return tf.strings.reduce_join(tf.where(within, byte, ""), axis=-1)


def _largest(values: tf.Tensor, most: int) -> tuple[tf.Tensor, tf.Tensor]:
    """The largest values of a vector or a matrix, descending, at most so many; and their places, counted row by row."""
    flat = tf.reshape(values, [-1])
    return tf.math.top_k(flat, tf.minimum(most, tf.size(flat)))


def _with_byte(content: tf.Tensor, size: tf.Tensor, byte: tf.Tensor) -> tf.Tensor:
    """Contents int32 [b, LONGEST] with the bytes [b] at the place `size`."""
    return tf.where(tf.range(LONGEST) == size, byte[:, None], content)
