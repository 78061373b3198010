"""The command that opens the page: its mistakes are told before Gradio and TensorFlow are imported."""

import socket
import subprocess
import sys

import pytest

from apps import studio


def test_a_port_that_is_taken_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert studio.main(["--port", str(port), "--no-browser"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    assert f"the page cannot be opened at 127.0.0.1, port {port} (address already in use): choose another port" in line


def test_an_address_that_is_not_of_this_machine_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert studio.main(["--host", "192.0.2.1", "--port", "0", "--no-browser"]) == 2
    assert "the page cannot be opened at 192.0.2.1, port 0 (" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["65536", "-1", "http", "7860.5", ""])
def test_a_port_that_is_none_is_told(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        studio.main([f"--port={port}"])
    assert caught.value.code == 2
    assert f"{port!r} is not a whole number from 0 to 65535" in capsys.readouterr().err


def test_a_mistake_costs_no_import_of_gradio() -> None:
    code = (
        "import sys; from apps import studio; import contextlib\n"
        "assert studio.main(['--host', '192.0.2.1', '--no-browser']) == 2\n"
        "sys.exit('gradio' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0
