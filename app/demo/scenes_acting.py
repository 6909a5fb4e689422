"""Who is asked to act for whom: a father whose papers wait, a sister who has not answered, two who agree."""

from __future__ import annotations

import io
from datetime import timedelta

from werkzeug.datastructures import FileStorage

from app.acting import answering, inviting, mailing
from app.acting.inviting import Terms
from app.core.db import db
from app.demo import papers
from app.demo.scenes import Scene
from app.demo.world import World
from app.evidence import papers as kept
from app.identity import authorities, authority_queries
from app.identity import queries as identity
from app.identity.rules import AuthorityKind, EvidenceKind, Scope

#: Over this Amira's mother and father say yes together.
TOGETHER = 50_000


def scenes(world: World) -> list[Scene]:
    """The last days of Amira and Sam."""
    amira, sam = world.people["amira"], world.people["sam"]
    karim = world.accounts["karim"]

    def ask_father() -> None:
        marcus, terms = world.actor(world.accounts["marcus"]), Terms(Scope.BUY, month_limit_pence=80_000)
        invitation = inviting.invite(
            marcus,
            amira.person,
            karim.email,
            AuthorityKind.REPRESENTATIVE,
            terms,
            evidence=EvidenceKind.PARENTAL_RESPONSIBILITY,
        )
        token = mailing.mint(invitation)
        db.session.flush()
        answering.accept(identity.load_actor(karim), token)  # who they are changes here: the world's would stay as read

    def send_papers() -> None:
        actor = identity.load_actor(karim)
        authority = authority_queries.own_authority(actor, amira.person)
        paper = papers.copy("General Register Office", "Birth certificate", amira.person.name, world.today)
        kept.add_paper(actor, authority, FileStorage(io.BytesIO(paper), filename="birth certificate.pdf"))

    def agree_together() -> None:
        authorities.agree_together_over(world.actor(world.accounts["priya"]), amira.person, TOGETHER)

    def ask_sister() -> None:
        terms = Terms(Scope.BUY, 10_000, 30_000)
        inviting.invite(world.actor(sam.account), sam.person, "ngozi@example.org", AuthorityKind.NOMINEE, terms)

    return [
        Scene(world.ago(4, 10, 20), amira, ask_father),
        Scene(world.ago(3, 19, 5), amira, send_papers),
        Scene(world.ago(3, 19, 30) + timedelta(hours=14), amira, agree_together),
        Scene(world.ago(2, 18, 40), sam, ask_sister),
    ]
