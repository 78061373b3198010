"""Removes mark-up from texts with TensorFlow's string operations, so that the exported model does it too.

Of HTML these are removed: tags, comments, and elements that a browser does not show, such as scripts and styles. Entities become
the characters that they stand for. Of Markdown the signs of **strong** words are removed, and of links everything but their text.
Addresses of web pages are removed. All else stays: "a < b", "<3", "<5 stars>", "AT&T", "<sarcasm>", "*great*", "**** of *****".
"""

import html.entities
import re
import unicodedata
from functools import cache

import numpy as np
import tensorflow as tf

# The elements of the HTML standard (https://html.spec.whatwg.org/multipage/indices.html#elements-3), and those of earlier
# versions. Another name in angle brackets may be the writer's own word. Inline elements do not separate words: "gr<b>ea</b>t".
INLINE = (
    "a|abbr|acronym|b|bdi|bdo|big|blink|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|nobr|q|rp|rt|ruby|s|samp|small|"
    "span|strike|strong|sub|sup|time|tt|u|var|wbr"
)
SEPARATING = (
    "address|applet|area|article|aside|audio|base|basefont|blockquote|body|br|button|canvas|caption|center|col|colgroup|"
    "datalist|dd|details|dialog|dir|div|dl|dt|embed|fieldset|figcaption|figure|footer|form|frame|frameset|h1|h2|h3|h4|h5|"
    "h6|head|header|hgroup|hr|html|iframe|image|img|input|legend|li|link|main|map|marquee|math|menu|meta|meter|nav|"
    "noframes|noscript|object|ol|optgroup|option|output|p|param|picture|pre|progress|script|search|section|select|slot|"
    "source|style|summary|svg|table|tbody|td|template|textarea|tfoot|th|thead|title|tr|track|ul|video"
)
NOT_SHOWN = "script", "style", "template", "noscript", "svg", "head"

# A pattern either ends before the next "<", or is searched only once in a text. So the time is linear in the length of the text.
_QUOTED = r"""[a-z_:@][\w:.@-]*\s*=\s*(?:"[^"<]*"|'[^'<]*')"""
_UNQUOTED = r"""[a-z_:@][\w:.@-]*\s*=\s*[^\s<>]+"""
# Attributes without a value must be known ones, so that "a <b and c> d" stays.
_BARE = (
    "(?:allowfullscreen|async|autofocus|autoplay|checked|compact|controls|default|defer|disabled|download|hidden|ismap|itemscope|"
    r"loop|multiple|muted|nomodule|noshade|novalidate|nowrap|open|readonly|required|reversed|selected)\b"
)
_ATTRIBUTES = rf"(?:[\s/]*(?:{_QUOTED}|{_UNQUOTED}|{_BARE}))*[\s/]*"


def _tags(names: str) -> str:
    return rf"</?(?:{names})\b{_ATTRIBUTES}>"


_COMMENT = r"<!--[\s\S]*?-->"
_OTHERS = "|".join(
    [
        _tags(SEPARATING),
        r"<\s+/?\s*br\s*/?\s*>|<br\s*/\s+>",
        rf"<[a-z][\w:.-]*\s+{_QUOTED}{_ATTRIBUTES}>",  # any element with an attribute in quotes
        r"</?[a-z][a-z0-9]*:[a-z][\w.-]*[\s/]*>",  # <o:p>, of office programs
        r"<!doctype\b[^<>]*>|<\?[a-z][^<>]*>|<!\[cdata\[|\]\]>|<!\[[^<>]*\]>",
    ]
)
_WEB = r"(?:https?://|www\.)"
_ADDRESS = rf"{_WEB}[^\s<>\"()]*[^\s<>\"().,;:!?']"
_LINK = rf"!?\[([^\[\]]*)\]\({_WEB}[^\s()]*\)"
# The signs must be at the edges of words: "d**k & c**k" is no mark-up.
_EDGES = r"(^|[^{0}\pL\pN]){0}{0}([^\s{0}](?:[^{0}]*[^\s{0}])?){0}{0}($|[^{0}\pL\pN])"
_STRONG = _EDGES.replace("{0}", r"\*"), _EDGES.replace("{0}", "_")
_ANY = rf"[\s\S]*(?:[<&]|\*\*|__|{_WEB})[\s\S]*"  # a text that may have mark-up
_ENTITY = r"&(?:#(?:[0-9]{1,7}|x[0-9a-f]{1,7})|[a-z][a-z0-9]{1,31});?"
_DIGITS = 7  # of a numeric entity
_EDGE = "\x1f"  # put around entities; no text has it, because control characters have become spaces
_BARE_ENTITIES = "amp", "lt", "gt", "quot", "nbsp"  # that may lack the semicolon
_HASHES = 2**62
# The numbers 128 to 159 are control characters; browsers read them as characters of Windows-1252.
_WINDOWS = [ord(bytes([code]).decode("cp1252", errors="replace")) for code in range(128, 160)]

# Characters that are invisible and separate nothing: soft hyphens, joiners, and variation selectors.
INVISIBLE = "[\u00ad\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]"
# Everything but letters, numbers, marks, punctuation and symbols: spaces and control characters. U+FFFD stands for broken bytes.
NOT_WRITTEN = "[^\\pL\\pN\\pM\\pP\\pS]+|\ufffd"


