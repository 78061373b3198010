"""What a browser shows of a page."""

import re
from html.parser import HTMLParser


class Text(HTMLParser):
    """What a browser would show of a page, and the backgrounds."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.shown, self.colours = "", []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.colours += re.findall(r"rgb(\([^)]*\))", dict(attrs).get("style") or "")

    def handle_data(self, data: str) -> None:
        self.shown += data
