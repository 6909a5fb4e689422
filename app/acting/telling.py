"""Telling people that somebody begins to act, does no more, or may do more or less."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from app.acting.models import Invitation
from app.identity import absences
from app.identity import queries as identity
from app.identity.models import Authority, Person
from app.identity.rules import Actor, AuthorityKind
from app.messages import service as messages
from app.messages.rules import About, NoticeKind

#: In the middle of a sentence: "acts as their nominee".
_AS = {
    AuthorityKind.SELF: "for themself",
    AuthorityKind.REPRESENTATIVE: "as their representative",
    AuthorityKind.NOMINEE: "as their nominee",
    AuthorityKind.BROKER: "as their broker",
}


def tell_asked(actor: Actor, invitation: Invitation) -> None:
    """A coordinator asked somebody to act: the person's own side learns it before anybody can say yes, and so does
    whoever looks at the papers.
    """
    person, quality = invitation.person, _AS[invitation.kind]
    body = "They can look once they say yes, and do more when a coordinator has seen their papers."
    title = f"{actor.name} asked somebody to act for {person.given_name} {quality}. Tell us if that is wrong."
    _to_side(actor, person, identity.holder_side_ids(person.id), title, body)
    staff = [key for key in who_checks(person) if key != actor.account_id]
    _to_staff(actor, person, staff, f"{actor.name} asked somebody to act for {person.name} {quality}.", "")


def tell_begun(actor: Actor, invitation: Invitation, authority: Authority) -> None:
    """Somebody said yes: the person's own side and whoever asked learn of it, and the team where papers wait."""
    person = invitation.person
    title = f"{actor.name} said yes and acts for {person.given_name} {_AS[authority.kind]}."
    body = "" if authority.is_checked else "They can only look until a coordinator has seen their papers."
    side = identity.holder_side_ids(person.id)
    staff = who_checks(person) if not authority.is_checked else []
    if (
        invitation.invited_by not in side
        and invitation.invited_by not in staff
        and invitation.invited_as == "coordinator"
    ):
        staff.append(invitation.invited_by)
    _to_side(actor, person, side, title, body)
    _to_staff(actor, person, staff, f"{actor.name} acts for {person.name} {_AS[authority.kind]}.", body)


def tell_declined(invitation: Invitation) -> None:
    """Somebody said no: only whoever asked learns of it."""
    person, system = invitation.person, Actor.system("Invitations")
    title = "Somebody you asked to act said no."
    if invitation.invited_as == "coordinator":
        _to_staff(system, person, [invitation.invited_by], title, "")
    else:
        _to_side(system, person, [invitation.invited_by], title, "")


def tell_ended(actor: Actor, authority: Authority) -> None:
    """It is over: whoever acted learns it, the person's own side, and the coordinator where a representative goes."""
    person = authority.person
    messages.notify(
        actor,
        [authority.account_id],
        NoticeKind.ACTING,
        f"You do not act for {person.given_name} any more. {actor.name} ended it.",
        authority.end_reason,
        about=About.ACTING,
    )
    title = f"{authority.account.name} does not act for {person.given_name} any more."
    side = [key for key in identity.holder_side_ids(person.id) if key != authority.account_id]
    _to_side(actor, person, side, title, authority.end_reason)
    if authority.kind is not AuthorityKind.BROKER:
        title = f"{authority.account.name} does not act for {person.name} any more."
        _to_staff(actor, person, who_checks(person), title, authority.end_reason)


def tell_changed(actor: Actor, authority: Authority) -> None:
    """How far it reaches was changed: whoever acts learns it, and the person's own side."""
    person = authority.person
    title = f"{actor.name} changed what {authority.account.name} may do for {person.given_name}."
    side = [authority.account_id, *identity.holder_side_ids(person.id)]
    _to_side(actor, person, side, title, "")


def tell_checked(actor: Actor, authority: Authority) -> None:
    """The papers are in order: whoever acts learns what they may do now, and the person's own side that it is so."""
    person = authority.person
    title = f"{actor.name} has looked at your papers. You can act for {person.given_name} now."
    _to_side(actor, person, [authority.account_id], title, "")
    others = [key for key in identity.holder_side_ids(person.id) if key != authority.account_id]
    _to_side(actor, person, others, f"{authority.account.name} can act for {person.given_name} now.", "")
    staff = [key for key in who_checks(person) if key != actor.account_id]
    _to_staff(actor, person, staff, f"{actor.name} checked the papers of {authority.account.name}.", "")


def tell_missing(actor: Actor, authority: Authority) -> None:
    """Something is still wanted: whoever acts reads what."""
    title = f"{actor.name} needs something more before you can act for {authority.person.given_name}."
    _to_side(actor, authority.person, [authority.account_id], title, authority.missing_words)


def tell_papers(actor: Actor, authority: Authority) -> None:
    """Papers came in: the coordinator learns it."""
    title = f"{actor.name} sent papers to act for {authority.person.name}."
    _to_staff(actor, authority.person, who_checks(authority.person), title, "")


def tell_nobody_to_agree(actor: Actor, person: Person) -> None:
    """Something waits for a second representative, and there is none."""
    title = f"Something for {person.name} waits for a second representative, and there is only one."
    _to_staff(actor, person, who_checks(person), title, "Ask somebody to act, or change from which sum two agree.")


def tell_look_again(authority: Authority, accounts: Iterable[UUID], title: str, actor: Actor) -> None:
    """The papers are to be looked at again."""
    _to_staff(actor, authority.person, accounts, title, "")


def who_checks(person: Person) -> list[UUID]:
    """Who looks at papers for a person: their coordinator or the cover, else the team; nobody who acts for them."""
    acting = {account.id for account, _ in identity.acting_accounts(person.id)}
    there = absences.who_is_there(identity.coordinator_of(person.id))
    if there is not None and there not in acting:
        return [there]
    return [account.id for account in identity.coordinators(person.commissioner_id) if account.id not in acting]


def _to_side(actor: Actor, person: Person, accounts: Iterable[UUID], title: str, body: str) -> None:
    messages.notify(actor, accounts, NoticeKind.ACTING, title, body, about=About.ACTING, person_id=person.id)


def _to_staff(actor: Actor, person: Person, accounts: Iterable[UUID], title: str, body: str) -> None:
    messages.notify(
        actor,
        accounts,
        NoticeKind.ACTING,
        title,
        body,
        about=About.STAFF_ACTING,
        about_ref=person.ref,
        person_id=person.id,
    )
