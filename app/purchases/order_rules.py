"""A purchase as its provider sees it: an order. What it can be, and which purchases are orders at all. Pure."""

from __future__ import annotations

from enum import StrEnum

from app.purchases.rules import State

MAX_REASON = 500


class OrderState(StrEnum):
    """What the provider said to a purchase that was agreed."""

    ASKED = "asked"  # nothing yet
    ACCEPTED = "accepted"
    DECLINED = "declined"  # the purchase ended with it
    WITHDRAWN = "withdrawn"  # the person's side took back what had been agreed


#: A purchase becomes an order when it is agreed, not before: drafts, what waits for a yes and what was stopped are the
#: person's own affair. What was taken back or declined afterwards stays, so that it does not vanish under one's hands.
ORDERED = (
    State.APPROVED,
    State.PAYING,
    State.PAID,
    State.DELIVERED,
    State.DISPUTED,
    State.PART_REFUNDED,
    State.REFUNDED,
)
ENDED = (OrderState.DECLINED, OrderState.WITHDRAWN)
UNPAID = (State.APPROVED, State.PAYING)


class Stage(StrEnum):
    """Where an order stands, in the provider's words."""

    NEW = "new"
    TO_DELIVER = "to_deliver"
    DELIVERED = "delivered"
    ENDED = "ended"

    @property
    def words(self) -> str:
        return _STAGES[self]


_STAGES = {
    Stage.NEW: "New",
    Stage.TO_DELIVER: "To do",
    Stage.DELIVERED: "Done",
    Stage.ENDED: "Ended",
}


class Show(StrEnum):
    """Which orders a list shows."""

    NEW = "new"
    ACCEPTED = "accepted"
    TO_DELIVER = "to_deliver"
    DELIVERED = "delivered"
    UNPAID = "unpaid"
    ENDED = "ended"
    ALL = "all"

    @property
    def words(self) -> str:
        return _SHOWS[self]


_SHOWS = {
    Show.NEW: "New",
    Show.ACCEPTED: "Accepted",
    Show.TO_DELIVER: "To do",
    Show.DELIVERED: "Done",
    Show.UNPAID: "Not paid yet",
    Show.ENDED: "Ended",
    Show.ALL: "All",
}


def stage_of(state: State, order: OrderState, *, said: bool) -> Stage:
    """Where an order stands.

    :param said: whether the provider said that it is done.
    """
    if state in (State.CANCELLED, State.REFUNDED) or order in ENDED:
        return Stage.ENDED
    if said or state in (State.DELIVERED, State.PART_REFUNDED):
        return Stage.DELIVERED
    if state is State.APPROVED and order is OrderState.ASKED:
        return Stage.NEW
    return Stage.TO_DELIVER


def may_answer(state: State, order: OrderState) -> bool:
    """Whether the provider may still say that they cannot do it: only while nothing was paid."""
    return state is State.APPROVED and order in (OrderState.ASKED, OrderState.ACCEPTED)


def may_say_delivered(state: State, order: OrderState) -> bool:
    """Whether the provider may say that it is done, or put the day right, before the person has."""
    return state in (State.APPROVED, State.PAID) and order in (OrderState.ASKED, OrderState.ACCEPTED)
