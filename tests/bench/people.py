"""Many people with a plan, a budget and somebody who may buy for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.budgets.models import Budget, BudgetPart, BudgetStream, BudgetWorkingLine
from app.budgets.rules import BudgetState, Cycle, HeldAs
from app.core import clock
from app.core.ids import new_id
from app.identity.models import Account, Authority, Caseload, Commissioner, Person, StaffPost
from app.identity.rules import AuthorityKind, Scope, StaffRole
from app.ledger.models import LedgerAccount
from app.ledger.rules import OwnerKind, Stream
from app.plans.models import Outcome, OutcomeFunding, Per, Plan, PlanState
from tests.bench.bulk import copy, quick_ref
from tests.bench.machine import Bench
from tests.bench.words import FAMILY, GIVEN

LONG_AGO = date(2020, 1, 1)
MONTHLY_PENCE = 200_000
CLIENTS = 10  # of a broker
_COORDINATORS = 20


@dataclass(frozen=True)
class Holder:
    """One person as the benches need them."""

    person_id: UUID
    account_id: UUID
    budget_id: UUID
    outcome_id: UUID


@dataclass(frozen=True)
class Crowd:
    """A commissioner, the people, and the brokers of the first of them: a broker for every ten."""

    commissioner_id: UUID
    broker_ids: list[UUID]
    holders: list[Holder]


def fill(bench: Bench, count: int, with_broker: int) -> Crowd:
    """Enter ``count`` people, each with an account, a plan of one outcome and an agreed budget of two streams.

    :param with_broker: how many of them have let a broker buy for up to £500 a time.
    """
    today = clock.today()
    first, last = today.replace(day=1), clock.last_day(clock.add_months(clock.period_of(today), 11))
    commissioner = new_id()
    brokers = [new_id() for _ in range(-(-with_broker // CLIENTS))]
    coordinators = [new_id() for _ in range(_COORDINATORS)]
    rows: dict[type, list[dict[str, Any]]] = {
        Commissioner: [{"id": commissioner, "name": "South East London Integrated Care Board"}],
        Account: [_account(key, "Brook Ellis", f"broker{number}@example.org") for number, key in enumerate(brokers)],
        StaffPost: [],
    }
    for number, key in enumerate(coordinators):
        rows[Account].append(_account(key, f"Coordinator {number + 1}", f"coordinator{number}@example.org"))
        rows[StaffPost].append(
            {
                "account_id": key,
                "commissioner_id": commissioner,
                "role": StaffRole.COORDINATOR,
                "starts_on": LONG_AGO,
            }
        )
    holders: list[Holder] = []
    for number in range(count):
        one = Holder(new_id(), new_id(), new_id(), new_id())
        holders.append(one)
        period = {"starts_on": first, "ends_on": last}
        for model, row in _person(one, number, commissioner, coordinators[number % _COORDINATORS], period):
            rows.setdefault(model, []).append(row)
        if number < with_broker:
            rows[Authority].append(
                {
                    "account_id": brokers[number // CLIENTS],
                    "person_id": one.person_id,
                    "kind": AuthorityKind.BROKER,
                    "scope": Scope.BUY,
                    "buy_limit_pence": 50_000,
                    "starts_on": LONG_AGO,
                }
            )
    order = [Commissioner, Account, StaffPost, Person, Authority, Caseload, LedgerAccount, Plan, Outcome]
    order += [OutcomeFunding, Budget, BudgetStream, BudgetPart, BudgetWorkingLine]
    with bench.connect() as connection:
        for model in order:
            copy(connection, model, rows[model])
    return Crowd(commissioner, brokers, holders)


def _account(key: UUID, name: str, email: str) -> dict[str, Any]:
    return {"id": key, "name": name, "email": email, "passphrase_hash": "no one signs in with this"}


def _person(
    one: Holder, number: int, commissioner: UUID, coordinator: UUID, period: dict[str, date]
) -> list[tuple[type, dict[str, Any]]]:
    given, family = GIVEN[number % len(GIVEN)], FAMILY[number // len(GIVEN) % len(FAMILY)]
    plan, accounts = new_id(), {Stream.HEALTH: new_id(), Stream.SOCIAL_CARE: new_id()}
    yearly = 12 * MONTHLY_PENCE
    found: list[tuple[type, dict[str, Any]]] = [
        (Account, _account(one.account_id, f"{given} {family}", f"person{number}@example.org")),
        (
            Person,
            {
                "id": one.person_id,
                "commissioner_id": commissioner,
                "given_name": given,
                "family_name": family,
                "date_of_birth": date(1960 + number % 40, 1 + number % 12, 1 + number % 28),
                "postcode": "SE6 1HP",
            },
        ),
        (
            Authority,
            {
                "account_id": one.account_id,
                "person_id": one.person_id,
                "kind": AuthorityKind.SELF,
                "scope": Scope.BUY,
                "starts_on": LONG_AGO,
            },
        ),
        (Caseload, {"person_id": one.person_id, "account_id": coordinator, "starts_on": LONG_AGO}),
        (
            Plan,
            {
                "id": plan,
                "commissioner_id": commissioner,
                "person_id": one.person_id,
                "state": PlanState.AGREED,
                "about_me": "I like being by the water, and people who turn up when they say they will.",
                "review_due_on": period["ends_on"],
                "agreed_with": "Priya Shah",
                **period,
            },
        ),
        (
            Outcome,
            {
                "id": one.outcome_id,
                "plan_id": plan,
                "position": 0,
                "words": "Get out every week with somebody I trust",
                "indicative_pence": 80_000,
                "per": Per.MONTH,
                "examples": ["A personal assistant for days out", "Swimming"],
                "categories": ["personal-assistants", "activities-and-leisure"],
            },
        ),
        (
            Budget,
            {
                "id": one.budget_id,
                "ref": quick_ref(),
                "commissioner_id": commissioner,
                "person_id": one.person_id,
                "plan_id": plan,
                "name": "Health and care budget",
                "state": BudgetState.AGREED,
                "indicative_pence": yearly,
                "agreed_pence": yearly,
                "agreed_at": clock.now(),
                **period,
            },
        ),
        (
            BudgetPart,
            {
                "budget_id": one.budget_id,
                "position": 0,
                "held_as": HeldAs.DIRECT_PAYMENT,
                "amount_pence": yearly,
                "held_by": "Paid to your own account before each month",
            },
        ),
        (
            BudgetWorkingLine,
            {
                "budget_id": one.budget_id,
                "position": 0,
                "words": "Support agreed in your plan",
                "amount_pence": yearly,
            },
        ),
    ]
    for position, (stream, account) in enumerate(accounts.items()):
        found += [
            (
                LedgerAccount,
                {
                    "id": account,
                    "commissioner_id": commissioner,
                    "owner_kind": OwnerKind.BUDGET,
                    "owner_id": one.budget_id,
                    "stream": stream,
                },
            ),
            (OutcomeFunding, {"outcome_id": one.outcome_id, "stream": stream, "position": position, "share": 1}),
            (
                BudgetStream,
                {
                    "budget_id": one.budget_id,
                    "stream": stream,
                    "position": position,
                    "cycle": Cycle.MONTHLY,
                    "amount_pence": MONTHLY_PENCE // 2,
                    "ledger_account_id": account,
                },
            ),
        ]
    return found
