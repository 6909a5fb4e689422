"""Connecting the application to its database: the address given, or the embedded server."""

from __future__ import annotations

import logging
from typing import Any

import click
from flask import Flask
from flask_alembic import Alembic
from flask_sqlalchemy_lite._extension import _close_async_sessions
from sqlalchemy import NullPool

from app.config import ROOT
from app.core import embedded, owning
from app.core.db import Base, connect_args, db
from app.core.errors import ConfigError

DATABASE = "carepurse"
_OWNER = "owner"


def _ours(obj: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Keep the job runner's own tables out of comparisons: they are its schema, brought in whole by migration 0002."""
    table = name if kind == "table" else getattr(getattr(obj, "table", None), "name", "")
    return not str(table or "").startswith("procrastinate_")


class Migrations(Alembic):
    """Migrations by whoever owns the tables; the software's own role is then given what it needs."""

    def _prepare_targets(self) -> Any:  # the library's own way would give every application the same engine
        engines, metadatas = super()._prepare_targets()
        return {**engines, "default": db.engines.get(_OWNER, db.engine)}, metadatas

    def run_migrations(self, fn: Any, **kwargs: Any) -> None:
        try:
            if _OWNER in db.engines:
                owning.check_apart(db.engines[_OWNER], db.engine)
            super().run_migrations(fn, **kwargs)
            give_rights()
        except ConfigError as error:
            raise click.ClickException(error.sentence) from error


def give_rights() -> None:
    """Where another role owns the tables, give the software's what it needs, and no more.

    :raises ConfigError: when the software's role could give itself more.
    """
    if _OWNER in db.engines:
        owner = db.engines[_OWNER]
        owning.give_rights(owner, owning.check_apart(owner, db.engine))


alembic = Migrations(metadatas=Base.metadata, run_mkdir=False)
# each step is told by `flask db upgrade` itself
logging.getLogger("alembic").setLevel(logging.WARNING)


def init_app(app: Flask) -> None:
    """Bind database and migrations to ``app``, starting the embedded server when no address was given."""
    settings = app.config["SETTINGS"]
    url = settings.database_url or embedded.ensure_database(embedded.start(settings.instance / "postgres"), DATABASE)
    app.config["DATABASE_URL"] = url
    app.config["SQLALCHEMY_ENGINES"] = {
        "default": {
            "url": url,
            "connect_args": connect_args(settings.prepared_statements),
            "pool_size": settings.pool_size,
            "max_overflow": settings.pool_size,
            "pool_timeout": 10,
            "pool_pre_ping": True,
            "hide_parameters": True,  # an error names the statement, never what somebody typed
        }
    }
    if settings.database_owner_url:
        app.config["SQLALCHEMY_ENGINES"][_OWNER] = {
            "url": settings.database_owner_url,
            "connect_args": connect_args(),
            "poolclass": NullPool,
        }
    app.config["ALEMBIC"] = {
        "script_location": str(ROOT / "migrations" / "versions"),
        "file_template": "%%(rev)s_%%(slug)s",
    }
    app.config["ALEMBIC_CONTEXT"] = {"compare_type": True, "include_object": _ours}
    db.init_app(app)
    # the library also closes asynchronous sessions after every request; there are none, and its event loop costs 2 ms
    app.teardown_appcontext_funcs[:] = [f for f in app.teardown_appcontext_funcs if f is not _close_async_sessions]
    alembic.init_app(app)
