"""What a team and the people it answers have, for tests of addresses."""

from __future__ import annotations

from app.approvals.models import ReasonTemplate, SimpleRule
from app.approvals.rules import Answer
from app.budgets.models import Budget
from app.budgets.move_models import OutcomeMove
from app.core import clock
from app.core.db import db
from app.evidence import store
from app.evidence.models import Attachment
from app.identity.models import Absence, Account, Person
from app.messages import conversations
from app.plans.models import Outcome
from tests import factories as make


def make_team_things(
    person: Person, account: Account, coordinator: Account, budget: Budget, outcome: Outcome
) -> dict[str, str]:
    """A conversation with a file, leave, kept words, a simple rule and something to be moved.

    :returns: their references, by the names that addresses use.
    """
    talk, message = conversations.begin(make.actor_for(account), person, "A lift to the pool", "Could I have one?")
    of_board = {"commissioner_id": person.commissioner_id}
    file = Attachment(
        **of_board,
        message_id=message.id,
        conversation_id=talk.id,
        filename="form.pdf",
        content_type="application/pdf",
        size_bytes=1,
        sha256="0" * 64,
        stored_name=store.keep(b"%PDF-", "pdf"),
        uploaded_by=account.id,
    )
    today, month = clock.today(), clock.period_of(clock.today())
    name = coordinator.name
    away = Absence(**of_board, account_id=coordinator.id, starts_on=today, ends_on=today, noted_by_name=name)
    away.handed_over_on = today
    ready = ReasonTemplate(**of_board, answer=Answer.YES, name=f"For {name}", words="Yes.", changed_by_name=name)
    rule = SimpleRule(
        **of_board,
        name="Gyms",
        category="activities-and-leisure",
        most_pence=100,
        times_a_year=1,
        why="So",
        made_by=coordinator.id,
        made_by_name=name,
    )
    move = OutcomeMove(
        **of_board,
        person_id=person.id,
        budget_id=budget.id,
        from_outcome_id=outcome.id,
        amount_pence=100,
        first_month=month,
        last_month=month,
        why="So",
        asked_by=account.id,
        asked_by_name=account.name,
    )
    db.session.add_all([file, away, ready, rule, move])
    db.session.flush()
    return {
        "conversation_ref": talk.ref,
        "attachment_ref": file.ref,
        "absence_ref": away.ref,
        "template_ref": ready.ref,
        "rule_ref": rule.ref,
        "move_ref": move.ref,
    }
