"""What stands before a purchase in the same basket, counted as if it were sent already. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from app.budgets.queries import Purse
from app.ledger.rules import Stream, Totals
from app.policy.rules import RecentPurchase
from app.policy.text import words


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the purchases before this one would take and be, in pence.

    :param by_outcome: what each stream would pay for each outcome.
    :param recent: their lines, as duplicates and parts of one thing are looked for in them.
    :param rules_used: how often each of the team's simple rules would have answered.
    """

    by_outcome: Mapping[UUID, Mapping[Stream, int]] = field(default_factory=dict)
    recent: tuple[RecentPurchase, ...] = ()
    rules_used: Mapping[UUID, int] = field(default_factory=dict)

    def taken_from(self, purse: Purse) -> Purse:
        """What would be left."""
        held: dict[Stream, int] = {}
        for parts in self.by_outcome.values():
            for stream, pence in parts.items():
                held[stream] = held.get(stream, 0) + pence
        if not held:
            return purse
        left = {
            stream: totals + Totals(debits_pending=held.get(stream, 0)) for stream, totals in purse.by_stream.items()
        }
        return Purse(left, purse.due, purse.contingency)

    def recent_from(self, payee: str) -> tuple[RecentPurchase, ...]:
        """What would have been bought from somebody."""
        name = words(payee)
        return tuple(item for item in self.recent if words(item.payee) == name)


NOTHING_AHEAD = Ahead()
