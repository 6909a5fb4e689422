"""Made-up people and budgets for tests, through the same services that the software uses."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import date

from app.budgets import agreeing
from app.budgets.models import Budget
from app.budgets.rules import Cycle, HeldAs
from app.core import clock
from app.core.db import db
from app.identity import queries, service, sessions
from app.identity.models import Account, Commissioner, Person
from app.identity.passphrases import hash_passphrase
from app.identity.proofs import Proof
from app.identity.rules import Actor, AuthorityKind, Scope, StaffRole
from app.ledger import service as ledger
from app.ledger.rules import OwnerKind, Phase, Stream, TransferKind
from app.plans import service as plans
from app.plans.models import Plan
from app.plans.service import OutcomeInput
from app.purchases import declaring
from app.purchases.benefit_rules import BenefitInput
from app.purchases.models import Purchase

PASSPHRASE = "seven quiet otters swim upstream"
SYSTEM = Actor.system("Tests")
LONG_AGO = date(2020, 1, 1)
_numbers = itertools.count(1)
_hash: list[str] = []


def hashed() -> str:
    """The hash of ``PASSPHRASE``, made once: Argon2 is slow on purpose."""
    if not _hash:
        _hash.append(hash_passphrase(PASSPHRASE))
    return _hash[0]


def make_commissioner(name: str = "North Mersey Integrated Care Board", **settings: object) -> Commissioner:
    return service.add_commissioner(SYSTEM, name, dict(settings))


def make_account(name: str = "Sam Okafor", email: str | None = None) -> Account:
    address = email or f"{name.split()[0].lower()}.{next(_numbers)}@example.org"
    return service.open_account(SYSTEM, address, name, hashed=hashed())


def signed_in(account: Account) -> str:
    """The token of a sign-in that has shown all there is to show, a moment ago."""
    return sessions.open_session(account, Proof.PASSKEY)


def make_person(
    commissioner: Commissioner,
    given_name: str = "Sam",
    family_name: str = "Okafor",
    born: date = date(1988, 4, 12),
    postcode: str = "SE6 1HP",
    coordinator: Account | None = None,
) -> Person:
    return service.add_person(
        SYSTEM, commissioner, given_name, family_name, born, postcode, coordinator, since=LONG_AGO
    )


def give_authority(
    account: Account,
    person: Person,
    kind: AuthorityKind = AuthorityKind.SELF,
    scope: Scope = Scope.BUY,
    limit: int | None = None,
) -> None:
    service.grant_authority(SYSTEM, account, person, kind, scope, starts_on=LONG_AGO, buy_limit_pence=limit)


def make_post(account: Account, commissioner: Commissioner, role: StaffRole = StaffRole.COORDINATOR) -> None:
    service.appoint(SYSTEM, account, commissioner, role, LONG_AGO)


def actor_for(account: Account) -> Actor:
    from app.marketplace.queries import provider_ids_of

    return queries.load_actor(account, provider_ids_of(account.id))


def make_plan(person: Person, outcomes: Sequence[OutcomeInput] | None = None) -> Plan:
    today = clock.today()
    return plans.agree_plan(
        SYSTEM,
        person,
        about_me="I like being by the water, and people who turn up when they say they will.",
        starts_on=today.replace(day=1),
        ends_on=clock.last_day(clock.add_months(clock.period_of(today), 11)),
        review_due_on=clock.last_day(clock.add_months(clock.period_of(today), 11)),
        agreed_with="Priya Shah",
        outcomes=outcomes
        or [
            OutcomeInput(
                "Swim every week and feel stronger",
                12_000,
                {Stream.HEALTH: 1},
                examples=["Pool sessions", "Somebody to come with me"],
                categories=["activities-and-leisure", "personal-assistants"],
            )
        ],
    )


def make_budget(
    person: Person,
    plan: Plan | None = None,
    streams: Mapping[Stream, int] | None = None,
    contingency_pence: int = 0,
    paid_in: bool = True,
) -> Budget:
    """An agreed budget with monthly streams, the first month paid in unless told otherwise."""
    today = clock.today()
    streams = streams or {Stream.HEALTH: 100_000}
    yearly = 12 * sum(streams.values())
    budget = agreeing.agree_budget(
        SYSTEM,
        person,
        plan_id=plan.id if plan else None,
        name="Health and care budget",
        starts_on=today.replace(day=1),
        ends_on=clock.last_day(clock.add_months(clock.period_of(today), 11)),
        indicative_pence=yearly,
        streams=[agreeing.StreamInput(s, Cycle.MONTHLY, pence) for s, pence in streams.items()],
        parts=[(HeldAs.DIRECT_PAYMENT, yearly, "Paid to your own account before each month")],
        working=[("Support agreed in your plan", yearly)],
        contingency_pence=contingency_pence,
    )
    if paid_in:
        pay_in(budget)
    return budget


def pay_in(budget: Budget, pence: Mapping[Stream, int] | None = None) -> None:
    """Money into each stream: a month's, or what is given."""
    sums = pence or {item.stream: item.amount_pence for item in budget.streams}
    sources = ledger.ensure_accounts(
        budget.commissioner_id, [(OwnerKind.FUNDER, budget.commissioner_id, stream) for stream in sums]
    )
    accounts = {item.stream: item.ledger_account_id for item in budget.streams}
    legs = []
    for stream, amount in sums.items():
        account = accounts[stream]
        assert account is not None
        legs.append(ledger.Leg(sources[OwnerKind.FUNDER, budget.commissioner_id, stream], account, amount))
    ledger.write_transfers(
        commissioner_id=budget.commissioner_id,
        actor_id=None,
        actor_name="Tests",
        kind=TransferKind.ALLOCATION,
        phase=Phase.POSTED,
        legs=legs,
        memo="Money in",
        counts_on=clock.today(),
    )
    db.session.flush()


def make_holder(**streams: int) -> tuple[Account, Person, Plan, Budget]:
    """An adult with an account of their own, a coordinator, a plan and a budget of £1,000 a month."""
    commissioner = make_commissioner()
    coordinator = make_account("Priya Shah")
    make_post(coordinator, commissioner)
    person = make_person(commissioner, coordinator=coordinator)
    account = make_account("Sam Okafor")
    give_authority(account, person)
    plan = make_plan(person)
    budget = make_budget(person, plan, {Stream(name): pence for name, pence in streams.items()} or None)
    return account, person, plan, budget


def say_gets_nothing(actor: Actor, purchase: Purchase) -> None:
    """What a broker is asked before they send something; nobody else is."""
    if actor.brokers_for(purchase.person_id):
        declaring.declare(actor, purchase, BenefitInput(False))
