"""The payments port: attempts are numbered, kept, and never doubled."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app.budgets import queries as budgets
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError
from app.core.ids import new_id
from app.marketplace.rules import Category
from app.payments import rails
from app.payments.models import PaymentIntent
from app.payments.rules import IntentState, Order, Outcome, payment_key
from app.purchases import service as purchases
from app.purchases.rules import State
from tests.purchases.world import World, build, make_listing


@pytest.fixture
def world(session: object) -> World:
    return build()


class Refuses:
    """A rail whose payments fail, as a bank's can."""

    name = rails.OUTSIDE

    def pay(self, order: Order) -> Outcome:
        return Outcome(IntentState.FAILED, "The card was declined.")


def test_a_payment_that_fails_leaves_it_approved_with_the_reason_and_can_be_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    purchase = purchases.submit(world.me, world.from_listing(make_listing()))
    monkeypatch.setattr("app.payments.service.RAILS", {rails.OUTSIDE: Refuses()})
    purchases.mark_paid(world.me, purchase, clock.today(), "by card")
    assert (purchase.state, purchase.end_reason) == (State.APPROVED, "The card was declined.")
    assert budgets.balance(world.budget).promised == 8800
    monkeypatch.setattr("app.payments.service.RAILS", {rails.OUTSIDE: rails.OutsideRail()})
    purchases.mark_paid(world.me, purchase, clock.today(), "by card")
    assert purchase.state is State.PAID
    tries = db.session.scalars(select(PaymentIntent).order_by(PaymentIntent.attempt)).all()
    assert [(item.attempt, item.state) for item in tries] == [(1, IntentState.FAILED), (2, IntentState.SETTLED)]
    assert tries[1].idempotency_key == payment_key(purchase.id, "pay", 2)


def test_the_same_key_is_never_taken_twice(world: World) -> None:
    purchase = purchases.submit(world.me, world.outside(("Swimming lesson", 1800, Category.ACTIVITIES)))
    assert purchase.state is State.PAID
    (kept,) = db.session.scalars(select(PaymentIntent)).all()
    again = {c.name: getattr(kept, c.name) for c in PaymentIntent.__table__.columns if c.name != "id"}
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(insert(PaymentIntent).values(**again, id=new_id()))


def test_paying_says_when_and_how(world: World) -> None:
    purchase = purchases.submit(world.me, world.from_listing(make_listing()))
    with pytest.raises(InvalidError) as refused:
        purchases.mark_paid(world.me, purchase, clock.last_day(clock.add_months(clock.today(), 1)), " ")
    assert set(refused.value.errors) == {"paid_on", "how"}
