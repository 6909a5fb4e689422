"""Real threads on real connections: exactly one wins, nothing is lost, nothing is spent twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.approvals.models import ApprovalRequest
from app.approvals.rules import RequestState
from app.budgets.models import Budget
from app.core.db import db
from app.core.errors import CarePurseError, InsufficientFundsError, StateError
from app.identity.models import Account
from app.ledger import proof
from app.ledger import queries as ledger
from app.ledger.models import LedgerAccount
from app.ledger.rules import Stream
from app.marketplace.rules import Category
from app.purchases import service as purchases
from app.purchases.models import Purchase
from app.purchases.rules import State
from tests import factories
from tests.purchases.world import build


def race(app: Flask, jobs: list[Callable[[], object]], threads: int) -> list[object]:
    """Run all at once, each in a transaction of its own; an answer or the error for each."""
    barrier = threading.Barrier(min(threads, len(jobs)))

    def run(job: Callable[[], object]) -> object:
        with app.app_context():
            barrier.wait(20)
            try:
                answer = job()
                db.session.commit()
            except CarePurseError as error:
                db.session.rollback()
                return error
            return answer

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, jobs))


def actor(account_id: UUID) -> object:
    return factories.actor_for(db.session.get_one(Account, account_id))


def test_two_halves_sent_at_once_see_each_other(real_database: Flask) -> None:
    """Each is under the sum at which a person looks; together they are over it."""
    with real_database.app_context():
        world = build()
        halves = [world.outside((f"Swimming for the {n} term", 26_000, Category.ACTIVITIES)) for n in ("first", "last")]
        ids, me = [half.id for half in halves], world.holder.id
        db.session.commit()

    def submit(key: UUID) -> Callable[[], object]:
        return lambda: purchases.submit(actor(me), db.session.get_one(Purchase, key)).state

    answers = race(real_database, [submit(key) for key in ids], 2)
    assert sorted(answers, key=str) == [State.AWAITING_APPROVAL, State.PAID]


@pytest.mark.parametrize("same", [True, False], ids=["double tap", "two purchases"])
def test_the_last_fifty_pounds_are_spent_once(real_database: Flask, same: bool) -> None:
    with real_database.app_context():
        world = build({Stream.HEALTH: 5000})
        drafts = [world.outside(("Swimming lesson", 5000, Category.ACTIVITIES)) for _ in range(1 if same else 6)]
        ids, me, budget = [draft.id for draft in drafts], world.holder.id, world.budget.id
        db.session.commit()

    def submit(key: UUID) -> Callable[[], object]:
        return lambda: purchases.submit(actor(me), db.session.get_one(Purchase, key)).state

    answers = race(real_database, [submit(ids[i % len(ids)]) for i in range(6)], 6)
    assert answers.count(State.PAID) == 1
    assert all(isinstance(a, StateError | InsufficientFundsError) or a in (State.PAID, State.BLOCKED) for a in answers)
    with real_database.app_context():
        totals = db.session.execute(select(LedgerAccount).where(LedgerAccount.owner_id == budget)).scalar_one()
        assert (totals.debits_posted, totals.debits_pending) == (5000, 0)
        assert proof.verify().problems == []
        paid = db.session.scalar(select(func.count()).select_from(Purchase).where(Purchase.state == State.PAID))
        assert paid == 1


def test_of_two_deciders_one_wins_and_the_other_is_told_who(real_database: Flask) -> None:
    with real_database.app_context():
        world = build()
        refs = []
        for pence in range(3000, 3006):
            purchase = world.referred(pence)
            refs.append(db.session.scalar(select(ApprovalRequest.ref).where(ApprovalRequest.subject_id == purchase.id)))
        priya, tom, me = world.coordinator.id, world.colleague.id, world.holder.id
        db.session.commit()
    for index, ref in enumerate(refs):
        third: Callable[[], object] = lambda ref=ref: purchases.cancel(actor(me), _of(ref)).state  # noqa: E731  # one line a racer
        jobs: list[Callable[[], object]] = [
            lambda ref=ref: purchases.approve(actor(priya), ref).state,
            lambda ref=ref: purchases.decline(actor(tom), ref, "too_much", "Too much").state,
        ]
        answers = race(real_database, jobs + [third] * (index % 2), 2 + index % 2)
        won = [a for a in answers if isinstance(a, State | RequestState)]
        lost = [a for a in answers if isinstance(a, CarePurseError)]
        assert len(won) == 1, answers
        for error in lost:
            assert isinstance(error, StateError)
        if index % 2 == 0:
            winner = "Priya Shah" if won[0] is RequestState.APPROVED else "Tom Ellis"
            assert winner in lost[0].sentence
    with real_database.app_context():
        assert proof.verify().problems == []


def _of(ref: str) -> Purchase:
    request = db.session.scalars(select(ApprovalRequest).where(ApprovalRequest.ref == ref)).one()
    return db.session.get_one(Purchase, request.subject_id)


def test_many_at_once_on_one_budget_never_overspend_and_never_lock_each_other_out(real_database: Flask) -> None:
    """32 threads over the pool's connections, 64 purchases of £20 and two streams: 50 fit, the rest are told kindly."""
    with real_database.app_context():
        world = build({Stream.HEALTH: 60_000, Stream.SOCIAL_CARE: 60_000})
        ids = [
            world.outside(("Swimming lesson", 2000, Category.ACTIVITIES), payee=f"Pool {n % 5}").id for n in range(64)
        ]
        me, budget = world.holder.id, db.session.get_one(Budget, world.budget.id).id
        db.session.commit()
        db.engine.dispose()
    jobs: list[Callable[[], object]] = [
        lambda key=key: purchases.submit(actor(me), db.session.get_one(Purchase, key)).state
        for key in ids
    ]
    answers = race(real_database, jobs, 32)
    assert {a if isinstance(a, State) else type(a) for a in answers} <= {
        State.PAID,
        State.BLOCKED,
        State.AWAITING_APPROVAL,
        InsufficientFundsError,
    }
    with real_database.app_context():
        totals = ledger.totals_by_stream(budget)
        spent = sum(item.debits_posted + item.debits_pending for item in totals.values())
        kept = db.session.scalar(
            select(func.sum(Purchase.total_pence)).where(Purchase.state.in_((State.PAID, State.AWAITING_APPROVAL)))
        )
        assert spent == kept
        assert spent == 120_000  # nothing that fitted was turned away
        assert proof.verify().problems == []
