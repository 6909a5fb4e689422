"""Codes of an app and codes on paper: each once, however they are typed, and slow to guess."""

from __future__ import annotations

import threading
from dataclasses import replace

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError
from app.identity import sessions
from app.identity.models import Account
from app.identity.proofs import Proof
from app.identity.rules import StaffRole
from app.messages.models import Notice
from app.signing_in import authenticators, proving, queries, recovery
from app.signing_in.models import Authenticator, RecoveryCode
from app.signing_in.rules import CODE_LIMIT, STEP_SECONDS, make_recovery_code, tidy_code, tidy_recovery_code
from tests import factories as make

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
T0 = 1_800_000_000 // STEP_SECONDS * STEP_SECONDS


def _at(seconds: float):
    return clock.at(clock.datetime.fromtimestamp(T0 + seconds, clock.UTC))


def _code(seconds: float = 0) -> str:
    return pyotp.TOTP(SECRET).at(int(T0 + seconds))


def _with_app(account: Account | None = None) -> Account:
    account = account or make.make_account()
    with _at(-120):
        authenticators.add_authenticator(make.actor_for(account), SECRET, _code(-120))
    return account


@pytest.mark.usefixtures("session")
class TestAnApp:
    def test_its_code_counts_once(self) -> None:
        account = _with_app()
        assert account.has_second_step
        with _at(0):
            assert authenticators.check_code(account, f" {_code()[:3]} {_code()[3:]} ")
            assert not authenticators.check_code(account, _code())
        with _at(29):
            assert not authenticators.check_code(account, _code())
            assert not authenticators.check_code(account, _code(-30)), "nor one from before it"

    @pytest.mark.parametrize(("late", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
    def test_clocks_may_differ_by_half_a_minute(self, late: int, taken: bool) -> None:
        account = _with_app()
        with _at(0):
            assert authenticators.check_code(account, _code(late)) is taken

    def test_the_secret_is_sealed_and_nobody_elses(self) -> None:
        account, other = _with_app(), _with_app()
        mine = db.session.get_one(Authenticator, account.id)
        assert SECRET not in mine.sealed_secret
        mine.sealed_secret = db.session.get_one(Authenticator, other.id).sealed_secret
        db.session.flush()
        with _at(0), pytest.raises(Exception, match="no longer be read"):
            authenticators.check_code(account, _code())

    def test_it_is_sealed_anew_when_the_secret_of_the_place_changes(self, app: Flask) -> None:
        account = _with_app()
        before = db.session.get_one(Authenticator, account.id).sealed_secret
        old, app.config["SECRET_KEY"] = app.config["SECRET_KEY"], "a newer secret 9876543210 hgfedcba zyxw"
        app.config["SECRET_KEY_FALLBACKS"] = [old]
        try:
            with _at(0):
                assert authenticators.check_code(account, _code())
            app.config["SECRET_KEY_FALLBACKS"] = []
            with _at(60):
                assert authenticators.check_code(account, _code(60))
        finally:
            app.config["SECRET_KEY"], app.config["SECRET_KEY_FALLBACKS"] = old, []
        assert db.session.get_one(Authenticator, account.id).sealed_secret != before

    def test_setting_it_up_needs_a_code_that_works(self) -> None:
        account = make.make_account()
        with pytest.raises(InvalidError):
            authenticators.add_authenticator(make.actor_for(account), SECRET, "000000")
        assert queries.authenticator_of(make.actor_for(account)) is None

    def test_staff_cannot_take_their_last_one_out(self) -> None:
        account = _with_app()
        make.make_post(account, make.make_commissioner(), StaffRole.ADMIN)
        with pytest.raises(NotAllowedError):
            authenticators.remove_authenticator(make.actor_for(account))

    def test_a_holder_may_and_is_told(self) -> None:
        account = _with_app()
        authenticators.remove_authenticator(make.actor_for(account))
        assert not account.has_second_step
        titles = db.session.scalars(sa.select(Notice.title).where(Notice.account_id == account.id)).all()
        assert any("taken out" in title for title in titles), titles

    def test_no_page_ever_tells_a_code_that_counts(self) -> None:
        account = _with_app()
        with pytest.raises(NotAllowedError):
            authenticators.demo_code(account)
        with pytest.raises(NotAllowedError):
            authenticators.seed(make.make_account())

    def test_in_the_demonstration_the_next_unused_code_is_told(self, app: Flask) -> None:
        before = app.config["SETTINGS"]
        app.config["SETTINGS"] = replace(before, demo=True)
        try:
            account = make.make_account()
            authenticators.seed(account)
            with _at(5):
                for _ in range(2):
                    code, wait = authenticators.demo_code(account)
                    assert (wait, authenticators.check_code(account, code)) == (0, True)
                assert authenticators.demo_code(account) == ("", 25)
        finally:
            app.config["SETTINGS"] = before


@pytest.mark.usefixtures("session")
class TestOnPaper:
    def test_each_works_once_however_it_is_typed(self) -> None:
        account = _with_app()
        codes = recovery.make_codes(make.actor_for(account))
        assert len(set(codes)) == 10
        assert recovery.spend_code(account, codes[3].upper().replace("-", " "))
        assert not recovery.spend_code(account, codes[3])
        assert queries.recovery_codes_left(make.actor_for(account)) == 9
        kept = db.session.scalars(sa.select(RecoveryCode.code_hash)).all()
        assert not set(codes) & set(kept)

    def test_new_ones_end_the_old_ones_and_are_nobody_elses(self) -> None:
        account, other = _with_app(), _with_app()
        old = recovery.make_codes(make.actor_for(account))
        recovery.make_codes(make.actor_for(account))
        assert not recovery.spend_code(account, old[0])
        theirs = recovery.make_codes(make.actor_for(other))
        assert not recovery.spend_code(account, theirs[0])


@pytest.mark.usefixtures("session")
class TestTheStep:
    def test_it_strengthens_the_sign_in_and_changes_its_token(self) -> None:
        account = _with_app()
        with _at(0):
            token = sessions.open_session(account)
            db.session.flush()
            fresh = proving.take_second_step(make.actor_for(account), token, _code())
            opened = sessions.open_session_of(fresh, sessions.WINDOW)
            assert opened is not None
            assert opened.proven is Proof.CODE
            assert sessions.open_session_of(token, sessions.WINDOW) is None, "what was seen before is worth nothing"

    def test_a_recovery_code_does_too_and_its_owner_is_told(self) -> None:
        account = _with_app()
        (code, *_) = recovery.make_codes(make.actor_for(account))
        token = sessions.open_session(account)
        db.session.flush()
        fresh = proving.take_second_step(make.actor_for(account), token, code)
        opened = sessions.open_session_of(fresh, sessions.WINDOW)
        assert opened is not None
        assert opened.proven is Proof.RECOVERY
        titles = db.session.scalars(sa.select(Notice.title).where(Notice.account_id == account.id)).all()
        assert any("9 left" in title for title in titles)

    def test_guessing_is_slow_and_passes(self) -> None:
        account = _with_app()
        actor, token = make.actor_for(account), sessions.open_session(account)
        db.session.flush()
        with _at(0):
            for _ in range(CODE_LIMIT):
                with pytest.raises(InvalidError, match="not right"):
                    proving.take_second_step(actor, token, "000000")
            with pytest.raises(InvalidError, match="too many"):
                proving.take_second_step(actor, token, _code())
        with _at(sessions.WINDOW.total_seconds() + 30):
            assert proving.take_second_step(actor, token, _code(sessions.WINDOW.total_seconds() + 30))


@given(st.text(max_size=60))
def test_what_is_typed_is_a_code_or_nothing(typed: str) -> None:
    assert tidy_code(typed) == "" or tidy_code(typed).isdigit()
    code = tidy_recovery_code(typed)
    assert code == "" or tidy_recovery_code(code) == code


@given(st.sampled_from([" ", "-", "", "."]))
def test_a_recovery_code_is_read_however_it_is_grouped(between: str) -> None:
    code = make_recovery_code()
    assert tidy_recovery_code(code.upper().replace("-", between)) == code


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["app", "paper"])
def test_of_eight_who_send_one_code_at_once_one_gets_in(real_database: Flask, kind: str) -> None:
    with real_database.app_context():
        account = _with_app()
        codes = recovery.make_codes(make.actor_for(account))
        db.session.commit()
        account_id = account.id
    gate, won = threading.Barrier(8), []

    def race() -> None:
        with real_database.app_context(), _at(0):
            mine = db.session.get_one(Account, account_id)
            gate.wait()
            typed = _code() if kind == "app" else codes[0]
            if (authenticators.check_code if kind == "app" else recovery.spend_code)(mine, typed):
                won.append(1)
            db.session.commit()

    racers = [threading.Thread(target=race) for _ in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert len(won) == 1
