"""Talking with a coordinator about anything: the person's side writes, a named person answers by a promised day.

The privacy gate holds here too: a conversation opens for the coordinator it is with (or for the team, while it is
nobody's; see ``gate``), and whoever opens it is written down.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.words import one_line, tidy_ref
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import Actor, Permission, PersonSubject, may
from app.messages import gate
from app.messages import service as messages
from app.messages.models import Conversation, Message
from app.messages.rules import MAX_TOPIC, About, ConversationState, NoticeKind

_OPEN = (ConversationState.WITH_STAFF, ConversationState.WITH_PERSON)
_MOVED = "Somebody changed this a moment ago. Look at it again."


def begin(actor: Actor, person: Person, topic: str, body: str) -> tuple[Conversation, Message]:
    """Write to the coordinator about something new.

    Whoever may look at the budget may do so: nobody is too junior to ask a person.

    :raises InvalidError: fields ``topic`` and ``message``.
    """
    if actor.account_id is None or not may(actor, Permission.VIEW_BUDGET, PersonSubject(person.id)):
        raise NotFoundError
    topic = one_line(topic)
    if not topic:
        raise InvalidError({"topic": "Say what it is about, like a lift to the pool"})
    if len(topic) > MAX_TOPIC:
        raise InvalidError({"topic": f"Say it in {MAX_TOPIC} characters or fewer"})
    text = messages.body_of(body)
    reader = gate.who_reads_new(person)
    conversation = Conversation(
        commissioner_id=person.commissioner_id,
        person_id=person.id,
        topic=topic,
        opened_by=actor.account_id,
        assigned_to=reader.id if reader else None,
        due_on=identity.answer_day(person.commissioner_id),
        moved_at=clock.now(),
    )
    db.session.add(conversation)
    db.session.flush()
    message = _write(actor, conversation, text)
    tell_staff(actor, conversation, f"{actor.name} wrote to you about {topic}. Answer by {_day(conversation)}.")
    return conversation, message


def reply(actor: Actor, conversation: Conversation, body: str) -> Message:
    """Write on: from the person's side it is the coordinator's turn again, with the usual time; or the other way.

    What comes back to somebody who is away, or gone, comes to whoever is there.

    :raises InvalidError: field ``message``.
    :raises StateError: when it was closed, or somebody was faster.
    """
    own_side = gate.is_own_side(actor, conversation)
    if not own_side:
        gate.require_staff(actor, conversation)
    text = messages.body_of(body)
    if own_side:
        values: dict[str, Any] = {"state": ConversationState.WITH_STAFF, "assigned_to": gate.who_answers(conversation)}
        if conversation.due_on is None:
            values["due_on"] = identity.answer_day(conversation.commissioner_id)
    else:
        values = {"state": ConversationState.WITH_PERSON, "due_on": None, **_NEVER_LATE}
        if conversation.assigned_to is None:
            values["assigned_to"] = actor.account_id
    _move(conversation, _OPEN, values)
    message = _write(actor, conversation, text)
    if own_side:
        tell_staff(
            actor, conversation, f"{actor.name} wrote about {conversation.topic}. Answer by {_day(conversation)}."
        )
    else:
        messages.mark_read_about(actor, About.STAFF_CONVERSATION, conversation.ref)
        tell_side(actor, conversation, NoticeKind.MESSAGE, f"{actor.name} answered you about {conversation.topic}.")
    return message


_NEVER_LATE: dict[str, Any] = {"new_due_on": None, "reminded_on": None, "lead_told_on": None}


def close(actor: Actor, conversation: Conversation) -> None:
    """Nothing more has to be said. Either side may close it; a new one can be begun at any time.

    :raises StateError: when it is closed already.
    """
    if not gate.is_own_side(actor, conversation):
        gate.require_staff(actor, conversation)
        if conversation.state is ConversationState.WITH_STAFF:
            raise StateError("This waits for an answer. Answer it first, then close it.")
    _move(conversation, _OPEN, {"state": ConversationState.CLOSED, "due_on": None, **_NEVER_LATE})
    _record(actor, conversation, "close", "Closed a conversation")


def take(actor: Actor, ref: str) -> Conversation:
    """Answer instead of a colleague, or of nobody. The person is told who answers now.

    :raises NotFoundError: when it is no business of the actor's team.
    """
    conversation = gate.of_team(actor, ref)
    if conversation.assigned_to == actor.account_id:
        return conversation
    return pass_on(actor, conversation, actor.account_id)


def hand_over(actor: Actor, conversation: Conversation, to_account_ref: str) -> Conversation:
    """Give it to a colleague.

    :raises InvalidError: field ``to``, when there is no such colleague.
    """
    gate.require_staff(actor, conversation)
    to = next((one for one in gate.colleagues_for(actor, conversation) if one.ref == tidy_ref(to_account_ref)), None)
    if to is None:
        raise InvalidError({"to": "Choose somebody in your team"})
    return pass_on(actor, conversation, to.id)


def pass_on(actor: Actor, conversation: Conversation, to: UUID | None) -> Conversation:
    """Let somebody else answer; with nobody named, anybody of the team. They are told, and so is the person.

    :raises StateError: when it is finished, or somebody moved it a moment ago.
    """
    _move(conversation, _OPEN, {"assigned_to": to}, moved=False)
    db.session.refresh(conversation, ["assignee"])
    name = conversation.assigned_name
    _record(actor, conversation, "assign", f"Gave a conversation to {name}")
    if conversation.state is ConversationState.WITH_STAFF:
        title = f"{actor.name} handed you a message about {conversation.topic}."
        tell_staff(actor, conversation, title, NoticeKind.HANDED_OVER)
    title = f"{name} will talk with you about {conversation.topic} now."
    tell_side(actor, conversation, NoticeKind.HANDED_OVER, title)
    return conversation


def open_for_staff(viewer: Actor, ref: str) -> Conversation:
    """One conversation, for the coordinator it is with. Writes an entry the person can read, so the caller commits.

    :raises NotFoundError: when there is none for this viewer's team.
    :raises StateError: when a colleague has it: naming who.
    """
    conversation = gate.of_team(viewer, ref)
    if not gate.may_open(viewer, conversation):
        raise StateError(f"{conversation.assigned_name} has this one.")
    _record(viewer, conversation, "open", "Opened your messages")
    db.session.flush()
    return conversation


def open_to_audit(viewer: Actor, ref: str) -> Conversation | None:
    """One conversation, for an auditor to read; None where there is none, or they do not audit there. Writes an entry
    the person can read, so the caller commits.
    """
    conversation = db.session.scalar(select(Conversation).where(Conversation.ref == tidy_ref(ref)))
    if conversation is None or gate.helps(viewer, conversation) or not gate.audits(viewer, conversation):
        return None  # whoever answers it reads it as their own work
    _record(viewer, conversation, "open", "Opened your messages as an auditor")
    db.session.flush()
    return conversation


def tell_staff(actor: Actor, conversation: Conversation, title: str, kind: NoticeKind = NoticeKind.MESSAGE) -> None:
    """Tell whoever answers: the coordinator it is with, or the whole team while it is nobody's. Nobody who may not."""
    with_one = conversation.assigned_to
    team = [account.id for account in gate.team_for(conversation) if with_one in (None, account.id)]
    _notify(actor, conversation, team, kind, title, About.STAFF_CONVERSATION)


