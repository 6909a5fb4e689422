"""What the home page says, worked out before it is drawn. Reading only, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.budgets import queries as budgets
from app.budgets.models import Budget
from app.budgets.queries import Figures, OutcomeSpend, StillDue
from app.budgets.rules import BudgetState, Cycle
from app.core import clock
from app.core.errors import NotFoundError
from app.plans.models import Per, Plan
from app.purchases.planned import planned_in


class Stage(StrEnum):
    """Where a budget stands today."""

    RUNNING = "running"
    TO_COME = "to_come"
    ENDED = "ended"
    INDICATIVE = "indicative"


def stage_of(budget: Budget, today: date) -> Stage:
    """Where a budget stands on a day."""
    if budget.state is BudgetState.INDICATIVE:
        return Stage.INDICATIVE
    if budget.state is BudgetState.ENDED or budget.ends_on < today:
        return Stage.ENDED
    return Stage.TO_COME if budget.starts_on > today else Stage.RUNNING


def choose_budget(found: Sequence[Budget], ref: str | None, today: date) -> Budget | None:
    """The budget a page is about.

    :param found: the person's, newest first.
    :param ref: what the address asks for; without it the running one that began first, or else the one that is
        nearest: to come, not agreed yet, ended.
    :raises NotFoundError: when the person has none of that reference.
    """
    if ref:
        chosen = next((budget for budget in found if budget.ref == ref), None)
        if chosen is None:
            raise NotFoundError
        return chosen
    by_stage: dict[Stage, list[Budget]] = {}
    for budget in found:
        by_stage.setdefault(stage_of(budget, today), []).append(budget)
    for stage, last in ((Stage.RUNNING, -1), (Stage.TO_COME, -1), (Stage.INDICATIVE, 0), (Stage.ENDED, 0)):
        if by_stage.get(stage):
            return by_stage[stage][last]
    return None


@dataclass(frozen=True, slots=True)
class Month:
    """Which month the page shows, and its neighbours that can be shown too."""

    period: date
    is_now: bool
    before: date | None
    after: date | None
    note: str = ""  # what was wrong with the month asked for


def choose_month(budget: Budget, asked: str, today: date) -> Month:
    """The month a page shows.

    :param asked: ``2026-11``, or anything a person may write into an address.
    """
    this = clock.period_of(today)
    first, last = clock.period_of(budget.starts_on), min(this, clock.period_of(budget.ends_on))
    last = max(first, last)
    period, note = last, ""
    if asked:
        try:
            wanted = clock.parse_period(asked)
        except ValueError:
            note = f"We could not read that month. This is {clock.say_month(last)}."
        else:
            if first <= wanted <= last:
                period = wanted
            else:
                note = f"There is nothing to see for {wanted:%B %Y}. This is {clock.say_month(last)}."
    return Month(
        period=period,
        is_now=period == this,
        before=clock.add_months(period, -1) if period > first else None,
        after=clock.add_months(period, 1) if period < last else None,
        note=note,
    )


@dataclass(frozen=True, slots=True)
class NextMoney:
    """The next money that will come in."""

    on: date
    pence: int


def next_money(budget: Budget, today: date) -> NextMoney | None:
    """When money comes in next, if the budget runs on: the first of a month."""
    begins = budget.starts_on > today
    period = clock.period_of(budget.starts_on) if begins else clock.add_months(clock.period_of(today), 1)
    if period > budget.ends_on:
        return None
    pence = sum(item.amount_pence for item in budget.streams if begins or item.cycle is Cycle.MONTHLY)
    return NextMoney(max(period, budget.starts_on), pence) if pence else None


@dataclass(frozen=True, slots=True)
class Shortfall:
    """That more is spoken for than there is."""

    pence: int  # how much more, above nought
    kept_covers: bool  # the money kept for bad weeks would cover it
    will_not_fit: tuple[StillDue, ...]  # in the order they fall due


def shortfall(figures: Figures) -> Shortfall | None:
    """What will not fit this month; None when everything does."""
    balance = figures.balance
    if balance.safe_to_spend >= 0:
        return None
    covers = balance.safe_to_spend + balance.contingency >= 0
    left = balance.available - (balance.contingency if covers else 0)
    unpaid = []
    for item in figures.due:
        left -= item.amount_pence
        if left < 0:
            unpaid.append(item)
    return Shortfall(-balance.safe_to_spend, covers, tuple(unpaid))


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One bar: what an outcome has used of what was agreed for it."""

    ref: str
    words: str
    spent: int
    promised: int
    of: int
    whole_plan: bool  # agreed once for the whole plan; used since the budget began


