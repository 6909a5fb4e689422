"""Publishing a version of the policy."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from app.audit import service as audit
from app.core.db import db
from app.identity.rules import Actor
from app.policy.document import PolicyDocument
from app.policy.models import PolicyVersion


def publish(actor: Actor, commissioner_id: UUID, document: PolicyDocument, in_force_from: date) -> PolicyVersion:
    """Keep a version for good and let it be in force from a day."""
    version = PolicyVersion(
        commissioner_id=commissioner_id,
        version=document.version,
        in_force_from=in_force_from,
        digest=document.digest,
        document=document.to_dict(),
        published_by=actor.name,
    )
    db.session.add(version)
    db.session.flush()
    audit.record(
        actor,
        "policy.publish",
        f"Published version {document.version} of the spending policy",
        subject_kind="policy_version",
        subject_id=version.id,
        commissioner_id=commissioner_id,
    )
    return version
