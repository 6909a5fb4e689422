"""``flask jobs work``: run what was enqueued."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.core.db import db
from app.core.jobs import runner

group = AppGroup("jobs", help="Background work.")


@group.command("work")
@click.option("--once", is_flag=True, help="Stop when nothing is waiting.")
@click.option("--concurrency", default=1, show_default=True, help="How many jobs at a time.")
def work(once: bool, concurrency: int) -> None:
    """Run the jobs that are waiting, and wait for more."""
    # without a mail server an e-mail goes to the log, and the log to where this was started
    log = logging.getLogger("carepurse")
    log.addHandler(logging.StreamHandler())
    log.setLevel(logging.INFO)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # werkzeug's proxy is untyped
    run_worker(app, wait=not once, concurrency=concurrency)


def run_worker(app: Flask, *, wait: bool, concurrency: int = 1, signals: bool = True) -> None:
    """Work through the queue.

    :param wait: stay for more jobs when there are none.
    :param signals: leave on SIGINT and SIGTERM (only possible in a main thread).
    """

    def shell(job: Callable[[], object]) -> None:
        with app.app_context():
            job()
            db.session.commit()

    async def main() -> None:
        async with runner(app.config["DATABASE_URL"], shell).open_async() as jobs:
            await jobs.run_worker_async(
                wait=wait, concurrency=concurrency, install_signal_handlers=signals, delete_jobs="successful"
            )

    asyncio.run(main())


def register(app: Flask) -> None:
    app.cli.add_command(group)