def tell_side(actor: Actor, conversation: Conversation, kind: NoticeKind, title: str) -> None:
    """Tell whoever may see messages for the person, and whoever began it, while they may act."""
    side = [
        account.id
        for account, authority in identity.acting_accounts(conversation.person_id)
        if authority.sees_messages or account.id == conversation.opened_by
    ]
    _notify(actor, conversation, side, kind, title, About.CONVERSATION)


def _notify(
    actor: Actor, conversation: Conversation, accounts: list[UUID], kind: NoticeKind, title: str, about: About
) -> None:
    messages.notify(
        actor, accounts, kind, title, about=about, about_ref=conversation.ref, person_id=conversation.person_id
    )


def _write(actor: Actor, conversation: Conversation, body: str) -> Message:
    return messages.write(
        actor,
        About.CONVERSATION,
        conversation.id,
        body,
        commissioner_id=conversation.commissioner_id,
        person_id=conversation.person_id,
    )


def _day(conversation: Conversation) -> str:
    return clock.say_day(conversation.due_on or clock.today())


def _move(
    conversation: Conversation, states: tuple[ConversationState, ...], values: dict[str, Any], *, moved: bool = True
) -> None:
    """Change it, if it is still as it was read."""
    done = db.session.scalar(
        update(Conversation)
        .where(
            Conversation.id == conversation.id,
            Conversation.state == conversation.state,
            Conversation.state.in_(states),
            Conversation.assigned_to.is_not_distinct_from(conversation.assigned_to),
        )
        .values(**values, **({"moved_at": clock.now()} if moved else {}))
        .returning(Conversation.id)
        .execution_options(synchronize_session=False)
    )
    closed = conversation.state is ConversationState.CLOSED
    db.session.refresh(conversation)
    if done is None:
        raise StateError("This conversation is finished. Begin a new one." if closed else _MOVED)


def _record(actor: Actor, conversation: Conversation, verb: str, sentence: str) -> None:
    audit.record(
        actor,
        f"messages.{verb}",
        sentence,
        subject_kind="conversation",
        subject_id=conversation.id,
        person_id=conversation.person_id,
        commissioner_id=conversation.commissioner_id,
    )
