"""How people in like cases were answered: without names, places or words that could tell who it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from app.approvals.models import ApprovalRequest
from app.approvals.rules import DECLINE_REASONS, RequestState
from app.core import clock
from app.core.db import db
from app.identity.consents import Choice, nobody_said_no

_ANSWERED = (RequestState.APPROVED, RequestState.DECLINED)
_MOST = 6


@dataclass(frozen=True, slots=True)
class LikeCase:
    """One answer of the past.

    :param month: the first day of the month it was given in.
    :param reason_code: why it was declined; empty for a yes.
    """

    month: date
    amount_pence: int
    approved: bool
    reason_code: str
    by_rule: bool

    @property
    def reason(self) -> str:
        return DECLINE_REASONS.get(self.reason_code, "")


def like_cases(request: ApprovalRequest) -> Sequence[LikeCase]:
    """The answers most like this one: the same rule and kind of thing, the nearest in price, of any team member.

    The person's own earlier requests are left out: those are not precedent but history, and behind the privacy gate. So
    are those of whoever chose not to help others with theirs.
    """
    return [
        LikeCase(
            clock.period_of(clock.london(row.decided_at).date()),
            row.amount_pence,
            row.state is RequestState.APPROVED,
            row.reason_code or "",
            row.simple_rule_id is not None,
        )
        for row in db.session.execute(_like(request)).all()
    ]


def _like(request: ApprovalRequest) -> Select[*tuple[Any, ...]]:
    return (
        select(
            ApprovalRequest.decided_at,
            ApprovalRequest.amount_pence,
            ApprovalRequest.state,
            ApprovalRequest.reason_code,
            ApprovalRequest.simple_rule_id,
        )
        .where(
            ApprovalRequest.commissioner_id == request.commissioner_id,
            ApprovalRequest.subject_kind == request.subject_kind,
            ApprovalRequest.rule == request.rule,
            ApprovalRequest.category.is_not_distinct_from(request.category),
            ApprovalRequest.state.in_(_ANSWERED),
            ApprovalRequest.person_id != request.person_id,
            nobody_said_no(ApprovalRequest.person_id, Choice.PRECEDENT),
        )
        .order_by(func.abs(ApprovalRequest.amount_pence - request.amount_pence), ApprovalRequest.id.desc())
        .limit(_MOST)
    )
