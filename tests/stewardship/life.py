"""A child who is nearly sixteen, with a parent, a coordinator, money and something agreed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from app.budgets import agreeing
from app.budgets.models import Budget, RegularPayment
from app.core import clock
from app.core.db import db
from app.identity import service
from app.identity.models import Account, Authority, Person
from app.identity.rules import AuthorityKind, Scope, StaffRole
from app.ledger import proof
from app.plans.models import Plan
from app.purchases import regular
from app.purchases import service as purchases
from app.purchases.models import Purchase
from app.purchases.rules import DetailsInput, LineInput
from app.stewardship import changes
from app.stewardship.changes_follows import TaskKind, digest_of
from app.stewardship.changes_models import ChangeTask, LifeChange
from tests import factories as make

TODAY = datetime(2026, 11, 24, 12, tzinfo=UTC)
BORN = date(1950, 3, 4)


@dataclass
class Life:
    """Everybody around one person."""

    person: Person
    parent: Account
    priya: Account
    helen: Account
    plan: Plan
    budget: Budget
    wages: RegularPayment

    def authority(self, account: Account, *, ended: bool = False) -> Authority:
        """The authority of an account over the person."""
        rows = select(Authority).where(Authority.account_id == account.id, Authority.person_id == self.person.id)
        ended_at = Authority.ended_at.is_not(None) if ended else Authority.ended_at.is_(None)
        return db.session.scalars(rows.where(ended_at).execution_options(populate_existing=True)).one()


def make_life(born: date, *, kind: AuthorityKind = AuthorityKind.REPRESENTATIVE, given: str = "Amira") -> Life:
    """A person with one who acts for them, a coordinator, a finance officer, a month's money and a PA's wages."""
    board = make.make_commissioner()
    priya, helen = make.make_account("Priya Shah"), make.make_account("Helen Achterberg")
    make.make_post(priya, board)
    make.make_post(helen, board, StaffRole.FINANCE)
    person = make.make_person(board, given, "Rahman", born=born, coordinator=priya)
    parent = make.make_account("Nadia Rahman")
    since = clock.today() - timedelta(days=900)
    service.grant_authority(make.SYSTEM, parent, person, kind, Scope.BUY, starts_on=since)
    plan = make.make_plan(person)
    budget = make.make_budget(person, plan)
    wages = agreeing.agree_regular_payment(
        make.SYSTEM,
        budget,
        outcome_id=plan.outcomes[0].id,
        words="Wages for Marta",
        payee="Marta Kowalczyk",
        category="personal-assistants",
        amount_pence=20_000,
        day_of_month=28,
        starts_on=budget.starts_on,
    )
    return Life(person, parent, priya, helen, plan, budget, wages)


def sixteen_in(days: int) -> date:
    """A birth date of somebody who will be sixteen in so many days."""
    day = clock.today() + timedelta(days=days)
    return day.replace(year=day.year - 16)


def ask(life: Life, account: Account, words: str = "A trampoline for the garden", pence: int = 60_000) -> Purchase:
    """Something that waits for a coordinator."""
    actor = make.actor_for(account)
    wanted = purchases.start_draft(actor, life.person)
    line = LineInput(words, pence, outcome_ref=life.plan.outcomes[0].ref)
    purchases.put_line(actor, wanted, None, line)
    purchases.set_details(actor, wanted, DetailsInput("Garden World", bought_on=clock.today()))
    return purchases.submit(actor, wanted)


def died(life: Life, day: date) -> LifeChange:
    priya = make.actor_for(life.priya)
    return changes.record_death(
        priya, life.person, day, "His daughter Ann", digest_of(changes.see_death(priya, life.person, day))
    )


def moved(life: Life, on: date, to=None, *, sends_plan: bool = False) -> LifeChange:
    priya = make.actor_for(life.priya)
    follows = changes.see_move(priya, life.person, on, "Leeds City Council", to)
    return changes.note_move(
        priya, life.person, on, "Leeds City Council", to, sends_plan=sends_plan, seen=digest_of(follows)
    )


def post_regular(life: Life) -> list[Purchase]:
    """What CarePurse wrote down of the wages by itself until today."""
    for payment_id, day in list(regular.due_days(clock.today(), life.wages.id)):
        regular.post_occurrence(make.SYSTEM, payment_id, day)
    return list(db.session.scalars(select(Purchase).where(Purchase.regular_payment_id == life.wages.id)))


def ledger_is_right() -> bool:
    db.session.flush()
    return not proof.verify().problems


def tasks(change: LifeChange, kind: TaskKind) -> list[ChangeTask]:
    rows = select(ChangeTask).where(ChangeTask.change_id == change.id, ChangeTask.kind == kind)
    return list(db.session.scalars(rows.order_by(ChangeTask.id)))
