"""Taking care of the money: the rules that look at the plan, the price, the payee and what is left.

Each function yields the findings of one concern. A fact that is not known keeps its rule silent. Amounts of nothing
and money coming back fire no rule about prices or balances.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from rapidfuzz import fuzz

from app.policy.document import PolicyDocument
from app.policy.findings import finding, long_date, pounds
from app.policy.rules import Door, Finding, LineFacts, PurchaseFacts
from app.policy.text import words

BROKER_BENEFIT = "broker-benefit"
_TIME_UNITS = frozenset({"hour", "session", "night", "day", "week", "month"})
"""Support bought by time is not one thing bought in parts: each payment stands by itself."""


def line_findings(policy: PolicyDocument, facts: PurchaseFacts, index: int) -> Iterator[Finding]:
    """Findings about one line. The caller puts the line's index on them."""
    line, door = facts.lines[index], facts.door
    if line.amount_pence < 0:
        yield finding(policy, "money-back", door, *pounds(line.amount_pence))
        return
    yield from _plan(policy, line, door)
    yield from _payee(policy, line, door)
    yield from _pay(policy, line, door, line.bought_on or facts.today)
    yield from _price(policy, line, door)
    if line.amount_pence > 0:
        yield from _size(policy, facts, index)
        yield from _duplicate(policy, facts, line)
        if line.stream_short:
            yield finding(policy, "stream-short", door, line.stream_short, stream=line.stream_short)


def _plan(policy: PolicyDocument, line: LineFacts, door: Door) -> Iterator[Finding]:
    if line.outcome_id is None:
        yield finding(policy, "no-outcome", door, "no outcome chosen")
    elif not line.outcome_active:
        yield finding(policy, "outcome-ended", door, "the outcome has ended")
    elif not line.on_plan:
        yield finding(policy, "off-plan", door, "not in the plan")


def _payee(policy: PolicyDocument, line: LineFacts, door: Door) -> Iterator[Finding]:
    who = line.merchant or "the payee"
    if line.family_member in ("household", "close"):
        yield finding(policy, f"family-{line.family_member}", door, who)
    if line.provider_status == "deregistered":
        rule = "provider-deregistered" if line.regulated_care else "provider-left-register"
        yield finding(policy, rule, door, who)
    # A PA whom the person directs needs no registration, so the rule is for services only.
    if line.provider_status == "not_registered" and line.regulated_care and line.pa_ready is None:
        yield finding(policy, "provider-not-registered", door, who)
    if line.pa_ready is False:
        yield finding(policy, "pa-not-ready", door, who)


def _pay(policy: PolicyDocument, line: LineFacts, door: Door, day: date) -> Iterator[Finding]:
    rates = policy.pay_on(day)
    if line.hourly_pay_pence is None or rates is None:
        return
    # With no age known, only pay that is too low at any age can be stopped outright.
    least = rates.for_age(0 if line.pa_age is None else line.pa_age)
    if line.hourly_pay_pence < least:
        pay, minimum = pounds(line.hourly_pay_pence, least)
        shown = f"{pay} an hour, the least is {minimum}"
        yield finding(policy, "pay-under-minimum", door, shown, pay=pay, minimum=minimum)
    elif line.pa_age is None and line.hourly_pay_pence < rates.adult:
        pay, minimum = pounds(line.hourly_pay_pence, rates.adult)
        shown = f"{pay} an hour, {minimum} from 21"
        yield finding(policy, "pay-check-age", door, shown, pay=pay, minimum=minimum)


def _price(policy: PolicyDocument, line: LineFacts, door: Door) -> Iterator[Finding]:
    price = line.unit_price_pence
    if not price or price < 0:
        return
    low, high = line.local_low_pence, line.local_high_pence
    shown_price, *shown_range = pounds(price, *(edge for edge in (low, high) if edge))
    unit = f" {'an' if line.unit[0] in 'aeiouh' else 'a'} {line.unit}" if line.unit else ""
    figures = {"price": shown_price + unit, "range": " to ".join(shown_range)}
    shown = f"{figures['price']}; near you {figures['range']}"
    if high and price * 100 > high * (100 + policy.thresholds.price_tolerance_percent):
        yield finding(policy, "price-high", door, shown, **figures)
    elif low and price * 100 < low * (100 - policy.thresholds.low_price_percent):
        yield finding(policy, "price-low", door, shown, **figures)


