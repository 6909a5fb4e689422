"""Writing a purchase of the past as if it had gone through every step: policy, ledger, payment, audit, receipt.

The services do the same with some forty statements each, which is right for a person who waits and too slow for two
thousand purchases. A test holds what is written here against what the services write.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from app.audit.models import AuditEntry
from app.budgets import service as budgets
from app.core import clock
from app.core.ids import new_id, new_ref
from app.core.money import format_pounds, split_cumulative
from app.demo import papers, planning
from app.demo.planning import Bought
from app.demo.setting import RECEIPT_OVER
from app.demo.world import Someone, World
from app.evidence import store
from app.evidence.models import Receipt
from app.identity.rules import Actor
from app.ledger import service as ledger
from app.ledger.rules import Phase, Stream, TransferKind
from app.marketplace.models import Listing
from app.payments.models import PaymentIntent
from app.payments.rails import OUTSIDE
from app.payments.rules import IntentState, payment_key
from app.plans.models import Outcome
from app.policy.engine import decide
from app.policy.rules import Action, Decision, Door, LineFacts, PurchaseFacts
from app.purchases.facts import is_on_plan, without_settled
from app.purchases.models import Purchase, PurchaseDecision, PurchaseLine
from app.purchases.rules import State, Way

_ASKED_UNTIL_DAYS = 95  # the home page asks for receipts of the last three months


def write(world: World, who: Someone, item: Bought) -> Purchase | None:
    """Write one purchase of the past; nothing when the money was not there or the policy would have asked.

    The story's clock stands at the purchase's moment.
    """
    outcome = who.outcomes[item.aim]
    listing = world.listing(item.payee, item.words) if item.habit and item.habit.listing else None
    quantity = item.habit.quantity if item.habit and listing else 1
    pence = (listing.price_pence or 0) * quantity if listing else item.pence
    floor = planning.reserved(who, planning.months_ago(world, clock.period_of(item.moment))) if item.habit else {}
    parts = _split(who, outcome, pence, floor)
    if parts is None:
        return None
    facts = _facts(who, item, outcome, pence, listing)
    decision = without_settled(decide(world.policy(who.budget.commissioner_id), facts), item.due is not None)
    if decision.action not in (Action.ALLOW, Action.WARN):
        return None
    actor = world.actor(who.account)
    purchase = _purchase(who, actor, item, outcome, pence, listing, quantity, decision)
    _spend(world, who, actor, purchase, outcome, parts)
    what = f"{purchase.title}, {format_pounds(pence)}"
    asked = {"action": decision.action.value, "policy": decision.policy_version}
    world.later += [
        purchase,
        PurchaseDecision(
            id=new_id(),
            commissioner_id=purchase.commissioner_id,
            purchase_id=purchase.id,
            policy_version=decision.policy_version,
            action=decision.action,
            findings=[finding.to_dict() for finding in decision.findings],
            facts={"agreed_regular": item.due is not None, **json.loads(json.dumps(asdict(facts), default=str))},
            written_at=item.moment,
        ),
        PaymentIntent(
            commissioner_id=purchase.commissioner_id,
            purchase_id=purchase.id,
            rail=OUTSIDE,
            attempt=1,
            idempotency_key=payment_key(purchase.id, "pay", 1),
            state=IntentState.SETTLED,
            amount_pence=pence,
            evidence=purchase.paid_how,
            written_at=item.moment,
            settled_at=item.moment,
        ),
        _entry(actor, purchase, item, "purchases.submit", f"Asked to buy {what}", asked),
        _entry(actor, purchase, item, "purchases.pay", f"Paid for {what}", {"rail": OUTSIDE}),
        *_papers(world, who, actor, purchase, item),
    ]
    if item.due is not None:
        budgets.mark_regular_made(item.due.id, clock.london(item.moment).date(), purchase.id)
    return purchase


def _entry(
    actor: Actor, purchase: Purchase, item: Bought, verb: str, sentence: str, details: dict[str, Any]
) -> AuditEntry:
    """An entry of the audit as ``audit.record`` makes it, with its moment, to be written with many others."""
    return AuditEntry(
        id=new_id(),
        written_at=item.moment,
        commissioner_id=purchase.commissioner_id,
        actor_id=actor.account_id,
        actor_name=actor.name,
        actor_role=purchase.requested_as,
        person_id=purchase.person_id,
        verb=verb,
        subject_kind="purchase",
        subject_id=purchase.id,
        sentence=sentence,
        details={"ref": purchase.ref, "total_pence": purchase.total_pence, **details},
    )


def _split(who: Someone, outcome: Outcome, pence: int, floor: Mapping[Stream, int]) -> dict[Stream, int] | None:
    """What each stream pays, or nothing when one of them could not."""
    funding, taken, left = who.funding(outcome), who.taken(outcome), who.left()
    before = [max(0, taken.get(item.stream, 0)) for item in funding]
    shares = split_cumulative(before, pence, [item.share for item in funding])
    parts = {item.stream: part for item, part in zip(funding, shares, strict=True) if part}
    if any(part > left.get(stream, 0) - floor.get(stream, 0) for stream, part in parts.items()):
        return None
    for stream, part in parts.items():
        left[stream] -= part
        taken[stream] = taken.get(stream, 0) + part
    return parts


def _facts(who: Someone, item: Bought, outcome: Outcome, pence: int, listing: Listing | None) -> PurchaseFacts:
    day = clock.today()
    return PurchaseFacts(
        lines=(
            LineFacts(
                text=listing.title if listing else item.words,
                amount_pence=pence,
                merchant=item.payee,
                category=item.category,
                outcome_id=str(outcome.id),
                on_plan=is_on_plan(outcome, item.category, item.words),
                unit_price_pence=listing.price_pence if listing else None,
                unit=listing.unit.value if listing else None,
                provider_status=listing.provider.status.value if listing else None,
                bought_on=None if listing else day,
            ),
        ),
        door=Door.BASKET if listing else Door.OUTSIDE,
        today=day,
        available_pence=sum(who.left().values()) + pence,
    )


def _purchase(
    who: Someone,
    actor: Actor,
    item: Bought,
    outcome: Outcome,
    pence: int,
    listing: Listing | None,
    quantity: int,
    decision: Decision,
) -> Purchase:
    day, whole = clock.today(), decision.for_purchase().findings + decision.for_line(0).findings
    findings: list[dict[str, Any]] = [finding.to_dict() for finding in whole]
    words = listing.title if listing else item.words
    same: dict[str, Any] = {"commissioner_id": who.budget.commissioner_id, "person_id": who.person.id}
    line = PurchaseLine(
        id=new_id(),
        position=0,
        description=words,
        category=item.category,
        listing_id=listing.id if listing else None,
        quantity_hundredths=quantity * 100,
        unit=listing.unit.value if listing else None,
        unit_price_pence=pence // quantity,
        amount_pence=pence,
        outcome_id=outcome.id,
        action=decision.for_line(0).action,
        findings=[finding.to_dict() for finding in decision.for_line(0).findings],
        moved_on=day,
        **same,
    )
    how = "By bank transfer from the budget account" if listing else f"Bought before it was recorded, by {actor.name}"
    return Purchase(
        id=new_id(),
        ref=new_ref(),
        budget_id=who.budget.id,
        state=State.DELIVERED if listing else State.PAID,
        way=Way.LISTING if listing else Way.OUTSIDE,
        title=words,
        payee_name=item.payee,
        provider_id=listing.provider_id if listing else None,
        regular_payment_id=item.due.id if item.due else None,
        regular_due_on=day if item.due else None,
        total_pence=pence,
        requested_by=actor.account_id,
        requested_by_name=actor.name,
        requested_as=actor.quality_for(who.person.id, who.person.commissioner_id),
        created_at=item.moment,
        submitted_at=item.moment,
        decided_at=item.moment,
        policy_version=decision.policy_version,
        action=decision.action,
        findings=findings,
        needed_from=day if listing else None,
        bought_on=None if listing else day,
        paid_on=day,
        paid_how=how,
        rail=OUTSIDE,
        delivered_on=day if listing else None,
        lines=[line],
        **same,
    )


def _spend(
    world: World, who: Someone, actor: Actor, purchase: Purchase, outcome: Outcome, parts: dict[Stream, int]
) -> None:
    """The money goes, without a promise before: it had been paid when it was entered."""
    payee = purchase.provider_id or budgets.payee_id_of(who.budget, purchase.payee_name)
    accounts = {item.stream: item.ledger_account_id for item in who.budget.streams}
    legs = []
    for stream, part in parts.items():
        account = accounts[stream]
        assert account is not None  # an agreed budget has its accounts
        payee_account = world.payee_account(purchase.commissioner_id, payee, stream)
        legs.append(ledger.Leg(account, payee_account, part, outcome.id))
    ledger.write_transfers(
        commissioner_id=purchase.commissioner_id,
        actor_id=actor.account_id,
        actor_name=actor.name,
        kind=TransferKind.SPEND,
        phase=Phase.POSTED,
        legs=legs,
        memo=f"Purchase {purchase.ref}",
        counts_on=clock.today(),
        subject_id=purchase.lines[0].id,
    )


def _papers(
    world: World, who: Someone, actor: Actor, purchase: Purchase, item: Bought
) -> tuple[Receipt, AuditEntry] | tuple[()]:
    """A receipt, for what is dear enough: of a year for those who sign in, of three months for the others."""
    long = bool(who.life.email or (who.life.helper and who.life.helper.email))
    if purchase.total_pence <= RECEIPT_OVER or not (long or _lately(world.today)):
        return ()
    content = papers.pdf(item.payee, purchase.title, purchase.total_pence, clock.today())
    purchase.receipt_count = 1
    receipt = Receipt(
        id=new_id(),
        commissioner_id=purchase.commissioner_id,
        purchase_id=purchase.id,
        filename=f"receipt {clock.today():%d %B}.pdf",
        content_type="application/pdf",
        size_bytes=len(content),
        pages=1,
        sha256=hashlib.sha256(content).hexdigest(),
        stored_name=store.keep(content, "pdf"),
        uploaded_by=actor.account_id,
        uploaded_by_name=actor.name,
        uploaded_at=item.moment,
    )
    return receipt, _entry(actor, purchase, item, "evidence.attach", f"Added a receipt to {purchase.title}", {})


def _lately(today: date) -> bool:
    return (today - clock.today()).days <= _ASKED_UNTIL_DAYS
