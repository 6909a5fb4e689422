"""Asking somebody by e-mail to act for a person, asking once more, taking it back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, or_, select, update

from app.acting import mailing
from app.acting.models import Invitation
from app.acting.queries import invitation_for, why_it_fails
from app.acting.rules import A_DAY, LIVES, SENDINGS, InvitationState
from app.acting.telling import tell_asked
from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.core.jobs import enqueue_many
from app.identity import authorities
from app.identity.authority_rules import DECIDES_AT, EVIDENCE_FOR, may_settle, odd_about_age
from app.identity.models import Account, Authority, Person
from app.identity.rules import Actor, AuthorityKind, EvidenceKind, Scope

_NEARLY = timedelta(days=184)
_SLOW_DOWN = "You have sent many invitations today. Send the next one tomorrow."


@dataclass(frozen=True, slots=True)
class Terms:
    """How far somebody is asked to act."""

    scope: Scope
    buy_limit_pence: int | None = None
    month_limit_pence: int | None = None
    outcome_ids: Collection[UUID] | None = None  # None: all
    sees_messages: bool = True
    ends_on: date | None = None


def invite(
    actor: Actor,
    person: Person,
    email: str,
    kind: AuthorityKind,
    terms: Terms,
    *,
    evidence: EvidenceKind | None = None,
) -> Invitation:
    """Ask somebody by e-mail to act for a person. The link works once, for seven days, for that address only.

    The person asks a nominee or a broker, whoever decides for them a broker, a coordinator anybody: also the person
    themself, from half a year before sixteen.

    :param evidence: what papers will show it; only coordinators choose.
    :raises NotFoundError: when the person is not the actor's.
    :raises NotAllowedError: when somebody else asks, such as a broker.
    :raises InvalidError: fields ``email kind evidence`` and those of ``check_terms``.
    :raises StateError: when the actor has sent too many today, or the person died or moved away.
    """
    _require_invites(actor, person, kind)
    if kind is AuthorityKind.SELF:
        _require_own(person)
    address = _address(actor, person, email)
    kinds = EVIDENCE_FOR[kind]
    shown_by = evidence or (kinds[0] if len(kinds) == 1 else None)
    if kinds and shown_by not in kinds:
        raise InvalidError({"evidence": "Choose what shows that they may act"})
    # from sixteen a coordinator who checks the paper sees what was found about their capacity; at eighteen it is over
    if odd := odd_about_age(shown_by, person.age_on(clock.today()), lacks=True):
        raise InvalidError({"evidence": odd})
    authorities.check_terms(
        actor, person, terms.scope, terms.buy_limit_pence, terms.month_limit_pence, terms.outcome_ids, terms.ends_on
    )
    _slow_down(actor)
    buys = terms.scope is Scope.BUY
    invitation = Invitation(
        commissioner_id=person.commissioner_id,
        person_id=person.id,
        email=address,
        kind=kind,
        scope=terms.scope,
        buy_limit_pence=terms.buy_limit_pence if buys else None,
        month_limit_pence=terms.month_limit_pence if buys else None,
        outcome_ids=list(dict.fromkeys(terms.outcome_ids)) if terms.outcome_ids is not None else None,
        sees_messages=terms.sees_messages,
        ends_on=terms.ends_on,
        evidence=shown_by if kinds else None,  # nobody needs papers to act for themself
        state=InvitationState.WAITING,
        sendings=1,
        expires_at=clock.now() + LIVES,
        invited_by=actor.account_id,
        invited_by_name=actor.name,
        invited_as=actor.quality_for(person.id, person.commissioner_id),
    )
    db.session.add(invitation)
    db.session.flush()
    _send(invitation)
    _record(actor, invitation, "invite", f"Asked somebody by e-mail to act as {kind.value}")
    if actor.grant_for(person.id) is None and kind is not AuthorityKind.SELF:
        tell_asked(actor, invitation)
    return invitation


def send_again(actor: Actor, person: Person, ref: str) -> Invitation:
    """Send it once more, with a new link; the old one stops working.

    :raises NotFoundError: when it is nothing of the actor's.
    :raises StateError: when it does not wait any more, whoever sent it may not ask for as much, or it went out often
        enough.
    """
    invitation = invitation_for(actor, person, ref, lock=True)
    _require_invites(actor, person, invitation.kind)
    authorities.require_open(person)
    _require_waiting(invitation)
    if fails := why_it_fails(invitation):
        raise StateError(f"The link does not work now: {fails}. Take it back, and ask anew.")
    if invitation.sendings >= SENDINGS:
        raise StateError("This went out several times. Ask them about it, or take it back and begin again.")
    _slow_down(actor)
    invitation.sendings += 1
    invitation.token_hash = None
    invitation.expires_at = clock.now() + LIVES
    db.session.flush()
    _send(invitation)
    _record(actor, invitation, "send_again", "Sent an invitation once more")
    return invitation


def take_back(actor: Actor, person: Person, ref: str) -> Invitation:
    """Take it back: the link stops working.

    :raises NotFoundError: when it is nothing of the actor's.
    :raises StateError: when it does not wait any more.
    """
    invitation = invitation_for(actor, person, ref, lock=True)
    _require_invites(actor, person, invitation.kind)
    _require_waiting(invitation)
    invitation.state, invitation.settled_at = InvitationState.TAKEN_BACK, clock.now()
    db.session.flush()
    _record(actor, invitation, "take_back", "Took an invitation back")
    return invitation


def _require_invites(actor: Actor, person: Person, kind: AuthorityKind) -> None:
    if actor.account_id is not None and may_settle(actor, kind, person.id, person.commissioner_id):
        return
    if actor.grant_for(person.id) is None:
        raise NotFoundError
    raise NotAllowedError("You cannot ask somebody to act for them. Ask the coordinator.")


def _require_own(person: Person) -> None:
    """A sign-in of somebody's own is for one of sixteen or nearly, who has none and was not asked yet.

    :raises InvalidError: field ``kind``.
    """
    if not _nearly_decides(person):
        raise InvalidError({"kind": "Somebody decides for them until they are nearly sixteen"})
    if _has_own(person):
        raise InvalidError({"kind": "They have a sign-in of their own"})


def may_have_own(person: Person) -> bool:
    """Whether somebody can be asked to sign in for themself: of sixteen or nearly, and without a sign-in."""
    return _nearly_decides(person) and not _has_own(person)


def _nearly_decides(person: Person) -> bool:
    return person.age_on(clock.today() + _NEARLY) >= DECIDES_AT


def _has_own(person: Person) -> bool:
    theirs = (Authority.person_id == person.id, Authority.kind == AuthorityKind.SELF, Authority.ended_at.is_(None))
    return db.session.scalar(select(Authority.id).where(*theirs)) is not None


def set_their_scope(person_id: UUID, scope: Scope) -> None:
    """Whoever is asked to sign in for themself decides when they say yes, or only looks: they turned sixteen meanwhile,
    or it was found whether they can. The caller has checked.
    """
    db.session.execute(
        update(Invitation)
        .where(
            Invitation.person_id == person_id,
            Invitation.kind == AuthorityKind.SELF,
            Invitation.state == InvitationState.WAITING,
        )
        .values(scope=scope)
    )


def call_in(person_id: UUID) -> None:
    """Let no invitation of somebody be answered any more: there is nothing left to act in. The caller has checked."""
    db.session.execute(
        update(Invitation)
        .where(Invitation.person_id == person_id, Invitation.state == InvitationState.WAITING)
        .values(state=InvitationState.TAKEN_BACK, settled_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _require_waiting(invitation: Invitation) -> None:
    if invitation.state is not InvitationState.WAITING:
        raise StateError("This invitation does not wait any more.")


def _address(actor: Actor, person: Person, typed: str) -> str:
    """An address that can be asked: not one's own, nobody who acts already or was asked."""
    try:
        address = validate_email(typed.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        raise InvalidError({"email": "Enter an e-mail address, like name@example.org"}) from None
    if address.lower() == actor.email.lower():
        raise InvalidError({"email": "That is your own address. Enter the address of somebody else"})
    same = func.lower(Account.email) == address.lower()
    acts = select(Authority.id).join(Account, Account.id == Authority.account_id)
    in_force = or_(Authority.ends_on.is_(None), Authority.ends_on >= clock.today())
    if db.session.scalar(acts.where(Authority.person_id == person.id, same, Authority.ended_at.is_(None), in_force)):
        raise InvalidError({"email": "Whoever has that address acts here already"})
    # a row that waits past its day makes room for a new one
    db.session.execute(
        update(Invitation)
        .where(
            Invitation.person_id == person.id,
            Invitation.state == InvitationState.WAITING,
            Invitation.expires_at <= clock.now(),
        )
        .values(state=InvitationState.TAKEN_BACK, settled_at=clock.now())
    )
    waits = select(Invitation.id).where(
        Invitation.person_id == person.id,
        func.lower(Invitation.email) == address.lower(),
        Invitation.state == InvitationState.WAITING,
    )
    if db.session.scalar(waits):
        raise InvalidError({"email": "Somebody at that address was asked already. You can send it again"})
    return address


def _slow_down(actor: Actor) -> None:
    """Of many sent at once by one account no more go than the day allows: they are counted one after another."""
    db.session.scalar(select(Account.id).where(Account.id == actor.account_id).with_for_update(key_share=True))
    sent = select(func.coalesce(func.sum(Invitation.sendings), 0)).where(
        Invitation.invited_by == actor.account_id, Invitation.written_at > clock.now() - LIVES / 7
    )
    if (db.session.scalar(sent) or 0) >= A_DAY:
        raise StateError(_SLOW_DOWN)


def _send(invitation: Invitation) -> None:
    enqueue_many(mailing.SEND_INVITATION, [{"invitation_id": str(invitation.id)}])


def _record(actor: Actor, invitation: Invitation, verb: str, sentence: str) -> None:
    audit.record(
        actor,
        f"acting.{verb}",
        sentence,
        subject_kind="invitation",
        subject_id=invitation.id,
        person_id=invitation.person_id,
        commissioner_id=invitation.commissioner_id,
        details={"kind": invitation.kind.value, "scope": invitation.scope.value},
    )
