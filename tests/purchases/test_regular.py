"""Payments that come round every month: taken care of once, due again when that falls through."""

from __future__ import annotations

import pytest

from app.budgets import agreeing
from app.budgets import queries as budgets
from app.budgets.models import RegularPayment
from app.core import clock
from app.core.db import db
from app.core.errors import StateError
from app.marketplace.rules import Category
from app.purchases import queries
from app.purchases import service as purchases
from app.purchases.rules import DetailsInput, LineInput, State
from tests import factories
from tests.purchases.world import World


def wages(world: World) -> RegularPayment:
    """£600 a month, agreed in the plan."""
    return agreeing.agree_regular_payment(
        factories.SYSTEM,
        world.budget,
        outcome_id=world.plan.outcomes[0].id,
        words="Wages for Marta",
        payee="Marta K.",
        category=Category.PERSONAL_ASSISTANT,
        amount_pence=60_000,
        day_of_month=28,
        starts_on=clock.today().replace(day=1),
    )


def test_a_regular_payment_is_taken_care_of_once_a_month(world: World) -> None:
    regular = wages(world)
    before = budgets.balance(world.budget)
    assert (before.still_due, before.safe_to_spend) == (60_000, 40_000)
    purchase = purchases.start_draft(world.me, world.person, regular_ref=regular.ref)
    purchases.set_details(world.me, purchase, DetailsInput(bought_on=clock.today()))
    second = purchases.start_draft(world.me, world.person, regular_ref=regular.ref)
    purchases.set_details(world.me, second, DetailsInput(bought_on=clock.today()))
    assert purchases.check(world.me, purchase).safe_after_pence == 40_000  # it was counted as due already
    assert purchases.submit(world.me, purchase).state is State.PAID  # over the item threshold, agreed all the same
    assert budgets.balance(world.budget).safe_to_spend == 40_000
    small = LineInput("Wages for Marta", 100, outcome_ref=world.plan.outcomes[0].ref)
    purchases.put_line(world.me, second, second.lines[0].ref, small)
    with pytest.raises(StateError, match="takes care"), db.session.begin_nested():
        purchases.submit(world.me, second)


def test_a_regular_payment_is_due_again_when_its_purchase_is_declined(world: World) -> None:
    regular = wages(world)
    purchase = purchases.start_draft(world.me, world.person, regular_ref=regular.ref)
    ref = world.plan.outcomes[0].ref
    more = LineInput("Wages for Marta, with a rise", 70_000, outcome_ref=ref, category=Category.PERSONAL_ASSISTANT)
    purchases.put_line(world.me, purchase, purchase.lines[0].ref, more)
    purchases.set_details(world.me, purchase, DetailsInput(bought_on=clock.today()))
    assert purchases.submit(world.me, purchase).state is State.AWAITING_APPROVAL  # more than was agreed
    assert budgets.balance(world.budget).still_due == 0
    request = queries.open_request_of(world.me, purchase)
    assert request is not None
    purchases.decline(world.priya, request.ref, "too_much", "Let us agree the rise first.")
    assert budgets.balance(world.budget).still_due == 60_000


def test_a_regular_payment_turned_into_something_else_is_weighed_like_anything_else(world: World) -> None:
    regular = wages(world)
    swim, eat = (outcome.ref for outcome in world.plan.outcomes)
    wage = LineInput("Wages for Marta", 60_000, outcome_ref=swim, category=Category.PERSONAL_ASSISTANT)
    for line, payee in (
        (LineInput("Karaoke machine", 59_999, outcome_ref=swim, category=Category.PERSONAL_ASSISTANT), "Marta K."),
        (LineInput("Wages for Marta", 59_999, outcome_ref=eat, category=Category.PERSONAL_ASSISTANT), "Marta K."),
        (wage, "Argos"),
    ):
        purchase = purchases.start_draft(world.me, world.person, regular_ref=regular.ref)
        purchases.put_line(world.me, purchase, purchase.lines[0].ref, line)
        purchases.set_details(world.me, purchase, DetailsInput(payee, bought_on=clock.today()))
        assert purchases.check(world.me, purchase).result is State.AWAITING_APPROVAL, (line, payee)
    purchases.set_details(world.me, purchase, DetailsInput("marta k"))
    assert purchases.check(world.me, purchase).result is State.PAID
