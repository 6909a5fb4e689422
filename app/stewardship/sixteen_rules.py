"""Sixteen: when whom to tell, and what changes on the day. Pure.

From sixteen a person is taken to be able to decide (Mental Capacity Act 2005, sections 1 to 3), and a direct payment
is theirs to agree to (NHS (Direct Payments) Regulations 2013): a parent goes on only where capacity was found to be
lacking, or where the young person asks them to.
"""

from __future__ import annotations

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.identity.authority_rules import DECIDES_AT
from app.identity.rules import AuthorityKind, Scope
from app.stewardship.changes_follows import Acting, Area, Deed, Follow, and_names, count_of

AGE = DECIDES_AT
#: After the sentence about a nominee whose papers were not seen yet.
LOOKS_FIRST = " They only look until the coordinator has seen a consent form."
#: Of whom a nominee is chosen, and who may pay for somebody meanwhile.
CHOSEN_FROM = (AuthorityKind.REPRESENTATIVE, AuthorityKind.NOMINEE)


class Step(StrEnum):
    """What the daily job does, in the order of time."""

    SIX_MONTHS = "six_months"
    THREE_MONTHS = "three_months"
    DAY = "day"


_MONTHS_BEFORE = {Step.SIX_MONTHS: 6, Step.THREE_MONTHS: 3, Step.DAY: 0}


def birthday(born: date, years: int = AGE) -> date:
    """The day somebody becomes that old. Who was born on 29 February has it on 1 March where there is no such day."""
    year = born.year + years
    if (born.month, born.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 3, 1)
    return born.replace(year=year)


