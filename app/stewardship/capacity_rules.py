"""Capacity: what was found about one decision, and what follows from it. Pure.

Capacity is for one decision at one time, is presumed until shown otherwise, and an unwise decision is no sign that it
is lacking (Mental Capacity Act 2005, sections 1 to 3). The Act begins at sixteen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from app.identity.rules import AuthorityKind, Scope
from app.stewardship.changes_follows import Acting, Area, Deed, Follow, and_names, count_of
from app.stewardship.sixteen_rules import LOOKS_FIRST

LOOK_AGAIN_WITHIN = timedelta(days=366)
MONEY = "Managing the money of the budget"
MAX_WORDS = 2000


class Finding(StrEnum):
    """What an assessment came to."""

    HAS = "has"
    LACKS = "lacks"
    FLUCTUATES = "fluctuates"


FINDING_WORDS: Mapping[Finding, str] = {
    Finding.HAS: "Can decide about this",
    Finding.LACKS: "Cannot decide about this now",
    Finding.FLUCTUATES: "Can decide on some days and not on others",
}


class Wish(StrEnum):
    """What the person says of whoever acted for them, when they decide again."""

    ENDS = "ends"
    LOOKS = "looks"
    NOMINEE = "nominee"
    NOT_SAID = "not_said"


WISH_WORDS: Mapping[Wish, str] = {
    Wish.ENDS: "They do not want anybody to act for them",
    Wish.LOOKS: "Whoever acted for them may still look",
    Wish.NOMINEE: "Whoever acted for them goes on as their nominee",
    Wish.NOT_SAID: "They have not said yet",
}


@dataclass(frozen=True, slots=True)
class CapacityFacts:
    """What is known of somebody when capacity changes.

    :param meanwhile: the account that pays until there is a representative; None: only what is agreed goes on.
    :param wish: what the person says of whoever acted for them, when they can decide again.
    """

    given_name: str
    finding: Finding
    acting: tuple[Acting, ...]
    meanwhile: UUID | None = None
    wish: Wish = Wish.NOT_SAID
    regular: int = 0
    look_again_on: date | None = None
    about_money: bool = True


def stands(finding: Finding | None) -> bool:
    """Whether a finding lets somebody else decide: only that capacity is lacking does."""
    return finding is Finding.LACKS


def capacity_follows(facts: CapacityFacts) -> tuple[Follow, ...]:
    """What happens when a finding is recorded: shown before pressing, then done."""
    if not facts.about_money:
        words = "Nothing changes here: it is about another decision, and not about the money of the budget."
        return (Follow(Area.ACCESS, Deed.NOTHING, words), _told(facts))
    found = {Finding.LACKS: _lacks, Finding.HAS: _has, Finding.FLUCTUATES: _fluctuates}[facts.finding](facts)
    if facts.regular:
        goes = "goes" if facts.regular == 1 else "go"
        found.append(
            Follow(Area.REGULAR, Deed.NOTHING, f"{count_of(facts.regular, 'regular purchase')} {goes} on as agreed.")
        )
    found.append(Follow(Area.PAY, Deed.NOTHING, "Personal assistants are paid as agreed. Nothing is missed."))
    found.append(Follow(Area.WAITING, Deed.NOTHING, "Drafts and what is being looked at stay as they are."))
    found.append(Follow(Area.MONEY, Deed.NOTHING, "The money stays as it is, and comes on the same days."))
    found.append(_told(facts))
    return tuple(found)


def _told(facts: CapacityFacts) -> Follow:
    words = f"{facts.given_name}, and everybody who acts for them, are told, and how to say that it is wrong."
    return Follow(Area.TELLING, Deed.NOTHING, words)


def _lacks(facts: CapacityFacts) -> list[Follow]:
    found: list[Follow] = []
    for item in facts.acting:
        if item.account_id == facts.meanwhile and item.kind is not AuthorityKind.SELF:
            found.append(_scope(item, Scope.BUY, f"{item.name} buys and pays until it is looked at again."))
        elif item.kind is AuthorityKind.SELF:
            found.append(_scope(item, Scope.VIEW, f"{item.name} can still look at everything, and not buy."))
        elif item.kind is AuthorityKind.NOMINEE:
            found.append(
                _scope(item, Scope.VIEW, f"{item.name} can look. A nominee is chosen by somebody who can decide.")
            )
        elif item.kind is AuthorityKind.BROKER:
            found.append(_scope(item, Scope.PREPARE, f"{item.name}, the broker, can prepare, and not buy."))
        else:
            looks = "" if item.is_checked else " They only look until the coordinator has seen their papers."
            found.append(Follow(Area.ACCESS, Deed.NOTHING, f"{item.name} goes on as before.{looks}"))
    able = [item for item in facts.acting if item.kind is AuthorityKind.REPRESENTATIVE and item.can_buy]
    if facts.meanwhile is None and not able:
        found.append(
            Follow(
                Area.ACCESS,
                Deed.NOTHING,
                "Nobody can buy anything new until there is a representative: somebody with a lasting power of "
                "attorney for money, a deputy or an appointee.",
            )
        )
    return found


def _has(facts: CapacityFacts) -> list[Follow]:
    found: list[Follow] = []
    for item in facts.acting:
        if item.kind is AuthorityKind.SELF:
            found.append(_scope(item, Scope.BUY, f"{item.name} decides and buys."))
        elif item.kind is AuthorityKind.REPRESENTATIVE:
            found.append(_as_wished(facts, item))
        elif item.kind is AuthorityKind.NOMINEE:
            found.append(_nominee_as_wished(facts, item))
    if not any(item.kind is AuthorityKind.SELF for item in facts.acting):
        found.append(
            Follow(Area.ACCESS, Deed.NOTHING, f"{facts.given_name} has no sign-in yet. The coordinator invites them.")
        )
    return found


def _as_wished(facts: CapacityFacts, item: Acting) -> Follow:
    key = (item.authority_id,)
    if facts.wish is Wish.ENDS:
        return Follow(Area.ACCESS, Deed.END_AUTHORITY, f"{item.name} does not act for {facts.given_name} now.", key)
    if facts.wish is Wish.LOOKS:
        return _scope(item, Scope.VIEW, f"{item.name} can look, and not buy.")
    if facts.wish is Wish.NOMINEE:
        looks = "" if item.can_buy else LOOKS_FIRST
        said = f"{item.name} goes on as {facts.given_name}’s nominee.{looks}"
        return Follow(Area.ACCESS, Deed.MAKE_NOMINEE, said, key)
    # who decides for somebody needs a reason in law, and there is none now: the person can give one (nominee)
    said = f"{item.name} can look until {facts.given_name} has said what they want. You are reminded to ask."
    return _scope(item, Scope.VIEW, said)


def _nominee_as_wished(facts: CapacityFacts, item: Acting) -> Follow:
    """A nominee was chosen by the person; where it was found that they could not decide, the nominee only looked."""
    if facts.wish in (Wish.ENDS, Wish.NOMINEE) or (facts.wish is Wish.LOOKS and item.scope is not Scope.VIEW):
        return _as_wished(facts, item)
    look = "only look, until they say what they want" if item.scope is Scope.VIEW else "go on as before"
    return Follow(Area.ACCESS, Deed.NOTHING, f"{item.name}, the nominee, can {look}.")


def _fluctuates(facts: CapacityFacts) -> list[Follow]:
    others = [item.name for item in facts.acting if item.kind is AuthorityKind.REPRESENTATIVE]
    found = [
        Follow(
            Area.ACCESS,
            Deed.NOTHING,
            f"Nothing changes by itself. On good days {facts.given_name} decides, so wait for one where it can wait.",
        )
    ]
    if others:
        found.append(
            Follow(Area.ACCESS, Deed.NOTHING, f"{and_names(others)} can act on days when {facts.given_name} cannot.")
        )
    return found


def _scope(item: Acting, scope: Scope, sentence: str) -> Follow:
    if item.scope is scope:
        return Follow(Area.ACCESS, Deed.NOTHING, sentence)
    rank = list(Scope)
    if item.kind is AuthorityKind.BROKER and rank.index(item.scope) < rank.index(scope):
        return Follow(Area.ACCESS, Deed.NOTHING, f"{item.name}, the broker, can look, as before.")
    return Follow(Area.ACCESS, Deed.SET_SCOPE, sentence, (item.authority_id,), scope)
