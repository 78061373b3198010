"""The server of the page: Gradio's, on this machine alone unless somebody asks for more, and without a word to other machines."""

import logging
import os
import socket
import tempfile
import webbrowser
from pathlib import Path
from typing import Any

from zoo.core.errors import UserError
from zoo.web import guard, jobs, uploads

HOST, PORT = "127.0.0.1", 7860
MOST_PAGES = 64  # open pages and programs whose state is kept; it has all that they show, music to hear among it
LOCAL = ("127.0.0.1", "localhost")
_log = logging.getLogger(__name__)


class Server:
    """The page, open at `url`.

    Args:
        host: the address of this machine under which the page is open; "127.0.0.1": for this machine alone.
        port: 0: any that is free.

    Raises:
        UserError: the port is taken, or the address is none of this machine.
    """

    def __init__(self, host: str = HOST, port: int = PORT) -> None:
        port = _free(host, port)
        self._folder = tempfile.TemporaryDirectory(prefix="studio-", ignore_cleanup_errors=True)  # a training may still write
        os.environ["GRADIO_TEMP_DIR"] = self._folder.name
        os.environ.pop("GRADIO_ALLOWED_PATHS", None)
        if host not in LOCAL:
            _log.warning("everybody who reaches this machine at %s:%d can use the page and its processor", host, port)
        # Imported here since Gradio takes seconds: a port that is taken is told before.
        from starlette.middleware import Middleware

        from zoo.web import page

        self._blocks = page.build()
        checks = Middleware(
            guard.Guard,
            hosts=LOCAL if host in LOCAL else (),
            folder=Path(self._folder.name),
            uploaded=self._blocks.upload_file_set,
        )
        _, url, _ = self._blocks.launch(
            server_name=host,
            server_port=port,
            app_kwargs={"middleware": [checks]},
            max_file_size=uploads.MOST_BYTES,
            prevent_thread_lock=True,
            inbrowser=False,
            quiet=True,
            share=False,
            ssr_mode=False,
            mcp_server=False,
            pwa=False,
            enable_monitoring=False,
            state_session_capacity=MOST_PAGES,
            run_history=False,
            footer_links=["api"],
            show_error=False,
            _frontend=False,  # on a busy machine the page is there later than the three seconds that Gradio waits for it
            **page.dress(),
        )
        self.url: str = url

    def show(self) -> None:
        """Opens the page in the browser of this machine, where there is one."""
        webbrowser.open(self.url)

    def close(self) -> None:
        """Ends the server and deletes what was uploaded."""
        jobs.stop_all()
        self._blocks.close(verbose=False)
        os.environ.pop("GRADIO_TEMP_DIR", None)
        self._folder.cleanup()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


def _free(host: str, port: int) -> int:
    """The port, or a free one for 0. Raises UserError where it cannot be had."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
            return int(tried.getsockname()[1])
    except OSError as error:
        told = str(error.strerror or error).lower()
        raise UserError(f"the page cannot be opened at {host}, port {port} ({told}): choose another port") from error