def months_before(day: date, months: int) -> date:
    """The same day some months earlier; the month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 - months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def due_on(born: date, step: Step) -> date:
    """The day of a step."""
    return months_before(birthday(born), _MONTHS_BEFORE[step])


def step_due(born: date, today: date, done: Collection[Step]) -> Step | None:
    """What is to be done for somebody today, after any number of missed days: the latest step that is due.

    One that was missed is not told late beside a later one: whoever was entered at fifteen and ten months reads once
    what is ahead. Nothing is done twice, and nothing after a later step.
    """
    reached = [step for step in Step if due_on(born, step) <= today]
    if not reached or reached[-1] in done:
        return None
    order = list(Step)
    if any(order.index(step) > order.index(reached[-1]) for step in done):
        return None
    return reached[-1]


def is_near(born: date, today: date) -> bool:
    """Whether the day is within six months ahead, or in the three months after it."""
    return due_on(born, Step.SIX_MONTHS) <= today <= months_before(birthday(born), -3)


@dataclass(frozen=True, slots=True)
class SixteenFacts:
    """What is known of somebody on the day, or ahead of it.

    :param acting: everybody with a right in their affairs.
    :param lacks: capacity to manage the budget is recorded as lacking, today.
    :param nominee: the account of whoever the young person made their nominee.
    """

    given_name: str
    born: date
    acting: tuple[Acting, ...]
    lacks: bool = False
    nominee: UUID | None = None
    drafts: int = 0
    prepared: int = 0
    asked: int = 0
    regular: int = 0


def day_follows(facts: SixteenFacts) -> tuple[Follow, ...]:
    """What happens on the sixteenth birthday: the page says it, the job does it."""
    them = facts.given_name
    found: list[Follow] = []
    own = [item for item in facts.acting if item.kind is AuthorityKind.SELF]
    if facts.lacks:
        found += _as_it_was(facts)
    else:
        found += _own(facts, own)
        for item in facts.acting:
            if item.kind is AuthorityKind.REPRESENTATIVE:
                found.append(_representative(facts, item))
            elif item.kind is AuthorityKind.BROKER:
                found.append(_broker(facts, item))
    deciders = _deciders(facts, own)
    if facts.regular:
        found.append(
            Follow(
                Area.REGULAR,
                Deed.NOTHING,
                f"{count_of(facts.regular, 'regular purchase')} {'goes' if facts.regular == 1 else 'go'} on as agreed. "
                f"New ones wait for {deciders}.",
            )
        )
    found.append(Follow(Area.PAY, Deed.NOTHING, "Personal assistants are paid as agreed. Nothing is missed."))
    waits = [
        count_of(number, words, many)
        for number, words, many in (
            (facts.drafts, "draft", "drafts"),
            (facts.prepared, "prepared purchase", "prepared purchases"),
            (facts.asked, "open question", "open questions"),
        )
        if number
    ]
    if waits:
        verb = "is" if waits == ["1 draft"] else "are"
        found.append(
            Follow(
                Area.WAITING,
                Deed.NOTHING,
                f"{and_names(waits)} {verb} kept. Nothing is lost: what still needs a yes waits for {deciders}.",
            )
        )
    found.append(
        Follow(Area.MONEY, Deed.NOTHING, f"The budget stays {them}’s, with the same money on the same days.")
    )
    found.append(Follow(Area.TELLING, Deed.NOTHING, f"Everybody who acts for {them}, and the coordinator, are told."))
    return tuple(found)


def _as_it_was(facts: SixteenFacts) -> list[Follow]:
    who = and_names(item.name for item in facts.acting if item.kind is AuthorityKind.REPRESENTATIVE)
    return [
        Follow(
            Area.ACCESS,
            Deed.NOTHING,
            f"{who} can go on as before: it is recorded that {facts.given_name} cannot decide about this money now. "
            "That is looked at again.",
        )
    ]


def _own(facts: SixteenFacts, own: list[Acting]) -> list[Follow]:
    if not own:
        return [
            Follow(
                Area.ACCESS,
                Deed.NOTHING,
                f"{facts.given_name} decides, but has no sign-in yet. Until there is one, the coordinator helps.",
            )
        ]
    return [
        Follow(
            Area.ACCESS,
            Deed.SET_SCOPE,
            f"{item.name} decides, and can buy, from then on.",
            (item.authority_id,),
            Scope.BUY,
        )
        for item in own
    ]


def _representative(facts: SixteenFacts, item: Acting) -> Follow:
    if item.account_id == facts.nominee:
        return Follow(
            Area.ACCESS,
            Deed.MAKE_NOMINEE,
            f"{item.name} goes on as {facts.given_name}’s nominee, because {facts.given_name} asked for it."
            f"{'' if item.can_buy else LOOKS_FIRST}",
            (item.authority_id,),
        )
    if not item.for_a_child:
        return Follow(Area.ACCESS, Deed.NOTHING, f"{item.name} goes on as before, by the papers that are here.")
    if item.scope is Scope.VIEW:
        return Follow(Area.ACCESS, Deed.NOTHING, f"{item.name} can look, as before, and not buy.")
    return Follow(
        Area.ACCESS,
        Deed.SET_SCOPE,
        f"{item.name} can still look, and can no longer buy or prepare.",
        (item.authority_id,),
        Scope.VIEW,
    )


def _broker(facts: SixteenFacts, item: Acting) -> Follow:
    if item.scope is Scope.BUY and not _nominees(facts):
        return Follow(
            Area.ACCESS,
            Deed.SET_SCOPE,
            f"{item.name} can go on preparing. What they prepare waits for {facts.given_name}’s yes.",
            (item.authority_id,),
            Scope.PREPARE,
        )
    return Follow(Area.ACCESS, Deed.NOTHING, f"{item.name}, the broker, goes on as before.")


def _deciders(facts: SixteenFacts, own: list[Acting]) -> str:
    if facts.lacks:
        able = [item.name for item in facts.acting if item.kind is AuthorityKind.REPRESENTATIVE and item.can_buy]
        return and_names(able) if able else "a representative"
    nominee = [item.name for item in _nominees(facts) if item.can_buy]
    return " or ".join([facts.given_name, *nominee]) if own or nominee else facts.given_name


def _nominees(facts: SixteenFacts) -> list[Acting]:
    """Whom they chose, while they act: who ended meanwhile is nobody's nominee."""
    return [item for item in facts.acting if item.account_id == facts.nominee and item.kind in CHOSEN_FROM]
