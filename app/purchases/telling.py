"""Who is told about a purchase, or about something else that was decided."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.approvals.models import ApprovalRequest
from app.core.db import db
from app.identity import queries as identity
from app.identity.models import Account, Person
from app.identity.rules import Actor, AuthorityKind
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.purchases.models import Purchase
from app.purchases.subjects import subject_of

_FOR_SOMEBODY = frozenset(kind.value for kind in AuthorityKind if kind is not AuthorityKind.SELF)


@dataclass(frozen=True, slots=True)
class Doer:
    """Who did something, for a title that staff read: by whom, and for whom where that is somebody else."""

    who: str
    for_whom: str  # ``, for Sam``, after a comma or a sum; empty where they did it for themself

    @property
    def to_whom(self) -> str:
        """The same after a name: ``Leonie Finch for Sam``."""
        return f"{self.who}{self.for_whom.removeprefix(',')}"


def doer(person: Person, name: str, quality: str) -> Doer:
    """Who did it, by the name and the quality that were written down then.

    What the software, or a provider, set off is told as before: as something of the person's.
    """
    return Doer(name, f", for {person.given_name}") if quality in _FOR_SOMEBODY else Doer(person.given_name, "")


def doer_by_account(person: Person, account_id: UUID | None) -> Doer:
    """Who did it, by account, where nothing else was written down."""
    account = db.session.get(Account, account_id) if account_id else None
    if account is None:
        return Doer(person.given_name, "")
    own = next((row.kind for who, row in identity.acting_accounts(person.id) if who.id == account.id), "")
    return doer(person, account.name, own)


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
