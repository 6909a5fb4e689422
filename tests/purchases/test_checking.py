"""What a purchase must have before it is sent or said yes to, and who hears of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.budgets.rules import BudgetState
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.identity.models import Authority
from app.identity.rules import Scope
from app.marketplace.rules import Category
from app.messages.models import Notice
from app.purchases import service as purchases
from app.purchases.rules import LineInput, State
from tests.purchases.world import World, make_listing


def test_a_listing_without_a_price_is_never_bought_for_nothing(world: World) -> None:
    purchase = purchases.start_draft(world.me, world.person, listing_ref=make_listing(None).ref)
    purchase.lines[0].outcome_id = world.plan.outcomes[0].id
    with pytest.raises(InvalidError, match="price you were told"):
        purchases.submit(world.me, purchase)
    free = world.from_listing(make_listing(0))
    assert (purchases.submit(world.me, free).state, free.total_pence) == (State.APPROVED, 0)


def test_one_purchase_has_one_payee(world: World) -> None:
    purchase = world.from_listing(make_listing())
    with pytest.raises(NotFoundError):
        purchases.put_line(world.me, purchase, None, LineInput(listing_ref=make_listing(100).ref))


def test_a_budget_that_is_over_buys_nothing_new(world: World) -> None:
    draft, asked = world.from_listing(make_listing()), world.from_listing(make_listing(), actor=world.broker())
    asked.state = State.AWAITING_HOLDER
    past = world.outside(("Pool sessions", 1_200, Category.ACTIVITIES))
    world.plan.ends_on = date(2199, 12, 31)
    with clock.at(clock.start_of(world.budget.ends_on) + timedelta(days=1, hours=12)):
        with pytest.raises(InvalidError, match="time was until"):
            purchases.submit(world.me, draft)
        with pytest.raises(StateError, match="time was until"):
            purchases.confirm(world.me, asked)
        assert purchases.submit(world.me, past).state is State.PAID  # it was bought while the budget ran
    world.budget.state = BudgetState.ENDED
    with pytest.raises(InvalidError, match="not open"):
        purchases.submit(world.me, draft)


def test_a_broker_whose_right_has_ended_is_told_nothing_more(world: World) -> None:
    broker = world.broker(Scope.PREPARE)
    purchase = purchases.submit(broker, world.outside(("Pool sessions", 1_200, Category.ACTIVITIES), actor=broker))
    authority = db.session.scalars(select(Authority).where(Authority.account_id == broker.account_id)).one()
    authority.ended_at = clock.now()
    db.session.flush()
    purchases.confirm(world.me, purchase)
    assert db.session.scalar(select(Notice.id).where(Notice.account_id == broker.account_id)) is None
