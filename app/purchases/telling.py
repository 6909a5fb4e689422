"""Who is told about a purchase."""

from __future__ import annotations

from uuid import UUID

from app.identity import queries as identity
from app.identity.rules import Actor
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.purchases.models import Purchase


def tell_holders(actor: Actor, purchase: Purchase, kind: NoticeKind, title: str, body: str = "") -> None:
    """Tell the person's own side (not brokers), and not whoever does it."""
    accounts = identity.holder_side_ids(purchase.person_id)
    _tell(actor, purchase, accounts, kind, title, body)


def tell_requester(actor: Actor, purchase: Purchase, kind: NoticeKind, title: str, body: str = "") -> None:
    """Tell whoever asked for it, unless their right has ended since."""
    if identity.holds_any_authority(purchase.requested_by, purchase.person_id):
        _tell(actor, purchase, [purchase.requested_by], kind, title, body)


def tell_side(actor: Actor, purchase: Purchase, kind: NoticeKind, title: str, body: str = "") -> None:
    """Tell the person's own side and whoever asked, each once. Somebody whose right has ended is not told."""
    accounts = [
        account.id
        for account, authority in identity.acting_accounts(purchase.person_id)
        if authority.kind.value != "broker" or account.id == purchase.requested_by
    ]
    _tell(actor, purchase, accounts, kind, title, body)


def _tell(actor: Actor, purchase: Purchase, accounts: list[UUID], kind: NoticeKind, title: str, body: str) -> None:
    messages.notify(
        actor,
        accounts,
        kind,
        title,
        body,
        about=About.PURCHASE,
        about_ref=purchase.ref,
        person_id=purchase.person_id,
    )
