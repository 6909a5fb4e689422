"""Which policy is in force, its versions and drafts. A version never changes, so a process reads each but once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.identity.models import Account, StaffPost
from app.identity.rules import Actor, CommissionerSubject, Permission, StaffRole, may, may_read
from app.policy.comparing import Difference, compare
from app.policy.document import PolicyDocument
from app.policy.models import DraftState, PolicyChange, PolicyDraft, PolicySimulation, PolicyVersion, PolicyWithdrawal

# Asked with every purchase: made once.
_IN_FORCE = (
    select(PolicyVersion.id, PolicyVersion.digest)
    .where(
        PolicyVersion.commissioner_id == bindparam("commissioner_id"),
        PolicyVersion.in_force_from <= bindparam("day"),
        ~select(PolicyWithdrawal.id).where(PolicyWithdrawal.version_id == PolicyVersion.id).exists(),
    )
    .order_by(PolicyVersion.in_force_from.desc(), PolicyVersion.id.desc())
    .limit(1)
)


def policy_in_force(commissioner_id: UUID, on: date | None = None) -> PolicyDocument:
    """The policy a commissioner has in force on a day: the default one where it has published none.

    :param on: a London day; today when left out.
    """
    asked = {"commissioner_id": commissioner_id, "day": on or clock.today()}
    row = db.session.execute(_IN_FORCE, asked).one_or_none()
    return default_policy() if row is None else _document(*row)


def versions_of(commissioner_id: UUID) -> list[PolicyVersion]:
    """Every published version, the newest first; those taken back before they began are among them."""
    return list(
        db.session.scalars(
            select(PolicyVersion)
            .where(PolicyVersion.commissioner_id == commissioner_id)
            .order_by(PolicyVersion.in_force_from.desc(), PolicyVersion.id.desc())
        )
    )


def latest_version(commissioner_id: UUID) -> PolicyVersion | None:
    """The version that a new draft builds on: the last one, in force or still to come; None before the first."""
    return next((version for version in versions_of(commissioner_id) if version.withdrawal is None), None)


def version_named(viewer: Actor, commissioner_id: UUID, name: str) -> PolicyVersion:
    """A version by its name.

    :raises NotFoundError: when there is none, or the viewer may not read this commissioner's policy.
    """
    found = None
    if may(viewer, Permission.READ_POLICY, CommissionerSubject(commissioner_id)) and "\x00" not in name:
        found = db.session.scalar(
            select(PolicyVersion).where(PolicyVersion.commissioner_id == commissioner_id, PolicyVersion.version == name)
        )
    if found is None:
        raise NotFoundError
    return found


def document_of(version: PolicyVersion | None) -> PolicyDocument:
    """What a version says; the policy that ships for none."""
    return default_policy() if version is None else _document(version.id, version.digest)


def drafts_of(viewer: Actor, commissioner_id: UUID) -> list[PolicyDraft]:
    """The drafts of a commissioner that are not finished, the newest first. None for who neither changes the policy nor
    audits.
    """
    if not may_read(viewer, Permission.CHANGE_POLICY, CommissionerSubject(commissioner_id)):
        return []
    return list(
        db.session.scalars(
            select(PolicyDraft)
            .where(
                PolicyDraft.commissioner_id == commissioner_id,
                PolicyDraft.state.in_((DraftState.OPEN, DraftState.ASKED)),
            )
            .order_by(PolicyDraft.id.desc())
        )
    )


def draft_for(viewer: Actor, ref: str, *, reading: bool = False) -> PolicyDraft:
    """A draft by its reference.

    :param reading: nothing is changed, so an auditor there has it too.
    :raises NotFoundError: when there is none, or the viewer may not change this commissioner's policy.
    """
    draft = db.session.scalar(select(PolicyDraft).where(PolicyDraft.ref == ref))
    asks = may_read if reading else may
    if draft is None or not asks(viewer, Permission.CHANGE_POLICY, CommissionerSubject(draft.commissioner_id)):
        raise NotFoundError
    return draft


def draft_document(draft: PolicyDraft) -> PolicyDocument:
    """What a draft says now."""
    return _draft_document(draft.id, draft.digest)


def base_of(draft: PolicyDraft) -> PolicyDocument:
    """What a draft began from."""
    return document_of(db.session.get(PolicyVersion, draft.base_id) if draft.base_id else None)


def differences_of(draft: PolicyDraft) -> tuple[Difference, ...]:
    """What a draft changes."""
    return compare(base_of(draft), draft_document(draft))


def is_behind(draft: PolicyDraft) -> bool:
    """True when another version was published since the draft began: publishing it would undo that one."""
    latest = latest_version(draft.commissioner_id)
    return (latest.id if latest else None) != draft.base_id


def changes_of(draft_id: UUID) -> list[PolicyChange]:
    """Who changed what in a draft, and why, in the order in which it was done."""
    rows = select(PolicyChange).where(PolicyChange.draft_id == draft_id).order_by(PolicyChange.id)
    return list(db.session.scalars(rows))


def draft_behind(version: PolicyVersion) -> PolicyDraft | None:
    """The draft that was published as this version; None for one that came with the software."""
    return db.session.scalar(select(PolicyDraft).where(PolicyDraft.published_as == version.id))


def reasons_in(changes: Sequence[PolicyChange]) -> dict[str, PolicyChange]:
    """The last change for each path, where it has a reason: an older reason was for something else."""
    return {path: change for path, change in {change.path: change for change in changes}.items() if change.reason}


def wanting_reasons(draft: PolicyDraft) -> list[Difference]:
    """What lets more through than before and has no reason yet."""
    given = reasons_in(changes_of(draft.id))
    return [item for item in differences_of(draft) if item.relaxes and item.path not in given]


def editors_of(draft: PolicyDraft) -> set[UUID]:
    """Whoever had a hand in it: none of them publishes it."""
    by = set(db.session.scalars(select(PolicyChange.by).where(PolicyChange.draft_id == draft.id)))
    return by | {draft.begun_by} | ({draft.asked_by} if draft.asked_by else set())


def others_who_publish(draft: PolicyDraft) -> list[Account]:
    """The admins of the commissioner today who had no hand in the draft, by name."""
    today, hands = clock.today(), editors_of(draft)
    rows = (
        select(Account)
        .join(StaffPost, StaffPost.account_id == Account.id)
        .where(
            StaffPost.commissioner_id == draft.commissioner_id,
            StaffPost.role == StaffRole.ADMIN,
            StaffPost.starts_on <= today,
            or_(StaffPost.ends_on.is_(None), StaffPost.ends_on >= today),
            Account.closed_at.is_(None),
        )
        .order_by(Account.name, Account.id)
    )
    return [account for account in db.session.scalars(rows) if account.id not in hands]


def last_simulation(draft_id: UUID) -> PolicySimulation | None:
    """The latest trial of a draft on past purchases, whatever its state."""
    rows = select(PolicySimulation).where(PolicySimulation.draft_id == draft_id).order_by(PolicySimulation.id.desc())
    return db.session.scalar(rows.limit(1))


@lru_cache(maxsize=1)
def default_policy() -> PolicyDocument:
    """The policy that ships with the software."""
    return PolicyDocument.load_default()


@lru_cache(maxsize=32)
def _document(version_id: UUID, digest: str) -> PolicyDocument:
    if digest == default_policy().digest:
        return default_policy()
    return PolicyDocument.from_dict(db.session.get_one(PolicyVersion, version_id).document)


@lru_cache(maxsize=32)
def _draft_document(draft_id: UUID, digest: str) -> PolicyDocument:
    draft = db.session.get_one(PolicyDraft, draft_id)
    return PolicyDocument.from_dict(draft.document)
