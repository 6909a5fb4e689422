"""Reading the basket: the drafts that are sent together, one for each provider."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.budgets.models import Budget
from app.core.db import db
from app.core.errors import NotFoundError
from app.identity.models import Person
from app.identity.rules import Actor, Permission, PersonSubject, may
from app.plans.models import Outcome
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.own_work import in_basket_of, require_known

MAX_PROVIDERS = 10
_WHOLE = (
    selectinload(Purchase.lines).joinedload(PurchaseLine.outcome).joinedload(Outcome.funding),
    joinedload(Purchase.budget).joinedload(Budget.streams),
    joinedload(Purchase.person),
)


def basket_of(viewer: Actor, person: Person) -> list[Purchase]:
    """What is in a person's basket as it is now, the one begun first before the others: the order in which all of it
    is judged and sent. A broker has a basket of their own.

    :raises NotFoundError: when the viewer may not see it.
    """
    _check(viewer, person)
    found = db.session.scalars(
        select(Purchase)
        .options(*_WHOLE)
        .where(Purchase.person_id == person.id, *in_basket_of(viewer, person.id))
        .order_by(Purchase.created_at, Purchase.id)
        .execution_options(populate_existing=True)
    )
    return list(found.unique())


def things_in_basket(viewer: Actor, person: Person) -> int:
    """How many things are in the viewer's basket for a person."""
    _check(viewer, person)
    counted = (
        select(func.count(PurchaseLine.id))
        .join(Purchase, Purchase.id == PurchaseLine.purchase_id)
        .where(Purchase.person_id == person.id, *in_basket_of(viewer, person.id))
    )
    return int(db.session.scalar(counted) or 0)


def sent_with(viewer: Actor, purchase: Purchase) -> list[Purchase]:
    """All that was sent in one go with a purchase, itself among it, in the order in which it was judged.

    What is sent together is sent by one person at one moment, to the microsecond.
    """
    _check(viewer, purchase.person)
    require_known(viewer, purchase)
    if purchase.submitted_at is None:
        return []
    found = db.session.scalars(
        select(Purchase)
        .options(*_WHOLE)
        .where(
            Purchase.commissioner_id == purchase.commissioner_id,
            Purchase.person_id == purchase.person_id,
            Purchase.submitted_at == purchase.submitted_at,
            Purchase.requested_by == purchase.requested_by,
        )
        .order_by(Purchase.created_at, Purchase.id)
    )
    return list(found.unique())


def _check(viewer: Actor, person: Person) -> None:
    if not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id)):
        raise NotFoundError
