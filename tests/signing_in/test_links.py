"""Links that are mailed: once, not for long, to one account, and nobody learns who has one."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core import clock, sealing
from app.core.db import db
from app.core.errors import InvalidError, StateError
from app.identity import passphrases, sessions
from app.identity.models import Account, SignInSession
from app.messages.models import Notice
from app.signing_in import authenticators, link_mail, links
from app.signing_in.models import MailedLink
from app.signing_in.rules import LinkKind
from tests import factories as make

NEW = "a heron by the reservoir"
HOME = "203.0.113.9"


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """What was mailed: to whom, about what, and the token of its link."""
    sent: list[tuple[str, str, str]] = []

    def deliver(settings: object, message: object) -> None:
        token = re.search(r"/[a-z-]+/([\w-]{43})\n", message.get_content())[1]
        sent.append((message["To"], message["Subject"], token))

    monkeypatch.setattr(link_mail, "deliver", deliver)
    return sent


def _work() -> None:
    """Run the jobs that were asked for."""
    jobs = db.session.execute(sa.text("DELETE FROM procrastinate_jobs RETURNING task_name, args")).all()
    for name, args in jobs:
        if name == links.SEND_RESET:
            link_mail.send_reset(**args)
        elif name == links.SEND_LINK:
            link_mail.send_link(**args)
    db.session.flush()


def _reset_token(account: Account, post: list[tuple[str, str, str]]) -> str:
    links.ask_reset(account.email, HOME)
    _work()
    return post[-1][2]


@contextmanager
def _counted() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(re.sub(r"\s+", " ", statement))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.usefixtures("session")
class TestNobodyLearns:
    def test_a_reset_does_the_same_for_every_address(self, monkeypatch: pytest.MonkeyPatch) -> None:
        account = make.make_account(email="sam@example.org")
        db.session.flush()
        work = []
        for email in (account.email, "nobody@example.org", "no address at all"):
            with _counted() as statements:
                links.ask_reset(email, HOME)
                db.session.flush()
            work.append(statements)
        assert work[0] == work[1] == work[2]
        assert len(work[0]) >= 3, "it counts, and asks for a job"

    def test_signing_in_does_the_same_for_a_known_and_an_unknown_address(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Not by the clock: the same statements, and the same number of slow hashes."""
        account = make.make_account(email="sam@example.org")
        authenticators_account = make.make_account(email="staff@example.org")
        authenticators_account.has_second_step = True
        db.session.flush()
        hashes: list[int] = []
        real = passphrases._hasher.verify
        monkeypatch.setattr(passphrases, "_hasher", type("Counted", (), {
            "verify": lambda self, *words: hashes.append(1) or real(*words)
        })())  # fmt: skip
        work = []
        for email in (account.email, authenticators_account.email, "nobody@example.org"):
            hashes.clear()
            with _counted() as statements:
                assert sessions.sign_in(email, "wrong words", HOME).token is None
                db.session.flush()
            work.append((statements, len(hashes)))
        assert work[0] == work[1] == work[2]
        assert work[0][1] == 1

    def test_the_job_holds_no_address_that_can_be_read(self) -> None:
        links.ask_reset("sam@example.org", HOME)
        kept = str(db.session.execute(sa.text("SELECT args FROM procrastinate_jobs")).all())
        assert "sam@" not in kept

    def test_an_inbox_cannot_be_filled(self, post: list[tuple[str, str, str]]) -> None:
        account = make.make_account()
        for number in range(10):
            links.ask_reset(account.email, f"198.51.{number}.1")
        _work()
        assert len(post) == 3

    def test_nothing_is_mailed_where_there_is_no_account(self, post: list[tuple[str, str, str]]) -> None:
        closed = make.make_account()
        closed.closed_at = clock.now()
        for email in ("nobody@example.org", closed.email):
            links.ask_reset(email, HOME)
        _work()
        assert post == []


@pytest.mark.usefixtures("session")
class TestAnotherPassphrase:
    def test_only_its_hash_is_kept_and_it_is_for_one_thing(self, post: list[tuple[str, str, str]]) -> None:
        token = _reset_token(make.make_account(), post)
        assert token not in str(db.session.scalars(sa.select(MailedLink.token_hash)).all())
        assert links.open_link(LinkKind.NEW_EMAIL, token) is None

    def test_it_works_and_only_once(self, post: list[tuple[str, str, str]]) -> None:
        account = make.make_account()
        open_one = make.signed_in(account)
        token, other = _reset_token(account, post), _reset_token(account, post)
        links.reset_passphrase(token, NEW)
        assert sessions.open_session_of(open_one, timedelta(minutes=30)) is None
        assert sessions.sign_in(account.email, NEW, HOME).token
        for used in (token, other):
            with pytest.raises(StateError):
                links.reset_passphrase(used, "another heron by the reservoir")
        told = db.session.scalars(sa.select(Notice.title).where(Notice.account_id == account.id)).all()
        assert "Your passphrase was changed by a link in an e-mail." in told

    def test_it_works_for_an_hour(self, post: list[tuple[str, str, str]]) -> None:
        token = _reset_token(make.make_account(), post)
        with clock.at(clock.now() + timedelta(minutes=61)):
            assert links.open_link(LinkKind.RESET, token) is None

    def test_it_is_not_the_second_step(self, post: list[tuple[str, str, str]]) -> None:
        account = make.make_account()
        secret = authenticators.new_secret()
        authenticators.add_authenticator(make.actor_for(account), secret, pyotp.TOTP(secret).at(clock.now()))
        links.reset_passphrase(_reset_token(account, post), NEW)
        token = sessions.sign_in(account.email, NEW, HOME).token
        opened = sessions.open_session_of(token, timedelta(minutes=30))
        assert account.has_second_step
        assert opened.proven.value == "passphrase"

    def test_another_passphrase_by_hand_ends_the_link(self, post: list[tuple[str, str, str]]) -> None:
        account = make.make_account()
        token = _reset_token(account, post)
        sessions.change_passphrase(make.actor_for(account), make.PASSPHRASE, NEW)
        assert links.open_link(LinkKind.RESET, token) is None

    @settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(token=st.text(max_size=80))
    def test_no_other_text_is_a_link(self, token: str) -> None:
        for kind in LinkKind:
            assert links.open_link(kind, token) is None


