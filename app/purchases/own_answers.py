"""Who of the person's own side said yes or no to what was prepared for them, as it was written down then."""

from __future__ import annotations

from collections.abc import Sequence

from app.audit.models import AuditEntry
from app.audit.queries import entries_of
from app.budgets.regular_models import RegularPayment
from app.identity.models import Person
from app.purchases.models import Purchase

_VERBS = ("agree", "confirm", "turn_down")


def own_answers_of(purchase: Purchase) -> Sequence[AuditEntry]:
    """The yeses, or the no, of a purchase since it was sent last, the first before the others.

    The caller has checked who may see it.
    """
    if purchase.submitted_at is None or (purchase.agreed_by or purchase.confirmed_by) is None:
        return []
    verbs = [f"purchases.{verb}" for verb in _VERBS]
    return entries_of(purchase.person_id, purchase.id, verbs, purchase.submitted_at)


def own_answers_about(payment: RegularPayment, person: Person) -> Sequence[AuditEntry]:
    """The same of something bought again and again."""
    verbs = [f"purchases.regular_{verb}" for verb in _VERBS]
    return entries_of(person.id, payment.id, verbs, payment.written_at)
