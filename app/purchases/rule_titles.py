"""What a rule is called, with the commissioner's own figure in it: for whoever decides, and for whoever is answered."""

from __future__ import annotations

from collections.abc import Iterable

from app.core.money import format_pounds
from app.policy.document import PolicyDocument


def rule_titles(policy: PolicyDocument, codes: Iterable[str]) -> dict[str, str]:
    """The titles of some rules by code, in the order asked for; a code that the policy no longer has is left out."""
    threshold = format_pounds(policy.thresholds.item_threshold_pence, whole=True)
    return {code: policy.rules[code].title.replace("{threshold}", threshold) for code in codes if code in policy.rules}
