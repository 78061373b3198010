"""The server: what it does not give away, and that nothing of an upload stays when it ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.web.conftest import skip_unless_asked
from zoo.web import page

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "path",
    [
        "gradio_api/file=/etc/passwd",
        "gradio_api/file=zoo/web/page.py",
        f"gradio_api/file={page.FOLDER / 'page.py'}",
        "static/..%2f..%2f..%2f..%2fetc/passwd",
        "assets/..%2f..%2f..%2fetc/passwd",
    ],
)
def test_no_file_of_the_machine_has_an_address(path: str, studio: str) -> None:
    assert httpx.get(f"{studio}{path}").status_code in (403, 404)


def test_the_page_tells_no_path_of_the_machine(studio: str) -> None:
    told = httpx.get(f"{studio}config", timeout=60).text
    assert json.loads(told)["components"]
    assert str(page.FOLDER.parents[1]) not in told
    assert str(Path.home()) not in told


def test_an_event_that_names_a_file_of_the_machine_is_refused(studio: str) -> None:
    data = {"data": [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}]}
    answer = httpx.post(f"{studio}gradio_api/call/sentiment", json=data)
    assert (answer.status_code, answer.json()) == (400, {"error": "that names a file that was not uploaded"})


def test_a_page_of_another_site_uploads_nothing(studio: str) -> None:
    answer = httpx.post(f"{studio}gradio_api/upload", files={"files": b"MThd"}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert httpx.get(studio, headers={"host": "evil.example"}).status_code == 403


def test_an_upload_is_deleted_when_the_studio_ends(tmp_path: Path) -> None:
    skip_unless_asked()
    words = [sys.executable, "-m", "apps.studio", "--port", "0", "--no-browser"]
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    root = page.FOLDER.parents[1]
    with subprocess.Popen(words, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = next(word for word in process.stdout.readline().split() if word.startswith("http"))
        (path,) = httpx.post(f"{url}gradio_api/upload", files={"files": b"MThd"}, timeout=60).json()
        assert Path(path).read_bytes() == b"MThd"
        process.terminate()
    assert process.returncode == 1
    assert list(tmp_path.rglob("*studio*")) == []
