"""A move: until the day all goes on, on the day what the page said is done once, and no money goes along."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.budgets import queries as budgets
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError, StateError
from app.identity import authorities
from app.identity.models import Account, Caseload
from app.identity.queries import acting_accounts
from app.identity.rules import AuthorityKind, Scope
from app.ledger import proof
from app.messages.models import Notice
from app.plans.models import Plan, PlanState
from app.purchases.rules import State
from app.stewardship import changes_after
from app.stewardship.changes_clock import follow_changes
from app.stewardship.changes_follows import TaskKind
from app.stewardship.changes_handover import accept_handover
from app.stewardship.changes_models import ChangeTask
from app.stewardship.changes_rules import ChangeState
from tests import factories as make
from tests.stewardship.life import BORN, TODAY, Life, ask, ledger_is_right, make_life, moved, tasks


def test_until_the_day_of_a_move_all_goes_on(george: Life, own: Account) -> None:
    on = clock.today() + timedelta(days=30)
    change = moved(george, on)
    assert follow_changes().moved == 0
    assert ask(george, own).state is State.AWAITING_APPROVAL
    with clock.at(TODAY + timedelta(days=33)):  # the day itself was missed
        assert follow_changes().moved == 1
        assert follow_changes().moved == 0
        db.session.refresh(change)
        assert change.state is ChangeState.DONE
        assert george.budget.ends_on == george.wages.ends_on == on - timedelta(days=1)
        assert {a.scope for _, a in acting_accounts(george.person.id)} == {Scope.VIEW}
        assert db.session.scalar(select(Caseload.ends_on).where(Caseload.person_id == george.person.id))
        assert budgets.balance(george.budget).promised == 0
        assert ledger_is_right()
        with pytest.raises(StateError):
            changes_after.take_back(make.actor_for(george.priya), george.person, change.ref, "They came back.")


def test_a_move_that_does_not_happen_changes_nothing(george: Life, own: Account) -> None:
    change = moved(george, clock.today() + timedelta(days=10))
    changes_after.take_back(make.actor_for(george.priya), george.person, change.ref, "The flat fell through.")
    with clock.at(TODAY + timedelta(days=20)):
        assert follow_changes().moved == 0
    assert george.wages.ends_on is None


def test_somebody_there_takes_over_and_no_money_goes_along(george: Life, own: Account) -> None:
    wendover = make.make_commissioner("Wendover Hills Care Board")
    ingrid = make.make_account("Ingrid Solberg")
    make.make_post(ingrid, wendover)
    change = moved(george, clock.today() + timedelta(days=3), wendover, sends_plan=True)
    with pytest.raises(NotFoundError):
        accept_handover(make.actor_for(george.priya), change.ref)
    new = accept_handover(make.actor_for(ingrid), change.ref)
    with pytest.raises(StateError):
        accept_handover(make.actor_for(ingrid), change.ref)
    assert new.commissioner_id == wendover.id
    draft = db.session.scalars(select(Plan).where(Plan.person_id == new.id)).one()
    assert draft.state is PlanState.DRAFT
    assert [item.indicative_pence for item in draft.outcomes] == [0]
    assert budgets.budgets_of(make.SYSTEM, new) == []
    with clock.at(TODAY + timedelta(days=3)):
        follow_changes()
        grants = {grant.person_id: grant.scope for grant in make.actor_for(own).grants}
        assert grants == {george.person.id: Scope.VIEW, new.id: Scope.BUY}
        assert not [grant for grant in make.actor_for(george.parent).grants if grant.person_id == new.id]
    assert ledger_is_right()


@pytest.mark.parametrize("days", [0, 120])
def test_who_is_taken_over_after_the_day_decides_there_as_before(george: Life, own: Account, days: int) -> None:
    wendover = make.make_commissioner("Wendover Hills Care Board")
    ingrid = make.make_account("Ingrid Solberg")
    make.make_post(ingrid, wendover)
    change = moved(george, clock.today(), wendover)
    with clock.at(TODAY + timedelta(days=days)):  # after three months nobody looks any more
        new = accept_handover(make.actor_for(ingrid), change.ref)
        grants = {grant.person_id: grant.scope for grant in make.actor_for(own).grants}
    assert grants[new.id] is Scope.BUY
    assert grants.get(george.person.id) is (None if days else Scope.VIEW)


def test_nothing_stays_where_they_were_awaited_if_they_do_not_move(george: Life, own: Account) -> None:
    wendover = make.make_commissioner("Wendover Hills Care Board")
    ingrid = make.make_account("Ingrid Solberg")
    make.make_post(ingrid, wendover)
    change = moved(george, clock.today() + timedelta(days=3), wendover, sends_plan=True)
    new = accept_handover(make.actor_for(ingrid), change.ref)
    changes_after.take_back(make.actor_for(george.priya), george.person, change.ref, "The flat fell through.")
    with clock.at(TODAY + timedelta(days=5)):
        grants = {grant.person_id: grant.scope for grant in make.actor_for(own).grants}
    assert grants == {george.person.id: Scope.BUY}
    assert db.session.scalars(select(Plan).where(Plan.person_id == new.id)).all() == []
    caseload = db.session.scalars(select(Caseload).where(Caseload.person_id == new.id)).one()
    assert caseload.ends_on == caseload.starts_on
    with pytest.raises(StateError):
        authorities.require_open(new)
    told = db.session.scalars(select(Notice.title).where(Notice.account_id == ingrid.id)).all()
    assert any("does not move to you after all" in title for title in told)


def test_what_was_paid_ahead_is_listed_for_finance(george: Life, own: Account) -> None:
    bought = ask(george, own, "Pool sessions", 2_000)
    bought.needed_from = clock.today() + timedelta(days=40)
    db.session.flush()
    assert bought.state is State.PAID
    change = moved(george, clock.today())
    assert [task.pence for task in tasks(change, TaskKind.PAID_AHEAD)] == [2_000]


def test_two_workers_at_once_move_once(real_database: Flask) -> None:
    with real_database.app_context():
        life = make_life(BORN, kind=AuthorityKind.NOMINEE, given="George")
        with clock.at(clock.now() - timedelta(days=5)):
            change = moved(life, clock.today() + timedelta(days=2))
        change_id, parent_id = change.id, life.parent.id
        db.session.commit()
    barrier = threading.Barrier(3)
    failures: list[BaseException] = []

    def work() -> None:
        with real_database.app_context():
            try:
                barrier.wait(10)
                follow_changes()
                db.session.commit()
            except BaseException as error:
                failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failures
    with real_database.app_context():
        count = select(func.count()).select_from(Notice).where(Notice.account_id == parent_id)
        assert db.session.scalar(count) == 2, "when it was noted, and on the day"
        settled = select(func.count()).select_from(ChangeTask)
        assert (
            db.session.scalar(settled.where(ChangeTask.change_id == change_id, ChangeTask.kind == TaskKind.SETTLE)) == 1
        )
        assert not proof.verify().problems


def test_wages_earned_before_a_move_are_paid_from_the_budget_that_owes_them(george: Life, own: Account) -> None:
    """What somebody earned until the day falls due after it: it is still the old commissioner's to pay."""
    change = moved(george, clock.today())
    (task,) = tasks(change, TaskKind.PAY_OWED)
    assert task.subject_id == george.wages.id
    assert "pay up to Monday 23 November 2026" in task.words
    assert [item.subject_id for item in tasks(change, TaskKind.EMPLOYER)] == [None], "who pays from then on"
    priya, before = make.actor_for(george.priya), budgets.balance(george.budget).available
    with clock.at(TODAY + timedelta(days=4)):
        paid = changes_after.pay_owed(priya, george.person, task.ref, "Pay for 1 to 23 November", 15_000)
    assert (paid.state, paid.requested_as, paid.payee_name) == (State.PAID, "coordinator", "Marta Kowalczyk")
    assert budgets.balance(george.budget).available == before - 15_000
    told = db.session.scalars(select(Notice.title).where(Notice.account_id == own.id)).all()
    assert "Priya Shah paid what was owed to somebody who works for George." in told
    for item in (task, *tasks(change, TaskKind.EMPLOYER)):
        changes_after.finish_task(priya, george.person, item.ref, "Agreed with Leeds")
    changes_after.close(priya, george.person, change.ref)
    with pytest.raises(StateError):
        changes_after.pay_owed(priya, george.person, task.ref, "More", 100)
    assert ledger_is_right()


def test_before_the_day_of_a_move_nothing_is_owed(george: Life, own: Account) -> None:
    change = moved(george, clock.today() + timedelta(days=10))
    assert not tasks(change, TaskKind.PAY_OWED), "it is paid as agreed until then"
