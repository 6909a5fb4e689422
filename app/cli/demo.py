"""``flask demo``: a lively demonstration on this machine, filled once and then kept.

``wsgi.py`` switches the demonstration's settings on for this command, so it needs no environment at all.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from types import FrameType

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import inspect, text
from tqdm import tqdm

from app.cli import styles
from app.config import ROOT, Settings
from app.core.database import alembic
from app.core.db import db
from app.core.errors import CarePurseError
from app.demo import service
from app.demo.accounts import NEIGHBOURS, SIGN_INS
from app.demo.kinds import PASSPHRASE
from app.demo.service import Found
from app.evidence import store

_LOCK = 7269  # two first starts at once: the second waits, and finds it filled
_PATIENCE = 30  # seconds until the pages have to answer


@click.command("demo")
@click.option("--no-serve", is_flag=True, help="Stop after the filling.")
@click.option("--fresh", is_flag=True, help="Start over: what was done in the demonstration is gone.")
@with_appcontext
def demo(no_serve: bool, fresh: bool) -> None:
    """Fill the demonstration, say who can sign in, and serve it on PORT (5000 when not set).

    A second start keeps everything that was done. Without DATABASE_URL it uses the embedded PostgreSQL.
    """
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.demo:
        raise click.ClickException("This is not set up as a demonstration. Set CAREPURSE_DEMO=1.")
    with ThreadPoolExecutor(1) as pool:  # the styles are compiled by another process meanwhile
        built = pool.submit(styles.build)
        try:
            prepare(fresh=fresh)
        except CarePurseError as error:
            raise click.ClickException(error.sentence) from error
        if not built.done():
            click.echo("Building the styles …")
        built.result()
    _who_can_sign_in()
    if not no_serve:
        db.engine.dispose()
        _serve(settings)


def prepare(*, fresh: bool) -> bool:
    """Bring the database to a whole demonstration.

    :param fresh: clear the demonstration that is there first.
    :returns: whether it was filled now; False when it was there.
    :raises CarePurseError: when the database holds something that is not the demonstration's.
    """
    with _alone():
        found = _found()
        if found is Found.OTHER:
            raise click.ClickException(
                "This database holds something other than the demonstration, so nothing was done to it. "
                "Leave DATABASE_URL empty, or give an empty database."
            )
        if found is Found.PART or (fresh and found is Found.WHOLE):
            click.echo("Clearing the demonstration that was there …")
            _clear()
        alembic.upgrade()
        if service.look() is Found.WHOLE:
            return False
        with tqdm(total=100, bar_format="{desc:<34}{percentage:3.0f}% |{bar}| {elapsed}") as bar:

            def progress(words: str, part: float) -> None:
                bar.set_description_str(f"Filling: {words}", refresh=False)
                bar.update(part)

            return service.fill(progress, db.session.commit)


@contextmanager
def _alone() -> Iterator[None]:
    """One at a time on this database, however many are started."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        try:
            yield
        finally:
            with suppress(Exception):  # the lock goes with its connection in any case
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})


def _found() -> Found:
    tables = set(inspect(db.engine).get_table_names())
    if "commissioner" in tables:
        found = service.look()
        db.session.rollback()
        return found
    return Found.OTHER if tables - {"alembic_version"} else Found.NOTHING


def _clear() -> None:
    """Remove the demonstration's receipts, and everything in its database."""
    if "receipt" in inspect(db.engine).get_table_names():
        for name in service.receipt_files():
            store.path_of(name).unlink(missing_ok=True)
    db.session.execute(text("DROP SCHEMA public CASCADE"))
    db.session.execute(text("CREATE SCHEMA public"))
    db.session.commit()


def _who_can_sign_in() -> None:
    def table(rows: list[tuple[str, str, str]]) -> None:
        wide = [max(len(row[column]) for row in rows) for column in (0, 1)]
        for row in rows:
            click.echo(f"  {row[0]:<{wide[0]}}  {row[1]:<{wide[1]}}  {row[2]}")

    click.echo("\nWho can sign in:\n")
    table([(row.email, f"{row.name}, {row.who}", row.look) for row in SIGN_INS])
    click.echo("\nAnother commissioner, for whom none of this exists:\n")
    table([(row.email, f"{row.name}, {row.who}", row.look) for row in NEIGHBOURS])
    click.echo(f"\nThe passphrase of all of them:  {PASSPHRASE}")
    click.echo("Staff, brokers and providers need a code too: the page that asks for it tells it.\n")


def _serve(settings: Settings) -> None:
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "5000")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise click.ClickException(f"PORT must be a number from 1 to 65535, not {port!r}.")
    if _answers(host, int(port)):
        raise click.ClickException(f"Something else is served on port {port}. Set PORT to another number.")
    # by name: browsers make no passkeys for a number
    address = f"http://{'localhost' if host in {'0.0.0.0', '127.0.0.1'} else host}:{port}"  # noqa: S104  # chosen by whoever starts it
    env = {**os.environ, "CAREPURSE_DEMO": "1", "BASE_URL": os.environ.get("BASE_URL") or address,
        "PYTHONUNBUFFERED": "1"}
    web = [sys.executable, "-m", "gunicorn", "wsgi:app", f"--bind={host}:{port}", "--workers=2", "--threads=4",
           "--worker-class=gthread", "--log-level=warning"]  # fmt: skip
    jobs = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "work"]
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # also where a shell told us to pass over Ctrl-C
        signal.signal(number, _stop)
    children: list[subprocess.Popen[bytes]] = []
    try:
        # in a session of their own: Ctrl-C comes to this process alone, which then ends them in order
        children = [subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True)  # noqa: S603  # our own words
                    for command in (web, jobs)]
        until = time.monotonic() + _PATIENCE
        while not _answers(host, int(port)) and time.monotonic() < until and _live(children):
            time.sleep(0.1)
        if _live(children):
            click.echo(f"CarePurse is at {address}/ (e-mails are printed here; Ctrl-C ends it)")
        while _live(children):
            time.sleep(0.3)
        click.echo("A part of the demonstration ended by itself.", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        click.echo("\nGoodbye.")
    finally:
        for child in children:
            child.send_signal(signal.SIGINT)  # at once: nobody waits for a browser that keeps its line open
        for child in children:
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _live(children: list[subprocess.Popen[bytes]]) -> bool:
    return all(child.poll() is None for child in children)


def _answers(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host if host != "0.0.0.0" else "127.0.0.1", port)) == 0  # noqa: S104  # as above


def register(app: Flask) -> None:
    """Add ``flask demo``."""
    app.cli.add_command(demo)
