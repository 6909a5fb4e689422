"""Monthly payments into budgets: run as often as you like, each is made once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.audit import service as audit
from app.budgets.models import Budget, BudgetStream
from app.budgets.rules import BudgetState, Cycle
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError
from app.core.money import format_pounds
from app.identity.rules import Actor, CommissionerSubject, Permission, may
from app.ledger import service as ledger
from app.ledger.rules import OwnerKind, Phase, Stream, TransferKind
from app.messages import service as messages
from app.messages.rules import NoticeKind

BATCH = 250


@dataclass(frozen=True, slots=True)
class Paid:
    """What one batch did."""

    budgets: int = 0
    transfers: int = 0
    pence: int = 0
    already: int = 0  # budgets that had everything

    def __add__(self, other: Paid) -> Paid:
        return Paid(
            self.budgets + other.budgets,
            self.transfers + other.transfers,
            self.pence + other.pence,
            self.already + other.already,
        )


def budgets_to_pay(period: date, commissioner_id: UUID | None = None) -> list[UUID]:
    """The agreed budgets that run in a month, in a fixed order."""
    where = [
        Budget.state == BudgetState.AGREED,
        Budget.starts_on <= clock.last_day(period),
        Budget.ends_on >= period,
    ]
    if commissioner_id is not None:
        where.append(Budget.commissioner_id == commissioner_id)
    return list(db.session.scalars(select(Budget.id).where(*where).order_by(Budget.commissioner_id, Budget.id)))


def batches(ids: Sequence[UUID], size: int = BATCH) -> Iterator[Sequence[UUID]]:
    """Cut a list into batches, each a transaction of its own."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def pay_month(actor: Actor, period: date, budget_ids: Sequence[UUID]) -> Paid:
    """Pay a month's money into budgets: all streams of a budget, or none of it.

    Every movement has a key made of budget, stream and month, so a second run, or one that was cut off, pays only
    what is missing.

    :param period: the first day of the month.
    :raises NotAllowedError: when the actor may not pay for a budget's commissioner.
    """
    budgets = db.session.scalars(
        select(Budget).options(selectinload(Budget.streams)).where(Budget.id.in_(budget_ids)).order_by(Budget.id)
    ).all()
    paid = Paid()
    for commissioner_id in sorted({budget.commissioner_id for budget in budgets}):
        if not actor.is_system and not may(actor, Permission.PAY_ALLOCATIONS, CommissionerSubject(commissioner_id)):
            raise NotAllowedError("Only a finance officer can pay money in.")
        paid += _pay(actor, period, commissioner_id, [b for b in budgets if b.commissioner_id == commissioner_id])
    return paid


def _pay(actor: Actor, period: date, commissioner_id: UUID, budgets: Sequence[Budget]) -> Paid:
    owners = {item: _source(budget, item) for budget in budgets for item in _due(budget, period)}
    sources = ledger.ensure_accounts(commissioner_id, owners.values())
    ledger.lock_accounts(item.ledger_account_id for item in owners if item.ledger_account_id)
    existing = ledger.existing_keys([_key(item, period) for item in owners])
    result = Paid()
    for kind in (TransferKind.ALLOCATION, TransferKind.CONTRIBUTION):
        legs = [
            ledger.Leg(sources[source], item.ledger_account_id, item.amount_pence, None, _key(item, period))
            for item, source in owners.items()
            if item.ledger_account_id
            and _key(item, period) not in existing
            and (kind is TransferKind.CONTRIBUTION) == (item.stream is Stream.CLIENT_CONTRIBUTION)
        ]
        written = ledger.write_transfers(
            commissioner_id=commissioner_id,
            actor_id=actor.account_id,
            actor_name=actor.name,
            kind=kind,
            phase=Phase.POSTED,
            legs=legs,
            memo=f"Money in for {period:%B %Y}",
            counts_on=max(period, min(clock.today(), clock.last_day(period))),
            skip_existing=True,
        )
        result += Paid(0, len(written), sum(leg.amount_pence for leg in legs), 0)
    told: dict[UUID, int] = {}
    for budget in budgets:
        new = sum(item.amount_pence for item in _due(budget, period) if _key(item, period) not in existing)
        result += Paid(budgets=1) if new else Paid(already=1)
        if new:
            _note(actor, budget, period, new)
            told[budget.person_id] = told.get(budget.person_id, 0) + new
    messages.notify_holder_sides(
        actor,
        NoticeKind.MONEY_IN,
        {person: f"{format_pounds(pence)} came in for {period:%B}" for person, pence in told.items()},
    )
    return result


def _due(budget: Budget, period: date) -> list[BudgetStream]:
    """The streams to pay in a month: the monthly ones, and a one-off in the month the budget begins."""
    first = clock.period_of(budget.starts_on)
    return [item for item in budget.streams if item.cycle is Cycle.MONTHLY or period == first]


def _source(budget: Budget, item: BudgetStream) -> tuple[OwnerKind, UUID, Stream]:
    if item.stream is Stream.CLIENT_CONTRIBUTION:
        return OwnerKind.CLIENT, budget.person_id, item.stream
    return OwnerKind.FUNDER, budget.commissioner_id, item.stream


def _key(item: BudgetStream, period: date) -> str:
    return f"allocation:{item.budget_id}:{item.stream}:{period:%Y-%m}"


def _note(actor: Actor, budget: Budget, period: date, pence: int) -> None:
    audit.record(
        actor,
        "budgets.pay_month",
        f"Paid in {format_pounds(pence)} for {period:%B %Y}",
        subject_kind="budget",
        subject_id=budget.id,
        person_id=budget.person_id,
        commissioner_id=budget.commissioner_id,
        details={"pence": pence, "period": f"{period:%Y-%m}"},
    )
