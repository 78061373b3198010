"""The studio for tests: one server a session, and a browser that fails a test on errors of the console and outside requests."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

import zoo.web

ROOT = Path(zoo.web.__file__).resolve().parents[2]  # zoo.web comes before Gradio in every test, as it does in the studio
BROWSERS = "chromium", "chromium-browser", "google-chrome"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MOST_MS = 60_000  # until something is on the page; a model may load meanwhile
ASKED = "INTRO_ZOO_STUDIO_TESTS"  # the variable that asks for the tests with a running studio
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}


def skip_unless_asked() -> None:
    """Skips a test that starts a studio, unless the variable ASKED is set: it takes minutes."""
    if not os.environ.get(ASKED):
        pytest.skip(f"tests with a running studio take minutes: they run where {ASKED}=1 is set")


@contextmanager
def running(folder: Path, **environment: str) -> Iterator[str]:
    """The address of a studio, which runs in a process of its own on a free port.

    Args:
        folder: for its log.
        environment: variables beyond those of this process, such as INTRO_ZOO_MODELS.
    """
    words = [sys.executable, "-m", "apps.studio", "--port", "0", "--no-browser"]
    with (folder / "log").open("w+") as log:
        process = subprocess.Popen(
            words,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        if "http" not in line:
            log.seek(0)
            pytest.fail(f"the studio did not start: {line}{log.read()}")
        yield next(word for word in line.split() if word.startswith("http"))
        process.terminate()
        process.communicate()


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the studio with the pretrained models."""
    skip_unless_asked()
    with running(tmp_path_factory.mktemp("studio")) as url:
        yield url


# Of a module, since its event loop, which runs until it is closed, forbids `asyncio.run` to the tests after it.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, headless. Skips where there is none."""
    skip_unless_asked()
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no browser: `make studio-browser` installs Chromium on Debian, or says what to install")
    expect.set_options(timeout=MOST_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(params=["desktop"])
def page(request: pytest.FixtureRequest, browser: Browser, studio: str) -> Iterator[Page]:
    """An empty page of the browser. Afterwards there must have been no error on the console and no request to another machine.

    `@pytest.mark.parametrize("page", ["phone", "desktop"], indirect=True)` runs a test at both sizes.
    """
    width, height = SIZES[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(MOST_MS)
    faults: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(f"console: {message.text}")

    def asked(sent: Request) -> None:
        if not sent.url.startswith((studio, "data:", "blob:")):
            faults.append(f"outside: {sent.url}")

    page.on("console", heard)
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("request", asked)
    yield page
    context.close()
    assert faults == []
