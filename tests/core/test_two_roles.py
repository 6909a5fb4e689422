"""Where one role owns the tables and another is the software's, the software cannot undo what guards it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from sqlalchemy.exc import DBAPIError

from app import create_app
from app.audit import proof as audit
from app.audit import sealing
from app.cli.jobs import run_worker
from app.core import clock, embedded
from app.core.database import alembic
from app.core.db import db
from app.core.jobs import enqueue_many
from app.ledger import proof as ledger
from tests import factories as make
from tests.conftest import _settings
from tests.records.lives import begin, live
from tests.records.tidied import LONG_AGO, marks_left, tidy

pytestmark = pytest.mark.slow
OWNER = "carepurse_owner"
WRITTEN_ONCE = (
    "ledger_transfer", "audit_entry", "audit_seal", "audit_digest", "policy_version", "purchase_decision",
)  # fmt: skip


class Apart(NamedTuple):
    """An application whose tables another role owns."""

    app: Flask
    owner_url: str
    admin_uri: str

    def upgrade(self) -> Result:
        with self.app.app_context():
            return self.app.test_cli_runner().invoke(args=["db", "upgrade"])

    def as_owner(self, query: str) -> None:
        with psycopg.connect(self.owner_url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(query)


@pytest.fixture(scope="module")
def apart(admin_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    """A database of its own, migrated by the owner."""
    name = f"test_apart_{os.getpid()}"
    embedded.drop_database(admin_uri, name)
    try:
        owner_url = embedded.ensure_database(admin_uri, name, role=OWNER)
        url = embedded.ensure_database(admin_uri, name)
        settings = replace(_settings(url, tmp_path_factory.mktemp("apart")), database_owner_url=owner_url)
        app = create_app(settings, {"TESTING": True, "WTF_CSRF_ENABLED": False})
        both = Apart(app, owner_url, admin_uri)
        assert both.upgrade().exit_code == 0
        yield both
        with app.app_context():
            db.engine.dispose()
    finally:
        embedded.drop_database(admin_uri, name)


@pytest.fixture
def inside(apart: Apart) -> Iterator[Apart]:
    with apart.app.app_context():
        yield apart
        db.session.rollback()


def refused(query: str) -> None:
    with pytest.raises(DBAPIError, match=r"must be owner|permission denied|append-only"):
        db.session.execute(sa.text(query))
    db.session.rollback()


@pytest.mark.parametrize("table", WRITTEN_ONCE)
def test_what_is_written_once_stays_so(inside: Apart, table: str) -> None:
    column = {"audit_seal": "day", "audit_digest": "day"}.get(table, "id")
    for query in (
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"DROP TRIGGER append_only ON {table}",
        f"ALTER TABLE {table} OWNER TO CURRENT_USER",
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"DROP TABLE {table} CASCADE",
        f"CREATE TRIGGER mine BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION append_only()",
    ):
        refused(query)
    with db.session.connection().connection.cursor() as cursor:
        # without a right to give, PostgreSQL refuses or gives nothing
        try:
            cursor.execute(f"GRANT ALL ON {table} TO CURRENT_USER")
        except psycopg.errors.InsufficientPrivilege:
            db.session.rollback()
    given = "SELECT has_table_privilege(:table, 'UPDATE, DELETE, TRUNCATE, TRIGGER')"
    assert not db.session.scalar(sa.text(given), {"table": table})


@pytest.mark.parametrize(
    "query",
    [
        "SET ROLE carepurse_owner",
        "SET session_replication_role = replica",
        "CREATE TABLE mine (id int)",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "ALTER FUNCTION ledger_apply() SECURITY INVOKER",
        "DROP SCHEMA public CASCADE",
        "UPDATE alembic_version SET version_num = '0001'",
        "UPDATE ledger_account SET credits_posted = 1",
        "INSERT INTO ledger_month SELECT * FROM ledger_month",
        "UPDATE ledger_month SET spent = 0",
    ],
)
def test_nor_is_there_a_way_round(inside: Apart, query: str) -> None:
    refused(query)


def test_tables_put_before_ours_deceive_no_guard(inside: Apart) -> None:
    """Temporary ones are found first, wherever it is not said where to look."""
    with clock.at(LONG_AGO):
        life = begin(make.make_commissioner(), "Quillwort")
        tidy(life.person.commissioner_id)
    run = "(SELECT id FROM retention_run LIMIT 1)"
    db.session.execute(sa.text("UPDATE retention_run SET finished_at = NULL"))
    db.session.execute(sa.text("CREATE TEMPORARY TABLE person AS SELECT id, now() AS removed_at FROM public.person"))
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(
            sa.text(
                "UPDATE audit_entry t SET sentence = 'Removed', why = '', details = '{}', actor_name = 'Somebody',"
                f" removed_in = {run}, removed_digest = audit_entry_digest(t) WHERE person_id IS NOT NULL"
            )
        )


def test_the_totals_follow_from_transfers_of_the_ledger_alone(inside: Apart) -> None:
    db.session.execute(sa.text("CREATE TEMPORARY TABLE forged (LIKE ledger_transfer)"))
    refused(
        "CREATE TRIGGER forge AFTER INSERT ON forged REFERENCING NEW TABLE AS new_transfers"
        " FOR EACH STATEMENT EXECUTE FUNCTION ledger_apply()"
    )


def test_life_goes_on(inside: Apart) -> None:
    """A budget, purchases, jobs, the seal, and words that go in time."""
    with clock.at(LONG_AGO):
        life = begin(make.make_commissioner(), "Mangosteen")
        live(life, ["buy", "talk", "draft", "choose", "buy"])
    db.session.commit()
    with clock.at(LONG_AGO + timedelta(days=2)):
        assert sealing.seal_due()
    db.session.commit()
    assert ledger.verify().spent_pence > 0
    counts, _ = tidy(life.person.commissioner_id)
    assert counts["person"] == 1
    assert counts["ledger_transfer"] > 0
    assert counts["audit_entry"] > 0
    tidy(None)
    db.session.commit()
    assert not marks_left("Mangosteen")
    assert ledger.verify().problems == []
    assert not [said for said in audit.verify().problems if "added" not in said]


def test_jobs_run(apart: Apart) -> None:
    with apart.app.app_context():
        enqueue_many("records.tidy", [{"timestamp": 0}])
        db.session.commit()
    # a thread of its own: where a browser was driven before, this one has an event loop already
    with ThreadPoolExecutor(1) as pool:
        pool.submit(run_worker, apart.app, wait=False, signals=False).result()
    left = sa.text("SELECT status, count(*) FROM procrastinate_jobs GROUP BY status")
    with apart.app.app_context():
        assert not db.session.execute(left).all(), "all were done, and each is deleted then"


def test_a_second_upgrade_gives_no_more(apart: Apart) -> None:
    query = "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
    rights = sa.text(query)
    with apart.app.app_context():
        before = db.session.execute(rights).all()
        db.session.rollback()
    apart.as_owner("GRANT ALL ON audit_entry TO carepurse")
    assert apart.upgrade().exit_code == 0
    with apart.app.app_context():
        assert db.session.execute(rights).all() == before


def test_a_backup_comes_back_with_both_roles(apart: Apart, tmp_path: Path) -> None:
    run = apart.app.test_cli_runner().invoke
    made = run(args=["backup", str(tmp_path / "all")])
    assert made.exit_code == 0, made.output
    with apart.app.app_context():
        db.engine.dispose()
    back = run(args=["restore", "--replace", str(tmp_path / "all")])
    assert "Restored as of" in back.output, back.output
    with apart.app.app_context():
        refused("ALTER TABLE audit_entry DISABLE TRIGGER ALL")
        refused("UPDATE audit_entry SET actor_id = NULL")
        make.make_commissioner()
        db.session.commit()


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("GRANT carepurse_owner TO carepurse", "REVOKE carepurse_owner FROM carepurse", "is a member of the owner"),
        ("GRANT CREATE ON SCHEMA public TO PUBLIC", "REVOKE CREATE ON SCHEMA public FROM PUBLIC", "may make things"),
        ("GRANT UPDATE ON audit_seal TO PUBLIC", "REVOKE UPDATE ON audit_seal FROM PUBLIC", "may change audit_seal"),
        ("CREATE TABLE theirs (); ALTER TABLE theirs OWNER TO carepurse", "DROP TABLE theirs", "owns the database"),
    ],
)
def test_a_role_that_could_take_more_is_refused(apart: Apart, wrong: str, right: str, said: str) -> None:
    where = apart.owner_url.replace("+psycopg", "").replace(f"{OWNER}@", "postgres@")
    with psycopg.connect(where, autocommit=True) as superuser:
        superuser.execute(wrong)
        try:
            done = apart.upgrade()
        finally:
            superuser.execute(right)
    assert done.exit_code == 1
    assert said in done.output


def test_one_role_that_did_everything_hands_its_tables_over(admin_uri: str, apart: Apart, tmp_path: Path) -> None:
    """With roles of its own: ``REASSIGN OWNED`` moves every database of a role."""
    name, role = f"test_handed_{os.getpid()}", f"carepurse_all_{os.getpid()}"
    try:
        url = embedded.ensure_database(admin_uri, name, role=role)
        with create_app(_settings(url, tmp_path)).app_context():
            alembic.upgrade()
            make.make_commissioner()
            db.session.commit()
            db.engine.dispose()
        owner_url = url.replace(f"{role}@", f"{OWNER}@")
        both = Apart(create_app(replace(_settings(url, tmp_path), database_owner_url=owner_url)), owner_url, admin_uri)
        before = both.upgrade()
        assert before.exit_code == 1
        assert "REASSIGN OWNED" in before.output
        there = url.replace("+psycopg", "").replace(f"{role}@", "postgres@")
        with psycopg.connect(there, autocommit=True) as superuser:
            superuser.execute(f"REASSIGN OWNED BY {role} TO {OWNER}")
        after = both.upgrade()
        assert after.exit_code == 0, after.output
        with both.app.app_context():
            refused("ALTER TABLE audit_entry DISABLE TRIGGER ALL")
            refused("UPDATE ledger_transfer SET amount_pence = 1")
            make.make_commissioner()
            db.session.commit()
            db.engine.dispose()
    finally:
        embedded.drop_database(admin_uri, name)
        with psycopg.connect(admin_uri, autocommit=True) as superuser:
            superuser.execute(f"DROP ROLE IF EXISTS {role}")
