"""The answer to "Can I buy…?": what the policy says of a few words. It promises nothing it cannot keep."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.core.money import format_pounds
from app.plans.models import Plan
from app.policy.document import PolicyDocument
from app.policy.engine import check_text
from app.policy.findings import finding
from app.policy.rules import Action, Decision, Door, Finding
from app.purchases.facts import is_on_plan


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said back."""

    text: str
    action: Action
    title: str
    findings: tuple[Finding, ...]
    helps_with: tuple[str, ...]  # outcomes that have it, or something like it, among their examples
    about_money: str  # beside what is safe to spend, when a sum was given


#: The flow asks about family in a question of its own; here only the words can tell.
_PAYING_FAMILY = re.compile(
    r"\b(?:pay(?:ing|ment|ments)?|wages?|employ(?:ing)?|hir(?:e|ing))\b.{0,30}\b(?:my|our|a|the) "
    r"(?:brother|sister|mum|mother|dad|father|son|daughter|wife|husband|partner|aunt|uncle|cousin|nan|gran\w*|niece|nephew)\b",
    re.IGNORECASE,
)
_TITLES = {
    Action.ALLOW: "This looks fine",
    Action.WARN: "This looks fine, with a note",
    Action.REFER: "A person would look at this first",
    Action.BLOCK: "We can't pay for this",
}


def answer(
    policy: PolicyDocument, plan: Plan | None, text: str, amount_pence: int | None, safe_pence: int | None
) -> Answer:
    """Answer at once.

    :param text: what the person would like to buy.
    :param amount_pence: how much it is, if they said.
    :param safe_pence: what is safe to spend now, if there is a running budget.
    """
    decision = check_text(policy, text, amount_pence=amount_pence)
    family = _PAYING_FAMILY.search(text)
    if family:
        asked = finding(policy, "family-close", Door.OUTSIDE, f"“{family[0]}”")
        decision = Decision.of([*decision.findings, asked], policy.version)
    like = tuple(
        outcome.words
        for outcome in (plan.outcomes if plan else [])
        if outcome.examples and is_on_plan(outcome, None, text)
    )
    return Answer(
        text, decision.action, _TITLES[decision.action], decision.findings, like, _money(amount_pence, safe_pence)
    )


def _money(amount_pence: int | None, safe_pence: int | None) -> str:
    if amount_pence is None or safe_pence is None:
        return ""
    safe = format_pounds(max(0, safe_pence))
    if amount_pence > safe_pence:
        return f"It costs more than the {safe} that is safe to spend now."
    return f"You have {safe} safe to spend now. This would leave {format_pounds(safe_pence - amount_pence)}."
