"""What follows from a change in a life, as data: shown on a page before pressing, and done from the same list. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.core.errors import StateError
from app.identity.rules import AuthorityKind, Scope

_CHANGED = "Something changed since you opened this page. Read what follows once more, then press again."


class ListChangedError(StateError):
    """Something is different from the list that was read. Nothing was done."""


class Area(StrEnum):
    """What a consequence is about, in the order in which a page tells it."""

    ACCESS = "access"
    REGULAR = "regular"
    PAY = "pay"
    WAITING = "waiting"
    MONEY = "money"
    TELLING = "telling"


AREA_WORDS: Mapping[Area, str] = {
    Area.ACCESS: "Who may do what",
    Area.REGULAR: "What is bought again and again",
    Area.PAY: "Pay of personal assistants",
    Area.WAITING: "What is waiting",
    Area.MONEY: "The money",
    Area.TELLING: "Who is told",
}


class Deed(StrEnum):
    """What the software does about it."""

    NOTHING = "nothing"  # it goes on as it is, and that is said
    SET_SCOPE = "set_scope"  # an authority reaches less far, or further
    END_AUTHORITY = "end_authority"
    MAKE_NOMINEE = "make_nominee"  # a representative goes on as the nominee of whoever decides now
    LET_LOOK_UNTIL = "let_look_until"  # may look until a day, and then no more
    CLOSE_ACCOUNT = "close_account"
    DROP = "drop"  # purchases that are not paid are taken back, and what is held for them is free
    DROP_IDEAS = "drop_ideas"
    STOP_REGULAR = "stop_regular"
    STOP_WATCHES = "stop_watches"
    END_BUDGET = "end_budget"
    END_CASELOAD = "end_caseload"
    LIST_TO_CORRECT = "list_to_correct"  # what was written down after the day waits to be put back
    TASK = "task"  # a person has to do it


class TaskKind(StrEnum):
    """What a person has to do."""

    PAY_OWED = "pay_owed"  # a personal assistant's pay up to the day, notice pay, final wages
    EMPLOYER = "employer"  # what an employer's estate has to settle
    PUT_BACK = "put_back"  # written down for a day after it ended
    PAID_AHEAD = "paid_ahead"
    SETTLE = "settle"  # finance: what is left


TASK_WORDS: Mapping[TaskKind, str] = {
    TaskKind.PAY_OWED: "Pay that is owed",
    TaskKind.EMPLOYER: "For whoever was the employer",
    TaskKind.PUT_BACK: "To be put back",
    TaskKind.PAID_AHEAD: "Paid ahead",
    TaskKind.SETTLE: "For finance",
}


@dataclass(frozen=True, slots=True)
class Follow:
    """One consequence.

    :param subjects: what it is done to, by id.
    :param sentence: as any coordinator reads it before it is done: kinds and counts, no payee, no sum.
    :param details: the same in full, for whoever has a right to it: one, or one for each subject.
    :param scope: for ``set_scope``.
    :param on: the day from which, or until which, it holds.
    """

    area: Area
    deed: Deed
    sentence: str
    subjects: tuple[UUID, ...] = ()
    scope: Scope | None = None
    on: date | None = None
    pence: int | None = None
    task: TaskKind | None = None  # what is left for a person to do
    details: tuple[str, ...] = ()

    @property
    def in_full(self) -> tuple[str, ...]:
        """What the person's own side reads, and whoever settles it."""
        return self.details or (self.sentence,)

    def words_of(self, number: int) -> str:
        """The full words about one of the subjects."""
        return self.in_full[number if number < len(self.in_full) else 0]

    def to_dict(self) -> dict[str, Any]:
        """As it is kept with the change: what was said, for whoever reads it later."""
        kept: dict[str, Any] = {"area": self.area.value, "sentence": self.sentence}
        return kept | {"details": list(self.details)} if self.details else kept


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody with a right in a person's affairs, as the rules need it.

    :param scope: as it was promised.
    :param is_checked: a coordinator has seen their papers; until then they only look.
    :param for_a_child: by parental responsibility, or on no paper yet: at sixteen that is over. A court's order is not.
    """

    authority_id: UUID
    account_id: UUID
    name: str
    kind: AuthorityKind
    scope: Scope
    for_a_child: bool = True
    is_checked: bool = True

    @property
    def can_buy(self) -> bool:
        """Whether they can buy today: what was promised holds once a coordinator has seen the papers."""
        return self.is_checked and self.scope is Scope.BUY


def digest_of(follows: Iterable[Follow]) -> str:
    """A short sum of what a page said: whoever presses has read this list, or is shown the new one.

    No pence in it: the page does not tell them, and a sum that is known can be guessed until it fits.
    """
    parts = (
        f"{item.deed}|{item.scope}|{item.on}|{','.join(sorted(map(str, item.subjects)))}|{item.sentence}"
        for item in follows
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def require_seen(follows: Sequence[Follow], seen: str) -> None:
    """Stop where something is different from what was read.

    :param seen: the sum of the list that was read (:func:`digest_of`).
    :raises ListChangedError: then. Nothing is done; the new list can be shown.
    """
    if digest_of(follows) != seen:
        raise ListChangedError(_CHANGED)


def by_area(follows: Iterable[Follow]) -> list[tuple[str, list[str]]]:
    """The sentences under their headings, for a page."""
    said = [(item.area, item.sentence) for item in follows]
    return [
        (AREA_WORDS[area], [sentence for where, sentence in said if where is area])
        for area in Area
        if any(where is area for where, _ in said)
    ]


def kept_by_area(said: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """The same from what was kept (:meth:`Follow.to_dict`), for staff."""
    return by_area(Follow(Area(item["area"]), Deed.NOTHING, str(item["sentence"])) for item in said)


def kept_in_full(said: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """The same in full, for the person's own side."""
    return by_area(
        Follow(Area(item["area"]), Deed.NOTHING, words)
        for item in said
        for words in item.get("details") or (str(item["sentence"]),)
    )


def and_names(names: Iterable[str]) -> str:
    """``Nadia and Yusuf``."""
    found = list(names)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}" if found else "nobody"


def count_of(number: int, one: str, many: str = "") -> str:
    """``1 draft``, ``3 drafts``."""
    return f"{number} {one if number == 1 else many or one + 's'}"
