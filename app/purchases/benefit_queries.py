"""Reading what brokers said they get. The callers have checked who may see what it was said of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, and_, case, func, or_, select, true

from app.budgets.regular_models import RegularPayment
from app.core import clock
from app.core.db import db
from app.identity.rules import Actor, AuthorityKind
from app.purchases.benefit_models import BenefitStatement
from app.purchases.benefit_rules import MISSING
from app.purchases.models import Purchase
from app.purchases.rules import State, Way


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


@dataclass(frozen=True, slots=True)
class Declared:
    """What a broker said they get in a month.

    :param purchases: how many of theirs are bought, or wait for an answer.
    :param answered: of how many they said whether they get anything.
    :param shares: what they get without a sum, in words, and from how many purchases.
    """

    purchases: int = 0
    answered: int = 0
    pence: int = 0
    shares: dict[str, int] = field(default_factory=dict)


#: Nothing is bought, so nobody gets anything from it.
_CAME_TO_NOTHING = (State.DRAFT, State.BLOCKED, State.DECLINED, State.CANCELLED)


def declared_in(viewer: Actor, month: date) -> Declared:
    """What a broker declared in a month, over all their clients of today: what comes round counts each time."""
    clients = [grant.person_id for grant in viewer.grants if viewer.brokers_for(grant.person_id)]
    first, after = clock.start_of(month), clock.start_of(clock.add_months(month, 1))
    said = _said_of_each(viewer)
    unsummed = case((said.c.amount_pence.is_(None), said.c.what + " from " + said.c.from_whom), else_="")
    rows = db.session.execute(
        select(said.c.gets, unsummed.label("share"), func.count(), func.sum(said.c.amount_pence))
        .select_from(Purchase)
        .outerjoin(said, true())
        .where(
            Purchase.broker_id == viewer.account_id,
            Purchase.person_id.in_(clients),
            Purchase.state.not_in(_CAME_TO_NOTHING),
            Purchase.submitted_at >= first,
            Purchase.submitted_at < after,
        )
        .group_by(said.c.gets, "share")
        .order_by("share")
    ).all()
    return Declared(
        purchases=sum(count for _, _, count, _ in rows),
        answered=sum(count for gets, _, count, _ in rows if gets is not None),
        pence=sum(int(pence or 0) for _, _, _, pence in rows),
        shares={share: count for gets, share, count, _ in rows if gets and share},
    )


def _said_of_each(viewer: Actor) -> FromClause:
    """The last word of a purchase; of an occurrence, the last that was said before it came round."""
    comes_round = Purchase.way == Way.REGULAR
    of_regular = BenefitStatement.regular_payment_id == Purchase.regular_payment_id
    return (
        select(BenefitStatement.gets, BenefitStatement.amount_pence, BenefitStatement.what, BenefitStatement.from_whom)
        .where(
            BenefitStatement.account_id == viewer.account_id,
            or_(
                BenefitStatement.purchase_id == Purchase.id,
                and_(comes_round, of_regular, BenefitStatement.written_at <= Purchase.submitted_at),
            ),
        )
        .order_by(BenefitStatement.id.desc())
        .limit(1)
        .correlate(Purchase)
        .lateral()
    )


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
