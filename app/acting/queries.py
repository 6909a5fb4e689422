"""Reading invitations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.acting.mailing import hash_token
from app.acting.models import Invitation
from app.acting.rules import InvitationState
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.words import tidy_ref
from app.identity import queries as identity
from app.identity.authority_rules import checks_papers, may_settle, reads_papers, wider_than
from app.identity.models import Account, Person
from app.identity.rules import Actor, AuthorityKind, Permission, PersonSubject, may

_A_MOMENT = timedelta(minutes=10)


def invitations_of(viewer: Actor, person: Person) -> Sequence[Invitation]:
    """The invitations of a person that wait, the newest first; those past their seven days among them.

    :raises NotFoundError: when they are not the viewer's to see.
    """
    if not _sees(viewer, person):
        raise NotFoundError
    return db.session.scalars(
        select(Invitation)
        .where(Invitation.person_id == person.id, Invitation.state == InvitationState.WAITING)
        .order_by(Invitation.id.desc())
    ).all()


def invitation_for(viewer: Actor, person: Person, ref: str, *, lock: bool = False) -> Invitation:
    """One invitation of a person.

    :param lock: to change it.
    :raises NotFoundError: when there is none, or it is not the viewer's to see.
    """
    query = select(Invitation).where(Invitation.ref == tidy_ref(ref), Invitation.person_id == person.id)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = db.session.scalar(query) if _sees(viewer, person) else None
    if found is None:
        raise NotFoundError
    return found


def invitation_of(token: str, *, lock: bool = False) -> Invitation | None:
    """The invitation that a link opens, while it may be answered.

    :param token: what the address says; anything at all.
    :param lock: to answer it: of two who do so at once the second finds nothing.
    :returns: None for a link that is unknown, used, too old or taken back, and where whoever sent it could not ask for
        as much today: nobody gives what they do not have any more, nor in the affairs of who died or moved away.
    """
    query = select(Invitation).where(
        Invitation.token_hash == hash_token(token),
        Invitation.state == InvitationState.WAITING,
        Invitation.expires_at > clock.now(),
    )
    if lock:
        query = query.with_for_update(key_share=True, of=Invitation)
    found = db.session.scalar(query.options(joinedload(Invitation.person), joinedload(Invitation.inviter)))
    return found if found is not None and not why_it_fails(found) else None


def just_accepted(token: str) -> Invitation | None:
    """The invitation to which somebody said yes with this link a moment ago: for whoever pressed the button twice.

    The caller shows nothing of it to anybody but whoever said yes.
    """
    return db.session.scalar(
        select(Invitation).where(
            Invitation.token_hash == hash_token(token),
            Invitation.state == InvitationState.ACCEPTED,
            Invitation.settled_at > clock.now() - _A_MOMENT,
        )
    )


def account_at(email: str) -> Account | None:
    """The open account with an address: for whoever has shown that the address is theirs."""
    return db.session.scalar(
        select(Account).where(func.lower(Account.email) == email.lower(), Account.closed_at.is_(None))
    )


def _sees(viewer: Actor, person: Person) -> bool:
    if reads_papers(viewer, person.id, person.commissioner_id):
        return True
    grant = viewer.grant_for(person.id)
    reads = may(viewer, Permission.VIEW_BUDGET, PersonSubject(person.id))
    return reads and grant is not None and grant.kind is not AuthorityKind.BROKER


def why_it_fails(invitation: Invitation) -> str:
    """Why a link opens nothing although it is new, in a few words; nothing while its sender may ask for as much."""
    person, inviter = invitation.person, invitation.inviter
    if person.closed_on is not None:
        return f"{person.given_name} has died or moved away"
    if inviter.closed_at is not None:
        return f"{inviter.name} has no account here any more"
    actor = identity.load_actor(inviter)
    if not may_settle(actor, invitation.kind, person.id, person.commissioner_id):
        return f"{inviter.name} may not ask for this any more"
    giver = None if checks_papers(actor, person.id, person.commissioner_id) else actor.grant_for(person.id)
    wide = wider_than(
        giver,
        invitation.scope,
        invitation.buy_limit_pence,
        invitation.month_limit_pence,
        invitation.outcome_ids,
    )
    return f"{inviter.name} may do less than this today" if wide else ""
