"""Second looks, orders, prices kept for a person and what comes round again, one on top of another."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from flask import Flask

from app.approvals import queries as approval_queries
from app.approvals.models import ApprovalRequest
from app.budgets import queries as budgets
from app.budgets.models import Budget
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, StateError
from app.identity.rules import Actor, Scope
from app.ledger import proof
from app.marketplace.models import Listing, ProviderMember
from app.marketplace.rules import Category
from app.purchases import orders
from app.purchases import service as purchases
from app.purchases.models import Purchase
from app.purchases.problem_queries import problem_of
from app.purchases.refund_rules import RefundInput
from app.purchases.rules import LineInput, State
from app.purchases.what_changes import change_of
from tests import factories
from tests.purchases.test_quoted import draft_at, stage
from tests.purchases.test_races import actor, race
from tests.purchases.world import World, build, make_listing


def seller(listing: Listing) -> Actor:
    account = factories.make_account("Sally Swim")
    db.session.add(ProviderMember(account_id=account.id, provider_id=listing.provider_id))
    db.session.flush()
    return factories.actor_for(account)


def quantity(world: World, purchase: Purchase, hours: int) -> None:
    wanted = LineInput(quantity_hundredths=hours, outcome_ref=world.plan.outcomes[0].ref)
    purchases.put_line(world.me, purchase, purchase.lines[0].ref, wanted)


def newest(purchase: Purchase) -> ApprovalRequest:
    found = approval_queries.latest_for(purchase.id)
    assert found is not None
    return found


def changing(world: World, *, hours: int, send: bool) -> tuple[Purchase, Purchase, Listing]:
    """Four hours at £100 that are approved, and a change of them."""
    listing = make_listing(price_pence=10_000)
    purchase = purchases.submit(world.me, world.from_listing(listing, 400))
    assert purchase.state is State.APPROVED
    change = purchases.start_change(world.me, purchase)
    quantity(world, change, hours)
    if send:
        purchases.submit(world.me, change)
    return purchase, change, listing


class TestChanges:
    def test_a_providers_no_ends_the_change_that_waits_and_frees_its_money(self, world: World) -> None:
        purchase, change, listing = changing(world, hours=600, send=True)
        assert change.state is State.AWAITING_APPROVAL
        orders.decline(seller(listing), listing.provider_id, purchase.ref, "We are full in May.")
        assert (purchase.state, change.state) == (State.CANCELLED, State.CANCELLED)
        assert budgets.balance(world.budget).promised == 0
        assert newest(change).state.value == "withdrawn"

    @pytest.mark.parametrize("hours", [200, 600])
    def test_a_change_of_what_was_paid_meanwhile_is_not_sent(self, world: World, hours: int) -> None:
        purchase, change, _ = changing(world, hours=hours, send=False)
        purchases.mark_paid(world.me, purchase, clock.today(), "By card")
        with pytest.raises(StateError, match="moved on"):
            purchases.submit(world.me, change)
        assert budgets.balance(world.budget).promised == 0

    @pytest.mark.parametrize("hours", [200, 600])
    def test_what_is_said_to_be_done_is_not_changed_any_more(self, world: World, hours: int) -> None:
        purchase, change, listing = changing(world, hours=hours, send=hours == 600)
        orders.say_delivered(seller(listing), listing.provider_id, purchase.ref, clock.today())
        going_on = (
            partial(purchases.submit, world.me, change)
            if hours == 200
            else partial(purchases.approve, world.priya, newest(change).ref)
        )
        with pytest.raises(StateError, match="done"):
            going_on()

    def test_taken_back_while_its_change_is_stopped(self, world: World) -> None:
        purchase, change, _ = changing(world, hours=100_000, send=True)
        assert change.state is State.BLOCKED
        purchases.cancel(world.me, purchase)
        assert (purchase.state, change.state) == (State.CANCELLED, State.CANCELLED)
        assert change_of(purchase.id) is None
        assert budgets.balance(world.budget).promised == 0


@pytest.mark.parametrize("other", ["taken back", "paid"])
def test_a_change_and_the_end_of_what_it_changes_do_not_wait_for_each_other(real_database: Flask, other: str) -> None:
    """Both hold the approved purchase before the budget: of two at once one is refused in words, none is cut off."""
    for _ in range(3):
        with real_database.app_context():
            world = build()
            purchase, change, _ = changing(world, hours=300, send=False)
            was, new, me, budget = purchase.id, change.id, world.holder.id, world.budget.id
            db.session.commit()

        def end(key: UUID = was, holder: UUID = me) -> object:
            found = db.session.get_one(Purchase, key)
            if other == "paid":
                return purchases.mark_paid(actor(holder), found, clock.today(), "By card")
            return purchases.cancel(actor(holder), found)

        def send(key: UUID = new, holder: UUID = me) -> object:
            return purchases.submit(actor(holder), db.session.get_one(Purchase, key))

        answers = race(real_database, [end, send], 2)
        assert sum(isinstance(answer, StateError) for answer in answers) == 1
        with real_database.app_context():
            balance = budgets.balance(db.session.get_one(Budget, budget))
            assert balance.available + balance.promised + balance.spent == 100_000
            assert proof.verify().problems == []


class TestPricesKept:
    def test_a_change_goes_on_using_the_price_that_was_kept(self, world: World) -> None:
        listing, _, _, quote = stage(world)
        purchase = purchases.submit(world.me, draft_at(world, quote))
        change = purchases.start_change(world.me, purchase)
        listing.price_pence = 9_900
        wanted = LineInput(quantity_hundredths=400, outcome_ref=world.plan.outcomes[1].ref)
        purchases.put_line(world.me, change, change.lines[0].ref, wanted)
        assert change.total_pence == 7_600
        with clock.at(clock.now() + timedelta(days=60)):
            purchases.submit(world.me, change)
            if change.state is State.AWAITING_APPROVAL:
                purchases.approve(world.priya, newest(change).ref)
            assert (change.state, purchase.state) == (State.APPROVED, State.CANCELLED)
        db.session.refresh(quote)
        assert quote.used_by == change.id
        with pytest.raises(StateError):
            draft_at(world, quote)

    def test_an_appeal_takes_its_price_back_or_is_told_that_it_is_gone(self, world: World) -> None:
        _, _, _, quote = stage(world, 15_000)
        first = purchases.submit(world.me, draft_at(world, quote))
        assert first.state is State.AWAITING_APPROVAL
        purchases.decline(world.priya, newest(first).ref, "too_much", "Too dear.")
        second = purchases.submit(world.me, draft_at(world, quote))
        assert second.state is State.AWAITING_APPROVAL
        with db.session.begin_nested() as undone:
            with pytest.raises(StateError):
                purchases.appeal(world.me, first, "Please look again")
            undone.rollback()
        db.session.refresh(first)
        purchases.cancel(world.me, second)
        purchases.appeal(world.me, first, "Please look again")
        with pytest.raises(StateError):
            draft_at(world, quote)


class TestBegunLongAgo:
    """A price holds from when it is asked for: what was only begun is sent at today's."""

    def test_a_price_that_changed_meanwhile_is_looked_at_first(self, world: World) -> None:
        listing = make_listing(2_200)
        draft = world.from_listing(listing, 400)
        listing.price_pence = 3_000
        assert "£30 an hour" in purchases.check(world.me, draft).missing["amount"]
        with pytest.raises(InvalidError):
            purchases.submit(world.me, draft)
        quantity(world, draft, 400)
        assert purchases.submit(world.me, draft).total_pence == 12_000

    def test_what_is_not_offered_any_more_is_not_asked_for(self, world: World) -> None:
        listing = make_listing(2_200)
        draft = world.from_listing(listing, 400)
        listing.offered = False
        with pytest.raises(InvalidError):
            purchases.submit(world.me, draft)

    def test_what_a_change_leaves_alone_keeps_its_price(self, world: World) -> None:
        purchase, change, listing = changing(world, hours=400, send=False)
        listing.price_pence, listing.offered = 12_000, False
        assert purchases.submit(world.me, change).state is State.APPROVED
        assert change.total_pence == purchase.total_pence


