"""What is known of somebody when their life changes, gathered for the rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select

from app.budgets.models import Budget
from app.budgets.move_models import MoveState, OutcomeMove
from app.budgets.regular_models import RegularPayment
from app.budgets.regular_rules import RegularState
from app.budgets.rules import BudgetState
from app.core import clock
from app.core.db import db
from app.core.money import format_pounds
from app.identity import queries as identity
from app.identity.models import Person
from app.ledger import queries as ledger
from app.marketplace.kept_models import Watch
from app.purchases.idea_models import Idea
from app.purchases.idea_rules import OPEN_IDEAS
from app.purchases.models import Purchase
from app.purchases.rules import HELD, SPENT, State, Way
from app.stewardship.changes_access import acting_for
from app.stewardship.changes_rules import ChangeFacts, Pay

#: Kinds of support that are somebody's job.
_PAY = ("personal-assistants",)
_UNPAID = (
    State.DRAFT,
    State.AWAITING_HOLDER,
    State.AWAITING_APPROVAL,
    State.AWAITING_INFORMATION,
    State.UNDER_APPEAL,
    State.APPROVED,
)
_OPEN_REGULAR = (RegularState.RUNNING, RegularState.AWAITING_APPROVAL, RegularState.AWAITING_HOLDER)


def gather(person: Person, day: date, last: date, *, where_to: str = "", handed_on: bool = False) -> ChangeFacts:
    """What the rules need to know of a death, or of a move.

    :param day: the day it happens.
    :param last: the last day on which something may fall due.
    """
    budgets = _budgets(person.id, last)
    regular = _regular(person.id, last)
    unpaid = _unpaid(person.id)
    begins = max(day, clock.today())
    return ChangeFacts(
        given_name=person.given_name,
        day=day,
        access_until=begins + timedelta(days=identity.settings_of(person.commissioner_id).look_on_days),
        acting=acting_for(person.id),
        budgets=tuple(item.id for item in budgets if item.ends_on > last),
        unpaid=tuple(key for key, _, _ in unpaid),
        held_pence=sum(pence for _, state, pence in unpaid if state in HELD),
        ideas=_asked(person.id),
        regular=tuple(item.id for item in regular),
        pay=tuple(Pay(item.id, _named(item)) for item in regular if item.category in _PAY),
        after=_after(person.id, last),
        watches=tuple(
            db.session.scalars(
                select(Watch.id).where(Watch.person_id == person.id, Watch.paused_at.is_(None)).order_by(Watch.id)
            )
        ),
        left_pence=left_of(person.id),
        where_to=where_to,
        handed_on=handed_on,
        paid_ahead_pence=_paid_ahead(person.id, day),
    )


def _named(payment: RegularPayment) -> str:
    return f"{payment.words}, {format_pounds(payment.amount_pence)} {payment.terms_on(clock.today()).when}"


def _budgets(person_id: UUID, last: date) -> Sequence[Budget]:
    return db.session.scalars(
        select(Budget)
        .where(Budget.person_id == person_id, Budget.state == BudgetState.AGREED, Budget.ends_on > last)
        .order_by(Budget.id)
    ).all()


def _regular(person_id: UUID, last: date) -> Sequence[RegularPayment]:
    return db.session.scalars(
        select(RegularPayment)
        .join(Budget, Budget.id == RegularPayment.budget_id)
        .where(
            Budget.person_id == person_id,
            RegularPayment.state.in_(_OPEN_REGULAR),
            or_(RegularPayment.ends_on.is_(None), RegularPayment.ends_on > last),
        )
        .order_by(RegularPayment.id)
    ).all()


def _unpaid(person_id: UUID) -> list[tuple[UUID, State, int]]:
    # a change of an approved purchase ends with it, so it comes first
    rows = db.session.execute(
        select(Purchase.id, Purchase.state, Purchase.total_pence)
        .where(Purchase.person_id == person_id, Purchase.state.in_(_UNPAID))
        .order_by(Purchase.changes_id.is_(None), Purchase.id)
    )
    return [(key, state, pence) for key, state, pence in rows]


def _asked(person_id: UUID) -> tuple[UUID, ...]:
    """Ideas, and wishes to move money between outcomes, that wait for an answer."""
    ideas = select(Idea.id).where(Idea.person_id == person_id, Idea.state.in_(OPEN_IDEAS)).order_by(Idea.id)
    moves = (
        select(OutcomeMove.id)
        .join(Budget, Budget.id == OutcomeMove.budget_id)
        .where(Budget.person_id == person_id, OutcomeMove.state == MoveState.WAITING)
        .order_by(OutcomeMove.id)
    )
    return (*db.session.scalars(ideas), *db.session.scalars(moves))


def _after(person_id: UUID, last: date) -> tuple[tuple[UUID, int], ...]:
    """What was written down by itself for days after the last one, and has not come back."""
    rows = db.session.execute(
        select(Purchase.id, Purchase.total_pence - Purchase.refunded_pence)
        .where(
            Purchase.person_id == person_id,
            Purchase.way == Way.REGULAR,
            Purchase.regular_due_on > last,
            Purchase.state.in_(SPENT),
            Purchase.total_pence > Purchase.refunded_pence + Purchase.credit_pence,
        )
        .order_by(Purchase.regular_due_on, Purchase.id)
    )
    return tuple((key, int(pence)) for key, pence in rows)


def _paid_ahead(person_id: UUID, day: date) -> int:
    """What was paid for things that are needed from the day on."""
    total = db.session.scalar(
        select(func.coalesce(func.sum(Purchase.total_pence - Purchase.refunded_pence), 0)).where(
            Purchase.person_id == person_id,
            Purchase.state.in_((State.PAID, State.PART_REFUNDED)),
            Purchase.needed_from >= day,
        )
    )
    return int(total or 0)


def left_of(person_id: UUID) -> int:
    """What is in all budgets of somebody, with what is held for purchases that end now."""
    owners = list(db.session.scalars(select(Budget.id).where(Budget.person_id == person_id)))
    totals = ledger.totals_of_owners(owners)
    return sum(item.available + item.debits_pending for item in totals.values())
