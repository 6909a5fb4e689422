"""A purchase's life: its states, what may happen in each, and what a person may type. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.errors import StateError
from app.core.money import MAX_PENCE
from app.core.words import one_line

MAX_LINES = 20
MAX_WORDS = 200  # a description, a payee's name
MAX_NOTE = 2000
MAX_QUANTITY = 1_000_000  # hundredths: ten thousand of anything


class State(StrEnum):
    """Where a purchase stands (DESIGN, section 7)."""

    DRAFT = "draft"
    AWAITING_HOLDER = "awaiting_holder"
    AWAITING_APPROVAL = "awaiting_approval"
    AWAITING_INFORMATION = "awaiting_information"
    APPROVED = "approved"
    DECLINED = "declined"
    BLOCKED = "blocked"
    CANCELLED = "cancelled"
    PAYING = "paying"
    PAID = "paid"
    DELIVERED = "delivered"
    UNDER_APPEAL = "under_appeal"
    DISPUTED = "disputed"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"


class Verb(StrEnum):
    """What can happen to a purchase."""

    SUBMIT = "submit"
    CONFIRM = "confirm"
    TURN_DOWN = "turn_down"
    APPROVE = "approve"
    DECLINE = "decline"
    ASK = "ask"
    ANSWER = "answer"
    PAY = "pay"
    SETTLE = "settle"
    FAIL = "fail"
    CONFIRM_DELIVERY = "confirm_delivery"
    CANCEL = "cancel"
    REVISE = "revise"
    APPEAL = "appeal"
    DISPUTE = "dispute"
    REFUND = "refund"
    REPLACE = "replace"


_ANSWERS = frozenset({State.APPROVED, State.AWAITING_APPROVAL, State.BLOCKED})
_CANCELLED = frozenset({State.CANCELLED})
_UNDER_APPEAL = frozenset({State.UNDER_APPEAL})
_BACK = frozenset({State.PART_REFUNDED, State.REFUNDED})

#: The whole table. A pair that is not in it cannot happen. ``revise`` is how a blocked line is taken out or changed
#: so that the rest goes through: the decision that stopped it is kept in the purchase's decisions. ``replace`` ends an
#: approved purchase in the moment in which its agreed change takes its place. A part that the seller gives back
#: does not settle what went wrong: that is for the person's side, or for whoever helps them, to say.
TABLE: Mapping[tuple[State, Verb], frozenset[State]] = {
    (State.DRAFT, Verb.SUBMIT): _ANSWERS | {State.AWAITING_HOLDER},
    (State.AWAITING_HOLDER, Verb.CONFIRM): _ANSWERS,
    (State.AWAITING_HOLDER, Verb.TURN_DOWN): _CANCELLED,
    (State.AWAITING_APPROVAL, Verb.APPROVE): frozenset({State.APPROVED}),
    (State.AWAITING_APPROVAL, Verb.DECLINE): frozenset({State.DECLINED}),
    (State.AWAITING_APPROVAL, Verb.ASK): frozenset({State.AWAITING_INFORMATION}),
    (State.AWAITING_INFORMATION, Verb.ANSWER): frozenset({State.AWAITING_APPROVAL}),
    (State.APPROVED, Verb.PAY): frozenset({State.PAYING}),
    (State.PAYING, Verb.SETTLE): frozenset({State.PAID}),
    (State.PAYING, Verb.FAIL): frozenset({State.APPROVED}),
    (State.PAID, Verb.CONFIRM_DELIVERY): frozenset({State.DELIVERED}),
    (State.BLOCKED, Verb.REVISE): frozenset({State.DRAFT}),
    (State.DRAFT, Verb.CANCEL): _CANCELLED,
    (State.AWAITING_HOLDER, Verb.CANCEL): _CANCELLED,
    (State.AWAITING_APPROVAL, Verb.CANCEL): _CANCELLED,
    (State.AWAITING_INFORMATION, Verb.CANCEL): _CANCELLED,
    (State.APPROVED, Verb.CANCEL): _CANCELLED,
    (State.APPROVED, Verb.REPLACE): _CANCELLED,
    (State.DECLINED, Verb.APPEAL): _UNDER_APPEAL,
    (State.BLOCKED, Verb.APPEAL): _UNDER_APPEAL,
    (State.UNDER_APPEAL, Verb.APPROVE): frozenset({State.APPROVED}),
    (State.UNDER_APPEAL, Verb.DECLINE): frozenset({State.DECLINED}),
    (State.UNDER_APPEAL, Verb.CANCEL): _CANCELLED,
    (State.PAID, Verb.DISPUTE): frozenset({State.DISPUTED}),
    (State.DELIVERED, Verb.DISPUTE): frozenset({State.DISPUTED}),
    (State.PART_REFUNDED, Verb.DISPUTE): frozenset({State.DISPUTED}),
    (State.DISPUTED, Verb.CONFIRM_DELIVERY): frozenset({State.DELIVERED, State.PART_REFUNDED}),
    (State.PAID, Verb.REFUND): _BACK,
    (State.DELIVERED, Verb.REFUND): _BACK,
    (State.DISPUTED, Verb.REFUND): _BACK | {State.DISPUTED},
    (State.PART_REFUNDED, Verb.REFUND): _BACK,
}

#: What a person reads on a tag.
STATE_WORDS: Mapping[State, str] = {
    State.DRAFT: "Not sent yet",
    State.AWAITING_HOLDER: "Waiting for a yes",
    State.AWAITING_APPROVAL: "Someone is looking at it",
    State.AWAITING_INFORMATION: "We asked a question",
    State.APPROVED: "Fine to buy",
    State.DECLINED: "Not agreed",
    State.BLOCKED: "Stopped",
    State.CANCELLED: "Taken back",
    State.PAYING: "Being paid",
    State.PAID: "Paid",
    State.DELIVERED: "Done",
    State.UNDER_APPEAL: "Somebody else looks again",
    State.DISPUTED: "Something went wrong",
    State.PART_REFUNDED: "Partly refunded",
    State.REFUNDED: "Refunded",
}

#: Money is set aside for it: promised, not spent.
HELD = frozenset({State.AWAITING_APPROVAL, State.AWAITING_INFORMATION, State.APPROVED, State.PAYING})
#: Money has gone for it, and not all of it came back.
SPENT = frozenset({State.PAID, State.DELIVERED, State.DISPUTED, State.PART_REFUNDED})
#: Something is still to happen before the money has gone, or before it is put right.
WAITING = (
    State.AWAITING_HOLDER,
    State.AWAITING_APPROVAL,
    State.AWAITING_INFORMATION,
    State.APPROVED,
    State.UNDER_APPEAL,
    State.DISPUTED,
)

_ALREADY: Mapping[State, str] = {
    State.DRAFT: "This has not been sent yet.",
    State.AWAITING_HOLDER: "This is waiting for a yes from the person's own side.",
    State.AWAITING_APPROVAL: "This has been sent already. Someone is looking at it.",
    State.AWAITING_INFORMATION: "This is waiting for an answer to a question.",
    State.APPROVED: "This is approved already.",
    State.DECLINED: "This has been answered already: it was not agreed.",
    State.BLOCKED: "This was stopped. Change it or take something out, then send it again.",
    State.CANCELLED: "This has been taken back.",
    State.PAYING: "This is being paid just now.",
    State.PAID: "This is paid already.",
    State.DELIVERED: "This is finished: it is paid and was delivered.",
    State.UNDER_APPEAL: "Somebody else is looking at this again.",
    State.DISPUTED: "Something went wrong with this, and it is being put right.",
    State.PART_REFUNDED: "A part of this was refunded.",
    State.REFUNDED: "This was refunded.",
}


def step(state: State, verb: Verb, to: State | None = None) -> State:
    """The state that ``verb`` leads to.

    :param to: which one, where the table leaves a choice (a submitted purchase may be approved, referred or blocked).
    :raises StateError: when this cannot happen in this state.
    """
    ends = TABLE.get((state, verb))
    if ends is None:
        raise StateError(_ALREADY[state])
    if to is None and len(ends) == 1:
        return next(iter(ends))
    if to not in ends:
        raise StateError(_ALREADY[state])
    return to


def fine_state(refunded_pence: int) -> State:
    """Where something stands that came, or is all right now."""
    return State.PART_REFUNDED if refunded_pence else State.DELIVERED


def possible(state: State) -> frozenset[Verb]:
    """What can happen next, for the page's buttons."""
    return frozenset(verb for (start, verb) in TABLE if start is state)


