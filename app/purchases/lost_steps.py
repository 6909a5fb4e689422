"""A provider's people who lost their second step: another who keeps the same page asks that it is taken away, or an
administrator where the provider is known. As with people's own sides it happens three days later, and can be stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, or_, select

from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError
from app.identity.models import Account
from app.identity.rules import Actor, Permission, ProviderSubject, StaffRole, may
from app.marketplace.enquiry_models import Enquiry
from app.marketplace.models import Provider, ProviderMember
from app.purchases.models import Purchase
from app.purchases.rules import State
from app.signing_in import resets
from app.signing_in.models import StepReset


def others_who_keep(viewer: Actor, provider: Provider) -> Sequence[Account]:
    """Who keeps a provider's page beside the viewer.

    :raises NotFoundError: for whoever does not keep it themself.
    """
    if not may(viewer, Permission.KEEP_LISTINGS, ProviderSubject(provider.id)):
        raise NotFoundError
    return db.session.scalars(
        select(Account)
        .join(ProviderMember, ProviderMember.account_id == Account.id)
        .where(
            ProviderMember.provider_id == provider.id,
            Account.id != viewer.account_id,
            Account.closed_at.is_(None),
        )
        .order_by(Account.name, Account.id)
    ).all()


def ask_for_other(actor: Actor, provider: Provider, account_ref: str, why: str) -> StepReset:
    """Ask for somebody else who keeps the same provider's page.

    :raises NotFoundError: when they do not, or the actor does not.
    :raises NotAllowedError: when they are staff: their administrator does that.
    :raises InvalidError: field ``why``, without a reason.
    :raises StateError: when it was asked for already, or there is nothing to take away.
    """
    account = next((one for one in others_who_keep(actor, provider) if one.ref == account_ref), None)
    if account is None:
        raise NotFoundError
    return resets.ask_for(actor, account, why)


def ask_for_member(actor: Actor, commissioner_id: UUID, email: str, why: str) -> tuple[Account, StepReset]:
    """Ask for somebody who keeps the page of a provider that a commissioner's people bought from, or wrote to.

    :param email: the address with which they sign in.
    :raises NotFoundError: when the actor is no administrator there.
    :raises NotAllowedError: when it is the actor's own, or a colleague's.
    :raises InvalidError: fields ``email`` and ``why``.
    :raises StateError: when it was asked for already, or there is nothing to take away.
    """
    if commissioner_id not in actor.posts_with(StaffRole.ADMIN):
        raise NotFoundError
    account = _member_at(commissioner_id, email)
    if account is None:
        words = "Nobody with that address looks after a provider that your people bought from or wrote to"
        raise InvalidError({"email": words})
    if account.id == actor.account_id:
        raise NotAllowedError("Another administrator has to do this for you.")
    return account, resets.ask_for(actor, account, why, commissioner_id=commissioner_id)


def _member_at(commissioner_id: UUID, email: str) -> Account | None:
    bought = select(Purchase.id).where(
        Purchase.provider_id == ProviderMember.provider_id,
        Purchase.commissioner_id == commissioner_id,
        Purchase.state != State.DRAFT,
    )
    wrote = select(Enquiry.id).where(
        Enquiry.provider_id == ProviderMember.provider_id, Enquiry.commissioner_id == commissioner_id
    )
    return db.session.scalar(
        select(Account)
        .join(ProviderMember, ProviderMember.account_id == Account.id)
        .where(
            func.lower(Account.email) == email.strip().lower(),
            Account.closed_at.is_(None),
            or_(bought.exists(), wrote.exists()),
        )
        .limit(1)
    )
