"""Ending and changing an authority, and telling whom it touches."""

from __future__ import annotations

from uuid import UUID

from app.acting.inviting import Terms
from app.acting.telling import tell_changed, tell_ended
from app.identity import authorities
from app.identity import queries as identity
from app.identity.models import Authority
from app.identity.rules import Actor


def end(actor: Actor, authority: Authority, why: str = "") -> Authority:
    """End an authority (see ``authorities.end_authority``) and tell whom it touches."""
    authorities.end_authority(actor, authority, why=why)
    tell_ended(actor, authority)
    return authority


def change(actor: Actor, authority: Authority, terms: Terms, why: str = "") -> Authority:
    """Change how far an authority reaches (see ``authorities.change_authority``) and tell whom it touches."""
    authorities.change_authority(
        actor,
        authority,
        scope=terms.scope,
        buy_limit_pence=terms.buy_limit_pence,
        month_limit_pence=terms.month_limit_pence,
        outcome_ids=terms.outcome_ids,
        sees_messages=terms.sees_messages,
        ends_on=terms.ends_on,
        why=why,
    )
    tell_changed(actor, authority)
    return authority


def checker_name(person_id: UUID, authority: Authority) -> str:
    """Whose look is awaited, for whoever waits."""
    account = identity.coordinator_of(person_id)
    return account.name if account is not None and account.id != authority.account_id else "the coordinator"
