"""Which policy is in force. A version never changes, so a process reads each from the database once."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from uuid import UUID

from sqlalchemy import bindparam, select

from app.core import clock
from app.core.db import db
from app.policy.document import PolicyDocument
from app.policy.models import PolicyVersion

# Asked with every purchase: made once.
_IN_FORCE = (
    select(PolicyVersion.id, PolicyVersion.digest)
    .where(
        PolicyVersion.commissioner_id == bindparam("commissioner_id"), PolicyVersion.in_force_from <= bindparam("day")
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
    """Every published version, the newest first."""
    return list(
        db.session.scalars(
            select(PolicyVersion)
            .where(PolicyVersion.commissioner_id == commissioner_id)
            .order_by(PolicyVersion.in_force_from.desc(), PolicyVersion.id.desc())
        )
    )


@lru_cache(maxsize=1)
def default_policy() -> PolicyDocument:
    """The policy that ships with the software."""
    return PolicyDocument.load_default()


@lru_cache(maxsize=32)
def _document(version_id: UUID, digest: str) -> PolicyDocument:
    if digest == default_policy().digest:
        return default_policy()
    return PolicyDocument.from_dict(db.session.get_one(PolicyVersion, version_id).document)
