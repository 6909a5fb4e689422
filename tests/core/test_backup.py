"""Backups while people write: what comes back proves, and every receipt has its file."""

from __future__ import annotations

import stat
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import ProgrammingError
from werkzeug.datastructures import FileStorage

from app import create_app
from app.audit import proof as audit
from app.audit import sealing
from app.config import Settings
from app.core import backup, clock
from app.core.db import db
from app.evidence import service as evidence
from app.evidence.models import Receipt
from app.identity.models import Account, Commissioner, Person
from app.ledger import proof as ledger
from app.purchases import service as purchases
from app.purchases.rules import LineInput
from tests import factories as make
from tests.conftest import fresh_database
from tests.web.buying_world import photo

pytestmark = pytest.mark.slow


@pytest.fixture
def living(real_database: Flask) -> Flask:
    """A database with a person, money, a sealed day and a job that is running."""
    with real_database.app_context():
        board = make.make_commissioner()
        person = make.make_person(board, "Sam")
        make.give_authority(make.make_account("Sam Okafor", "sam@example.org"), person)
        make.make_budget(person, make.make_plan(person))
        with clock.at(clock.now() - timedelta(days=2)):
            make.make_account("Earlier")
        upload(1)
        db.session.execute(
            sa.text(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, status, args)"
                " VALUES ('default', 'messages.send_email', 'doing', '{}')"
            )
        )
        db.session.commit()
        sealing.seal_due()
        db.session.commit()
    return real_database


def upload(count: int) -> None:
    """Receipts on a draft of Sam's."""
    person = db.session.scalars(sa.select(Person)).one()
    actor = make.actor_for(db.session.scalars(sa.select(Account).where(Account.email == "sam@example.org")).one())
    for _ in range(count):
        draft = purchases.start_draft(actor, person)
        purchases.put_line(actor, draft, None, LineInput("Swim", 1_000))
        file, name = photo()
        evidence.attach(actor, draft, FileStorage(file, filename=name))
        db.session.commit()


@pytest.fixture
def elsewhere(admin_uri: str, tmp_path: Path, living: Flask) -> Iterator[Flask]:
    """Another, empty database, with a folder of its own."""
    settings: Settings = living.config["SETTINGS"]
    with fresh_database(admin_uri, "elsewhere") as url:
        other = create_app(
            replace(settings, database_url=url, instance=tmp_path / "other", receipts=tmp_path / "other" / "receipts"),
            {"TESTING": True, "WTF_CSRF_ENABLED": False},
        )
        yield other
        with other.app_context():
            db.engine.dispose()


def test_a_backup_made_while_people_write_comes_back_whole(living: Flask, elsewhere: Flask, tmp_path: Path) -> None:
    target, stop, errors = tmp_path / "all.backup", threading.Event(), []

    def writer() -> None:
        with living.app_context():
            while not stop.is_set():
                try:
                    upload(1)
                except Exception as error:
                    errors.append(error)
                    return

    writers = [threading.Thread(target=writer) for _ in range(2)]
    for thread in writers:
        thread.start()
    try:
        done = living.test_cli_runner().invoke(args=["backup", str(target)])
    finally:
        stop.set()
        for thread in writers:
            thread.join(60)
    assert not errors
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert not list(tmp_path.glob("*.part"))

    back = elsewhere.test_cli_runner().invoke(args=["restore", str(target)])
    assert back.exit_code == 0, back.output
    assert "The ledger is right, the audit is as it was sealed, and every receipt has its file." in back.output
    with elsewhere.app_context():
        kept = elsewhere.config["SETTINGS"].receipts
        rows = db.session.scalars(sa.select(Receipt)).all()
        assert rows
        assert all((kept / row.stored_name).stat().st_size == row.size_bytes for row in rows)
        assert ledger.verify().transfers > 0
        assert audit.verify().days >= 1
        # what the database refuses, it refuses there too
        for statement in ("UPDATE audit_entry SET why = 'x'", "DELETE FROM ledger_transfer", "TRUNCATE audit_seal"):
            with pytest.raises(ProgrammingError, match=r"denied|append-only"):
                db.session.execute(sa.text(statement))
            db.session.rollback()
        assert (
            db.session.scalar(sa.text("SELECT status FROM procrastinate_jobs WHERE args = '{}' ORDER BY id LIMIT 1"))
            == "todo"
        )
        upload(1)  # and life goes on, sequences too
        db.session.execute(
            sa.text("INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', 'x', '{}')")
        )
        db.session.commit()

    again = elsewhere.test_cli_runner().invoke(args=["restore", str(target)])
    assert again.exit_code == 1
    assert "This database is not empty" in again.output
    replaced = elsewhere.test_cli_runner().invoke(args=["restore", str(target), "--replace"])
    assert replaced.exit_code == 0, replaced.output
    with elsewhere.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Receipt)) == len(rows)


def test_a_restore_that_fails_leaves_no_trace(living: Flask, elsewhere: Flask, tmp_path: Path, monkeypatch) -> None:
    target = tmp_path / "all.backup"
    assert living.test_cli_runner().invoke(args=["backup", str(target)]).exit_code == 0
    with elsewhere.app_context():
        url = elsewhere.config["DATABASE_URL"]
        db.session.execute(sa.text("CREATE TABLE mine (word text)"))
        db.session.execute(sa.text("INSERT INTO mine VALUES ('still here')"))
        db.session.commit()
        db.session.close()
        monkeypatch.setattr(backup, "_JOBS_AGAIN", "SELECT 1 / 0;")
        failed = elsewhere.test_cli_runner().invoke(args=["restore", str(target), "--replace"])
        assert failed.exit_code == 1
        assert "division by zero" in failed.output
        with psycopg.connect(backup._conninfo(url)) as connection:
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            assert tables == [("mine",)]
            assert connection.execute("SELECT word FROM mine").fetchone() == ("still here",)
        assert not list(elsewhere.config["SETTINGS"].receipts.rglob("*.*"))


@pytest.mark.parametrize("harm", ["cut", "bit", "stranger", "no tar"])
def test_a_damaged_file_is_refused(living: Flask, elsewhere: Flask, tmp_path: Path, harm: str) -> None:
    target = tmp_path / "all.backup"
    assert living.test_cli_runner().invoke(args=["backup", str(target)]).exit_code == 0
    content = bytearray(target.read_bytes())
    if harm == "cut":
        target.write_bytes(content[: len(content) // 2])
    elif harm == "bit":
        content[2_000] ^= 1
        target.write_bytes(content)
    elif harm == "no tar":
        target.write_bytes(b"PK\x03\x04 something else")
    else:
        with tarfile.open(target, "a") as tar:
            tar.addfile(tarfile.TarInfo("files/../../../tmp/evil.txt"))
    failed = elsewhere.test_cli_runner().invoke(args=["restore", str(target)])
    assert failed.exit_code == 1
    assert "backup" in failed.output or "damaged" in failed.output
    with psycopg.connect(backup._conninfo(elsewhere.config["DATABASE_URL"])) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_nothing_is_written_over(living: Flask, tmp_path: Path) -> None:
    target = tmp_path / "all.backup"
    target.write_text("precious")
    assert living.test_cli_runner().invoke(args=["backup", str(target)]).exit_code == 1
    assert target.read_text() == "precious"
    with living.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Commissioner)) == 1