class TestProblems:
    def paid(self, world: World) -> tuple[Purchase, Actor]:
        listing = make_listing()
        purchase = purchases.submit(world.me, world.from_listing(listing))
        purchases.mark_paid(world.me, purchase, clock.today(), "By card")
        return purchase, seller(listing)

    def test_a_penny_from_the_seller_does_not_settle_it(self, world: World) -> None:
        purchase, sally = self.paid(world)
        purchases.dispute(world.me, purchase, "It never came.")
        purchases.refund(sally, purchase, RefundInput(1, clock.today()))
        problem = problem_of(purchase.id)
        assert problem is not None
        assert (purchase.state, problem.ended_at, purchase.refunded_pence) == (State.DISPUTED, None, 1)
        purchases.refund(world.me, purchase, RefundInput(100, clock.today()))
        assert (purchase.state, problem.how) == (State.PART_REFUNDED, "refunded")

    def test_after_a_part_came_back_something_can_still_be_wrong(self, world: World) -> None:
        purchase, sally = self.paid(world)
        purchases.refund(sally, purchase, RefundInput(1, clock.today()))
        purchases.dispute(world.me, purchase, "It never came.")
        assert purchase.state is State.DISPUTED
        purchases.confirm_delivery(world.me, purchase)
        assert purchase.state is State.PART_REFUNDED
        purchases.dispute(world.me, purchase, "It broke.")
        purchases.refund(sally, purchase, RefundInput(8_799, clock.today()))
        assert purchase.state is State.REFUNDED
        assert budgets.balance(world.budget).spent == 0
        assert proof.verify().problems == []


class TestAppeals:
    def test_a_broker_appeals_only_what_they_could_buy(self, world: World) -> None:
        for limit in (10_000, 20_000):
            broker = world.broker(Scope.BUY, limit)
            purchase = world.outside(("Karaoke machine", 20_000, Category.EQUIPMENT), actor=broker)
            if purchases.submit(broker, purchase).state is State.AWAITING_HOLDER:
                purchases.confirm(world.me, purchase)
            purchases.decline(world.priya, newest(purchase).ref, "not_in_plan", "Not now.")
            if limit < purchase.total_pence:
                with pytest.raises(NotAllowedError):
                    purchases.appeal(broker, purchase, "Please")
            else:
                purchases.appeal(broker, purchase, "Please")
                assert purchase.state is State.UNDER_APPEAL
