"""What the spending policy is told about a purchase, and what it answers.

Everything is read once, with a number of statements that does not depend on how much was ever bought.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import Any
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.util import identity_key

from app.budgets import queries as budgets
from app.budgets import service as budget_service
from app.budgets.models import Budget, RegularPayment
from app.budgets.queries import StillDue
from app.budgets.regular_queries import occurrence
from app.core import clock
from app.core.db import db
from app.ledger.rules import Stream
from app.marketplace import queries as marketplace
from app.marketplace.models import Provider
from app.marketplace.rules import Category, Employment, Unit
from app.plans.models import Outcome, Plan
from app.policy import queries as policies
from app.policy.engine import decide
from app.policy.rules import Decision, Door, LineFacts, PurchaseFacts, RecentPurchase
from app.policy.text import words
from app.purchases.ahead import NOTHING_AHEAD, Ahead
from app.purchases.benefit_queries import gets_of
from app.purchases.idea_cover import Cover
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.recent import recent_of
from app.purchases.rules import MAX_WORDS
from app.purchases.what_changes import Changes, changes_in, without_agreed

_LIKE_EXAMPLE = 82  # per cent of likeness at which words count as one of the plan's examples
_REGULATED = frozenset({Category.HOME_CARE, Category.NURSING})
#: What a payment agreed to come round every month was asked about when it was agreed.
_SETTLED_WITH_PLAN = frozenset({"over-item-threshold", "split-purchase", "price-high", "off-plan"})


@dataclass(frozen=True, slots=True)
class Weighed:
    """A decision with what it was made from."""

    decision: Decision
    facts: PurchaseFacts
    agreed_regular: bool
    safe_now_pence: int
    budget: Budget
    outcomes: Mapping[UUID, Outcome]
    ranges: Mapping[UUID, tuple[int, int]]  # line id: lowest and highest price near the person
    changes: Changes | None = None  # beside the approved purchase it would replace
    left: Mapping[Stream, int] = field(default_factory=dict)  # in each stream, before it
    ahead: Ahead = NOTHING_AHEAD  # what was counted before it

    def facts_as_dict(self) -> dict[str, Any]:
        """What is kept, so that the decision can be replayed."""
        changes = {"changes": self.changes.as_dict()} if self.changes else {}
        return {"agreed_regular": self.agreed_regular, **changes, **_plain(self.facts)}


def weigh(
    purchase: Purchase,
    *,
    to_act: bool = False,
    taking: StillDue | None = None,
    ahead: Ahead = NOTHING_AHEAD,
    broker_gets: str | None = None,
) -> Weighed:
    """Ask the policy in force about a purchase as it stands. The caller has checked the right.

    :param to_act: money follows from the answer: whoever weighs another purchase of this budget to act waits.
    :param taking: the occurrence of a regular purchase that it was just noted to take care of.
    :param ahead: what is to be sent with it and stands before it.
    :param broker_gets: what a broker says they get; what was said of the purchase when left out.
    """
    today = clock.today()
    budget = budgets.budget_by_id(purchase.budget_id)
    purse = ahead.taken_from(budgets.purse(budget, budget_service.lock(budget) if to_act else None))
    regular = taking or _regular_due(purchase, purse, today)
    counted = regular is not None and any(item == regular for item in purse.due)
    safe_now = purse.safe_to_spend + (regular.amount_pence if regular and counted else 0)
    agreed = regular is not None and _is_as_agreed(purchase, regular)
    outcomes = outcomes_of(purchase.lines)
    provider = db.session.get(Provider, purchase.provider_id) if purchase.provider_id else None
    ranges = ranges_of(purchase)
    plan = db.session.get(Plan, budget.plan_id) if budget.plan_id else None
    policy = policies.policy_in_force(purchase.commissioner_id)
    changes, cover = changes_in(purchase), Cover(purchase)
    back = changes.was_pence if changes else 0  # held for what this would replace, and let go with it
    taken: dict[UUID, int] = {key: -pence for key, pence in changes.was_by_outcome.items()} if changes else {}
    lines = []
    for line in purchase.lines:
        outcome = outcomes.get(line.outcome_id) if line.outcome_id else None
        short = None
        if outcome is not None:
            taken[outcome.id] = taken.get(outcome.id, 0) + line.amount_pence
            short = _stream_short(budget, purse, outcome, taken[outcome.id], ahead)
        lines.append(
            _line_facts(purchase, line, outcome, provider, ranges.get(line.id), short, today, cover.covers(line))
        )
    facts = PurchaseFacts(
        lines=tuple(lines),
        door=Door.OUTSIDE if purchase.way.is_paid_already else Door.BASKET,
        today=today,
        available_pence=purse.available + back,
        safe_pence=safe_now + back,
        recent=ahead.recent_from(purchase.payee_name)
        + recent_of(purchase, max(policy.thresholds.split_days, policy.thresholds.duplicate_days), today),
        plan_review_due_on=plan.review_due_on if plan else None,
        plan_ends_on=plan.ends_on if plan else None,
        broker_gets=gets_of(purchase) if broker_gets is None else broker_gets,
    )
    decision = without_settled(decide(policy, facts), agreed)
    decision = without_agreed(decision, changes.as_dict() if changes else None)
    left = {stream: totals.available for stream, totals in purse.by_stream.items()}
    return Weighed(decision, facts, agreed, safe_now + back, budget, outcomes, ranges, changes, left, ahead)


def without_settled(decision: Decision, agreed_regular: bool) -> Decision:
    """Leave out what was settled when a regular payment was agreed in the plan."""
    if not agreed_regular:
        return decision
    kept = (finding for finding in decision.findings if finding.rule not in _SETTLED_WITH_PLAN)
    return Decision.of(kept, decision.policy_version)


def facts_from_dict(stored: Mapping[str, Any]) -> tuple[PurchaseFacts, bool]:
    """Read what :meth:`Weighed.facts_as_dict` wrote: the facts, and whether it was an agreed regular payment."""
    data = dict(stored)
    agreed = bool(data.pop("agreed_regular"))
    data.pop("changes", None)  # see ``what_changes.without_agreed``
    data["door"] = Door(data["door"])
    for name in ("today", "plan_review_due_on", "plan_ends_on"):
        data[name] = _day(data[name])
    data["lines"] = tuple(LineFacts(**{**line, "bought_on": _day(line["bought_on"])}) for line in data["lines"])
    data["recent"] = tuple(RecentPurchase(**{**row, "bought_on": _day(row["bought_on"])}) for row in data["recent"])
    return PurchaseFacts(**data), agreed


def outcomes_of(lines: Sequence[PurchaseLine]) -> dict[UUID, Outcome]:
    """The outcomes of some lines, with their funding, by id."""
    wanted = {line.outcome_id for line in lines if line.outcome_id}
    if not wanted:
        return {}
    missing = [key for key in wanted if db.session.identity_map.get(identity_key(Outcome, key)) is None]
    if missing:
        with_funding = select(Outcome).options(selectinload(Outcome.funding))
        db.session.scalars(with_funding.where(Outcome.id.in_(missing))).all()
    return {key: db.session.get_one(Outcome, key) for key in wanted}


def shares_of(outcome: Outcome) -> list[budget_service.Share]:
    """How an outcome's cost splits over the streams."""
    return [budget_service.Share(item.stream, item.share) for item in outcome.funding]


