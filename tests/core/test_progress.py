import logging

import pytest

from zoo.core import progress


def test_a_bar_is_seen_where_notices_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(progress.bar(range(3), "reading tunes", "tune")) == [0, 1, 2]
    error = capsys.readouterr().err
    assert "reading tunes" in error
    assert "3/3" in error


def test_a_bar_stays_invisible_to_a_program_that_shows_no_notices(capsys: pytest.CaptureFixture[str]) -> None:
    log = logging.getLogger("zoo")
    level = log.level
    log.setLevel(logging.WARNING)  # Python's own default
    try:
        assert list(progress.bar(range(3), "reading tunes", "tune")) == [0, 1, 2]
    finally:
        log.setLevel(level)
    assert capsys.readouterr() == ("", "")
