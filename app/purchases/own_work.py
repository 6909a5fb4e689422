"""Whose work a purchase is. A broker knows the purchases they began themselves, and no other.

The person's own side sees everything. What a broker may read of the rest stands on the budget's pages (``spending``):
the money has to add up there, so what another broker arranged shows as a day and a sum, without words.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, case, false, null, or_

from app.budgets.regular_queries import ANOTHERS
from app.core.errors import NotFoundError
from app.identity.models import Person
from app.identity.rules import Actor, AuthorityKind
from app.purchases.models import Purchase
from app.purchases.rules import State

_FOR_ANOTHER = (AuthorityKind.REPRESENTATIVE.value, AuthorityKind.NOMINEE.value, AuthorityKind.BROKER.value)


def knows(viewer: Actor, purchase: Purchase) -> bool:
    """Whether a purchase is there for somebody who may see its person: a broker's only what they began."""
    if not viewer.brokers_for(purchase.person_id):
        return True
    if purchase.broker_id != viewer.account_id:
        return False
    return purchase.state is not State.DRAFT or purchase.requested_by == viewer.account_id


def known_to(viewer: Actor, person_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """The same as conditions of a statement; none for the person's own side."""
    if not viewer.brokers_for(person_id):
        return ()
    own_draft = or_(Purchase.state != State.DRAFT, Purchase.requested_by == viewer.account_id)
    return (Purchase.broker_id == viewer.account_id, own_draft)


def in_basket_of(viewer: Actor, person_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """Which drafts are in the basket that somebody sees: each broker has one of their own beside the person's.

    What a broker put into theirs the person's own side finds among the drafts.
    """
    known = known_to(viewer, person_id)
    own = known or (Purchase.requested_as != AuthorityKind.BROKER.value,)
    return (Purchase.in_basket.is_(True), Purchase.state == State.DRAFT, *own)


def is_in_basket_of(viewer: Actor, purchase: Purchase) -> bool:
    """Whether a draft is in the basket that this viewer sees."""
    by_broker = purchase.requested_as == AuthorityKind.BROKER.value
    return purchase.in_basket and knows(viewer, purchase) and by_broker == viewer.brokers_for(purchase.person_id)


def require_known(viewer: Actor, purchase: Purchase) -> None:
    """Stop a broker from what is not their work.

    :raises NotFoundError: then: it does not exist for them.
    """
    if not knows(viewer, purchase):
        raise NotFoundError


@dataclass(frozen=True, slots=True)
class Columns:
    """What Spending says of a purchase, as columns for one viewer. What is hidden is not searched either."""

    description: SQLColumnExpression[str]
    payee: SQLColumnExpression[str]
    who: SQLColumnExpression[str]
    ref: SQLColumnExpression[str]
    has_receipt: SQLColumnExpression[bool]
    where: tuple[ColumnElement[bool], ...]


def columns_for(viewer: Actor, person: Person, description: SQLColumnExpression[str]) -> Columns:
    """The columns of Spending: as they are, or for a broker without the words of what another broker arranged.

    A broker has no link to what is not their own, and what was stopped there is not listed. Who did it for somebody
    else is named with whom it was for.
    """
    receipt = Purchase.receipt_count > 0
    name = Purchase.requested_by_name
    who = case((Purchase.requested_as.in_(_FOR_ANOTHER), name + f" for {person.given_name}"), else_=name)
    if not viewer.brokers_for(person.id):
        return Columns(description, Purchase.payee_name, who, Purchase.ref, receipt, ())
    own = Purchase.broker_id == viewer.account_id
    others = Purchase.broker_id.is_not(None) & ~own
    return Columns(
        description=case((others, ANOTHERS), else_=description),
        payee=case((others, ""), else_=Purchase.payee_name),
        who=case((others, ""), else_=who),
        ref=case((own, Purchase.ref), else_=null()),
        has_receipt=case((own, receipt), else_=false()),
        where=(or_(own, Purchase.state != State.BLOCKED),),
    )
