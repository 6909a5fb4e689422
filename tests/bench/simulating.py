"""How long a draft of the policy takes over past purchases, beside the bare engine on the same lines."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from app.core import clock
from app.core.ids import new_id
from app.identity.models import Commissioner, Person
from app.policy.changing import WordsChange, with_figures, with_words
from app.policy.document import PolicyDocument
from app.policy.engine import decide
from app.policy.rules import Door, LineFacts, PurchaseFacts, RecentPurchase
from app.purchases import simulating
from app.purchases.facts import _plain, facts_from_dict
from app.purchases.models import Purchase, PurchaseDecision
from app.purchases.rules import State, Way
from tests import factories
from tests.bench.bulk import copy
from tests.bench.machine import Bench
from tests.bench.words import PAYEES, TEXTS

_OF_THE_ENGINE = 4_000  # lines on which the bare engine is timed


def measure(bench: Bench, lines: int) -> dict[str, Any]:
    """A year of purchases of one line, tried with other figures and other words.

    The ratio is lines a second of the whole, both policies, over lines a second of one policy on one core: above one,
    what reading and comparing costs is more than made up for by the other cores and by texts that come again.
    """
    base = PolicyDocument.load_default()
    draft = with_figures(base, {"item_threshold_pence": "£150"})
    draft = with_words(draft, "alcohol", WordsChange(put_in="zingleberry", take_out="merlot"))
    with bench.app.app_context():
        place = _fill(bench, lines)
        days = simulating.window(12)
        start = time.perf_counter()
        tally = simulating.simulate(place, base, draft, days)
        seconds = time.perf_counter() - start
    assert (tally.lines, tally.lost) == (lines, 0), tally
    assert sum(tally.rules.values()), "the draft changes something"
    bare = _bare(base)
    return {
        "simulation_over_engine": tally.lines / seconds / bare,
        "simulation_seconds_per_100k": seconds * 100_000 / lines,
        "simulation_lines_per_s": lines / seconds,
    }


def _bare(policy: PolicyDocument) -> float:
    stored = [json.dumps(_facts(number)) for number in range(_OF_THE_ENGINE)]
    facts = [facts_from_dict(json.loads(text))[0] for text in stored]
    decide(policy, facts[0])
    start = time.perf_counter()
    for one in facts:
        decide(policy, one)
    return len(facts) / (time.perf_counter() - start)


def _fill(bench: Bench, lines: int) -> Any:
    from app.core.db import db

    account, person, _, budget = factories.make_holder()
    commissioner = db.session.get_one(Commissioner, person.commissioner_id)
    db.session.commit()
    ids = [new_id() for _ in range(lines)]
    with bench.connect() as connection:
        copy(connection, Purchase, (_purchase(key, person, budget.id, account.id) for key in ids))
        copy(connection, PurchaseDecision, _decisions(ids, commissioner.id))
        connection.execute("ANALYZE purchase_decision")
    return commissioner.id


def _purchase(key: Any, person: Person, budget_id: Any, account_id: Any) -> dict[str, Any]:
    return {
        "id": key, "commissioner_id": person.commissioner_id, "person_id": person.id, "budget_id": budget_id,
        "state": State.CANCELLED, "way": Way.OUTSIDE, "requested_by": account_id, "requested_by_name": "Sam",
        "requested_as": "self",
    }  # fmt: skip


def _decisions(ids: list[Any], commissioner_id: Any) -> Iterator[dict[str, Any]]:
    now = clock.now()
    for number, key in enumerate(ids):
        yield {
            "commissioner_id": commissioner_id, "purchase_id": key, "policy_version": "2026.1", "action": "allow",
            "findings": [], "facts": _facts(number), "written_at": now - timedelta(minutes=number % 500_000),
        }  # fmt: skip


def _facts(number: int) -> dict[str, Any]:
    """What is kept of a purchase: a third of the texts is new, the others came before."""
    day = date(2026, 6, 1) + timedelta(number % 150)
    text = TEXTS[number % len(TEXTS)].format(n=number if number % 3 == 0 else number % 40)
    payee = PAYEES[number % len(PAYEES)]
    line = LineFacts(
        text=text,
        amount_pence=500 + number * 37 % 30_000,
        merchant=payee,
        category="activities-and-leisure",
        outcome_id="o",
        bought_on=day,
        local_low_pence=1_000,
        local_high_pence=4_000,
        unit_price_pence=2_000,
        unit="hour",
    )
    before = tuple(RecentPurchase(payee, f"Visit {n}", 1_000 + n, day - timedelta(n), "o") for n in range(3))
    facts = PurchaseFacts((line,), Door.OUTSIDE, day, 500_000, 400_000, before, day + timedelta(90))
    plain: dict[str, Any] = _plain(facts)
    return {"agreed_regular": False, **plain}
