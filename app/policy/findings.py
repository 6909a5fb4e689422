"""Making a finding from a policy's rule: the sentence filled in with the purchase's own figures."""

from __future__ import annotations

from datetime import date

from app.core.money import format_pounds
from app.policy.document import PolicyDocument
from app.policy.rules import Door, Finding, PolicyError


def pounds(*pence: int) -> list[str]:
    """Sums that stand in one sentence: without decimals only where all of them are whole pounds."""
    whole = all(each % 100 == 0 for each in pence)
    return [format_pounds(each, whole=whole) for each in pence]


def long_date(day: date) -> str:
    """24 November 2026."""
    return f"{day.day} {day:%B %Y}"


def finding(policy: PolicyDocument, code: str, door: Door, evidence: str, **figures: str) -> Finding:
    """A finding of one rule at one door. `figures` fill the {words in braces} of its sentence and next step.

    Raises PolicyError when the policy has no such rule.
    """
    rule = policy.rules.get(code)
    if rule is None:
        raise PolicyError(f"policy {policy.version} has no rule “{code}”")
    sentence, next_step = rule.sentence, rule.next_step
    for name, shown in figures.items():
        # Plain replacing, not str.format: a figure can then never be read as an instruction.
        sentence = sentence.replace("{" + name + "}", shown)
        next_step = next_step.replace("{" + name + "}", shown)
    return Finding(
        rule=rule.code,
        group=rule.group,
        action=rule.action_at(door),
        category=rule.category,
        sentence=sentence,
        next_step=next_step,
        source=rule.source,
        evidence=evidence,
        appealable=rule.appealable,
    )