def ranges_of(purchase: Purchase) -> dict[UUID, tuple[int, int]]:
    """The lowest and highest price near the person for each line whose kind and unit are known, by line id."""
    wanted = [line for line in purchase.lines if line.category in set(Category) and line.unit in set(Unit)]
    centre = marketplace.place(purchase.person.postcode) if wanted else None
    if centre is None:
        return {}
    found = {}
    for line in wanted:
        near = marketplace.local_range(Category(line.category or ""), Unit(line.unit or ""), centre.lat, centre.lon)
        if near is not None:
            found[line.id] = near
    return found


def is_on_plan(outcome: Outcome, category: str | None, description: str) -> bool:
    """Whether something is in the plan: its kind is one of the outcome's, or its words are like one of its examples.

    Unusual is not wrong: what is not on plan goes to a person, it is never stopped for that.
    """
    if category is not None and category in outcome.categories:
        return True
    if category is None and not outcome.categories and not outcome.examples:
        return True
    said = description.casefold()
    return any(fuzz.token_set_ratio(said, str(example).casefold()) >= _LIKE_EXAMPLE for example in outcome.examples)


def _line_facts(
    purchase: Purchase,
    line: PurchaseLine,
    outcome: Outcome | None,
    provider: Provider | None,
    near: tuple[int, int] | None,
    short: str | None,
    today: date,
    idea_covers: bool,
) -> LineFacts:
    is_pa = provider is not None and provider.is_pa
    employed = provider is not None and provider.employment is Employment.WANTS_TO_BE_EMPLOYED
    regulated = is_regulated_care(line, provider)
    return LineFacts(
        text=line.description,
        amount_pence=line.amount_pence,
        merchant=purchase.payee_name,
        category=line.category,
        outcome_id=str(outcome.id) if outcome else None,
        outcome_active=outcome is None or outcome.ended_on is None or outcome.ended_on >= today,
        on_plan=idea_covers or (outcome is not None and is_on_plan(outcome, line.category, line.description)),
        local_low_pence=near[0] if near else None,
        local_high_pence=near[1] if near else None,
        unit_price_pence=line.unit_price_pence if line.unit else None,
        unit=line.unit,
        provider_status=provider.status.value if provider else None,
        regulated_care=regulated,
        pa_ready=not provider.checks.missing(today) if provider is not None and is_pa else None,
        hourly_pay_pence=line.unit_price_pence if employed and line.unit == Unit.HOUR else None,
        family_member=line.family_member.value if line.family_member else None,
        bought_on=purchase.bought_on,
        named_debt_service=outcome is not None and any("debt" in str(e).casefold() for e in outcome.examples),
        stream_short=short,
    )


