"""Writing down what falls due: each occurrence once, on its day, or a kind word why it did not go through.

The row that an occurrence is taken care of is written before anything else. Whoever comes second (another worker, the
same job again, the person by hand) waits for it, finds it and leaves it; a transaction cut off leaves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from app.budgets import queries as budgets
from app.budgets import regular_queries
from app.budgets import service as budget_service
from app.budgets.models import Budget
from app.budgets.queries import StillDue
from app.budgets.regular_models import RegularPayment, RegularPaymentTried
from app.budgets.regular_rules import Hindrance, PostedBy, RegularState, TermsState
from app.budgets.rules import BudgetState
from app.core import clock
from app.core.db import db
from app.core.errors import InsufficientFundsError, StateError
from app.core.jobs import enqueue_many, task
from app.core.money import format_pounds
from app.identity.rules import Actor
from app.marketplace import holidays
from app.messages.rules import NoticeKind
from app.policy.rules import Action
from app.purchases import regular_writing as writing
from app.purchases.facts import weigh
from app.purchases.models import Purchase
from app.purchases.regular_weighing import occurrence_purchase
from app.purchases.rules import State
from app.purchases.settling import refuse_unregistered
from app.purchases.submitting import post

POST_DUE, POST_ONE = "regular.post_due", "regular.post_one"
CATCH_UP_DAYS = 62  # how long ago a missed occurrence may be and still be written down by itself
_BATCH = 500
SYSTEM = Actor.system("Regular purchases")


class Posted(StrEnum):
    """What became of an occurrence."""

    POSTED = "posted"
    ASKED = "asked"  # a coordinator looks at it first
    HINDERED = "hindered"  # it is still due, and the person's side was told why
    ALREADY = "already"  # somebody was faster, or it is not due any more


# before the working day, well away from midnight in London in summer and in winter
@task(POST_DUE, cron="10 4 * * *")
def post_due(timestamp: int) -> None:
    """Ask for a job for each occurrence that fell due and is not taken care of: today's, and those of missed days."""
    enqueue_due()


@task(POST_ONE)
def post_one(payment_id: str, due_on: str) -> None:
    """Write one occurrence down, in a transaction of its own."""
    post_occurrence(SYSTEM, UUID(payment_id), date.fromisoformat(due_on))


def enqueue_due(on: date | None = None, payment_id: UUID | None = None) -> int:
    """Ask for a job for each occurrence that is due.

    :param on: up to this London day; today when left out.
    :param payment_id: only those of one regular purchase.
    :returns: how many.
    """
    count = 0
    for batch in _in_batches(due_days(on or clock.today(), payment_id)):
        enqueue_many(POST_ONE, [{"payment_id": str(key), "due_on": day.isoformat()} for key, day in batch])
        count += len(batch)
    return count


