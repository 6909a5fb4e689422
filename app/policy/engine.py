"""The spending policy's answer: facts in, decision out.

Pure: the same policy and the same facts give the same decision for ever. Source: DESIGN.md section 6.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import iso18245

from app.policy.care import line_findings, purchase_findings
from app.policy.document import PolicyDocument, Rule
from app.policy.findings import finding, pounds
from app.policy.matcher import Hit
from app.policy.rules import GROUP_TITLES, Action, Decision, Door, Finding, Group, LineFacts, PurchaseFacts
from app.policy.text import clean

_QUOTED = 120
"""Characters of the person's own text repeated in the evidence."""
_NAMED = 4
"""Matched words named in one finding."""


def decide(policy: PolicyDocument, facts: PurchaseFacts) -> Decision:
    """What the policy says of a purchase: every finding, and the worst action of them all."""
    found: list[Finding] = []
    for index, line in enumerate(facts.lines):
        found.extend(replace(item, line=index) for item in _name_findings(policy, line, facts.door))
        found.extend(replace(item, line=index) for item in line_findings(policy, facts, index))
    found.extend(purchase_findings(policy, facts))
    return Decision.of(found, policy.version)


def check_text(
    policy: PolicyDocument,
    text: str,
    merchant: str = "",
    mcc: str | None = None,
    amount_pence: int | None = None,
    door: Door = Door.OUTSIDE,
) -> Decision:
    """What the policy says of words, a payee and a kind of shop alone, with no plan and no budget.

    `amount_pence`, where given, is held against the item threshold. Answers "Can I buy…?" and `flask policy check`.
    """
    line = LineFacts(text=text, amount_pence=amount_pence or 0, merchant=merchant, mcc=mcc)
    found = list(_name_findings(policy, line, door))
    threshold = policy.thresholds.item_threshold_pence
    if amount_pence is not None and amount_pence > threshold:
        shown, limit = pounds(amount_pence, threshold)
        found.append(finding(policy, "over-item-threshold", door, shown, threshold=limit))
    return Decision.of(found, policy.version)


def _name_findings(policy: PolicyDocument, line: LineFacts, door: Door) -> Iterator[Finding]:
    """Findings from the words of a line, the payee's name and the kind of shop."""
    by_rule: dict[str, list[str]] = {}
    for text, place in ((line.text, ""), (line.merchant, " in the payee's name")):
        for hit in policy.matcher.hits(text) if text else ():
            by_rule.setdefault(hit.rule, []).append(_evidence(clean(text), hit, place))
    code_rule = policy.rule_for_code(line.mcc) if line.mcc else None
    if line.mcc and code_rule:
        by_rule.setdefault(code_rule, []).append(f"kind of shop {line.mcc.strip()}, {code_name(line.mcc)}")
    if line.named_debt_service and "debt" in by_rule:
        by_rule.setdefault("debt-named-service", []).extend(by_rule.pop("debt"))
    stopped = {policy.rules[code].category for code in by_rule if _action(policy, code, door) is Action.BLOCK}
    for code, evidence in by_rule.items():
        rule = policy.rules[code]
        if rule.category in stopped and rule.action_at(door) is not Action.BLOCK:
            continue
        yield finding(policy, code, door, "; ".join(list(dict.fromkeys(evidence))[:_NAMED]))


def _action(policy: PolicyDocument, code: str, door: Door) -> Action:
    return policy.rules[code].action_at(door)


def _evidence(text: str, hit: Hit, place: str) -> str:
    matched = text[hit.start : hit.end]
    shown = f"“{matched}”"
    if hit.slip:
        shown += f" (read as “{hit.term}”)"
    whole = " ".join(text.split())
    if not place and whole.casefold() != matched.casefold():
        shown += f" in “{whole if len(whole) <= _QUOTED else whole[: _QUOTED - 1] + '…'}”"
    return shown + place


@lru_cache(maxsize=1024)
def code_name(mcc: str) -> str:
    """The plain name of a merchant category code, or "unnamed" when the standard has none."""
    try:
        found = iso18245.get_mcc(mcc.strip())
    except (iso18245.MCCNotFound, iso18245.InvalidMCC):
        return "unnamed"
    names = (found.iso_description, found.usda_description, found.stripe_description, found.visa_description)
    return next((name.replace(" -- ", ", ") for name in names if name), "unnamed")


@dataclass(frozen=True, slots=True)
class RuleNote:
    """One rule as the page "What can I use it for?" shows it."""

    code: str
    title: str
    answer: str
    sentence: str
    next_step: str
    source: str
    action: Action


@dataclass(frozen=True, slots=True)
class Section:
    """A group of rules under a heading."""

    group: Group
    title: str
    rules: tuple[RuleNote, ...]

    def __iter__(self) -> Iterator[str | tuple[RuleNote, ...]]:
        """So that a section unpacks as (title, rules)."""
        return iter((self.title, self.rules))


_ANSWERS = {
    Action.ALLOW: "Fine",
    Action.WARN: "Fine, with a word of care",
    Action.REFER: "A person looks first",
    Action.BLOCK: "Not with this money",
}
# Rules whose sentence is about one purchase's own figures make no sense on a page about no purchase.
_ABOUT_FIGURES = frozenset(
    {"over-available", "stream-short", "over-safe", "duplicate", "split-purchase", "price-high", "price-low"}
    | {"pay-under-minimum", "pay-check-age", "plan-ended", "plan-review-due", "outcome-ended", "money-back"}
)


def describe(policy: PolicyDocument) -> tuple[Section, ...]:
    """The rules in plain English, by group, for "What can I use it for?"."""
    sections = []
    for group, title in GROUP_TITLES.items():
        notes = tuple(_note(policy, rule) for rule in policy.rules.values() if rule.group is group)
        if notes:
            sections.append(Section(group, title, notes))
    return tuple(sections)


def _note(policy: PolicyDocument, rule: Rule) -> RuleNote:
    (threshold,) = pounds(policy.thresholds.item_threshold_pence)
    sentence = "" if rule.code in _ABOUT_FIGURES else rule.sentence.replace("{threshold}", threshold)
    return RuleNote(
        code=rule.code,
        title=rule.title.replace("{threshold}", threshold),
        answer=_ANSWERS[rule.action],
        sentence=sentence,
        next_step="" if "{" in rule.next_step else rule.next_step,
        source=rule.source,
        action=rule.action,
    )
