"""A death and a move: their words, and what follows from each. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from app.core.clock import say_day
from app.core.errors import InvalidError
from app.core.money import format_pounds
from app.core.words import one_line
from app.identity.rules import AuthorityKind
from app.stewardship.changes_follows import Acting, Area, Deed, Follow, TaskKind, and_names, count_of

MAX_WORDS = 500
#: Why a right ended, as it stands in the audit and beside the right.
MOVED, DIED = "The person moved to another commissioner", "The person has died"


class ChangeKind(StrEnum):
    """What happened, or will."""

    DEATH = "death"
    MOVE = "move"


CHANGE_WORDS = {ChangeKind.DEATH: "a death", ChangeKind.MOVE: "a move"}


class ChangeState(StrEnum):
    """How far it is."""

    NOTED = "noted"  # a move whose day has not come
    DONE = "done"
    CLOSED = "closed"  # nobody acts any more, and everything is settled or handed to finance
    TAKEN_BACK = "taken_back"  # it was a mistake, or does not happen


@dataclass(frozen=True, slots=True)
class Pay:
    """A personal assistant's pay, as agreed."""

    payment_id: UUID
    words: str


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """What is known of somebody when their life changes. All by id: what they buy is their own affair.

    :param unpaid: purchases that are begun, asked for or approved, and not paid.
    :param after: occurrences that were written down for days after the day: purchase and pence.
    :param left_pence: what is in the budgets, promises taken off.
    """

    given_name: str
    day: date
    access_until: date
    acting: tuple[Acting, ...] = ()
    budgets: tuple[UUID, ...] = ()
    unpaid: tuple[UUID, ...] = ()
    held_pence: int = 0
    ideas: tuple[UUID, ...] = ()
    regular: tuple[UUID, ...] = ()
    pay: tuple[Pay, ...] = ()
    after: tuple[tuple[UUID, int], ...] = ()
    watches: tuple[UUID, ...] = ()
    left_pence: int = 0
    where_to: str = ""
    handed_on: bool = False  # the other commissioner is on CarePurse
    paid_ahead_pence: int = 0


def death_follows(facts: ChangeFacts) -> tuple[Follow, ...]:
    """What happens when a death is recorded: shown before pressing, then done."""
    day, until = say_day(facts.day, year=True), say_day(facts.access_until, year=True)
    found: list[Follow] = []
    own = [item for item in facts.acting if item.kind is AuthorityKind.SELF]
    others = [item for item in facts.acting if item.kind is not AuthorityKind.SELF]
    found += [
        Follow(
            Area.ACCESS,
            Deed.CLOSE_ACCOUNT,
            f"{item.name}’s own sign-in is closed. Nothing more is sent to it.",
            (item.authority_id,),
        )
        for item in own
    ]
    found += _looking(others, facts.access_until)
    found += _stops(facts, facts.day, f"stops after {day}")
    found += _pay(
        facts,
        f"pay up to {day}, holiday not taken and notice pay may be owed. A coordinator can still pay them from the "
        "budget.",
        "Whoever was the employer: final wages, redundancy pay where it is due, the last payroll report, and "
        "insurance until the last day.",
    )
    found += _waiting(facts, f"because {facts.given_name} has died")
    found += _after(facts)
    found += _left(facts, facts.day, "balance to settle with the estate")
    if facts.watches:
        found.append(Follow(Area.TELLING, Deed.STOP_WATCHES, "Searches that were saved stop looking.", facts.watches))
    told = f"{and_names(item.name for item in others)} and finance" if others else "Finance"
    verb = "are" if others else "is"
    found.append(Follow(Area.TELLING, Deed.NOTHING, f"{told} {verb} told, quietly. They can look until {until}."))
    return tuple(found)


def move_follows(facts: ChangeFacts) -> tuple[Follow, ...]:
    """What happens on the day of a move: shown before pressing, then done on that day."""
    last = facts.day - timedelta(days=1)
    found = _looking(facts.acting, facts.access_until)
    found += _stops(facts, last, f"stops here after {say_day(last, year=True)}. Agree it again with {facts.where_to}")
    found += _pay(
        facts,
        f"pay up to {say_day(last, year=True)} and holiday not taken may be owed. A coordinator can still pay them "
        "from the budget.",
        f"Whoever is the employer: agree with {facts.where_to} who pays from {say_day(facts.day, year=True)} on, so "
        "that no pay is missed.",
    )
    found += _waiting(facts, f"because {facts.given_name} moves to {facts.where_to}")
    found += _after(facts)
    if facts.paid_ahead_pence:
        found.append(
            Follow(
                Area.MONEY,
                Deed.TASK,
                "Something was paid for that is needed after the move. Finance looks at it.",
                pence=facts.paid_ahead_pence,
                task=TaskKind.PAID_AHEAD,
                details=(
                    f"{format_pounds(facts.paid_ahead_pence)} was paid for things needed after the move. Finance looks "
                    "at it.",
                ),
            )
        )
    found += _left(facts, last, f"balance to settle after the move to {facts.where_to}")
    found.append(
        Follow(
            Area.MONEY,
            Deed.NOTHING,
            f"No money goes to {facts.where_to} by itself. Which of the two pays from when is decided by the rules on "
            "where somebody ordinarily lives, and by the two of you.",
        )
    )
    if facts.watches:
        found.append(Follow(Area.TELLING, Deed.STOP_WATCHES, "Searches that were saved stop looking.", facts.watches))
    found.append(Follow(Area.ACCESS, Deed.END_CASELOAD, "The coordinator here does not look after them any more."))
    if facts.handed_on:
        found.append(
            Follow(Area.TELLING, Deed.NOTHING, f"{facts.where_to} is asked to take over. Somebody there says yes.")
        )
    found.append(Follow(Area.TELLING, Deed.NOTHING, f"{facts.given_name}, and everybody who acts for them, are told."))
    return tuple(found)


