"""What every verb of a regular purchase shares: the right, the lock, the guard, the audit, and who is told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.approvals import queries as approval_queries
from app.approvals import service as approvals
from app.approvals.models import ApprovalRequest
from app.approvals.rules import SubjectKind
from app.audit import service as audit
from app.budgets import queries as budgets
from app.budgets.models import Budget
from app.budgets.regular_models import RegularPayment, RegularTerms
from app.budgets.regular_rules import REGULAR_WORDS, RegularState, TermsState
from app.budgets.rhythm import RHYTHM_WORDS, usual_count
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError, NotFoundError, StateError
from app.core.money import format_pounds
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import Actor, AuthorityKind, Permission, PersonSubject, may
from app.marketplace import queries as marketplace
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.policy.rules import Action, Decision
from app.purchases.rules import line_amount
from app.purchases.telling import doer_by_account, side_of

_MOVED = "Somebody, or another tab, changed this a moment ago. Look at it again."
_NOT_YOURS = {
    Permission.PREPARE_PURCHASE: "You may look at this budget, but not buy from it.",
    Permission.BUY: "You may get things ready for this person. Someone on their own side does the rest.",
    Permission.CONFIRM_PURCHASE: "Someone on the person's own side says yes or no to this.",
}


def require(actor: Actor, permission: Permission, person_id: UUID) -> None:
    """Check a right over a person's purchases.

    :raises NotFoundError: when the actor has nothing to do with them.
    :raises NotAllowedError: when they may look but not do this.
    """
    if not may(actor, Permission.VIEW_BUDGET, PersonSubject(person_id)):
        raise NotFoundError
    if not may(actor, permission, PersonSubject(person_id)):
        raise NotAllowedError(_NOT_YOURS[permission])


def require_own_work(actor: Actor, permission: Permission, payment: RegularPayment) -> Budget:
    """Check a right over one of them, and whose work it is: a broker pauses, ends and takes back only their own.

    :returns: its budget.
    :raises NotFoundError: as :func:`require`, and for a broker when it is another broker's.
    :raises NotAllowedError: as :func:`require`, and for a broker when it is the person's own side's.
    """
    budget = _require_known(actor, permission, payment)
    if not is_own_work(actor, payment, budget.person_id):
        raise NotAllowedError("This was not begun by you. Someone on the person's own side does this.")
    return budget


def begin_own_work(actor: Actor, payment: RegularPayment) -> Budget:
    """The beginning of everything that is done to one of them that runs: the check, and the lock.

    :returns: its budget.
    :raises NotFoundError, NotAllowedError: as :func:`require_own_work`.
    :raises StateError: when it does not run.
    """
    budget = require_own_work(actor, Permission.BUY, payment)
    lock(payment)
    require_running(payment)
    return budget


def require_to_change(actor: Actor, payment: RegularPayment) -> Budget:
    """The same for asking for a change: of what the own side has, a broker prepares one too.

    :returns: its budget.
    """
    return _require_known(actor, Permission.PREPARE_PURCHASE, payment)


def _require_known(actor: Actor, permission: Permission, payment: RegularPayment) -> Budget:
    budget = budget_of(payment)
    require(actor, permission, budget.person_id)
    hidden = payment.asked_as == AuthorityKind.BROKER.value or payment.state is RegularState.STOPPED
    if hidden and not is_own_work(actor, payment, budget.person_id):
        raise NotFoundError
    return budget


def is_own_work(actor: Actor, payment: RegularPayment, person_id: UUID) -> bool:
    """Whether it is the actor's to pause, to end and to change: the own side's all of it, a broker's what they asked
    for themselves."""
    return not actor.brokers_for(person_id) or payment.asked_by == actor.account_id


def budget_of(payment: RegularPayment) -> Budget:
    """The budget it is bought from."""
    return budgets.budget_by_id(payment.budget_id)


def person_of(budget: Budget) -> Person:
    """Whose it is."""
    return db.session.get_one(Person, budget.person_id)


def lock(payment: RegularPayment) -> None:
    """Let nobody else change it, or write an occurrence of it down, until the transaction ends; and read it again."""
    db.session.execute(select(RegularPayment.id).where(RegularPayment.id == payment.id).with_for_update(key_share=True))
    db.session.refresh(payment)


def require_running(payment: RegularPayment) -> None:
    """Changing, pausing and the like are for what runs.

    :raises StateError: saying where it stands.
    """
    if payment.state is not RegularState.RUNNING:
        raise StateError(f"This has moved on. It says now: {REGULAR_WORDS[payment.state]}.")


def refuse_over(payment: RegularPayment) -> None:
    """A yes comes too late for what has ended.

    :raises StateError: when its last day, or its budget's, has passed.
    """
    last = budget_of(payment).ends_on if payment.ends_on is None else min(payment.ends_on, budget_of(payment).ends_on)
    if last < clock.today():
        raise StateError("Its last day has passed. Say no, with a word why, so that it can be asked for again.")


def is_rise(payment: RegularPayment, waiting: RegularTerms) -> bool:
    """Whether what waits is a dearer price: for the person's yes, or after it for a coordinator's."""
    before = payment.terms_on(waiting.from_on).unit_price_pence
    dearer = payment.listing_id is not None and waiting.unit_price_pence > before
    return waiting.state is TermsState.RISE or (waiting.state is TermsState.ASKED and dearer)


def move(payment: RegularPayment, start: RegularState, end: RegularState, **values: Any) -> None:
    """Take it to another state, if it is still where it was: of two at once one gets through.

    :raises StateError: when somebody was faster.
    """
    done = db.session.scalar(
        update(RegularPayment)
        .where(RegularPayment.id == payment.id, RegularPayment.state == start)
        .values(state=end, **values)
        .returning(RegularPayment.id)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(payment)
    if done is None:
        raise StateError(f"{_MOVED} It says now: {REGULAR_WORDS[payment.state]}.")


def move_terms(terms: RegularTerms, start: TermsState, end: TermsState, **values: Any) -> None:
    """The same for terms.

    :raises StateError: when somebody was faster.
    """
    done = db.session.scalar(
        update(RegularTerms)
        .where(RegularTerms.id == terms.id, RegularTerms.state == start)
        .values(state=end, **values)
        .returning(RegularTerms.id)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(terms)
    if done is None:
        raise StateError(_MOVED)


def carry_on(payment: RegularPayment, terms: RegularTerms) -> None:
    """What is agreed from a day on goes on in what was agreed for later.

    A listing's price, the days and how many are carried each for itself, as far as the later terms had them as they
    were before: what was changed on purpose stays.
    """
    others = [item for item in payment.every_terms if item.state is TermsState.AGREED and item is not terms]
    before = next((item for item in reversed(others) if item.from_on <= terms.from_on), None)
    for later in others if before is not None else ():
        if before is None or later.from_on <= terms.from_on:
            continue
        was = (later.unit_price_pence, later.quantity_hundredths)
        if payment.listing_id is not None and later.unit_price_pence == before.unit_price_pence:
            later.unit_price_pence = terms.unit_price_pence
        if later.quantity_hundredths == before.quantity_hundredths:
            later.quantity_hundredths = terms.quantity_hundredths
        if later.beat == before.beat:
            later.rhythm, later.first_on, later.day_of_month = terms.rhythm, terms.first_on, terms.day_of_month
        if was != (later.unit_price_pence, later.quantity_hundredths):
            later.amount_pence = line_amount(later.unit_price_pence, later.quantity_hundredths)
    db.session.flush()


def is_dearer(before: RegularTerms, terms: RegularTerms) -> bool:
    """Whether each, or an ordinary month, costs more: what does not is never judged again."""
    was, now = (item.amount_pence * usual_count(item.rhythm) for item in (before, terms))
    return terms.amount_pence > before.amount_pence or now > was


def say_terms(terms: RegularTerms) -> str:
    """``£22.00 every week``."""
    return f"{format_pounds(terms.amount_pence)} {RHYTHM_WORDS[terms.rhythm]}"


def record(actor: Actor, payment: RegularPayment, verb: str, sentence: str, *, why: str = "", **details: Any) -> None:
    """Write the audit entry. What was stopped is the person's own affair: no title, no commissioner to find it by."""
    budget = budget_of(payment)
    private = payment.state is RegularState.STOPPED
    audit.record(
        actor,
        f"purchases.regular_{verb}",
        "Asked for something again and again that this money cannot be used for" if private else sentence,
        subject_kind="regular_payment",
        subject_id=payment.id,
        person_id=budget.person_id,
        commissioner_id=None if private else budget.commissioner_id,
        why="" if private else why,
        details={"ref": payment.ref, **({} if private else details)},
    )


