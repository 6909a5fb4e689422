"""Approval requests: their states, why one may be declined, and who may decide. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.core.errors import StateError
from app.identity.rules import Actor, CommissionerSubject, Permission, may

MAX_REASON = 2000

#: How long whoever decided something, or helped with it, may look at it again: somebody rings about the answer, or the
#: next answer should be like it. After that it is nobody's of the team any more, as the rest of the person's money is.
LOOK_AGAIN = timedelta(days=28)


class RequestState(StrEnum):
    """Where a request stands."""

    WAITING = "waiting"  # for the coordinator
    ASKED = "asked"  # for the person's answer to a question
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"  # taken back by the person's side


OPEN = (RequestState.WAITING, RequestState.ASKED)

REQUEST_WORDS: Mapping[RequestState, str] = {
    RequestState.WAITING: "Waiting for an answer",
    RequestState.ASKED: "Question asked",
    RequestState.APPROVED: "Approved",
    RequestState.DECLINED: "Declined",
    RequestState.WITHDRAWN: "Taken back",
}


class SubjectKind(StrEnum):
    """What somebody is asked to decide."""

    PURCHASE = "purchase"
    APPEAL = "appeal"  # a second look at a purchase that was declined or stopped
    IDEA = "idea"  # "could I use my budget for …", before there is anything to buy
    MOVE = "move"  # money from one outcome to another, or out of what is kept
    REGULAR = "regular"  # something bought again and again


#: What staff call each kind, one and many.
SUBJECT_WORDS: Mapping[SubjectKind, tuple[str, str]] = {
    SubjectKind.PURCHASE: ("Purchase", "Purchases"),
    SubjectKind.APPEAL: ("Second look", "Second looks"),
    SubjectKind.IDEA: ("Idea", "Ideas"),
    SubjectKind.MOVE: ("Money moved", "Money moved"),
    SubjectKind.REGULAR: ("Regular purchase", "Regular purchases"),
}


class Answer(StrEnum):
    """What words are kept ready for."""

    YES = "yes"
    NO = "no"
    QUESTION = "question"


ANSWER_WORDS: Mapping[Answer, str] = {
    Answer.YES: "Yes, with a word",
    Answer.NO: "No",
    Answer.QUESTION: "A question",
}

#: Findings that a team may answer in advance: they ask for a second look at something ordinary. Whatever is about the
#: law, safety, the payee or what is left always goes to a person.
DELEGABLE = frozenset({"off-plan", "over-item-threshold"})


#: Why a request may be declined, beside the rules that referred it. The person reads these words.
DECLINE_REASONS: Mapping[str, str] = {
    "not_in_plan": "It does not fit the outcomes in your plan",
    "another_way": "The NHS or another service gives this another way",
    "too_much": "It costs more than it needs to",
    "not_safe": "We are worried about your safety",
    "not_legal": "The law does not let this money be used for it",
    "not_enough": "We did not get the information we need",
}


class WithColleagueError(StateError):
    """A colleague answers, or answered, this one.

    :param name: who.
    :param state: how it stands.
    """

    def __init__(self, name: str, state: RequestState) -> None:
        self.name, self.open = name, state in OPEN
        if self.open:
            super().__init__(f"{name} has this one now.")
        elif state is RequestState.WITHDRAWN:
            super().__init__("The person's side took this back.")
        else:
            said = "said yes" if state is RequestState.APPROVED else "said no"
            super().__init__(f"{name} answered this already and {said}.")


def is_recent(ended_at: datetime | None, now: datetime) -> bool:
    """Whether what ended then may still be looked at again by whoever ended it."""
    return ended_at is not None and now < ended_at + LOOK_AGAIN


def may_decide(actor: Actor, commissioner_id: UUID, person_id: UUID, asked_by: UUID) -> bool:
    """Whether ``actor`` may decide for this person: never their own request, never about someone they act for."""
    return (
        may(actor, Permission.DECIDE, CommissionerSubject(commissioner_id))
        and actor.account_id != asked_by
        and actor.grant_for(person_id) is None
    )
