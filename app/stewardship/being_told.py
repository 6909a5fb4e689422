"""Whether there is anybody on a person's side to be told something. Sometimes nobody acts for them here."""

from __future__ import annotations

from uuid import UUID

from app.identity import queries as identity

#: As the audit says it, after what was done.
_NOBODY = ". Nobody acts for them here, so nobody was told"


def is_somebody_there(person_id: UUID) -> bool:
    """Whether anybody of the person's own side would read a notice today."""
    return bool(identity.holder_side_ids(person_id))


def if_nobody(person_id: UUID) -> str:
    """What an entry of the audit adds where a person's side is told and there is none; nothing otherwise."""
    return "" if is_somebody_there(person_id) else _NOBODY
