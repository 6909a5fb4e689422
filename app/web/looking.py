"""The ways to what is behind the privacy gate; and what a page shows of one purchase is written down for the person."""

from __future__ import annotations

from uuid import UUID

from flask import url_for

from app.approvals import queries as approvals
from app.approvals.models import ApprovalRequest
from app.evidence.models import Attachment
from app.identity.models import Person
from app.identity.rules import Actor, CommissionerSubject, Permission, may
from app.messages.models import Conversation
from app.purchases.models import Purchase
from app.stewardship import concern_queries, keys, openings
from app.stewardship.gate_rules import KeyKind, Sight
from app.stewardship.openings import Key
from app.web.auditing import note_audit
from app.web.context import current_actor


def note_one(purchase: Purchase, sight: Sight, what: str, subject_id: UUID) -> None:
    """Write down that a coordinator opened something of one purchase, to decide it or to help with it.

    Whoever acts for the person is not noted: it is their own.
    """
    actor = current_actor()
    if actor.grant_for(purchase.person_id) is not None:
        return
    key = keys.key_to_one(actor, purchase)
    if key is not None:
        openings.note(actor, purchase.person, key, sight, what, subject_id)


def note_request(request: ApprovalRequest) -> None:
    """Write down that somebody opened a request: a purchase, an idea, a move; to decide it, or as an auditor."""
    if not approvals.may_open(current_actor(), request):
        note_audit(request.person, Sight.PURCHASE, request.title, request.subject_id)
        return
    key = Key(KeyKind.DECISION, request.id, request.ref, "to decide it")
    openings.note(current_actor(), request.person, key, Sight.PURCHASE, request.title, request.subject_id)


def note_file(conversation: Conversation, item: Attachment) -> None:
    """Write down that a coordinator opened a file that came with a message; nobody who acts for the person."""
    actor = current_actor()
    if actor.grant_for(conversation.person_id) is None:
        key = Key(KeyKind.MESSAGE, conversation.id, conversation.ref, "to answer you")
        openings.note(actor, conversation.person, key, Sight.FILE, "a file that came with a message", item.id)


def ways_behind_the_gate(actor: Actor, person: Person) -> list[tuple[str, str, str]]:
    """What staff may do about a person's money, reviews and concerns: title, address, a sentence."""
    place, ref = CommissionerSubject(person.commissioner_id), person.ref
    found = []
    if may(actor, Permission.LOOK_AT_MONEY, place):
        held = keys.keys_of(actor, person)
        about = f"Open to you {held[0].words}." if held else "Closed. See what opens it."
        found.append(("Money and plan", url_for("staff_money.index", person_ref=ref), about))
        about = "When money and plan are looked at together, and what was agreed."
        found.append(("Reviews", url_for("staff_plan_reviews.index", person_ref=ref), about))
    if may(actor, Permission.READ_CONCERNS, place) and concern_queries.concerns_of(actor, person):
        about = "Those in which you have a part."
        found.append(("Concerns", url_for("staff_concerns.index", person_ref=ref), about))
    if may(actor, Permission.RECORD_CONCERNS, place):
        about = "When you have to look at once. A colleague is told, and so are they."
        found.append(("Record a concern", url_for("staff_concerns.new", person_ref=ref), about))
    if may(actor, Permission.READ_AUDIT, place):
        about = "Everything that was done in their affairs, as they read it."
        found.append(("Who did what", url_for("audit.about", person_ref=ref), about))
    return found
