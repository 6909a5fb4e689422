"""Asking a person about anything: who may write, who may read, whose turn it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.evidence import attachments
from app.evidence.models import Attachment
from app.identity.models import StaffPost
from app.identity.rules import AuthorityKind, Scope
from app.messages import conversations, gate, inbox
from app.messages.models import Conversation, Notice
from app.messages.rules import ConversationState
from tests import factories
from tests.purchases.world import World, build


@pytest.fixture
def world(session: object) -> World:
    return build()


def begun(world: World) -> Conversation:
    talk, _ = conversations.begin(world.me, world.person, "A lift to the pool", "Could I have a taxi?")
    return talk


def test_it_goes_to_ones_own_coordinator_who_answers_by_a_day(world: World) -> None:
    talk = begun(world)
    assert (talk.assigned_to, talk.state) == (world.coordinator.id, ConversationState.WITH_STAFF)
    assert talk.due_on == clock.add_working_days(clock.today(), 2)
    conversations.reply(world.priya, talk, "Yes, you could.")
    assert (talk.state, talk.due_on) == (ConversationState.WITH_PERSON, None)
    titles = list(db.session.scalars(select(Notice.title).where(Notice.account_id == world.holder.id)))
    assert titles == ["Priya Shah answered you about A lift to the pool."]
    conversations.reply(world.me, talk, "On Tuesdays too?")
    assert (talk.state, talk.due_on) == (ConversationState.WITH_STAFF, clock.add_working_days(clock.today(), 2))


def test_whoever_may_only_look_may_ask(world: World) -> None:
    aunt = factories.make_account("Aunt Bea")
    factories.give_authority(aunt, world.person, AuthorityKind.REPRESENTATIVE, Scope.VIEW)
    talk, _ = conversations.begin(factories.actor_for(aunt), world.person, "His shoes", "Who buys them?")
    assert talk.opened_by == aunt.id


def test_nobody_else_reads_it(world: World) -> None:
    talk = begun(world)
    stranger = build()
    for actor in (stranger.me, stranger.priya, factories.actor_for(factories.make_account("Nobody"))):
        with pytest.raises(NotFoundError):
            conversations.open_for_staff(actor, talk.ref)
        with pytest.raises(NotFoundError):
            gate.conversation_for(actor, world.person, talk.ref)
        with pytest.raises(NotFoundError):
            conversations.reply(actor, talk, "Hello")
        with pytest.raises(NotFoundError):
            conversations.begin(actor, world.person, "Hello", "Hello")
    with pytest.raises(NotFoundError):
        gate.conversation_for(stranger.me, stranger.person, talk.ref)
    with pytest.raises(StateError, match="Priya Shah has this one"):
        conversations.open_for_staff(world.tom, talk.ref)
    with pytest.raises(NotFoundError):
        conversations.reply(world.tom, talk, "Me too")


def test_a_colleague_takes_it_and_the_person_is_told(world: World) -> None:
    talk = begun(world)
    assert [row.ref for row in inbox.conversations_for_staff(world.tom).rows] == []
    assert [row.ref for row in inbox.conversations_for_staff(world.tom, "team").rows] == [talk.ref]
    conversations.take(world.tom, talk.ref)
    conversations.open_for_staff(world.tom, talk.ref)
    opened = db.session.scalars(select(AuditEntry.sentence).where(AuditEntry.verb == "messages.open")).all()
    assert opened == ["Opened your messages"]
    titles = db.session.scalars(select(Notice.title).where(Notice.account_id == world.holder.id)).all()
    assert titles == ["Tom Ellis will talk with you about A lift to the pool now."]
    with pytest.raises(InvalidError):
        conversations.hand_over(world.tom, talk, world.holder.ref)
    conversations.hand_over(world.tom, talk, world.coordinator.ref)
    assert talk.assigned_to == world.coordinator.id


def test_a_coordinator_who_acts_for_the_person_does_not_answer(world: World) -> None:
    factories.give_authority(world.coordinator, world.person)
    talk = begun(world)
    assert talk.assigned_to is None
    with pytest.raises(NotFoundError):
        conversations.open_for_staff(world.priya, talk.ref)
    assert [account.name for account in gate.colleagues_for(world.tom, talk)] == []


def test_it_is_closed_once_answered_and_stays_closed(world: World) -> None:
    talk = begun(world)
    with pytest.raises(StateError, match="Answer it first"):
        conversations.close(world.priya, talk)
    conversations.reply(world.priya, talk, "Yes.")
    conversations.close(world.me, talk)
    with pytest.raises(StateError, match="finished"):
        conversations.reply(world.priya, talk, "One more thing")
    assert inbox.counts_for_staff(world.priya) == inbox.StaffCounts(0, 0, 0)


@pytest.mark.parametrize(
    ("topic", "body", "field"), [(" \x00", "Hi", "topic"), ("x" * 121, "Hi", "topic"), ("A", " ", "message")]
)
def test_what_is_missing_is_named(world: World, topic: str, body: str, field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        conversations.begin(world.me, world.person, topic, body)
    assert set(refused.value.errors) == {field}


def test_a_broker_reads_what_they_began_and_nothing_that_is_said_of_them(world: World) -> None:
    bea = world.broker()
    talk, message = conversations.begin(world.me, world.person, "My broker", "Bea presses me to buy. Can you help?")
    own, _ = conversations.begin(bea, world.person, "An invoice", "Who pays it?")
    assert [row.ref for row in inbox.conversations_of(bea, world.person).rows] == [own.ref]
    assert {row.ref for row in inbox.conversations_of(world.me, world.person).rows} == {own.ref, talk.ref}
    photo = Attachment(
        commissioner_id=world.commissioner.id,
        message_id=message.id,
        conversation_id=talk.id,
        filename="letter.pdf",
        content_type="application/pdf",
        size_bytes=1,
        sha256="0" * 64,
        stored_name="x.pdf",
        uploaded_by=world.holder.id,
    )
    db.session.add(photo)
    db.session.flush()
    for attempt in (
        lambda: gate.conversation_for(bea, world.person, talk.ref),
        lambda: conversations.reply(bea, talk, "That is not true."),
        lambda: conversations.close(bea, talk),
        lambda: attachments.attachments_of(bea, talk),
        lambda: attachments.attachment_for(bea, photo.ref),
    ):
        with pytest.raises(NotFoundError):
            attempt()
    assert gate.conversation_for(world.me, world.person, own.ref) == own
    conversations.reply(bea, own, "It is £20.")


def test_an_answer_without_words_changes_nothing(world: World) -> None:
    talk = begun(world)
    with pytest.raises(InvalidError):
        conversations.reply(world.priya, talk, " \x00 ")
    assert (talk.state, talk.due_on is None) == (ConversationState.WITH_STAFF, False)


def test_what_comes_back_to_somebody_who_left_comes_to_the_team(world: World) -> None:
    talk = begun(world)
    conversations.reply(world.priya, talk, "Yes, you could.")
    post = db.session.scalars(select(StaffPost).where(StaffPost.account_id == world.coordinator.id)).one()
    post.ends_on = clock.today() - timedelta(days=1)
    db.session.flush()
    conversations.reply(world.me, talk, "On Tuesdays too?")
    assert (talk.assigned_to, talk.assigned_name) == (None, "Your coordinator's team")
    told = list(db.session.scalars(select(Notice.account_id).where(Notice.title.contains("Sam Okafor wrote about"))))
    assert told == [world.colleague.id]
