"""Background work on the same PostgreSQL: a job exists if, and only if, the transaction that causes it commits."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ParamSpec

import procrastinate
from procrastinate.testing import InMemoryConnector
from sqlalchemy import text

from app.core.db import db

P = ParamSpec("P")

# Tasks are declared before any database is known; ``runner`` swaps in a real connector.
jobs = procrastinate.App(connector=InMemoryConnector())

_DEFER = text(
    "SELECT procrastinate_defer_jobs_v1(ARRAY(SELECT ROW('default', :task, 0, NULL, NULL, arguments, NULL)"
    "::procrastinate_job_to_defer_v1 FROM jsonb_array_elements(CAST(:many AS jsonb)) AS arguments))"
)

#: How a task's work is run, set by the shell: inside an application context, in one transaction.
_shell: list[Callable[[Callable[[], object]], None]] = []


def enqueue_many(task_name: str, many: Sequence[Mapping[str, Any]]) -> None:
    """Ask for a job for each set of arguments, in the current transaction and one statement.

    :param task_name: such as ``messages.send_email``.
    :param many: for each job, values that JSON can carry.
    :raises KeyError: when no task has that name.
    """
    if task_name not in jobs.tasks:
        raise KeyError(task_name)
    if many:
        db.session.execute(_DEFER, {"task": task_name, "many": json.dumps(list(many))})


def task(name: str, *, attempts: int = 8, cron: str | None = None) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Declare a task; the shell commits its transaction when it returns.

    A task that raises is tried again after 2, 4, 8 … minutes, ``attempts`` times in all.

    :param cron: when the workers also ask for it by themselves, in UTC, such as ``"0 6 * * *"``: once for each time,
        however many workers there are. The task is then given ``timestamp``, the moment it was due (Unix seconds).
    """

    def declare(work: Callable[P, None]) -> Callable[P, None]:
        @functools.wraps(work)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            if not _shell:
                raise RuntimeError("this process does not run jobs")
            _shell[0](functools.partial(work, *args, **kwargs))

        retry = procrastinate.RetryStrategy(max_attempts=attempts, exponential_wait=120)
        declared: Any = jobs.task(name=name, retry=retry)(run)
        if cron is not None:
            jobs.periodic(cron=cron)(declared)
        return work

    return declare


def runner(database_url: str, shell: Callable[[Callable[[], object]], None]) -> procrastinate.App:
    """The job runner bound to a database.

    :param database_url: the SQLAlchemy address.
    :param shell: runs a piece of work in an application context and commits it.
    :returns: use as ``with runner(...).open() as app: app.run_worker()``.
    """
    _shell[:] = [shell]
    conninfo = database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    return jobs.with_connector(procrastinate.PsycopgConnector(conninfo=conninfo))
