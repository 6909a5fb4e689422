"""Real parts for every test: the embedded PostgreSQL, migrated, each process in a database of its own."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask, g
from flask.testing import FlaskClient
from hypothesis import settings

from app import create_app
from app.config import ROOT, Settings
from app.core import embedded
from app.core.database import alembic
from app.core.db import db
from app.identity import sessions
from app.identity.models import Account
from app.identity.proofs import Proof

# How long an example takes says how busy the machine is: speed is measured in `tests/bench`.
settings.register_profile("unhurried", settings.get_profile(settings.get_current_profile_name()), deadline=None)
settings.load_profile("unhurried")

SECRET = "a test's own secret, 0123456789 abcdefgh"


@pytest.fixture(scope="session")
def admin_uri() -> str:
    """The test server, shared by all test processes and left running only as long as one of them lives."""
    return embedded.start(ROOT / "instance" / "test-postgres")


def _settings(url: str, folder: Path) -> Settings:
    return Settings.from_env(
        {
            "SECRET_KEY": SECRET,
            "DATABASE_URL": url,
            "CAREPURSE_INSTANCE": str(folder),
            "SECURE_COOKIES": "no",
            "BASE_URL": "http://localhost",
        }
    )


@contextmanager
def fresh_database(admin_uri: str, name: str, template: str | None = None) -> Iterator[str]:
    """A database of this process, removed at the end; what dead processes left is removed at the start."""
    with psycopg.connect(admin_uri, autocommit=True) as connection:
        for (other,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'").fetchall():
            pid = re.search(r"_(\d+)$", other)
            if pid and not Path(f"/proc/{pid[1]}").exists() and Path("/proc").exists():
                embedded.drop_database(admin_uri, other)
    name = f"test_{name}_{os.getpid()}"
    embedded.drop_database(admin_uri, name)
    try:
        yield embedded.ensure_database(admin_uri, name, template=template)
    finally:
        embedded.drop_database(admin_uri, name)


@pytest.fixture(scope="session")
def app(admin_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a migrated, empty database."""
    folder = tmp_path_factory.mktemp("instance")
    with fresh_database(admin_uri, "main") as url:
        # the secret is a test's; forms are sent without a browser, which the CSRF tests switch back on
        app = create_app(_settings(url, folder), {"TESTING": True, "WTF_CSRF_ENABLED": False})
        with app.app_context():
            alembic.upgrade()
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[sa.orm.Session]:
    """A session whose every commit is undone at the end, deferred constraints checked before that."""
    with app.app_context(), db.engine.connect() as connection:
        outer = connection.begin()
        # Flask-SQLAlchemy-Lite 0.2's own `test_isolation` loses the outer transaction under SQLAlchemy 2.1
        maker = db._get_state().sessionmaker
        before = dict(maker.kw)
        maker.configure(bind=connection, join_transaction_mode="create_savepoint")
        try:
            yield db.session
            if db.session.is_active:
                db.session.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
        finally:
            db.session.close()
            maker.kw.clear()
            maker.kw.update(before)
            outer.rollback()


class Browser(FlaskClient):
    """A test client that begins every request with nothing left of the one before.

    The test holds an application context open, for its session; a request inside it would otherwise find who was
    signed in last still in ``g``.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        for name in [name for name in g if not name.startswith("_sqlalchemy")]:
            g.pop(name)
        return super().open(*args, **kwargs)


@pytest.fixture
def client(app: Flask, session: sa.orm.Session, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A browser without JavaScript, inside the same undone transaction."""
    monkeypatch.setattr(app, "test_client_class", Browser)
    return app.test_client()


@pytest.fixture
def sign_in():
    """``sign_in(client, account)``: as if the account had just signed in, with all that it can show."""

    def open_session(client: FlaskClient, account: Account) -> FlaskClient:
        token = sessions.open_session(account, Proof.PASSKEY)
        db.session.commit()
        with client.session_transaction() as cookie:
            cookie["token"] = token
        return client

    return open_session


@pytest.fixture
def real_database(admin_uri: str, app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """An application on an empty migrated database with real commits: for races and migrations."""
    with app.app_context():
        db.engine.dispose()  # a template may have no one connected
    template = sa.make_url(app.config["DATABASE_URL"]).database
    with fresh_database(admin_uri, f"real_{next(_numbers)}", template=template) as url:
        other = create_app(_settings(url, tmp_path), {"TESTING": True, "WTF_CSRF_ENABLED": False})
        yield other
        with other.app_context():
            db.engine.dispose()


_numbers = iter(range(1_000_000))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data by others; tests that need it skip without it."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the folder of shared data is not here")
    return folder


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A short temporary path, for sockets."""
    with tempfile.TemporaryDirectory(prefix="cp") as folder:
        yield Path(folder)
