"""A broker's work over all their clients: what waits for whom, oldest first. A fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from app.approvals.models import ApprovalRequest
from app.approvals.rules import OPEN, RequestState
from app.budgets.models import Budget
from app.budgets.regular_models import RegularPayment
from app.budgets.regular_rules import RegularState
from app.core import clock
from app.core.db import db
from app.core.errors import NotFoundError
from app.identity.models import Account
from app.identity.rules import Actor, AuthorityKind, Grant
from app.marketplace.enquiry_models import Enquiry
from app.marketplace.enquiry_rules import Side
from app.messages.models import Conversation
from app.messages.rules import About, ConversationState
from app.purchases.alone import used_of_the_month
from app.purchases.idea_models import Idea
from app.purchases.idea_rules import OPEN_IDEAS, IdeaState
from app.purchases.models import Purchase
from app.purchases.rules import State

_MOST = 500  # of one kind, the oldest: nobody works off more in a day
_TEAM = "Your coordinator's team"


class Turn(StrEnum):
    """Whose turn it is."""

    BROKER = "broker"
    PERSON = "person"
    COORDINATOR = "coordinator"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits.

    :param about: what kind of thing it is, for its address.
    :param words: what it waits for, where it is the broker's turn.
    :param who: the coordinator, where it is theirs.
    """

    turn: Turn
    about: About
    ref: str
    title: str
    amount_pence: int | None
    since: datetime
    words: str = ""
    who: str = ""
    due_on: date | None = None

    @property
    def late(self) -> bool:
        """Whether the day of the answer has passed."""
        return self.due_on is not None and self.due_on < clock.today()


@dataclass(slots=True)
class Client:
    """One of a broker's clients."""

    grant: Grant
    used_pence: int = 0  # of this broker's month: sent, or agreed and still to come round
    tasks: list[Task] = field(default_factory=list)

    @property
    def month_left_pence(self) -> int | None:
        """What they may still buy for this month; None where no sum was set for a month."""
        limit = self.grant.month_limit_pence
        return None if limit is None else max(0, limit - self.used_pence)

    def of(self, turn: Turn) -> list[Task]:
        """What waits for one side, oldest first."""
        return [task for task in self.tasks if task.turn is turn]


def clients_of(viewer: Actor) -> list[Client]:
    """A broker's clients with what waits: first whom the broker has had to do something for longest, then by name.

    :raises NotFoundError: for whoever is nobody's broker.
    """
    clients = {g.person_id: Client(g) for g in viewer.grants if g.kind is AuthorityKind.BROKER}
    if not clients:
        raise NotFoundError
    for reading in (_purchases, _regulars, _ideas, _questions, _conversations):
        for person_id, task in reading(viewer, list(clients)):
            clients[person_id].tasks.append(task)
    for person_id, pence in used_of_the_month(viewer, list(clients)).items():
        clients[person_id].used_pence = pence
    for client in clients.values():
        client.tasks.sort(key=lambda task: task.since)
    return sorted(clients.values(), key=_order)


def _order(client: Client) -> tuple[bool, float, str]:
    own = client.of(Turn.BROKER)
    return (not own, own[0].since.timestamp() if own else 0.0, client.grant.person_name)


Found = Iterator[tuple[UUID, Task]]
_DUE = func.coalesce(ApprovalRequest.new_due_on, ApprovalRequest.due_on)


def _purchases(viewer: Actor, people: Sequence[UUID]) -> Found:
    waiting = (State.AWAITING_HOLDER, State.AWAITING_APPROVAL, State.AWAITING_INFORMATION, State.UNDER_APPEAL)
    own_draft = (Purchase.state == State.DRAFT) & (Purchase.requested_by == viewer.account_id)
    since = func.coalesce(Purchase.submitted_at, Purchase.created_at)
    rows = db.session.execute(
        select(
            Purchase.person_id, Purchase.ref, Purchase.title, Purchase.total_pence, since, Purchase.state, *_ASKED
        )
        .outerjoin(ApprovalRequest, _open_about(Purchase.id))
        .outerjoin(Account, Account.id == ApprovalRequest.assigned_to)
        .where(
            Purchase.broker_id == viewer.account_id,
            Purchase.person_id.in_(people),
            or_(own_draft, Purchase.state.in_(waiting)),
        )
        .order_by(since)
        .limit(_MOST)
    )
    for person, ref, named, pence, at, state, request, who, due in rows:
        title = named or "Something to buy"
        if state is State.DRAFT:
            yield person, Task(Turn.BROKER, About.PURCHASE, ref, title, pence or None, at, "not sent yet")
        elif state is State.AWAITING_HOLDER:
            yield person, Task(Turn.PERSON, About.PURCHASE, ref, title, pence, at)
        else:
            yield person, _with_coordinator(About.PURCHASE, ref, title, pence, at, request, who, due)


