"""Writing the audit. Every service calls :func:`record` in the transaction of what it records."""

from __future__ import annotations

from typing import Any, Protocol
from uuid import UUID

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db


class Doer(Protocol):
    """Whoever acts; ``identity.rules.Actor`` is one."""

    @property
    def account_id(self) -> UUID | None: ...
    @property
    def name(self) -> str: ...
    def quality_for(self, person_id: UUID | None, commissioner_id: UUID | None) -> str: ...


def record(
    actor: Doer,
    verb: str,
    sentence: str,
    *,
    subject_kind: str,
    subject_id: UUID | None = None,
    person_id: UUID | None = None,
    commissioner_id: UUID | None = None,
    why: str = "",
    details: dict[str, Any] | None = None,
) -> AuditEntry:
    """Write one entry.

    :param actor: who does it.
    :param verb: ``package.verb``, such as ``purchases.submit``.
    :param sentence: what happened, without the name, such as "Asked to buy Gym membership, £32.00".
    :param person_id: on whose behalf, or whose affairs were touched.
    :param why: the reason given, if one was.
    :param details: figures for the auditor; never a secret, never a document's content.
    """
    entry = AuditEntry(
        written_at=clock.now(),
        commissioner_id=commissioner_id,
        actor_id=actor.account_id,
        actor_name=actor.name,
        actor_role=actor.quality_for(person_id, commissioner_id),
        person_id=person_id,
        verb=verb,
        subject_kind=subject_kind,
        subject_id=subject_id,
        sentence=sentence,
        why=why,
        details=details or {},
    )
    db.session.add(entry)
    return entry
