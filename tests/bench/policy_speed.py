"""How many texts the spending policy judges in a second on one core."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

from app.policy.document import PolicyDocument
from app.policy.engine import check_text
from tests.bench.words import PAYEES, TEXTS


def measure(count: int, rounds: int = 5) -> dict[str, Any]:
    """Judge ``count`` short texts, each new, some with a payee: the median of ``rounds``."""
    policy = PolicyDocument.load_default()
    start = time.perf_counter()
    check_text(policy, "a first text, to make the word lists ready")
    ready = time.perf_counter() - start
    rates, number = [], 0
    for _ in range(rounds):
        texts = []
        for _ in range(count // rounds):
            number += 1
            payee = PAYEES[number % len(PAYEES)] if number % 3 == 0 else ""
            # letters, not only digits, make it new: nothing may be remembered from an earlier text
            texts.append((f"{TEXTS[number % len(TEXTS)].format(n=number)} {_name(number)}", payee))
        start = time.perf_counter()
        for text, payee in texts:
            check_text(policy, text, payee)
        rates.append(len(texts) / (time.perf_counter() - start))
    return {"texts_per_s": median(rates), "ready_ms": ready * 1000}


def _name(number: int) -> str:
    """A made-up word for each number: ``bakibo``."""
    letters = []
    for _ in range(3):
        number, part = divmod(number * 7 + 3, 21)
        letters.append("bcdfghjklmnpqrstvwxyz"[part] + "aeiou"[part % 5])
    return "".join(letters)
