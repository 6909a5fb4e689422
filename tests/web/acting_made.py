"""Somebody who acts, with a paper, and somebody who was asked to: for tests of addresses."""

from __future__ import annotations

from app.acting import inviting, mailing
from app.acting.inviting import Terms
from app.core.db import db
from app.identity import service
from app.identity.models import Account, Person
from app.identity.rules import AuthorityKind, Scope
from tests import factories as make
from tests.papers import keep_paper


def make_acting(person: Person, account: Account) -> dict[str, str]:
    """A broker whose papers wait, one paper, and an invitation with its link.

    :returns: their references, by the names that addresses use.
    """
    broker = make.make_account("Finch Broker")
    authority = service.grant_authority(
        make.SYSTEM,
        broker,
        person,
        AuthorityKind.BROKER,
        Scope.PREPARE,
        starts_on=make.LONG_AGO,
        checked_by_name="",
    )
    paper = keep_paper(authority)
    actor = make.actor_for(account)
    invitation = inviting.invite(
        actor, person, f"asked.{person.ref}@example.org", AuthorityKind.BROKER, Terms(Scope.VIEW)
    )
    token = mailing.mint(invitation)
    db.session.flush()
    return {
        "authority_ref": authority.ref,
        "paper_ref": paper.ref,
        "invitation_ref": invitation.ref,
        "token": token,
    }
