"""Whoever acted for somebody is named as the doer, wherever staff read of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.approvals import queries as approval_queries
from app.core import clock
from app.core.db import db
from app.identity import service
from app.identity.models import Account
from app.identity.rules import Actor, AuthorityKind, Scope
from app.marketplace.models import ProviderMember
from app.marketplace.rules import Category
from app.messages.models import Notice
from app.purchases import clocks, moving, regular
from app.purchases import service as purchases
from app.purchases.idea_rules import IdeaInput
from app.purchases.moving import MoveInput
from tests import factories as make
from tests.purchases.regular_world import begin
from tests.purchases.world import World, build, make_listing


@pytest.fixture
def world(session: object) -> World:
    return build()


@pytest.fixture
def leonie(world: World) -> Actor:
    account = make.make_account("Leonie Finch")
    service.grant_authority(
        make.SYSTEM, account, world.person, AuthorityKind.NOMINEE, Scope.BUY, starts_on=make.LONG_AGO
    )
    return make.actor_for(account)


def last(account: Account) -> str:
    return db.session.scalars(
        sa.select(Notice.title).where(Notice.account_id == account.id).order_by(Notice.id.desc())
    ).first() or ""


def test_a_purchase_its_reminder_and_taking_it_back(world: World, leonie: Actor) -> None:
    made = world.outside(("Karaoke machine", 3_200, Category.EQUIPMENT), actor=leonie)
    purchases.submit(leonie, made)
    assert last(world.coordinator).startswith("Leonie Finch asks about Karaoke machine, £32.00, for Sam. Answer by")
    request = approval_queries.latest_for(made.id)
    assert request is not None
    assert request.due_on is not None
    with clock.at(clock.start_of(request.due_on) + timedelta(hours=9)):
        clocks.keep_promises()
    assert last(world.coordinator) == "Karaoke machine: you promised Leonie Finch for Sam an answer today."
    purchases.cancel(world.me, made)
    assert last(world.coordinator) == "Sam took back Karaoke machine."


def test_what_comes_round(world: World, leonie: Actor) -> None:
    payment = begin(world, make_listing(60_000), actor=leonie)
    pool = "One-to-one company at the pool every week, for Sam."
    assert last(world.coordinator).startswith(f"Leonie Finch asks about {pool}")
    regular.take_back(leonie, payment)
    assert last(world.coordinator) == f"Leonie Finch took back {pool}"


def test_an_idea_and_a_move(world: World, leonie: Actor) -> None:
    first, second = world.plan.outcomes
    purchases.ask_idea(leonie, world.person, IdeaInput("Pottery class", first.ref, 1_200, "weekly"))
    assert last(world.coordinator).startswith("Leonie Finch has an idea for Sam: Pottery class. Answer by")
    moving.move(leonie, world.person, world.budget, MoveInput(first.ref, second.ref, 9_000, True, ""))
    assert last(world.coordinator).startswith("Leonie Finch asks to move £90.00, for Sam. Answer by")


def test_the_seller_reads_no_other_name(world: World, leonie: Actor) -> None:
    listing = make_listing()
    seller = make.make_account("Bea Holloway")
    db.session.add(ProviderMember(provider_id=listing.provider_id, account_id=seller.id))
    made = purchases.submit(world.me, world.from_listing(listing))
    purchases.mark_paid(world.me, made, clock.today(), "by card")
    purchases.dispute(leonie, made, "Nobody came")
    assert last(world.coordinator).startswith("Leonie Finch says that something is wrong with One-to-one company")
    assert last(world.coordinator).endswith(", for Sam.")
    assert last(seller).startswith("Sam says that something is wrong with One-to-one company")
