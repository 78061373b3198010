"""The studio: one page in your browser to play with every network, to hear, open and train it."""

import argparse
import logging
import signal
import sys
import threading

from zoo.core.commands import program

from . import cli

EXAMPLE = ""  # in the list of apps
PORT = 7860
LOCAL = "127.0.0.1"


def studio(arguments: argparse.Namespace) -> None:
    """Opens the page and keeps it open until Ctrl-C."""
    from zoo.core import progress
    from zoo.web.server import Server

    with Server(arguments.host, arguments.port) as server:
        logging.getLogger(progress.__name__).setLevel(logging.WARNING)  # the page tells how far a work is, the terminal need not
        # What was uploaded is deleted not only after Ctrl-C, but also when the process is ended or its terminal closed.
        for end in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(end) != signal.SIG_IGN:  # nohup lets it go on without its terminal
                signal.signal(end, signal.default_int_handler)
        print(f"The studio is open at {server.url} (Ctrl-C ends it)", flush=True)
        if not arguments.no_browser:
            server.show()
        threading.Event().wait()


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    example = cli.example_of("python -m apps.studio --port 7861 --no-browser")
    parser = cli.Parser(prog=program("studio"), description=__doc__, epilog=example)
    parser.add_argument(
        "--port", type=cli.whole(0, 65535), default=PORT, metavar="N", help="the port; 0: any free one (%(default)s)"
    )
    parser.add_argument("--no-browser", action="store_true", help="only print the address of the page")
    parser.add_argument(
        "--host",
        default=LOCAL,
        metavar="ADDRESS",
        help="open the page to the network under this address of the machine, 0.0.0.0 for all of them: who reaches it can use "
        "the page (%(default)s: this machine alone)",
    )
    parser.set_defaults(run=studio, tensorflow=False)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
