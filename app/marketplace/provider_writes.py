"""What every change by a provider shares: the right, the policy's word on what they wrote, the audit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.audit import service as audit
from app.core import clock
from app.core.errors import InvalidError, NotFoundError
from app.identity.rules import Actor, Permission, ProviderSubject, may
from app.marketplace.bulk import settle_listings
from app.marketplace.models import Provider
from app.policy.engine import check_text
from app.policy.queries import default_policy
from app.policy.rules import Action


def require_keeper(actor: Actor, provider_id: UUID) -> None:
    """Only those who keep a provider's page may change it.

    :raises NotFoundError: for everybody else: for them there is no such page.
    """
    if not may(actor, Permission.KEEP_LISTINGS, ProviderSubject(provider_id)):
        raise NotFoundError


def read_fields(readings: dict[str, Any]) -> dict[str, Any]:
    """Read several things that were typed, and say at once what is wrong with each.

    :param readings: by field, a call that gives the value or raises ``ValueError`` with a sentence.
    :raises InvalidError: naming every field that needs another look.
    """
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, read in readings.items():
        try:
            values[name] = read()
        except ValueError as error:
            errors[name] = str(error)
    if errors:
        raise InvalidError(errors)
    return values


def check_words(**fields: str) -> list[str]:
    """Ask the spending policy about words that people would read.

    The marketplace is one for all commissioners, so it is the policy that ships with the software: what it blocks no
    budget can buy.

    :param fields: the text of each field.
    :returns: a sentence for each doubt: it may be listed, and somebody may look before it is bought.
    :raises InvalidError: naming the field, the word that matched and the rule.
    """
    errors: dict[str, str] = {}
    notes: list[str] = []
    for name, text in fields.items():
        for finding in check_text(default_policy(), text).findings:
            if finding.action is Action.BLOCK:
                errors.setdefault(
                    name, f"{finding.sentence} Take it out: {finding.evidence or text[:40]}. Ask us if we misread it."
                )
            elif finding.action is Action.REFER:
                notes.append(f"You can offer this, but a person may look before it is bought. {finding.sentence}")
    if errors:
        raise InvalidError(errors)
    return list(dict.fromkeys(notes))


def settle(provider: Provider) -> None:
    """Bring the copies in a provider's listings up to date after a change."""
    settle_listings("listing.provider_id = :key", key=provider.id, now=clock.now())


def record(actor: Actor, provider: Provider, verb: str, sentence: str, **details: Any) -> None:
    """Write the audit entry of a change."""
    audit.record(
        actor,
        f"marketplace.{verb}",
        sentence,
        subject_kind="provider",
        subject_id=provider.id,
        details={"provider": provider.ref, **details},
    )
