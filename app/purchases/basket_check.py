"""One check of the whole basket: its purchases are judged one after another, so that together they cannot overspend.

Each is judged as if all that stands before it were sent already: its money, its lines, the team's simple rules it would
use. What is stopped takes nothing: what stands behind it is judged without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.budgets import queries as budgets
from app.budgets import service as budget_service
from app.budgets.models import Budget
from app.core import clock
from app.core.errors import InsufficientFundsError
from app.identity.limits import Beyond
from app.identity.models import Person
from app.identity.rules import Actor
from app.ledger.rules import Stream
from app.policy.rules import Action, RecentPurchase
from app.purchases.ahead import NOTHING_AHEAD, Ahead
from app.purchases.alone import beyond_of
from app.purchases.basket_queries import basket_of
from app.purchases.benefit_queries import missing_statement
from app.purchases.checking import PurchaseCheck, check_of, missing_in, missing_in_line, result_of, state_for
from app.purchases.delegating import simple_rule_for
from app.purchases.facts import Weighed, shares_of, weigh
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.rules import State

#: What stops a purchase because the money is not there.
_NO_MONEY = frozenset({"over-available", "stream-short"})
NOT_TOGETHER = "There is not enough money left for this after what stands before it in the basket."


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that keeps the basket from being sent.

    :param line: which thing it is about; None for the whole purchase.
    :param field: ``outcome amount offered budget payee quote lines benefit``.
    """

    purchase: Purchase
    line: PurchaseLine | None
    field: str
    words: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One purchase of the basket.

    :param weighed: what was asked, with what stands before it.
    :param short: one part of the budget cannot pay its share after what stands before it.
    :param fits_alone: it is stopped for want of money, and would not be if it were sent by itself.
    """

    check: PurchaseCheck
    weighed: Weighed
    short: bool
    fits_alone: bool
    missing: tuple[Missing, ...]

    @property
    def purchase(self) -> Purchase:
        return self.check.purchase

    @property
    def is_stopped(self) -> bool:
        return self.short or self.check.result is State.BLOCKED

    @property
    def stopped_because(self) -> str:
        """Why, in the policy's words."""
        found = (item.sentence for item in self.check.decision.findings if item.action is Action.BLOCK)
        return next(found, NOT_TOGETHER)


@dataclass(frozen=True, slots=True)
class BasketCheck:
    """What sending the basket would do."""

    items: tuple[Judged, ...]
    budget: Budget | None  # None when the basket is empty
    safe_now_pence: int
    period: date
    beyond: Beyond | None = None  # why somebody else says yes first

    @property
    def going(self) -> list[Judged]:
        """What is not stopped."""
        return [item for item in self.items if not item.is_stopped]

    @property
    def stopped(self) -> list[Judged]:
        return [item for item in self.items if item.is_stopped]

    @property
    def missing(self) -> list[Missing]:
        return [one for item in self.items for one in item.missing]

    @property
    def total_pence(self) -> int:
        """Of what is not stopped."""
        return sum(item.purchase.total_pence for item in self.going)

    @property
    def safe_after_pence(self) -> int:
        return self.safe_now_pence - self.total_pence

    @property
    def things(self) -> int:
        return sum(len(item.purchase.lines) for item in self.items)

    @property
    def asks_holder(self) -> bool:
        """Whether the person's own side says yes or no first, as to all of it."""
        return any(item.check.result is State.AWAITING_HOLDER for item in self.items)

    @property
    def waiting_pence(self) -> int:
        """What a coordinator looks at."""
        return sum(i.purchase.total_pence for i in self.going if i.check.result is State.AWAITING_APPROVAL)

    @property
    def seen(self) -> str:
        """What was looked at, for sending exactly that: each purchase with its version."""
        return as_seen([item.purchase for item in self.items])


def as_seen(drafts: Sequence[Purchase]) -> str:
    """Which drafts, in which version."""
    return " ".join(f"{item.ref}:{item.version}" for item in drafts)


