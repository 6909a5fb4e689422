"""A purchase goes to a person, or to what the team has said yes to in advance."""

from __future__ import annotations

from typing import Any

from app.approvals import queries as approval_queries
from app.approvals import service as approvals
from app.approvals.models import ApprovalRequest, SimpleRule
from app.approvals.rules import SubjectKind
from app.core import clock
from app.identity import queries as identity
from app.identity.rules import Actor
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.policy.rules import Action, Decision
from app.purchases.changing import named
from app.purchases.checking import sellers_in
from app.purchases.models import Purchase
from app.purchases.telling import doer


def ask_coordinator(actor: Actor, purchase: Purchase, decision: Decision) -> ApprovalRequest:
    """Ask the one coordinator who should decide, by a day."""
    coordinator = approval_queries.coordinator_for(
        purchase.person_id, purchase.commissioner_id, purchase.requested_by, sellers_in(purchase)
    )
    request = approvals.open_request(actor, **_question(purchase, decision), assigned_to=coordinator)
    team = [coordinator] if coordinator else identity.coordinators(purchase.commissioner_id)
    by = doer(purchase.person, purchase.requested_by_name, purchase.requested_as)
    messages.notify(
        actor,
        [account.id for account in team],
        NoticeKind.TO_DECIDE,
        f"{by.who} asks about {named(purchase)}{by.for_whom}. Answer by {clock.say_day(request.due_on)}.",
        about=About.REQUEST,
        about_ref=request.ref,
        person_id=purchase.person_id,
    )
    return request


def answer_by_rule(actor: Actor, purchase: Purchase, decision: Decision, rule: SimpleRule) -> ApprovalRequest:
    """Note that a simple rule said yes at once: it counts as precedent, and the person reads why."""
    return approvals.open_answered(actor, rule, **_question(purchase, decision))


def _question(purchase: Purchase, decision: Decision) -> dict[str, Any]:
    doubts = [finding for finding in decision.findings if finding.action is Action.REFER]
    asked = [purchase.lines[f.line] for f in doubts if f.line is not None] or list(purchase.lines)
    return {
        "commissioner_id": purchase.commissioner_id,
        "person_id": purchase.person_id,
        "subject_kind": SubjectKind.PURCHASE,
        "subject_id": purchase.id,
        "line_ids": sorted({line.id for line in asked}),
        "title": purchase.title,
        "amount_pence": purchase.total_pence,
        "rules": list(dict.fromkeys(finding.rule for finding in doubts)),
        "reason_asked": doubts[0].sentence if doubts else "",
        "asked_by": purchase.requested_by,
        "category": asked[0].category if asked else None,
    }
