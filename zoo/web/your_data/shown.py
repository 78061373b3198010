"""What the tab shows of data and of a model, as HTML or Markdown."""

import base64
import html
import re
from collections.abc import Iterable
from pathlib import Path

from zoo.core import cards
from zoo.core.messages import brief, shown
from zoo.web.your_data.kinds import Look, Read

MOST_COLUMNS = 30
MOST_NOTICES = 60
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def of_look(name: str, look: Look) -> str:
    """The first rows of data as a table; `name` is that of the file."""
    columns = look.columns[:MOST_COLUMNS]
    more = len(look.columns) - len(columns)
    head = "".join(f'<th scope="col">{html.escape(brief(column))}</th>' for column in columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{html.escape(brief(cell))}</td>' for cell in row[: len(columns)])}</tr>" for row in look.rows
    )
    told = f"<p>{more:,} more columns are not shown.</p>" if more else ""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="The first rows of {html.escape(brief(name))}">'
        f"<table><caption>{html.escape(brief(name))}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{told}"
    )


def of_read(read: Read, what: str) -> str:
    """What was read: how many examples of each split, the columns with their kinds, and the notices of the wing.

    Args:
        read: it.
        what: the examples are called.
    """
    sizes = ", ".join(f"{size:,} for {name}" for name, size in read.sizes.items())
    kinds = "".join(
        f'<tr><th scope="row">{html.escape(brief(name))}</th><td>{html.escape(shown(kind))}</td></tr>'
        for name, kind in list(read.kinds.items())[:MOST_COLUMNS]
    )
    more = len(read.kinds) - MOST_COLUMNS
    return (
        f'<p role="status"><strong>Read: {sum(read.sizes.values()):,} {html.escape(what)}</strong> ({html.escape(sizes)}).</p>'
        + (f'<div class="scroll"><table><tr><th>column</th><th>is</th></tr>{kinds}</table></div>' if kinds else "")
        + (f"<p>{more:,} more columns are read.</p>" if more > 0 else "")
        + _list(read.notices)
    )


def _list(notices: Iterable[str]) -> str:
    lines = [line for line in notices if line.strip()]
    items = "".join(f"<li>{html.escape(shown(line))}</li>" for line in lines[:MOST_NOTICES])
    more = f"<li>and {len(lines) - MOST_NOTICES:,} more notices</li>" if len(lines) > MOST_NOTICES else ""
    return f'<ul class="notices">{items}{more}</ul>' if items else ""


def of_card(folder: Path) -> str:
    """The page of a model as Markdown, without its pictures and what model hubs read."""
    page = (folder / cards.README).read_text(encoding="utf-8")
    return FRONT_MATTER.sub("", page).partition("\n## Pictures\n")[0]


def of_pictures(folder: Path) -> str:
    """The pictures in a model's folder."""
    return "".join(
        f'<img class="paper" alt="{html.escape(path.stem.replace("_", " "))}" '
        f'src="data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}">'
        for path in sorted(folder.glob("*.png"))
    )
