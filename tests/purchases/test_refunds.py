"""Money that comes back: to the penny, to the stream and the outcome it came from, and never more than was spent."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.budgets import queries as budgets
from app.budgets import service as budget_service
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.ledger import proof
from app.ledger import queries as ledger
from app.ledger.rules import Stream
from app.marketplace.models import ProviderMember
from app.marketplace.rules import Category
from app.messages.models import Notice
from app.purchases import disputing, queries, refunding
from app.purchases import service as purchases
from app.purchases.models import Purchase
from app.purchases.problem_queries import problem_of, problem_to_help, problems_for
from app.purchases.refund_rules import RefundInput
from app.purchases.rules import State
from app.purchases.spending import SpendingFilter, spending
from tests import factories
from tests.purchases.test_races import actor, race
from tests.purchases.world import World, build, make_listing

TWO = {Stream.HEALTH: 100_000, Stream.SOCIAL_CARE: 100_000}


def paid(world: World, *lines: tuple[str, int, str | None], payee: str = "Northside Leisure") -> Purchase:
    wanted = lines or (("Swimming lessons", 4_501, Category.ACTIVITIES),)
    purchase = purchases.submit(world.me, world.outside(*wanted, payee=payee))
    assert purchase.state is State.PAID
    return purchase


def back(pence: int, how: str = "money", **more: object) -> RefundInput:
    return RefundInput(pence, clock.today(), how, **more)


def spent_by_stream(purchase: Purchase) -> dict[Stream, tuple[int, int]]:
    return {row.stream: (row.spent, row.back) for line in purchase.lines for row in ledger.spent_of(line.id)}


def test_a_part_then_the_rest_returns_exactly_what_each_stream_spent(session: object) -> None:
    world = build(TWO)
    purchase = paid(world)
    before = spent_by_stream(purchase)
    purchases.refund(world.me, purchase, back(1_000, why="One lesson fell out"))
    assert (purchase.state, purchase.refunded_pence) == (State.PART_REFUNDED, 1_000)
    assert budgets.balance(world.budget).spent == 3_501
    purchases.refund(world.me, purchase, back(3_501))
    assert purchase.state is State.REFUNDED
    assert {stream: spent for stream, (spent, _) in before.items()} == {
        stream: returned for stream, (_, returned) in spent_by_stream(purchase).items()
    }
    figures = budgets.figures(world.budget)
    assert figures.balance.spent == 0
    assert figures.balance.available == 200_000
    assert figures.this_month[purchase.lines[0].outcome_id].spent == 0
    assert proof.verify().problems == []
    with pytest.raises(StateError):
        purchases.refund(world.me, purchase, back(1))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    shares=st.lists(st.integers(1, 5), min_size=2, max_size=3),
    amounts=st.lists(st.integers(1, 9_999), min_size=1, max_size=3),
    parts=st.lists(st.integers(1, 4_000), min_size=1, max_size=8),
)
def test_any_sequence_returns_what_was_spent_per_stream_and_never_more(
    session: object, shares: list[int], amounts: list[int], parts: list[int]
) -> None:
    with db.session.begin_nested() as undone:
        streams = dict.fromkeys(list(Stream)[: len(shares)], 100_000)
        world = build(streams)
        for row, share in zip(world.plan.outcomes[0].funding, shares, strict=True):
            row.share = share
        db.session.flush()
        purchase = purchases.submit(
            world.me, world.outside(*((f"Lesson {n}", pence, Category.ACTIVITIES) for n, pence in enumerate(amounts)))
        )
        if purchase.state is State.PAID:
            for part in parts:
                left = refunding.can_come_back(purchase)
                if part <= left:
                    purchases.refund(world.me, purchase, back(part))
                else:
                    with pytest.raises((InvalidError, StateError)):
                        purchases.refund(world.me, purchase, back(part))
                for line in purchase.lines:
                    rows = ledger.spent_of(line.id)
                    assert all(0 <= row.back <= row.spent for row in rows)
                    assert sum(row.back for row in rows) == line.refunded_pence
                    if not line.refunded_pence:
                        continue
                    for row in rows:  # within a penny a refund of its share
                        assert abs(row.back - line.refunded_pence * row.spent / line.amount_pence) <= len(rows)
            if refunding.can_come_back(purchase):
                purchases.refund(world.me, purchase, back(refunding.can_come_back(purchase)))
            for line in purchase.lines:
                assert all(row.back == row.spent for row in ledger.spent_of(line.id))
            assert budgets.balance(world.budget).available == sum(streams.values())
        undone.rollback()


def test_per_line_never_more_than_that_line(world: World) -> None:
    purchase = paid(world, ("Lesson", 2_000, Category.ACTIVITIES), ("Goggles", 1_000, Category.ACTIVITIES))
    first, second = purchase.lines
    with pytest.raises(InvalidError):
        purchases.refund(world.me, purchase, back(0, parts={second.ref: 1_001}))
    purchases.refund(world.me, purchase, back(0, parts={second.ref: 1_000}))
    assert (first.refunded_pence, second.refunded_pence) == (0, 1_000)
    with pytest.raises(StateError):
        budget_service.give_back(world.me, second.id, 1, memo="once more", counts_on=clock.today())


def test_what_is_typed_is_looked_at(world: World) -> None:
    purchase = paid(world)
    typed = RefundInput(99_999, clock.add_working_days(clock.today(), 1), "cash in hand", "x" * 501)
    with pytest.raises(InvalidError) as refused:
        purchases.refund(world.me, purchase, typed)
    assert set(refused.value.errors) == {"on", "how", "why"}
    with pytest.raises(InvalidError) as refused:
        purchases.refund(world.me, purchase, back(4_502))
    assert set(refused.value.errors) == {"amount"}


def test_spending_shows_money_back_once_whatever_the_streams(session: object) -> None:
    world = build(TWO)
    purchase = paid(world)
    purchases.refund(world.me, purchase, back(1_001, why="Ill that week"))
    rows = [row for row in spending(world.me, world.person, SpendingFilter()).rows if row.money_in]
    (row,) = [row for row in rows if row.purchase_ref]
    assert (row.amount_pence, row.purchase_ref, row.state_words) == (1_001, purchase.ref, "Money back")


def test_a_credit_note_counts_only_when_it_makes_a_payment_smaller(session: object) -> None:
    world = build(TWO)
    first = paid(world)
    purchases.refund(world.me, first, back(2_000, "credit_note"))
    assert (first.state, first.credit_pence) == (State.PAID, 2_000)
    assert budgets.balance(world.budget).spent == 4_501
    with pytest.raises(InvalidError):
        purchases.refund(world.me, first, back(2_502))  # what is owed is not refunded as well
    other = paid(world, ("Sauna", 900, Category.ACTIVITIES), payee="Somebody Else")
    assert refunding.credit_for(other) == 0
    second = paid(world, ("Aqua fit", 1_500, Category.ACTIVITIES))
    assert purchases.use_credit(world.me, second, clock.today()) == 1_500
    assert (first.state, first.refunded_pence, first.credit_pence) == (State.PART_REFUNDED, 1_500, 500)
    assert budgets.balance(world.budget).spent == 4_501 + 900  # the second was paid with what they owed
    (note,) = [row for row in refunding.refunds_of(first.id) if row.left_pence]
    purchases.pay_out_credit(world.me, first, note.ref, clock.today())
    assert (first.refunded_pence, first.credit_pence) == (2_000, 0)
    with pytest.raises(StateError):
        purchases.pay_out_credit(world.me, first, note.ref, clock.today())
    assert proof.verify().problems == []


class TestWhoMay:
    def test_whoever_sold_it_may_and_the_person_is_told(self, world: World) -> None:
        listing = make_listing()
        purchase = purchases.submit(world.me, world.from_listing(listing))
        purchases.mark_paid(world.me, purchase, clock.today(), "By card")
        seller = factories.make_account("Sally Swim")
        db.session.add(ProviderMember(account_id=seller.id, provider_id=listing.provider_id))
        db.session.flush()
        purchases.refund(factories.actor_for(seller), purchase, back(2_200, why="The pool was shut"))
        assert purchase.refunded_pence == 2_200
        notice = db.session.scalars(
            select(Notice).where(Notice.account_id == world.holder.id).order_by(Notice.id.desc())
        ).first()
        assert notice is not None
        assert "£22.00" in notice.title

    def test_others_may_not(self, world: World) -> None:
        purchase = paid(world)
        stranger = factories.actor_for(factories.make_account("A Stranger"))
        for who in (world.priya, world.tom, stranger, world.broker()):
            with pytest.raises(NotFoundError):
                purchases.refund(who, purchase, back(100))


class TestItNeverCame:
    def test_provider_and_coordinator_are_told_and_it_ends_with_the_money(self, world: World) -> None:
        listing = make_listing()
        seller = factories.make_account("Sally Swim")
        db.session.add(ProviderMember(account_id=seller.id, provider_id=listing.provider_id))
        purchase = purchases.submit(world.me, world.from_listing(listing))
        purchases.mark_paid(world.me, purchase, clock.today(), "By card")
        with pytest.raises(InvalidError):
            purchases.dispute(world.me, purchase, " ")
        problem = purchases.dispute(world.me, purchase, "Nobody was at the pool.")
        assert purchase.state is State.DISPUTED
        told = set(db.session.scalars(select(Notice.account_id).where(Notice.kind == "problem")))
        assert told == {world.coordinator.id, seller.id}
        assert [row.ref for row in problems_for(world.priya)] == [problem.ref]
        with pytest.raises(NotFoundError):
            problem_to_help(world.tom, problem.ref)
        disputing.write(world.priya, purchase, problem, "I called them: they will pay it back.")
        purchases.refund(world.priya, purchase, back(8_800))
        assert purchase.state is State.REFUNDED
        ended = problem_of(purchase.id)
        assert ended is not None
        assert (ended.how, ended.ended_by_name) == ("refunded", "Priya Shah")

    def test_it_came_after_all_or_a_coordinator_found_out(self, world: World) -> None:
        came, looked_into = paid(world), paid(world, ("Goggles", 900, Category.ACTIVITIES), payee="Pool Shop")
        for purchase in (came, looked_into):
            purchases.dispute(world.me, purchase, "It never came.")
        assert queries.WaitingKind.PROBLEM in {row.kind for row in queries.waiting_for(world.me, world.person)}
        purchases.confirm_delivery(world.me, came)
        problem = problem_of(looked_into.id)
        assert problem is not None
        with pytest.raises(NotFoundError):
            purchases.close_with_note(world.tom, problem, "Not mine")
        purchases.close_with_note(world.priya, problem, "They showed me the delivery note.")
        assert (came.state, looked_into.state) == (State.DELIVERED, State.DELIVERED)
        assert problem_of(looked_into.id).how == "note"


@pytest.mark.parametrize("pence", [3_000, 1_500])
def test_two_refunds_at_once_never_return_more_than_was_spent(real_database: Flask, pence: int) -> None:
    with real_database.app_context():
        world = build(TWO)
        purchase = paid(world, ("Lesson", 3_000, Category.ACTIVITIES))
        key, me, budget = purchase.id, world.holder.id, world.budget.id
        db.session.commit()

    def give(key: UUID) -> Callable[[], object]:
        return lambda: purchases.refund(actor(me), db.session.get_one(Purchase, key), back(pence)).amount_pence

    answers = race(real_database, [give(key)] * 4, 4)
    given_back = sum(item for item in answers if isinstance(item, int))
    assert 0 < given_back <= 3_000
    assert all(isinstance(item, int | StateError | InvalidError) for item in answers)
    with real_database.app_context():
        totals = ledger.totals_by_stream(budget)
        assert sum(item.available for item in totals.values()) == 200_000 - 3_000 + given_back
        assert db.session.scalar(select(func.sum(Purchase.refunded_pence))) == given_back
        assert proof.verify().problems == []
