"""What stands between the network and the page: it refuses what no page of ours sends.

Gradio serves more than this page uses, and trusts what it is sent more than this page should. So every request passes here: its
host, the page that sends it, its size, the files that it names and the address that it asks for are checked, and the answer
forbids the browser to ask other machines for anything.
"""

import json
from collections.abc import Awaitable, Callable, Collection, Iterator, MutableMapping, Sequence
from pathlib import Path
from typing import Any

from zoo.web import uploads

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

API = "/gradio_api/"
UPLOAD = API + "upload"
MOST_SENT = 2 * uploads.MEGABYTE  # bytes of an event: its texts, numbers and drawings
MOST_UPLOADED = uploads.MOST_BYTES + uploads.MEGABYTE // 10  # a file and the lines that wrap it
# Parts of Gradio that this page does not use: fetching from other machines, histories, editing the page by a language model.
CLOSED = (
    *(
        API + part
        for part in ("proxy=", "vibe-", "undo-vibe-", "run-history", "runs", "deep_link", "process_recording", "stream/")
    ),
    "/monitoring",
    "/login",
)
# Gradio's templates need code in the page and code from strings. Everything else comes from this machine.
POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


class Guard:
    """The middleware (ASGI) of the page's server.

    Args:
        app: what answers the requests that pass.
        hosts: the names under which the page is open, without ports. A page of another site that lets its own name point to this
            machine (DNS rebinding) gives itself away by its name. Empty: any name.
        folder: where Gradio keeps uploads; no event may name a file elsewhere.
        uploaded: the paths of all uploads, to which Gradio adds. Where too much waits there for its use, another one is refused.
    """

    def __init__(self, app: Any, hosts: Sequence[str], folder: Path, uploaded: Collection[str]) -> None:
        self.app, self.hosts, self.folder, self.uploaded = app, tuple(hosts), folder.resolve(), uploaded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        if self.hosts and (host.rpartition(":")[0] or host) not in self.hosts:
            await _refuse(send, 403, "this page is not open under that name")
        elif headers.get(b"origin", f"http://{host}").partition("://")[2] != host:
            await _refuse(send, 403, "a page of another site cannot use this one")
        elif scope["path"].startswith(CLOSED):
            await _refuse(send, 404, "there is no such page")
        elif scope["method"] == "POST":
            await self._post(scope, receive, send)
        else:
            await self.app(scope, receive, _with_headers(send))

    async def _post(self, scope: Scope, receive: Receive, send: Send) -> None:
        most = MOST_UPLOADED if scope["path"].rstrip("/") == UPLOAD else MOST_SENT
        if most == MOST_UPLOADED and uploads.waiting(tuple(self.uploaded)) > uploads.MOST_WAITING:
            await _refuse(send, 503, "too many uploads wait for their use: try again in an hour")
            return
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return
            body += message.get("body", b"")
            if len(body) > most:
                await _refuse(send, 413, f"that is too large: at most {most / uploads.MEGABYTE:.1f} MB")
                return
            if not message.get("more_body"):
                break
        if most == MOST_SENT and not self._names_uploads_only(bytes(body)):
            await _refuse(send, 400, "that names a file that was not uploaded")
            return
        given = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def again() -> Message:
            return given.pop() if given else await receive()

        await self.app(scope, again, _with_headers(send))

    def _names_uploads_only(self, body: bytes) -> bool:
        """Whether every file that a JSON text names lies in the folder of uploads. Other texts name none."""
        try:
            values = json.loads(body)
        except (ValueError, RecursionError):
            return True  # Gradio refuses it
        return all(Path(path).resolve().is_relative_to(self.folder) for path in paths(values) if path)


def paths(value: Any) -> Iterator[str]:
    """Every text under the key "path" in what JSON holds: the names of files, as Gradio writes them."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if isinstance(each.get("path"), str):
                yield each["path"]
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)


def _with_headers(send: Send) -> Send:
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *HEADERS]
        await send(message)

    return answer


async def _refuse(send: Send, status: int, words: str) -> None:
    body = json.dumps({"error": words}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
