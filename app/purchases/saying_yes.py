"""Who is asked to say yes or no to what was prepared: those whose limits reach so far, and nobody else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.budgets.regular_models import RegularPayment
from app.budgets.regular_rules import RegularState, TermsState
from app.core.db import db
from app.identity import queries as identity
from app.identity.limits import Beyond, why_not_alone
from app.identity.models import Person
from app.identity.rules import Actor, AuthorityKind, Permission, PersonSubject, Scope, may
from app.purchases.alone import may_say_yes, sent_together
from app.purchases.models import Purchase
from app.purchases.queries import allowed
from app.purchases.regular_reading import RegularWaiting
from app.purchases.regular_reading import WaitingKind as RegularKind
from app.purchases.regular_weighing import weigh_regular
from app.purchases.regular_writing import budget_of, person_of
from app.purchases.rules import Verb
from app.purchases.waiting import Waiting, WaitingKind

_REGULAR = (RegularKind.CONFIRM, RegularKind.CONFIRM_CHANGE, RegularKind.RISE)


@dataclass(frozen=True, slots=True)
class Answerers:
    """Who says yes or no to something.

    :param is_reader: whoever reads it may.
    :param names: who else may, by name; not looked up for whoever may themself.
    """

    is_reader: bool
    names: tuple[str, ...] = ()

    def sentence(self, given_name: str) -> str:
        """For whoever may not: who can."""
        if self.is_reader:
            return ""
        if not self.names:
            return f"Nobody on {given_name}'s own side can say yes to this today. Ask the coordinator."
        names = self.names[0] if len(self.names) == 1 else f"{', '.join(self.names[:-1])} or {self.names[-1]}"
        return f"{names} can say yes or no to this."


def answerers_of(viewer: Actor, purchase: Purchase) -> Answerers:
    """Who says yes or no to a purchase that was prepared. The caller has checked who may see it."""
    if Verb.CONFIRM in allowed(viewer, purchase):
        return Answerers(is_reader=True)
    said = (viewer.account_id, purchase.requested_by, purchase.agreed_by)
    outcomes = [line.outcome_id for line in purchase.lines]
    return Answerers(False, _who_else(purchase.person_id, sent_together(purchase), outcomes, said))


def answerers_of_regular(viewer: Actor, payment: RegularPayment) -> Answerers | None:
    """The same of what is bought again and again, of a change of it, or of a dearer price; None when nothing waits."""
    waiting = payment.waiting_terms
    if payment.state is RegularState.AWAITING_HOLDER:
        terms, asked_by, asked_as = payment.every_terms[0], payment.asked_by, payment.asked_as
    elif waiting is not None and waiting.state in (TermsState.PREPARED, TermsState.RISE):
        terms, asked_by, asked_as = waiting, waiting.asked_by, "representative"
    else:
        return None
    budget = budget_of(payment)
    person = person_of(budget)
    weighed = weigh_regular(payment, terms, budget, person, changing=terms is waiting)
    pence = weighed.forecast.highest_pence
    found = weighed.beyond(viewer, payment, person.id, asked_by)
    confirms = may(viewer, Permission.CONFIRM_PURCHASE, PersonSubject(person.id)) and viewer.account_id != asked_by
    if confirms and may_say_yes(viewer, person, pence, asked_as, found):
        return Answerers(is_reader=True)
    return Answerers(False, _who_else(person.id, pence, [payment.outcome_id], (viewer.account_id, asked_by)))


def mark_answerers(viewer: Actor, person: Person, rows: Sequence[Waiting]) -> list[Waiting]:
    """What waits, with who says yes or no where that is not the viewer."""
    refs = [row.purchase_ref for row in rows if row.kind is WaitingKind.CONFIRM]
    if not refs or not _is_bounded(viewer, person):
        return list(rows)
    query = select(Purchase).options(selectinload(Purchase.lines))
    found = db.session.scalars(query.where(Purchase.person_id == person.id, Purchase.ref.in_(refs)))
    who = {item.ref: answerers_of(viewer, item).sentence(person.given_name) for item in found}
    return [replace(row, who_answers=who.get(row.purchase_ref, "")) for row in rows]


def mark_regular_answerers(viewer: Actor, person: Person, rows: Sequence[RegularWaiting]) -> list[RegularWaiting]:
    """The same of what is bought again and again."""
    refs = [row.ref for row in rows if row.kind in _REGULAR]
    if not refs or not _is_bounded(viewer, person):
        return list(rows)
    query = select(RegularPayment).options(selectinload(RegularPayment.every_terms))
    found = db.session.scalars(query.where(RegularPayment.ref.in_(refs)))
    who = {item.ref: answerers for item in found if (answerers := answerers_of_regular(viewer, item))}
    return [
        replace(row, who_answers=who[row.ref].sentence(person.given_name)) if row.ref in who else row for row in rows
    ]


def _is_bounded(viewer: Actor, person: Person) -> bool:
    """Whether there may be something to which the viewer, who may buy, does not say yes alone."""
    grant = viewer.grant_for(person.id)
    if grant is None or grant.scope is not Scope.BUY or grant.kind is AuthorityKind.BROKER:
        return False  # they are never asked, and read whom it waits for
    bounds = (grant.buy_limit_pence, grant.month_limit_pence, grant.outcome_ids, grant.agree_over_pence)
    return any(item is not None for item in bounds)


def _who_else(
    person_id: UUID, pence: int, outcome_ids: Iterable[UUID | None], but: Collection[UUID | None]
) -> tuple[str, ...]:
    """Whose own limits reach so far, by name. What they used of a month is their own affair, and not looked at."""
    outcomes = list(outcome_ids)
    return tuple(
        account.name
        for account, authority in identity.acting_accounts(person_id)
        if account.id not in but
        and authority.kind is not AuthorityKind.BROKER
        and why_not_alone(identity.grant_of(authority), pence, outcome_ids=outcomes) in (None, Beyond.SECOND)
    )
