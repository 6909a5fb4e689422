"""The machine, the server and the databases that the figures are from."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from flask import Flask

from app import create_app
from app.config import ROOT, Settings
from app.core import embedded
from app.core.database import alembic
from app.core.db import db

SECRET = "a bench's own secret, 0123456789 abcdefgh"


@dataclass(frozen=True)
class Bench:
    """A fresh database on the bench's own server, and the application on it."""

    admin_uri: str
    url: str
    app: Flask
    folder: Path

    @property
    def libpq(self) -> str:
        """The address for a bare connection."""
        return self.url.replace("postgresql+psycopg://", "postgresql://", 1)

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.libpq)


def make_app(url: str, folder: Path, pool_size: int = 8, **overrides: object) -> Flask:
    """The application as it is served, on a database of the bench.

    :param pool_size: connections kept; as many again may be opened for a moment.
    :param overrides: Flask configuration.
    """
    settings = Settings.from_env(
        {
            "SECRET_KEY": SECRET,
            "DATABASE_URL": url,
            "CAREPURSE_INSTANCE": str(folder),
            "SECURE_COOKIES": "no",
            "BASE_URL": "http://localhost",
            "POOL_SIZE": str(pool_size),
            "PREPARED_STATEMENTS": "yes",  # the bench speaks to its server directly
        }
    )
    return create_app(settings, overrides)


@contextmanager
def opened() -> Iterator[Bench]:
    """The bench's server with a migrated database of this process, removed at the end."""
    admin_uri = embedded.start(ROOT / "instance" / "bench-postgres")
    _clear(admin_uri)
    name = f"bench_{os.getpid()}"
    url = embedded.ensure_database(admin_uri, name)
    try:
        with tempfile.TemporaryDirectory(prefix="bench") as folder:
            app = make_app(url, Path(folder))
            with app.app_context():
                alembic.upgrade()
            yield Bench(admin_uri, url, app, Path(folder))
            with app.app_context():
                db.engine.dispose()
    finally:
        embedded.drop_database(admin_uri, name)


@contextmanager
def spare_database(admin_uri: str, name: str) -> Iterator[str]:
    """An empty database beside the application's, for pgbench."""
    name = f"bench_{name}_{os.getpid()}"
    embedded.ensure_database(admin_uri, name)
    try:
        yield name
    finally:
        embedded.drop_database(admin_uri, name)


def settle(bench: Bench) -> None:
    """Bring statistics and the visibility map up to date, as autovacuum would have, and flush what was loaded."""
    with psycopg.connect(bench.libpq, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    with psycopg.connect(bench.admin_uri, autocommit=True) as connection:
        connection.execute("CHECKPOINT")


def describe(admin_uri: str) -> dict[str, str]:
    """What the figures depend on."""
    with psycopg.connect(admin_uri) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return {
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": str(row[0]) if row else "unknown",
        "commit": _commit(),
        "load_before": " ".join(f"{part:.2f}" for part in os.getloadavg()),
    }


def _clear(admin_uri: str) -> None:
    """Remove what benches that died have left."""
    with psycopg.connect(admin_uri, autocommit=True) as connection:
        names = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'bench\\_%'").fetchall()
    for (name,) in names:
        pid = re.search(r"_(\d+)$", name)
        if pid and not Path(f"/proc/{pid[1]}").exists() and Path("/proc").exists():
            embedded.drop_database(admin_uri, name)


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()
    found = re.search(r"model name\s*:\s*(.+)", text)
    return found[1].strip() if found else platform.machine()


def _commit() -> str:
    try:
        run = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    except OSError:
        return "unknown"
    return run.stdout.strip() or "unknown"
