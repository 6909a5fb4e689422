""" "It never came", or something else is wrong: said, looked into together, and put right."""

from __future__ import annotations

from app.approvals import queries as approval_queries
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.words import storable
from app.identity import queries as identity
from app.identity.rules import Actor, Permission, PersonSubject, may
from app.marketplace import queries as marketplace
from app.messages import service as messages
from app.messages.models import Message
from app.messages.rules import About, NoticeKind
from app.purchases.changing import move, named, record, require
from app.purchases.ending_problems import end_problem
from app.purchases.models import Purchase
from app.purchases.problem_queries import may_help
from app.purchases.refund_rules import ProblemEnd
from app.purchases.rules import MAX_NOTE, State, Verb, fine_state
from app.purchases.second_look_models import PurchaseProblem
from app.purchases.telling import doer, tell_side


def dispute(actor: Actor, purchase: Purchase, words: str) -> PurchaseProblem:
    """Say what is wrong with something that was paid for. The provider and a coordinator are told.

    :raises InvalidError: field ``words``.
    """
    require(actor, Permission.BUY, purchase)
    words = _words(words, "words", "Say what is wrong, like: it never came")
    sellers = marketplace.members_of(purchase.provider_id) if purchase.provider_id else ()
    asked_by = actor.account_id or purchase.requested_by
    helper = approval_queries.coordinator_for(purchase.person_id, purchase.commissioner_id, asked_by, sellers)
    move(purchase, Verb.DISPUTE)
    problem = PurchaseProblem(
        commissioner_id=purchase.commissioner_id,
        person_id=purchase.person_id,
        purchase_id=purchase.id,
        words=words,
        assigned_to=helper.id if helper else None,
        opened_by=asked_by,
        opened_by_name=actor.name,
    )
    db.session.add(problem)
    db.session.flush()
    record(actor, purchase, "dispute", "Said that something is wrong with", why=words)
    team = [helper] if helper else identity.coordinators(purchase.commissioner_id)
    by = doer(purchase.person, actor.name, actor.quality_for(purchase.person_id, purchase.commissioner_id))
    messages.notify(
        actor,
        [account.id for account in team],
        NoticeKind.PROBLEM,
        f"{by.who} says that something is wrong with {named(purchase)}{by.for_whom}.",
        words,
        about=About.PROBLEM,
        about_ref=problem.ref,
        person_id=purchase.person_id,
    )
    messages.notify(
        actor,
        sellers,
        NoticeKind.PROBLEM,
        f"{purchase.person.given_name} says that something is wrong with {named(purchase)}.",  # no other name for them
        words,
        about=About.ORDER,
        about_ref=purchase.ref,
        person_id=purchase.person_id,
    )
    return problem


def close_with_note(actor: Actor, problem: PurchaseProblem, words: str) -> None:
    """A coordinator looked into it: nothing more comes back, and this is why. The person's side reads it.

    :raises InvalidError: field ``words``.
    :raises StateError: when it was put right already.
    """
    purchase = problem.purchase
    _require_helper(actor, purchase)
    words = _words(words, "words", "Say what you found out: the person reads it")
    if problem.ended_at is not None or purchase.state is not State.DISPUTED:
        raise StateError("This was put right already.")
    day = purchase.delivered_on or clock.today()
    move(purchase, Verb.CONFIRM_DELIVERY, fine_state(purchase.refunded_pence), delivered_on=day)
    end_problem(actor, purchase, ProblemEnd.NOTE, words)
    record(actor, purchase, "close_dispute", "Looked into what was wrong with", why=words)
    title = f"{actor.name} looked into what went wrong with {purchase.title}."
    tell_side(actor, purchase, NoticeKind.DECIDED, title, words)


def write(actor: Actor, purchase: Purchase, problem: PurchaseProblem, text: str) -> Message:
    """Write to the other side while it is being put right.

    :raises InvalidError: field ``message``.
    :raises StateError: when it was put right already.
    """
    own_side = may(actor, Permission.VIEW_BUDGET, PersonSubject(purchase.person_id))
    if own_side:
        require(actor, Permission.PREPARE_PURCHASE, purchase)
    else:
        _require_helper(actor, purchase)
    if problem.ended_at is not None:
        raise StateError("This was put right already.")
    message = messages.write(
        actor,
        About.PURCHASE,
        purchase.id,
        text,
        commissioner_id=purchase.commissioner_id,
        person_id=purchase.person_id,
    )
    title = f"{actor.name} wrote to you about {purchase.title}."
    if own_side:
        to = [problem.assigned_to] if problem.assigned_to else []
        messages.notify(
            actor,
            to,
            NoticeKind.MESSAGE,
            title,
            about=About.PROBLEM,
            about_ref=problem.ref,
            person_id=purchase.person_id,
        )
    else:
        tell_side(actor, purchase, NoticeKind.MESSAGE, title, message.body)
    return message


def _require_helper(actor: Actor, purchase: Purchase) -> None:
    if not may_help(actor, purchase):
        raise NotFoundError


def _words(text: str, field: str, missing: str) -> str:
    words = storable(text)
    if not words:
        raise InvalidError({field: missing})
    if len(words) > MAX_NOTE:
        raise InvalidError({field: f"Write it in {MAX_NOTE:,} characters or fewer"})
    return words
