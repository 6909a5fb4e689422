"""An idea as something to decide."""

from __future__ import annotations

from app.approvals import service as approvals
from app.approvals.models import ApprovalRequest
from app.approvals.rules import SubjectKind
from app.core import clock
from app.core.db import db
from app.core.errors import StateError
from app.core.money import format_pounds
from app.identity.rules import Actor
from app.messages.rules import About
from app.plans.models import Outcome
from app.policy.rules import Finding
from app.purchases.idea_models import Idea
from app.purchases.idea_rules import OFTEN_WORDS, IdeaState
from app.purchases.ideas import idea_of, move_idea, record_idea
from app.purchases.rules import Verb
from app.purchases.subjects import Fact, Place, Shown, register

_ENDS = {
    Verb.APPROVE: IdeaState.AGREED,
    Verb.DECLINE: IdeaState.DECLINED,
    Verb.ASK: IdeaState.ASKED,
    Verb.ANSWER: IdeaState.WAITING,
}
_DOING = {
    Verb.APPROVE: "Said yes to the idea",
    Verb.DECLINE: "Said no to the idea",
    Verb.ASK: "Asked a question about the idea",
    Verb.ANSWER: "Answered about the idea",
}


class IdeaSubject:
    """ "Could I use my budget for…": before there is anything to buy, so no money is held."""

    def place(self, request: ApprovalRequest) -> Place:
        idea = idea_of(request)
        return Place(About.IDEA, idea.ref, idea.id)

    def refuse(self, actor: Actor, request: ApprovalRequest) -> None:
        """Nobody sells it yet: who may decide for the person may decide this."""

    def step(self, actor: Actor, request: ApprovalRequest, verb: Verb) -> None:
        start = (IdeaState.ASKED,) if verb is Verb.ANSWER else (IdeaState.WAITING,)
        values = {"decided_at": clock.now()} if verb in (Verb.APPROVE, Verb.DECLINE) else {}
        try:
            move_idea(idea_of(request), start, _ENDS[verb], **values)
        except StateError:
            raise approvals.already(request) from None

    def settle(self, actor: Actor, request: ApprovalRequest, verb: Verb) -> str:
        idea = idea_of(request)
        record_idea(actor, idea, f"{verb}_idea", _DOING[verb], why=request.reason)
        return f"{say_terms(idea)}." if verb is Verb.APPROVE else ""

    def show(self, viewer: Actor, request: ApprovalRequest) -> Shown:
        idea = idea_of(request)
        often = OFTEN_WORDS[idea.how_often].lower()
        facts = [
            Fact("This is", "An idea: nothing is bought yet"),
            Fact("The idea", idea.words),
            Fact("About how much", f"{format_pounds(idea.amount_pence)}, {often}"),
            Fact("Would help with", db.session.get_one(Outcome, idea.outcome_id).words),
        ]
        if idea.why:
            facts.append(Fact("In their words", idea.why))
        for item in idea.findings:
            found = Finding.from_dict(item)
            facts.append(Fact("What the rules say", f"{found.sentence} What was noticed: {found.evidence}"))
        facts.append(Fact("A yes means", say_terms(idea)))
        return Shown(facts=facts)


def say_terms(idea: Idea) -> str:
    """``Up to £240.00 in all, until Tuesday 24 November``."""
    if idea.until is None or idea.up_to_pence is None:
        return ""
    return f"Up to {format_pounds(idea.up_to_pence)} in all, until {clock.say_day(idea.until, year=True)}"


register(SubjectKind.IDEA, IdeaSubject())
