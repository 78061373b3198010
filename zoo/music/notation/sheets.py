"""A score on sheets of paper: a PDF file of A4 pages, engraved by the program Verovio."""

import io
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from zoo.core import extras
from zoo.core.files import write_whole
from zoo.music.notation import printed
from zoo.music.notation.engraving import one_line

if TYPE_CHECKING:
    from zoo.music.notation.score import Score

_NS = "{http://www.w3.org/2000/svg}"
_FONT = "DejaVu Serif"  # it has the letters of many languages, and comes with matplotlib
_TITLE, _NUMBER = 560, 320  # how high the letters are, in hundredths of a millimetre
_MOST = 60  # characters of a title in one line


def write(score: "Score", path: str | Path) -> None:
    """Writes `document` to a file. UserError as there, and where the file cannot be written."""
    write_whole(path, document(score))


@extras.explained()
def document(score: "Score") -> bytes:
    """The score as a PDF file; the same score gives the same bytes.

    The title stands above the music on the first page, and the pages have numbers where there are several. Characters that
    DejaVu Serif does not have, such as Chinese ones, are boxes.

    Raises:
        UserError: a score without notes; verovio or svglib is not installed.
    """
    from matplotlib import font_manager
    from reportlab.graphics import renderPDF
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas
    from svglib import svglib
    from svglib.fonts import register_font

    register_font(_FONT, font_manager.findfont(_FONT))
    pages = printed.pages(score)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, A4, invariant=1)  # without the time of day
    canvas.setTitle(one_line(score.title) or "Untitled")
    for number, page in enumerate(pages, start=1):
        texts = [(one_line(score.title)[:_MOST], 1400, _TITLE)] if number == 1 else []
        if len(pages) > 1:
            texts.append((str(number), 28_700, _NUMBER))
        renderPDF.draw(svglib.svg2rlg(io.BytesIO(_plain(page, texts))), canvas, 0, 0)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _plain(page: str, texts: list[tuple[str, int, int]]) -> bytes:
    """A page of Verovio in the part of SVG that svglib knows, A4, with more texts.

    Args:
        page: its picture, which has a second one within it whose units are hundredths of a millimetre.
        texts: each with its height on the page and its size, in these units; they stand in the middle.
    """
    ElementTree.register_namespace("", _NS[1:-1])
    root = ElementTree.fromstring(page)
    inner = root.find(f"{_NS}svg")
    assert inner is not None
    inner.tag = f"{_NS}g"
    root.attrib |= {"viewBox": inner.attrib.pop("viewBox"), "width": "210mm", "height": "297mm"}
    inner.set("font-family", _FONT)
    for text, y, size in texts:
        place = {"x": "10500", "y": str(y), "font-size": f"{size}px", "text-anchor": "middle"}
        ElementTree.SubElement(inner, f"{_NS}text", place).text = text
    return ElementTree.tostring(root)
