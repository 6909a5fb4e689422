"""Asking for something again and again, changing it, and a dearer price: who says yes, and what the rules say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.approvals import queries as approval_queries
from app.approvals.rules import RequestState
from app.budgets import queries as budgets
from app.budgets.models import RegularPayment
from app.budgets.regular_rules import RegularState, TermsState
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.identity.rules import Actor, Scope
from app.marketplace.models import Listing
from app.messages.models import Notice
from app.purchases import queue, regular
from app.purchases import service as purchases
from app.purchases.benefit_rules import BenefitInput
from app.purchases.regular import ChangeInput, Posted, RegularInput
from tests import factories
from tests.purchases.regular_world import begin, noon, post_all, posted
from tests.purchases.world import World, build, make_listing

OCTOBER, MONDAY = date(2026, 10, 1), date(2026, 10, 5)

NOTHING = BenefitInput(False)  # what brokers are asked


@pytest.fixture
def october(session: object):  # the clock stands still while the test runs
    with clock.at(noon(OCTOBER)):
        yield build()


def check(world: World, listing: Listing, actor: Actor | None = None, **answers: object) -> regular.RegularCheck:
    wanted = {"rhythm": "weekly", "first_on": MONDAY, "until": None, "outcome_ref": world.plan.outcomes[0].ref}
    thing = regular.thing_from_listing(listing.ref)
    answers = {"benefit": NOTHING, **wanted, **answers}
    return regular.check(actor or world.me, world.person, world.budget, thing, RegularInput(**answers))


def test_check_shows_three_months_and_says_which_has_five(october: World) -> None:
    found = check(october, make_listing(2_200), first_on=date(2026, 10, 2))
    ahead = found.weighed.forecast
    assert [(m.period.month, len(m.days), m.sum_pence) for m in ahead.next_three] == [
        (10, 5, 11_000),
        (11, 4, 8_800),
        (12, 4, 8_800),
    ]
    assert ahead.next_three[0].surprise(2_200) == "October has five Fridays: £110 instead of £88."
    assert ahead.next_three[0].left_pence == 100_000 - 11_000
    assert ahead.next_three[1].left_pence == 200_000 - 19_800
    assert ahead.short is None
    assert found.result is RegularState.RUNNING
    assert db.session.scalar(select(RegularPayment.id)) is None, "looking keeps nothing"


def test_what_the_money_does_not_carry_is_referred_and_runs_from_the_yes(october: World) -> None:
    listing = make_listing(30_000)
    found = check(october, listing)
    assert found.result is RegularState.AWAITING_APPROVAL
    assert found.weighed.forecast.short is not None
    payment = begin(october, listing, first_on=MONDAY)
    assert budgets.still_due(october.budget, OCTOBER) == []
    request = approval_queries.latest_for(payment.id)
    assert request is not None
    assert (request.title, request.amount_pence) == ("One-to-one company at the pool every week", 30_000)
    view = queue.request_for(october.priya, request.ref)
    assert {fact.key for fact in view.facts} >= {"How often", "A month", "Does it fit?", "Helps with"}
    purchases.ask(october.priya, request.ref, "Could it be fewer?")
    purchases.answer(october.me, request, "No, four are needed.")
    with clock.at(noon(date(2026, 10, 14))):
        assert purchases.approve(october.priya, request.ref).state is RequestState.APPROVED
        assert payment.state is RegularState.RUNNING
        assert list(regular.due_days(clock.today())) == [], "nothing from before the yes"
        assert [item.due_on.day for item in budgets.still_due(october.budget, OCTOBER)] == [19, 26]


def test_a_no_ends_it(october: World) -> None:
    payment = begin(october, make_listing(30_000), first_on=MONDAY)
    request = approval_queries.latest_for(payment.id)
    assert request is not None
    purchases.decline(october.priya, request.ref, "too_much", "Let us talk about fewer hours.")
    assert payment.state is RegularState.DECLINED
    assert budgets.still_due(october.budget, OCTOBER) == []


def test_what_is_stopped_stays_private(october: World) -> None:
    listing = make_listing(2_200)
    listing.title = "A bottle of whisky a week"
    payment = begin(october, listing, first_on=MONDAY)
    assert payment.state is RegularState.STOPPED
    assert approval_queries.latest_for(payment.id) is None
    from app.audit.models import AuditEntry

    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_id == payment.id)).one()
    assert "whisky" not in entry.sentence
    assert entry.commissioner_id is None
    regular.take_back(october.me, payment)
    assert payment.state is RegularState.CANCELLED


def test_brokers_buy_within_their_month_and_prepare_beyond(october: World) -> None:
    within, beyond = october.broker(Scope.BUY, 9_000), october.broker(Scope.BUY, 8_000)
    looking = october.broker(Scope.VIEW)
    listing = make_listing(1_800)  # five Thursdays in October: £90
    assert begin(october, listing, actor=within).state is RegularState.RUNNING
    payment = begin(october, listing, actor=beyond)
    assert payment.state is RegularState.AWAITING_HOLDER
    with pytest.raises(NotAllowedError):
        regular.confirm(beyond, payment)
    with pytest.raises(NotAllowedError):
        begin(october, listing, actor=looking)
    assert regular.confirm(october.me, payment).state is RegularState.RUNNING
    with pytest.raises(StateError):
        regular.confirm(october.me, payment)
    prepared = regular.change(beyond, payment, ChangeInput(MONDAY, quantity_hundredths=200, benefit=NOTHING))
    assert prepared.state is TermsState.PREPARED
    assert payment.terms_on(MONDAY).quantity_hundredths == 100
    regular.confirm_change(october.me, payment)
    assert payment.terms_on(MONDAY).quantity_hundredths == 200
    with pytest.raises(NotAllowedError):
        regular.pause(october.broker(Scope.PREPARE), payment, MONDAY, None)


def test_a_stranger_finds_nothing(october: World) -> None:
    payment = begin(october, make_listing())
    stranger = factories.actor_for(factories.make_account("Noor Aziz"))
    for verb in (
        lambda: regular.skip(stranger, payment, OCTOBER),
        lambda: regular.end(stranger, payment, MONDAY),
        lambda: regular.coming_up(stranger, october.person, [october.budget]),
        lambda: regular.waiting_for(stranger, october.person),
        lambda: budgets.regular_payment_for(stranger, october.person, payment.ref),
    ):
        with pytest.raises(NotFoundError):
            verb()


def test_a_change_from_a_day_leaves_earlier_ones_alone(october: World) -> None:
    payment = begin(october, make_listing(2_000), first_on=OCTOBER)  # Thursdays
    post_all()
    regular.change(october.me, payment, ChangeInput(date(2026, 10, 14), rhythm="fortnightly", quantity_hundredths=200))
    due = [(item.due_on.day, item.amount_pence) for item in budgets.regular_payments(october.budget, OCTOBER)]
    assert due == [(1, 2_000), (8, 2_000), (14, 4_000), (28, 4_000)]
    with clock.at(noon(date(2026, 10, 31))):
        assert post_all() == [Posted.POSTED] * 3
        assert budgets.balance(october.budget).spent == 2_000 + 2_000 + 4_000 + 4_000


def test_a_dearer_change_is_judged_and_a_cheaper_is_not(october: World) -> None:
    payment = begin(october, make_listing(10_000), first_on=MONDAY)
    before = payment.terms_on(MONDAY)
    asked = regular.change(october.me, payment, ChangeInput(MONDAY, quantity_hundredths=300))
    assert asked.state is TermsState.ASKED
    assert payment.terms_on(MONDAY) is before
    with pytest.raises(StateError, match="Another change"):
        regular.change(october.me, payment, ChangeInput(MONDAY, quantity_hundredths=200))
    request = approval_queries.latest_for(payment.id)
    assert request is not None
    purchases.decline(october.priya, request.ref, "too_much", "Two would do.")
    assert asked.state is TermsState.DROPPED
    october.plan.outcomes[0].ended_on = OCTOBER - timedelta(1)  # anything judged now would be referred
    cheaper = regular.change(october.me, payment, ChangeInput(MONDAY, quantity_hundredths=50))
    assert cheaper.state is TermsState.AGREED
    assert payment.terms_on(MONDAY).amount_pence == 5_000


def test_a_fall_holds_and_a_rise_waits_for_a_yes(october: World) -> None:
    listing = make_listing(2_000)
    payment = begin(october, listing, first_on=MONDAY)
    november = date(2026, 11, 1)
    assert regular.price_changed(factories.SYSTEM, listing, 2_000, 1_900, date(2026, 10, 10)) == 1
    assert payment.terms_on(MONDAY).amount_pence == 2_000
    assert payment.terms_on(date(2026, 10, 12)).amount_pence == 1_900
    assert regular.price_changed(factories.SYSTEM, listing, 1_900, 2_300, november) == 1
    (waiting,) = regular.waiting_for(october.me, october.person)
    assert (waiting.kind.value, waiting.amount_pence, waiting.due_on) == ("rise", 2_300, november)
    title = db.session.scalars(
        select(Notice.title).where(Notice.account_id == october.holder.id).order_by(Notice.id.desc())
    ).first()
    assert "from £19 an hour to £23 an hour from Sunday 1 November: £16.00 more in a month" in (title or "")
    with clock.at(noon(date(2026, 11, 4))):
        assert sorted(post_all()) == [Posted.HINDERED, *[Posted.POSTED] * 4]
        assert post_all() == [Posted.HINDERED]
        assert posted(payment.id)[-1] == date(2026, 10, 26)
        with pytest.raises(NotAllowedError):
            regular.accept_rise(october.broker(Scope.BUY), payment)
        regular.accept_rise(october.me, payment)
        assert post_all() == [Posted.POSTED]
        assert budgets.balance(october.budget).spent == 2_300
        assert regular.waiting_for(october.me, october.person) == []


def test_no_to_a_rise_ends_it_before_its_day(october: World) -> None:
    listing = make_listing(2_000)
    payment = begin(october, listing, first_on=MONDAY)
    regular.price_changed(factories.SYSTEM, listing, 2_000, 2_100, date(2026, 10, 20))
    regular.refuse_rise(october.me, payment)
    assert payment.ends_on == date(2026, 10, 19)
    assert [item.due_on.day for item in budgets.still_due(october.budget, OCTOBER)] == [5, 12, 19]


def test_a_kept_price_is_not_asked_to_rise_and_a_rise_taken_back_asks_nothing(october: World) -> None:
    listing = make_listing(2_000)
    payment = begin(october, listing, first_on=MONDAY)
    assert regular.price_changed(factories.SYSTEM, listing, 2_500, 2_600, MONDAY) == 0
    regular.price_changed(factories.SYSTEM, listing, 2_000, 2_100, date(2026, 11, 1))
    assert regular.price_changed(factories.SYSTEM, listing, 2_100, 2_000, date(2026, 11, 1)) == 1
    assert payment.waiting_terms is None
    with pytest.raises(NotFoundError):
        regular.price_changed(october.me, listing, 2_000, 2_100, MONDAY)


def test_answers_that_cannot_be_are_said_at_their_field(october: World) -> None:
    listing = make_listing()
    for answers, field in (
        ({"rhythm": "hourly"}, "rhythm"),
        ({"first_on": OCTOBER - timedelta(1)}, "first_on"),
        ({"until": OCTOBER}, "until"),
        ({"quantity_hundredths": 0}, "quantity"),
        ({"outcome_ref": "nope"}, "outcome"),
    ):
        with pytest.raises(InvalidError) as caught:
            check(october, listing, **answers)
        assert field in caught.value.errors
