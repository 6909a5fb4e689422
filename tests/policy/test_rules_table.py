"""Rule by rule: the facts that fire it, what it does, and that it stays silent without them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.policy.document import PolicyDocument
from app.policy.engine import decide
from app.policy.rules import Action, Decision, Door, Group, LineFacts, PurchaseFacts, RecentPurchase

TODAY = date(2026, 11, 20)
POLICY = PolicyDocument.load_default()
FINE = LineFacts("Swimming lesson", 2_000, merchant="Swim Together CIC", outcome_id="swim", bought_on=TODAY)


def ask(line: LineFacts, door: Door = Door.BASKET, **facts: object) -> Decision:
    return decide(POLICY, replace(PurchaseFacts((line,), door, TODAY), **facts))


def past(text: str, pence: int, day: date, payee: str = "Swim Together CIC") -> RecentPurchase:
    return RecentPurchase(payee, text, pence, day, "swim")


def test_nothing_fires_on_a_plain_line_of_the_plan() -> None:
    decision = ask(FINE, available_pence=50_000, safe_pence=20_000, plan_ends_on=date(2027, 3, 31))
    assert (decision.action, decision.findings) == (Action.ALLOW, ())


LINES = [
    ("no-outcome", Action.REFER, {"outcome_id": None}),
    ("outcome-ended", Action.REFER, {"outcome_active": False}),
    ("off-plan", Action.REFER, {"on_plan": False}),
    ("over-item-threshold", Action.REFER, {"amount_pence": 50_001}),
    ("family-household", Action.REFER, {"family_member": "household"}),
    ("family-close", Action.REFER, {"family_member": "close"}),
    ("provider-deregistered", Action.BLOCK, {"provider_status": "deregistered", "regulated_care": True}),
    ("provider-left-register", Action.REFER, {"provider_status": "deregistered"}),
    ("provider-not-registered", Action.REFER, {"provider_status": "not_registered", "regulated_care": True}),
    ("pa-not-ready", Action.REFER, {"pa_ready": False}),
    ("pay-under-minimum", Action.BLOCK, {"hourly_pay_pence": 1_270, "pa_age": 21}),
    ("pay-under-minimum", Action.BLOCK, {"hourly_pay_pence": 1_084, "pa_age": 18}),
    ("pay-under-minimum", Action.BLOCK, {"hourly_pay_pence": 799, "pa_age": 17}),
    ("pay-under-minimum", Action.BLOCK, {"hourly_pay_pence": 799}),
    ("pay-check-age", Action.REFER, {"hourly_pay_pence": 1_270}),
    (
        "price-high",
        Action.REFER,
        {"unit_price_pence": 2_751, "local_low_pence": 1_800, "local_high_pence": 2_200},
    ),
    (
        "price-low",
        Action.WARN,
        {"unit_price_pence": 899, "local_low_pence": 1_800, "local_high_pence": 2_200},
    ),
    ("stream-short", Action.BLOCK, {"stream_short": "social care"}),
    ("money-back", Action.REFER, {"amount_pence": -500}),
    ("alcohol", Action.BLOCK, {"text": "2 bottles Merlot"}),
    ("tobacco", Action.BLOCK, {"text": "20 cigarettes"}),
    ("gambling", Action.BLOCK, {"text": "Scratch card"}),
    ("debt", Action.BLOCK, {"text": "Payday loan"}),
    ("debt-named-service", Action.REFER, {"text": "Debt for physio", "named_debt_service": True}),
    ("illegal", Action.BLOCK, {"text": "Gram of cocaine"}),
    ("nhs-gp", Action.BLOCK, {"text": "Private GP appointment"}),
    ("nhs-gp-name", Action.REFER, {"text": "Elm Road Surgery"}),
    ("nhs-public-health", Action.BLOCK, {"text": "Flu jab"}),
    ("nhs-urgent", Action.BLOCK, {"text": "Walk-in centre"}),
    ("nhs-surgery", Action.BLOCK, {"text": "Cataract operation"}),
    ("nhs-charges", Action.BLOCK, {"text": "NHS prescription charge"}),
    ("nhs-care-name", Action.REFER, {"text": "High Street Dental Practice"}),
    ("nicotine-replacement", Action.REFER, {"text": "Nicotine patches"}),
    ("vapes", Action.REFER, {"text": "Vape kit"}),
    ("alcohol-free-drinks", Action.REFER, {"text": "Alcohol-free lager"}),
    ("food-with-alcohol", Action.REFER, {"text": "Rum truffles"}),
    ("traces-of-alcohol", Action.WARN, {"text": "Beer battered cod"}),
    ("pubs-and-bars", Action.REFER, {"text": "Lunch", "merchant": "The Red Lion"}),
    ("lender-by-name", Action.REFER, {"text": "Updraft"}),
    ("bookmaker-by-name", Action.REFER, {"text": "Geoff Banks"}),
    ("cash-and-transfers", Action.REFER, {"text": "Cash withdrawal"}),
]


@pytest.mark.parametrize(
    ("rule", "action", "change"), LINES, ids=[f"{row[0]}-{n}" for n, row in enumerate(LINES)]
)
def test_a_line_fires_its_rule_and_no_other(rule: str, action: Action, change: dict[str, object]) -> None:
    decision = ask(replace(FINE, **change))
    assert [finding.rule for finding in decision.findings] == [rule]
    (found,) = decision.findings
    assert (decision.action, found.line) == (action, 0)
    assert found.evidence
    assert "{" not in found.sentence + found.next_step
    assert decision.for_line(0) == decision
    assert decision.for_line(1).action is Action.ALLOW


EDGES = [
    {"amount_pence": 50_000},
    {"amount_pence": 0},
    {"family_member": "no"},
    {"provider_status": "registered", "regulated_care": True},
    {"provider_status": "not_registered", "regulated_care": True, "pa_ready": True},
    {"pa_ready": True, "hourly_pay_pence": 1_271, "pa_age": 30},
    {"hourly_pay_pence": 800, "pa_age": 17},
    {"hourly_pay_pence": 1_221, "pa_age": 40, "bought_on": date(2026, 3, 31)},
    {"unit_price_pence": 2_750, "local_low_pence": 1_800, "local_high_pence": 2_200},
    {"unit_price_pence": 900, "local_low_pence": 1_800, "local_high_pence": 2_200},
    {"amount_pence": 0, "stream_short": "health"},
]


@pytest.mark.parametrize("change", EDGES)
def test_at_the_edge_nothing_fires(change: dict[str, object]) -> None:
    assert ask(replace(FINE, **change)).findings == ()


WHOLE = [
    ("over-available", Action.BLOCK, {"available_pence": 1_999, "safe_pence": 1_000}),
    ("over-safe", Action.WARN, {"available_pence": 2_000, "safe_pence": 1_999}),
    ("plan-ended", Action.REFER, {"plan_ends_on": date(2026, 11, 19)}),
    ("plan-review-due", Action.WARN, {"plan_review_due_on": date(2026, 11, 19)}),
]


@pytest.mark.parametrize(("rule", "action", "facts"), WHOLE)
def test_the_purchase_as_a_whole(rule: str, action: Action, facts: dict[str, object]) -> None:
    decision = ask(FINE, **facts)
    assert [(finding.rule, finding.line) for finding in decision.findings] == [(rule, None)]
    assert decision.action is action
    assert decision.for_purchase() == decision


def test_lines_are_added_up_against_what_is_left_and_money_back_is_not_spent() -> None:
    lines = (
        FINE,
        replace(FINE, text="Taxi", merchant="A1"),
        replace(FINE, text="Refund", amount_pence=-5_000),
    )
    facts = PurchaseFacts(lines, Door.STATEMENT, TODAY, available_pence=3_999)
    found = decide(POLICY, facts).first
    assert found is not None
    assert found.rule == "over-available"
    assert found.sentence == "This comes to £40.00, and there is £39.99 left to spend."
    assert not found.appealable


def test_the_same_thing_twice_is_mentioned_and_only_within_the_days() -> None:
    assert [
        f.rule for f in ask(FINE, recent=(past("swimming lesson", 2_000, date(2026, 11, 17)),)).findings
    ] == ["duplicate"]
    for other in (
        past("swimming lesson", 2_000, date(2026, 11, 16)),
        past("swimming lesson", 2_001, TODAY),
        past("Locker hire", 2_000, TODAY),
        past("swimming lesson", 2_000, TODAY, payee="Other Pool"),
    ):
        assert ask(FINE, recent=(other,)).findings == ()


def test_one_thing_in_parts_is_looked_at_as_one_but_hours_of_support_are_not() -> None:
    part = replace(FINE, text="Riser chair part 2", merchant="Mobility Shop", amount_pence=30_000)
    before = past("Riser chair part 1", 30_000, date(2026, 11, 14), payee="MOBILITY SHOP")
    assert "split-purchase" in [f.rule for f in ask(part, recent=(before,)).findings]
    assert ask(replace(part, unit="hour"), recent=(replace(before, amount_pence=30_001),)).findings == ()
    assert "split-purchase" not in [
        f.rule for f in ask(part, recent=(replace(before, bought_on=date(2026, 11, 12)),)).findings
    ]
    both = PurchaseFacts((part, replace(part, text="Riser chair part 1")), Door.BASKET, TODAY)
    assert [f.line for f in decide(POLICY, both).findings if f.rule == "split-purchase"] == [0, 1]


@pytest.mark.parametrize(
    ("door", "action"),
    [
        (Door.CARD, Action.BLOCK),
        (Door.STATEMENT, Action.REFER),
        (Door.OUTSIDE, Action.REFER),
        (Door.BASKET, Action.REFER),
    ],
)
def test_cash_stops_at_the_card_and_is_asked_about_on_a_statement(door: Door, action: Action) -> None:
    decision = ask(replace(FINE, text="ATM", mcc="6011"), door)
    assert (decision.action, decision.first and decision.first.category) == (action, "cash")


def test_wine_on_one_line_leaves_the_other_alone_and_says_how_we_know() -> None:
    wine = replace(FINE, text="2 bottles Merlot", merchant="Corner Shop")
    decision = decide(POLICY, PurchaseFacts((FINE, wine), Door.OUTSIDE, TODAY))
    assert decision.for_line(0).action is Action.ALLOW
    found = decision.for_line(1).first
    assert found is not None
    assert found.evidence == "“Merlot” in “2 bottles Merlot”"
    assert found.group is Group.INAPPROPRIATE
    assert found.appealable


def test_a_person_never_reads_hard_words() -> None:
    hard = ("violation", "prohibited", "rejected", "suspicious", "inappropriate", "fraud", "misuse")
    for rule in POLICY.rules.values():
        said = f"{rule.title} {rule.sentence} {rule.next_step} {rule.source}".lower()
        assert not [word for word in hard if word in said], rule.code
        assert rule.next_step
        assert rule.source
