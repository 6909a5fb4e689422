"""Money that comes back: how, and how a sum is shared among the lines of a purchase. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.errors import InvalidError
from app.core.money import format_pounds, split_pence

MAX_WHY = 500


class HowBack(StrEnum):
    """How money comes back."""

    MONEY = "money"  # it is in the budget again
    CREDIT_NOTE = "credit_note"  # the payee owes it: the next payment to them is smaller
    CREDIT_USED = "credit_used"  # a part of a credit note that made a later payment smaller
    CREDIT_PAID = "credit_paid"  # a part of a credit note that was paid out after all


#: What a person chooses between.
HOW_WORDS: Mapping[HowBack, str] = {
    HowBack.MONEY: "The money came back",
    HowBack.CREDIT_NOTE: "A credit note: they take it off the next time",
}
#: The kinds that put money back into the budget. A credit note is a promise until it is used.
BACK_NOW = (HowBack.MONEY, HowBack.CREDIT_USED, HowBack.CREDIT_PAID)


class ProblemEnd(StrEnum):
    """How something that went wrong was put right."""

    CAME = "came"  # it came after all
    REFUNDED = "refunded"
    NOTE = "note"  # a coordinator looked into it and wrote what they found


@dataclass(frozen=True, slots=True)
class RefundInput:
    """A refund as typed.

    :param amount_pence: in all; worked out from ``parts`` when they are given.
    :param parts: pence for each line, by the line's ref; left out, the sum is shared among all that can still be
        refunded, by what is left of each.
    :param on: the day it counts, in London.
    """

    amount_pence: int | None
    on: date | None
    how: str = HowBack.MONEY
    why: str = ""
    parts: Mapping[str, int] | None = None


def share_out(amount_pence: int, left: Sequence[int]) -> list[int]:
    """Share a sum among lines by what can still come back of each: never more than that.

    :param left: pence, one a line, together at least ``amount_pence``.
    :raises InvalidError: field ``amount``.
    """
    if amount_pence > sum(left):
        most = format_pounds(sum(left))
        raise InvalidError({"amount": f"Enter {most} or less: that is what can still come back of this"})
    return split_pence(amount_pence, left)
