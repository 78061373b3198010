"""Tokens as the files `*.lc.norm.tok.*` of Multi30k have them. The expected lines are what Moses' scripts write."""

import pytest

from zoo.translation import moses


@pytest.mark.parametrize(
    ("language", "text", "tokens"),
    [
        ("en", 'A man\'s T-Shirt, "new" & red.', "a man &apos;s t-shirt , &quot; new &quot; &amp; red ."),
        ("en", "It isn’t the U.S. flag…", "it isn &apos;t the u.s. flag ..."),
        ("de", "Ein Mädchen (5) läuft über saftig-grünes Gras.", "ein mädchen ( 5 ) läuft über saftig-grünes gras ."),
        ("de", "Ein Mann rasiert seinen Bart.", "ein mann rasiert seinen bart ."),
        ("fr", "L'homme court sur l’herbe.", "l&apos; homme court sur l&apos; herbe ."),
        # The full stop moves behind the quotation mark, at the end of a line too, except in English.
        ("fr", 'Il s\'appelle "32 de Neude."', "il s&apos; appelle &quot; 32 de neude &quot; ."),
        ("en", 'It says "stop."', "it says &quot; stop . &quot;"),
        ("Klingon", "Qapla', man.", "qapla &apos; , man ."),
        ("de", "", ""),
    ],
)
def test_tokens_are_those_of_moses(language: str, text: str, tokens: str) -> None:
    assert moses.tokenised([text], language) == [tokens]
