"""Doing what a page said would follow: one list, one transaction. Each deed has one place here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from sqlalchemy import select, update

from app.audit import service as audit
from app.budgets.ending import end_budget
from app.budgets.move_models import OutcomeMove
from app.budgets.regular_models import RegularPayment
from app.core import clock
from app.core.db import db
from app.identity.models import Account, Authority, Caseload, Person, SignInSession
from app.identity.rules import Actor
from app.marketplace.kept_models import Watch
from app.purchases.ending import end_idea, end_move, end_purchase, end_regular
from app.purchases.idea_models import Idea
from app.purchases.models import Purchase
from app.stewardship.changes_access import end_authority, let_look_until, make_nominee, set_scope
from app.stewardship.changes_follows import Deed, Follow


def carry_out(actor: Actor, person: Person, follows: Iterable[Follow], *, why: str) -> None:
    """Do everything of a list, in its order. The caller has checked the right, and keeps the list.

    :param why: as it stands in the audit beside each step.
    """
    for item in follows:
        for subject in item.subjects if item.deed in _EACH else ():
            _EACH[item.deed](actor, item, subject, why)
        if item.deed is Deed.END_CASELOAD:
            end_caseload(person, actor)
    db.session.flush()


def _scope(actor: Actor, item: Follow, subject: UUID, why: str) -> None:
    assert item.scope is not None
    set_scope(actor, subject, item.scope, why)


def _nominee(actor: Actor, item: Follow, subject: UUID, why: str) -> None:
    make_nominee(actor, subject, why)


def _look(actor: Actor, item: Follow, subject: UUID, why: str) -> None:
    assert item.on is not None
    let_look_until(actor, subject, item.on, why)


def _close(actor: Actor, item: Follow, subject: UUID, why: str) -> None:
    """The sign-in of whoever has died: ended everywhere, and nothing more is sent to it."""
    end_authority(actor, subject, why)
    authority = db.session.get_one(Authority, subject)
    account = db.session.get_one(Account, authority.account_id)
    account.closed_at = clock.now()
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.account_id == account.id, SignInSession.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


def _drop(actor: Actor, item: Follow, subject: UUID, why: str) -> None:
    end_purchase(actor, db.session.get_one(Purchase, subject), why)


def _drop_idea(actor: Actor, item: Follow, subject: UUID, why: str) -> None:
    idea = db.session.get(Idea, subject)
    if idea is not None:
        end_idea(actor, idea, why)
    else:
        end_move(actor, db.session.get_one(OutcomeMove, subject), why)


def _stop(actor: Actor, item: Follow, subject: UUID, why: str) -> None:
    assert item.on is not None
    end_regular(actor, db.session.get_one(RegularPayment, subject), item.on, why)


def _budget(actor: Actor, item: Follow, subject: UUID, why: str) -> None:
    assert item.on is not None
    end_budget(actor, subject, item.on, why=why)


def _watch(actor: Actor, item: Follow, subject: UUID, why: str) -> None:
    watch = db.session.get_one(Watch, subject)
    if watch.paused_at is None:
        watch.paused_at = clock.now()


_EACH: Mapping[Deed, Callable[[Actor, Follow, UUID, str], None]] = {
    Deed.SET_SCOPE: _scope,
    Deed.END_AUTHORITY: lambda actor, item, subject, why: end_authority(actor, subject, why),
    Deed.MAKE_NOMINEE: _nominee,
    Deed.LET_LOOK_UNTIL: _look,
    Deed.CLOSE_ACCOUNT: _close,
    Deed.DROP: _drop,
    Deed.DROP_IDEAS: _drop_idea,
    Deed.STOP_REGULAR: _stop,
    Deed.END_BUDGET: _budget,
    Deed.STOP_WATCHES: _watch,
}


def end_caseload(person: Person, actor: Actor) -> None:
    """Nobody looks after this person here any more. The caller has checked the right."""
    row = db.session.scalar(
        select(Caseload).where(Caseload.person_id == person.id, Caseload.ends_on.is_(None)).with_for_update()
    )
    if row is None:
        return
    row.ends_on = max(clock.today(), row.starts_on)
    audit.record(
        actor,
        "stewardship.end_caseload",
        f"{row.account.name} does not look after {person.name} any more",
        subject_kind="person",
        subject_id=person.id,
        person_id=person.id,
        commissioner_id=person.commissioner_id,
    )