def check_basket(actor: Actor, person: Person) -> BasketCheck:
    """What sending the basket would do. Writes nothing and promises nothing: sending asks the policy again.

    :raises NotFoundError: when the person's affairs are not the actor's to see.
    """
    items = tuple(judge(actor, basket_of(actor, person)))
    period = clock.period_of(clock.today())
    if not items:
        return BasketCheck((), None, 0, period)
    budget = items[0].weighed.budget
    total = sum(item.purchase.total_pence for item in items)
    asks = (item for item in items if item.check.result is State.AWAITING_HOLDER)
    found = next((beyond_of(actor, item.purchase, total) for item in asks), None)
    return BasketCheck(items, budget, budgets.purse(budget).safe_to_spend, period, found)


def judge(actor: Actor, drafts: Sequence[Purchase]) -> Iterator[Judged]:
    """Judge drafts one after another. The caller has checked the right."""
    ahead, total = NOTHING_AHEAD, sum(item.total_pence for item in drafts)
    for purchase in drafts:
        weighed = weigh(purchase, ahead=ahead)
        result = result_of(actor, purchase, weighed, total)
        short = False
        if result is not State.BLOCKED:
            try:
                ahead = _after(ahead, purchase, weighed)
            except InsufficientFundsError:
                short = True
        stopped = short or result is State.BLOCKED
        yield Judged(
            check=check_of(actor, purchase, weighed, result),
            weighed=weighed,
            short=short,
            fits_alone=stopped and weighed.ahead is not NOTHING_AHEAD and _fits_alone(purchase, weighed, short),
            missing=tuple(_missing_in(actor, purchase)),
        )


def _fits_alone(purchase: Purchase, weighed: Weighed, short: bool) -> bool:
    """Whether there would be enough money if nothing stood before it."""
    if not short and not _for_want_of_money(weighed):
        return False
    alone = weigh(purchase)
    if _for_want_of_money(alone):
        return False
    try:
        _after(NOTHING_AHEAD, purchase, alone)
    except InsufficientFundsError:
        return False
    return True


def _for_want_of_money(weighed: Weighed) -> bool:
    return any(item.rule in _NO_MONEY and item.action is Action.BLOCK for item in weighed.decision.findings)


def _after(ahead: Ahead, purchase: Purchase, weighed: Weighed) -> Ahead:
    """What stands before the next purchase: this one too, its money set aside as sending it would do.

    :raises InsufficientFundsError: when a stream could not pay its part of a line.
    """
    left, by_outcome = dict(weighed.left), {key: dict(parts) for key, parts in ahead.by_outcome.items()}
    for line in purchase.lines:
        if line.amount_pence and line.outcome_id:
            _set_aside(weighed, line.outcome_id, line.amount_pence, left, by_outcome.setdefault(line.outcome_id, {}))
    today = clock.today()
    bought = tuple(
        RecentPurchase(
            purchase.payee_name,
            line.description,
            line.amount_pence,
            today,
            str(line.outcome_id) if line.outcome_id else None,
        )
        for line in reversed(purchase.lines)
    )
    used = dict(ahead.rules_used)
    rule = simple_rule_for(purchase, weighed) if state_for(weighed.decision) is State.AWAITING_APPROVAL else None
    if rule is not None:
        used[rule.id] = used.get(rule.id, 0) + 1
    return Ahead(by_outcome, bought + ahead.recent, used)


def _set_aside(
    weighed: Weighed, outcome_id: UUID, amount_pence: int, left: dict[Stream, int], before: dict[Stream, int]
) -> None:
    """As ``budgets.service.set_aside``, of what is only thought: ``left`` and ``before`` follow.

    :raises InsufficientFundsError: as there.
    """
    shares = shares_of(weighed.outcomes[outcome_id])
    parts = budget_service.split_for(weighed.budget, outcome_id, shares, amount_pence, before)
    if any(part > left.get(stream, 0) for stream, part in parts.items()):
        raise InsufficientFundsError(NOT_TOGETHER)
    for stream, part in parts.items():
        left[stream] -= part
        before[stream] = before.get(stream, 0) + part


_OF_LINES = frozenset({"outcome", "amount", "offered"})  # named for each thing by itself


def _missing_in(actor: Actor, purchase: Purchase) -> Iterator[Missing]:
    for line in purchase.lines:
        for field, words in missing_in_line(purchase, line).items():
            yield Missing(purchase, line, field, words)
    for field, words in (missing_in(purchase) | missing_statement(actor, purchase)).items():
        if field not in _OF_LINES:
            yield Missing(purchase, None, field, words)
