"""Spending: every movement, the same number of statements however many, and a CSV that does no harm."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import event, insert

from app.core import clock
from app.core.db import db
from app.core.ids import new_id, new_ref
from app.marketplace.rules import Category
from app.purchases import queries, queue
from app.purchases import service as purchases
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.rules import State, Way
from app.purchases.spending import SpendingFilter, spending, spending_csv
from tests import factories
from tests.purchases.world import World


def test_each_filter_finds_its_own_and_nothing_else(world: World) -> None:
    purchases.submit(world.me, world.outside(("Swimming lesson", 1800, Category.ACTIVITIES)))
    waiting = world.referred()
    blocked = purchases.submit(world.me, world.outside(("Whisky", 2500, None), outcome=1))

    def found(**wanted: object) -> list[str]:
        return [row.description for row in spending(world.me, world.person, SpendingFilter(**wanted)).rows]

    assert sorted(found()) == ["Karaoke machine", "Money in", "Swimming lesson"]
    assert found(state=State.AWAITING_APPROVAL) == ["Karaoke machine"]
    assert found(state=State.BLOCKED) == ["Whisky"]
    assert found(words="LESSON") == ["Swimming lesson"]
    assert sorted(found(words="swim every")) == ["Karaoke machine", "Swimming lesson"]  # the outcome's words count too
    assert found(words="100%_\\") == []
    assert found(outcome_ref=world.plan.outcomes[1].ref) == []
    assert found(outcome_ref="\x00") == []
    assert found(period=clock.add_months(clock.period_of(clock.today()), -1)) == []
    row = next(r for r in spending(world.me, world.person, SpendingFilter()).rows if r.purchase_ref == waiting.ref)
    assert (row.who, row.payee, row.has_receipt, row.money_in) == ("Sam Okafor", "Northside Leisure", False, False)
    assert blocked.ref not in {r.purchase_ref for r in spending(world.me, world.person, SpendingFilter()).rows}


def test_streams_of_one_payment_in_show_as_one_sum(world: World) -> None:
    factories.pay_in(world.budget)
    rows = [row for row in spending(world.me, world.person, SpendingFilter()).rows if row.money_in]
    assert [row.amount_pence for row in rows] == [200_000]


def test_the_csv_holds_everything_and_no_cell_is_a_formula(world: World) -> None:
    evil = '=HYPERLINK("http://evil","x")'
    purchases.submit(world.me, world.outside((evil, 1800, Category.ACTIVITIES), payee="@SUM(1)"))
    text = "".join(spending_csv(world.me, world.person, SpendingFilter()))
    assert text.startswith("\ufeffDate,")
    rows = list(csv.DictReader(io.StringIO(text[1:])))
    assert {row["What"] for row in rows} == {"Money in", f"'{evil}"}
    assert {row["Money out (£)"] for row in rows} == {"18.00", ""}
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def fill(world: World, count: int) -> None:
    """Purchases of the past without their money: reading them is what counts here."""
    today, outcome = clock.today(), world.plan.outcomes[0].id
    heads, lines = [], []
    for number in range(count):
        key, day = new_id(), today - timedelta(days=number % 365)
        heads.append(
            {
                "id": key,
                "ref": new_ref(),
                "commissioner_id": world.commissioner.id,
                "person_id": world.person.id,
                "budget_id": world.budget.id,
                "state": State.PAID,
                "way": Way.OUTSIDE,
                "title": f"Swim {number}",
                "payee_name": "Pool",
                "total_pence": 500,
                "requested_by": world.holder.id,
                "requested_by_name": "Sam Okafor",
                "requested_as": "self",
                "submitted_at": clock.start_of(day),
                "paid_on": day,
            }
        )
        lines.append(
            {
                "id": new_id(),
                "ref": new_ref(),
                "commissioner_id": world.commissioner.id,
                "person_id": world.person.id,
                "purchase_id": key,
                "position": 0,
                "description": f"Swim {number}",
                "unit_price_pence": 500,
                "amount_pence": 500,
                "outcome_id": outcome,
                "moved_on": day,
            }
        )
    db.session.execute(insert(Purchase), heads)
    db.session.execute(insert(PurchaseLine), lines)


def test_home_spending_and_buying_cost_the_same_statements_however_much_was_bought(world: World) -> None:
    def count() -> int:
        db.session.expire_all()
        me = world.me
        with statements() as seen:
            queries.waiting_for(me, world.person)
            first = spending(me, world.person, SpendingFilter())
            spending(me, world.person, SpendingFilter(words="swim"), 3)
            purchases.check(me, draft)
            queue.queue_for(world.priya)
        assert first.rows
        return len(seen)

    draft = world.outside(("Swimming lesson", 1800, Category.ACTIVITIES))
    fill(world, 60)
    few = count()
    fill(world, 3000)
    assert count() == few
    page = spending(world.me, world.person, SpendingFilter(), 2)
    assert (len(page.rows), page.has_previous, page.has_next) == (50, True, True)
    assert spending(world.me, world.person, SpendingFilter(), 10_000).rows == ()
