"""Jobs: one at a time, told where they are, stopped when asked, and no trace of them afterwards."""

import threading
import time
from collections.abc import Iterator

import pytest

from zoo.core.errors import UserError
from zoo.web import jobs
from zoo.web.jobs import Finished, Job, Moment, Waiting

SECONDS = 60  # until a test gives up


@pytest.fixture(autouse=True)
def _looks_often_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(jobs, "LOOK_SECONDS", 0.001)
    yield
    until_all_have_ended()


def until_all_have_ended() -> None:
    """Waits for jobs whose iterators were closed: they end at their next report."""
    for _ in range(1000 * SECONDS):
        if not jobs._jobs:
            return
        time.sleep(0.001)
    pytest.fail("a job goes on")


def until_stopped(job: Job) -> str:
    """Work that goes on until it is asked to stop."""
    while job.report("working"):
        pass
    return "stopped"


def test_a_job_tells_how_far_it_is_and_gives_its_result() -> None:
    seen = threading.Event()

    def work(job: Job) -> int:
        assert job.report(1, "half")
        assert seen.wait(SECONDS)
        return 7

    steps = jobs.followed("a", work)
    assert next(steps) == Moment((1, "half"))
    seen.set()
    assert list(steps) == [Finished(7)]


def test_a_client_has_one_job_at_most() -> None:
    steps = jobs.followed("a", until_stopped)
    next(steps)
    with pytest.raises(UserError, match="a training of yours is running or waiting: stop it"):
        next(jobs.followed("a", until_stopped))
    steps.close()


def test_one_job_computes_and_the_next_one_waits_for_it() -> None:
    first, second = jobs.followed("a", until_stopped), jobs.followed("b", lambda job: "done")
    next(first)
    assert next(second) == Waiting(1)
    assert next(second) == Waiting(1)
    assert jobs.stop("a")
    assert list(first)[-1] == Finished("stopped")
    assert list(second) == [Finished("done")]


def test_a_job_can_be_stopped_while_it_waits() -> None:
    first, second = jobs.followed("a", until_stopped), jobs.followed("b", until_stopped)
    next(first)
    next(second)
    assert jobs.stop("b")
    assert list(second) == []
    first.close()


def test_no_more_jobs_wait_than_the_page_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_WAITING", 2)
    taken = [jobs.followed(client, until_stopped) for client in "ab"]
    for steps in taken:
        next(steps)
    with pytest.raises(UserError, match="2 trainings are waiting already: try again"):
        next(jobs.followed("c", until_stopped))
    for steps in reversed(taken):
        steps.close()


def fails_with_price(job: Job) -> None:
    raise UserError("no column is called 'price'")


def test_an_error_reaches_the_user_and_frees_the_place() -> None:
    with pytest.raises(UserError, match="price"):
        list(jobs.followed("a", fails_with_price))
    assert list(jobs.followed("a", lambda job: 1)) == [Finished(1)]


def test_a_page_that_is_closed_stops_its_job() -> None:
    ended = threading.Event()

    def work(job: Job) -> None:
        until_stopped(job)
        ended.set()

    steps = jobs.followed("a", work)
    next(steps)
    steps.close()
    assert ended.wait(SECONDS)


def test_who_closes_a_page_does_not_wait_and_the_next_job_does() -> None:
    may_end = threading.Event()

    def work(job: Job) -> None:
        job.report("working")
        may_end.wait(SECONDS)

    first, second = jobs.followed("a", work), jobs.followed("b", until_stopped)
    next(first)
    first.close()  # Gradio closes it in the thread that answers everybody: the work must not be waited for
    assert next(second) == Waiting(1)
    with pytest.raises(UserError, match="running or waiting"):
        next(jobs.followed("a", until_stopped))
    may_end.set()
    assert any(isinstance(state, Moment) for state in second)
    second.close()


def test_a_program_gets_the_result_or_is_told_that_its_job_was_stopped() -> None:
    assert jobs.result("a", lambda job: 7) == 7
    with pytest.raises(UserError, match="price"):
        jobs.result("a", fails_with_price)
    first = jobs.followed("a", until_stopped)
    next(first)
    caught: list[UserError] = []

    def asking() -> None:
        with pytest.raises(UserError) as error:
            jobs.result("b", lambda job: 7)
        caught.append(error.value)

    program = threading.Thread(target=asking)
    program.start()
    while not jobs.stop("b"):
        time.sleep(0.001)
    program.join(SECONDS)
    assert "stopped before its turn" in str(caught[0])
    first.close()


def test_the_end_of_the_server_stops_every_job() -> None:
    first, second = jobs.followed("a", until_stopped), jobs.followed("b", until_stopped)
    next(first)
    next(second)
    jobs.stop_all()
    assert list(second) == []
    assert list(first)[-1] == Finished("stopped")


def test_there_is_nothing_to_stop_for_a_client_without_a_job() -> None:
    assert not jobs.stop("nobody")
