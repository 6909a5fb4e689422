"""The names of thousands of real care providers and everyday words: the policy must not stand in their way."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from app.policy.document import PolicyDocument
from app.policy.engine import check_text
from app.policy.rules import Action

LOCATIONS = Path(__file__).parents[2] / "../shared/data/cqc/london_locations.csv.gz"
CARE = {
    "Homecare agencies",
    "Supported living",
    "Residential homes",
    "Nursing homes",
    "Shared lives",
    "Supported housing",
    "Long-term conditions",
    "Hospice",
}
POLICY = PolicyDocument.load_default()


def _care_names() -> list[str]:
    if not LOCATIONS.exists():
        pytest.skip(f"the shared data are not here: {LOCATIONS}")
    with gzip.open(LOCATIONS, "rt", encoding="utf-8-sig", newline="") as reading:
        return sorted(
            {row["name"] for row in csv.DictReader(reading) if set(row["gacServiceTypes"].split("|")) <= CARE}
        )


def test_care_providers_are_never_blocked_for_their_name_and_hardly_ever_referred() -> None:
    names = _care_names()
    actions = {name: check_text(POLICY, name).action for name in names}
    assert len(names) > 5000
    assert [name for name, action in actions.items() if action is Action.BLOCK] == []
    assert sum(action is Action.REFER for action in actions.values()) <= 0.005 * len(names)


@pytest.mark.parametrize(
    "text",
    [
        "Steak & Ale Puff Pastry Pie 200g",
        "Wound Dress Soft Slc",
        "Sainsbury's Red Wine Stock Pot",
        "Brandy butter",
        "Rum & Raisin Ice Cream",
        "Ice cream 6 x 500ml",
        "Maisons du Monde",
        "Loan Nguyen cleaning",
        "Nitromors paint stripper",
        "Zimmer frame",
        "Hot glue gun",
        "Periodical",
        "Plant doctor spray",
        "Lotto Sport shorts",
    ],
)
def test_everyday_things_named_like_something_else(text: str) -> None:
    assert check_text(POLICY, text).action.rank < Action.REFER.rank


@pytest.mark.parametrize(
    ("category", "text"),
    [
        ("alcohol", "Timisoreana 500ml"),
        ("alcohol", "Treixadura"),
        ("alcohol", "Côte de Beaune-Villages"),
        ("alcohol", "House white"),
        ("tobacco", "Winston Blue King Size"),
        ("tobacco", "Hookah coals"),
        ("tobacco", "Fullerton Vapeworld"),
        ("gambling", "Zebet"),
        ("debt", "Payday UK"),
        ("debt", "Lowell (Vodafone)"),
        ("illegal", "4-AcO-DMT"),
        ("illegal", "Metaphedrone"),
        ("nhs_excluded", "Meningoc Vac"),
        ("nhs_excluded", "Qualiteeth London"),
    ],
)
def test_classes_of_names_not_single_ones(category: str, text: str) -> None:
    decision = check_text(POLICY, text)
    assert decision.action.rank >= Action.REFER.rank
    assert decision.first is not None
    assert decision.first.category == category
