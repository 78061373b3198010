"""What the library logs is heard in the thread that does the work, and in no other."""

import logging
import threading

from zoo.core import sources
from zoo.web.your_data.hearing import heard


def test_a_thread_hears_its_own_notices_and_only_while_it_listens() -> None:
    lines: list[str] = []
    with heard(lines.append):
        sources.tell("3 rows left out")
        other = threading.Thread(target=sources.tell, args=("of somebody else",))
        other.start()
        other.join()
        logging.getLogger("zoo.music").info("stage %d", 1)
    sources.tell("too late")
    assert lines == ["3 rows left out", "stage 1"]
