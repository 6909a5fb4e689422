"""Reading what brokers said they get. The callers have checked who may see what it was said of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.budgets.regular_models import RegularPayment
from app.core import clock
from app.core.db import db
from app.identity.rules import Actor, AuthorityKind
from app.purchases.benefit_models import BenefitStatement
from app.purchases.benefit_rules import MISSING
from app.purchases.models import Purchase
from app.purchases.rules import Way


def missing_statement(actor: Actor, purchase: Purchase) -> dict[str, str]:
    """Whether a broker has still to say what they get before they can send it: the field ``benefit``."""
    if not actor.brokers_for(purchase.person_id) or statement_of(purchase) is not None:
        return {}
    return {"benefit": MISSING}


def statement_of(purchase: Purchase) -> BenefitStatement | None:
    """What was said last; None where nothing was asked, or not yet. The caller has checked who may see the purchase."""
    if purchase.broker_id is None:
        return None
    return next(iter(_newest(BenefitStatement.purchase_id == purchase.id)), None)


def statements_of(purchase: Purchase) -> list[BenefitStatement]:
    """What was said when it was sent, and what was put right since, in that order.

    Of an occurrence of something bought again and again: what was said of that. Before it is sent only the last word
    counts. The caller has checked who may see the purchase.
    """
    if purchase.broker_id is None:
        return []
    if purchase.way is Way.REGULAR and purchase.regular_payment_id is not None:
        return statements_about(purchase.regular_payment_id)
    newest = _newest(BenefitStatement.purchase_id == purchase.id)
    sent = purchase.submitted_at
    since = [item for item in newest if sent is not None and item.written_at > sent]
    before = newest[len(since) : len(since) + 1]
    return [*before, *reversed(since)]


def statements_about(payment_id: UUID) -> list[BenefitStatement]:
    """What was said of something bought again and again, the first before the others."""
    return list(reversed(_newest(BenefitStatement.regular_payment_id == payment_id)))


def declared_in(viewer: Actor, month: date) -> int:
    """What a broker declared in pence in a month, of what was sent, over all their clients of today."""
    clients = [grant.person_id for grant in viewer.grants if viewer.brokers_for(grant.person_id)]
    newest = (
        select(BenefitStatement)
        .ext(distinct_on(BenefitStatement.purchase_id, BenefitStatement.regular_payment_id))
        .where(BenefitStatement.account_id == viewer.account_id, BenefitStatement.person_id.in_(clients))
        .order_by(BenefitStatement.purchase_id, BenefitStatement.regular_payment_id, BenefitStatement.id.desc())
        .subquery()
    )
    first, after = clock.start_of(month), clock.start_of(clock.add_months(month, 1))
    sent = (Purchase.submitted_at >= first) & (Purchase.submitted_at < after)
    query = select(func.coalesce(func.sum(newest.c.amount_pence), 0)).join_from(
        newest, Purchase, (Purchase.id == newest.c.purchase_id) & sent
    )
    return int(db.session.scalar(query) or 0)


def gets_of(purchase: Purchase) -> str:
    """What the policy is told: in words what the broker gets; nothing where they get nothing, or there is none.

    What comes round again was asked about when it was agreed.
    """
    if purchase.way is Way.REGULAR:
        return ""
    statement = statement_of(purchase)
    return f"{statement.by_name} {statement.words}" if statement is not None and statement.gets else ""


def gets_of_regular(payment: RegularPayment) -> str:
    """The same of something bought again and again."""
    if payment.asked_as != AuthorityKind.BROKER.value:
        return ""
    newest = next(iter(_newest(BenefitStatement.regular_payment_id == payment.id)), None)
    return f"{newest.by_name} {newest.words}" if newest is not None and newest.gets else ""


def _newest(about: ColumnElement[bool]) -> Sequence[BenefitStatement]:
    return db.session.scalars(select(BenefitStatement).where(about).order_by(BenefitStatement.id.desc())).all()
