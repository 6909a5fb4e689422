"""Sixteen, done: told in time, the right passes on the day, once, and nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.budgets.regular_rules import RegularState
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError, NotFoundError
from app.identity import service
from app.identity.queries import acting_accounts
from app.identity.rules import AuthorityKind, EvidenceKind, Scope
from app.messages.models import Notice
from app.purchases import service as purchases
from app.purchases.rules import LineInput, State
from app.stewardship.capacity import CapacityInput, record_capacity, see_capacity
from app.stewardship.changes_clock import remind_of_capacity
from app.stewardship.changes_follows import digest_of
from app.stewardship.changes_models import SixteenStep
from app.stewardship.sixteen import turn, turn_sixteen
from app.stewardship.sixteen_nominee import NOBODY, choose_nominee
from app.stewardship.sixteen_rules import Step
from tests import factories as make
from tests.stewardship.life import Life, died, make_life, moved, sixteen_in

TODAY = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def now(session) -> Iterator[None]:
    with clock.at(TODAY):
        yield


def later(days: int):
    return clock.at(TODAY + timedelta(days=days))


def notices(account) -> list[str]:
    return list(db.session.scalars(select(Notice.title).where(Notice.account_id == account.id).order_by(Notice.id)))


def add_own(life: Life, scope: Scope = Scope.VIEW):
    own = make.make_account("Amira Rahman")
    service.grant_authority(make.SYSTEM, own, life.person, AuthorityKind.SELF, scope, starts_on=clock.today())
    return own


def lacking(life: Life) -> None:
    typed = CapacityInput(
        "lacks",
        "Managing the money of the budget",
        clock.today(),
        "Dr Amin, her GP",
        "We went through it with pictures, twice. She could not keep in mind what a choice would mean.",
        clock.today() + timedelta(days=300),
    )
    priya = make.actor_for(life.priya)
    record_capacity(priya, life.person, typed, digest_of(see_capacity(priya, life.person, typed)))


def test_everybody_is_told_six_and_three_months_before_and_nobody_twice(now) -> None:
    life = make_life(sixteen_in(180))
    own = add_own(life)
    assert turn_sixteen().told == 1
    assert turn_sixteen().told == 0
    assert notices(life.parent) == ["Amira will be sixteen on Sunday 23 May 2027. Who decides changes then."]
    assert notices(own) == ["You will be sixteen on Sunday 23 May 2027. From then on you decide about your money."]
    assert "what to do before" in notices(life.priya)[0]
    with later(95):
        assert turn_sixteen().told == 1
        assert turn_sixteen().told == 0
    assert len(notices(life.parent)) == 2
    assert life.authority(life.parent).scope is Scope.BUY, "nothing changes before the day"


def test_nobody_is_told_before_it_is_time_or_where_nobody_acts_as_for_a_child(now) -> None:
    make_life(sixteen_in(200))
    make_life(date(1990, 5, 5))  # an adult who lacks capacity: her representative began long after sixteen
    make_life(sixteen_in(30), kind=AuthorityKind.NOMINEE)
    assert turn_sixteen().told == 0


def test_on_the_day_the_parent_looks_and_the_young_person_buys(now) -> None:
    life = make_life(sixteen_in(0))
    own = add_own(life)
    assert turn_sixteen().passed == 1
    assert life.authority(life.parent).scope is Scope.VIEW
    assert life.authority(own).scope is Scope.BUY
    draft = purchases.start_draft(make.actor_for(own), life.person)
    with pytest.raises(NotAllowedError):
        purchases.cancel(make.actor_for(life.parent), draft)


def test_the_day_before_nothing_passes_and_a_missed_day_is_made_up(now) -> None:
    life = make_life(sixteen_in(1))
    turn_sixteen()
    assert life.authority(life.parent).scope is Scope.BUY
    with later(12):
        assert turn_sixteen().passed == 1
    assert life.authority(life.parent).scope is Scope.VIEW


def test_nothing_is_lost_and_pay_goes_on(now) -> None:
    life = make_life(sixteen_in(0))
    parent = make.actor_for(life.parent)
    draft = purchases.start_draft(parent, life.person)
    purchases.put_line(parent, draft, None, LineInput("A trampoline", 3_200, outcome_ref=life.plan.outcomes[0].ref))
    turn_sixteen()
    assert draft.state is State.DRAFT
    assert life.wages.state is RegularState.RUNNING
    assert life.wages.ends_on is None
    assert "1 draft is kept" in db.session.scalars(
        select(Notice.body).where(Notice.account_id == life.parent.id).order_by(Notice.id.desc())
    ).first()


def test_a_nominee_of_their_own_choice_goes_on_buying(now) -> None:
    life = make_life(sixteen_in(20))
    own = add_own(life)
    choose_nominee(make.actor_for(own), life.person, str(life.parent.id))
    assert life.authority(life.parent).kind is AuthorityKind.REPRESENTATIVE, "kept for the day"
    with later(20):
        turn_sixteen()
    new = life.authority(life.parent)
    assert (new.kind, new.scope, new.evidence) == (AuthorityKind.NOMINEE, Scope.BUY, EvidenceKind.CONSENT)
    assert life.authority(life.parent, ended=True).kind is AuthorityKind.REPRESENTATIVE


def test_after_the_day_a_choice_holds_at_once_and_can_be_changed(now) -> None:
    life = make_life(sixteen_in(0))
    own = add_own(life)
    turn_sixteen()
    choose_nominee(make.actor_for(own), life.person, str(life.parent.id))
    assert life.authority(life.parent).kind is AuthorityKind.NOMINEE
    assert life.authority(life.parent).scope is Scope.BUY
    choose_nominee(make.actor_for(own), life.person, NOBODY)
    assert not [item for item in acting_accounts(life.person.id) if item[0].id == life.parent.id]
    assert make.actor_for(life.parent).grants == ()


def test_a_parent_does_not_choose_themself(now) -> None:
    life = make_life(sixteen_in(20))
    add_own(life)
    with pytest.raises(NotFoundError):
        choose_nominee(make.actor_for(life.parent), life.person, str(life.parent.id))


def test_a_coordinator_writes_down_how_it_was_said_and_one_who_acts_for_them_does_not(now) -> None:
    life = make_life(sixteen_in(20))
    choice = choose_nominee(
        make.actor_for(life.priya), life.person, str(life.parent.id), given_on=clock.today(), how="With cards, at home."
    )
    assert not choice.by_themself
    make.give_authority(life.priya, life.person, AuthorityKind.NOMINEE)
    with pytest.raises(NotFoundError):
        choose_nominee(make.actor_for(life.priya), life.person, NOBODY, given_on=clock.today(), how="On the phone.")


@pytest.mark.parametrize("change", [died, moved])
def test_nobody_is_told_of_the_birthday_of_who_died_or_moved_away(now, change) -> None:
    life = make_life(sixteen_in(10))
    own = add_own(life)
    change(life, clock.today())
    with later(10):
        before = notices(life.parent)
        assert turn(life.person.id) is None
        assert turn_sixteen().told == 0
        assert notices(life.parent) == before
        assert not [grant for grant in make.actor_for(own).grants if grant.scope is not Scope.VIEW]


def test_who_moved_as_a_child_decides_there_from_sixteen(now) -> None:
    """Nobody acts for them there yet: their own sign-in, which only looks, is reason enough."""
    life = make_life(sixteen_in(20))
    own = add_own(life)
    db.session.delete(life.authority(life.parent))
    db.session.flush()
    with later(20):
        assert turn_sixteen().passed == 1
        assert life.authority(own).scope is Scope.BUY


def test_recorded_as_lacking_the_parent_goes_on(now) -> None:
    life = make_life(sixteen_in(10))
    own = add_own(life)
    lacking(life)
    assert life.authority(life.parent).scope is Scope.BUY, "before sixteen it changes nothing"
    with later(10):
        turn_sixteen()
    assert life.authority(life.parent).scope is Scope.BUY
    assert life.authority(own).scope is Scope.VIEW
    with pytest.raises(NotAllowedError):
        choose_nominee(make.actor_for(own), life.person, NOBODY)


def test_several_parents_and_a_broker(now) -> None:
    life = make_life(sixteen_in(0))
    yusuf, leonie = make.make_account("Yusuf Rahman"), make.make_account("Leonie Baptiste")
    since = clock.today() - timedelta(days=30)
    service.grant_authority(
        make.SYSTEM, yusuf, life.person, AuthorityKind.REPRESENTATIVE, Scope.VIEW, starts_on=since
    )
    service.grant_authority(
        make.SYSTEM, leonie, life.person, AuthorityKind.BROKER, Scope.BUY, starts_on=since, buy_limit_pence=5_000
    )
    turn_sixteen()
    assert life.authority(yusuf).scope is Scope.VIEW
    assert life.authority(leonie).scope is Scope.PREPARE
    assert life.authority(leonie).buy_limit_pence is None
    assert notices(yusuf)
    assert notices(leonie)


def test_it_is_in_the_audit_with_why(now) -> None:
    life = make_life(sixteen_in(0))
    turn_sixteen()
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.person_id == life.person.id, AuditEntry.verb == "identity.lower_scope")
    ).one()
    assert entry.why == "Sixteenth birthday"
    assert entry.actor_role == "system"


def test_two_workers_at_once_tell_once(real_database: Flask) -> None:
    with real_database.app_context():
        life = make_life(sixteen_in(0))
        parent_id, person_id = life.parent.id, life.person.id
        db.session.commit()
    barrier = threading.Barrier(4)
    failures: list[BaseException] = []

    def work() -> None:
        with real_database.app_context():
            try:
                barrier.wait(10)
                turn_sixteen()
                db.session.commit()
            except BaseException as error:
                failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failures
    with real_database.app_context():
        count = select(func.count()).select_from(Notice).where(Notice.account_id == parent_id)
        assert db.session.scalar(count) == 1
        steps = db.session.scalars(select(SixteenStep.step).where(SixteenStep.person_id == person_id)).all()
        assert steps == [Step.DAY]


def test_a_finding_is_looked_at_again_once(now) -> None:
    life = make_life(sixteen_in(0))
    lacking(life)
    assert remind_of_capacity() == 0
    with later(300):
        assert remind_of_capacity() == 1
        assert remind_of_capacity() == 0
    assert "Look again" in notices(life.priya)[-1]
