"""The ends of a sign-in that do not come from whoever is signed in; and that failing to sign in is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError
from app.identity import sessions
from app.identity.ending import end_sign_ins
from app.identity.models import SignInSession
from app.identity.rules import StaffRole
from tests import factories as make

IDLE = timedelta(minutes=30)


def test_no_sign_in_lasts_for_ever(client: FlaskClient, sign_in) -> None:
    worker, (holder, person, *_) = make.make_account("Priya Shah"), make.make_holder()
    make.make_post(worker, make.make_commissioner(), StaffRole.COORDINATOR)
    for account, page, longest in (
        (worker, "/staff/", timedelta(hours=12)),
        (holder, f"/p/{person.ref}/", timedelta(days=30)),
    ):
        sign_in(client, account)
        begun = clock.now()
        for passed, status in ((longest - timedelta(minutes=1), 200), (longest + timedelta(minutes=1), 303)):
            with clock.at(begun + passed):
                # as if a page had been asked for a moment ago: never idle
                db.session.execute(sa.update(SignInSession).values(seen_at=clock.now() - timedelta(seconds=30)))
                db.session.commit()
                assert client.get(page).status_code == status, f"{page} after {passed}"


def test_a_closed_account_ends_its_sign_ins(session: sa.orm.Session) -> None:
    account = make.make_account()
    token = sessions.open_session(account)
    session.flush()
    assert sessions.open_session_of(token, IDLE)
    account.closed_at = clock.now()
    session.flush()
    assert sessions.open_session_of(token, IDLE) is None


def test_whoever_runs_the_installation_signs_one_out_or_everybody(app: Flask, session: sa.orm.Session) -> None:
    sam, nadia = make.make_account("Sam Okafor", "sam@example.org"), make.make_account("Nadia Rahman")
    tokens = [sessions.open_session(account) for account in (sam, sam, nadia)]
    session.commit()
    run = app.test_cli_runner()
    assert "no account" in run.invoke(args=["accounts", "sign-out", "nobody@example.org"]).output
    assert run.invoke(args=["accounts", "sign-out"]).exit_code == 2
    assert "Ended 2 sign-ins" in run.invoke(args=["accounts", "sign-out", "SAM@example.org"]).output
    assert [bool(sessions.open_session_of(token, IDLE)) for token in tokens] == [False, False, True]
    assert "Ended 1 sign-in." in run.invoke(args=["accounts", "sign-out", "--everyone"]).output
    assert sessions.open_session_of(tokens[2], IDLE) is None
    said = session.scalars(sa.select(AuditEntry.sentence).where(AuditEntry.verb == "identity.end_sign_ins")).all()
    assert sorted(said) == ["Signed everybody out", "Signed out Sam Okafor everywhere"]


def test_no_account_signs_others_out(session: sa.orm.Session) -> None:
    with pytest.raises(NotAllowedError):
        end_sign_ins(make.actor_for(make.make_account()))


def test_failing_to_sign_in_is_written_down(session: sa.orm.Session) -> None:
    account = make.make_account(email="sam@example.org")
    for email in ("sam@example.org", "nobody@example.org"):
        sessions.sign_in(email, "wrong marmalade", "203.0.113.7")
    session.flush()
    kept = session.scalars(sa.select(AuditEntry).where(AuditEntry.verb == "identity.sign_in_failed")).all()
    assert [entry.subject_id for entry in kept] == [account.id, None]
    assert "marmalade" not in "".join(f"{entry.sentence}{entry.details}" for entry in kept)


def test_tokens_are_long(session: sa.orm.Session) -> None:
    tokens = {sessions.open_session(make.make_account()) for _ in range(5)}
    assert len(tokens) == 5
    assert min(map(len, tokens)) >= 43, "256 bits, written in base 64"
