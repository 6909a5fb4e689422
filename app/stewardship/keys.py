"""The keys: which of them somebody on the staff holds to one person's transactions, and using one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.approvals import queries as approvals
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.identity import absences
from app.identity import queries as identity
from app.identity.models import Account, Person
from app.identity.rules import Actor, Permission, StaffRole
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.problem_queries import may_help, problem_of
from app.purchases.rules import State
from app.stewardship.gate_models import Concern, PlanReview
from app.stewardship.gate_rules import ConcernState, KeyKind, Window
from app.stewardship.openings import Key
from app.stewardship.review_rules import ReviewState

#: Never sent, or stopped before anybody saw it: the person's own until they ask for help.
_PRIVATE = frozenset({State.DRAFT, State.BLOCKED})


@dataclass(frozen=True, slots=True)
class Opened:
    """A key in somebody's hand: read with ``actor``, and write with the one who came."""

    actor: Actor
    key: Key
    others: tuple[Key, ...]  # further keys that the same reader holds


def keys_of(viewer: Actor, person: Person) -> list[Key]:
    """The keys to all of a person's transactions that this viewer holds today: reviews before concerns.

    Whoever acts for the person holds none, and neither does whoever has no post there any more.
    """
    if not identity.is_staff_for(viewer, person, Permission.LOOK_AT_MONEY):
        return []
    today = clock.today()
    found = [_review_key(review, viewer, today) for review in _reviews(person)]
    if person.commissioner_id in viewer.posts_with(StaffRole.COORDINATOR):
        found += [_concern_key(concern, viewer, today) for concern in _concerns(person)]
    held = [key for key in found if key is not None]
    if person.commissioner_id in viewer.posts_with(StaffRole.AUDITOR):
        held.append(audit_key(person))
    return held


def audit_key(person: Person, concern_id: UUID | None = None) -> Key:
    """An auditor's: good for everything, for reading.

    :param concern_id: when what is read is a concern, or would tell of one.
    """
    words = "as an auditor, who reads everything and changes nothing"
    return Key(KeyKind.AUDIT, person.commissioner_id, "", words, concern_id=concern_id)


def open_with(viewer: Actor, person: Person, ref: str = "") -> Opened | None:
    """Take a key; None when there is none, or not this one.

    :param ref: of the review or the concern; without it the first that opens.
    """
    held = keys_of(viewer, person)
    chosen = next((key for key in held if not ref or key.ref == ref), None)
    if chosen is None:
        return None
    others = tuple(key for key in held if key is not chosen)
    return Opened(replace(viewer, opened=frozenset({person.id})), chosen, others)


def purchase_behind(opened: Opened, person: Person, purchase: Purchase) -> Purchase:
    """A purchase, when the key opens it.

    :raises NotFoundError: when it moved outside the days that are looked at, was never sent, or is another person's.
    """
    if purchase.person_id != person.id or purchase.state in _PRIVATE:
        raise NotFoundError
    within = opened.key.within
    if within is not None:
        moved = db.session.scalar(
            select(PurchaseLine.id)
            .where(PurchaseLine.purchase_id == purchase.id, PurchaseLine.moved_on.between(*within))
            .limit(1)
        )
        if moved is None:
            raise NotFoundError
    return purchase


def key_to_one(viewer: Actor, purchase: Purchase) -> Key | None:
    """By what right a coordinator sees this one purchase: asked to decide it, or to help with it."""
    for request in approvals.requests_about(purchase.id):
        if approvals.may_open(viewer, request):
            return Key(KeyKind.DECISION, request.id, request.ref, "to decide it")
    if may_help(viewer, purchase):
        problem = problem_of(purchase.id)
        key, ref = (problem.id, problem.ref) if problem else (purchase.id, purchase.ref)
        return Key(KeyKind.PROBLEM, key, ref, "to help with what went wrong")
    return None


def window_of_review(review: PlanReview) -> Window | None:
    """When and to whom a review opens the transactions; None when it is over or called off."""
    if review.state is not ReviewState.ANNOUNCED:
        return None
    holders = {review.held_by, absences.who_is_there(review.holder)} - {None}
    return Window(
        review.person_id,
        frozenset(key for key in (*holders, review.with_id) if key is not None),
        review.starts_on,
        review.closes_on,
        review.look_from,
        review.look_until,
    )


def window_of_concern(concern: Concern) -> Window | None:
    """When and to whom a concern opens the transactions: who recorded it, their cover, and the second person."""
    if concern.state is not ConcernState.OPEN or concern.opened_at is None or concern.opens_until is None:
        return None
    cover = absences.who_is_there(concern.recorder)
    holders = frozenset(key for key in (concern.recorded_by, cover, concern.second_id) if key is not None)
    return Window(concern.person_id, holders, clock.london(concern.opened_at).date(), concern.opens_until)


def _review_key(review: PlanReview, viewer: Actor, today: date) -> Key | None:
    window = window_of_review(review)
    if window is None or not window.opens(viewer.account_id, review.person_id, today):
        return None
    words = f"for the review of {clock.say_day(review.starts_on, year=True)}"
    return Key(KeyKind.REVIEW, review.id, review.ref, words, window.last, window.money_from, window.money_until)


def _concern_key(concern: Concern, viewer: Actor, today: date) -> Key | None:
    window = window_of_concern(concern)
    if window is None or not window.opens(viewer.account_id, concern.person_id, today):
        return None
    words = f"because of a concern recorded on {clock.say_day(clock.london(concern.recorded_at).date(), year=True)}"
    return Key(KeyKind.CONCERN, concern.id, concern.ref, words, window.last, concern_id=concern.id)


def _reviews(person: Person) -> list[PlanReview]:
    mine = (PlanReview.person_id == person.id, PlanReview.commissioner_id == person.commissioner_id)
    return list(db.session.scalars(select(PlanReview).where(*mine, PlanReview.state == ReviewState.ANNOUNCED)))


def _concerns(person: Person) -> list[Concern]:
    mine = (Concern.person_id == person.id, Concern.commissioner_id == person.commissioner_id)
    found = select(Concern).where(*mine, Concern.state == ConcernState.OPEN).order_by(Concern.id)
    return list(db.session.scalars(found))


def finance_officers(person: Person) -> list[Account]:
    """Who of finance may look too, or settle what is left: nobody who acts for the person."""
    acting = {account.id for account, _ in identity.acting_accounts(person.id)}
    return [one for one in identity.staff_with(person.commissioner_id, StaffRole.FINANCE) if one.id not in acting]
