"""What comes round again, with a second look, or prices that change more than once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.approvals import queries as approval_queries
from app.approvals.models import ApprovalRequest
from app.approvals.rules import RequestState
from app.budgets import queries as budgets
from app.budgets.models import RegularPayment
from app.budgets.regular_rules import RegularState, TermsState
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, StateError
from app.identity.rules import Scope
from app.ledger import proof
from app.marketplace import holidays
from app.marketplace.models import Listing
from app.marketplace.rules import Category
from app.purchases import pricing, regular
from app.purchases import service as purchases
from app.purchases.benefit_rules import BenefitInput
from app.purchases.models import Purchase
from app.purchases.regular import ChangeInput, Posted
from app.purchases.rules import DetailsInput, State
from tests import factories
from tests.purchases.regular_world import begin, noon, post_all, posted
from tests.purchases.test_combinations import seller
from tests.purchases.world import World, build, make_listing

OCTOBER, MONDAY = date(2026, 10, 1), date(2026, 10, 5)
JANUARY, MARCH = date(2027, 1, 4), date(2027, 3, 1)


@pytest.fixture
def october(session: object):  # the clock stands still while the test runs
    with clock.at(noon(OCTOBER)):
        yield build()


def newest(subject: Purchase | RegularPayment) -> ApprovalRequest:
    found = approval_queries.latest_for(subject.id)
    assert found is not None
    return found


def bought(payment: RegularPayment) -> Purchase:
    return db.session.scalars(select(Purchase).where(Purchase.regular_payment_id == payment.id)).one()


@pytest.mark.parametrize("short", [False, True])
def test_a_second_look_at_an_occurrence_pays_it_once(october: World, short: bool) -> None:
    with clock.at(noon(MONDAY)):
        payment = begin(october, make_listing())
        october.plan.outcomes[0].ended_on = MONDAY - timedelta(1)
        db.session.flush()
        assert post_all() == [Posted.ASKED]
        purchase = bought(payment)
        purchases.decline(october.priya, newest(purchase).ref, "not_in_plan", "This outcome has ended.")
        october.plan.outcomes[0].ended_on = None
        if short:
            other = purchases.submit(october.me, october.outside(("Pool sessions", 49_000, Category.ACTIVITIES)))
            more = purchases.submit(october.me, october.outside(("Swim lessons", 50_000, Category.ACTIVITIES)))
            assert {other.state, more.state} == {State.PAID}
        purchases.appeal(october.me, purchase, "She swims twice as far now.")
        assert MONDAY not in {item.due_on for item in budgets.still_due(october.budget, OCTOBER)}
        assert regular.write_down_now(october.me, payment, MONDAY) is Posted.ALREADY
        if short:
            factories.pay_in(october.budget)
        purchases.approve(october.tom, newest(purchase).ref)
        assert purchase.state is State.PAID
        assert posted(payment.id) == [MONDAY]
        assert proof.verify().problems == []


def test_no_second_look_at_what_was_paid_by_hand_meanwhile(october: World) -> None:
    with clock.at(noon(MONDAY)):
        payment = begin(october, make_listing())
        october.plan.outcomes[0].ended_on = MONDAY - timedelta(1)
        db.session.flush()
        post_all()
        purchase = bought(payment)
        purchases.decline(october.priya, newest(purchase).ref, "not_in_plan", "This outcome has ended.")
        october.plan.outcomes[0].ended_on = None
        draft = purchases.start_draft(october.me, october.person, regular_ref=payment.ref, regular_due_on=MONDAY)
        purchases.set_details(october.me, draft, DetailsInput(bought_on=MONDAY))
        assert purchases.submit(october.me, draft).state is State.PAID
        with pytest.raises(StateError, match="takes care of"):
            purchases.appeal(october.me, purchase, "Please")


def test_a_holiday_is_seen_by_a_run_that_comes_after_it(october: World) -> None:
    listing = make_listing()
    payment = begin(october, listing, first_on=MONDAY)
    holidays.add(seller(listing), listing.provider, MONDAY, MONDAY + timedelta(2))
    with clock.at(noon(MONDAY + timedelta(5))):
        assert post_all() == [Posted.HINDERED]
        assert posted(payment.id) == []


def test_in_school_terms_that_nobody_entered_yet_nothing_can_begin(october: World) -> None:
    october.commissioner.settings = {"school_terms": [["2025-09-01", "2026-07-21"]]}
    db.session.flush()
    with pytest.raises(InvalidError) as refused:
        begin(october, make_listing(), first_on=MONDAY, rhythm="term_time")
    assert set(refused.value.errors) == {"rhythm"}


def test_nothing_is_due_after_the_budgets_end(october: World) -> None:
    begin(october, make_listing(), first_on=MONDAY)
    october.budget.ends_on = date(2026, 10, 13)
    db.session.flush()
    assert [item.due_on.day for item in budgets.still_due(october.budget, OCTOBER)] == [5, 12]
    assert budgets.still_due(october.budget, date(2026, 11, 1)) == []
    balance = budgets.balance(october.budget)
    assert (balance.still_due, balance.safe_to_spend) == (4_400, 100_000 - 4_400)


class TestLateYes:
    """Asked for until a day that has passed when somebody says yes."""

    def test_the_persons_own_side_is_told(self, october: World) -> None:
        broker = october.broker(Scope.PREPARE)
        payment = begin(october, make_listing(), actor=broker, first_on=MONDAY, until=MONDAY + timedelta(7))
        assert payment.state is RegularState.AWAITING_HOLDER
        with clock.at(noon(date(2026, 10, 20))), pytest.raises(StateError, match="last day has passed"):
            regular.confirm(october.me, payment)
        assert payment.state is RegularState.AWAITING_HOLDER

    def test_the_coordinator_is_told(self, october: World) -> None:
        payment = begin(october, make_listing(60_000), first_on=MONDAY, until=MONDAY + timedelta(7))
        assert payment.state is RegularState.AWAITING_APPROVAL
        with clock.at(noon(date(2026, 10, 20))), pytest.raises(StateError, match="last day has passed"):
            purchases.approve(october.priya, newest(payment).ref)

    @pytest.mark.parametrize("who", ["holder", "coordinator"])
    def test_a_changed_day_counts_from_the_yes_and_no_week_is_paid_twice(self, october: World, who: str) -> None:
        payment = begin(october, make_listing(5_000), first_on=MONDAY, until=date(2026, 12, 28))
        thursday, late = date(2026, 10, 8), date(2026, 10, 20)
        if who == "holder":
            wanted = ChangeInput(thursday, quantity_hundredths=200, benefit=BenefitInput(False))
            terms = regular.change(october.broker(Scope.PREPARE), payment, wanted)
        else:
            terms = regular.change(october.me, payment, ChangeInput(thursday, quantity_hundredths=1_000))
        assert terms.state is (TermsState.PREPARED if who == "holder" else TermsState.ASKED)
        with clock.at(noon(late)):
            post_all()
            assert posted(payment.id) == [MONDAY + timedelta(7 * n) for n in range(3)]
            if who == "holder":
                regular.confirm_change(october.me, payment)
            else:
                purchases.approve(october.priya, newest(payment).ref)
            assert list(regular.due_days(late)) == []
            assert [item.due_on.day for item in budgets.still_due(october.budget, OCTOBER)] == [22, 29]


class TestPrices:
    """Sam buys at £20 an hour every Monday."""

    @pytest.fixture
    def running(self, october: World) -> tuple[Listing, RegularPayment]:
        listing = make_listing(2_000)
        return listing, begin(october, listing, first_on=MONDAY)

    def price(self, world: World, listing: Listing, pence: int, day: date) -> None:
        pricing.set_price(seller(listing), listing, pence, day)

    def on(self, payment: RegularPayment, *days: date) -> list[int]:
        return [payment.terms_on(day).unit_price_pence for day in days]

    def referred_rise(self, world: World, listing: Listing, payment: RegularPayment) -> ApprovalRequest:
        self.price(world, listing, 40_000, JANUARY)
        terms = regular.accept_rise(world.me, payment)
        assert terms.state is TermsState.ASKED
        return newest(payment)

    @pytest.mark.parametrize("pence", [2_000, 1_900, 3_000])
    def test_a_rise_a_coordinator_looks_at_is_overtaken_by_the_next_price(
        self, october: World, running: tuple[Listing, RegularPayment], pence: int
    ) -> None:
        listing, payment = running
        request = self.referred_rise(october, listing, payment)
        self.price(october, listing, pence, JANUARY)
        assert request.state is RequestState.WITHDRAWN
        waiting = payment.waiting_terms
        if pence == 3_000:
            assert waiting is not None
            assert (waiting.state, waiting.unit_price_pence) == (TermsState.RISE, 3_000)
        else:
            assert waiting is None
            assert self.on(payment, JANUARY) == [pence]

    @pytest.mark.parametrize("days", [(JANUARY, MARCH), (MARCH, JANUARY)])
    def test_two_rises_announced_are_asked_one_after_the_other(
        self, october: World, running: tuple[Listing, RegularPayment], days: tuple[date, date]
    ) -> None:
        listing, payment = running
        prices = {JANUARY: 2_200, MARCH: 2_400}
        for day in days:
            self.price(october, listing, prices[day], day)
        for day in (JANUARY, MARCH):
            waiting = payment.waiting_terms
            assert waiting is not None
            assert (waiting.from_on, waiting.unit_price_pence) == (day, prices[day])
            regular.accept_rise(october.me, payment)
        assert payment.waiting_terms is None
        assert self.on(payment, OCTOBER, JANUARY, MARCH) == [2_000, 2_200, 2_400]

    def test_a_fall_before_a_rise_that_was_agreed_leaves_the_rise(
        self, october: World, running: tuple[Listing, RegularPayment]
    ) -> None:
        listing, payment = running
        self.price(october, listing, 2_400, MARCH)
        regular.accept_rise(october.me, payment)
        self.price(october, listing, 1_800, JANUARY)
        assert self.on(payment, OCTOBER, JANUARY, MARCH) == [2_000, 1_800, 2_400]
        assert payment.waiting_terms is None

    def test_more_hours_from_a_day_stay_when_a_later_price_begins(
        self, october: World, running: tuple[Listing, RegularPayment]
    ) -> None:
        listing, payment = running
        self.price(october, listing, 2_400, MARCH)
        regular.accept_rise(october.me, payment)
        regular.change(october.me, payment, ChangeInput(JANUARY, quantity_hundredths=200, rhythm="fortnightly"))
        terms = payment.terms_on(MARCH)
        assert (terms.amount_pence, terms.rhythm, terms.first_on) == (4_800, "fortnightly", JANUARY)
        assert payment.terms_on(JANUARY).amount_pence == 4_000

    def test_nothing_goes_through_at_the_old_price_while_a_coordinator_looks(
        self, october: World, running: tuple[Listing, RegularPayment]
    ) -> None:
        listing, payment = running
        self.price(october, listing, 15_000, date(2026, 10, 12))
        assert regular.accept_rise(october.me, payment).state is TermsState.ASKED
        with clock.at(noon(date(2026, 10, 13))):
            assert sorted(post_all()) == [Posted.HINDERED, Posted.POSTED]
            assert posted(payment.id) == [MONDAY]
            purchases.approve(october.priya, newest(payment).ref)
            assert post_all() == [Posted.POSTED]
            assert budgets.balance(october.budget).spent == 17_000

    def test_a_rise_of_some_weeks_ends_by_itself(self, october: World, running: tuple[Listing, RegularPayment]) -> None:
        listing, payment = running
        self.price(october, listing, 2_200, JANUARY)
        self.price(october, listing, 2_000, MARCH)
        regular.accept_rise(october.me, payment)
        assert self.on(payment, OCTOBER, JANUARY, MARCH) == [2_000, 2_200, 2_000]
        assert payment.waiting_terms is None


def test_who_may_only_prepare_changes_nothing_even_when_a_rule_stops_it(october: World) -> None:
    payment = begin(october, make_listing(), first_on=MONDAY, quantity_hundredths=200)
    payment.words = "Wine tasting"
    db.session.flush()
    fewer = ChangeInput(JANUARY, quantity_hundredths=100, benefit=BenefitInput(False))
    found = regular.check_change(october.broker(Scope.PREPARE), payment, fewer)
    assert found.result is TermsState.PREPARED
