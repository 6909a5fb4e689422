"""Saying yes or no to an invitation."""

from __future__ import annotations

from sqlalchemy import select, update

from app.acting.models import Invitation
from app.acting.queries import invitation_of
from app.acting.rules import InvitationState
from app.acting.telling import tell_begun, tell_declined
from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.words import one_line
from app.identity import queries as identity
from app.identity import service
from app.identity.models import Account, Authority
from app.identity.rules import Actor, AuthorityKind

_SOFTWARE = Actor.system("Invitations")


def open_account(token: str, name: str, passphrase: str) -> Account:
    """Open an account for whoever was asked: the link in the e-mail has shown that the address is theirs.

    :raises NotFoundError: when the link opens nothing any more.
    :raises InvalidError: fields ``name passphrase``, or ``email`` when the address has an account by now.
    """
    invitation = _to_answer(token)
    name = one_line(name)
    if not name or len(name) > 120:
        raise InvalidError({"name": "Enter your name, in 120 letters or fewer" if name else "Enter your name"})
    return service.open_account(_SOFTWARE, invitation.email, name, passphrase)


def accept(actor: Actor, token: str) -> Authority:
    """Say yes: the authority begins today.

    A broker whom the person's own side asked is checked by that: their invitation is the consent. Everybody else looks
    only until a coordinator has seen the papers.

    :raises NotFoundError: when the link opens nothing any more, or was not sent to the actor's address.
    :raises StateError: when the actor acts for the person already.
    """
    invitation = _to_answer(token)
    if actor.account_id is None or actor.email.lower() != invitation.email.lower():
        raise NotFoundError
    account = db.session.get_one(Account, actor.account_id)
    today = clock.today()
    # what ended by its date alone makes room
    db.session.execute(
        update(Authority)
        .where(
            Authority.account_id == account.id,
            Authority.person_id == invitation.person_id,
            Authority.ended_at.is_(None),
            Authority.ends_on < today,
        )
        .values(ended_at=clock.now())
    )
    open_one = select(Authority.id).where(
        Authority.account_id == account.id,
        Authority.person_id == invitation.person_id,
        Authority.ended_at.is_(None),
    )
    if db.session.scalar(open_one) is not None:
        raise StateError("You act for them already, so there is nothing to say yes to.")
    by_own_side = invitation.kind is AuthorityKind.BROKER and invitation.invited_as in ("self", "representative")
    authority = service.grant_authority(
        _SOFTWARE,
        account,
        invitation.person,
        invitation.kind,
        invitation.scope,
        starts_on=today,
        ends_on=invitation.ends_on,
        buy_limit_pence=invitation.buy_limit_pence,
        month_limit_pence=invitation.month_limit_pence,
        outcome_ids=invitation.outcome_ids,
        sees_messages=invitation.sees_messages,
        evidence=invitation.evidence,
        checked_by_name=f"{invitation.invited_by_name}, who asked for it" if by_own_side else "",
    )
    invitation.state, invitation.settled_at = InvitationState.ACCEPTED, clock.now()
    invitation.authority_id = authority.id
    db.session.flush()
    accepter = identity.load_actor(account)
    _record(accepter, invitation, "accept", f"Said yes to acting as {invitation.kind.value}")
    tell_begun(accepter, invitation, authority)
    return authority


def decline(token: str) -> None:
    """Say no. Whoever holds the link may: it needs no account.

    :raises NotFoundError: when the link opens nothing any more.
    """
    invitation = _to_answer(token)
    invitation.state, invitation.settled_at = InvitationState.DECLINED, clock.now()
    db.session.flush()
    _record(Actor.system("Whoever was asked"), invitation, "decline", "Said no to an invitation")
    tell_declined(invitation)


def _to_answer(token: str) -> Invitation:
    """The invitation, locked; of two who answer at once the second finds it settled."""
    invitation = invitation_of(token, lock=True)
    if invitation is None:
        raise NotFoundError("This link does not work any more.")
    return invitation


def _record(actor: Actor, invitation: Invitation, verb: str, sentence: str) -> None:
    audit.record(
        actor,
        f"acting.{verb}",
        sentence,
        subject_kind="invitation",
        subject_id=invitation.id,
        person_id=invitation.person_id,
        commissioner_id=invitation.commissioner_id,
    )
