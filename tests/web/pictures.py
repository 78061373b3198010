"""Takes the pictures of docs/studio. Run as `make studio-pictures`, or of some tabs: `python -m tests.web.pictures digits cards`.

The state of each tab comes from a link, so that the pictures show results: TABS. `--every FOLDER` takes each tab in both themes,
on a phone and on a desktop, whole and uncompressed, to look at them after a change of the page.
"""

import argparse
import io
import shutil
import sys
import tempfile
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.web.conftest import ARGUMENTS, BROWSERS, MOST_MS, ROOT, SIZES, running
from zoo.web.tabs import digits

FOLDER = ROOT / "docs" / "studio"
THEMES = "light", "dark"
# docs/studio.md shows these, beside each tab on a desktop in the light theme.
MORE = {("compose", "phone", "light"), ("digits", "phone", "dark"), ("playground", "phone", "dark")}
MOST_HEIGHT = 1500  # pixels of a picture in docs/studio
COLOURS = 128  # of its palette
MOST_BYTES = 160_000


@dataclass(frozen=True)
class State:
    """What a picture of a tab shows.

    Args:
        query: what the address holds.
        ready: selectors of what must be there before the picture is taken.
        button: to press before.
    """

    query: str
    ready: tuple[str, ...]
    button: str = ""


TABS = {
    "compose": State("bars=8&seed=7", ("#compose-piece .roll",)),
    "sentiment": State("text=The+cast+is+wonderful,+the+script+is+a+mess.", ("#sentiment-words .words",)),
    "digits": State(f"drawing={digits.EXAMPLES['36']}", ("#digits-result .bars >> nth=0",)),
    "translate": State("text=A+man+in+an+orange+hat+is+staring+at+something.&source=en&target=de", ("#translate-shown .best",)),
    "captions": State("seed=12", ("#captions-scene img", "#captions-shown .caption >> nth=0")),
    "writing": State(
        "text=My+horse!+My+kingdom+for+a&length=300&seed=7", ("#writing-written .new", "#writing-surprise .surprise")
    ),
    "playground": State(
        "data=rings&noise=0.15&units1=6&units2=4&epochs=40&rate=0.05", ("#playground-status:has-text('Done.')",), "Train"
    ),
    "your_data": State("kind=table", ("#your_data-found:has-text('Read: ')",), "No file at hand? Take an example"),
    "learn": State("lesson=losses%3FSTART%3D-8", ("#learn-picture img",)),
    "cards": State("model=perceptron", ("#cards-page h1",)),
}


def taken(browser: Browser, url: str, name: str, size: str, theme: str) -> bytes:
    """The picture of a whole tab, as PNG."""
    state, (width, height) = TABS[name], SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(MOST_MS)
    page.goto(f"{url}?__theme={theme}&tab={name}&{state.query}")
    if state.button:
        page.get_by_role("button", name=state.button, exact=True).click()
    for selector in state.ready:
        page.locator(selector).wait_for()
    page.locator(".models .loading:visible").wait_for(state="hidden")
    page.wait_for_timeout(1_000)  # until what slides has come to rest
    content = page.screenshot(full_page=True)
    page.close()
    return content


def small(content: bytes) -> bytes:
    """The upper part of a picture as PNG with a palette. ValueError where that is not small enough for the repository."""
    with Image.open(io.BytesIO(content)) as picture:
        part = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, MOST_HEIGHT)))
    out = io.BytesIO()
    part.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    if len(out.getvalue()) > MOST_BYTES:
        raise ValueError(f"the picture has {len(out.getvalue()):,} bytes, more than {MOST_BYTES:,}: show less in it")
    return out.getvalue()


def main() -> int:
    """Takes the pictures of the named tabs, or of all."""
    parser = argparse.ArgumentParser(prog="python -m tests.web.pictures", description=__doc__)
    parser.add_argument("tabs", nargs="*", metavar="TAB", help=f"of {', '.join(TABS)}; none: all")
    parser.add_argument("--every", type=Path, metavar="FOLDER", help="all sizes and themes, into this folder")
    arguments = parser.parse_args()
    if wrong := set(arguments.tabs) - TABS.keys():
        parser.error(f"no tab is called {', '.join(sorted(wrong))}: name some of {', '.join(TABS)}")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        print("no browser: make studio-browser installs one, or says what to install", file=sys.stderr)
        return 1
    folder = arguments.every or FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as logs, running(Path(logs)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        for name, size, theme in product(arguments.tabs or TABS, SIZES, THEMES):
            if arguments.every or (size, theme) == ("desktop", "light") or (name, size, theme) in MORE:
                content = taken(browser, url, name, size, theme)
                (folder / f"{name}-{size}-{theme}.png").write_bytes(content if arguments.every else small(content))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
