"""How long people waited for an answer, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from uuid import UUID

from sqlalchemy import select

from app.approvals.models import ApprovalRequest
from app.approvals.rules import RequestState
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.identity.rules import Actor, CommissionerSubject, Permission, may

_ANSWERED = (RequestState.APPROVED, RequestState.DECLINED)


@dataclass(frozen=True, slots=True)
class MonthOfAnswers:
    """The answers of one month.

    :param usual_days: working days from asking to answer that half of them took no longer than.
    :param slow_days: the same for nine of ten.
    :param in_time: how many came by the promised day.
    """

    period: date
    answers: int
    usual_days: float
    slow_days: int
    in_time: int


def answer_times(viewer: Actor, commissioner_id: UUID, months: int = 12) -> Sequence[MonthOfAnswers]:
    """How long answers took in each of the last months, the newest first. Counts only: nothing of what was asked.

    The days on which a question was out with the person count too: it is what the person waited. What a simple rule
    answered at once is left out: nobody waited for a person.

    :raises NotFoundError: when the viewer does not work there.
    """
    if not may(viewer, Permission.SEE_ANSWER_TIMES, CommissionerSubject(commissioner_id)):
        raise NotFoundError
    this = clock.period_of(clock.today())
    first = clock.add_months(this, 1 - months)
    rows = db.session.execute(
        select(ApprovalRequest.opened_at, ApprovalRequest.decided_at, ApprovalRequest.due_on).where(
            ApprovalRequest.commissioner_id == commissioner_id,
            ApprovalRequest.state.in_(_ANSWERED),
            ApprovalRequest.decided_by.is_not(None),
            ApprovalRequest.decided_at >= clock.start_of(first),
        )
    )
    by_month: dict[date, list[tuple[int, bool]]] = {}
    for opened_at, decided_at, due_on in rows:
        if decided_at is None:
            continue  # the statement asked for answered ones: for the type checker
        opened, decided = clock.london(opened_at).date(), clock.london(decided_at).date()
        waited = clock.working_days_between(opened, decided)
        by_month.setdefault(clock.period_of(decided), []).append((waited, decided <= due_on))
    return [
        _month(period, by_month[period])
        for period in (clock.add_months(this, -back) for back in range(months))
        if period in by_month
    ]


def _month(period: date, answers: list[tuple[int, bool]]) -> MonthOfAnswers:
    days = sorted(waited for waited, _ in answers)
    nine_of_ten = days[max(0, -(-len(days) * 9 // 10) - 1)]
    return MonthOfAnswers(period, len(days), median(days), nine_of_ten, sum(in_time for _, in_time in answers))
