"""What must hold for any text and any facts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.policy.document import PolicyDocument
from app.policy.engine import check_text, decide
from app.policy.rules import (
    Action,
    Decision,
    Door,
    Finding,
    Group,
    LineFacts,
    PolicyError,
    PurchaseFacts,
    worst,
)

POLICY = PolicyDocument.load_default()
NAUGHTY = Path(__file__).parents[2] / "../shared/data/bad_input/naughty_strings.json"
ANYTHING = st.text(max_size=80) | st.sampled_from(
    ["wine", "Merlot 75cl", "wine gums", "care home", "loan", "12% abv", "bet365"]
)
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
PENCE = st.integers(-1_000_000, 1_000_000)

lines = st.builds(
    LineFacts,
    text=ANYTHING,
    amount_pence=PENCE,
    merchant=ANYTHING,
    mcc=st.none() | st.text(max_size=5) | st.integers(0, 9999).map(lambda code: f"{code:04d}"),
    outcome_id=st.none() | st.just("swim"),
    outcome_active=st.booleans(),
    on_plan=st.booleans(),
    local_low_pence=st.none() | PENCE,
    local_high_pence=st.none() | PENCE,
    unit_price_pence=st.none() | PENCE,
    unit=st.none() | st.sampled_from(["hour", "item", ""]),
    provider_status=st.none() | st.sampled_from(["registered", "deregistered", "not_registered"]),
    regulated_care=st.booleans(),
    pa_ready=st.none() | st.booleans(),
    hourly_pay_pence=st.none() | PENCE,
    pa_age=st.none() | st.integers(0, 120),
    family_member=st.none() | st.sampled_from(["no", "household", "close"]),
    bought_on=st.none() | DAYS,
    named_debt_service=st.booleans(),
    stream_short=st.none() | ANYTHING,
)
purchases = st.builds(
    PurchaseFacts,
    lines=st.lists(lines, max_size=4).map(tuple),
    door=st.sampled_from(Door),
    today=DAYS,
    available_pence=st.none() | PENCE,
    safe_pence=st.none() | PENCE,
    plan_review_due_on=st.none() | DAYS,
    plan_ends_on=st.none() | DAYS,
)
findings = st.builds(
    Finding,
    rule=st.text(min_size=1, max_size=8),
    group=st.sampled_from(Group),
    action=st.sampled_from(Action),
    category=st.text(max_size=8),
    sentence=ANYTHING,
    next_step=ANYTHING,
    source=ANYTHING,
    evidence=ANYTHING,
    appealable=st.booleans(),
    line=st.none() | st.integers(0, 9),
)


@settings(max_examples=120)
@given(facts=purchases)
def test_any_purchase_gets_an_answer_and_the_worst_finding_wins(facts: PurchaseFacts) -> None:
    decision = decide(POLICY, facts)
    assert decision.action is worst(finding.action for finding in decision.findings)
    assert decide(POLICY, facts) == decision
    assert Decision.from_dict(json.loads(json.dumps(decision.to_dict()))) == decision
    for index in range(len(facts.lines)):
        assert decision.for_line(index).action.rank <= decision.action.rank


@settings(max_examples=60)
@given(facts=purchases, more=lines.filter(lambda line: line.amount_pence >= 0))
def test_one_more_line_never_makes_it_milder(facts: PurchaseFacts, more: LineFacts) -> None:
    longer = replace(facts, lines=(*facts.lines, more))
    assert decide(POLICY, longer).action.rank >= decide(POLICY, facts).action.rank


@given(some=st.lists(findings, max_size=5), more=findings)
def test_one_more_finding_never_lowers_the_action(some: list[Finding], more: Finding) -> None:
    before, after = Decision.of(some, "v"), Decision.of([*some, more], "v")
    assert after.action.rank == max(before.action.rank, more.action.rank)
    assert Decision.from_dict(after.to_dict()) == after


@settings(max_examples=150)
@given(text=st.text(max_size=300), merchant=ANYTHING, door=st.sampled_from(Door))
def test_any_text_gets_an_answer_and_only_its_own_words_as_evidence(
    text: str, merchant: str, door: Door
) -> None:
    for hit in POLICY.matcher.hits(text):
        assert 0 <= hit.start < hit.end
    assert check_text(POLICY, text, merchant, door=door).policy_version == POLICY.version


@given(
    door=st.sampled_from(Door),
    words=st.sampled_from(["Merlot", "cigarettes", "betting", "payday loan", "cocaine", "flu jab"]),
)
def test_what_no_one_may_allow_is_stopped_at_every_door(door: Door, words: str) -> None:
    assert check_text(POLICY, words, door=door).action is Action.BLOCK


def test_the_naughty_strings_get_an_answer() -> None:
    if not NAUGHTY.exists():
        pytest.skip(f"the shared data are not here: {NAUGHTY}")
    for text in json.loads(NAUGHTY.read_text("utf-8")):
        check_text(POLICY, text, text, text)


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"action": "allow"},
        {"action": "no", "findings": [], "policy_version": "1"},
        {"findings": [{}], "action": "allow", "policy_version": "1"},
    ],
)
def test_something_else_is_not_read_as_a_decision(stored: dict[str, object]) -> None:
    with pytest.raises(PolicyError):
        Decision.from_dict(stored)
