import html

import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.text.words import split


def tokens_of(*texts: str) -> list[list[str]]:
    return [[token.decode() for token in tokens] for tokens in split(tf.constant(list(texts))).to_list()]


MARKED_UP = [
    ("<p>Great <b>film</b></p>", "Great film"),
    ("<p>One</p><p>Two</p><ul><li>three<li>four</ul>", "One Two three four"),
    ("un<i>believ</i>able, gr<b>ea</b>t", "unbelievable, great"),
    ('<a href="http://x.org/?a=1&amp;b=2" TARGET=_blank>link</a>', "link"),
    ("<img src='a.png' alt=\"it's > that\"/>after<hr>all", "after all"),
    ("<DIV CLASS=review\nid='r'>Fine</DIV><BR CLEAR=ALL>too<br / >yes< br />", "Fine too yes"),
    ("<input disabled>ok <font size=+1 color=#f00>red</font>", "ok red"),
    ("<!-- <b>no</b> --> yes <!---->", "yes"),
    ("<script>if (a<b) awful('</p>')</script>ok<style type='text/css'>p {color: red}</style>", "ok"),
    ("<html><head><title>t</title></head><body>Fine</body></html>", "Fine"),
    ("<!DOCTYPE html><?xml version='1.0'?><![CDATA[Fine]]>", "Fine"),
    ("<o:p></o:p>Fine<w:t xml:space='preserve'> film</w:t>", "Fine film"),
    ("&lt;p&gt;Great &lt;b&gt;film&lt;/b&gt;&lt;/p&gt;", "Great film"),
    ("It&#39;s it&#x27;s it&#X27;s it&apos;s it&#146;s it&rsquo;s it&amp;#39;s", "It's it's it's it's it's it's it's"),
    ("&quot;Fun&quot;&nbsp;&amp;&nbsp;games&hellip; caf&eacute; CAF&Eacute;", '"Fun" & games… café café'),
    ("won&shy;der\u00adful \u2764\ufe0f \U0001f44d\U0001f3fd", "wonderful \u2764 \U0001f44d"),
    ("**Great** __film__, **so** **very** **good**!", "Great film, so very good!"),
    ("[Fine](https://x.org/a_b?c=d) ![cover](http://x.org/c.png) see https://x.org/?a=1&b=2. (www.x.org)", "Fine cover see .()"),
    ("a&#0;b &#xD800; &#9999999; &nbsp end &amp", "a b end &"),
]


@pytest.mark.parametrize(("text", "plain"), MARKED_UP, ids=[text[:12] for text, _ in MARKED_UP])
def test_a_text_with_markup_is_read_as_the_plain_one(text: str, plain: str) -> None:
    marked, wanted = tokens_of(text, plain)
    assert marked == wanted


@pytest.mark.parametrize(
    "text",
    [
        *("a < b and c > d", "x<y and y>z", "a<b and c>d", "<3", "I give it <5 stars>", "<>", "</ >", "->", "<- that"),
        *("<sarcasm>good</sarcasm>", "<grin>", "joe@example.com <joe@example.com>", "**** of *****", "**1/2 of ****", "***"),
        *(
            "AT&T, R&D & Q&A;",
            "&unheard;",
            "&#;",
            "&#x;",
            "&",
            "<b",
            "1 <",
            "<!-- open",
            "<?",
            "*great* _film_ [sic] (2001)",
            "snake__case",
            "#tag @name",
        ),
    ],
)
def test_what_is_no_markup_stays(text: str) -> None:
    (tokens,) = tokens_of(text)
    assert "".join(tokens) == "".join(text.lower().split())


CODES = st.integers(32, 0x10FFFF).filter(lambda code: html.unescape(f"&#{code};"))  # those that a browser does not drop
ENTITIES = st.one_of(
    st.sampled_from([name for name in html.entities.html5 if name.endswith(";") and name.islower() and name != "shy;"]).map(
        lambda name: f"&{name}"
    ),
    CODES.map(lambda code: f"&#{code};"),
    CODES.map(lambda code: f"&#x{code:X};"),
)


@settings(max_examples=25)
@given(st.lists(st.one_of(ENTITIES, st.sampled_from(["word", " ", "&", ";", "It"])), max_size=8))
def test_entities_are_read_as_python_reads_them(parts: list[str]) -> None:
    text = "".join(parts)
    decoded, wanted = tokens_of(text, html.unescape(html.unescape(text)))
    assert decoded == wanted


@pytest.mark.parametrize(
    "part", ["<", "<!--", "<script>", "<b ", '<a x="', "&amp;", "&#39;", "<![cdata[", "<script><style></style>"]
)
def test_ten_million_bytes_of_broken_markup_are_read(part: str) -> None:
    (tokens,) = tokens_of(part * (10_000_000 // len(part)))
    assert len(tokens) <= 32_768


@settings(max_examples=25)
@given(
    st.lists(
        st.sampled_from(["<", ">", "b", "p", "/", " ", "=", '"', "'", "&", ";", "#", "x", "3", "!--", "-->", "script"]),
        max_size=30,
    )
)
def test_any_broken_markup_is_read(parts: list[str]) -> None:
    (tokens,) = tokens_of("".join(parts))
    assert all(token and token.strip() == token for token in tokens)
