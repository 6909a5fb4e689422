"""From a life as written down to rows: person, account, authority, plan, budget, regular payments."""

from __future__ import annotations

import io
import math
import unicodedata
from datetime import date, timedelta
from typing import Any

from werkzeug.datastructures import FileStorage

from app.budgets import agreeing
from app.budgets.models import Budget
from app.budgets.rules import Cycle, HeldAs
from app.core import clock
from app.demo import papers
from app.demo.kinds import Aim, Life
from app.demo.lives_cases import CASES
from app.demo.lives_changing import CHANGING
from app.demo.lives_exercise import EXERCISE
from app.demo.lives_main import MAIN
from app.demo.lives_ordinary import ORDINARY
from app.demo.lives_others import OTHERS, WENDOVER
from app.demo.setting import BOARD
from app.demo.world import SYSTEM, Someone, World
from app.evidence import papers as kept
from app.identity import service as identity
from app.identity.models import Account, Authority, Person
from app.identity.rules import AuthorityKind, EvidenceKind, Scope
from app.plans import service as plans
from app.plans.models import Plan

LIVES: tuple[Life, ...] = (*MAIN, *CASES, *EXERCISE, *ORDINARY, *OTHERS, *CHANGING, *WENDOVER)
BROKER_LIMIT = 25_000
_PAPERS = {
    EvidenceKind.CONSENT: (BOARD, "Consent form"),
    EvidenceKind.PARENTAL_RESPONSIBILITY: ("General Register Office", "Birth certificate"),
    EvidenceKind.LPA_PROPERTY: ("Office of the Public Guardian", "Lasting power of attorney"),
}


def begins(life: Life, this_month: date) -> date:
    """The first day of a life's plan and budget."""
    return clock.add_months(this_month, -life.months_ago)


def enter(world: World, life: Life) -> Someone:
    """Make everything of one person, as agreed on the day the story's clock shows."""
    start = begins(life, world.this_month)
    commissioner = world.wendover if life.coordinator == "ingrid" else world.board
    coordinator = world.accounts[life.coordinator]
    person = identity.add_person(
        SYSTEM,
        commissioner,
        life.given,
        life.family,
        life.born(world.today),
        life.postcode,
        coordinator,
        since=clock.today(),
    )
    account = _account(world, life)
    kind = life.helper.kind if life.helper else AuthorityKind.SELF
    shown = _papers(world, life, kind, coordinator.name)
    authority = identity.grant_authority(SYSTEM, account, person, kind, Scope.BUY, starts_on=clock.today(), **shown)
    if shown:
        _keep_paper(world, coordinator, authority)
    _let_broker_in(world, life, person)
    plan = _plan(world, life, person, start)
    budget = _budget(world, life, person, plan, start)
    regulars = [
        agreeing.agree_regular_payment(
            world.actor(coordinator),
            budget,
            outcome_id=plan.outcomes[item.aim].id,
            words=item.words,
            payee=item.payee,
            category=item.category,
            amount_pence=item.pence,
            day_of_month=item.day,
            starts_on=start,
        )
        for item in life.regulars
    ]
    return Someone(life, person, account, plan, budget, regulars)


def _papers(world: World, life: Life, kind: AuthorityKind, checked_by: str) -> dict[str, Any]:
    """What shows that somebody acts, as the coordinator checked it, and when it is looked at again."""
    if kind is AuthorityKind.SELF:
        return {}
    if kind is AuthorityKind.NOMINEE:
        return {"evidence": EvidenceKind.CONSENT, "checked_by_name": checked_by}
    child = life.age < 16
    return {
        "evidence": EvidenceKind.PARENTAL_RESPONSIBILITY if child else EvidenceKind.LPA_PROPERTY,
        "registration_number": "" if child else "7000-1402-3388",
        "checked_by_name": checked_by,
        "look_again_on": clock.last_day(clock.add_months(world.this_month, 5)),
    }


def _keep_paper(world: World, coordinator: Account, authority: Authority) -> None:
    """A copy of what shows that they may act, handed to the coordinator."""
    assert authority.evidence is not None
    office, what = _PAPERS[authority.evidence]
    copy = papers.copy(office, what, authority.account.name, clock.today())
    file = FileStorage(io.BytesIO(copy), filename=f"{what.lower()}.pdf")
    kept.add_paper(world.actor(coordinator), authority, file)


