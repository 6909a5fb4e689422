"""Signing in: throttled, telling nothing, ended when it should be."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError
from app.identity import passphrases, sessions
from app.identity.models import SignInSession
from app.identity.proofs import Proof
from tests.factories import PASSPHRASE, actor_for, make_account

pytestmark = pytest.mark.usefixtures("session")
IDLE = timedelta(minutes=30)
HOME = "203.0.113.7"


def test_the_right_passphrase_opens_a_session_whatever_the_letters_case() -> None:
    account = make_account("Sam Okafor", "Sam@example.org")
    result = sessions.sign_in(" sam@EXAMPLE.org ", PASSPHRASE, HOME)
    assert result.account is account
    assert result.token
    opened = sessions.open_session_of(result.token, IDLE)
    assert opened is not None
    assert opened.account is account
    stored = db.session.scalar(sa.select(SignInSession.token_hash))
    assert result.token not in str(stored), "only a hash is kept"


def test_an_unknown_address_says_what_a_wrong_passphrase_says() -> None:
    make_account(email="sam@example.org")
    known = sessions.sign_in("sam@example.org", "wrong", HOME)
    unknown = sessions.sign_in("nobody@example.org", "wrong", HOME)
    assert (known.sentence, known.token) == (unknown.sentence, unknown.token) == (sessions.WRONG, None)


@pytest.mark.parametrize("email", ["sam@example.org", "nobody@example.org"])
def test_too_many_tries_are_slowed_down_known_or_not(email: str) -> None:
    make_account(email="sam@example.org")
    said = [sessions.sign_in(email, "wrong", HOME).sentence for _ in range(sessions.ACCOUNT_LIMIT + 1)]
    assert said[-2:] == [sessions.WRONG, sessions.SLOW_DOWN]
    with clock.at(clock.now() + sessions.WINDOW):
        assert sessions.sign_in(email, "wrong", HOME).sentence == sessions.WRONG, "and it passes"


def test_one_address_cannot_try_everybody() -> None:
    make_account(email="sam@example.org")
    for number in range(sessions.ADDRESS_LIMIT):
        sessions.sign_in(f"guess{number}@example.org", "wrong", HOME)
    assert sessions.sign_in("sam@example.org", PASSPHRASE, HOME).sentence == sessions.SLOW_DOWN
    assert sessions.sign_in("sam@example.org", PASSPHRASE, "198.51.100.1").token, "others are not held up"


def test_showing_more_is_for_one_session_alone() -> None:
    """What is shown on the phone says nothing of the laptop, and nothing of anybody else."""
    account, other = make_account(), make_account("Priya Shah")
    phone, laptop, theirs = (sessions.open_session(each) for each in (account, account, other))
    db.session.flush()
    fresh = sessions.strengthen(phone, Proof.PASSKEY)
    proven = [sessions.open_session_of(token, IDLE) for token in (fresh, laptop, theirs)]
    assert [one and one.proven for one in proven] == [Proof.PASSKEY, Proof.PASSPHRASE, Proof.PASSPHRASE]
    sessions.sign_out(fresh)
    with pytest.raises(NotFoundError):
        sessions.strengthen(fresh, Proof.PASSKEY)


def test_a_session_ends_when_idle_when_signed_out_and_everywhere() -> None:
    account = make_account()
    one, two, three = (sessions.open_session(account) for _ in range(3))
    db.session.flush()
    with clock.at(clock.now() + IDLE):
        assert sessions.open_session_of(one, IDLE) is None
    sessions.sign_out(one)
    sessions.sign_out(one)
    entries = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.verb == "identity.sign_out")).all()
    assert [(entry.actor_id, entry.actor_name) for entry in entries] == [(account.id, account.name)]
    assert sessions.open_session_of(one, IDLE) is None
    assert sessions.open_session_of(two, IDLE)
    sessions.sign_out_everywhere(actor_for(account))
    assert sessions.open_session_of(two, IDLE) is sessions.open_session_of(three, IDLE) is None


def test_being_used_keeps_a_session_open() -> None:
    token = sessions.open_session(make_account())
    db.session.flush()
    later = clock.now() + timedelta(minutes=20)
    with clock.at(later):
        opened = sessions.open_session_of(token, IDLE)
        assert opened is not None
        assert opened.stale
        sessions.touch(token)
    with clock.at(later + timedelta(minutes=20)):
        assert sessions.open_session_of(token, IDLE)


@pytest.mark.parametrize("weak", ["short", "passwordpassword", "aaaaaaaaaaaaaaaa", "sam@example.org", "x" * 201])
def test_a_weak_passphrase_is_refused_with_a_sentence(weak: str) -> None:
    with pytest.raises(InvalidError, match=r"^(Use|That would)"):
        passphrases.check_strength(weak, ("sam@example.org", "Sam Okafor"))


def test_changing_the_passphrase_needs_the_old_one_and_ends_every_session() -> None:
    account = make_account(email="sam@example.org")
    token = sessions.open_session(account)
    db.session.flush()
    with pytest.raises(InvalidError, match="not your passphrase"):
        sessions.change_passphrase(actor_for(account), "wrong", "a heron by the reservoir")
    sessions.change_passphrase(actor_for(account), PASSPHRASE, "a heron by the reservoir")
    assert sessions.open_session_of(token, IDLE) is None
    assert sessions.sign_in("sam@example.org", "a heron by the reservoir", HOME).token


def test_the_hash_is_argon2id_with_the_recommended_cost() -> None:
    assert passphrases.hash_passphrase("x").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_an_ipv6_network_counts_as_one_address() -> None:
    for number in range(sessions.ADDRESS_LIMIT):
        sessions.sign_in(f"guess{number}@example.org", "wrong", f"2001:db8:1:2::{number:x}")
    assert sessions.sign_in("x@example.org", "wrong", "2001:db8:1:2:ffff::1").sentence == sessions.SLOW_DOWN
    assert sessions.sign_in("x@example.org", "wrong", "2001:db8:1:3::1").sentence == sessions.WRONG
