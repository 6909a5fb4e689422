"""Versions of the policy: keeping one for good, and taking one back that has not begun."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.core.words import storable
from app.identity.models import Commissioner
from app.identity.rules import Actor, CommissionerSubject, Permission, may
from app.policy import queries
from app.policy.document import PolicyDocument
from app.policy.models import PolicyVersion, PolicyWithdrawal

MOST_LETTERS = 2000
LEAST_REASON = 10


def publish(
    actor: Actor,
    commissioner_id: UUID,
    document: PolicyDocument,
    in_force_from: date,
    *,
    drafted_by: str = "",
    summary: str = "",
) -> PolicyVersion:
    """Keep a version for good and let it be in force from a day.

    Setting up a commissioner does this by itself; afterwards `drafts.publish` does, which asks who drafted it.
    """
    version = PolicyVersion(
        commissioner_id=commissioner_id,
        version=document.version,
        in_force_from=in_force_from,
        digest=document.digest,
        document=document.to_dict(),
        published_by=actor.name,
        published_by_id=actor.account_id,
        drafted_by=drafted_by,
        summary=summary,
    )
    db.session.add(version)
    db.session.flush()
    begins = clock.say_day(in_force_from, year=True)
    audit.record(
        actor,
        "policy.publish",
        f"Published version {document.version} of the spending policy, in force from {begins}",
        subject_kind="policy_version",
        subject_id=version.id,
        commissioner_id=commissioner_id,
        why=summary,
        details={"version": document.version, "digest": document.digest, "drafted_by": drafted_by},
    )
    return version


def withdraw(actor: Actor, commissioner_id: UUID, name: str, why: str) -> PolicyVersion:
    """Take back a version before it begins: what is in force stays in force.

    :raises InvalidError: field `why`.
    :raises StateError: when it began already, was taken back, or a later version builds on it.
    """
    require_change(actor, commissioner_id)
    lock_policy(commissioner_id)
    version = queries.version_named(actor, commissioner_id, name)
    db.session.refresh(version)
    if version.withdrawal is not None:
        raise StateError("This version was taken back already.")
    if version.in_force_from <= clock.today():
        raise StateError("This version has begun. Draft the next one to change it.")
    latest = queries.latest_version(commissioner_id)
    if latest is not None and latest.id != version.id:
        raise StateError(f"Version {latest.version} builds on this one. Take that one back first.")
    why = reason_of(why, "why")
    if actor.account_id is None:
        raise NotAllowedError("A person takes a policy back, not the software.")
    row = PolicyWithdrawal(
        commissioner_id=commissioner_id, version_id=version.id, by=actor.account_id, by_name=actor.name, why=why
    )
    db.session.add(row)
    audit.record(
        actor,
        "policy.withdraw",
        f"Took back version {version.version} of the spending policy before it began",
        subject_kind="policy_version",
        subject_id=version.id,
        commissioner_id=commissioner_id,
        why=why,
    )
    db.session.flush()
    db.session.expire(version, ["withdrawal"])
    return version


def require_change(actor: Actor, commissioner_id: UUID) -> None:
    """Let only those who may change a commissioner's policy go on.

    :raises NotAllowedError: for who may read it only.
    :raises NotFoundError: for everybody else.
    """
    place = CommissionerSubject(commissioner_id)
    if may(actor, Permission.CHANGE_POLICY, place):
        return
    if may(actor, Permission.READ_POLICY, place):
        raise NotAllowedError("Only an administrator changes the spending policy.")
    raise NotFoundError


def lock_policy(commissioner_id: UUID) -> None:
    """One at a time publishes or takes back a version of a commissioner."""
    db.session.execute(select(Commissioner.id).where(Commissioner.id == commissioner_id).with_for_update())


def reason_of(text: str, field: str = "reason") -> str:
    """A reason fit to keep.

    :raises InvalidError: when there is hardly anything in it, or too much.
    """
    reason = storable(text)
    if len(reason) < LEAST_REASON:
        raise InvalidError({field: "Say why, in a sentence: it stays in the history"})
    if len(reason) > MOST_LETTERS:
        raise InvalidError({field: f"Use {MOST_LETTERS:,} letters or fewer"})
    return reason
