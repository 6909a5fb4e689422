"""What a provider sees of what was bought from them: a first name, what, when and how much, and nothing else.

A purchase is an order from the moment it is agreed. Plan, outcomes, other purchases, surname and address stay closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, not_, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.paging import Page, make_page, window
from app.core.words import tidy_ref
from app.identity.rules import Actor, Permission, ProviderSubject, may
from app.marketplace.models import Provider
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.order_rules import (
    ENDED,
    ORDERED,
    UNPAID,
    OrderState,
    Show,
    Stage,
    may_answer,
    may_say_delivered,
    stage_of,
)
from app.purchases.rules import SPENT, State

ORDERS_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One thing that is wanted.

    :param many: ``4 hours``; empty where nothing is counted.
    """

    what: str
    many: str
    unit_price_pence: int
    amount_pence: int
    unit: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """What a provider sees of a purchase from them: enough to deliver."""

    ref: str
    first_name: str
    lines: tuple[OrderLine, ...]
    needed_from: date | None
    needed_until: date | None
    total_pence: int
    state: State
    order_state: OrderState
    stage: Stage
    agreed_on: date
    answered_on: date | None
    answered_by: str
    reason: str
    said_delivered_on: date | None
    confirmed_on: date | None  # the person says so too
    paid_on: date | None
    went_back_pence: int
    may_accept: bool
    may_decline: bool
    may_deliver: bool

    @property
    def what(self) -> tuple[str, ...]:
        """Each thing in a few words: ``Company at the pool: 4 hours``."""
        return tuple(f"{line.what}: {line.many}" if line.many else line.what for line in self.lines)

    @property
    def title(self) -> str:
        more = len(self.lines) - 1
        return self.lines[0].what + (f" and {more} more" if more else "") if self.lines else "Order"

    @property
    def is_paid(self) -> bool:
        return self.state in SPENT

    @property
    def is_late_answer(self) -> bool:
        """Whether somebody has waited for an answer for more than two days."""
        return self.stage is Stage.NEW and self.days_waited > 2

    @property
    def days_waited(self) -> int:
        """Days since it was agreed, for the honest age of what nobody answered."""
        return (clock.today() - self.agreed_on).days


WITH_LINES = (selectinload(Purchase.lines), joinedload(Purchase.person))
#: What was agreed, or ended after it had been: see order_rules.ORDERED.
_VISIBLE = or_(Purchase.state.in_(ORDERED), and_(Purchase.state == State.CANCELLED, Purchase.order_state.in_(ENDED)))
_GOES_ON = Purchase.state.in_([state for state in ORDERED if state is not State.REFUNDED])
_DONE = or_(Purchase.said_delivered_on.is_not(None), Purchase.state.in_((State.DELIVERED, State.PART_REFUNDED)))
_NEW = and_(
    Purchase.state == State.APPROVED, Purchase.order_state == OrderState.ASKED, Purchase.said_delivered_on.is_(None)
)
#: What was accepted or delivered and no money has come for.
OWED = and_(
    Purchase.state.in_(UNPAID),
    or_(Purchase.order_state == OrderState.ACCEPTED, Purchase.said_delivered_on.is_not(None)),
)


def _shown(show: Show) -> ColumnElement[bool]:
    shown: dict[Show, ColumnElement[bool]] = {
        Show.NEW: _NEW,
        Show.ACCEPTED: and_(Purchase.state == State.APPROVED, Purchase.order_state == OrderState.ACCEPTED),
        Show.TO_DELIVER: and_(_GOES_ON, not_(_DONE), not_(_NEW)),
        Show.DELIVERED: and_(_GOES_ON, _DONE),
        Show.UNPAID: OWED,
        Show.ENDED: and_(_VISIBLE, not_(_GOES_ON)),
        Show.ALL: true(),
    }
    return shown[show]


