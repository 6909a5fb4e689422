"""What somebody may send by themselves, and what waits for a yes: the limits of their authority, and two who agree."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from app.acting.telling import tell_nobody_to_agree
from app.budgets import regular_queries
from app.budgets.models import Budget
from app.budgets.regular_models import RegularPayment
from app.budgets.regular_rules import RegularState
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError
from app.core.money import format_pounds
from app.identity import authority_queries
from app.identity.limits import Beyond, needs_second, why_not_alone
from app.identity.models import Person
from app.identity.queries import acting_accounts, grant_of
from app.identity.rules import Actor, AuthorityKind, Scope
from app.purchases.models import Purchase
from app.purchases.rules import State

_NOT_YOURS = "Someone else on the person's own side says yes or no to this."
#: Not bought, or bought and all of it back: it uses nothing of a month.
_NOTHING = (State.DRAFT, State.AWAITING_HOLDER, State.BLOCKED, State.DECLINED, State.CANCELLED, State.REFUNDED)
_OVER = frozenset(_NOTHING) - {State.AWAITING_HOLDER}
_BEYOND = {
    Beyond.SCOPE: "You may get things ready here, not buy.",
    Beyond.ONCE: "It is more than you may buy for at a time.",
    Beyond.MONTH: "It is more than you may buy for in a month.",
    Beyond.OUTCOME: "You may not buy for this outcome.",
}


def beyond(
    actor: Actor,
    person_id: UUID,
    pence: int,
    outcome_ids: Iterable[UUID | None],
    *,
    agreed: Iterable[UUID | None] = (),
    together_pence: int = 0,
    instead_of: UUID | None = None,
    regular: RegularPayment | None = None,
    takes: tuple[UUID | None, date | None] = (None, None),
) -> Beyond | None:
    """Why the actor cannot do this by themself, or None where they can.

    :param pence: what it comes to: once, or in the dearest month of what comes round.
    :param agreed: whose yes it has already. One other representative who still acts is enough.
    :param together_pence: what all that was sent with it comes to, where that is more.
    :param instead_of: the purchase it takes the place of, which does not count twice.
    :param regular: what comes round that it is about.
    :param takes: the occurrence of a regular purchase that it takes care of, which does not count twice either.
    """
    grant = actor.grant_for(person_id)
    month = 0
    if grant is not None and grant.month_limit_pence is not None:
        month = sent_this_month(actor, person_id, instead_of)
        coming = coming_round(actor, person_id, regular, takes)
        month += coming.pop(clock.period_of(clock.today()), 0)
        if regular is not None:  # it meets what else comes round in the months to come too
            month = max(month, *coming.values(), 0)
    agreeing = False
    if (
        grant is not None
        and needs_second(grant, max(pence, together_pence))
        and grant.kind is AuthorityKind.REPRESENTATIVE
    ):
        others = {key for key in agreed if key is not None and key != actor.account_id}
        agreeing = bool(others and others & set(authority_queries.representatives_of(person_id)))
    return why_not_alone(
        grant,
        pence,
        together_pence=together_pence,
        month_pence=month,
        outcome_ids=outcome_ids,
        agreeing=agreeing,
    )


def beyond_of(actor: Actor, purchase: Purchase, sent_with_pence: int = 0) -> Beyond | None:
    """The same of a purchase.

    :param sent_with_pence: the sum of all that is sent with it, where that is more: limits are held against it.
    """
    begun_only = purchase.state is State.DRAFT  # whoever began a draft has said yes to nothing yet
    return beyond(
        actor,
        purchase.person_id,
        max(purchase.total_pence, sent_with_pence),
        [line.outcome_id for line in purchase.lines],
        agreed=() if begun_only else (purchase.requested_by, purchase.agreed_by),
        together_pence=0 if begun_only else sent_together(purchase),
        instead_of=purchase.changes_id,
        takes=(purchase.regular_payment_id, purchase.regular_due_on),
    )


def sent_together(purchase: Purchase) -> int:
    """What all that was sent in one go with a purchase comes to, in pence, without what ended since."""
    if purchase.state is not State.AWAITING_HOLDER or purchase.submitted_at is None:
        return purchase.total_pence
    found = db.session.scalar(
        select(func.sum(Purchase.total_pence)).where(
            Purchase.person_id == purchase.person_id,
            Purchase.submitted_at == purchase.submitted_at,
            Purchase.requested_by == purchase.requested_by,
            Purchase.state.not_in(_OVER),
        )
    )
    return int(found or 0)


def says_yes(actor: Actor, person: Person, pence: int, asked_as: str, found: Beyond | None) -> bool:
    """Whether the actor's yes to what somebody prepared is enough.

    :param asked_as: in what quality it was sent.
    :param found: why the actor could not have sent it themself.
    :returns: False when a second representative must say yes too: theirs is the first.
    :raises NotAllowedError: when it is beyond what the actor may say yes to.
    """
    if found is Beyond.SECOND:
        return False
    grant = actor.grant_for(person.id)
    if found is not None or grant is None:
        raise NotAllowedError(_NOT_YOURS)
    over = person.agree_over_pence is not None and pence > person.agree_over_pence
    if over and asked_as in ("representative", "broker") and grant.kind is AuthorityKind.NOMINEE:
        raise NotAllowedError("Another representative says yes or no to this.")
    return True


def may_say_yes(actor: Actor, person: Person, pence: int, asked_as: str, found: Beyond | None) -> bool:
    """Whether the actor's yes would be taken, as the first of two or as the last. For pages; see :func:`says_yes`."""
    try:
        says_yes(actor, person, pence, asked_as, found)
    except NotAllowedError:
        return False
    return True