def is_regulated_care(line: PurchaseLine, provider: Provider | None) -> bool:
    """Whether it is care that only a registered provider may give (Health and Social Care Act 2008)."""
    return line.category in _REGULATED or (provider is not None and provider.is_regulated)


def _stream_short(
    budget: Budget, purse: budgets.Purse, outcome: Outcome, amount_pence: int, ahead: Ahead
) -> str | None:
    """The words for the first stream that cannot pay its part, where the budget has more than one."""
    if amount_pence <= 0 or len(budget.streams) < 2:
        return None
    paying = [purse.by_stream.get(item.stream) for item in outcome.funding]
    if all(totals is not None and totals.available >= amount_pence for totals in paying):
        return None  # each could pay the whole of it, whatever its part
    before = ahead.by_outcome.get(outcome.id)
    short = budget_service.stream_short(budget, outcome.id, shares_of(outcome), amount_pence, purse.by_stream, before)
    return short[0].value.replace("_", " ") if short else None


def _regular_due(purchase: Purchase, purse: budgets.Purse, today: date) -> StillDue | None:
    """The occurrence of a regular purchase that this takes care of, while nothing else does."""
    payment_id, day = purchase.regular_payment_id, purchase.regular_due_on
    if payment_id is None or day is None:
        return None
    if clock.period_of(day) == clock.period_of(today):
        return next((item for item in purse.due if item.payment.id == payment_id and item.due_on == day), None)
    return occurrence(db.session.get_one(RegularPayment, payment_id), purchase.commissioner_id, day)


def _is_as_agreed(purchase: Purchase, regular: StillDue) -> bool:
    """Whether this is the payment that was agreed: same payee, same thing, same outcome, not dearer.

    What began as one and became something else is weighed like anything else.
    """
    payment = regular.payment
    return (
        purchase.total_pence <= regular.amount_pence
        and words(purchase.payee_name) == words(payment.payee[:MAX_WORDS])
        and all(
            line.outcome_id == payment.outcome_id
            and line.category == (payment.category or None)
            and words(line.description) == words(payment.words[:MAX_WORDS])
            for line in purchase.lines
        )
    )


def _plain(value: Any) -> Any:
    """Facts as JSON carries them (``dataclasses.asdict`` copies deeply, at ten times the cost)."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    return value


def _day(text: str | None) -> Any:
    return None if text is None else date.fromisoformat(text)
