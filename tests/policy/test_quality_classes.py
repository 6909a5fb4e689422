"""Classes of names that no list can hold in full: the shape of a word, or what stands beside it, tells."""

from __future__ import annotations

import pytest

from app.policy.document import PolicyDocument
from app.policy.engine import check_text
from app.policy.rules import Action

POLICY = PolicyDocument.load_default()
STOPPED = {Action.BLOCK, Action.REFER}


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("25C-NBOH", "illegal"),
        ("3-MeO-PCP", "illegal"),
        ("Flubromazolam", "illegal"),
        ("Poppers", "illegal"),
        ("BetHero", "gambling"),
        ("SpinAway", "gambling"),
        ("Dream Vegas", "gambling"),
        ("Serie V Melanio Robusto", "tobacco"),
        ("Craniotomy", "nhs_excluded"),
        ("Meniscectomy", "nhs_excluded"),
        ("118 118 Money", "debt"),
        ("Riverty", "debt"),
        ("Waitrose Chilean Red Soft and Juicy", "alcohol"),
        ("Carlos Serres Rioja Crianza 75cl", "alcohol"),
        ("Sherry 70cl", "alcohol"),
        ("Hennessy VS 70cl", "alcohol"),
    ],
)
def test_a_class_is_known_by_its_shape(text: str, category: str) -> None:
    decision = check_text(POLICY, text)
    assert decision.action in STOPPED, text
    assert decision.first is not None
    assert decision.first.category == category
    assert decision.first.evidence


@pytest.mark.parametrize(
    "text",
    [
        "7-UP",
        "7-ELEVEN",
        "5-HTP 100mg",
        "2-PLY",
        "Bethel Chapel",
        "Betty Turner",
        "SpinMaster toy",
        "Snap poppers",
        "Popper fasteners",
        "Colostomy bags",
        "Hernia support belt",
        "Anatomy colouring book",
        "Melanie Walters",
        "Karen Bollinger",
        "Amanda Richman",
        "Susan Martell",
        "Steve Shipley",
        "Sisal rope",
        "Italian red onions",
        "Pecorino Romano 200g",
        "Fuller's earth",
        "Monster Energy The Doctor 500ml",
        "Las Vegas hotel",
        "Special K",
        "Molly",
        "Rooster Potatoes 2kg",
        "Clonakilty Sausages",
        "Winalot Dog",
        "Grenade Oreo 60g",
        "Buckfast Abbey",
    ],
)
def test_what_only_looks_alike_is_left_alone(text: str) -> None:
    decision = check_text(POLICY, text)
    assert decision.action not in STOPPED, f"{text}: {decision.first and decision.first.evidence}"


@pytest.mark.parametrize("text", ["Carlos Rioja", "Sherry Lynch", "Dennis Vineyard", "liqueur chocolates"])
def test_what_may_be_a_person_or_a_sweet_is_looked_at_and_never_blocked(text: str) -> None:
    assert check_text(POLICY, text).action is Action.REFER


def test_a_cake_that_tastes_of_rum_is_not_stopped() -> None:
    assert check_text(POLICY, "rum truffle cake mix").action not in STOPPED
