"""What falls due is written down once, on its day, or said kindly to stay due."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.budgets import queries as budgets
from app.budgets.regular_rules import PostedBy, RegularState
from app.core import clock
from app.core.db import db
from app.ledger import proof
from app.marketplace.rules import Category, ProviderKind, RegisterStatus
from app.messages.models import Notice
from app.purchases import queries, regular
from app.purchases import service as purchases
from app.purchases.models import Purchase
from app.purchases.regular import Posted
from app.purchases.rules import DetailsInput, State, Way
from tests import factories
from tests.purchases.regular_world import begin, noon, post_all, posted, weeks
from tests.purchases.world import World, make_listing

OCTOBER, MONDAY = date(2026, 10, 1), date(2026, 10, 5)


def told(world: World) -> list[str]:
    return list(db.session.scalars(select(Notice.title).where(Notice.account_id == world.holder.id)))


@pytest.fixture
def october(session: object) -> World:
    """A year from 1 October, £1,000 a month."""
    from tests.purchases.world import build

    with clock.at(noon(OCTOBER)):
        return build()


def test_an_occurrence_is_a_purchase_paid_on_its_day(october: World) -> None:
    with clock.at(noon(MONDAY)):
        payment = begin(october, make_listing(), quantity_hundredths=200)
        assert payment.state is RegularState.RUNNING
        assert budgets.balance(october.budget).still_due == 4 * 4_400
        assert post_all() == [Posted.POSTED]
        assert post_all() == []
    with clock.at(noon(date(2026, 10, 20))):  # nobody ran it for two weeks, over a weekend
        assert post_all() == [Posted.POSTED, Posted.POSTED]
        assert posted(payment.id) == weeks(MONDAY, 3)
        found = db.session.scalars(select(Purchase).where(Purchase.regular_payment_id == payment.id)).all()
        assert {(p.way, p.state, p.total_pence) for p in found} == {(Way.REGULAR, State.PAID, 4_400)}
        assert [p.paid_on for p in found] == [line.moved_on for p in found for line in p.lines] == weeks(MONDAY, 3)
        assert found[0].requested_by == october.holder.id
        balance = budgets.balance(october.budget)
        assert (balance.spent, balance.still_due) == (3 * 4_400, 4_400)
        assert proof.verify().problems == []
        assert told(october) == []  # what goes through is seen in Spending, and is no news


@pytest.mark.parametrize("first", [date(2026, 10, 18), date(2027, 3, 21)], ids=["clocks back", "clocks on"])
def test_every_day_of_a_change_of_the_clock_posts_once(session: object, first: date) -> None:
    """A run a minute after each London midnight: 23:01 UTC before the change, 00:01 after it, or the other way."""
    from tests.purchases.world import build

    with clock.at(noon(first)):
        world = build({})
        payment = begin(world, make_listing(500))
    for n in range(16):
        midnight = clock.start_of(first + timedelta(n))
        for minute in (-1, 1):
            with clock.at(midnight + timedelta(minutes=minute)):
                post_all()
    assert posted(payment.id) == weeks(first, 3)


def test_the_31st_is_posted_on_the_last_day(session: object) -> None:
    from tests.purchases.world import build

    with clock.at(noon(date(2027, 12, 1))):
        world = build()
        payment = begin(world, make_listing(500), rhythm="monthly", first_on=date(2027, 12, 31))
    day = date(2027, 12, 1)
    while day < date(2028, 4, 2):
        with clock.at(noon(day)):
            post_all()
        day += timedelta(1)
    wanted = [date(2027, 12, 31), date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31)]
    assert posted(payment.id) == wanted


def test_short_of_money_it_stays_due_is_told_once_and_goes_through_when_money_comes(october: World) -> None:
    with clock.at(noon(MONDAY)):
        payment = begin(october, make_listing(11_500), first_on=date(2026, 10, 12))
        purchases.submit(october.me, october.outside(("Pool sessions", 45_000, Category.ACTIVITIES)))
        purchases.submit(october.me, october.outside(("Swim lessons", 44_000, Category.ACTIVITIES)))
    for day in (12, 13, 14):
        with clock.at(noon(date(2026, 10, day))):
            assert post_all() == [Posted.HINDERED]
    assert posted(payment.id) == []
    assert len([title for title in told(october) if "has not gone through" in title]) == 1
    with clock.at(noon(date(2026, 10, 15))):
        item = next(i for i in regular.coming_up(october.me, october.person, [october.budget]) if i.late)
        assert "£" in item.hindered
        factories.pay_in(october.budget)
        assert post_all() == [Posted.POSTED]
        assert proof.verify().problems == []


def test_a_left_register_stops_it_and_nothing_is_paid(october: World) -> None:
    with clock.at(noon(MONDAY)):
        listing = make_listing()
        listing.category = Category.HOME_CARE
        provider = listing.provider
        provider.kind, provider.status = ProviderKind.ORGANISATION, RegisterStatus.REGISTERED
        october.plan.outcomes[0].categories = [Category.HOME_CARE]
        payment = begin(october, listing, family_member="no")
        assert payment.state is RegularState.RUNNING
        provider.status = RegisterStatus.DEREGISTERED
        assert post_all() == [Posted.HINDERED]
        assert posted(payment.id) == []
        assert any("has not gone through" in title for title in told(october))


def test_what_is_referred_becomes_a_request_and_a_no_leaves_it_due_without_asking_again(october: World) -> None:
    with clock.at(noon(MONDAY)):
        payment = begin(october, make_listing())
        october.plan.outcomes[0].ended_on = MONDAY - timedelta(1)
        db.session.flush()
        assert post_all() == [Posted.ASKED]
        purchase = db.session.scalars(select(Purchase).where(Purchase.regular_payment_id == payment.id)).one()
        assert purchase.state is State.AWAITING_APPROVAL
        assert any("A person looks at" in title for title in told(october))
        request = queries.open_request_of(october.me, purchase)
        assert request is not None
        purchases.decline(october.priya, request.ref, "not_in_plan", "This outcome has ended.")
        assert payment.id in {item.payment.id for item in budgets.still_due(october.budget, OCTOBER)}
        assert post_all() == []


def test_by_hand_or_by_itself_but_not_both(october: World) -> None:
    with clock.at(noon(MONDAY)):
        payment = begin(october, make_listing(), posted_by="person")
        assert post_all() == []
        draft = purchases.start_draft(october.me, october.person, regular_ref=payment.ref)
        assert draft.regular_due_on == MONDAY
        purchases.set_details(october.me, draft, DetailsInput(bought_on=MONDAY))
        regular.set_posted_by(october.me, payment, PostedBy.CAREPURSE)
        assert purchases.submit(october.me, draft).state is State.PAID
        assert post_all() == []
        assert posted(payment.id) == [MONDAY]


def test_a_pause_a_skip_and_an_end_post_nothing(october: World) -> None:
    with clock.at(noon(OCTOBER)):
        payment = begin(october, make_listing(), first_on=MONDAY)
        regular.pause(october.me, payment, date(2026, 10, 10), date(2026, 10, 12), "Hospital")
        regular.skip(october.me, payment, date(2026, 10, 19))
        regular.end(october.me, payment, date(2026, 10, 26))
        assert [item.due_on.day for item in budgets.still_due(october.budget, OCTOBER)] == [5, 26]
    with clock.at(noon(date(2026, 11, 20))):
        post_all()
        made = db.session.scalars(
            select(Purchase.regular_due_on).where(Purchase.regular_payment_id == payment.id)
        ).all()
        assert sorted(made) == [MONDAY, date(2026, 10, 26)]
