"""After a death or a move: what is left to do, taking a mistake back, and the end."""

from __future__ import annotations

from app.audit import service as audit
from app.budgets.regular_models import RegularPayment
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, StateError
from app.core.words import storable
from app.identity.authorities import open_person_again
from app.identity.models import Person
from app.identity.queries import coordinators
from app.identity.rules import Actor
from app.purchases import ending
from app.purchases.models import Purchase
from app.purchases.paying_owed import pay_owed as pay_from_budget
from app.stewardship.changes_before import put_back
from app.stewardship.changes_follows import TaskKind
from app.stewardship.changes_handover import close_taken_over
from app.stewardship.changes_models import ChangeTask, LifeChange
from app.stewardship.changes_queries import change_for, task_for
from app.stewardship.changes_rules import DIED, MAX_WORDS, ChangeKind, ChangeState, check_words
from app.stewardship.changes_telling import everybody_of, tell_finance, tell_side, tell_staff

PUT_BACK = "Who may do what, the budgets, what is bought again and again and saved searches are as they were before."
NOT_PUT_BACK = "Purchases and ideas that were taken back, and invitations, are not sent again by themselves."
_OVER = "This is closed. Nothing more can be done here."


def finish_task(actor: Actor, person: Person, ref: str, words: str) -> ChangeTask:
    """Note that something was done, and how.

    :raises NotFoundError: when the actor does not decide about this person.
    :raises InvalidError: field ``words``.
    :raises StateError: when it is done already, or the change is closed.
    """
    change, task = task_for(actor, person, ref)
    said = check_words(words, "Enter what was done, like agreed with his daughter Ann")
    _refuse_done(change, task)
    if task.kind is TaskKind.SETTLE:
        raise StateError("Finance settles this, once you have closed the rest.")
    finish(actor, change, task, said)
    return task


def put_payment_back(actor: Actor, person: Person, ref: str) -> Purchase:
    """Put back what was written down for a day after the end and was not paid: by a refund, the ledger keeps both.

    :raises NotFoundError: when there is no such task, or the actor does not decide about this person.
    :raises StateError: when it was put back already, or the change is closed.
    """
    change, task = task_for(actor, person, ref)
    _refuse_done(change, task)
    if task.kind is not TaskKind.PUT_BACK or task.subject_id is None:
        raise StateError("There is nothing to put back here.")
    purchase = db.session.get_one(Purchase, task.subject_id)
    why = f"Written down for a day after {clock.say_day(change.happens_on, year=True)}, and not paid"
    ending.put_back(actor, purchase, clock.today(), why)
    finish(actor, change, task, "Put back into the budget")
    return purchase


def pay_owed(actor: Actor, person: Person, ref: str, words: str, amount_pence: int | None) -> Purchase:
    """Pay a personal assistant from the budget what is still owed: the coordinator decides, finance is told, and after
    a move the person's side, who may look and no more.

    The task stays until it is said to be done: pay, holiday and notice may come one after another.

    :raises NotFoundError: when there is no such task, or the actor does not decide about this person.
    :raises InvalidError: fields ``words`` and ``amount``.
    :raises InsufficientFundsError: when the budget cannot pay it.
    :raises StateError: when the change is closed.
    """
    change, task = task_for(actor, person, ref)
    _refuse_done(change, task)
    if task.kind is not TaskKind.PAY_OWED or task.subject_id is None:
        raise StateError("Nothing is owed here.")
    payment = db.session.get_one(RegularPayment, task.subject_id)
    paid = pay_from_budget(actor, payment, words, amount_pence)
    _record(actor, change, "pay_owed", "Paid what was owed to somebody who worked for them")
    title = f"{actor.name} paid what was owed to somebody who worked for {person.name}."
    tell_finance(actor, person, title)
    if change.kind is ChangeKind.MOVE:
        title = f"{actor.name} paid what was owed to somebody who works for {person.given_name}."
        tell_side(actor, person, "changes", title, (), everybody_of(person.id))
    return paid


