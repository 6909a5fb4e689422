"""Short ways to buy something again and again, for the tests of regular purchases."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from app.budgets.models import RegularPayment
from app.budgets.regular_models import RegularPaymentMade
from app.core import clock
from app.core.db import db
from app.identity.rules import Actor
from app.marketplace.models import Listing
from app.purchases import regular
from app.purchases.benefit_rules import BenefitInput
from app.purchases.models import Purchase
from app.purchases.regular import Posted, RegularInput
from app.purchases.regular_posting import SYSTEM
from tests.purchases.world import World


def noon(day: date) -> datetime:
    """A London noon, for the story's clock."""
    return datetime.combine(day, time(12), tzinfo=clock.LONDON)


def begin(world: World, listing: Listing, *, actor: Actor | None = None, **answers: object) -> RegularPayment:
    """One hour every week from today, unless told otherwise."""
    wanted = {
        "rhythm": "weekly",
        "first_on": clock.today(),
        "until": None,
        "outcome_ref": world.plan.outcomes[0].ref,
        "quantity_hundredths": 100,
        "benefit": BenefitInput(False),  # asked of brokers
        **answers,
    }
    thing = regular.thing_from_listing(listing.ref)
    return regular.start(actor or world.me, world.person, world.budget, thing, RegularInput(**wanted))


def post_all(on: date | None = None) -> list[Posted]:
    """What a morning's run does, one after the other."""
    due = list(regular.due_days(on or clock.today()))
    return [regular.post_occurrence(SYSTEM, payment_id, day) for payment_id, day in due]


def posted(payment_id: UUID) -> list[date]:
    """The days that were written down, in order; each purchase has its row and each row its purchase."""
    made = select(RegularPaymentMade.due_on, RegularPaymentMade.purchase_id).where(
        RegularPaymentMade.payment_id == payment_id
    )
    rows = {row.due_on: row.purchase_id for row in db.session.execute(made)}
    purchases = select(Purchase.regular_due_on, Purchase.id).where(Purchase.regular_payment_id == payment_id)
    bought = [(day, purchase_id) for day, purchase_id in db.session.execute(purchases)]
    assert sorted(bought) == sorted(rows.items())
    return sorted(rows)


def weeks(first: date, count: int) -> list[date]:
    return [first + timedelta(weeks=n) for n in range(count)]