def orders_of(viewer: Actor, provider_id: UUID, show: Show = Show.ALL, page: int = 1) -> Page[Order]:
    """A provider's orders, newest first; of the new ones, who has waited longest first.

    :raises NotFoundError: when it is not the viewer's provider.
    """
    check_keeps(viewer, provider_id)
    offset, limit = window(page, ORDERS_A_PAGE)
    order = (
        (Purchase.decided_at, Purchase.id) if show is Show.NEW else (Purchase.submitted_at.desc(), Purchase.id.desc())
    )
    rows = db.session.scalars(
        select(Purchase)
        .options(*WITH_LINES)
        .where(Purchase.provider_id == provider_id, _VISIBLE, _shown(show))
        .order_by(*order)
        .offset(offset)
        .limit(limit)
    ).all()
    return make_page([order_of(row) for row in rows], page, ORDERS_A_PAGE)


def counts(viewer: Actor, provider_id: UUID) -> dict[Show, int]:
    """How many orders each list shows, in one statement.

    :raises NotFoundError: when it is not the viewer's provider.
    """
    check_keeps(viewer, provider_id)
    row = db.session.execute(
        select(*(func.count().filter(_shown(show)) for show in Show)).where(
            Purchase.provider_id == provider_id, _VISIBLE
        )
    ).one()
    return dict(zip(Show, row, strict=True))


def order_for(viewer: Actor, provider_id: UUID, ref: str) -> Order:
    """One order.

    :raises NotFoundError: when the provider has no such order, or it is not the viewer's provider.
    """
    return order_of(purchase_behind(viewer, provider_id, ref))


def purchase_behind(viewer: Actor, provider_id: UUID, ref: str) -> Purchase:
    """The purchase of an order, for the verbs: pages show :class:`Order` and nothing more.

    :raises NotFoundError: as :func:`order_for`.
    """
    check_keeps(viewer, provider_id)
    row = db.session.scalar(
        select(Purchase)
        .options(*WITH_LINES)
        .where(Purchase.ref == tidy_ref(ref), Purchase.provider_id == provider_id, _VISIBLE)
    )
    if row is None:
        raise NotFoundError
    return row


def provider_ref_of(viewer: Actor, ref: str) -> str:
    """Whose order it is, for a notice that leads to it.

    :raises NotFoundError: when it is no order of a provider that the viewer keeps.
    """
    found = db.session.scalar(
        select(Provider.ref)
        .join(Purchase, Purchase.provider_id == Provider.id)
        .where(Purchase.ref == tidy_ref(ref), Provider.id.in_(viewer.provider_ids), _VISIBLE)
    )
    if found is None:
        raise NotFoundError
    return found


def order_of(row: Purchase) -> Order:
    """A purchase as its provider may see it."""
    ended = row.state is State.CANCELLED
    answerable = may_answer(row.state, row.order_state)
    when = row.decided_at or row.submitted_at or row.created_at
    return Order(
        ref=row.ref,
        first_name=row.person.given_name,
        lines=tuple(map(_line, row.lines)),
        needed_from=row.needed_from,
        needed_until=row.needed_until,
        total_pence=row.total_pence,
        state=row.state,
        order_state=row.order_state,
        stage=stage_of(row.state, row.order_state, said=row.said_delivered_on is not None),
        agreed_on=clock.london((row.submitted_at or row.created_at) if ended else when).date(),
        answered_on=clock.london(row.order_answered_at).date() if row.order_answered_at else None,
        answered_by=row.order_by_name,
        reason=row.order_reason,
        said_delivered_on=row.said_delivered_on,
        confirmed_on=row.delivered_on,
        paid_on=row.paid_on,
        went_back_pence=row.refunded_pence,
        may_accept=answerable and row.order_state is OrderState.ASKED,
        may_decline=answerable and row.said_delivered_on is None,
        may_deliver=may_say_delivered(row.state, row.order_state),
    )


def _line(line: PurchaseLine) -> OrderLine:
    many = f"{line.quantity_words} {line.unit}{'' if line.quantity_hundredths == 100 else 's'}" if line.unit else ""
    return OrderLine(line.description, many, line.unit_price_pence, line.amount_pence, line.unit)


def check_keeps(viewer: Actor, provider_id: UUID) -> None:
    """:raises NotFoundError: when it is not the viewer's provider."""
    if not may(viewer, Permission.KEEP_LISTINGS, ProviderSubject(provider_id)):
        raise NotFoundError
