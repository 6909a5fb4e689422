"""A year of one person's life with their budget: as many movements as asked for, whatever else is the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import psycopg

from app.audit.models import AuditEntry
from app.budgets import agreeing
from app.budgets.models import Budget
from app.budgets.rules import Cycle, HeldAs
from app.core import clock
from app.core.db import db
from app.core.ids import new_id
from app.identity.models import Account, Commissioner, Person
from app.ledger.models import LedgerAccount, LedgerTransfer
from app.ledger.rules import OwnerKind, Phase, Stream, TransferKind
from app.plans import service as plans
from app.plans.models import Plan
from app.plans.service import OutcomeInput
from app.policy.rules import Action
from app.purchases import service as purchases
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.rules import DetailsInput, LineInput, State, Way
from tests import factories
from tests.bench.bulk import copy, spread_days
from tests.bench.words import BOUGHT, PAYEES

#: Each COPY fires the ledger's trigger once for all its rows.
BATCH = 10_000
_MONTH_PENCE = {Stream.HEALTH: 6_000_000, Stream.SOCIAL_CARE: 4_000_000}
_OUTCOMES = (
    ("Swim every week and feel stronger", "activities-and-leisure"),
    ("Have somebody with me when I go out", "personal-assistants"),
    ("Keep my hands and my speech going", "therapies"),
    ("Get to where my friends are", "transport"),
    ("Run my own home", "home-help"),
)


@dataclass(frozen=True)
class Life:
    """Whose page is opened, by whom."""

    person: Person
    account: Account
    budget: Budget
    plan: Plan


def make_commissioner() -> Commissioner:
    """The tenant of the people whose pages are measured, with a coordinator."""
    commissioner = factories.make_commissioner()
    factories.make_post(factories.make_account("Priya Shah"), commissioner)
    return commissioner


def make_life(commissioner: Commissioner, name: str) -> Life:
    """A person with five outcomes, a budget of two streams that began eleven months ago, the same things waiting."""
    given, family = name.split()
    person = factories.make_person(commissioner, given, family)
    account = factories.make_account(name)
    factories.give_authority(account, person)
    this = clock.period_of(clock.today())
    first, last = clock.add_months(this, -11), clock.last_day(clock.add_months(this, 1))
    plan = plans.agree_plan(
        factories.SYSTEM,
        person,
        about_me="I like being by the water, and people who turn up when they say they will.",
        starts_on=first,
        ends_on=last,
        review_due_on=last,
        agreed_with="Priya Shah",
        outcomes=[
            OutcomeInput(words, 40_000, {Stream.HEALTH: 3, Stream.SOCIAL_CARE: 2}, categories=[category])
            for words, category in _OUTCOMES
        ],
    )
    months = 13
    yearly = months * sum(_MONTH_PENCE.values())
    budget = agreeing.agree_budget(
        factories.SYSTEM,
        person,
        plan_id=plan.id,
        name="Health and care budget",
        starts_on=first,
        ends_on=last,
        indicative_pence=yearly,
        streams=[agreeing.StreamInput(stream, Cycle.MONTHLY, pence) for stream, pence in _MONTH_PENCE.items()],
        parts=[(HeldAs.DIRECT_PAYMENT, yearly, "Paid to your own account before each month")],
        working=[("Support agreed in your plan", yearly)],
        contingency_pence=20_000,
    )
    for words, day in (("Wages for Marta", 28), ("Payroll service", 1)):
        agreeing.agree_regular_payment(
            factories.SYSTEM,
            budget,
            outcome_id=plan.outcomes[1].id,
            words=words,
            payee=words.split()[-1],
            category="personal-assistants",
            amount_pence=42_000,
            day_of_month=day,
            starts_on=first,
        )
    db.session.flush()
    return Life(person, account, budget, plan)


def add_waiting(life: Life) -> None:
    """Two drafts and something a coordinator looks at: what home shows besides figures."""
    actor = factories.actor_for(life.account)
    for words, pence, sent in (("Noise machine", 4_500, False), ("Choir trip", 6_000, False), ("Trike", 90_000, True)):
        draft = purchases.start_draft(actor, life.person, life.budget, Way.OUTSIDE)
        line = LineInput(words, pence, outcome_ref=life.plan.outcomes[0].ref, category="activities-and-leisure")
        purchases.put_line(actor, draft, None, line)
        purchases.set_details(actor, draft, DetailsInput(payee_name="Northside Leisure", bought_on=clock.today()))
        if sent:
            purchases.submit(actor, draft)
    db.session.flush()


def fill(connection: psycopg.Connection[Any], life: Life, movements: int) -> None:
    """Write a year of money in and ``movements`` purchases, each one line, held and then spent, with receipts.

    The caller has committed ``life``. The ledger's own trigger keeps every total.
    """
    today = clock.today()
    streams = {item.stream: item.ledger_account_id for item in life.budget.streams}
    _money_in(connection, life, streams, today)
    payees = [{stream: new_id() for stream in streams} for _ in PAYEES]
    copy(
        connection,
        LedgerAccount,
        (
            {
                "id": key,
                "commissioner_id": life.person.commissioner_id,
                "owner_kind": OwnerKind.PAYEE,
                "owner_id": owner,
                "stream": stream,
            }
            for owner, accounts in ((new_id(), accounts) for accounts in payees)
            for stream, key in accounts.items()
        ),
    )
    days = spread_days(clock.add_months(clock.period_of(today), -11), today, movements)
    rng = random.Random(movements)
    for start in range(0, movements, BATCH):
        rows = [
            _bought(rng, life, number, day, streams, payees)
            for number, day in enumerate(days[start : start + BATCH], start)
        ]
        copy(connection, Purchase, (row.purchase for row in rows))
        copy(connection, PurchaseLine, (row.line for row in rows))
        copy(connection, LedgerTransfer, (row.hold for row in rows))
        copy(connection, LedgerTransfer, (row.spend for row in rows))
        copy(connection, AuditEntry, (row.entry for row in rows))


def _money_in(connection: psycopg.Connection[Any], life: Life, streams: dict[Stream, UUID | None], today: date) -> None:
    funders = {stream: new_id() for stream in streams}
    owner = new_id()
    common = {"commissioner_id": life.person.commissioner_id}
    copy(
        connection,
        LedgerAccount,
        (
            {"id": k, "owner_kind": OwnerKind.FUNDER, "owner_id": owner, "stream": s, **common}
            for s, k in funders.items()
        ),
    )
    months = [clock.add_months(clock.period_of(today), -back) for back in range(11, -1, -1)]
    copy(
        connection,
        LedgerTransfer,
        (
            {
                "debit_account_id": funders[stream],
                "credit_account_id": account,
                "amount_pence": _MONTH_PENCE[stream],
                "kind": TransferKind.ALLOCATION,
                "phase": Phase.POSTED,
                "actor_name": "Monthly payments",
                "memo": f"Money in for {month:%B %Y}",
                "period": month,
                "counts_on": month,
                **common,
            }
            for month in months
            for stream, account in streams.items()
        ),
    )


@dataclass(frozen=True, slots=True)
class _Bought:
    purchase: dict[str, Any]
    line: dict[str, Any]
    hold: dict[str, Any]
    spend: dict[str, Any]
    entry: dict[str, Any]


def _bought(
    rng: random.Random,
    life: Life,
    number: int,
    day: date,
    streams: dict[Stream, UUID | None],
    payees: list[dict[Stream, UUID]],
) -> _Bought:
    person, account = life.person, life.account
    outcome = life.plan.outcomes[number % len(life.plan.outcomes)]
    payee = rng.randrange(len(PAYEES))
    stream = list(streams)[number % len(streams)]
    pence, words = rng.randint(100, 900), f"{BOUGHT[number % len(BOUGHT)]}"
    moment = datetime.combine(day, time(8 + number % 10, number % 60), tzinfo=clock.LONDON)
    purchase, line, hold = new_id(), new_id(), new_id()
    whose = {"commissioner_id": person.commissioner_id, "person_id": person.id}
    transfer = {
        "commissioner_id": person.commissioner_id,
        "debit_account_id": streams[stream],
        "credit_account_id": payees[payee][stream],
        "amount_pence": pence,
        "subject_id": line,
        "tag_id": outcome.id,
        "actor_id": account.id,
        "actor_name": account.name,
        "memo": "Purchase",
        "period": clock.period_of(day),
        "counts_on": day,
        "written_at": moment,
    }
    return _Bought(
        {
            "id": purchase,
            "budget_id": life.budget.id,
            "state": State.PAID,
            "way": Way.OUTSIDE,
            "title": words,
            "payee_name": PAYEES[payee],
            "total_pence": pence,
            "requested_by": account.id,
            "requested_by_name": account.name,
            "requested_as": "self",
            "created_at": moment,
            "submitted_at": moment,
            "decided_at": moment,
            "action": Action.ALLOW,
            "policy_version": "1",
            "bought_on": day,
            "paid_on": day,
            "paid_how": "By card",
            "rail": "outside",
            "receipt_count": 1,
            **whose,
        },
        {
            "id": line,
            "purchase_id": purchase,
            "position": 0,
            "description": words,
            "category": "activities-and-leisure",
            "unit_price_pence": pence,
            "amount_pence": pence,
            "outcome_id": outcome.id,
            "action": Action.ALLOW,
            "moved_on": day,
            **whose,
        },
        {**transfer, "id": hold, "kind": TransferKind.HOLD, "phase": Phase.PENDING},
        {**transfer, "id": new_id(), "kind": TransferKind.SPEND, "phase": Phase.POST, "pending_id": hold},
        {
            "actor_id": account.id,
            "actor_name": account.name,
            "actor_role": "self",
            "verb": "purchases.pay",
            "subject_kind": "purchase",
            "subject_id": purchase,
            "sentence": f"Paid for {words}",
            "written_at": moment,
            **whose,
        },
    )


def lives(commissioner: Commissioner, counts: list[int]) -> Iterator[tuple[Life, int]]:
    """A person for each count of movements, alike in everything else."""
    for count, name in zip(counts, ("Amina Yusuf", "Daniel Price", "Sam Okafor"), strict=False):
        yield make_life(commissioner, name), count
