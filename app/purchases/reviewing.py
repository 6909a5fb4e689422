"""Who may say how it was: people who bought and received, on their own side of the table. Never the provider's people.

"Bought" is paid through the ledger and not given back whole; a free thing, or one paid beside it, was not bought here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError, StateError
from app.identity.models import Authority, Person
from app.identity.rules import Actor, AuthorityKind, Permission
from app.ledger.models import LedgerTransfer
from app.ledger.rules import Phase, TransferKind
from app.marketplace import queries as marketplace
from app.marketplace import review_queries, reviews
from app.marketplace.models import Provider
from app.marketplace.review_models import Review
from app.marketplace.review_rules import BOUGHT_DAYS, may_change
from app.purchases import queries
from app.purchases.changing import require
from app.purchases.models import Purchase
from app.purchases.rules import Family, State

_RECEIVED = frozenset({State.DELIVERED, State.PART_REFUNDED})


@dataclass(frozen=True, slots=True)
class Reviewing:
    """What somebody may do about a purchase's provider.

    :param why_not: the sentence when they may not write (or change) one.
    :param own: what they wrote already.
    """

    provider: Provider | None
    why_not: str
    own: Review | None

    @property
    def may(self) -> bool:
        return not self.why_not


def reviewing(actor: Actor, purchase: Purchase) -> Reviewing:
    """Whether the actor may say how it was."""
    provider = db.session.get(Provider, purchase.provider_id) if purchase.provider_id else None
    if provider is None:
        return Reviewing(None, "Only what was bought here can be reviewed.", None)
    own = review_queries.own_review(purchase.person, provider)
    return Reviewing(provider, _why_not(actor, purchase, provider, own), own)


def bought(viewer: Actor, person: Person, review: Review) -> Purchase:
    """The purchase that a person's own review is about.

    :raises NotFoundError: when it is not the viewer's to see.
    """
    ref = db.session.scalar(select(Purchase.ref).where(Purchase.id == review.purchase_id))
    return queries.purchase_for(viewer, person, ref or "")


def write_review(actor: Actor, purchase: Purchase, stars: int | None, words: str) -> Review:
    """Say how it was, or change what was said.

    :raises InvalidError: fields ``stars`` and ``words``.
    :raises NotAllowedError: for a broker, the provider's own people, and whoever shares an account with them.
    :raises StateError: when it was not bought, paid and received in the last year, or is too old to be changed.
    """
    require(actor, Permission.PREPARE_PURCHASE, purchase)
    found = reviewing(actor, purchase)
    if found.provider is None or found.why_not:
        closeness = _too_close(actor, purchase, found.provider)
        raise NotAllowedError(closeness) if closeness else StateError(found.why_not)
    listing = next((line.listing_id for line in purchase.lines if line.listing_id), None)
    return reviews.put(
        actor,
        purchase.person,
        found.provider,
        purchase_id=purchase.id,
        listing_id=listing,
        received_on=purchase.delivered_on or clock.today(),
        stars=stars,
        words=words,
    )


def _why_not(actor: Actor, purchase: Purchase, provider: Provider, own: Review | None) -> str:
    closeness = _too_close(actor, purchase, provider)
    if closeness:
        return closeness
    if not review_queries.can_be_reviewed(provider, purchase.commissioner_id):
        return "We do not rate people."
    today = clock.today()
    if own is not None:
        if may_change(clock.london(own.written_at).date(), today):
            return ""
        return "You wrote about them before. A review can be changed for 30 days."
    received = purchase.delivered_on
    if purchase.state not in _RECEIVED or received is None:
        return "You can say how it was when it has come."
    if received < today - timedelta(days=BOUGHT_DAYS):
        return "It was more than a year ago."
    if net_paid(purchase) <= 0:
        return "Only what was paid for with the budget can be reviewed."
    return ""


def _too_close(actor: Actor, purchase: Purchase, provider: Provider | None) -> str:
    """Why this actor, or this person, says nothing about this provider in public; empty when they may."""
    grant = actor.grant_for(purchase.person_id)
    if grant is None or grant.kind is AuthorityKind.BROKER:
        return "Somebody on the person's own side can say how it was. A broker cannot."
    if provider is None:
        return ""
    members = marketplace.members_of(provider.id)
    if actor.account_id in members or _acts_for(purchase.person, members):
        return "Somebody who works there also acts for this person, so it cannot be reviewed."
    if any(line.family_member in (Family.HOUSEHOLD, Family.CLOSE) for line in purchase.lines):
        return "What family is paid for cannot be reviewed."
    return ""


def _acts_for(person: Person, accounts: tuple[object, ...]) -> bool:
    """Whether one of these accounts acts, or ever acted, for the person."""
    if not accounts:
        return False
    query = select(Authority.id).where(Authority.person_id == person.id, Authority.account_id.in_(accounts)).limit(1)
    return db.session.scalar(query) is not None


def net_paid(purchase: Purchase) -> int:
    """Pence that left the budget for this purchase and did not come back, as the ledger says."""
    came_back = LedgerTransfer.kind == TransferKind.REFUND
    rows = db.session.execute(
        select(came_back, func.sum(LedgerTransfer.amount_pence))
        .where(
            LedgerTransfer.subject_id.in_([purchase.id, *(line.id for line in purchase.lines)]),
            LedgerTransfer.phase.in_((Phase.POST, Phase.POSTED)),
            LedgerTransfer.kind.in_((TransferKind.SPEND, TransferKind.REFUND)),
        )
        .group_by(came_back)
    )
    return sum(-pence if back else pence for back, pence in ((bool(b), int(p)) for b, p in rows))
