"""The words of the spending policy: what goes in, what comes out, and how bad is worse.

Pure: no database, no clock, no web. Amounts are integer pence; dates are plain dates in London time,
which the caller works out. Source: DESIGN.md section 6.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class PolicyError(ValueError):
    """A policy document, a word list or a stored decision that cannot be read. The message says where and why."""


class Action(StrEnum):
    """What happens next. Worse is later: the worst finding decides the whole purchase."""

    ALLOW = "allow"
    WARN = "warn"
    REFER = "refer"
    BLOCK = "block"

    @property
    def rank(self) -> int:
        """0 for allow to 3 for block."""
        return _RANK[self]


_RANK = {Action.ALLOW: 0, Action.WARN: 1, Action.REFER: 2, Action.BLOCK: 3}


def worst(actions: Iterable[Action]) -> Action:
    """The worst of some actions; `allow` when there are none."""
    return max(actions, key=_RANK.__getitem__, default=Action.ALLOW)


class Door(StrEnum):
    """Where the question is asked. Some rules answer differently at a card than on a statement."""

    BASKET = "basket"
    OUTSIDE = "outside"
    CARD = "card"
    STATEMENT = "statement"


class Group(StrEnum):
    """Kinds of rule. These are codes: what a person reads is in `GROUP_TITLES`."""

    INAPPROPRIATE = "inappropriate"
    EXCLUDED = "excluded"
    CARE = "care"
    DOUBTFUL = "doubtful"
    CARD = "card"


GROUP_TITLES: Mapping[Group, str] = {
    Group.INAPPROPRIATE: "What it can't be used for",
    Group.EXCLUDED: "Care the NHS gives you another way",
    Group.DOUBTFUL: "Ask first",
    Group.CARE: "Taking care of the money",
    Group.CARD: "When you pay by card",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that fired.

    `evidence` is the words or the figure that matched, for a person to read. `line` is the index of the line it is
    about; None means the whole purchase. `category` is one of alcohol, tobacco, gambling, debt, illegal,
    nhs_excluded, cash, or the rule's own code.
    """

    rule: str
    group: Group
    action: Action
    category: str
    sentence: str
    next_step: str
    source: str
    evidence: str = ""
    appealable: bool = True
    line: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe; `from_dict` gives the same finding back."""
        return {
            "rule": self.rule,
            "group": self.group.value,
            "action": self.action.value,
            "category": self.category,
            "sentence": self.sentence,
            "next_step": self.next_step,
            "source": self.source,
            "evidence": self.evidence,
            "appealable": self.appealable,
            "line": self.line,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Finding:
        """Read what `to_dict` wrote. Raises PolicyError when a part is missing or unknown."""
        try:
            return cls(
                rule=str(stored["rule"]),
                group=Group(stored["group"]),
                action=Action(stored["action"]),
                category=str(stored["category"]),
                sentence=str(stored["sentence"]),
                next_step=str(stored["next_step"]),
                source=str(stored["source"]),
                evidence=str(stored["evidence"]),
                appealable=bool(stored["appealable"]),
                line=None if stored["line"] is None else int(stored["line"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise PolicyError(f"not a stored finding: {error!r}") from error


@dataclass(frozen=True, slots=True)
class Decision:
    """All findings on a purchase, worst first, and the action they come to. Stored with the purchase for good."""

    action: Action
    findings: tuple[Finding, ...]
    policy_version: str

    @classmethod
    def of(cls, findings: Iterable[Finding], policy_version: str) -> Decision:
        """The decision some findings come to: the worst wins. The worst finding is put first."""
        ordered = tuple(sorted(findings, key=lambda finding: -finding.action.rank))
        return cls(worst(finding.action for finding in ordered), ordered, policy_version)

    def for_line(self, index: int) -> Decision:
        """What the policy says of one line alone (whole-purchase findings are left out)."""
        return Decision.of((f for f in self.findings if f.line == index), self.policy_version)

    def for_purchase(self) -> Decision:
        """What the policy says of the purchase as a whole (findings of single lines are left out)."""
        return Decision.of((f for f in self.findings if f.line is None), self.policy_version)

    @property
    def first(self) -> Finding | None:
        """The finding that decided it, or None when nothing fired."""
        return self.findings[0] if self.findings else None

    @property
    def appealable(self) -> bool:
        """True when every finding that blocks may be looked at again by a person."""
        return all(finding.appealable for finding in self.findings if finding.action is Action.BLOCK)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe; `from_dict` gives the same decision back."""
        return {
            "action": self.action.value,
            "policy_version": self.policy_version,
            "findings": [finding.to_dict() for finding in self.findings],
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Decision:
        """Read what `to_dict` wrote. Raises PolicyError when it is something else."""
        try:
            findings = tuple(Finding.from_dict(item) for item in stored["findings"])
            return cls(Action(stored["action"]), findings, str(stored["policy_version"]))
        except (KeyError, TypeError, ValueError) as error:
            raise PolicyError(f"not a stored decision: {error!r}") from error


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What is known of one line. None means not known, and a rule that needs it stays silent.

    `provider_status`: registered, deregistered or not_registered (with the care regulator). `family_member`: no,
    household or close. `pa_ready`: None when the payee is not a PA. `stream_short`: the name of the funding stream
    that cannot cover its share. `on_plan`: what it is for is in the plan. `category`: marketplace category slug.
    """

    text: str
    amount_pence: int
    merchant: str = ""
    mcc: str | None = None
    category: str | None = None
    outcome_id: str | None = None
    outcome_active: bool = True
    on_plan: bool = True
    local_low_pence: int | None = None
    local_high_pence: int | None = None
    unit_price_pence: int | None = None
    unit: str | None = None
    provider_status: str | None = None
    regulated_care: bool = False
    pa_ready: bool | None = None
    hourly_pay_pence: int | None = None
    pa_age: int | None = None
    family_member: str | None = None
    bought_on: date | None = None
    named_debt_service: bool = False
    stream_short: str | None = None


@dataclass(frozen=True, slots=True)
class RecentPurchase:
    """An earlier purchase of the same person, to find duplicates and one thing bought in parts."""

    payee: str
    description: str
    amount_pence: int
    bought_on: date
    outcome_id: str | None = None


@dataclass(frozen=True, slots=True)
class PurchaseFacts:
    """Everything the engine may know about a purchase.

    `available_pence` is what the budget can cover now; `safe_pence` is that less contingency and regular payments
    still due. `today` is the London date; the engine has no clock.
    """

    lines: tuple[LineFacts, ...]
    door: Door
    today: date
    available_pence: int | None = None
    safe_pence: int | None = None
    recent: tuple[RecentPurchase, ...] = field(default=())
    plan_review_due_on: date | None = None
    plan_ends_on: date | None = None
    broker_gets: str = ""  # what a broker said they get from it, in words; nothing where they get nothing
