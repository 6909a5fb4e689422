"""The demonstration's stage with only the people whom a case is about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.budgets import allocations
from app.budgets import queries as budgets
from app.budgets.rules import Balance
from app.core import clock
from app.core.db import db
from app.demo import setting
from app.demo.kinds import Life
from app.demo.people import enter, entered_on
from app.demo.world import Someone, World
from app.identity.rules import Actor
from app.ledger import proof
from app.ledger import queries as ledger
from app.ledger.rules import Stream
from app.purchases.models import Purchase
from app.purchases.queries import open_request_of


def stage(*lives: Life, market: bool = False) -> World:
    """Both commissioners, their staff, and these people with what was agreed with them."""
    now, today = clock.now(), clock.today()
    since = clock.add_months(clock.period_of(today), -12)
    with clock.at(clock.start_of(since)):
        world = setting.open_stage(now, today, since)
        if market:
            setting.fill_marketplace(world)
    for life in lives:
        with clock.at(world.moment(entered_on(life, world.this_month))):
            world.people[life.key] = enter(world, life)
            db.session.flush()
    return world


def pay_in(world: World, period: date) -> None:
    """The month's money, as finance pays it."""
    with clock.at(world.moment(period, 6)):
        allocations.pay_month(Actor.system("Monthly payments"), period, allocations.budgets_to_pay(period))


def start_of(world: World, who: Someone) -> date:
    """The first month of somebody's budget."""
    return clock.add_months(world.this_month, -who.life.months_ago)


def months(world: World, who: Someone) -> list[date]:
    """The months of somebody's budget until this one."""
    return [clock.add_months(start_of(world, who), n) for n in range(who.life.months_ago + 1)]


@contextmanager
def on(day: date) -> Iterator[datetime]:
    """Noon of a day."""
    moment = clock.start_of(day) + timedelta(hours=12)
    with clock.at(moment):
        yield moment


def balance(who: Someone) -> Balance:
    """What the person's home page says."""
    return budgets.balance(who.budget)


def left(who: Someone) -> dict[Stream, int]:
    """What each funder's part has left, in pence."""
    return budgets.stream_available(who.budget)


def spent_by_stream(who: Someone) -> dict[Stream, int]:
    """What each funder has paid, in pence."""
    return {stream: totals.debits_posted for stream, totals in ledger.totals_by_stream(who.budget.id).items()}


def request_of(world: World, who: Someone, purchase: Purchase) -> str:
    """The reference of the request that a purchase waits on."""
    request = open_request_of(world.actor(who.account), purchase)
    assert request is not None, purchase.state
    return request.ref


def rules_of(purchase: Purchase) -> set[str]:
    """The codes of all that the policy said."""
    return {finding["rule"] for finding in purchase.findings}


def ledger_is_right() -> bool:
    """Every transfer, replayed."""
    db.session.flush()
    return not proof.verify().problems


def everything_of(who: Someone) -> list[Purchase]:
    """All purchases of somebody."""
    return list(db.session.scalars(select(Purchase).where(Purchase.person_id == who.person.id)))
