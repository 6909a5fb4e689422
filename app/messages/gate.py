"""The privacy gate around conversations: who reads one, on which side, and who is there to answer it.

On the person's side whoever was given the right to see messages reads it; the others, brokers among them, only what
they began: people must be able to write about everybody who helps them. On the other side it opens for the coordinator
it is with (or for the team, while it is nobody's), never for somebody who acts for the person.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.core.db import db
from app.core.errors import NotFoundError
from app.core.words import tidy_ref
from app.identity import absences
from app.identity import queries as identity
from app.identity.models import Account, Person
from app.identity.rules import Actor, CommissionerSubject, Permission, PersonSubject, may
from app.messages.models import Conversation


def conversation_for(viewer: Actor, person: Person, ref: str) -> Conversation:
    """One conversation, for the person's side.

    :raises NotFoundError: when there is none, or it is not theirs.
    """
    found = db.session.scalar(
        select(Conversation).where(Conversation.ref == tidy_ref(ref), Conversation.person_id == person.id)
    )
    if found is None or not is_own_side(viewer, found):
        raise NotFoundError
    return found


def is_own_side(viewer: Actor, conversation: Conversation) -> bool:
    """Whether it is the viewer's to read as the person's side: what they began, or all who may see messages."""
    grant = viewer.grant_for(conversation.person_id)
    if grant is None or not may(viewer, Permission.VIEW_BUDGET, PersonSubject(conversation.person_id)):
        return False
    reads = may(viewer, Permission.READ_MESSAGES, PersonSubject(conversation.person_id))
    return reads or viewer.account_id == conversation.opened_by


def may_open(viewer: Actor, conversation: Conversation) -> bool:
    """Whether this member of the team may read it: theirs, or nobody's yet."""
    return conversation.assigned_to in (None, viewer.account_id)


def helps(viewer: Actor, conversation: Conversation) -> bool:
    """Whether it is this viewer's to answer: a coordinator's there, with whom it is or who could take it up."""
    decides = may(viewer, Permission.DECIDE, CommissionerSubject(conversation.commissioner_id))
    return decides and may_open(viewer, conversation)


def check_sees(viewer: Actor, conversation: Conversation) -> None:
    """The privacy gate around one conversation.

    :raises NotFoundError: for everybody but the person's side and the coordinator it is with.
    """
    if not is_own_side(viewer, conversation):
        require_staff(viewer, conversation)


def check_reads(viewer: Actor, conversation: Conversation) -> None:
    """The same around what changes nothing: an auditor reads it too.

    :raises NotFoundError: for everybody else.
    """
    if not audits(viewer, conversation):
        check_sees(viewer, conversation)


def audits(viewer: Actor, conversation: Conversation) -> bool:
    """Whether the viewer reads it as an auditor: nobody does who acts for the person."""
    reads = may(viewer, Permission.READ_AUDIT, CommissionerSubject(conversation.commissioner_id))
    return reads and viewer.grant_for(conversation.person_id) is None


def team_for(conversation: Conversation) -> list[Account]:
    """Who of the team may answer it: nobody who acts for the person."""
    return _team(conversation.person_id, conversation.commissioner_id)


def colleagues_for(viewer: Actor, conversation: Conversation) -> list[Account]:
    """To whom it can be handed over."""
    return [
        account for account in team_for(conversation) if account.id not in (viewer.account_id, conversation.assigned_to)
    ]


def who_answers(conversation: Conversation) -> UUID | None:
    """Who is there to answer it: whoever has it, their cover, or nobody by name: then it is the team's."""
    return answers_for(conversation.assignee, conversation.person_id, conversation.commissioner_id)


def who_reads_new(person: Person) -> Account | None:
    """Who gets what is written for a person now: their coordinator, or the cover; None for the whole team."""
    key = answers_for(identity.coordinator_of(person.id), person.id, person.commissioner_id)
    return db.session.get(Account, key) if key else None


def of_team(viewer: Actor, ref: str) -> Conversation:
    """A conversation of the viewer's team, to take over. Whoever acts for the person is not of the team for them.

    :raises NotFoundError: when there is none.
    """
    found = db.session.scalar(select(Conversation).where(Conversation.ref == tidy_ref(ref)))
    if (
        found is None
        or not may(viewer, Permission.DECIDE, CommissionerSubject(found.commissioner_id))
        or viewer.grant_for(found.person_id) is not None
    ):
        raise NotFoundError
    return found


def require_staff(actor: Actor, conversation: Conversation) -> None:
    """Stop whoever is not the coordinator it is with.

    :raises NotFoundError: then.
    """
    if not may_open(actor, of_team(actor, conversation.ref)):
        raise NotFoundError


def _team(person_id: UUID, commissioner_id: UUID) -> list[Account]:
    acting = {account.id for account, _ in identity.acting_accounts(person_id)}
    return [account for account in identity.coordinators(commissioner_id) if account.id not in acting]


def answers_for(account: Account | None, person_id: UUID, commissioner_id: UUID) -> UUID | None:
    """Who is there for a coordinator, and may answer about a person; None leaves it to the team."""
    there = absences.who_is_there(account)
    return there if any(one.id == there for one in _team(person_id, commissioner_id)) else None