class Way(StrEnum):
    """How the purchase began."""

    LISTING = "listing"  # from the marketplace: asked for before it is bought
    OUTSIDE = "outside"  # "I bought something elsewhere": the money has left the person's account already
    REGULAR = "regular"  # an occurrence of a regular purchase, written down on its day: a standing order pays it

    @property
    def is_paid_already(self) -> bool:
        """Whether the money has left the person's account when it is written down."""
        return self in (Way.OUTSIDE, Way.REGULAR)


class Family(StrEnum):
    """Whether the payee is family: asked because the regulations ask it."""

    NO = "no"
    HOUSEHOLD = "household"
    CLOSE = "close"


FAMILY_WORDS: Mapping[Family, str] = {
    Family.NO: "No",
    Family.HOUSEHOLD: "Yes, and we live together",
    Family.CLOSE: "Yes, close family who lives elsewhere",
}


@dataclass(frozen=True, slots=True)
class LineInput:
    """One line as typed. A line from a listing takes its words, category, unit and price from the listing."""

    description: str = ""
    amount_pence: int | None = None  # the whole line's; worked out when there is a listing
    quantity_hundredths: int = 100  # 250 is two and a half
    outcome_ref: str | None = None
    category: str | None = None  # a marketplace category's slug, or None: not sure
    family_member: str | None = None  # a Family
    listing_ref: str | None = None


