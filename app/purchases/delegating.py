"""What a team has said yes to in advance: found when a purchase is sent that would else wait for a person."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from app.approvals import simple_rules
from app.approvals.models import SimpleRule
from app.approvals.rules import DELEGABLE
from app.identity import queries as identity
from app.marketplace import queries as marketplace
from app.policy.rules import Action
from app.policy.text import words
from app.purchases.facts import Weighed
from app.purchases.models import Purchase


def simple_rule_for(purchase: Purchase, weighed: Weighed) -> SimpleRule | None:
    """The rule of the team that answers this purchase.

    Nobody's own rule answers what they ask for, what is asked for somebody they act for, or what they would be paid
    for: who asks never approves, in advance either. Every reason to look at it has to be one that may be answered in
    advance, and every line that is looked at has to be what the rule is about.

    :returns: None when a person has to look.
    """
    doubts = [finding for finding in weighed.decision.findings if finding.action is Action.REFER]
    if not doubts or any(finding.rule not in DELEGABLE for finding in doubts):
        return None
    about = {finding.line for finding in doubts}
    lines = list(purchase.lines) if None in about else [purchase.lines[index] for index in about if index is not None]
    for rule in simple_rules.rules_in_force(purchase.commissioner_id):
        if purchase.total_pence > rule.most_pence:
            continue
        if not all(
            _is_about(rule, line.category, line.description)
            and line.outcome_id is not None
            and _any_in(rule.outcome_words, weighed.outcomes[line.outcome_id].words)
            for line in lines
        ):
            continue
        if _is_close(rule.made_by, purchase):
            continue
        used = simple_rules.times_used(rule, purchase.person_id) + weighed.ahead.rules_used.get(rule.id, 0)
        if used < rule.times_a_year:
            return rule
    return None


def _is_close(maker: UUID, purchase: Purchase) -> bool:
    """Whether who made a rule acts for the person, or keeps the page of whom it is bought from."""
    if identity.holds_any_authority(maker, purchase.person_id):
        return True
    return purchase.provider_id is not None and maker in marketplace.members_of(purchase.provider_id)


def _is_about(rule: SimpleRule, category: str | None, description: str) -> bool:
    return (rule.category is None or category == rule.category) and _any_in(rule.words, description)


def _any_in(wanted: Iterable[str], text: str) -> bool:
    """Whether one of some words or phrases stands in a text, as whole words; any will do when none is asked for."""
    wanted = list(wanted)
    said = f" {' '.join(words(text))} "
    return not wanted or any(f" {' '.join(words(phrase))} " in said for phrase in wanted)
