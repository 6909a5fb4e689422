"""A person behind the privacy gate, and the staff around them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from app.core import clock
from app.core.db import db
from app.identity import service as identity
from app.identity.models import Account, Commissioner, Person
from app.identity.rules import Actor, AuthorityKind, StaffRole
from app.plans.models import Plan
from app.purchases import service as purchases
from app.purchases.models import Purchase
from app.purchases.rules import DetailsInput, LineInput
from app.stewardship import concerns, reviews
from app.stewardship.concern_rules import ConcernInput
from app.stewardship.gate_models import Concern, PlanReview
from app.stewardship.gate_rules import ConcernKind
from app.stewardship.review_rules import ReviewInput, ReviewKind
from tests import factories as make

#: A Tuesday.
TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MARKER, PAYEE, NOTE = "Zebrafinch seed mix", "Quillfeather Aviary", "Budgerigars calm me"


@dataclass
class Gate:
    """Everybody there is."""

    board: Commissioner
    person: Person
    plan: Plan
    accounts: dict[str, Account]

    def actor(self, key: str) -> Actor:
        """Whoever this is, with every right they have now."""
        return make.actor_for(self.accounts[key])


def make_gate() -> Gate:
    """Amira with her mother and a broker; staff in each role, a safeguarding lead among them."""
    board = make.make_commissioner("Lea Valley Integrated Care Board")
    names = {
        "priya": "Priya Shah",
        "marcus": "Marcus Bell",
        "dorothy": "Dorothy Lane",
        "finn": "Finn Okoro",
        "joy": "Joy Adeyemi",
        "aldo": "Aldo Reyes",
        "nadia": "Nadia Rahman",
        "leonie": "Leonie Frost",
    }
    accounts = {key: make.make_account(name) for key, name in names.items()}
    for key in ("priya", "marcus"):
        make.make_post(accounts[key], board)
    identity.appoint(make.SYSTEM, accounts["dorothy"], board, StaffRole.COORDINATOR, make.LONG_AGO, safeguards=True)
    for key, role in (("finn", StaffRole.FINANCE), ("joy", StaffRole.ADMIN), ("aldo", StaffRole.AUDITOR)):
        make.make_post(accounts[key], board, role)
    person = make.make_person(board, "Amira", "Rahman", coordinator=accounts["priya"])
    make.give_authority(accounts["nadia"], person, AuthorityKind.REPRESENTATIVE)
    make.give_authority(accounts["leonie"], person, AuthorityKind.BROKER)
    plan = make.make_plan(person)
    make.make_budget(person, plan)
    return Gate(board, person, plan, accounts)


def buy(gate: Gate, words: str = MARKER, payee: str = PAYEE, pence: int = 3_200) -> Purchase:
    """Something that Amira's mother bought, paid today."""
    actor = gate.actor("nadia")
    purchase = purchases.start_draft(actor, gate.person)
    purchases.put_line(
        actor, purchase, None, LineInput(words, pence, outcome_ref=gate.plan.outcomes[0].ref, family_member="no")
    )
    purchases.set_details(actor, purchase, DetailsInput(payee, bought_on=clock.today(), note=NOTE))
    purchase = purchases.submit(actor, purchase)
    db.session.flush()
    return purchase


def announce(gate: Gate, who: str = "priya", days: int = 14, **changes: object) -> PlanReview:
    """A review some days ahead that looks at the last three months."""
    on = clock.today() + timedelta(days=days)
    values: dict[str, object] = {
        "kind": ReviewKind.YEARLY,
        "starts_on": on,
        "look_from": clock.today() - timedelta(days=90),
        "look_until": on,
        "what": "How the money was used for each outcome.",
    } | changes
    return reviews.announce(gate.actor(who), gate.person, ReviewInput(**values))


def record(gate: Gate, who: str = "priya", second: str = "marcus", delay: str = "") -> Concern:
    """A concern that somebody may be putting pressure on Amira."""
    wanted = ConcernInput(
        ConcernKind.PRESSURE,
        "The neighbour comes along to the cash machine, WHISPERED",
        "We want to understand two payments in October.",
        gate.accounts[second].ref,
        delay,
    )
    return concerns.record(gate.actor(who), gate.person, wanted)
