"""A rule's title as people read it: with the commissioner's own figure."""

from __future__ import annotations

from app.policy.document import PolicyDocument
from app.purchases.rule_titles import rule_titles


def test_no_title_shows_a_gap_to_fill() -> None:
    policy = PolicyDocument.load_default()
    titles = rule_titles(policy, [*policy.rules, "no_such_rule"])
    assert set(titles) == set(policy.rules)
    assert not [title for title in titles.values() if "{" in title]
    assert "One thing over £500" in titles.values()
