"""Takes the pictures of docs/studio: each tab in both themes, on a phone and on a desktop. Run as `make studio-pictures`.

The state of each tab comes from a link, so that the pictures show results: LINKS. A name after the command takes one tab only.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from zoo.web.tabs import digits

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "studio"
BROWSERS = "chromium", "chromium-browser", "google-chrome"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
MOST_MS = 240_000
# Of each tab: what its address holds, a selector of what must be there before the picture is taken, and buttons to press first.
LINKS = {
    "compose": ("bars=8&seed=7", "#compose-piece .roll"),
    "sentiment": ("text=The+cast+is+wonderful,+the+script+is+a+mess.", "#sentiment-words .words"),
    "digits": (f"drawing={digits.EXAMPLES['36']}", "#digits-result .bars"),
    "translate": ("text=A+man+in+an+orange+hat+is+staring+at+something.&source=en&target=de", "#translate-shown p"),
    "captions": ("seed=12", "#captions-scene img"),
    "writing": ("text=My+horse!+My+kingdom+for+a&length=300&seed=7", "#writing-written .new"),
    "playground": (
        "data=rings&noise=0.15&units1=6&units2=4&epochs=40&rate=0.05",
        "#playground-status:has-text('Done.')",
        "Train",
    ),
    "learn": ("lesson=losses%3FSTART%3D-8", "#learn-picture img"),
    "cards": ("model=perceptron", "#cards-page h1"),
}


def main(names: list[str]) -> int:
    """Takes the pictures of the named tabs, or of all."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        print("no browser: make studio-browser installs one, or says what to install", file=sys.stderr)
        return 1
    words = [sys.executable, "-m", "apps.studio", "--port", "0", "--no-browser"]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        assert process.stdout is not None
        url = next(word for word in process.stdout.readline().split() if word.startswith("http"))
        FOLDER.mkdir(exist_ok=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
            for name in names or list(LINKS):
                query, ready, *buttons = LINKS[name]
                for size, (width, height) in SIZES.items():
                    for theme in ("light", "dark"):
                        page = browser.new_page(viewport={"width": width, "height": height})
                        page.goto(f"{url}?__theme={theme}&tab={name}&{query}", timeout=MOST_MS)
                        for button in buttons:
                            page.get_by_role("button", name=button, exact=True).click(timeout=MOST_MS)
                        page.locator(ready).wait_for(timeout=MOST_MS)
                        page.screenshot(path=FOLDER / f"{name}-{size}-{theme}.png", full_page=True)
                        page.close()
            browser.close()
    finally:
        process.terminate()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
