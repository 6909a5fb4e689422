"""Who the safeguarding leads of a commissioner are: named by an administrator."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError
from app.core.words import tidy_ref
from app.identity.models import Account, StaffPost
from app.identity.rules import Actor, CommissionerSubject, Permission, StaffRole, may

#: Who may be named: they decide about people, and are not there to check others.
ROLES = (StaffRole.COORDINATOR, StaffRole.ADMIN)


def name_lead(actor: Actor, commissioner_id: UUID, account_ref: str, *, safeguards: bool) -> StaffPost:
    """Name somebody a safeguarding lead, or take the name back. They decide when a person is told of a concern.

    :raises NotFoundError: when the actor names none there.
    :raises InvalidError: field ``account``, for somebody without a post that may be named.
    """
    if not may(actor, Permission.NAME_SAFEGUARDING, CommissionerSubject(commissioner_id)):
        raise NotFoundError
    today = clock.today()
    post = db.session.scalar(
        select(StaffPost)
        .join(Account, Account.id == StaffPost.account_id)
        .where(
            Account.ref == tidy_ref(account_ref),
            StaffPost.commissioner_id == commissioner_id,
            StaffPost.role.in_(ROLES),
            StaffPost.starts_on <= today,
            or_(StaffPost.ends_on.is_(None), StaffPost.ends_on >= today),
        )
        .order_by(StaffPost.role != StaffRole.COORDINATOR, StaffPost.id)
        .limit(1)
        .with_for_update(of=StaffPost)
    )
    if post is None:
        raise InvalidError({"account": "Choose a coordinator or an administrator who works here today"})
    post.safeguards = safeguards
    said = "a safeguarding lead" if safeguards else "no safeguarding lead any more"
    audit.record(
        actor,
        "identity.name_safeguarding_lead",
        f"{post.account.name} is {said}",
        subject_kind="staff_post",
        subject_id=post.id,
        commissioner_id=commissioner_id,
    )
    db.session.flush()
    return post
