"""Sending a purchase: each answer the policy can give, and what it does to the money."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.budgets import queries as budgets
from app.core import clock
from app.core.db import db
from app.core.errors import InsufficientFundsError, InvalidError, NotAllowedError, NotFoundError, StateError
from app.identity.rules import AuthorityKind, Scope
from app.ledger.rules import Stream
from app.marketplace.models import ProviderMember
from app.marketplace.rules import Category
from app.messages.models import Notice
from app.policy.engine import decide
from app.policy.queries import policy_in_force
from app.policy.rules import Action
from app.purchases import order_queries, queries, spending
from app.purchases import service as purchases
from app.purchases.facts import facts_from_dict, without_settled
from app.purchases.models import Purchase
from app.purchases.rules import DetailsInput, LineInput, State, Verb, Way
from tests import factories
from tests.purchases.world import World, build, make_listing


def figures(world: World) -> tuple[int, int, int]:
    """Available, promised, spent."""
    balance = budgets.balance(world.budget)
    return balance.available, balance.promised, balance.spent


def test_a_listing_on_plan_is_approved_at_once_held_then_paid(world: World) -> None:
    purchase = world.from_listing(make_listing())
    check = purchases.check(world.me, purchase)
    assert (check.result, check.missing, check.total_pence) == (State.APPROVED, {}, 8800)
    assert check.safe_after_pence == 100_000 - 8800
    assert purchases.submit(world.me, purchase).state is State.APPROVED
    assert figures(world) == (91_200, 8800, 0)
    purchases.mark_paid(world.me, purchase, clock.today(), "by card")
    assert figures(world) == (91_200, 0, 8800)
    assert purchases.confirm_delivery(world.me, purchase).state is State.DELIVERED
    with pytest.raises(StateError):
        purchases.cancel(world.me, purchase)
    assert figures(world) == (91_200, 0, 8800)


def test_something_bought_elsewhere_on_plan_is_paid_at_once(world: World) -> None:
    purchase = purchases.submit(world.me, world.outside(("Swimming lesson", 1800, Category.ACTIVITIES)))
    assert (purchase.state, purchase.paid_on) == (State.PAID, clock.today())
    assert figures(world) == (98_200, 0, 1800)


def test_what_is_doubtful_is_held_and_goes_to_a_named_coordinator_with_a_day(world: World) -> None:
    check = purchases.check(world.me, world.outside(("Karaoke machine", 3200, Category.EQUIPMENT)))
    assert (check.result, check.coordinator_name) == (State.AWAITING_APPROVAL, "Priya Shah")
    purchase = world.referred()
    request = queries.open_request_of(world.me, purchase)
    assert request is not None
    assert request.due_on == check.answer_by == clock.add_working_days(clock.today(), 2)
    assert (request.assigned_name, request.rule) == ("Priya Shah", "off-plan")
    assert figures(world) == (96_800, 3200, 0)
    told = db.session.scalars(select(Notice).where(Notice.account_id == world.coordinator.id)).all()
    assert [notice.about_ref for notice in told] == [request.ref]


def test_a_stop_holds_nothing_and_stays_private(world: World) -> None:
    purchase = purchases.submit(world.me, world.outside(("2 bottles of Merlot", 1600, Category.HOME_HELP), outcome=1))
    assert purchase.state is State.BLOCKED
    assert figures(world) == (100_000, 0, 0)
    assert db.session.scalar(select(Notice)) is None
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "purchases.submit")).one()
    assert entry.commissioner_id is None
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.person_id == world.person.id)).all()
    assert "Merlot" not in "".join(item.sentence + item.why + str(item.details) for item in entries)
    with pytest.raises(NotFoundError):
        queries.thread_of(world.priya, purchase)


def test_a_stopped_line_is_taken_out_and_the_rest_goes_through(world: World) -> None:
    lines = (
        ("Weekly shop: vegetables and fish", 1840, Category.HOME_HELP),
        ("2 bottles Merlot", 1600, Category.HOME_HELP),
    )
    purchase = purchases.submit(world.me, world.outside(*lines, outcome=1))
    assert purchase.state is State.BLOCKED
    assert [line.action for line in purchase.lines] == [Action.ALLOW, Action.BLOCK]
    purchases.take_out_blocked_lines(world.me, purchase)
    assert (purchase.state, purchase.total_pence) == (State.DRAFT, 1840)
    assert purchases.submit(world.me, purchase).state is State.PAID
    assert figures(world) == (98_160, 0, 1840)
    said = [row.action for row in queries.decisions_of(world.me, purchase)]
    assert said == [Action.BLOCK, Action.ALLOW]


def test_nothing_is_left_when_every_line_is_stopped(world: World) -> None:
    purchase = purchases.submit(world.me, world.outside(("Whisky", 2500, Category.HOME_HELP), outcome=1))
    with pytest.raises(StateError):
        purchases.take_out_blocked_lines(world.me, purchase)


def test_more_than_there_is_is_stopped_and_a_race_for_it_changes_nothing(world: World) -> None:
    assert (
        purchases.submit(world.me, world.outside(("Swimming for years", 100_001, Category.ACTIVITIES))).state
        is State.BLOCKED
    )
    # somebody spends it between the policy's word and the hold
    draft = world.outside(("Swimming lesson", 40_000, Category.ACTIVITIES))
    weighed = purchases.check(world.me, draft)
    assert weighed.result is State.PAID
    from app.purchases import submitting

    stale = submitting.weigh(draft)
    purchases.submit(world.me, world.outside(("Swimming club", 45_000, Category.ACTIVITIES)))
    purchases.submit(world.me, world.outside(("Pool hire", 45_000, Category.ACTIVITIES), payee="Pool"))
    with pytest.raises(InsufficientFundsError), db.session.begin_nested():
        submitting._answer(world.me, draft, Verb.SUBMIT, stale)
    db.session.refresh(draft)
    assert draft.state is State.DRAFT
    assert figures(world) == (10_000, 0, 90_000)


def test_a_double_tap_sends_once(world: World) -> None:
    purchase = world.outside(("Swimming lesson", 1800, Category.ACTIVITIES))
    purchases.submit(world.me, purchase)
    with pytest.raises(StateError):
        purchases.submit(world.me, purchase)
    # an older copy, as another tab has it
    purchase = world.outside(("Aqua aerobics", 1800, Category.ACTIVITIES))
    db.session.execute(Purchase.__table__.update().where(Purchase.id == purchase.id).values(state="cancelled"))
    with pytest.raises(StateError):
        purchases.submit(world.me, purchase)
    assert figures(world) == (98_200, 0, 1800)


def test_a_draft_says_what_is_missing(world: World) -> None:
    purchase = purchases.start_draft(world.me, world.person, world.budget)
    with pytest.raises(InvalidError) as refused:
        purchases.submit(world.me, purchase)
    assert set(refused.value.errors) == {"lines", "payee", "bought_on"}
    with pytest.raises(InvalidError) as refused:
        purchases.set_details(world.me, purchase, DetailsInput(bought_on=date(2199, 1, 1), payee_name="\x00"))
    assert set(refused.value.errors) == {"bought_on", "payee"}
    with pytest.raises(InvalidError) as refused:
        purchases.put_line(world.me, purchase, None, LineInput("Gym", 100, outcome_ref="nothere", category="jewels"))
    assert set(refused.value.errors) == {"outcome", "category"}


def test_a_listing_without_a_price_takes_the_price_that_was_told(world: World) -> None:
    purchase = purchases.start_draft(world.me, world.person, listing_ref=make_listing(price_pence=None).ref)
    ref = world.plan.outcomes[0].ref
    with pytest.raises(InvalidError):
        purchases.put_line(
            world.me, purchase, purchase.lines[0].ref, LineInput(quantity_hundredths=400, outcome_ref=ref)
        )
    told = LineInput(amount_pence=8000, quantity_hundredths=400, outcome_ref=ref)
    line = purchases.put_line(world.me, purchase, purchase.lines[0].ref, told)
    assert (line.unit_price_pence, purchase.total_pence) == (2000, 8000)


def test_a_broker_over_the_limit_asks_the_holder_and_holds_nothing(world: World) -> None:
    bea = world.broker(limit=5000)
    small = purchases.submit(bea, world.from_listing(make_listing(), 200, bea))
    assert small.state is State.APPROVED
    large = purchases.submit(bea, world.from_listing(make_listing(), 400, bea))
    assert large.state is State.AWAITING_HOLDER
    assert figures(world) == (95_600, 4400, 0)
    with pytest.raises(NotAllowedError):
        purchases.confirm(bea, large)
    kinds = {row.kind.value: row for row in queries.waiting_for(world.me, world.person)}
    assert kinds["confirm"].who == "Bea Broker"
    assert Verb.CONFIRM in queries.allowed(world.me, large)
    assert Verb.CONFIRM not in queries.allowed(bea, large)
    assert purchases.confirm(world.me, large).state is State.APPROVED
    assert figures(world) == (86_800, 13_200, 0)


def test_a_broker_without_a_right_to_buy_prepares_only_and_the_holder_may_say_no(world: World) -> None:
    bea = world.broker(scope=Scope.PREPARE)
    purchase = purchases.submit(bea, world.from_listing(make_listing(), 100, bea))
    assert purchase.state is State.AWAITING_HOLDER
    with pytest.raises(NotAllowedError):
        purchases.mark_paid(bea, purchase, clock.today(), "by card")
    assert purchases.turn_down(world.me, purchase, "Not this month").state is State.CANCELLED
    told = db.session.scalars(select(Notice).where(Notice.account_id == bea.account_id)).all()
    assert [notice.body for notice in told] == ["Not this month"]
    viewer = factories.make_account("Val Viewer")
    factories.give_authority(viewer, world.person, AuthorityKind.NOMINEE, Scope.VIEW)
    with pytest.raises(NotAllowedError):
        purchases.start_draft(factories.actor_for(viewer), world.person, world.budget)


def test_other_peoples_purchases_do_not_exist(world: World) -> None:
    purchase, other = world.referred(), build()
    for act in (
        lambda: queries.purchase_for(other.me, world.person, purchase.ref),
        lambda: queries.purchase_for(other.me, other.person, purchase.ref),
        lambda: queries.waiting_for(other.me, world.person),
        lambda: spending.spending(other.me, world.person, spending.SpendingFilter()),
        lambda: purchases.cancel(other.me, purchase),
        lambda: purchases.check(other.priya, purchase),
        lambda: queries.purchase_for(world.me, world.person, "\x00' OR 1=1"),
    ):
        with pytest.raises(NotFoundError):
            act()


def test_taking_back_frees_the_money_and_the_request(world: World) -> None:
    purchase = world.referred()
    purchases.cancel(world.me, purchase, "I changed my mind")
    assert figures(world) == (100_000, 0, 0)
    request = queries.open_request_of(world.me, purchase)
    assert request is not None
    with pytest.raises(StateError, match="took this back"):
        purchases.approve(world.priya, request.ref)


def test_every_decision_can_be_replayed(world: World) -> None:
    for draft in (
        world.outside(("Swimming lesson", 1800, Category.ACTIVITIES)),
        world.outside(("2 bottles Merlot", 1600, None), ("Karaoke machine", 60_000, Category.EQUIPMENT)),
        world.from_listing(make_listing()),
    ):
        purchase = purchases.submit(world.me, draft)
        (kept,) = queries.decisions_of(world.me, purchase)
        facts, agreed = facts_from_dict(kept.facts)
        again = without_settled(decide(policy_in_force(world.commissioner.id), facts), agreed)
        assert [finding.to_dict() for finding in again.findings] == kept.findings
        assert again.action is kept.action


def test_a_provider_sees_what_to_deliver_and_nothing_of_plan_or_money(world: World) -> None:
    listing = make_listing()
    purchases.submit(world.me, world.from_listing(listing))
    world.from_listing(listing)  # a draft is nobody's business
    account = factories.make_account("Jo Provider")
    db.session.add(ProviderMember(account_id=account.id, provider_id=listing.provider_id))
    db.session.flush()
    (row,) = order_queries.orders_of(factories.actor_for(account), listing.provider_id).rows
    assert (row.first_name, row.what) == ("Sam", ("One-to-one company at the pool: 4 hours",))
    with pytest.raises(NotFoundError):
        order_queries.orders_of(world.me, listing.provider_id)


def test_two_funders_pay_their_shares_and_the_shorter_one_stops_it(session: object) -> None:
    world = build({Stream.HEALTH: 10_000, Stream.EDUCATION: 1_000})
    assert (
        purchases.submit(world.me, world.outside(("Swimming lesson", 1_999, Category.ACTIVITIES))).state is State.PAID
    )
    left = budgets.stream_available(world.budget)
    assert sorted(left.values()) == [0, 9_001] or sorted(left.values()) == [1, 9_000]
    blocked = purchases.submit(world.me, world.outside(("Swimming lesson", 500, Category.ACTIVITIES), payee="Other"))
    assert blocked.state is State.BLOCKED
    assert "stream-short" in {finding["rule"] for finding in blocked.findings}


def test_a_receipt_that_is_missing_waits_and_drafts_do_too(world: World) -> None:
    purchases.submit(world.me, world.outside(("Swimming lesson", 1800, Category.ACTIVITIES)))
    world.outside(("Towel", 900, Category.ACTIVITIES))
    purchases.submit(world.me, world.from_listing(make_listing()))
    kinds = [row.kind.value for row in queries.waiting_for(world.me, world.person)]
    assert kinds == ["to_pay", "receipt", "draft"]
    assert purchases.start_draft(world.me, world.person, way=Way.OUTSIDE).state is State.DRAFT
