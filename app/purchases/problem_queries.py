"""Reading what went wrong: the person's side, and whoever in the team helps with it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from app.approvals import queries as approval_queries
from app.approvals.rules import is_recent
from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.words import tidy_ref
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import Actor, CommissionerSubject, Permission, StaffRole, may
from app.purchases.deciding_purchases import is_paid_by
from app.purchases.models import Purchase
from app.purchases.second_look_models import PurchaseProblem

_MOST = 100
_WHY = {True: "to help with what went wrong", False: "as an auditor, with what went wrong"}


def problem_of(purchase_id: UUID) -> PurchaseProblem | None:
    """The newest problem with a purchase, open or ended. The caller has checked who may see the purchase."""
    return db.session.scalar(
        select(PurchaseProblem)
        .options(joinedload(PurchaseProblem.assignee))
        .where(PurchaseProblem.purchase_id == purchase_id)
        .order_by(PurchaseProblem.id.desc())
        .limit(1)
    )


def problems_for(viewer: Actor) -> Sequence[PurchaseProblem]:
    """What is open and the viewer's to help with: their own, and what is nobody's yet; the oldest first. An auditor
    has all of it to read.
    """
    return (
        db.session.scalars(
            select(PurchaseProblem)
            .options(joinedload(PurchaseProblem.purchase).joinedload(Purchase.person))
            .where(
                PurchaseProblem.ended_at.is_(None),
                or_(
                    PurchaseProblem.commissioner_id.in_(viewer.posts_with(StaffRole.AUDITOR)),
                    and_(
                        PurchaseProblem.commissioner_id.in_(viewer.posts_with(StaffRole.COORDINATOR)),
                        or_(PurchaseProblem.assigned_to == viewer.account_id, PurchaseProblem.assigned_to.is_(None)),
                    ),
                ),
                PurchaseProblem.person_id.not_in([grant.person_id for grant in viewer.grants]),
            )
            .order_by(PurchaseProblem.opened_at)
            .limit(_MOST)
        )
        .unique()
        .all()
    )


def problems_to_audit(viewer: Actor, person: Person) -> Sequence[PurchaseProblem]:
    """Everything that went wrong with what a person bought, the newest first, for an auditor.

    :raises NotFoundError: for everybody else.
    """
    if not identity.is_staff_for(viewer, person, Permission.READ_AUDIT):
        raise NotFoundError
    query = select(PurchaseProblem).options(joinedload(PurchaseProblem.purchase))
    mine = query.where(PurchaseProblem.person_id == person.id).order_by(PurchaseProblem.id.desc())
    return db.session.scalars(mine.limit(_MOST)).all()


def problem_to_help(viewer: Actor, ref: str, *, reading: bool = False) -> PurchaseProblem:
    """Open a problem to help with it. Writes an entry the person can read, so the caller commits.

    :param reading: nothing is changed, so an auditor there has it too.
    :raises NotFoundError: when there is none that is the viewer's to see.
    """
    problem = db.session.scalar(
        select(PurchaseProblem)
        .options(joinedload(PurchaseProblem.purchase), joinedload(PurchaseProblem.assignee))
        .where(PurchaseProblem.ref == tidy_ref(ref))
    )
    if problem is None or not (helps(viewer, problem) or (reading and _audits(viewer, problem))):
        raise NotFoundError
    audit.record(
        viewer,
        "purchases.open_problem",
        f"Opened {problem.purchase.title} {_WHY[helps(viewer, problem)]}",
        subject_kind="purchase",
        subject_id=problem.purchase_id,
        person_id=problem.person_id,
        commissioner_id=problem.commissioner_id,
    )
    return problem


def may_help(viewer: Actor, purchase: Purchase) -> bool:
    """The privacy gate: a coordinator who was told that something went wrong, or who decided this purchase."""
    return is_told(viewer, purchase) or any(
        item.decided_by == viewer.account_id and approval_queries.may_open(viewer, item)
        for item in approval_queries.requests_about(purchase.id)
    )


def is_told(viewer: Actor, purchase: Purchase) -> bool:
    """Whether the viewer was told that something went wrong with this purchase, and it is not long put right."""
    problem = problem_of(purchase.id)
    return problem is not None and helps(viewer, problem)


def _audits(viewer: Actor, problem: PurchaseProblem) -> bool:
    audits = may(viewer, Permission.READ_AUDIT, CommissionerSubject(problem.commissioner_id))
    return audits and viewer.grant_for(problem.person_id) is None


def helps(viewer: Actor, problem: PurchaseProblem) -> bool:
    """Whether a problem is this viewer's to help with, and not long put right."""
    return (
        may(viewer, Permission.DECIDE, CommissionerSubject(problem.commissioner_id))
        and viewer.grant_for(problem.person_id) is None
        and not is_paid_by(viewer, problem.purchase)
        and problem.assigned_to in (None, viewer.account_id)
        and (problem.ended_at is None or is_recent(problem.ended_at, clock.now()))
    )