def _account(world: World, life: Life) -> Account:
    name = life.helper.name if life.helper else f"{life.given} {life.family}"
    email = life.email or (life.helper.email if life.helper else "") or f"{_plain(name)}@example.org"
    account = identity.open_account(SYSTEM, email, name, hashed=world.hashed)
    world.accounts[life.key] = account
    return account


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return ".".join("".join(ch for ch in word if ch.isalnum()) for word in letters.split())


def _let_broker_in(world: World, life: Life, person: Person) -> None:
    scopes = {"sam": (Scope.PREPARE, None), "amira": (Scope.PREPARE, None), "harriet": (Scope.BUY, BROKER_LIMIT)}
    asked_by = life.helper.name if life.helper else f"{life.given} {life.family}"
    consent: dict[str, Any] = {
        "evidence": EvidenceKind.CONSENT,
        "checked_by_name": f"{asked_by}, who asked for it",
        "starts_on": clock.today(),
    }
    if life.key in scopes:
        scope, limit = scopes[life.key]
        identity.grant_authority(
            SYSTEM,
            world.accounts["leonie"],
            person,
            AuthorityKind.BROKER,
            scope,
            buy_limit_pence=limit,
            **consent,
        )
    if life.key == "sam":  # who has had three brokers; one of them has gone since
        for key in ("dele", "fran"):
            broker = world.accounts[key]
            identity.grant_authority(SYSTEM, broker, person, AuthorityKind.BROKER, Scope.PREPARE, **consent)


def _plan(world: World, life: Life, person: Person, start: date) -> Plan:
    coordinator = world.accounts[life.coordinator]
    last = clock.last_day(clock.add_months(start, life.months_long - 1))
    # reviews come once a year at least, and none is overdue while the demonstration is young
    review = clock.last_day(clock.add_months(world.this_month, 2 + sum(map(ord, life.key)) % 4))
    return plans.agree_plan(
        world.actor(coordinator),
        person,
        about_me=life.about_me,
        starts_on=start,
        ends_on=last,
        review_due_on=min(review, last),
        agreed_with=coordinator.name,
        outcomes=[_outcome(life, aim) for aim in life.aims],
    )


def _outcome(life: Life, aim: Aim) -> plans.OutcomeInput:
    funding = dict(aim.funding or life.monthly or life.one_off)
    common = math.gcd(*funding.values())
    shares = {stream: part // common for stream, part in funding.items()}
    return plans.OutcomeInput(aim.words, aim.pence, shares, aim.per, aim.examples, aim.categories, aim.risks)


def _budget(world: World, life: Life, person: Person, plan: Plan, start: date) -> Budget:
    months = life.months_long if life.monthly else 1
    a_month = sum(life.monthly.values()) + sum(life.one_off.values())
    working = [*life.working]
    rest = a_month - sum(pence for _, pence in working)
    if rest:
        working.append(("To a round sum", rest))
    spell = f", for {life.months_long} months" if life.monthly else ""
    parts = life.parts or ((HeldAs.DIRECT_PAYMENT, a_month, "Paid to your own account before each month"),)
    if not life.monthly and not life.parts:
        parts = ((HeldAs.DIRECT_PAYMENT, a_month, "Paid once to your own account"),)
    return agreeing.agree_budget(
        world.actor(world.accounts[life.coordinator]),
        person,
        plan_id=plan.id,
        name=life.budget_name,
        starts_on=start,
        ends_on=plan.ends_on,
        indicative_pence=a_month * months * 95 // 100,
        streams=[
            *(agreeing.StreamInput(stream, Cycle.MONTHLY, pence) for stream, pence in life.monthly.items()),
            *(agreeing.StreamInput(stream, Cycle.ONE_OFF, pence) for stream, pence in life.one_off.items()),
        ],
        parts=[(way, pence * months, words) for way, pence, words in parts],
        working=[(f"{words}{spell}", pence * months) for words, pence in working],
        contingency_pence=life.contingency,
    )


def entered_on(life: Life, this_month: date) -> date:
    """The day on which plan and budget were agreed: some days before they begin."""
    return begins(life, this_month) - timedelta(days=6)
