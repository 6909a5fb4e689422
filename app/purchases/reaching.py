"""How far somebody reaches in what others agreed: whoever may not buy it does not set it going again either."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from app.budgets import regular_queries
from app.budgets.regular_models import RegularPayment
from app.core import clock
from app.core.errors import NotAllowedError
from app.identity.limits import Beyond
from app.identity.rules import Actor
from app.purchases.alone import beyond, say_why
from app.purchases.models import Purchase
from app.purchases.regular_writing import budget_of


def beyond_regular(actor: Actor, payment: RegularPayment, day: date | None = None) -> Beyond | None:
    """Why somebody cannot let a regular purchase move money again, or None where they can: their limits as for buying.

    That two representatives agree is no reason: they, or the plan, agreed on it when it began.

    :param day: of one occurrence alone; its dearest month counts when left out, as if it did not rest.
    """
    budget = budget_of(payment)
    if day is not None:
        pence, takes = payment.terms_on(day).amount_pence, (payment.id, day)
        found = beyond(actor, budget.person_id, pence, [payment.outcome_id], takes=takes)
    else:
        months: dict[date, int] = {}
        school = regular_queries.school_for(budget.commissioner_id, [payment])
        for due_on, terms in payment.due_in(clock.today(), budget.ends_on, school, rests=False):
            month = clock.period_of(due_on)
            months[month] = months.get(month, 0) + terms.amount_pence
        highest = max(months.values(), default=0)
        found = beyond(actor, budget.person_id, highest, [payment.outcome_id], regular=payment)
    return None if found is Beyond.SECOND else found


def refuse_beyond(actor: Actor, payment: RegularPayment, day: date | None = None) -> None:
    """Stop somebody from that. The caller has locked it and checked the right.

    :raises NotAllowedError: with the reason.
    """
    _refuse(beyond_regular(actor, payment, day))


def is_elsewhere(actor: Actor, purchase: Purchase) -> bool:
    """Whether it is for outcomes that are not the actor's, and not what they asked for themself and somebody agreed to:
    then they neither pay it nor say that money came back."""
    if actor.account_id is not None and actor.account_id == purchase.requested_by:
        return False
    return _outside(actor, purchase.person_id, (line.outcome_id for line in purchase.lines))


def refuse_elsewhere(actor: Actor, purchase: Purchase) -> None:
    """Stop somebody from that. The caller has checked the right.

    :raises NotAllowedError: with the reason.
    """
    _refuse(Beyond.OUTCOME if is_elsewhere(actor, purchase) else None)


def _outside(actor: Actor, person_id: UUID, outcome_ids: Iterable[UUID | None]) -> bool:
    grant = actor.grant_for(person_id)
    if grant is None or grant.outcome_ids is None:
        return False
    return any(key not in grant.outcome_ids for key in outcome_ids)


def _refuse(found: Beyond | None) -> None:
    if found is not None:
        raise NotAllowedError(f"{say_why(found)} Someone else on the person's own side does this.")
