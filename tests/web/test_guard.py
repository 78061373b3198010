"""The guard: which requests pass to Gradio, and which are refused in words."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.web import guard, uploads

JOIN = "/gradio_api/queue/join"


class Behind:
    """What stands behind the guard: it answers 200 and keeps the body that reached it."""

    def __init__(self) -> None:
        self.body: bytes | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.body = (await receive())["body"] if scope["method"] == "POST" else b""
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-own", b"1")]})
        await send({"type": "http.response.body", "body": b"page"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "uploads").mkdir()
    return tmp_path / "uploads"


def asked(
    folder: Path,
    path: str = "/",
    method: str = "GET",
    host: str = "127.0.0.1:7860",
    chunks: Sequence[bytes] = (b"",),
    hosts: Sequence[str] = ("127.0.0.1", "localhost"),
    origin: str | None = None,
    uploaded: Sequence[str] = (),
) -> tuple[int, dict[bytes, bytes], bytes, bytes | None]:
    """The status, headers and body of the answer to one request, and the body that reached what is behind the guard."""
    behind, sent = Behind(), []
    waiting = [{"type": "http.request", "body": chunk, "more_body": i + 1 < len(chunks)} for i, chunk in enumerate(chunks)]

    async def receive() -> Any:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(name, value.encode()) for name, value in ((b"host", host), (b"origin", origin)) if value]
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    asyncio.run(guard.Guard(behind, hosts, folder, uploaded)(scope, receive, send))
    start, body = sent
    return start["status"], dict(start["headers"]), body["body"], behind.body


def posted(folder: Path, value: object, path: str = JOIN) -> int:
    """The status of the answer to a JSON text."""
    return asked(folder, path, "POST", chunks=[json.dumps(value).encode()])[0]


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "127.0.0.1", "localhost:80"])
def test_the_page_is_open_under_its_own_names(host: str, folder: Path) -> None:
    assert asked(folder, host=host)[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example:7860", "", "127.0.0.1@evil.example"]
)
def test_another_name_is_refused(host: str, folder: Path) -> None:
    status, _, body, _ = asked(folder, host=host)
    assert (status, json.loads(body)) == (403, {"error": "this page is not open under that name"})


def test_a_page_for_the_network_answers_to_any_name(folder: Path) -> None:
    assert asked(folder, host="classroom.example:7860", hosts=())[0] == 200


@pytest.mark.parametrize("hosts", [(), ("127.0.0.1",)])
def test_a_page_of_another_site_cannot_use_this_one(hosts: Sequence[str], folder: Path) -> None:
    assert asked(folder, guard.UPLOAD, "POST", origin="http://127.0.0.1:7860", hosts=hosts)[0] == 200
    for origin in ("https://evil.example", "http://127.0.0.1:8080", "http://127.0.0.1:7860.evil.example", "null"):
        status, _, body, reached = asked(folder, guard.UPLOAD, "POST", origin=origin, hosts=hosts)
        assert (status, json.loads(body)["error"]) == (403, "a page of another site cannot use this one")
        assert reached is None


def test_every_page_forbids_to_ask_other_machines(folder: Path) -> None:
    headers = asked(folder)[1]
    policy = headers[b"content-security-policy"].decode()
    assert policy.startswith("default-src 'self' data: blob:;")
    assert "http" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers[b"x-own"] == b"1"


@pytest.mark.parametrize("path", ["/gradio_api/proxy=https://example.com/", "/gradio_api/vibe-edit/", "/monitoring", "/login"])
def test_what_the_page_does_not_use_is_closed(path: str, folder: Path) -> None:
    assert asked(folder, path)[0] == 404
    assert asked(folder, path, "POST")[0] == 404


def test_a_body_arrives_as_it_was_sent(folder: Path) -> None:
    assert asked(folder, JOIN, "POST", chunks=[b'{"data":', b"[1]}"])[::3] == (200, b'{"data":[1]}')


def test_large_bodies_are_refused_before_they_are_read(folder: Path) -> None:
    chunk = b"a" * uploads.MEGABYTE
    status, _, body, reached = asked(folder, JOIN, "POST", chunks=100 * [chunk])
    assert (status, json.loads(body), reached) == (413, {"error": "that is too large: at most 2.0 MB"}, None)


def test_an_upload_may_be_larger_than_an_event(folder: Path) -> None:
    chunk = b"a" * uploads.MEGABYTE
    assert asked(folder, guard.UPLOAD, "POST", chunks=10 * [chunk])[0] == 200
    assert asked(folder, guard.UPLOAD, "POST", chunks=11 * [chunk])[0] == 413


def test_uploads_are_refused_while_too_many_wait_for_their_use(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_WAITING", 3)
    file = folder / "tune.mid"
    file.write_bytes(b"MThd")
    status, _, body, reached = asked(folder, guard.UPLOAD, "POST", uploaded=[str(file)])
    assert (status, reached) == (503, None)
    assert json.loads(body) == {"error": "too many uploads wait for their use: try again in an hour"}
    assert asked(folder, JOIN, "POST", uploaded=[str(file)])[0] == 200
    file.unlink()
    assert asked(folder, guard.UPLOAD, "POST", uploaded=[str(file)])[0] == 200


def test_an_event_may_name_what_was_uploaded(folder: Path) -> None:
    assert posted(folder, {"data": [{"path": str(folder / "ab" / "tune.mid")}, {"path": ""}, {"path": None}]}) == 200


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "{}/../secret", "../secret", "http://127.0.0.1:22/", "https://example.com/a.mid", "~/a"]
)
def test_an_event_that_names_another_file_or_address_is_refused(path: str, folder: Path) -> None:
    file = {"path": path.format(folder), "meta": {"_type": "gradio.FileData"}}
    assert posted(folder, {"data": [file]}) == 400
    assert posted(folder, {"data": [[{"deep": [file]}]]}, "/gradio_api/call/digit") == 400


def test_a_link_in_the_folder_of_uploads_leads_nowhere(folder: Path) -> None:
    (folder / "link").symlink_to("/etc")
    assert posted(folder, {"data": [{"path": str(folder / "link" / "passwd")}]}) == 400


def test_what_is_no_json_is_left_to_gradio(folder: Path) -> None:
    assert asked(folder, JOIN, "POST", chunks=[b"{"])[0] == 200
    assert asked(folder, JOIN, "POST", chunks=[100_000 * b"["])[0] == 200


json_values = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["data", "path", "meta"]), inner, max_size=3),
)


@given(json_values, st.lists(st.sampled_from(["list", "data", "path"]), max_size=6))
def test_a_named_file_is_found_wherever_it_stands(beside: Any, way: list[str]) -> None:
    value: Any = {"path": "/etc/passwd", "meta": beside}
    for step in way:
        value = [beside, value] if step == "list" else {step: value, "other": beside}
    assert "/etc/passwd" in list(guard.paths(value))