def _size(policy: PolicyDocument, facts: PurchaseFacts, index: int) -> Iterator[Finding]:
    line, threshold = facts.lines[index], policy.thresholds.item_threshold_pence
    if line.amount_pence > threshold:
        shown, limit = pounds(line.amount_pence, threshold)
        yield finding(policy, "over-item-threshold", facts.door, shown, threshold=limit)
        return
    if line.unit in _TIME_UNITS:
        return
    others = [
        other.amount_pence
        for place, other in enumerate(facts.lines)
        if place != index and 0 < other.amount_pence <= threshold and other.unit not in _TIME_UNITS
        if _same_thing(policy, line.merchant, line.text, other.merchant, other.text)
    ]
    others += [
        past.amount_pence
        for past in facts.recent
        if 0 < past.amount_pence <= threshold
        and _apart(facts, line, past.bought_on) <= policy.thresholds.split_days
        if _same_thing(policy, line.merchant, line.text, past.payee, past.description)
    ]
    total = line.amount_pence + sum(others)
    if others and total > threshold:
        (shown,) = pounds(total)
        parts = f"{len(others) + 1} parts, {shown} together"
        yield finding(policy, "split-purchase", facts.door, parts, total=shown)


def _duplicate(policy: PolicyDocument, facts: PurchaseFacts, line: LineFacts) -> Iterator[Finding]:
    for past in facts.recent:
        if past.amount_pence != line.amount_pence:
            continue
        if _apart(facts, line, past.bought_on) > policy.thresholds.duplicate_days:
            continue
        if _same_thing(policy, line.merchant, line.text, past.payee, past.description):
            (sum_of_it,) = pounds(past.amount_pence)
            earlier = f"{past.description}, {sum_of_it}, {long_date(past.bought_on)}"
            yield finding(policy, "duplicate", facts.door, earlier, earlier=earlier)
            return


def _apart(facts: PurchaseFacts, line: LineFacts, day: date) -> int:
    return abs(((line.bought_on or facts.today) - day).days)


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return " ".join(words(text))


def _same_thing(policy: PolicyDocument, payee: str, text: str, other_payee: str, other_text: str) -> bool:
    """Same payee and descriptions alike. "Part 1 of bed", "bed (part 2)" are alike; a chair and a bed are not."""
    if not payee or _plain(payee) != _plain(other_payee):
        return False
    return fuzz.token_set_ratio(_plain(text), _plain(other_text)) >= policy.thresholds.similar_percent


def purchase_findings(policy: PolicyDocument, facts: PurchaseFacts) -> Iterator[Finding]:
    """Findings about the purchase as a whole: what is left, and whether the plan is up to date."""
    total = sum(line.amount_pence for line in facts.lines if line.amount_pence > 0)
    if total > 0:
        yield from _balance(policy, facts, total)
    # a version from before there was this rule decides without it
    if facts.broker_gets and BROKER_BENEFIT in policy.rules:
        yield finding(policy, BROKER_BENEFIT, facts.door, facts.broker_gets)
    if facts.plan_ends_on is not None and facts.plan_ends_on < facts.today:
        shown = long_date(facts.plan_ends_on)
        yield finding(policy, "plan-ended", facts.door, shown, date=shown)
    elif facts.plan_review_due_on is not None and facts.plan_review_due_on < facts.today:
        shown = long_date(facts.plan_review_due_on)
        yield finding(policy, "plan-review-due", facts.door, shown, date=shown)


def _balance(policy: PolicyDocument, facts: PurchaseFacts, total: int) -> Iterator[Finding]:
    if facts.available_pence is not None and total > facts.available_pence:
        shown, left = pounds(total, max(facts.available_pence, 0))
        yield finding(policy, "over-available", facts.door, f"{shown} of {left}", total=shown, available=left)
    elif facts.safe_pence is not None and total > facts.safe_pence:
        shown, left = pounds(total, max(facts.safe_pence, 0))
        yield finding(policy, "over-safe", facts.door, f"{shown} of {left}", total=shown, safe=left)
