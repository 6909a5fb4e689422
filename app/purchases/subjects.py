"""The kinds of thing that a coordinator decides: where each is for the person, and what a decision does to it.

A kind is one object, registered once. The queue, handing over, the four answers, the clocks and the notices are the
same for all of them (``deciding``, ``queue``) and know a thing only through its kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from app.approvals.models import ApprovalRequest
from app.approvals.rules import SubjectKind
from app.core.money import format_pounds
from app.identity.rules import Actor
from app.messages.rules import About
from app.purchases.models import Purchase
from app.purchases.rules import Verb


@dataclass(frozen=True, slots=True)
class Place:
    """Where the person's side finds a thing, and whose thread its messages are on."""

    about: About
    ref: str
    subject_id: UUID


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of the decision page: what it is called, and what it says."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What the decision page shows of a thing.

    :param purchase: where the thing is a purchase, or about one.
    :param facts: everything else, in the order of reading.
    :param safe_now_pence: safe to spend if the answer is no; None where no money is asked for.
    :param safe_after_pence: safe to spend if the answer is yes.
    :param held: the sum is set aside already.
    """

    purchase: Purchase | None = None
    facts: Sequence[Fact] = field(default=())
    safe_now_pence: int | None = None
    safe_after_pence: int | None = None
    held: bool = False


class Subject(Protocol):
    """One kind of thing to decide."""

    def place(self, request: ApprovalRequest) -> Place:
        """Where the person's side reads about it."""

    def refuse(self, actor: Actor, request: ApprovalRequest) -> None:
        """Say why ``actor`` of all people may not decide this one.

        :raises NotAllowedError: with the reason; returns when there is none.
        """

    def step(self, actor: Actor, request: ApprovalRequest, verb: Verb) -> None:
        """Take the thing's own row to where ``verb`` leads, guarded in the statement. Before the request is changed.

        :param verb: approve, decline, ask or answer.
        :raises StateError: when somebody was faster, or it cannot be done any more, with a sentence.
        """

    def settle(self, actor: Actor, request: ApprovalRequest, verb: Verb) -> str:
        """Do what the decision comes to, once the request says so, and write the audit.

        :returns: a sentence for the person to go with the news, such as what is free again; or nothing.
        """

    def show(self, viewer: Actor, request: ApprovalRequest) -> Shown:
        """What helps to decide, and nothing else of the person's money."""


_KINDS: dict[SubjectKind, Subject] = {}


def register(kind: SubjectKind, subject: Subject) -> None:
    """Make a kind known, when its module is imported."""
    _KINDS[kind] = subject


def subject_of(request: ApprovalRequest) -> Subject:
    """The kind of what a request is about."""
    return _KINDS[request.subject_kind]


def named(request: ApprovalRequest) -> str:
    """``Gym membership, £32.00``; without money only what it is."""
    return f"{request.title}, {format_pounds(request.amount_pence)}" if request.amount_pence else request.title
