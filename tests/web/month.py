"""A month of somebody's money, for the tests of the person's own pages."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from uuid import uuid4

import sqlalchemy as sa
from flask.testing import FlaskClient

from app.budgets import agreeing
from app.budgets import service as budgets
from app.budgets.models import Budget
from app.core import clock
from app.core.db import db
from app.identity.models import Account, Person
from app.plans.models import Plan
from tests.factories import SYSTEM, give_authority, make_account, make_commissioner, make_person

NOVEMBER = datetime(2026, 11, 10, 12, tzinfo=UTC)
HOSTILE = '<script>alert("x")</script>\u202e& “𝕬” ' + "W" * 60


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every SQL statement sent meanwhile, without what only a test's own transactions need."""
    seen: list[str] = []
    gc.collect()  # what an earlier page left in the session would spare this one a question

    def note(connection, cursor, statement, *rest):
        if statement.lstrip().upper().startswith(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")):
            seen.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


def hold(budget: Budget, plan: Plan, pence: int, *, spent: bool = False, times: int = 1, nth: int = 0) -> None:
    """Promise (or spend) a sum from a budget for one of the plan's outcomes."""
    for _ in range(times):
        subject, outcome = uuid4(), plan.outcomes[nth]
        day = clock.today()
        budgets.set_aside(
            SYSTEM,
            budget,
            outcome_id=outcome.id,
            funding=outcome.funding,
            amount_pence=pence,
            subject_id=subject,
            payee_id=uuid4(),
            memo="Gym",
            counts_on=day,
        )
        if spent:
            budgets.spend_held(SYSTEM, subject, memo="Gym", counts_on=day)


def due(budget: Budget, plan: Plan, pence: int, words: str = "Wages for Marta", day: int = 27) -> None:
    agreeing.agree_regular_payment(
        SYSTEM,
        budget,
        outcome_id=plan.outcomes[0].id,
        words=words,
        payee="Marta Kowalska",
        category="personal-assistants",
        amount_pence=pence,
        day_of_month=day,
        starts_on=date(2026, 1, 1),
    )


def home(client: FlaskClient, person: Person, query: str = "") -> str:
    answer = client.get(f"/p/{person.ref}/{query}")
    assert answer.status_code == 200
    return answer.text


def empty(name: str = "Sam") -> tuple[Account, Person]:
    person = make_person(make_commissioner(), name)
    account = make_account(f"{name} Okafor")
    give_authority(account, person)
    return account, person


#: The person's own pages.
NEIGHBOURS = ("", "budget", "allowed", "who", "plan", "spending")
