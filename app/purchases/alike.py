"""Many small requests alike, answered together with one reason: fifty people, fifty gyms, one decision.

Each stays a decision of its own, with its own entry in the audit and its own notice. One that was taken back or
answered meanwhile is left out and named; the others go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from app.approvals.models import ApprovalRequest
from app.approvals.rules import DECLINE_REASONS, MAX_REASON, RequestState, SubjectKind
from app.core.db import db
from app.core.errors import CarePurseError, InvalidError, NotFoundError, StateError
from app.core.words import storable, tidy_ref
from app.identity.rules import Actor, StaffRole
from app.marketplace.rules import Category
from app.policy import queries as policies
from app.purchases import queue
from app.purchases.deciding import approve, decline
from app.purchases.queue import DecisionView
from app.purchases.rule_titles import rule_titles

SMALL_PENCE = 50_000  # what costs more is looked at by itself
LEAST = 3  # two are two
MOST = 50  # a page somebody reads to its end


@dataclass(frozen=True, slots=True)
class Alike:
    """Requests of one's own that wait for the same reason and are the same kind of thing."""

    rule: str
    rule_title: str
    category: str | None
    category_words: str
    count: int
    pence: int


def alike_of(viewer: Actor) -> list[Alike]:
    """What of one's own could be answered together, the largest group first."""
    rows = db.session.execute(
        select(
            ApprovalRequest.commissioner_id,
            ApprovalRequest.rule,
            ApprovalRequest.category,
            func.count(),
            func.sum(ApprovalRequest.amount_pence),
        )
        .where(*_own_small(viewer))
        .group_by(ApprovalRequest.commissioner_id, ApprovalRequest.rule, ApprovalRequest.category)
        .having(func.count() >= LEAST)
        .order_by(func.count().desc(), ApprovalRequest.rule)
    )
    return [
        Alike(
            rule,
            rule_titles(policies.policy_in_force(commissioner_id), [rule]).get(rule, rule),
            category,
            Category(category).label if category in set(Category) else "no kind was chosen",
            int(count),
            int(pence),
        )
        for commissioner_id, rule, category, count, pence in rows
    ]


def open_alike(viewer: Actor, rule: str, category: str | None) -> list[DecisionView]:
    """Open one group, to answer it together. Each opening is written down, so the caller commits.

    :raises NotFoundError: when there is no such group for this viewer.
    """
    refs = db.session.scalars(
        select(ApprovalRequest.ref)
        .where(
            *_own_small(viewer),
            ApprovalRequest.rule == storable(rule),
            ApprovalRequest.category.is_not_distinct_from(storable(category) if category else None),
        )
        .order_by(ApprovalRequest.due_on, ApprovalRequest.id)
        .limit(MOST)
    ).all()
    if not refs:
        raise NotFoundError
    views = [queue.request_for(viewer, ref) for ref in refs]
    return [view for view in views if view.can_decide]


@dataclass(frozen=True, slots=True)
class Together:
    """What one answer to many did.

    :param missed: those that could not be answered any more, each with the reason.
    """

    done: tuple[str, ...]
    missed: tuple[tuple[str, str], ...]


def answer_together(actor: Actor, refs: Sequence[str], *, yes: bool, reason: str, reason_code: str = "") -> Together:
    """Give the same answer to several requests. What has to be put right is found before the first is answered.

    :param refs: which, of the group that was shown.
    :param reason: as each person reads it; needed for a yes as well.
    :raises InvalidError: fields ``refs``, ``reason`` and ``reason_code``; then nothing is answered.
    :raises NotFoundError: when one of them is none of the actor's team, or none is the actor's own.
    :raises StateError: when all of them were answered, taken back or handed over meanwhile.
    """
    wanted = list(dict.fromkeys(tidy_ref(ref) for ref in refs))
    errors = {}
    if not wanted:
        errors["refs"] = "Choose at least one"
    elif len(wanted) > MOST:
        errors["refs"] = f"Choose {MOST} or fewer"
    if not storable(reason):
        errors["reason"] = "Say why: each of them will read it"
    elif len(storable(reason)) > MAX_REASON:
        errors["reason"] = f"Write it in {MAX_REASON:,} characters or fewer"
    if errors:
        raise InvalidError(errors)
    found = db.session.execute(
        select(ApprovalRequest.ref, ApprovalRequest.title, ApprovalRequest.assigned_to, ApprovalRequest.rules)
        .where(
            ApprovalRequest.ref.in_(wanted),
            ApprovalRequest.commissioner_id.in_(actor.posts_with(StaffRole.COORDINATOR)),
            ApprovalRequest.amount_pence <= SMALL_PENCE,
            ApprovalRequest.subject_kind == SubjectKind.PURCHASE,
        )
        # one order for everybody who does this at the same moment
        .order_by(ApprovalRequest.id)
    ).all()
    own = [row for row in found if row.assigned_to == actor.account_id]
    if len(found) != len(wanted) or not own:
        raise NotFoundError
    if not yes and reason_code not in DECLINE_REASONS and any(reason_code not in row.rules for row in own):
        raise InvalidError({"reason_code": "Choose a reason that is true of all of them"})
    done = []
    # a colleague's is not opened for it: not even its title
    missed = [("One of them", "A colleague answers it now.")] * (len(found) - len(own))
    for ref, title, *_ in own:
        try:
            with db.session.begin_nested():
                if yes:
                    approve(actor, ref, reason)
                else:
                    decline(actor, ref, reason_code, reason)
        except CarePurseError as error:
            db.session.expire_all()
            missed.append((title, error.sentence))
        else:
            done.append(title)
    if not done:
        raise StateError(missed[0][1])
    return Together(tuple(done), tuple(missed))


def reasons_for(views: Sequence[DecisionView]) -> dict[str, str]:
    """Why all of some requests may be declined: what is true of one of them only is no reason for the others."""
    shared = [set(view.decline_reasons) for view in views]
    codes = set.intersection(*shared) if shared else set(DECLINE_REASONS)
    words = {code: said for view in views for code, said in view.decline_reasons.items()} | dict(DECLINE_REASONS)
    return {code: said for code, said in words.items() if code in codes}


def _own_small(viewer: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        ApprovalRequest.commissioner_id.in_(viewer.posts_with(StaffRole.COORDINATOR)),
        ApprovalRequest.assigned_to == viewer.account_id,
        ApprovalRequest.state == RequestState.WAITING,
        ApprovalRequest.subject_kind == SubjectKind.PURCHASE,
        ApprovalRequest.amount_pence <= SMALL_PENCE,
        ApprovalRequest.asked_by != viewer.account_id,
        ApprovalRequest.person_id.not_in([grant.person_id for grant in viewer.grants]),
    )
