"""Reading what was removed and how much waits, and with whom a person's life is shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from app.approvals.models import ApprovalRequest
from app.budgets.models import Budget, BudgetStream
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.identity import absences
from app.identity import queries as identity
from app.identity.models import Account, Authority, Person, StaffPost
from app.identity.rules import Actor, CommissionerSubject, Permission, PersonSubject, StaffRole, may
from app.ledger.rules import Stream
from app.marketplace.enquiry_models import Enquiry
from app.marketplace.models import Provider
from app.purchases.models import Purchase
from app.records.models import Correction, RetentionRun
from app.records.rules import CorrectionState, removed_on

_RUNS = 60


@dataclass(frozen=True, slots=True)
class Seen:
    """A provider that has seen something of a person.

    :param asked: they were asked something: a first name, an area, the words.
    :param ordered: something was bought from them: a first name, what, when and how much.
    """

    name: str
    asked: bool
    ordered: bool


@dataclass(frozen=True, slots=True)
class Sharing:
    """With whom a person's life is shared today, as it is: nothing here is written by hand."""

    acting: Sequence[tuple[Account, Authority]]
    coordinator: Account | None
    providers: Sequence[Seen]
    funders: Sequence[Stream]
    auditors: int
    safeguarding_leads: Sequence[str]
    asked: Sequence[str]  # who was asked about something that waits for an answer
    cover: str = ""  # who answers while the coordinator is away


def sharing_of(viewer: Actor, person: Person) -> Sharing:
    """Who gets what of this person.

    :raises NotFoundError: for whoever may not see the person's page.
    """
    if not may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id)):
        raise NotFoundError
    asked = set(db.session.scalars(select(Enquiry.provider_id).where(Enquiry.person_id == person.id).distinct()))
    ordered = set(
        db.session.scalars(
            select(Purchase.provider_id)
            .where(
                Purchase.person_id == person.id,
                Purchase.provider_id.is_not(None),
                Purchase.decided_at.is_not(None),
            )
            .distinct()
        )
    )
    names = db.session.execute(
        select(Provider.id, Provider.name).where(Provider.id.in_({*asked, *ordered})).order_by(Provider.name)
    )
    funders = select(BudgetStream.stream).join(Budget).where(Budget.person_id == person.id).distinct()
    return Sharing(
        acting=identity.acting_accounts(person.id),
        coordinator=identity.coordinator_of(person.id),
        providers=[Seen(name, key in asked, key in ordered) for key, name in names],
        funders=sorted(db.session.scalars(funders)),
        auditors=_posts(person.commissioner_id, StaffRole.AUDITOR),
        safeguarding_leads=[one.name for one in identity.safeguarding_leads(person.commissioner_id)],
        asked=_asked(person.id),
        cover=_cover(person.id),
    )


def _asked(person_id: UUID) -> list[str]:
    waiting = select(ApprovalRequest.assigned_to).where(
        ApprovalRequest.person_id == person_id, ApprovalRequest.decided_at.is_(None)
    )
    return list(db.session.scalars(select(Account.name).where(Account.id.in_(waiting)).order_by(Account.name)))


def _cover(person_id: UUID) -> str:
    coordinator = identity.coordinator_of(person_id)
    there = absences.who_is_there(coordinator)
    account = db.session.get(Account, there) if there and coordinator and there != coordinator.id else None
    return account.name if account else ""


def _posts(commissioner_id: UUID, role: StaffRole) -> int:
    today = clock.today()
    return (
        db.session.scalar(
            select(func.count(StaffPost.account_id.distinct())).where(
                StaffPost.commissioner_id == commissioner_id,
                StaffPost.role == role,
                StaffPost.starts_on <= today,
                StaffPost.ends_on.is_(None) | (StaffPost.ends_on >= today),
            )
        )
        or 0
    )


def kept_until(person: Person) -> date | None:
    """The first day on which this person's records may be past their time; None while a budget runs or is to come."""
    last = db.session.scalar(select(func.max(Budget.ends_on)).where(Budget.person_id == person.id))
    if last is not None and last >= clock.today():
        return None
    settings = identity.settings_of(person.commissioner_id)
    return removed_on(last or clock.london(person.created_at).date(), settings.keep_records_years)


def runs_of(viewer: Actor, commissioner_id: UUID) -> list[RetentionRun]:
    """What was removed for a commissioner, and of what belongs to none, the newest first.

    :raises NotFoundError: for whoever may not see it.
    """
    if not may(viewer, Permission.SEE_RETENTION, CommissionerSubject(commissioner_id)):
        raise NotFoundError
    return list(
        db.session.scalars(
            select(RetentionRun)
            .where((RetentionRun.commissioner_id == commissioner_id) | RetentionRun.commissioner_id.is_(None))
            .order_by(RetentionRun.id.desc())
            .limit(_RUNS)
        )
    )


def waiting_corrections(viewer: Actor) -> list[tuple[Correction, Person]]:
    """What people asked to be put right and nobody has answered, in the viewer's commissioners, the first due first."""
    rows = db.session.execute(
        select(Correction, Person)
        .join(Person, Person.id == Correction.person_id)
        .where(
            Correction.state == CorrectionState.WAITING,
            Correction.commissioner_id.in_(viewer.posts_reading(StaffRole.COORDINATOR)),
        )
        .order_by(Correction.due_on, Correction.id)
        .limit(100)
    )
    return [(correction, person) for correction, person in rows if viewer.grant_for(person.id) is None]
