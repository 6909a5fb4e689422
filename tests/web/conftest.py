"""Somebody with a month of money, for the tests of the person's own pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.budgets.models import Budget
from app.core import clock
from app.identity.models import Account, Person
from app.ledger.rules import Stream
from app.plans.models import Per, Plan
from app.plans.service import OutcomeInput
from tests.factories import (
    give_authority,
    make_account,
    make_budget,
    make_commissioner,
    make_person,
    make_plan,
    make_post,
)
from tests.web.month import NOVEMBER, due, hold


@pytest.fixture
def november(session) -> Iterator[None]:
    with clock.at(NOVEMBER):
        yield


@pytest.fixture
def sam(november) -> tuple[Account, Person, Plan, Budget]:
    """£1,850 came in, £150 of it is kept; spent £982.40, promised £155, £300 still due."""
    commissioner = make_commissioner(help_phone="0151 496 0123")
    coordinator = make_account("Priya Shah")
    make_post(coordinator, commissioner)
    person = make_person(commissioner, coordinator=coordinator)
    account = make_account("Sam Okafor")
    give_authority(account, person)
    plan = make_plan(
        person,
        [
            OutcomeInput("Swim every week", 12_000, {Stream.HEALTH: 1}, examples=["Pool sessions"]),
            OutcomeInput("A dog that warns me", 300_000, {Stream.HEALTH: 2, Stream.SOCIAL_CARE: 1}, per=Per.PLAN),
        ],
    )
    budget = make_budget(person, plan, {Stream.HEALTH: 150_000, Stream.SOCIAL_CARE: 35_000}, contingency_pence=15_000)
    hold(budget, plan, 98_240, spent=True)
    hold(budget, plan, 15_500)
    due(budget, plan, 30_000)
    return account, person, plan, budget
