"""Leave: what is asked goes to the cover, what is open goes there too, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.approvals.models import ApprovalRequest
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError
from app.identity import absences
from app.identity.models import Account, StaffPost
from app.marketplace.service import add_member
from app.messages import conversations
from app.messages.models import Notice
from app.messages.rules import NoticeKind
from app.purchases import service as purchases
from app.purchases.covering import cover_absences, cover_leavers
from tests import factories
from tests.purchases.test_deciding import request_of
from tests.purchases.test_races import race
from tests.purchases.world import World, build, make_listing


def away(world: World, *, cover: Account | None, days: int = 3, start: int = 0) -> None:
    first = clock.today() + timedelta(days=start)
    absences.note_absence(
        world.priya,
        world.commissioner.id,
        account_ref=world.coordinator.ref,
        starts_on=first,
        ends_on=first + timedelta(days=days),
        cover_ref=cover.ref if cover else None,
    )


def test_what_is_open_goes_to_the_cover_and_the_person_is_told(world: World) -> None:
    request = request_of(world.referred())
    talk, _ = conversations.begin(world.me, world.person, "A lift", "Could I?")
    away(world, cover=world.colleague)
    assert cover_absences() == 2
    assert cover_absences() == 0
    db.session.refresh(request)
    assert (request.assigned_to, talk.assigned_to) == (world.colleague.id, world.colleague.id)
    purchases.approve(world.tom, request.ref)
    told = db.session.scalars(
        select(Notice.title).where(Notice.account_id == world.holder.id, Notice.kind == NoticeKind.HANDED_OVER)
    ).all()
    assert told == [
        f"Tom Ellis will answer you about Karaoke machine by {clock.say_day(request.due_on)}.",
        "Tom Ellis will talk with you about A lift now.",
    ]


def test_what_is_asked_meanwhile_goes_there_too_and_comes_back_afterwards(world: World) -> None:
    away(world, cover=world.colleague, start=1)
    assert request_of(world.referred(3_100)).assigned_to == world.coordinator.id
    with clock.at(clock.start_of(clock.today() + timedelta(days=2))):
        assert request_of(world.referred(3_200)).assigned_to == world.colleague.id
        talk, _ = conversations.begin(world.me, world.person, "A lift", "Could I?")
        assert talk.assigned_to == world.colleague.id
    with clock.at(clock.start_of(clock.today() + timedelta(days=5))):
        assert request_of(world.referred(3_300)).assigned_to == world.coordinator.id


def test_without_a_cover_it_goes_to_whoever_is_there(world: World) -> None:
    third = factories.make_account("Una Third")
    factories.make_post(third, world.commissioner)
    away(world, cover=None)
    absences.note_absence(
        world.tom,
        world.commissioner.id,
        account_ref=world.colleague.ref,
        starts_on=clock.today(),
        ends_on=clock.today(),
    )
    assert request_of(world.referred()).assigned_to == third.id


def test_a_cover_who_acts_for_the_person_is_passed_over(world: World) -> None:
    factories.give_authority(world.colleague, world.person)
    request = request_of(world.referred())
    away(world, cover=world.colleague)
    assert cover_absences() == 0  # nobody may: it waits where it is
    db.session.refresh(request)
    assert request.assigned_to == world.coordinator.id


def leave_for_good(account: Account) -> None:
    post = db.session.scalars(select(StaffPost).where(StaffPost.account_id == account.id)).one()
    post.ends_on = clock.today() - timedelta(days=1)
    db.session.flush()


def test_a_cover_who_acts_for_the_person_gets_none_of_their_messages_either(world: World) -> None:
    factories.give_authority(world.colleague, world.person)
    talk, _ = conversations.begin(world.me, world.person, "A lift", "Could I?")
    away(world, cover=world.colleague)
    assert cover_absences() == 1
    assert talk.assigned_to is None  # the team's: nobody is left who could not open it


def test_nobody_stands_in_who_would_be_paid_for_it(world: World) -> None:
    """It would open for them, and they could not answer it."""
    third = factories.make_account("Una Third")
    factories.make_post(third, world.commissioner)
    listing = make_listing()
    add_member(factories.SYSTEM, listing.provider, world.colleague.id)
    purchase = world.referred()
    purchase.provider_id = listing.provider_id
    db.session.flush()
    away(world, cover=world.colleague)
    assert cover_absences() == 1
    assert request_of(purchase).assigned_to == third.id


def test_nobody_takes_or_is_handed_what_they_would_be_paid_for(world: World) -> None:
    listing = make_listing()
    add_member(factories.SYSTEM, listing.provider, world.colleague.id)
    purchase = world.referred()
    purchase.provider_id = listing.provider_id
    db.session.flush()
    request = request_of(purchase)
    with pytest.raises(NotAllowedError, match="paid for this one"):
        purchases.take(world.tom, request.ref)
    with pytest.raises(InvalidError, match="Tom Ellis cannot decide this one"):
        purchases.hand_over(world.priya, request.ref, world.colleague.ref)
    assert request.assigned_to == world.coordinator.id


def test_what_comes_back_while_somebody_is_away_comes_to_the_cover(world: World) -> None:
    purchase = world.referred()
    request = request_of(purchase)
    talk, _ = conversations.begin(world.me, world.person, "A lift", "Could I?")
    conversations.reply(world.priya, talk, "Yes.")
    away(world, cover=None)
    absences.beginning(clock.today())[0].handed_over_on = clock.today()
    purchases.ask(world.priya, request.ref, "Which songs?")
    purchases.answer_about(world.me, purchase, "Sea shanties")
    conversations.reply(world.me, talk, "On Tuesdays too?")
    db.session.refresh(request)
    assert request.assigned_to == world.colleague.id
    assert talk.assigned_to is None


def test_what_somebody_had_who_left_goes_to_who_is_there_once(world: World) -> None:
    request = request_of(world.referred())
    talk, _ = conversations.begin(world.me, world.person, "A lift", "Could I?")
    assert cover_leavers() == 0
    leave_for_good(world.coordinator)
    assert cover_leavers() == 2
    assert cover_leavers() == 0
    db.session.refresh(request)
    assert (request.assigned_to, talk.assigned_to) == (world.colleague.id, None)
    purchases.approve(world.tom, request.ref)


def test_who_may_note_it(world: World) -> None:
    day = clock.today()
    asked = {"account_ref": world.coordinator.ref, "starts_on": day, "ends_on": day}
    with pytest.raises(NotAllowedError):
        absences.note_absence(world.tom, world.commissioner.id, **asked)
    with pytest.raises(NotFoundError):
        absences.note_absence(world.me, world.commissioner.id, **asked)
    with pytest.raises(NotFoundError):
        absences.note_absence(build().priya, world.commissioner.id, **asked)
    db.session.scalars(select(StaffPost).where(StaffPost.account_id == world.colleague.id)).one().leads = True
    db.session.flush()
    absence = absences.note_absence(world.tom, world.commissioner.id, **asked)
    with pytest.raises(InvalidError) as refused:
        absences.note_absence(
            world.tom,
            world.commissioner.id,
            account_ref=world.colleague.ref,
            starts_on=day,
            ends_on=day - timedelta(days=1),
            cover_ref=world.coordinator.ref,
        )
    assert set(refused.value.errors) == {"ends_on", "cover"}
    absences.take_back_absence(world.priya, absence.ref)
    assert absences.away_among([world.coordinator.id]) == {}
    with pytest.raises(NotFoundError):
        absences.take_back_absence(world.priya, absence.ref)


def test_two_workers_hand_over_once(real_database: Flask) -> None:
    with real_database.app_context():
        world = build()
        key = request_of(world.referred()).id
        away(world, cover=world.colleague)
        colleague = world.colleague.id
        db.session.commit()
    done = race(real_database, [cover_absences, cover_absences, cover_absences], 3)
    assert sorted(str(item) for item in done) == ["0", "0", "1"]
    with real_database.app_context():
        assert db.session.get_one(ApprovalRequest, key).assigned_to == colleague