@pytest.mark.usefixtures("session")
class TestAnotherAddress:
    def test_the_new_one_says_yes_and_the_old_one_is_told_at_once(self, post: list[tuple[str, str, str]]) -> None:
        account = make.make_account(email="old@example.org")
        links.ask_new_email(make.actor_for(account), "New@example.org")
        _work()
        to_new, to_old = post
        assert (to_new[0], to_old[0]) == ("New@example.org", "old@example.org")
        assert account.email == "old@example.org"
        links.take_new_email(to_new[2])
        assert account.email == "New@example.org"
        with pytest.raises(StateError):
            links.take_new_email(to_new[2])

    def test_not_me_takes_it_all_back(self, post: list[tuple[str, str, str]]) -> None:
        account = make.make_account(email="old@example.org")
        thief = make.signed_in(account)
        start = clock.now()
        links.ask_new_email(make.actor_for(account), "thief@example.org")
        _work()
        links.take_new_email(post[0][2])
        with clock.at(start + timedelta(minutes=1)):
            links.ask_new_email(make.actor_for(account), "thief2@example.org")
            _work()
            links.take_new_email(post[2][2])
            secret = authenticators.new_secret()
            authenticators.add_authenticator(make.actor_for(account), secret, pyotp.TOTP(secret).at(clock.now()))
        assert account.email == "thief2@example.org"
        with clock.at(start + timedelta(days=6)):
            links.undo_new_email(post[1][2])
            assert account.email == "old@example.org"
            assert not account.has_second_step, "what was added since is gone"
            open_ones = sa.select(SignInSession).where(SignInSession.ended_at.is_(None))
            assert db.session.scalars(open_ones).all() == []
            assert sessions.open_session_of(thief, timedelta(days=9)) is None
            with pytest.raises(StateError):
                links.undo_new_email(post[3][2])  # the thief's own address has no say

    def test_somebody_else_has_it_by_now(self, post: list[tuple[str, str, str]]) -> None:
        account = make.make_account(email="old@example.org")
        links.ask_new_email(make.actor_for(account), "new@example.org")
        _work()
        make.make_account(email="New@example.org")
        with pytest.raises(StateError, match="an account with that address already"), db.session.begin_nested():
            links.take_new_email(post[0][2])
        db.session.refresh(account)
        assert account.email == "old@example.org"

    def test_after_seven_days_it_stands(self, post: list[tuple[str, str, str]]) -> None:
        account = make.make_account()
        links.ask_new_email(make.actor_for(account), "new@example.org")
        _work()
        with clock.at(clock.now() + timedelta(days=8)):
            assert links.open_link(LinkKind.NOT_ME, post[1][2]) is None
            assert links.open_link(LinkKind.NEW_EMAIL, post[0][2]) is None

    def test_an_address_that_is_somebody_elses_is_not_told_of(self, post: list[tuple[str, str, str]]) -> None:
        make.make_account(email="taken@example.org")
        account = make.make_account()
        assert links.ask_new_email(make.actor_for(account), "Taken@example.org") == "Taken@example.org"
        _work()
        assert [to for to, *_ in post] == [account.email], "only the old address hears of it"

    @pytest.mark.parametrize("typed", ["", "no address", "a@b\r\nBcc: x@example.org", "x" * 300 + "@example.org"])
    def test_what_cannot_be_an_address_is_said(self, typed: str) -> None:
        with pytest.raises(InvalidError):
            links.ask_new_email(make.actor_for(make.make_account()), typed)


@pytest.mark.slow
def test_of_eight_who_use_one_link_at_once_one_does(real_database: Flask) -> None:
    with real_database.app_context():
        account = make.make_account()
        link = MailedLink(
            account_id=account.id, kind=LinkKind.NEW_EMAIL, email="new@example.org", written_at=clock.now(),
            expires_at=clock.now() + timedelta(hours=1),
        )  # fmt: skip
        db.session.add(link)
        token = links.make_token(link)
        db.session.commit()
    gate, won = threading.Barrier(8), []

    def race() -> None:
        with real_database.app_context():
            gate.wait()
            with suppress(StateError):
                links.use_link(LinkKind.NEW_EMAIL, token)
                won.append(1)
            db.session.commit()

    racers = [threading.Thread(target=race) for _ in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert len(won) == 1


@pytest.mark.usefixtures("session")
def test_a_sealed_address_opens_for_its_job_alone() -> None:
    sealed = sealing.seal("sam@example.org", links.SEND_RESET)
    with pytest.raises(sealing.SealError):
        sealing.unseal(sealed, "something else")
