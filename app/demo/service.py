"""Filling a database with the demonstration, a month at a time; a mark says when it is whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from functools import partial

from sqlalchemy import func, or_, select, text, update

from app.audit import sealing
from app.budgets import allocations
from app.core import clock
from app.core.db import allow_long_statements, db
from app.core.errors import StateError
from app.demo import (
    history,
    planning,
    scenes,
    scenes_acting,
    scenes_asking,
    scenes_basket,
    scenes_brokers,
    scenes_changes,
    scenes_gate,
    scenes_holder,
    scenes_keeping,
    scenes_others,
    scenes_policy,
    scenes_providers,
    scenes_records,
    scenes_regular,
    scenes_second_looks,
    scenes_team,
    second_steps,
    setting,
)
from app.demo.people import LIVES, begins, enter, entered_on
from app.demo.scenes import Scene
from app.demo.world import World, at
from app.evidence.models import Receipt
from app.identity.models import Commissioner
from app.identity.rules import Actor
from app.messages.models import Notice

#: Told how far it is: words, and how many parts of a hundred were done since the last time.
Progress = Callable[[str, float], None]
MONTHS = 12
NEWS_DAYS = 4  # younger notices are unread,
NEWS_COUNT = 8  # unless that would be a pile: on the first of a month much is told at once


class Found(StrEnum):
    """What is in a database."""

    NOTHING = "nothing"
    WHOLE = "whole"  # the demonstration
    PART = "part"  # a demonstration whose making was cut off
    OTHER = "other"  # something that is not the demonstration's


def look() -> Found:
    """What is in the database. Without tables it raises what the database says."""
    marks = {settings.get(setting.MARK) for settings in db.session.scalars(select(Commissioner.settings))}
    if not marks:
        return Found.NOTHING
    if marks <= {setting.WHOLE}:
        return Found.WHOLE
    return Found.PART if marks <= {setting.WHOLE, setting.PART} else Found.OTHER


def receipt_files() -> list[str]:
    """The names of the receipts kept for what is in this database."""
    return list(db.session.scalars(select(Receipt.stored_name)))


def fill(progress: Progress, commit: Callable[[], None]) -> bool:
    """Make the demonstration, dated back from today.

    :param commit: called when a part is whole and the ledger right: the tables stay quick that way. Until the last
        call the database says that it holds a part.
    :returns: False when it is there already: nothing is written then.
    :raises StateError: when the database holds something else (its people must not meet a printed passphrase), or a
        part of a demonstration, which has to be cleared first.
    """
    found = look()
    if found is Found.WHOLE:
        return False
    if found is not Found.NOTHING:
        raise StateError("This database is not empty. Give an empty one, or start the demonstration over.")
    allow_long_statements()
    now = clock.now()
    today = clock.today()
    this_month = clock.period_of(today)
    first = clock.add_months(this_month, 1 - MONTHS)
    since = first - timedelta(days=20)
    with clock.at(clock.start_of(since) + timedelta(hours=9)):
        world = setting.open_stage(now, today, since)
        setting.fill_marketplace(world)
        db.session.flush()
    commit()
    progress("The marketplace", 6)
    told: list[Scene] = []
    for back in range(MONTHS - 1, -1, -1):
        _month(world, clock.add_months(this_month, -back), told)
        commit()
        progress(f"{clock.add_months(this_month, -back):%B %Y}", 90 / MONTHS)
    _settle(world)
    commit()
    progress("Tidying up", 4)
    return True


def _month(world: World, period: date, told: list[Scene]) -> None:
    """One month of everybody's lives, in the order in which it happened.

    :param told: scenes that are known already; those that people bring with them are added.
    """
    for life in LIVES:
        if begins(life, world.this_month) == period:
            with at(world.moment(entered_on(life, world.this_month), 11)):
                who = world.people[life.key] = enter(world, life)
            for story in life.asked:
                told += scenes.asked(world, who, story)
            told += scenes_changes.scenes(world, who)
    _pay_in(world, period)
    if period == clock.add_months(world.this_month, -1):
        told += [*scenes_providers.scenes(world), *scenes_asking.scenes(world)]
        told += [*scenes_holder.scenes(world), *scenes_others.scenes(world), *scenes_keeping.scenes(world)]
        told += [*scenes_regular.scenes(world), *scenes_basket.scenes(world), *scenes_acting.scenes(world)]
        told += scenes_brokers.scenes(world)
        told += [*scenes_policy.scenes(world), *scenes_team.scenes(world), *scenes_second_looks.scenes(world)]
        told += [*scenes_gate.scenes(world), *scenes_records.scenes(world)]
    this_month = [scene for scene in told if clock.period_of(scene.moment) == period]
    for who in world.people.values():
        who.forget()
        for bought in planning.month(world, who, period):
            this_month.append(Scene(bought.moment, who, partial(history.write, world, who, bought)))
    for scene in sorted(this_month, key=lambda scene: scene.moment):
        service_does_it = scene in told
        if service_does_it:
            world.write_out()  # the policy looks at what was bought before
        with at(scene.moment):
            scene.do()
        if service_does_it:
            scene.who.forget()  # the money moved
    world.write_out()


def _pay_in(world: World, period: date) -> None:
    """The month's money, as finance pays it: for some this month's is still to come."""
    waiting = {who.budget.id for who in world.people.values() if not who.life.paid_this_month}
    with at(world.moment(period, 6)):
        ids = [key for key in allocations.budgets_to_pay(period) if period != world.this_month or key not in waiting]
        for batch in allocations.batches(ids):
            allocations.pay_month(Actor.system("Monthly payments"), period, batch)


def _settle(world: World) -> None:
    """Old notices were read, and nobody is e-mailed about the past when the jobs begin to run."""
    scenes_gate.settle(world)
    db.session.flush()
    db.session.execute(update(Notice).values(emailed_at=Notice.written_at))
    rank = func.row_number().over(partition_by=Notice.account_id, order_by=(Notice.written_at.desc(), Notice.id.desc()))
    ranked = select(Notice.id, rank.label("rank")).subquery()
    pile = select(ranked.c.id).where(ranked.c.rank > NEWS_COUNT)
    db.session.execute(
        update(Notice)
        .where(or_(Notice.written_at < world.now - timedelta(days=NEWS_DAYS), Notice.id.in_(pile)))
        .values(read_at=Notice.written_at + timedelta(hours=3))
    )
    for commissioner in (world.board, world.wendover):
        commissioner.settings = {**commissioner.settings, setting.MARK: setting.WHOLE}
    second_steps.give_second_steps()
    db.session.flush()
    sealing.seal_due()
    db.session.execute(text("ANALYZE"))