def sent_this_month(actor: Actor, person_id: UUID, instead_of: UUID | None = None) -> int:
    """What an account has sent, or said yes to, for a person in this London month, in pence.

    What the person's own side said yes to is theirs. What comes round counts for whoever it was agreed with.
    """
    query = select(func.coalesce(func.sum(Purchase.total_pence), 0)).where(
        Purchase.person_id == person_id, *_sent_by(actor)
    )
    if instead_of is not None:
        query = query.where(Purchase.id != instead_of)
    return int(db.session.scalar(query) or 0)


def coming_round(
    actor: Actor,
    person_id: UUID,
    but: RegularPayment | None = None,
    takes: tuple[UUID | None, date | None] = (None, None),
) -> dict[date, int]:
    """What an account agreed for a person that comes round, or waits for a coordinator, and is not written down yet:
    pence by month.

    :param but: a regular purchase that is left out.
    :param takes: an occurrence that is left out.
    """
    months = dict[date, int]()
    for _, item in _to_come(actor, [person_id]):
        if item.payment is not but and (item.payment.id, item.due_on) != takes:
            month = clock.period_of(item.due_on)
            months[month] = months.get(month, 0) + item.amount_pence
    return months


def _to_come(
    actor: Actor, person_ids: Collection[UUID], last: date = date.max
) -> Iterator[tuple[UUID, regular_queries.StillDue]]:
    """Of what an account agreed, or asked for, what comes round from this month on and is not written down yet: for
    whom, and the occurrence.

    :param last: the day up to which it is wanted; no budget is looked at beyond its own end.
    """
    query = (
        select(RegularPayment, Budget)
        .options(joinedload(RegularPayment.every_terms), joinedload(RegularPayment.pauses))
        .join(Budget, Budget.id == RegularPayment.budget_id)
        .where(
            Budget.person_id.in_(person_ids),
            RegularPayment.asked_by == actor.account_id,
            RegularPayment.state.in_((RegularState.RUNNING, RegularState.AWAITING_APPROVAL)),
        )
    )
    this, budgets, places = clock.period_of(clock.today()), dict[UUID, Budget](), dict[UUID, list[RegularPayment]]()
    for payment, budget in db.session.execute(query).unique():
        budgets[payment.id] = budget
        places.setdefault(budget.commissioner_id, []).append(payment)
    for commissioner_id, payments in places.items():
        school = regular_queries.school_for(commissioner_id, payments)
        due = [
            item
            for payment in payments
            for item in regular_queries.occurrences_of(
                [payment], max(this, budgets[payment.id].starts_on), min(last, budgets[payment.id].ends_on), school
            )
        ]
        for item in regular_queries.not_made(due):
            yield budgets[item.payment.id].person_id, item


def used_of_the_month(actor: Actor, person_ids: Collection[UUID]) -> dict[UUID, int]:
    """What an account has used of its sum for this month, in pence, for several people at once: what it sent, and what
    it agreed that is still to come round. Whoever is not in it had nothing of either.
    """
    query = select(Purchase.person_id, func.sum(Purchase.total_pence))
    query = query.where(Purchase.person_id.in_(person_ids), *_sent_by(actor)).group_by(Purchase.person_id)
    used = {person_id: int(pence) for person_id, pence in db.session.execute(query)}
    for person_id, item in _to_come(actor, person_ids, clock.last_day(clock.period_of(clock.today()))):
        used[person_id] = used.get(person_id, 0) + item.amount_pence
    return used


def _sent_by(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    start = clock.start_of(clock.period_of(clock.today()))
    sent = and_(Purchase.requested_by == actor.account_id, Purchase.confirmed_by.is_(None))
    return (
        or_(sent, Purchase.confirmed_by == actor.account_id),
        Purchase.state.not_in(_NOTHING),
        func.greatest(Purchase.submitted_at, Purchase.decided_at) >= start,
    )


def tell_if_nobody_agrees(actor: Actor, person: Person, found: Beyond | None, agreed: Iterable[UUID | None]) -> None:
    """Tell the coordinator that a second representative is wanted and there is none."""
    if found is Beyond.SECOND and not has_another(person.id, (actor.account_id, *agreed)):
        tell_nobody_to_agree(actor, person)


def has_another(person_id: UUID, but: Iterable[UUID | None]) -> bool:
    """Whether a representative is left who could say yes, besides some."""
    return bool(set(authority_queries.representatives_of(person_id)) - set(but))


def asked_to_say_yes(actor: Actor, person: Person, found: Beyond | None) -> list[str]:
    """Who is asked for a yes to what the actor sends: the person by their first name, others by their whole name."""
    seconds = set(authority_queries.representatives_of(person.id)) if found is Beyond.SECOND else None
    names = []
    for account, authority in acting_accounts(person.id):
        may_say = grant_of(authority).scope is Scope.BUY and authority.kind is not AuthorityKind.BROKER
        if account.id != actor.account_id and (may_say if seconds is None else account.id in seconds):
            names.append(person.given_name if authority.kind is AuthorityKind.SELF else account.name)
    return names


def say_beyond(person: Person, found: Beyond | None) -> str:
    """In words for whoever sends it: why somebody else says yes first."""
    if found is Beyond.SECOND and person.agree_over_pence is not None:
        return f"Two representatives agree over {format_pounds(person.agree_over_pence, whole=True)}."
    return say_why(found)


def say_why(found: Beyond | None) -> str:
    """The same without the sum on which two agree."""
    return _BEYOND.get(found, "") if found else ""
