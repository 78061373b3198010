"""The lessons as one page with all pictures."""

import re
from collections.abc import Sequence
from pathlib import Path

from zoo.core.files import write_marked, write_picture
from zoo.lessons.lesson import Lesson

BAR = r"\|"  # a vertical bar in a cell of a Markdown table


def shown(value: float | int | str) -> str:
    """A number as the page and the terminal show it: whole numbers in full, others with four digits."""
    return f"{value:.4g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else value


def write_page(lesson: Lesson, folder: Path) -> str:
    """Runs a lesson, writes its picture into the folder and returns its part of the page, in Markdown."""
    outcome = lesson.run()
    write_picture(outcome.figure, folder / f"{lesson.name}.png")
    lines = [
        f"## {lesson.number}. {lesson.title}",
        "",
        lesson.text,
        "",
        f"![{lesson.title}]({lesson.name}.png)",
        "",
        "| measured | |",
        "|---|---|",
        *(f"| {name.replace('|', BAR)} | {shown(value)} |" for name, value in outcome.numbers.items()),
        "",
        f"**Try:** {lesson.question}",
        "",
        f"`python -m apps.lessons show {lesson.name}` · [the experiment](../../zoo/lessons/{lesson.name}.py)",
        "",
    ]
    return "\n".join(lines)


def _anchor(title: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def write(pages: Sequence[str], path: Path) -> Path:
    """Writes the page of all lessons, with a table of contents before them."""
    titles = [page.splitlines()[0].removeprefix("## ") for page in pages]
    head = [
        "# The lessons",
        "",
        "Each lesson has one idea of an introduction to deep learning, written by hand in NumPy",
        "([zoo/scratch](../../zoo/scratch)), run and drawn. The tests compare the code with Keras or TensorFlow where these have",
        "the same function. `python -m apps.lessons all --out docs/lessons` makes this page and its pictures.",
        "",
        *(f"- [{title}](#{_anchor(title)})" for title in titles),
        "",
    ]
    write_marked(path, "\n".join([*head, *pages]).encode())
    return path
