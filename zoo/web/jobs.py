"""Long work, such as a training: it waits for its turn, tells how far it is, and can be stopped.

One job computes at a time, since two would share the processor and both take twice as long. A client, which is one open page or
one program, has at most one job, running or waiting.
"""

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from zoo.core.errors import UserError

MOST_WAITING = 10  # jobs of all clients together
LOOK_SECONDS = 0.25  # between two looks at a job


@dataclass(frozen=True)
class Waiting:
    """A job whose turn has not come; `ahead` jobs are before it."""

    ahead: int


@dataclass(frozen=True)
class Moment:
    """How far a job is: what it reported last."""

    report: Any


@dataclass(frozen=True)
class Finished:
    """A job that is done, with its result."""

    result: Any


class Job:
    """One piece of long work. It calls `report` again and again, which tells False when it is to stop."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.reports: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def report(self, *values: Any) -> bool:
        """Tells how far the work is. Returns whether to go on; a progress function of `zoo.train` returns just this."""
        self.reports.put(values)
        return not self.stopped.is_set()


_jobs: dict[str, Job] = {}  # of each client, in the order of arrival
_guard = threading.Lock()


def stop(client: str) -> bool:
    """Asks a client's job to stop, which it does at its next report. Returns whether there was one."""
    with _guard:
        job = _jobs.get(client)
    if job is None:
        return False
    job.stopped.set()
    return True


def stop_all() -> None:
    """Asks every job to stop, as the server does before it ends."""
    with _guard:
        for job in _jobs.values():
            job.stopped.set()


def followed(client: str, work: Callable[[Job], Any]) -> Iterator[Waiting | Moment | Finished]:
    """Runs work(job) in a thread of its own when its turn has come, and yields where it is, a few times a second.

    The last thing that is yielded is `Finished`, unless the job was stopped before its turn. Closing the iterator stops the job,
    and does not wait until it has ended: Gradio closes it in the thread that answers everybody.

    Args:
        client: whose job this is: the `session_hash` of Gradio's request.
        work: what is to be done; it calls `job.report` and ends soon after that has told False.

    Raises:
        UserError: the client has a job already, or too many others wait; also what `work` raises.
    """
    job = _enter(client)
    future: Future[Any] | None = None
    try:
        while (ahead := _ahead(client)) and not job.stopped.is_set():
            yield Waiting(ahead)
            time.sleep(LOOK_SECONDS)
        if job.stopped.is_set():
            return

        def computed() -> Any:
            try:
                return work(job)
            finally:
                _leave(client)  # now it no longer computes, and the turn of the next job comes

        future = begun(computed)
        while not future.done():
            wait([future], LOOK_SECONDS)
            if (last := _latest(job)) is not None:
                yield Moment(last)
        yield Finished(future.result())
    finally:
        job.stopped.set()
        if future is None:
            _leave(client)


def result(client: str, work: Callable[[Job], Any]) -> Any:
    """What a job gives, for a program, which waits until it has ended; see `followed`.

    Raises:
        UserError: also where the job was stopped before its turn.
    """
    for state in followed(client, work):
        if isinstance(state, Finished):
            return state.result
    raise UserError("the training was stopped before its turn: call again")


def begun(work: Callable[[], Any]) -> "Future[Any]":
    """Work that computes in a thread of its own. It ends also where nobody waits for it any more."""
    pool = ThreadPoolExecutor(1)
    future = pool.submit(work)
    pool.shutdown(wait=False)
    return future


def _enter(client: str) -> Job:
    with _guard:
        if client in _jobs:
            raise UserError("a training of yours is running or waiting: stop it, or wait until it has finished")
        if len(_jobs) >= MOST_WAITING:
            raise UserError(f"{MOST_WAITING} trainings are waiting already: try again in some minutes")
        _jobs[client] = job = Job()
        return job


def _ahead(client: str) -> int:
    with _guard:
        return list(_jobs).index(client)


def _leave(client: str) -> None:
    with _guard:
        del _jobs[client]


def _latest(job: Job) -> Any:
    last = None
    with contextlib.suppress(queue.Empty):
        while True:
            last = job.reports.get_nowait()
    return last