def without_markup(text: tf.Tensor) -> tf.Tensor:
    """Texts without mark-up, string [n] -> string [n].

    Entities are decoded twice, since in some files "&" was escaped once too often ("&amp;#39;"). Tags are removed before and
    after that, since a text may be escaped as a whole ("&lt;p&gt;"). An element or a comment without an end stays.

    Args:
        text: in lower case and UTF-8, without control characters.
    """
    text = tf.strings.regex_replace(text, r"<br\s*/?>", " ")  # the only mark-up of most reviews
    place = tf.where(tf.strings.regex_full_match(text, _ANY))
    rest = _without_tags(tf.gather_nd(text, place))
    for _ in range(2):
        rest = _decoded(rest)
    rest = tf.strings.regex_replace(_without_tags(rest), _LINK, r" \1 ")
    rest = tf.strings.regex_replace(rest, _ADDRESS, " ")
    for strong in _STRONG:
        for _ in range(2):  # the first pass misses the second of two neighbours, since it consumes the character between them
            rest = tf.strings.regex_replace(rest, strong, r"\1\2\3")
    return tf.tensor_scatter_nd_update(text, place, rest)


def _without_tags(text: tf.Tensor) -> tf.Tensor:
    text = tf.strings.regex_replace(text, _COMMENT, "")
    for name in NOT_SHOWN:
        text = tf.strings.regex_replace(text, rf"<{name}\b[^<>]*>[\s\S]*?</{name}\s*>", " ")
    text = tf.strings.regex_replace(text, _tags(INLINE), "")
    return tf.strings.regex_replace(text, _OTHERS, " ")


@cache
def _named() -> tuple[np.ndarray, np.ndarray]:
    """The hashes of named entities in order, int64 [names], and what each stands for, in lower case."""
    meaning: dict[str, str] = {}
    for name, characters in sorted(html.entities.html5.items(), key=lambda item: not item[0].islower()):
        if name.endswith(";") or name in _BARE_ENTITIES:  # of "Dagger" and "dagger" the first in the order, "dagger", counts
            written = [c if unicodedata.category(c)[0] in "LNMPS" else " " for c in re.sub(INVISIBLE, "", characters)]
            meaning.setdefault(f"&{name.lower()}", "".join(written).lower())
    with tf.init_scope():
        hashes = tf.strings.to_hash_bucket_fast(list(meaning), _HASHES).numpy()
    order = np.argsort(hashes)
    return hashes[order], np.array(list(meaning.values()), dtype=object)[order]


def _decoded(text: tf.Tensor) -> tf.Tensor:
    """Texts with their entities decoded once. Entities that HTML does not know stay."""
    pieces = tf.strings.split(tf.strings.regex_replace(text, _ENTITY, rf"{_EDGE}\0{_EDGE}"), _EDGE)
    place = tf.where(tf.strings.regex_full_match(pieces.flat_values, _ENTITY))
    entity = tf.gather_nd(pieces.flat_values, place)
    names, meaning = _named()
    name = tf.strings.to_hash_bucket_fast(entity, _HASHES)
    at = tf.minimum(tf.searchsorted(names, name), len(names) - 1)
    named = tf.where(tf.equal(tf.gather(names, at), name), tf.gather(tf.constant(meaning), at), entity)
    character = tf.where(tf.strings.regex_full_match(entity, "&#.*"), _numbered(entity), named)
    flat = tf.tensor_scatter_nd_update(pieces.flat_values, place, character)
    return tf.strings.unsorted_segment_join(flat, pieces.value_rowids(), pieces.nrows())


def _numbered(entity: tf.Tensor) -> tf.Tensor:
    """The characters of numeric entities, string [e] -> string [e]. For other entities the result has no meaning."""
    base = tf.where(tf.strings.regex_full_match(entity, "&#x.*"), 16, 10)[:, None]
    digits = tf.strings.join(["0" * _DIGITS, tf.strings.regex_replace(entity, "[^0-9a-f]", "")])
    digits = tf.strings.substr(digits, tf.fill(tf.shape(entity), -_DIGITS), tf.fill(tf.shape(entity), _DIGITS))
    signs = tf.cast(tf.io.decode_raw(digits, tf.uint8, fixed_length=_DIGITS), tf.int32)
    values = tf.where(signs >= ord("a"), signs - ord("a") + 10, signs - ord("0"))
    code = tf.reduce_sum(values * base ** tf.range(_DIGITS - 1, -1, -1), 1)
    in_windows = (code >= 128) & (code < 160)
    code = tf.where(in_windows, tf.gather(tf.constant(_WINDOWS), tf.where(in_windows, code - 128, 0)), code)
    character = tf.strings.unicode_encode(code[:, None], "UTF-8")  # a number that is no character becomes U+FFFD
    character = tf.strings.regex_replace(character, INVISIBLE, "")
    return tf.strings.lower(tf.strings.regex_replace(character, NOT_WRITTEN, " "), encoding="utf-8")
