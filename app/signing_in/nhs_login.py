"""NHS login and accounts: linked by whoever is signed in, or by an invitation; never found by an e-mail address."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import StateError
from app.core.jobs import task
from app.core.sealing import SealError, seal, unseal
from app.identity.models import Account
from app.identity.rules import Actor
from app.signing_in.models import NhsAttempt, NhsLink
from app.signing_in.nhs_provider import Begun, Shown
from app.signing_in.telling import tell

#: A visit to NHS login: long enough to find one's phone there.
VISIT = timedelta(minutes=20)
#: How long who came back is believed, until an invitation is answered.
_SHOWN = timedelta(minutes=15)
_TAKEN = "That NHS login already signs in to another account here. Ask your care coordinator to put it right."


@dataclass(frozen=True, slots=True)
class Attempt:
    """A visit that was begun here."""

    nonce: str
    verifier: str
    target: str  # where to go afterwards
    account_id: str = ""  # whose account is to be linked; empty: somebody signs in


def note_visit(begun: Begun, target: str, actor: Actor | None = None) -> None:
    """Remember a visit, so that only its own return counts.

    :param actor: whose account is to be linked; None when somebody signs in.
    """
    account_id = str(actor.account_id) if actor else ""
    attempt = Attempt(begun.nonce, begun.verifier, target, account_id)
    sealed = seal(json.dumps(asdict(attempt)), _purpose(begun.state))
    db.session.add(NhsAttempt(state_hash=_hash(begun.state), sealed=sealed, written_at=clock.now()))


def take_visit(state: str) -> Attempt | None:
    """The visit with this state, which is over by that. Commit it: nothing comes back twice.

    :returns: None when it is unknown, over, or too long ago.
    """
    fresh = NhsAttempt.written_at > clock.now() - VISIT
    mine = delete(NhsAttempt).where(NhsAttempt.state_hash == _hash(state), fresh)
    sealed = db.session.scalar(mine.returning(NhsAttempt.sealed))
    try:
        return Attempt(**json.loads(unseal(sealed, _purpose(state)))) if sealed else None
    except SealError:
        return None


def account_of(shown: Shown) -> Account | None:
    """The account that this NHS login signs in to. An e-mail address finds none."""
    account = db.session.scalar(
        select(Account)
        .join(NhsLink, NhsLink.account_id == Account.id)
        .where(NhsLink.subject_hash == _subject(shown), Account.closed_at.is_(None))
    )
    if account is not None:
        db.session.get_one(NhsLink, account.id).used_at = clock.now()
    return account


def link_of(viewer: Actor) -> NhsLink | None:
    """The viewer's own link, if there is one."""
    return db.session.get(NhsLink, viewer.account_id)


def link(actor: Actor, shown: Shown) -> None:
    """Let this NHS login sign in to the actor's account from now on.

    :raises StateError: when it signs in to another account, or another one signs in to this.
    """
    new = db.session.scalar(
        insert(NhsLink)
        .values(account_id=actor.account_id, subject_hash=_subject(shown), linked_at=clock.now())
        .on_conflict_do_nothing()
        .returning(NhsLink.account_id)
    )
    if new is None:
        there = db.session.get(NhsLink, actor.account_id)
        if there is None:
            raise StateError(_TAKEN)
        if there.subject_hash != _subject(shown):
            raise StateError("Another NHS login signs in to this account. Take that one away first.")
        return
    _note(actor, "link_nhs_login", "NHS login can sign in now", "You can now sign in with NHS login.")


def unlink(actor: Actor) -> None:
    """NHS login signs in to the actor's account no more. Without a link nothing happens."""
    mine = delete(NhsLink).where(NhsLink.account_id == actor.account_id)
    if db.session.scalar(mine.returning(NhsLink.account_id)) is not None:
        _note(actor, "unlink_nhs_login", "NHS login can sign in no more", "NHS login no longer signs in for you.")


def seal_shown(shown: Shown) -> str:
    """Who came back, to be carried in the cookie until an invitation is answered."""
    return seal(json.dumps(asdict(shown)), "nhs shown")


def shown_in(sealed: str) -> Shown | None:
    """Who came back a short while ago; None when it is too long ago or not ours."""
    try:
        return Shown(**json.loads(unseal(sealed, "nhs shown", seconds=int(_SHOWN.total_seconds()))))
    except SealError:
        return None


@task("signing_in.remove_nhs_visits", cron="*/10 * * * *")
def remove_old(timestamp: int) -> None:
    """Every ten minutes: visits that never came back go.

    :param timestamp: when the run was due, in Unix seconds; what counts is the clock.
    """
    db.session.execute(delete(NhsAttempt).where(NhsAttempt.written_at <= clock.now() - VISIT))


def _note(actor: Actor, verb: str, sentence: str, title: str) -> None:
    audit.record(actor, f"identity.{verb}", sentence, subject_kind="account", subject_id=actor.account_id)
    tell(db.session.get_one(Account, actor.account_id), title)


def _subject(shown: Shown) -> str:
    return _hash(f"{shown.issuer}\n{shown.subject}")


def _purpose(state: str) -> str:
    return f"nhs visit:{_hash(state)}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