def outcome_rows(
    plan: Plan | None, figures: Figures, on: date, planned: Mapping[UUID, int]
) -> tuple[list[OutcomeRow], OutcomeSpend]:
    """The plan's outcomes with what they used, and what was used for outcomes that are not in this plan.

    :param on: the first day of the month that is shown.
    :param planned: what is planned for each outcome in that month, in pence.
    """
    rows, known = [], set[UUID]()
    for outcome in plan.outcomes if plan else []:
        known.add(outcome.id)
        whole = outcome.per is Per.PLAN
        spend = (figures.whole_budget if whole else figures.this_month).get(outcome.id, OutcomeSpend())
        if outcome.ended_on and outcome.ended_on < on and not spend.used:
            continue
        of = planned.get(outcome.id, outcome.indicative_pence)
        rows.append(OutcomeRow(outcome.ref, outcome.words, spend.spent, spend.promised, of, whole))
    return rows, _others(figures.this_month, known)


def _others(spend: Mapping[UUID, OutcomeSpend], known: set[UUID]) -> OutcomeSpend:
    rest = [item for outcome_id, item in spend.items() if outcome_id not in known]
    return OutcomeSpend(sum(item.spent for item in rest), sum(item.promised for item in rest))


@dataclass(frozen=True, slots=True)
class HomePage:
    """Everything the home page draws about one budget."""

    budget: Budget
    stage: Stage
    month: Month
    figures: Figures
    safe_pence: int  # now, whichever month is shown
    before_pence: int  # left from the months before the one shown now
    short: Shortfall | None
    next_money: NextMoney | None
    outcomes: list[OutcomeRow]
    other_outcomes: OutcomeSpend
    until: date

    @property
    def is_empty(self) -> bool:
        """Nothing has come in and nothing went out yet."""
        return not any(row.money_in or row.spent or row.promised for row in self.figures.by_month)

    @property
    def money_missing(self) -> bool:
        """This month's money has not come in yet although some is agreed for it."""
        monthly = any(item.cycle is Cycle.MONTHLY for item in self.budget.streams)
        return self.month.is_now and monthly and not self.figures.balance.money_in


def home_page(budget: Budget, plan: Plan | None, asked_month: str) -> HomePage:
    """Work the home page out.

    :param budget: with its streams; the viewer's right has been checked.
    :param asked_month: from the address.
    """
    today = clock.today()
    stage = stage_of(budget, today)
    month = choose_month(budget, asked_month, today)
    figures = budgets.figures(budget, month.period)
    balance = figures.balance
    planned = planned_in(budget, plan.outcomes, month.period) if plan else {}
    running = stage is Stage.RUNNING
    if running and not month.is_now:
        due = budgets.still_due(budget, clock.period_of(today))
        now = replace(balance, still_due=sum(item.amount_pence for item in due))
    else:
        now = balance
    return HomePage(
        budget=budget,
        stage=stage,
        month=month,
        figures=figures,
        safe_pence=now.safe_to_spend if running else now.available,
        before_pence=balance.available + balance.promised + balance.spent - balance.money_in,
        short=shortfall(figures) if running and month.is_now else None,
        next_money=next_money(budget, today),
        outcomes=(rows := outcome_rows(plan, figures, month.period, planned))[0],
        other_outcomes=rows[1],
        until=min(clock.last_day(clock.period_of(today)), budget.ends_on),
    )
