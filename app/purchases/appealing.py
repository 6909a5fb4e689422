"""A second look: what was declined, or stopped by a rule that a person may look past, goes to somebody else. Once."""

from __future__ import annotations

from uuid import UUID

from app.approvals import queries as approval_queries
from app.approvals import service as approvals
from app.approvals.models import ApprovalRequest
from app.approvals.rules import SubjectKind
from app.budgets import service as budgets
from app.budgets.queries import budget_by_id
from app.core import clock
from app.core.errors import InvalidError, NotAllowedError, StateError
from app.core.words import storable
from app.identity import queries as identity
from app.identity.authority_queries import hold
from app.identity.models import Account
from app.identity.rules import Actor, Permission
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.policy.rules import Action
from app.purchases.alone import beyond_of
from app.purchases.changing import move, named, record, require
from app.purchases.checking import sellers_in
from app.purchases.holding import try_to_hold
from app.purchases.models import Purchase
from app.purchases.quoting import use_quotes
from app.purchases.rules import MAX_NOTE, State, Verb
from app.purchases.telling import doer


def may_appeal(purchase: Purchase) -> bool:
    """Whether a second look can be asked for: once, after a no, or after a stop that a person may look past.

    A change of something approved is not appealed: what was approved stands, and the change can be asked for again.
    """
    if purchase.appealed_at is not None or purchase.changes_id is not None:
        return False
    if purchase.state is State.DECLINED:
        return True
    decision = purchase.decision
    return purchase.state is State.BLOCKED and decision is not None and decision.appealable


def deciders_before(purchase: Purchase) -> set[UUID]:
    """The accounts that decided this purchase before, or asked the person about it: none of them hears the appeal."""
    return {item.decided_by for item in approval_queries.requests_about(purchase.id) if item.decided_by is not None}


def who_would_hear(actor: Actor, purchase: Purchase) -> Account | None:
    """The coordinator who would look at it; None when nobody is left, and it is then the other coordinators'."""
    asked_by = actor.account_id or purchase.requested_by
    barred = {purchase.requested_by, *sellers_in(purchase), *deciders_before(purchase)}
    return approval_queries.coordinator_for(purchase.person_id, purchase.commissioner_id, asked_by, barred)


def appeal(actor: Actor, purchase: Purchase, why: str) -> Purchase:
    """Ask somebody else to look again.

    Who decided before never hears it, nor gets it handed over. The money is set aside meanwhile if the budget can carry
    it. From now on what was stopped is known to whoever reads it.

    :raises InvalidError: field ``why``.
    :raises NotAllowedError: for a broker who may not buy for so much.
    :raises StateError: when it was asked for before, a rule stands in the way that nobody may look past, or something
        else took its price or its regular payment meanwhile.
    """
    require(actor, Permission.BUY, purchase)
    budgets.lock(budget_by_id(purchase.budget_id))
    actor = hold(actor, purchase.person_id)
    require(actor, Permission.BUY, purchase)
    if beyond_of(actor, purchase) is not None:
        raise NotAllowedError("Someone on the person's own side asks for this one: it is more than you may buy for.")
    if purchase.appealed_at is not None:
        raise StateError("You have asked for a second look at this already. That can be done once.")
    if purchase.changes_id is not None:
        raise StateError(
            "This was a change of something that is agreed. What was agreed stands: you can change it again."
        )
    if purchase.state in (State.DECLINED, State.BLOCKED) and not may_appeal(purchase):
        raise StateError("Nobody in the team may look past this rule. Change this, or ask a person what would be fine.")
    why = storable(why)
    if not why:
        raise InvalidError({"why": "Say why somebody should look again"})
    if len(why) > MAX_NOTE:
        raise InvalidError({"why": f"Write it in {MAX_NOTE:,} characters or fewer"})
    blocked = purchase.state is State.BLOCKED
    to, barred = who_would_hear(actor, purchase), deciders_before(purchase)
    before = approval_queries.latest_for(purchase.id)
    move(purchase, Verb.APPEAL, decided_at=None, end_reason="", appealed_at=clock.now(), appeal_why=why)
    use_quotes(actor, purchase)  # nobody else buys at a price that was kept once
    note_regular(purchase)
    held = try_to_hold(actor, purchase)
    record(actor, purchase, "appeal", "Asked for a second look at", why=why, held=held)
    request = approvals.open_request(
        actor,
        commissioner_id=purchase.commissioner_id,
        person_id=purchase.person_id,
        subject_kind=SubjectKind.APPEAL,
        subject_id=purchase.id,
        line_ids=sorted(line.id for line in purchase.lines),
        title=purchase.title,
        amount_pence=purchase.total_pence,
        rules=_rules(purchase, before, blocked=blocked),
        reason_asked=_told(purchase, before, blocked=blocked),
        asked_by=actor.account_id or purchase.requested_by,
        assigned_to=to,
        barred=barred,
        needs_reason=blocked,
    )
    team = [to] if to else [item for item in identity.coordinators(purchase.commissioner_id) if item.id not in barred]
    by = doer(purchase.person, actor.name, actor.quality_for(purchase.person_id, purchase.commissioner_id))
    messages.notify(
        actor,
        [account.id for account in team],
        NoticeKind.TO_DECIDE,
        f"{by.who} asks for a second look at {named(purchase)}{by.for_whom}. "
        f"Answer by {clock.say_day(request.due_on)}.",
        about=About.REQUEST,
        about_ref=request.ref,
        person_id=purchase.person_id,
    )
    return purchase


def note_regular(purchase: Purchase) -> None:
    """Note that a purchase takes care of its regular payment, so that nothing else does meanwhile.

    :raises StateError: when something else does already.
    """
    payment, due_on = purchase.regular_payment_id, purchase.regular_due_on
    if payment and due_on and not budgets.mark_regular_made(payment, due_on, purchase.id):
        raise StateError("Another purchase takes care of this payment already.")


def _rules(purchase: Purchase, before: ApprovalRequest | None, *, blocked: bool) -> list[str]:
    """Codes of what stood in the way the first time."""
    if not blocked:
        return [str(code) for code in before.rules] if before is not None else []
    decision = purchase.decision
    found = decision.findings if decision else ()
    return list(dict.fromkeys(item.rule for item in found if item.action is Action.BLOCK))


def _told(purchase: Purchase, before: ApprovalRequest | None, *, blocked: bool) -> str:
    """What the person read the first time."""
    if not blocked:
        return before.reason if before is not None else ""
    decision = purchase.decision
    return decision.first.sentence if decision and decision.first else ""
