"""The log says where something went wrong, and nothing of what people typed."""

from __future__ import annotations

import logging
import time

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.logging import default_handler

from app.core.logs import PlainFormatter
from tests import factories as make

TYPED = "marmalade-for-my-epilepsy"
_AGAIN = """
    INSERT INTO account (id, ref, email, name, passphrase_hash, created_at)
    SELECT gen_random_uuid(), :ref, email, name, '', created_at FROM account WHERE email = :email
"""


def written(caplog: pytest.LogCaptureFixture) -> str:
    assert isinstance(default_handler.formatter, PlainFormatter), "the one in use"
    return "\n".join(default_handler.formatter.format(record) for record in caplog.records)


def test_an_error_of_the_database_tells_nothing_that_was_typed(
    app: Flask, session: sa.orm.Session, caplog: pytest.LogCaptureFixture
) -> None:
    email = make.make_account("Sam Okafor", f"{TYPED}@example.org").email
    for statement in (
        "SELECT email::timestamptz FROM account WHERE email = :email",
        "SELECT (:ref || email)::int FROM account WHERE email = :email",
        _AGAIN,
    ):
        try:
            with session.begin_nested():
                session.execute(sa.text(statement), {"ref": "x", "email": email})
        except sa.exc.DBAPIError as error:
            app.logger.error("database: %s", error, exc_info=error)
            app.logger.warning("unusable value: %s", error.orig)
    said = written(caplog)
    assert said.count("Traceback") >= 3, "where it happened is told"
    assert "uq_account_email" in said
    assert TYPED not in said


def test_nobody_writes_an_event_that_never_was(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    app.logger.warning("trying %s", "x\n[2026-11-30] CRITICAL in audit: the ledger is wrong\x1b[2J\r")
    said = written(caplog)
    assert len(said.splitlines()) == 1
    assert "\x1b" not in said


def test_a_line_is_in_utc(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the machine stands, and in summer: or else nobody finds what belongs together."""
    monkeypatch.setenv("TZ", "Australia/Sydney")
    time.tzset()
    try:
        record = app.logger.makeRecord("app", logging.INFO, __file__, 1, "something", (), None)
        record.created, record.msecs = 1_782_000_000.0, 0.0  # 21 June 2026, 00:00
        assert default_handler.formatter is not None
        assert default_handler.formatter.format(record).startswith("[2026-06-21 00:00:00,000 UTC] INFO")
    finally:
        monkeypatch.undo()
        time.tzset()