def take_back(actor: Actor, person: Person, ref: str, why: str) -> LifeChange:
    """Take back a record that was a mistake: rights, budgets and regular purchases are as before. What was taken
    back, and invitations that were called in, are not sent again by themselves: everybody is told so.

    A death is taken back by a second person; a move that has not happened by any coordinator there.

    :raises NotFoundError: when there is none, or the actor does not decide about this person.
    :raises NotAllowedError: for a death, by whoever recorded it.
    :raises InvalidError: field ``why``.
    :raises StateError: when it is taken back or closed, or the move has happened.
    """
    change = _lock(change_for(actor, person, ref))
    said = storable(why)
    if not said or len(said) > MAX_WORDS:
        raise InvalidError({"why": f"Say why, in {MAX_WORDS} characters or fewer"})
    if is_recorder_of(actor, change):
        raise NotAllowedError("You recorded this. Ask a colleague to take it back: two people look at it.")
    if change.state not in (ChangeState.NOTED, ChangeState.DONE):
        raise StateError(_OVER)
    if change.kind is ChangeKind.MOVE and change.state is ChangeState.DONE:
        raise StateError("The move has happened. What is agreed here from now on is agreed anew.")
    if change.kind is ChangeKind.DEATH:
        open_person_again(person)
        put_back(actor, change.before, said, why_ended=DIED)
    elif change.new_person_id is not None:
        close_taken_over(actor, change)
    change.state, change.taken_back_at = ChangeState.TAKEN_BACK, clock.now()
    change.taken_back_by_name, change.taken_back_why = actor.name, said
    db.session.flush()
    what = "a death, recorded by mistake" if change.kind is ChangeKind.DEATH else "a move"
    _record(actor, change, "take_back", f"Took back {what}", said)
    title, body = "We made a mistake, and we are very sorry. You can go on as before.", f"{PUT_BACK} {NOT_PUT_BACK}"
    if change.kind is ChangeKind.MOVE:
        title, body = f"{person.given_name} does not move after all. Everything stays as it is.", ""
    tell_side(actor, person, "changes", title, (), everybody_of(person.id), body)
    page = change.kind.value
    title = f"{actor.name} took back {what}: {person.name}."
    tell_staff(actor, person, page, title, [change.noted_by], said)
    tell_finance(actor, person, title, said)
    return change


def who_else_takes_back(viewer: Actor, person: Person, change: LifeChange) -> list[str]:
    """Who takes a death back that the viewer recorded: colleagues by name. Nobody is named where the viewer may."""
    if not is_recorder_of(viewer, change):
        return []
    acting = set(everybody_of(person.id))
    team = coordinators(person.commissioner_id)
    return [one.name for one in team if one.id != viewer.account_id and one.id not in acting]


def is_recorder_of(actor: Actor, change: LifeChange) -> bool:
    """Whether it is a death that this very account recorded: a second person takes it back."""
    return change.kind is ChangeKind.DEATH and change.noted_by == actor.account_id


def close(actor: Actor, person: Person, ref: str) -> LifeChange:
    """Close it: nothing more is paid from the budget, and finance settles what is left.

    :raises NotFoundError: when there is none, or the actor does not decide about this person.
    :raises StateError: while something is still to do, or it has not happened.
    """
    change = _lock(change_for(actor, person, ref))
    if change.state is not ChangeState.DONE:
        raise StateError(_OVER if change.state is not ChangeState.NOTED else "It has not happened yet.")
    db.session.refresh(change, ["tasks"])
    left = [task for task in change.tasks if task.done_at is None and task.kind is not TaskKind.SETTLE]
    if left:
        raise StateError(f"There is still something to do ({len(left)}). Finish that first.")
    change.state, change.closed_on = ChangeState.CLOSED, clock.today()
    db.session.flush()
    _record(actor, change, "close", "Closed what was to do")
    title = f"Everything but the balance is settled for {person.name}. The balance is with you now."
    tell_finance(actor, person, title)
    return change


def _lock(change: LifeChange) -> LifeChange:
    db.session.refresh(change, with_for_update={"of": LifeChange})
    return change


def _refuse_done(change: LifeChange, task: ChangeTask) -> None:
    if change.state is not ChangeState.DONE:
        raise StateError(_OVER)
    if task.done_at is not None:
        raise StateError(f"{task.done_by_name} did this already.")


def finish(actor: Actor, change: LifeChange, task: ChangeTask, words: str) -> None:
    """Write down that it is done. The caller has checked who, and that it was not done before."""
    task.done_at, task.done_by_name, task.done_words = clock.now(), actor.name, words
    db.session.flush()
    _record(actor, change, "finish_task", "Did what was to do after a change", words)


def _record(actor: Actor, change: LifeChange, verb: str, sentence: str, why: str = "") -> None:
    audit.record(
        actor,
        f"stewardship.{verb}",
        sentence,
        subject_kind="life_change",
        subject_id=change.id,
        person_id=change.person_id,
        commissioner_id=change.commissioner_id,
        why=why,
        details={"ref": change.ref},
    )