@dataclass(frozen=True, slots=True)
class DetailsInput:
    """What is asked of the whole purchase. None leaves what is there."""

    payee_name: str | None = None
    bought_on: date | None = None
    needed_from: date | None = None
    needed_until: date | None = None
    note: str | None = None


def line_amount(unit_price_pence: int, quantity_hundredths: int) -> int:
    """Price times quantity in pence, half a penny up."""
    return (unit_price_pence * quantity_hundredths + 50) // 100


def title_of(descriptions: Sequence[str]) -> str:
    """What a purchase is, in a few words."""
    if not descriptions:
        return "Something to buy"
    more = len(descriptions) - 1
    return descriptions[0] + (f" and {more} more" if more else "")


def check_line(line: LineInput) -> dict[str, str]:
    """What needs another look, by field; empty when nothing does."""
    errors: dict[str, str] = {}
    if line.listing_ref is None:
        words = one_line(line.description)
        if not words:
            errors["description"] = "Enter what it is, like gym membership"
        elif len(words) > MAX_WORDS:
            errors["description"] = f"Describe it in {MAX_WORDS} characters or fewer"
        if line.amount_pence is None:
            errors["amount"] = "Enter how much it costs, like 18 or 18.40"
        elif not 0 < line.amount_pence <= MAX_PENCE:
            errors["amount"] = "Enter an amount more than £0 and up to £10,000,000"
    if not 0 < line.quantity_hundredths <= MAX_QUANTITY:
        errors["quantity"] = "Enter how many, more than 0 and up to 10,000"
    if line.family_member not in (None, *Family):
        errors["family_member"] = "Choose one of the answers"
    return errors