def _looking(acting: tuple[Acting, ...] | list[Acting], until: date) -> list[Follow]:
    if not acting:
        return [Follow(Area.ACCESS, Deed.NOTHING, "Nobody else acts for them.")]
    return [
        Follow(
            Area.ACCESS,
            Deed.LET_LOOK_UNTIL,
            f"{and_names(item.name for item in acting)} can look until {say_day(until, year=True)}, and not buy. Then "
            "that ends.",
            tuple(item.authority_id for item in acting),
            on=until,
        )
    ]


def _stops(facts: ChangeFacts, last: date, how: str) -> list[Follow]:
    if not facts.regular:
        return []
    return [
        Follow(
            Area.REGULAR,
            Deed.STOP_REGULAR,
            f"What is bought again and again ({len(facts.regular)}) {how}.",
            facts.regular,
            on=last,
        )
    ]


def _pay(facts: ChangeFacts, what: str, employer: str) -> list[Follow]:
    """Whose job ends: how many, and for whoever settles it each by name; and what is left to whoever employs them."""
    if not facts.pay:
        return []
    return [
        Follow(
            Area.PAY,
            Deed.TASK,
            f"{count_of(len(facts.pay), 'personal assistant')}: {what}",
            tuple(item.payment_id for item in facts.pay),
            task=TaskKind.PAY_OWED,
            details=tuple(f"{item.words}: {what}" for item in facts.pay),
        ),
        Follow(Area.PAY, Deed.TASK, employer, task=TaskKind.EMPLOYER),
    ]


def _waiting(facts: ChangeFacts, why: str) -> list[Follow]:
    found = []
    if facts.unpaid:
        dropped = f"{count_of(len(facts.unpaid), 'purchase')} not paid yet: taken back, {why}."
        held = facts.held_pence
        found.append(
            Follow(
                Area.WAITING,
                Deed.DROP,
                f"{dropped} What was held is free." if held else dropped,
                facts.unpaid,
                pence=held,
                details=(f"{dropped} {format_pounds(held)} that was held is free.",) if held else (),
            )
        )
    if facts.ideas:
        found.append(
            Follow(
                Area.WAITING,
                Deed.DROP_IDEAS,
                f"{count_of(len(facts.ideas), 'idea')}: nobody has to answer any more.",
                facts.ideas,
            )
        )
    return found


def _after(facts: ChangeFacts) -> list[Follow]:
    if not facts.after:
        return []
    total = sum(pence for _, pence in facts.after)
    what = f"{count_of(len(facts.after), 'payment')} written down for a later day"
    how = "each can be put back with one press, once you know that it was not paid."
    return [
        Follow(
            Area.REGULAR,
            Deed.LIST_TO_CORRECT,
            f"{what}: {how}",
            tuple(key for key, _ in facts.after),
            pence=total,
            task=TaskKind.PUT_BACK,
            details=(f"{what}, {format_pounds(total)}: {how}",),
        )
    ]


def _left(facts: ChangeFacts, last: date, words: str) -> list[Follow]:
    found = []
    if facts.budgets:
        found.append(
            Follow(Area.MONEY, Deed.END_BUDGET, "No money comes in for the months after it.", facts.budgets, on=last)
        )
    stays = f"Nothing is taken back by itself. For finance: {words}."
    found.append(
        Follow(
            Area.MONEY,
            Deed.TASK,
            f"What is left stays there. {stays}",
            pence=facts.left_pence,
            task=TaskKind.SETTLE,
            details=(f"{format_pounds(facts.left_pence)} is left. {stays}",),
        )
    )
    return found


def check_words(typed: str, missing: str) -> str:
    """Some words about a change on one line: who told us, where to, what was done.

    :param missing: the sentence for whoever typed nothing.
    :raises InvalidError: field ``words``.
    """
    words = one_line(typed)
    if not words:
        raise InvalidError({"words": missing})
    if len(words) > MAX_WORDS:
        raise InvalidError({"words": f"Say it in {MAX_WORDS} characters or fewer"})
    return words
