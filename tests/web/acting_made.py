"""Somebody who acts, with a paper, and somebody who was asked to: for tests of addresses."""

from __future__ import annotations

from app.acting import inviting, mailing
from app.acting.inviting import Terms
from app.core.db import db
from app.evidence import store
from app.evidence.models import AuthorityPaper
from app.identity import service
from app.identity.models import Account, Person
from app.identity.rules import AuthorityKind, Scope
from tests import factories as make


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
    paper = AuthorityPaper(
        commissioner_id=person.commissioner_id,
        authority_id=authority.id,
        filename="consent.pdf",
        content_type="application/pdf",
        size_bytes=5,
        sha256="0" * 64,
        stored_name=store.keep(b"%PDF-", "pdf"),
        uploaded_by=broker.id,
        uploaded_by_name=broker.name,
    )
    db.session.add(paper)
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