def _regulars(viewer: Actor, people: Sequence[UUID]) -> Found:
    rows = db.session.execute(
        select(Budget.person_id, RegularPayment, *_ASKED)
        .join(Budget, Budget.id == RegularPayment.budget_id)
        .outerjoin(ApprovalRequest, _open_about(RegularPayment.id))
        .outerjoin(Account, Account.id == ApprovalRequest.assigned_to)
        .where(
            RegularPayment.asked_by == viewer.account_id,
            RegularPayment.asked_as == AuthorityKind.BROKER.value,
            RegularPayment.state.in_((RegularState.AWAITING_HOLDER, RegularState.AWAITING_APPROVAL)),
            Budget.person_id.in_(people),
        )
        .order_by(RegularPayment.written_at)
        .limit(_MOST)
    )
    for person, payment, request, who, due in rows:
        about = (About.REGULAR, payment.ref, payment.words, None, payment.written_at)
        if payment.state is RegularState.AWAITING_HOLDER:
            yield person, Task(Turn.PERSON, *about)
        else:
            yield person, _with_coordinator(*about, request, who, due)


def _ideas(viewer: Actor, people: Sequence[UUID]) -> Found:
    rows = db.session.execute(
        select(Idea, *_ASKED)
        .outerjoin(ApprovalRequest, _open_about(Idea.id))
        .outerjoin(Account, Account.id == ApprovalRequest.assigned_to)
        .where(Idea.asked_by == viewer.account_id, Idea.person_id.in_(people), Idea.state.in_(OPEN_IDEAS))
        .order_by(Idea.asked_at)
        .limit(_MOST)
    )
    for idea, request, who, due in rows:
        state = RequestState.ASKED if idea.state is IdeaState.ASKED else request
        yield (
            idea.person_id,
            _with_coordinator(About.IDEA, idea.ref, idea.words, idea.amount_pence, idea.asked_at, state, who, due),
        )


def _questions(viewer: Actor, people: Sequence[UUID]) -> Found:
    """What a provider answered, a price among it, and the broker has not taken up."""
    rows = db.session.scalars(
        select(Enquiry)
        .where(
            Enquiry.asked_by == viewer.account_id,
            Enquiry.person_id.in_(people),
            Enquiry.closed_at.is_(None),
            Enquiry.last_side == Side.PROVIDER,
        )
        .order_by(Enquiry.last_at)
        .limit(_MOST)
    )
    for item in rows:
        answered = Task(Turn.BROKER, About.ENQUIRY, item.ref, item.about, None, item.last_at, "they answered")
        yield item.person_id, answered


def _conversations(viewer: Actor, people: Sequence[UUID]) -> Found:
    rows = db.session.execute(
        select(Conversation, Account.name)
        .outerjoin(Account, Account.id == Conversation.assigned_to)
        .where(
            Conversation.opened_by == viewer.account_id,
            Conversation.person_id.in_(people),
            Conversation.state != ConversationState.CLOSED,
        )
        .order_by(Conversation.moved_at)
        .limit(_MOST)
    )
    for talk, who in rows:
        answered = talk.state is ConversationState.WITH_PERSON
        turn = Turn.BROKER if answered else Turn.COORDINATOR
        said = ("answered you", "", None) if answered else ("", who or _TEAM, talk.answer_by)
        yield talk.person_id, Task(turn, About.CONVERSATION, talk.ref, talk.topic, None, talk.moved_at, *said)


_ASKED = (ApprovalRequest.state, Account.name, _DUE)


def _open_about(subject_id: ColumnElement[UUID] | Any) -> ColumnElement[bool]:
    return (ApprovalRequest.subject_id == subject_id) & ApprovalRequest.state.in_(OPEN)


def _with_coordinator(
    about: About,
    ref: str,
    title: str,
    pence: int | None,
    at: datetime,
    request: RequestState | None,
    who: str | None,
    due: date | None,
) -> Task:
    """A coordinator's turn; or the broker's, where the coordinator asked something."""
    who = who or _TEAM
    if request is RequestState.ASKED:
        return Task(Turn.BROKER, about, ref, title, pence, at, f"{who} asked a question about this")
    return Task(Turn.COORDINATOR, about, ref, title, pence, at, "", who, due)