def tell(actor: Actor, payment: RegularPayment, kind: NoticeKind, title: str, body: str = "") -> None:
    """Tell the person's own side, and whoever asked for it while they may act."""
    budget = budget_of(payment)
    if payment.asked_by is None:
        accounts = identity.holder_side_ids(budget.person_id)
    else:
        accounts = side_of(budget.person_id, payment.asked_by)
    messages.notify(
        actor, accounts, kind, title, body, about=About.REGULAR, about_ref=payment.ref, person_id=budget.person_id
    )


def ask_coordinator(
    actor: Actor, payment: RegularPayment, decision: Decision, asked_by: UUID, each_pence: int, title: str
) -> ApprovalRequest:
    """Open a request about it, for the person's coordinator, and tell them.

    :param each_pence: what one costs; what a month comes to stands on the page.
    """
    budget = budget_of(payment)
    person = person_of(budget)
    doubts = [item for item in decision.findings if item.action is Action.REFER]
    sellers = marketplace.members_of(payment.provider_id) if payment.provider_id else ()
    coordinator = approval_queries.coordinator_for(person.id, budget.commissioner_id, asked_by, sellers)
    request = approvals.open_request(
        actor,
        commissioner_id=budget.commissioner_id,
        person_id=person.id,
        subject_kind=SubjectKind.REGULAR,
        subject_id=payment.id,
        line_ids=[],
        title=title[:240],
        amount_pence=each_pence,
        rules=list(dict.fromkeys(item.rule for item in doubts)),
        reason_asked=doubts[0].sentence if doubts else "",
        asked_by=asked_by,
        assigned_to=coordinator,
    )
    team = [coordinator] if coordinator else identity.coordinators(budget.commissioner_id)
    by = doer_by_account(person, asked_by)
    messages.notify(
        actor,
        [account.id for account in team],
        NoticeKind.TO_DECIDE,
        f"{by.who} asks about {title}{by.for_whom}. Answer by {clock.say_day(request.due_on)}.",
        about=About.REQUEST,
        about_ref=request.ref,
        person_id=person.id,
    )
    return request
