"""What an authority, or an invitation to one, lets somebody do: in words, for everybody who reads of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Protocol
from uuid import UUID

from app.core import clock
from app.core.money import format_pounds
from app.identity.rules import AuthorityKind, EvidenceKind, Scope

#: In what quality, at the beginning of a line.
QUALITY: Mapping[AuthorityKind, str] = {
    AuthorityKind.SELF: "Budget holder",
    AuthorityKind.REPRESENTATIVE: "Representative",
    AuthorityKind.NOMINEE: "Nominee",
    AuthorityKind.BROKER: "Broker",
}
#: What a quality means, under a choice.
MEANS: Mapping[AuthorityKind, str] = {
    AuthorityKind.SELF: "They sign in themself and decide. What is set below counts only for others",
    AuthorityKind.REPRESENTATIVE: "Decides for a child, or for an adult who cannot decide this themself",
    AuthorityKind.NOMINEE: "Looks after the money for an adult who chose them",
    AuthorityKind.BROKER: "Finds support and prepares what is bought",
}
EVIDENCE: Mapping[EvidenceKind, str] = {
    EvidenceKind.PARENTAL_RESPONSIBILITY: "Parental responsibility",
    EvidenceKind.LPA_PROPERTY: "Lasting power of attorney: property and money",
    EvidenceKind.LPA_HEALTH: "Lasting power of attorney: health and welfare",
    EvidenceKind.DEPUTYSHIP: "Order that makes them a deputy",
    EvidenceKind.APPOINTEE: "Appointee for benefits",
    EvidenceKind.CONSENT: "Consent form",
}
SCOPES: Mapping[Scope, tuple[str, str]] = {
    Scope.VIEW: ("Look only", "They see the budget, the plan and what was bought"),
    Scope.PREPARE: ("Look and prepare", "They also get purchases ready. Somebody else says yes or no"),
    Scope.BUY: ("Buy", "They also buy, up to the sums below if you set any"),
}


class Reach(Protocol):
    """An authority, or an invitation to one."""

    @property
    def scope(self) -> Scope: ...
    @property
    def kind(self) -> AuthorityKind: ...
    @property
    def buy_limit_pence(self) -> int | None: ...
    @property
    def month_limit_pence(self) -> int | None: ...
    @property
    def outcome_ids(self) -> Collection[UUID] | None: ...
    @property
    def sees_messages(self) -> bool: ...
    @property
    def ends_on(self) -> date | None: ...


def reach_words(reach: Reach, outcomes: Mapping[UUID, str] | None, *, you: bool = False) -> list[str]:
    """What somebody may do, sentence by sentence.

    :param outcomes: the words of the outcomes of today's plan, by id; None to say only how many, to whoever has no
        right yet to read a plan.
    :param you: said to whoever it is about.
    """
    who = "You" if you else "They"
    can = [f"{who} can see the budget, the plan and what was bought."]
    if reach.scope is Scope.PREPARE:
        can.append(f"{who} can prepare purchases. Somebody else says yes or no.")
    elif reach.scope is Scope.BUY:
        can.append(_buying(reach, who))
    if reach.scope is not Scope.VIEW and reach.outcome_ids is not None:
        can.append(_outcomes(reach.outcome_ids, outcomes, who))
    own = "you" if you else "they"
    can.append(
        f"{who} can read messages with the coordinator."
        if reach.sees_messages
        else f"{who} cannot read messages, only those that {own} wrote."
    )
    if reach.ends_on is not None:
        can.append(f"This ends after {clock.say_day(reach.ends_on, year=True)}.")
    return can


def _buying(reach: Reach, who: str) -> str:
    once, month = reach.buy_limit_pence, reach.month_limit_pence
    sums = []
    if once is not None:
        sums.append(f"up to {format_pounds(once, whole=True)} at a time")
    if month is not None:
        sums.append(f"up to {format_pounds(month, whole=True)} in a month")
    if not sums:
        return f"{who} can buy."
    return f"{who} can buy {' and '.join(sums)}. For more, somebody else says yes or no."


def _outcomes(chosen: Collection[UUID], outcomes: Mapping[UUID, str] | None, who: str) -> str:
    if outcomes is None:
        count = len(chosen)
        return f"Only for {'one outcome' if count == 1 else f'{count} outcomes'} of the plan."
    named = [words for key, words in outcomes.items() if key in set(chosen)]
    if not named:
        chosen_again = "Somebody chooses again which are yours." if who == "You" else "Choose again which are theirs."
        return f"{who} can buy for no outcome of today's plan: it is new. {chosen_again}"
    return f"Only for: {'; '.join(named)}."
