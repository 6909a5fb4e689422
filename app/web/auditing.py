"""What the staff's pages that an auditor reads too have in common: no form is theirs, and what they open is noted."""

from __future__ import annotations

from uuid import UUID

from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import Actor, CommissionerSubject, Permission, StaffRole, may
from app.stewardship import keys, openings
from app.stewardship.gate_rules import Sight
from app.web.context import current_actor


def person_to_read(ref: str, permission: Permission) -> Person:
    """The person that a page is about, for whoever does this work there, and for an auditor.

    :raises NotFoundError: for everybody else, and whoever acts for the person.
    """
    return identity.person_of_commissioner(current_actor(), ref, permission, reading=True)


def can_change(permission: Permission, commissioner_id: UUID) -> bool:
    """Whether the reader does this work, so that the page shows them its forms. An auditor only reads."""
    return may(current_actor(), permission, CommissionerSubject(commissioner_id))


def note_audit(
    person: Person, sight: Sight, what: str, subject_id: UUID | None = None, concern_id: UUID | None = None
) -> None:
    """Write down what an auditor opens of a person's, for the person to read; others read here what their own work is.

    :param what: as the person reads it: "the list of reviews".
    :param concern_id: when what is read is a concern, or would tell of one.
    """
    actor = current_actor()
    if may(actor, Permission.READ_AUDIT, CommissionerSubject(person.commissioner_id)):
        key = keys.audit_key(person, concern_id)
        openings.note(actor, person, key, sight, what, subject_id)


def reader_of(person: Person) -> Actor:
    """The reader of a page about one thing of a person's: an auditor with the key that they hold to all of it."""
    actor = current_actor()
    if person.commissioner_id not in actor.posts_with(StaffRole.AUDITOR):
        return actor
    opened = keys.open_with(actor, person)
    return opened.actor if opened else actor
