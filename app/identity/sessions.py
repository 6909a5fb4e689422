"""Signing in and out: sessions, all in the database, so that any process can answer."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError
from app.identity import passphrases, throttle
from app.identity.devices import device_words
from app.identity.models import Account, SignInSession
from app.identity.proofs import PROOF_WORDS, Proof
from app.identity.rules import Actor

WINDOW = throttle.WINDOW
#: Tries of somebody who is signed in to show once more who they are; signing in has counts of its own.
ACCOUNT_LIMIT = throttle.PLACE_LIMIT
ADDRESS_LIMIT = throttle.NETWORK_LIMIT
#: A session is looked at on every page but written at most this often.
_TOUCH_EVERY = timedelta(minutes=1)
WRONG = "That e-mail address and passphrase do not match. Check them and try again."
SLOW_DOWN = throttle.say_wait(15)


@dataclass(frozen=True, slots=True)
class Browser:
    """What asks: kept in plain words, and as the hash of a cookie of its own."""

    user_agent: str = ""
    device: str = ""  # the random text of the device cookie


@dataclass(frozen=True, slots=True)
class SignInResult:
    """What came of it: a token for the cookie, or a sentence. Commit either way: failures must count."""

    account: Account | None
    token: str | None
    sentence: str = ""


def sign_in(email: str, passphrase: str, address: str, browser: Browser | None = None) -> SignInResult:
    """Check who this is and open a session that has shown the passphrase.

    The try is counted before the passphrase is looked at, so that guesses sent at once cannot all be looked at. An
    unknown address takes as long and says the same as a wrong passphrase.

    :param address: the network address that asks.
    """
    tried = throttle.begin(email, address, browser.device if browser else "")
    if not tried.same_work:
        return SignInResult(None, None, throttle.say_wait(tried.minutes))
    account = db.session.scalar(
        select(Account).where(func.lower(Account.email) == tried.email, Account.closed_at.is_(None))
    )
    if not tried.is_looked_at:
        account = None  # the same work for nothing
    if not passphrases.verify(account.passphrase_hash if account else None, passphrase) or account is None:
        if tried.minutes:
            return SignInResult(None, None, throttle.say_wait(tried.minutes))
        _record_failed(account)
        return SignInResult(None, None, WRONG)
    tried.came_in()
    return SignInResult(account, open_session(account, Proof.PASSPHRASE, browser))


def open_session(account: Account, proven: Proof = Proof.PASSPHRASE, browser: Browser | None = None) -> str:
    """Open a session for an account that has shown who it is.

    :param proven: how. The passphrase alone opens nothing to staff and brokers.
    :returns: the token for the cookie.
    """
    token, browser = secrets.token_urlsafe(32), browser or Browser()
    moment = clock.now()
    db.session.add(
        SignInSession(
            account_id=account.id,
            token_hash=_hash(token),
            proven=proven,
            confirmed_at=moment,
            device=device_words(browser.user_agent),
            device_hash=_hash(browser.device) if browser.device else None,
            created_at=moment,
            seen_at=moment,
        )
    )
    audit.record(
        Actor(account.id, account.name),
        "identity.sign_in",
        f"Signed in {PROOF_WORDS[proven]}",
        subject_kind="account",
        subject_id=account.id,
    )
    return token


def strengthen(token: str, proven: Proof) -> str:
    """Note that this session has now shown its second step, or who it is once more.

    :returns: another token for the cookie: one that was seen before is worth nothing now.
    :raises NotFoundError: when the session was ended meanwhile.
    """
    fresh, moment = secrets.token_urlsafe(32), clock.now()
    row = db.session.execute(
        update(SignInSession)
        .where(SignInSession.token_hash == _hash(token), SignInSession.ended_at.is_(None))
        .values(token_hash=_hash(fresh), proven=proven, confirmed_at=moment, seen_at=moment)
        .returning(SignInSession.account_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    who = Actor(row.account_id, db.session.get_one(Account, row.account_id).name)
    sentence = f"Showed who they are {PROOF_WORDS[proven]}"
    audit.record(who, "identity.prove", sentence, subject_kind="account", subject_id=row.account_id)
    return fresh


def is_new_device(token: str) -> bool:
    """Whether the account of this session was in use before, and never with this browser."""
    db.session.flush()
    own = db.session.scalars(select(SignInSession).where(SignInSession.token_hash == _hash(token))).one()
    others = select(SignInSession.id).where(SignInSession.account_id == own.account_id, SignInSession.id != own.id)
    if db.session.scalar(others.limit(1)) is None:
        return False
    if own.device_hash is None:
        return True
    return db.session.scalar(others.where(SignInSession.device_hash == own.device_hash).limit(1)) is None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that is in force."""

    account: Account
    stale: bool  # last seen long enough ago for :func:`touch` to be worth a write
    ref: str
    proven: Proof
    confirmed_at: datetime  # when they last showed who they are
    seen_at: datetime
    begun_at: datetime


