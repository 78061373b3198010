"""Words as the published BLEU figures of Multi30k count them: lower case, plain punctuation, and the tokens of Moses.

These are the steps "lc.norm.tok" of the data set's own files. sacremoses does the work; it is a translation into Python of the
scripts of Moses (Koehn et al. 2007).
"""

from collections.abc import Iterable
from functools import cache
from typing import Any


def tokenised(texts: Iterable[str], language: str) -> list[str]:
    """The tokens of each text, with blanks between them, by the rules of a language: "de", "pt-BR"; else those of English."""
    normaliser, tokeniser = _tools(language.casefold().partition("-")[0])
    # Moses reads lines with their ends, and one of its rules, for a full stop before a closing quotation mark, needs them.
    return [tokeniser.tokenize(normaliser.normalize(f"{text.lower()}\n"), return_str=True) for text in texts]


@cache
def _tools(code: str) -> tuple[Any, Any]:
    """The normaliser and the tokeniser of a language."""
    from sacremoses import MosesPunctNormalizer, MosesTokenizer

    return MosesPunctNormalizer(code), MosesTokenizer(code)