def _in_batches(rows: Iterator[tuple[UUID, date]]) -> Iterator[list[tuple[UUID, date]]]:
    batch: list[tuple[UUID, date]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def due_days(on: date, payment_id: UUID | None = None) -> Iterator[tuple[UUID, date]]:
    """Every occurrence up to a day that CarePurse is to write down and that is not taken care of.

    What was tried and waits for somebody is not in it; what may go through by itself another day is.

    :param payment_id: only of one regular purchase.
    """
    since = on - timedelta(CATCH_UP_DAYS)
    query = (
        select(RegularPayment, Budget)
        .options(joinedload(RegularPayment.every_terms), joinedload(RegularPayment.pauses))
        .join(Budget, Budget.id == RegularPayment.budget_id)
        .where(
            RegularPayment.state == RegularState.RUNNING,
            RegularPayment.posted_by == PostedBy.CAREPURSE,
            Budget.state == BudgetState.AGREED,
            Budget.ends_on >= since,
        )
        .order_by(RegularPayment.id)
        .limit(_BATCH)
    )
    if payment_id is not None:
        query = query.where(RegularPayment.id == payment_id)
    last: UUID | None = None
    while True:
        rows = db.session.execute(query if last is None else query.where(RegularPayment.id > last)).unique().all()
        if not rows:
            return
        last = rows[-1][0].id
        due = [item for payment, budget in rows for item in _due_of(payment, budget, since, on)]
        tried = regular_queries.tried_of({item.payment.id for item in due}, since) if due else {}
        for item in regular_queries.not_made(due):
            before = tried.get((item.payment.id, item.due_on))
            if before is None or Hindrance(before.reason).tried_again:
                yield item.payment.id, item.due_on


def _due_of(payment: RegularPayment, budget: Budget, since: date, on: date) -> list[StillDue]:
    first = max(since, budget.starts_on, payment.posts_from or payment.starts_on)
    school = regular_queries.school_for(budget.commissioner_id, [payment])
    return regular_queries.occurrences_of([payment], first, min(on, budget.ends_on), school)


class _HinderedError(Exception):
    """Undoes what was begun for an occurrence that does not go through."""

    def __init__(self, why: Hindrance, sentence: str) -> None:
        super().__init__(sentence)
        self.why, self.sentence = why, sentence


def post_occurrence(actor: Actor, payment_id: UUID, due_on: date, *, it_happened: bool = False) -> Posted:
    """Write one occurrence down: held and spent at once by the outside rail, as paid on its day.

    Whoever calls it commits, and calls it as often as they like.

    :param it_happened: the person's side says so, although the provider had said that they are away.
    """
    payment = db.session.get(RegularPayment, payment_id)
    if payment is None:
        return Posted.ALREADY
    writing.lock(payment)  # what is paused, changed or ended meanwhile is seen, or waits
    budget = budgets.budget_by_id(payment.budget_id)
    due = next((item for item in _due_of(payment, budget, due_on, due_on)), None)
    if (
        due is None
        or due_on > clock.today()
        or payment.state is not RegularState.RUNNING
        or payment.posted_by is not PostedBy.CAREPURSE
        or budget.state is not BudgetState.AGREED
    ):
        return Posted.ALREADY
    # always in this order (purchase, budget, occurrence), so that nobody waits for another in a ring
    budget_service.lock(budget)
    try:
        with db.session.begin_nested():
            return _post(actor, due, budget, it_happened)
    except _HinderedError as hindered:
        _note_tried(actor, due, hindered.why, hindered.sentence)
        return Posted.HINDERED


def _post(actor: Actor, due: StillDue, budget: Budget, it_happened: bool) -> Posted:
    payment = due.payment
    purchase = occurrence_purchase(payment, due.terms, budget, due.due_on)
    if not budget_service.mark_regular_made(payment.id, due.due_on, purchase.id):
        return Posted.ALREADY
    _refuse(due, it_happened)
    db.session.add(purchase)
    db.session.flush()
    try:
        refuse_unregistered(purchase)
        weighed = weigh(purchase, to_act=True, taking=due)
        if weighed.decision.action is Action.BLOCK:
            first = weighed.decision.findings[0]
            why = Hindrance.MONEY if first.rule in ("over-available", "stream-short") else Hindrance.STOPPED
            raise _HinderedError(why, first.sentence)
        post(actor, purchase, weighed)
    except InsufficientFundsError as error:
        raise _HinderedError(Hindrance.MONEY, error.sentence) from None
    except StateError as error:
        raise _HinderedError(Hindrance.REGISTER, error.sentence) from None
    if purchase.state is State.AWAITING_APPROVAL:  # not what a simple rule of the team answered at once
        first = weighed.decision.findings[0]
        _note_tried(actor, due, Hindrance.REFERRED, first.sentence, purchase)
        return Posted.ASKED
    return Posted.POSTED


def _refuse(due: StillDue, it_happened: bool) -> None:
    """What stands in the way before the policy is asked: a dearer price without a yes, a provider who is away."""
    payment = due.payment
    waiting = payment.waiting_terms
    if waiting is not None and writing.is_rise(payment, waiting) and waiting.from_on <= due.due_on:
        yet = "you have not said yes yet" if waiting.state is TermsState.RISE else "a person looks at it first"
        each = format_pounds(waiting.amount_pence)
        raise _HinderedError(Hindrance.PRICE, f"The price goes up to {each} each time, and {yet}.")
    if payment.provider_id is not None and not it_happened:
        listings = [payment.listing_id] if payment.listing_id else []
        spans = holidays.away_of(payment.provider_id, listings, due.due_on)  # also of a day that was missed
        if any(span.first <= due.due_on <= span.last for span in spans):
            raise _HinderedError(Hindrance.AWAY, f"{payment.payee} said that they are away that day.")


_WHAT_NOW = {
    Hindrance.MONEY: "We try again each day until it goes through. You can also leave this one out.",
    Hindrance.AWAY: "If it happened all the same you can write it down now. If not, leave this one out.",
    Hindrance.REGISTER: "Nothing is paid until that is put right. You can leave this one out or end it.",
    Hindrance.STOPPED: "It stays due. You can leave this one out, change it, end it, or ask a person.",
    Hindrance.PRICE: "It stays due until the new price is agreed. You can leave this one out, or end it.",
}


def _note_tried(actor: Actor, due: StillDue, why: Hindrance, sentence: str, purchase: Purchase | None = None) -> None:
    """Note that it did not go through, and tell the person's side: once for each reason."""
    payment, day = due.payment, due.due_on
    values = {"reason": why.value, "sentence": sentence, "tried_at": clock.now()}
    before = db.session.scalar(
        select(RegularPaymentTried.reason).where(
            RegularPaymentTried.payment_id == payment.id, RegularPaymentTried.due_on == day
        )
    )
    db.session.execute(
        insert(RegularPaymentTried)
        .values(payment_id=payment.id, due_on=day, **values)
        .on_conflict_do_update(index_elements=["payment_id", "due_on"], set_=values)
    )
    if before == why.value:
        return
    said = clock.say_day(day)
    if purchase is not None:
        title = f"A person looks at {payment.words} of {said} first."
        writing.tell(actor, payment, NoticeKind.REGULAR, title, sentence)
        return
    title = f"{payment.words} of {said} has not gone through. Nothing was written down."
    writing.tell(actor, payment, NoticeKind.REGULAR, title, f"{sentence} {_WHAT_NOW[why]}")
    writing.record(actor, payment, "hindered", f"{payment.words} of {said} did not go through", reason=why.value)