def open_session_of(token: str, idle: timedelta) -> OpenSession | None:
    """The session with this token, unless it was ended or left idle too long.

    :param idle: how long a session lives without a page being asked for.
    """
    moment = clock.now()
    row = db.session.execute(
        select(SignInSession, Account)
        .join(Account, Account.id == SignInSession.account_id)
        .where(
            SignInSession.token_hash == _hash(token),
            SignInSession.ended_at.is_(None),
            SignInSession.seen_at > moment - idle,
            Account.closed_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    found, account = row
    stale = found.seen_at < moment - _TOUCH_EVERY
    return OpenSession(account, stale, found.ref, found.proven, found.confirmed_at, found.seen_at, found.created_at)


def idled_out(token: str) -> UUID | None:
    """Whose session this was, when nothing but time has ended it, and that within the last day.

    For keeping what somebody typed; nobody is let in by it.
    """
    return db.session.scalar(
        select(SignInSession.account_id)
        .join(Account, Account.id == SignInSession.account_id)
        .where(
            SignInSession.token_hash == _hash(token),
            SignInSession.ended_at.is_(None),
            SignInSession.seen_at > clock.now() - timedelta(days=1),
            Account.closed_at.is_(None),
        )
    )


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


def sign_out_device(actor: Actor, ref: str) -> str:
    """End one of the actor's own sessions, from another.

    :returns: what the device is called.
    :raises NotFoundError: when it is not the actor's, or has ended.
    """
    device: str | None = db.session.scalar(
        update(SignInSession)
        .where(
            SignInSession.ref == ref, SignInSession.account_id == actor.account_id, SignInSession.ended_at.is_(None)
        )
        .values(ended_at=clock.now())
        .returning(SignInSession.device)
    )
    if device is None:
        raise NotFoundError
    audit.record(
        actor,
        "identity.sign_out_device",
        "Signed out a device",
        subject_kind="account",
        subject_id=actor.account_id,
        details={"device": device},
    )
    return device


def end_all(account: Account) -> None:
    """End every session of an account, whoever has them."""
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.account_id == account.id, SignInSession.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


def sign_out_everywhere(actor: Actor) -> None:
    """End every session of the actor's account, this one too."""
    end_all(db.session.get_one(Account, actor.account_id))
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
    if throttle.count("account", account.email.lower()) > ACCOUNT_LIMIT:
        raise InvalidError({"old": SLOW_DOWN})
    if not passphrases.verify(account.passphrase_hash, old):
        raise InvalidError({"old": "That is not your passphrase now."})
    passphrases.check_strength(new, (account.email, account.name), field="new")
    account.passphrase_hash = passphrases.hash_passphrase(new)
    throttle.forget("account", account.email.lower())
    audit.record(
        actor,
        "identity.change_passphrase",
        "Changed the passphrase",
        subject_kind="account",
        subject_id=account.id,
    )
    sign_out_everywhere(actor)


def _record_failed(account: Account | None) -> None:
    """Kept whether or not there is such an account: the work is the same. How many there can be, the throttle says."""
    audit.record(
        Actor.system("Somebody who is not signed in"),
        "identity.sign_in_failed",
        "Tried to sign in with a passphrase that is not the right one",
        subject_kind="account",
        subject_id=account.id if account else None,
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
