"""A small corpus for tests: sentences of templates in three languages."""

from itertools import product
from pathlib import Path

WHO = (("A man", "Ein Mann", "Un homme"), ("A woman", "Eine Frau", "Une femme"), ("The child", "Das Kind", "L'enfant"))
DOES = (("eats", "isst", "mange"), ("sees", "sieht", "voit"), ("paints", "malt", "peint"), ("buys", "kauft", "achète"))
WHAT = (
    ("a red apple", "einen roten Apfel", "une pomme rouge"),
    ("the small house", "das kleine Haus", "la petite maison"),
    ("two birds", "zwei Vögel", "deux oiseaux"),
    ("bread", "Brot", "du pain"),
    ("a blue boat", "ein blaues Boot", "un bateau bleu"),
)
LANGUAGES = ("en", "de", "fr")


def sentences() -> dict[str, list[str]]:
    """60 examples, by language."""
    rows = [[" ".join(part) + "." for part in zip(*parts, strict=True)] for parts in product(WHO, DOES, WHAT)]
    return {language: [row[i] for row in rows] for i, language in enumerate(LANGUAGES)}


def write(path: Path, languages: tuple[str, ...] = LANGUAGES) -> Path:
    """Writes the examples as a file with a column for each language."""
    texts = sentences()
    rows = zip(*(texts[language] for language in languages), strict=True)
    path.write_text("\n".join("\t".join(row) for row in (languages, *rows)) + "\n", encoding="utf-8")
    return path
