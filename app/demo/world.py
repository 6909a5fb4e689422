"""What the demonstration knows while it is being made: who there is, and what time it is in the story."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from app.budgets.models import Budget, RegularPayment
from app.budgets.service import Share
from app.core import clock
from app.core.db import Base, db
from app.demo.kinds import Life
from app.identity import queries as identity
from app.identity.models import Account, Commissioner, Person
from app.identity.rules import Actor
from app.ledger import queries as ledger
from app.ledger import service as ledger_service
from app.ledger.rules import OwnerKind, Stream
from app.marketplace import queries as marketplace
from app.marketplace.models import Listing, Provider
from app.plans.models import Outcome, Plan
from app.policy import queries as policies
from app.policy.document import PolicyDocument
from app.purchases.models import Purchase

SYSTEM = Actor.system("Demonstration")


@dataclass(slots=True)
class Someone:
    """A person of the demonstration with all that belongs to them."""

    life: Life
    person: Person
    account: Account
    plan: Plan
    budget: Budget
    regulars: list[RegularPayment]
    surplus: int = 0  # what quiet months left over
    _left: dict[Stream, int] | None = None
    _taken: dict[UUID, dict[Stream, int]] = field(default_factory=dict)

    @property
    def outcomes(self) -> list[Outcome]:
        return self.plan.outcomes

    def funding(self, outcome: Outcome) -> list[Share]:
        """How an outcome's cost splits over the streams."""
        return [Share(item.stream, item.share) for item in outcome.funding]

    def left(self) -> dict[Stream, int]:
        """What each stream has left, read once and then kept up by whoever spends."""
        if self._left is None:
            totals = ledger.totals_by_stream(self.budget.id)
            self._left = {stream: found.available for stream, found in totals.items()}
        return self._left

    def taken(self, outcome: Outcome) -> dict[Stream, int]:
        """What an outcome has used of each stream, read once and then kept up by whoever spends."""
        if outcome.id not in self._taken:
            self._taken[outcome.id] = dict(ledger.tag_totals(self.budget.id, outcome.id))
        return self._taken[outcome.id]

    def forget(self) -> None:
        """Read the sums again: a service moved this person's money."""
        self._left = None
        self._taken = {}


@dataclass(slots=True)
class World:
    """Everybody, by short names."""

    now: datetime
    today: date
    board: Commissioner
    wendover: Commissioner
    hashed: str  # the one passphrase, hashed once
    accounts: dict[str, Account] = field(default_factory=dict)
    people: dict[str, Someone] = field(default_factory=dict)
    #: Rows of the past that nobody reads yet: written many at a time, which is several times quicker.
    later: list[Base] = field(default_factory=list)
    _actors: dict[UUID, Actor] = field(default_factory=dict)
    _listings: dict[tuple[str, str], Listing] = field(default_factory=dict)
    _payees: dict[tuple[UUID, UUID, Stream], UUID] = field(default_factory=dict)
    _policies: dict[tuple[UUID, date], PolicyDocument] = field(default_factory=dict)

    @property
    def this_month(self) -> date:
        return clock.period_of(self.today)

    def moment(self, day: date, hour: int = 10, minute: int = 0) -> datetime:
        """A London time of a day, never after now."""
        at = datetime.combine(day, time(hour, minute), tzinfo=clock.LONDON)
        return min(at, self.now - timedelta(minutes=2))

    def ago(self, days: int, hour: int = 10, minute: int = 0) -> datetime:
        """A London time some days ago, never after now."""
        return self.moment(self.today - timedelta(days=days), hour, minute)

    def write_out(self) -> None:
        """Write the rows that were put by: first the purchases, to which the others belong."""
        rows, self.later = self.later, []
        for purchases in (True, False):
            db.session.add_all(row for row in rows if isinstance(row, Purchase) is purchases)
            db.session.flush()

    def actor(self, account: Account) -> Actor:
        """Whoever this account is. Read when first asked for, so after everything they may do was set up."""
        if account.id not in self._actors:
            self._actors[account.id] = identity.load_actor(account, marketplace.provider_ids_of(account.id))
        return self._actors[account.id]

    def payee_account(self, commissioner_id: UUID, payee: UUID, stream: Stream) -> UUID:
        """The ledger account of somebody who is paid, opened when it is wanted first."""
        key = (commissioner_id, payee, stream)
        if key not in self._payees:
            owner = (OwnerKind.PAYEE, payee, stream)
            self._payees[key] = ledger_service.ensure_accounts(commissioner_id, [owner])[owner]
        return self._payees[key]

    def policy(self, commissioner_id: UUID) -> PolicyDocument:
        """The commissioner's policy on the day of the story."""
        key = (commissioner_id, clock.today())
        if key not in self._policies:
            self._policies[key] = policies.policy_in_force(commissioner_id)
        return self._policies[key]

    def listing(self, payee: str, title: str) -> Listing:
        """A listing by the names of its provider and itself.

        :raises LookupError: when the marketplace does not have it.
        """
        key = (payee, title)
        if key not in self._listings:
            found = db.session.scalars(
                select(Listing).join(Provider).where(Provider.name == payee, Listing.title == title)
            ).one_or_none()
            if found is None:
                raise LookupError(f"{payee} does not offer {title}")
            self._listings[key] = found
        return self._listings[key]


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let something happen at a moment; what is written then is dated by it."""
    with clock.at(moment):
        yield
        db.session.flush()  # defaults such as "written at" are taken when the row goes out
