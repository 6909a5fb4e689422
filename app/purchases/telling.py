"""Who is told about a purchase, or about something else that was decided."""

from __future__ import annotations

from uuid import UUID

from app.approvals.models import ApprovalRequest
from app.identity import queries as identity
from app.identity.rules import Actor
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.purchases.models import Purchase
from app.purchases.subjects import subject_of


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
    _tell(actor, purchase, side_of(purchase.person_id, purchase.requested_by), kind, title, body)


def tell_about(actor: Actor, request: ApprovalRequest, kind: NoticeKind, title: str, body: str | None = None) -> None:
    """The same about whatever was to be decided.

    :param body: the reason that was given, when left out.
    """
    place = subject_of(request).place(request)
    messages.notify(
        actor,
        side_of(request.person_id, request.asked_by),
        kind,
        title,
        request.reason if body is None else body,
        about=place.about,
        about_ref=place.ref,
        person_id=request.person_id,
    )


def side_of(person_id: UUID, asked_by: UUID) -> list[UUID]:
    """The accounts of the person's own side and of whoever asked for something, while they may act."""
    return [
        account.id
        for account, authority in identity.acting_accounts(person_id)
        if authority.kind.value != "broker" or account.id == asked_by
    ]


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
