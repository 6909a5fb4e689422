"""The balance, the split over streams, and the monthly money."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from app.budgets import agreeing, allocations, queries, service
from app.budgets.rules import Cycle, HeldAs, due_day
from app.core import clock
from app.core.errors import InsufficientFundsError, InvalidError, NotAllowedError, NotFoundError
from app.identity.rules import Actor, StaffRole
from app.ledger import proof
from app.ledger.rules import Stream
from app.messages.models import Notice
from app.plans.service import OutcomeInput
from tests.factories import (
    SYSTEM,
    actor_for,
    make_account,
    make_budget,
    make_commissioner,
    make_holder,
    make_person,
    make_plan,
    make_post,
)

pytestmark = pytest.mark.usefixtures("session")


def hold(budget, outcome, pence: int, subject=None):
    subject = subject or uuid4()
    service.set_aside(
        SYSTEM,
        budget,
        outcome_id=outcome.id,
        funding=outcome.funding,
        amount_pence=pence,
        subject_id=subject,
        payee_id=service.payee_id_of(budget, "Forest Hill Pools"),
        memo="Swimming",
        counts_on=clock.today(),
    )
    return subject


def test_safe_to_spend_leaves_contingency_and_what_is_still_due() -> None:
    _, _, plan, budget = make_holder(health=185_000)
    budget.contingency_pence = 15_000
    outcome = plan.outcomes[0]
    with clock.at(datetime(clock.today().year, clock.today().month, 1, 12, tzinfo=UTC)):
        payment = agreeing.agree_regular_payment(
            SYSTEM,
            budget,
            outcome_id=outcome.id,
            words="Wages for Marta",
            payee="Marta Kowalska",
            category="personal-assistants",
            amount_pence=30_000,
            day_of_month=28,
            starts_on=budget.starts_on,
        )
        spent = hold(budget, outcome, 98_240)
        service.spend_held(SYSTEM, spent, memo="Paid", counts_on=clock.today())
        hold(budget, outcome, 15_500)
        balance = queries.balance(budget)
        assert (balance.money_in, balance.spent, balance.promised) == (185_000, 98_240, 15_500)
        assert (balance.still_due, balance.contingency) == (30_000, 15_000)
        assert balance.available == 185_000 - 98_240 - 15_500
        assert balance.safe_to_spend == balance.available - 45_000
        day = due_day(clock.period_of(clock.today()), 28)
        assert service.mark_regular_made(payment.id, day, uuid4())
        assert not service.mark_regular_made(payment.id, day, uuid4()), "counted once"
        assert queries.balance(budget).still_due == 0


def test_two_funders_pay_their_shares_to_the_penny() -> None:
    commissioner = make_commissioner()
    person = make_person(commissioner)
    plan = make_plan(
        person, [OutcomeInput("A chair that fits", 300_000, {Stream.HEALTH: 2, Stream.SOCIAL_CARE: 1})]
    )
    budget = make_budget(person, plan, {Stream.HEALTH: 20_000, Stream.SOCIAL_CARE: 10_000})
    for _ in range(7):
        hold(budget, plan.outcomes[0], 100)
    left = queries.stream_available(budget)
    assert 20_000 - left[Stream.HEALTH] == 467  # 466 and two thirds
    assert 10_000 - left[Stream.SOCIAL_CARE] == 233
    assert service.stream_short(budget, plan.outcomes[0].id, plan.outcomes[0].funding, 29_300) is None
    assert service.stream_short(budget, plan.outcomes[0].id, plan.outcomes[0].funding, 29_304) is not None


def test_more_than_there_is_cannot_be_set_aside() -> None:
    _, _, plan, budget = make_holder(health=5_000)
    hold(budget, plan.outcomes[0], 5_000)
    with pytest.raises(InsufficientFundsError):
        hold(budget, plan.outcomes[0], 1)


def test_the_working_must_add_up() -> None:
    person = make_person(make_commissioner())
    with pytest.raises(InvalidError, match="lines come to"):
        agreeing.agree_budget(
            SYSTEM,
            person,
            plan_id=None,
            name="Budget",
            starts_on=date(2026, 4, 1),
            ends_on=date(2027, 3, 31),
            indicative_pence=1_200,
            streams=[agreeing.StreamInput(Stream.HEALTH, Cycle.MONTHLY, 100)],
            parts=[(HeldAs.NOTIONAL, 1_200, "Held for you")],
            working=[("Nearly", 1_199)],
        )


def test_paying_a_month_twice_pays_once_and_tells_the_person() -> None:
    account, _, _, budget = make_holder()
    period = clock.add_months(clock.period_of(clock.today()), 1)
    ids = allocations.budgets_to_pay(period)
    assert budget.id in ids
    first = allocations.pay_month(SYSTEM, period, [budget.id])
    again = allocations.pay_month(SYSTEM, period, [budget.id])
    assert (first.budgets, first.pence, again.budgets, again.already) == (1, 100_000, 0, 1)
    from app.core.db import db

    titles = [n.title for n in db.session.query(Notice).filter_by(account_id=account.id)]
    assert any("£1,000.00 came in" in title for title in titles)
    assert not proof.verify().problems


def test_only_finance_of_the_same_commissioner_pays() -> None:
    _, _, _, budget = make_holder()
    stranger = make_account("Joan Firth")
    make_post(stranger, make_commissioner("Another Board"), StaffRole.FINANCE)
    with pytest.raises(NotAllowedError):
        allocations.pay_month(actor_for(stranger), clock.period_of(clock.today()), [budget.id])


def test_another_persons_budget_does_not_exist() -> None:
    _, person, _, _ = make_holder()
    with pytest.raises(NotFoundError):
        queries.budgets_of(Actor(uuid4(), "Somebody"), person)


def test_the_thirty_first_falls_on_the_last_day() -> None:
    assert due_day(date(2027, 2, 1), 31) == date(2027, 2, 28)
    assert due_day(date(2028, 2, 1), 30) == date(2028, 2, 29)
