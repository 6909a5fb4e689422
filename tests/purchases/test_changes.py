"""Changing something that is approved: judged is what changed, and what was approved stands until then."""

from __future__ import annotations

import pytest

from app.approvals import queries as approval_queries
from app.approvals.models import ApprovalRequest
from app.budgets import queries as budgets
from app.core import clock
from app.core.errors import StateError
from app.ledger import proof
from app.ledger.rules import Stream
from app.marketplace.models import Listing
from app.purchases import queue
from app.purchases import service as purchases
from app.purchases.models import Purchase
from app.purchases.order_rules import OrderState
from app.purchases.rules import DetailsInput, LineInput, State
from app.purchases.what_changes import change_of, replaced_by
from tests.purchases.world import World, build, make_listing


@pytest.fixture
def listing(world: World) -> Listing:
    return make_listing(price_pence=10_000)


def approved(world: World, listing: Listing, hours: int = 400) -> Purchase:
    purchase = world.from_listing(listing, hours)
    purchases.set_details(world.me, purchase, DetailsInput(needed_from=clock.today()))
    return purchases.submit(world.me, purchase)


def quantity(world: World, purchase: Purchase, hours: int, outcome: int = 0) -> None:
    line = purchase.lines[0]
    wanted = LineInput(quantity_hundredths=hours, outcome_ref=world.plan.outcomes[outcome].ref)
    purchases.put_line(world.me, purchase, line.ref, wanted)


def newest(purchase: Purchase) -> ApprovalRequest:
    found = approval_queries.latest_for(purchase.id)
    assert found is not None
    return found


def test_dearer_goes_to_a_person_and_holds_only_the_difference_meanwhile(world: World, listing: Listing) -> None:
    purchase = approved(world, listing)
    assert purchase.state is State.APPROVED
    change = purchases.start_change(world.me, purchase)
    quantity(world, change, 600)  # £600: over the threshold
    purchases.submit(world.me, change)
    assert (change.state, purchase.state) == (State.AWAITING_APPROVAL, State.APPROVED)
    assert budgets.balance(world.budget).promised == 60_000
    view = queue.request_for(world.priya, newest(change).ref)
    safe = budgets.balance(world.budget).safe_to_spend
    assert (view.safe_now_pence, view.safe_after_pence) == (safe + 20_000, safe)
    with pytest.raises(StateError):
        purchases.mark_paid(world.me, purchase, clock.today(), "By card")
    purchases.approve(world.priya, newest(change).ref)
    assert (change.state, purchase.state) == (State.APPROVED, State.CANCELLED)
    assert replaced_by(purchase) is change
    assert budgets.balance(world.budget).promised == 60_000
    purchases.mark_paid(world.me, change, clock.today(), "By card")
    assert budgets.balance(world.budget).spent == 60_000
    assert proof.verify().problems == []


@pytest.mark.parametrize("how", ["declined", "taken back"])
def test_a_no_leaves_what_was_approved(world: World, listing: Listing, how: str) -> None:
    purchase = approved(world, listing)
    change = purchases.start_change(world.me, purchase)
    quantity(world, change, 700)
    purchases.submit(world.me, change)
    if how == "declined":
        purchases.decline(world.priya, newest(change).ref, "too_much", "Four hours are enough for now.")
        with pytest.raises(StateError):
            purchases.appeal(world.me, change, "Please")
    else:
        purchases.cancel(world.me, change)
    assert purchase.state is State.APPROVED
    assert budgets.balance(world.budget).promised == 40_000
    assert change_of(purchase.id) is None
    again = purchases.start_change(world.me, purchase)
    assert again.id != change.id


def test_cheaper_goes_straight_through_even_over_the_threshold(world: World, listing: Listing) -> None:
    purchase = world.from_listing(listing, 800)
    purchases.submit(world.me, purchase)
    purchases.approve(world.priya, newest(purchase).ref)
    change = purchases.start_change(world.me, purchase)
    quantity(world, change, 700)
    assert purchases.check(world.me, change).result is State.APPROVED
    purchases.submit(world.me, change)
    assert (change.state, purchase.state) == (State.APPROVED, State.CANCELLED)
    assert budgets.balance(world.budget).promised == 70_000


def test_what_did_not_change_is_not_judged_again_and_keeps_its_findings(world: World, listing: Listing) -> None:
    purchase = world.from_listing(listing, 800)
    purchases.submit(world.me, purchase)
    purchases.approve(world.priya, newest(purchase).ref)
    change = purchases.start_change(world.me, purchase)
    extra = LineInput(listing_ref=listing.ref, quantity_hundredths=100, outcome_ref=world.plan.outcomes[0].ref)
    made = purchases.put_line(world.me, change, None, extra)
    made.description = "A locker"
    said = purchases.check(world.me, change)
    assert not said.lines[0].decision.findings
    purchases.submit(world.me, change)
    assert [item["rule"] for item in change.lines[0].findings] == [item["rule"] for item in purchase.lines[0].findings]


def test_another_outcome_is_judged_and_the_old_money_can_be_counted_on(session: object) -> None:
    world = build({Stream.HEALTH: 40_000})
    listing = make_listing(price_pence=10_000)
    purchase = approved(world, listing)  # all there is
    change = purchases.start_change(world.me, purchase)
    quantity(world, change, 300, outcome=1)
    said = purchases.check(world.me, change)
    assert said.result is State.AWAITING_APPROVAL  # that outcome is about eating well
    assert said.safe_after_pence == 10_000
    assert not [item for item in said.decision.findings if item.rule == "over-available"]


def test_one_change_at_a_time_and_none_of_what_is_over(world: World, listing: Listing) -> None:
    purchase = approved(world, listing)
    change = purchases.start_change(world.me, purchase)
    assert purchases.start_change(world.me, purchase) is change
    quantity(world, change, 600)
    purchases.submit(world.me, change)
    with pytest.raises(StateError):
        purchases.start_change(world.me, purchase)
    purchases.cancel(world.me, purchase)
    assert change.state is State.CANCELLED  # there is nothing to change any more
    assert budgets.balance(world.budget).promised == 0
    with pytest.raises(StateError):
        purchases.start_change(world.me, purchase)


@pytest.mark.parametrize("what", ["outcome", "hours"])
def test_the_provider_is_asked_again_only_about_what_matters_to_them(world: World, listing: Listing, what: str) -> None:
    purchase = approved(world, listing)
    purchase.order_state = OrderState.ACCEPTED
    purchase.order_answered_at = clock.now()
    change = purchases.start_change(world.me, purchase)
    quantity(world, change, 400 if what == "outcome" else 300, outcome=1 if what == "outcome" else 0)
    purchases.submit(world.me, change)
    if change.state is State.AWAITING_APPROVAL:
        purchases.approve(world.priya, newest(change).ref)
    expected = OrderState.ACCEPTED if what == "outcome" else OrderState.ASKED
    assert (change.state, change.order_state) == (State.APPROVED, expected)
