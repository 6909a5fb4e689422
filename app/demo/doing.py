"""The steps of the scenes, through the same services that the pages use."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from werkzeug.datastructures import FileStorage

from app.core import clock
from app.demo.world import Someone, World
from app.evidence import service as evidence
from app.identity.rules import Actor
from app.purchases import declaring
from app.purchases import service as purchases
from app.purchases.benefit_rules import BenefitInput
from app.purchases.models import Purchase
from app.purchases.queries import open_request_of
from app.purchases.rules import DetailsInput, LineInput


@dataclass(frozen=True, slots=True)
class Item:
    """A line of something bought elsewhere."""

    words: str
    pence: int
    category: str | None
    aim: int
    family: str | None = None


def elsewhere(
    actor: Actor, who: Someone, payee: str, items: Sequence[Item], *, bought_on: date | None = None, note: str = ""
) -> Purchase:
    """A draft of something bought elsewhere."""
    draft = purchases.start_draft(actor, who.person, who.budget)
    for item in items:
        purchases.put_line(
            actor,
            draft,
            None,
            LineInput(
                description=item.words,
                amount_pence=item.pence,
                outcome_ref=who.outcomes[item.aim].ref,
                category=item.category,
                family_member=item.family or "no",
            ),
        )
    details = DetailsInput(payee_name=payee, bought_on=bought_on or clock.today(), note=note)
    purchases.set_details(actor, draft, details)
    return draft


def from_listing(
    world: World,
    actor: Actor,
    who: Someone,
    payee: str,
    title: str,
    quantity: int,
    aim: int,
    *,
    needed: date | None = None,
    note: str = "",
) -> Purchase:
    """A draft of something from the marketplace."""
    listing = world.listing(payee, title)
    draft = purchases.start_draft(actor, who.person, who.budget, listing_ref=listing.ref)
    line = draft.lines[0]
    purchases.put_line(
        actor, draft, line.ref, LineInput(quantity_hundredths=quantity * 100, outcome_ref=who.outcomes[aim].ref)
    )
    day = min(needed or clock.today(), who.budget.ends_on)
    purchases.set_details(actor, draft, DetailsInput(needed_from=day, note=note))
    return draft


def gets_nothing(broker: Actor, purchase: Purchase) -> None:
    """A broker says that they get nothing from what they are about to send."""
    declaring.declare(broker, purchase, BenefitInput(False))


def request_ref(world: World, who: Someone, purchase: Purchase) -> str:
    """The reference of the request a purchase waits on.

    :raises LookupError: when it waits for nobody: the policy said something else than the scene expects.
    """
    request = open_request_of(world.actor(who.account), purchase)
    if request is None:
        raise LookupError(f"{purchase.title} was not referred: {purchase.state}")
    return request.ref


def attach(actor: Actor, purchase: Purchase, content: bytes, filename: str) -> None:
    """Add a receipt."""
    evidence.attach(actor, purchase, FileStorage(io.BytesIO(content), filename=filename))
