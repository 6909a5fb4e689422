"""Signing in and out: sessions and throttles, all in the database, so that any process can answer."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError
from app.identity import passphrases
from app.identity.models import Account, SignInAttempt, SignInSession
from app.identity.rules import Actor

WINDOW = timedelta(minutes=15)
ACCOUNT_LIMIT = 6
ADDRESS_LIMIT = 40
#: A session is looked at on every page but written at most this often.
_TOUCH_EVERY = timedelta(minutes=1)
WRONG = "That e-mail address and passphrase do not match. Check them and try again."
SLOW_DOWN = "There were too many tries. Wait 15 minutes, then try again."


@dataclass(frozen=True, slots=True)
class SignInResult:
    """What came of it: a token for the cookie, or a sentence. Commit either way: failures must count."""

    account: Account | None
    token: str | None
    sentence: str = ""


def sign_in(email: str, passphrase: str, address: str) -> SignInResult:
    """Check who this is and open a session.

    The try is counted before the passphrase is looked at, so that guesses sent at once cannot all be looked at. An
    unknown address takes as long and says the same as a wrong passphrase.

    :param address: the network address that asks.
    """
    email = email.strip()
    account_key, address_key = _key("account", email.lower()), _key("address", _network(address))
    # in a fixed order, so that two sign-ins at once never wait for each other in a ring
    over_address = _count(address_key) > ADDRESS_LIMIT
    over_account = _count(account_key) > ACCOUNT_LIMIT
    if over_account or over_address:
        return SignInResult(None, None, SLOW_DOWN)
    account = db.session.scalar(
        select(Account).where(func.lower(Account.email) == email.lower(), Account.closed_at.is_(None))
    )
    if not passphrases.verify(account.passphrase_hash if account else None, passphrase) or account is None:
        return SignInResult(None, None, WRONG)
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.key == account_key))
    db.session.execute(
        update(SignInAttempt)
        .where(SignInAttempt.key == address_key)
        .values(failures=func.greatest(SignInAttempt.failures - 1, 0))
    )
    return SignInResult(account, open_session(account))


def open_session(account: Account) -> str:
    """Open a session for an account that has shown who it is.

    :returns: the token for the cookie.
    """
    token = secrets.token_urlsafe(32)
    moment = clock.now()
    db.session.add(
        SignInSession(account_id=account.id, token_hash=_hash(token), created_at=moment, seen_at=moment)
    )
    audit.record(
        Actor(account.id, account.name), "identity.sign_in", "Signed in", subject_kind="account", subject_id=account.id
    )
    return token


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that is in force."""

    account: Account
    stale: bool  # last seen long enough ago for :func:`touch` to be worth a write


def open_session_of(token: str, idle: timedelta) -> OpenSession | None:
    """The session with this token, unless it was ended or left idle too long.

    :param idle: how long a session lives without a page being asked for.
    """
    moment = clock.now()
    row = db.session.execute(
        select(SignInSession.id, SignInSession.seen_at, Account)
        .join(Account, Account.id == SignInSession.account_id)
        .where(
            SignInSession.token_hash == _hash(token),
            SignInSession.ended_at.is_(None),
            SignInSession.seen_at > moment - idle,
            Account.closed_at.is_(None),
        )
    ).one_or_none()
    return OpenSession(row[2], row[1] < moment - _TOUCH_EVERY) if row else None


def touch(token: str) -> None:
    """Note that the session is in use, at most once a minute."""
    moment = clock.now()
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.token_hash == _hash(token), SignInSession.seen_at < moment - _TOUCH_EVERY)
        .values(seen_at=moment)
    )


def sign_out(token: str) -> None:
    """End one session."""
    account_id = db.session.scalar(
        update(SignInSession)
        .where(SignInSession.token_hash == _hash(token), SignInSession.ended_at.is_(None))
        .values(ended_at=clock.now())
        .returning(SignInSession.account_id)
    )
    if account_id is not None:
        who = Actor(account_id, db.session.get_one(Account, account_id).name)
        audit.record(who, "identity.sign_out", "Signed out", subject_kind="account", subject_id=account_id)


def sign_out_everywhere(actor: Actor) -> None:
    """End every session of the actor's account, this one too."""
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.account_id == actor.account_id, SignInSession.ended_at.is_(None))
        .values(ended_at=clock.now())
    )
    audit.record(
        actor,
        "identity.sign_out_everywhere",
        "Signed out everywhere",
        subject_kind="account",
        subject_id=actor.account_id,
    )


def change_passphrase(actor: Actor, old: str, new: str) -> None:
    """Set another passphrase and end every session.

    :raises InvalidError: when ``old`` is wrong or ``new`` too weak. Wrong tries count as failed sign-ins do.
    """
    account = db.session.get_one(Account, actor.account_id)
    if _count(_key("account", account.email.lower())) > ACCOUNT_LIMIT:
        raise InvalidError({"old": SLOW_DOWN})
    if not passphrases.verify(account.passphrase_hash, old):
        raise InvalidError({"old": "That is not your passphrase now."})
    passphrases.check_strength(new, (account.email, account.name), field="new")
    account.passphrase_hash = passphrases.hash_passphrase(new)
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.key == _key("account", account.email.lower())))
    audit.record(
        actor,
        "identity.change_passphrase",
        "Changed the passphrase",
        subject_kind="account",
        subject_id=account.id,
    )
    sign_out_everywhere(actor)


def _count(key: str) -> int:
    """Count one try and return how many there are in the window."""
    moment = clock.now()
    fresh = SignInAttempt.window_start > moment - WINDOW
    return db.session.execute(
        insert(SignInAttempt)
        .values(key=key, window_start=moment, failures=1)
        .on_conflict_do_update(
            index_elements=[SignInAttempt.key],
            set_={
                "failures": case((fresh, SignInAttempt.failures + 1), else_=1),
                "window_start": case((fresh, SignInAttempt.window_start), else_=moment),
            },
        )
        .returning(SignInAttempt.failures)
    ).scalar_one()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _network(address: str) -> str:
    """What one attacker can change at will counts as one: an IPv6 address by the /64 it is in."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address


def _key(kind: str, text: str) -> str:
    return f"{kind}:{hashlib.sha256(text.encode()).hexdigest()}"
