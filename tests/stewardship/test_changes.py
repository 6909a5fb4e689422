"""A death: what the page said is what was done, the ledger is right, and a mistake is taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.acting import answering, inviting, mailing
from app.acting import queries as invitations
from app.acting.inviting import Terms
from app.audit.models import AuditEntry
from app.budgets import allocations
from app.budgets import queries as budgets
from app.budgets.regular_rules import PostedBy, RegularState
from app.core import clock
from app.core.db import db
from app.core.errors import InsufficientFundsError, InvalidError, NotAllowedError, NotFoundError, StateError
from app.identity import authorities
from app.identity.models import Account
from app.identity.queries import acting_accounts
from app.identity.rules import AuthorityKind, Scope, StaffRole
from app.messages.models import Notice
from app.purchases import regular
from app.purchases import service as purchases
from app.purchases.idea_rules import IdeaInput
from app.purchases.rules import State
from app.stewardship import changes, changes_after, openings
from app.stewardship.changes_clock import follow_changes
from app.stewardship.changes_follows import Deed, TaskKind, digest_of
from app.stewardship.changes_queries import open_to_put_back
from app.stewardship.changes_rules import ChangeState
from app.stewardship.changes_settling import settle, settlement_of
from tests import factories as make
from tests.stewardship.life import TODAY, Life, ask, died, ledger_is_right, post_regular, tasks


def test_a_death_frees_what_was_held_and_takes_nothing_back(george: Life, own: Account) -> None:
    waiting = ask(george, own)
    idea = purchases.ask_idea(
        make.actor_for(own), george.person, IdeaInput("Pottery class", george.plan.outcomes[0].ref, 1_200, "weekly")
    )
    assert waiting.state is State.AWAITING_APPROVAL
    before = budgets.balance(george.budget)
    assert before.promised == 60_000
    change = died(george, clock.today() - timedelta(days=2))
    db.session.refresh(waiting)
    db.session.refresh(idea)
    assert waiting.state is State.CANCELLED
    assert waiting.end_reason == "The person has died"
    assert idea.state.value == "withdrawn"
    after = budgets.balance(george.budget)
    assert (after.promised, after.available) == (0, before.available + before.promised), "nothing left the budget"
    assert george.wages.ends_on == clock.today() - timedelta(days=2)
    assert allocations.budgets_to_pay(date(2026, 12, 1)) == [], "no more money comes in"
    assert tasks(change, TaskKind.SETTLE)[0].pence == after.available
    assert ledger_is_right()


def test_his_own_sign_in_is_closed_and_the_nominee_looks_until_a_day(george: Life, own: Account) -> None:
    change = died(george, clock.today())
    assert own.closed_at is not None
    left = acting_accounts(george.person.id)
    assert [(account.id, authority.scope) for account, authority in left] == [(george.parent.id, Scope.VIEW)]
    assert left[0][1].ends_on == change.access_until == clock.today() + timedelta(days=90)
    assert not db.session.scalars(select(Notice).where(Notice.account_id == own.id)).all(), "he is told nothing"
    told = db.session.scalars(select(Notice.title).where(Notice.account_id == george.parent.id)).all()
    assert len(told) == 1
    assert "We are sorry" in told[0]
    with clock.at(TODAY + timedelta(days=91)):
        assert acting_accounts(george.person.id) == [], "the day ends it, whether the job runs or not"
        assert follow_changes().ended == 1
        assert follow_changes().ended == 0


def test_nobody_says_yes_to_an_invitation_any_more(george: Life, own: Account) -> None:
    asked = inviting.invite(
        make.actor_for(george.priya), george.person, "new@example.org", AuthorityKind.NOMINEE, Terms(Scope.BUY)
    )
    token, new = mailing.mint(asked), make.make_account("Ann Rahman", "new@example.org")
    assert invitations.invitation_of(token)
    died(george, clock.today())
    assert invitations.invitation_of(token) is None
    with pytest.raises(NotFoundError):
        answering.accept(make.actor_for(new), token)


def test_what_was_written_down_for_a_later_day_is_put_back_once(george: Life, own: Account) -> None:
    regular.set_posted_by(make.actor_for(own), george.wages, PostedBy.CAREPURSE)
    with clock.at(TODAY + timedelta(days=5)):
        posted = post_regular(george)
        assert [row.state for row in posted] == [State.PAID]
        available = budgets.balance(george.budget).available
        change = died(george, date(2026, 11, 20))
        task = tasks(change, TaskKind.PUT_BACK)[0]
        priya = make.actor_for(george.priya)
        changes_after.put_payment_back(priya, george.person, task.ref)
        assert budgets.balance(george.budget).available == available + 20_000
        with pytest.raises(StateError):
            changes_after.put_payment_back(priya, george.person, task.ref)
        assert ledger_is_right()


def test_pay_that_is_owed_can_be_paid_until_it_is_closed(george: Life, own: Account) -> None:
    change = died(george, clock.today() - timedelta(days=1))
    task = tasks(change, TaskKind.PAY_OWED)[0]
    priya = make.actor_for(george.priya)
    paid = changes_after.pay_owed(priya, george.person, task.ref, "Notice pay, two weeks", 41_250)
    assert (paid.state, paid.requested_as, paid.payee_name) == (State.PAID, "coordinator", "Marta Kowalczyk")
    with pytest.raises(InsufficientFundsError):
        changes_after.pay_owed(priya, george.person, task.ref, "Redundancy pay", 10_000_000)
    with pytest.raises(InvalidError):
        changes_after.pay_owed(priya, george.person, task.ref, "", None)
    with pytest.raises(StateError):
        changes_after.close(priya, george.person, change.ref)
    for kind in (TaskKind.PAY_OWED, TaskKind.EMPLOYER):
        for item in tasks(change, kind):
            changes_after.finish_task(priya, george.person, item.ref, "Agreed with his daughter Ann")
    assert changes_after.close(priya, george.person, change.ref).state is ChangeState.CLOSED
    with pytest.raises(StateError):
        changes_after.pay_owed(priya, george.person, task.ref, "More", 100)
    assert ledger_is_right()


def test_finance_settles_what_is_left_once_the_rest_is_closed(george: Life, own: Account) -> None:
    priya, helen = make.actor_for(george.priya), make.actor_for(george.helen)
    assert settlement_of(helen, george.person) is None
    with pytest.raises(NotFoundError):
        settle(helen, george.person, "The money came back")
    change = died(george, clock.today())
    found = settlement_of(helen, george.person)
    assert found is not None
    assert found.left_pence == found.task.pence == budgets.balance(george.budget).available
    with pytest.raises(StateError, match="Finance settles this"):
        changes_after.finish_task(priya, george.person, found.task.ref, "It is done")
    with pytest.raises(StateError, match="not closed the rest"):
        settle(helen, george.person, "The money came back")
    for kind in (TaskKind.PAY_OWED, TaskKind.EMPLOYER):
        for item in tasks(change, kind):
            changes_after.finish_task(priya, george.person, item.ref, "Agreed with his daughter Ann")
    changes_after.close(priya, george.person, change.ref)
    with pytest.raises(InvalidError):
        settle(helen, george.person, " ")
    done = settle(helen, george.person, "£812.40 came back on 3 May")
    assert (done.done_by_name, done.done_words) == ("Helen Achterberg", "£812.40 came back on 3 May")
    with pytest.raises(StateError, match="Helen Achterberg did this already"):
        settle(helen, george.person, "Again")


def test_nobody_but_finance_there_settles(george: Life, own: Account) -> None:
    omar = make.make_account("Omar Haddad")
    make.make_post(omar, george.person.commissioner, StaffRole.FINANCE)
    make.give_authority(george.helen, george.person, AuthorityKind.NOMINEE)
    died(george, clock.today())
    led_there = select(Notice.account_id).where(Notice.about_ref == "settle")
    assert db.session.scalars(led_there).all() == [omar.id], "the page is not there for whoever acts for him"
    other = make.make_account("Ingrid Solberg")
    make.make_post(other, make.make_commissioner("Wendover Hills Care Board"), StaffRole.FINANCE)
    for account in (george.priya, george.parent, own, other, george.helen):
        with pytest.raises(NotFoundError):
            settlement_of(make.actor_for(account), george.person)


def test_a_mistake_is_taken_back_by_a_second_person(george: Life, own: Account) -> None:
    before = {account.id: (a.kind, a.scope, a.ends_on) for account, a in acting_accounts(george.person.id)}
    ends = george.budget.ends_on
    change = died(george, clock.today())
    with pytest.raises(NotAllowedError):
        changes_after.take_back(make.actor_for(george.priya), george.person, change.ref, "It was his brother.")
    marcus = make.make_account("Marcus Bell")
    make.make_post(marcus, george.person.commissioner)
    changes_after.take_back(make.actor_for(marcus), george.person, change.ref, "It was his brother.")
    assert george.person.closed_on is None, "rights can be given again"
    assert george.authority(own).end_reason == ""
    assert {account.id: (a.kind, a.scope, a.ends_on) for account, a in acting_accounts(george.person.id)} == before
    assert own.closed_at is None
    assert george.budget.ends_on == ends
    assert (george.wages.ends_on, george.wages.state) == (None, RegularState.RUNNING)
    assert change.state is ChangeState.TAKEN_BACK
    verbs = db.session.scalars(select(AuditEntry.verb).where(AuditEntry.person_id == george.person.id)).all()
    assert "stewardship.take_back" in verbs
    assert died(george, clock.today()).state is ChangeState.DONE, "it can be recorded anew"
    assert ledger_is_right()


def test_who_gave_it_up_meanwhile_does_not_get_it_back(george: Life, own: Account) -> None:
    change = died(george, clock.today())
    nominee = make.actor_for(george.parent)
    authorities.end_authority(nominee, george.authority(george.parent), why="I cannot do this any more.")
    marcus = make.make_account("Marcus Bell")
    make.make_post(marcus, george.person.commissioner)
    changes_after.take_back(make.actor_for(marcus), george.person, change.ref, "It was his brother.")
    assert {account.id for account, _ in acting_accounts(george.person.id)} == {own.id}


def test_what_changed_since_the_page_was_read_is_read_again(george: Life, own: Account) -> None:
    priya = make.actor_for(george.priya)
    seen = digest_of(changes.see_death(priya, george.person, clock.today()))
    ask(george, own)
    with pytest.raises(StateError, match="Read what follows once more"):
        changes.record_death(priya, george.person, clock.today(), "Ann", seen)


def test_only_a_coordinator_there_who_does_not_act_for_them(george: Life, own: Account) -> None:
    stranger = make.make_account("Ingrid Solberg")
    make.make_post(stranger, make.make_commissioner("Wendover Hills Care Board"))
    for account in (stranger, george.helen, george.parent, own):
        with pytest.raises(NotFoundError):
            changes.see_death(make.actor_for(account), george.person, clock.today())
    make.give_authority(george.priya, george.person, AuthorityKind.NOMINEE)
    with pytest.raises(NotFoundError):
        changes.see_death(make.actor_for(george.priya), george.person, clock.today())


def test_a_death_is_not_in_the_future_and_not_twice(george: Life) -> None:
    priya = make.actor_for(george.priya)
    with pytest.raises(InvalidError):
        changes.see_death(priya, george.person, clock.today() + timedelta(days=1))
    died(george, clock.today())
    with pytest.raises(StateError, match="recorded a death already"):
        died(george, clock.today())


def test_the_page_and_the_deed_are_one_list(george: Life, own: Account) -> None:
    ask(george, own)
    follows = changes.see_death(make.actor_for(george.priya), george.person, clock.today())
    assert {item.deed for item in follows} >= {Deed.CLOSE_ACCOUNT, Deed.LET_LOOK_UNTIL, Deed.DROP, Deed.STOP_REGULAR}
    change = died(george, clock.today())
    assert change.said == [item.to_dict() for item in follows]
    said = " ".join(item["sentence"] for item in change.said)
    assert "trampoline" not in said, "what he asked for stays his own affair"


def test_looking_at_what_is_to_be_put_back_is_written_down(george: Life, own: Account) -> None:
    regular.set_posted_by(make.actor_for(own), george.wages, PostedBy.CAREPURSE)
    with clock.at(TODAY + timedelta(days=5)):
        post_regular(george)
        change = died(george, date(2026, 11, 20))
        priya = make.actor_for(george.priya)
        assert [row.title for row in open_to_put_back(priya, george.person, change).values()] == ["Wages for Marta"]
        seen = openings.shown_to(make.actor_for(george.parent), george.person)
        assert [(row.account_name, row.what) for row in seen.rows] == [("Priya Shah", "Wages for Marta")]
        with pytest.raises(NotFoundError):
            open_to_put_back(make.actor_for(george.helen), george.person, change)
