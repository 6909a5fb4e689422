"""On real texts: how much is caught, how rarely a good thing is stopped, and how fast."""

from __future__ import annotations

import csv
import time
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from app.policy.document import PolicyDocument
from app.policy.engine import check_text

SAMPLE = Path(__file__).parents[2] / "../shared/data/spend/spend_items_sample.csv"
LABELS = ("alcohol", "tobacco", "gambling", "debt", "illegal", "nhs_excluded")
POLICY = PolicyDocument.load_default()


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    if not SAMPLE.exists():
        pytest.skip(f"the shared data are not here: {SAMPLE}")
    with SAMPLE.open(newline="", encoding="utf-8") as reading:
        return list(csv.DictReader(reading))


def test_the_measured_rates_hold(rows: list[dict[str, str]]) -> None:
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        action = check_text(POLICY, row["text"]).action.value
        seen[row["label"]].update(
            {"n": 1, "stopped": action in ("refer", "block"), "blocked": action == "block"}
        )
    caught = sum(seen[label]["stopped"] / seen[label]["n"] for label in LABELS) / len(LABELS)
    fine = seen["ok"]
    assert caught >= 0.97
    assert fine["blocked"] / fine["n"] <= 0.005
    assert fine["stopped"] / fine["n"] <= 0.03


def test_a_hundred_thousand_texts_a_minute(rows: list[dict[str, str]]) -> None:
    texts = [row["text"] for row in rows]
    assert POLICY.matcher
    begun = time.process_time()
    for text in texts:
        check_text(POLICY, text)
    assert len(texts) / (time.process_time() - begun) * 60 >= 100_000
