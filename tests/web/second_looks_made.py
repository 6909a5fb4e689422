"""An idea, something that went wrong and a credit note, for the addresses that name one."""

from __future__ import annotations

from app.core import clock
from app.identity.models import Account, Person
from app.purchases import service as purchases
from app.purchases.idea_rules import IdeaInput
from app.purchases.refund_rules import RefundInput
from app.purchases.rules import DetailsInput, LineInput
from tests import factories as make


def make_second_looks(account: Account, person: Person, outcome_ref: str) -> dict[str, str]:
    """One of each of a person's, by the names that addresses use."""
    actor = make.actor_for(account)
    idea = purchases.ask_idea(actor, person, IdeaInput("Pottery class", outcome_ref, 1_200, "weekly"))
    bought = purchases.start_draft(actor, person)
    purchases.put_line(actor, bought, None, LineInput("Pool sessions", 2_000, outcome_ref=outcome_ref))
    purchases.set_details(actor, bought, DetailsInput("Catford Baths", bought_on=clock.today()))
    make.say_gets_nothing(actor, bought)
    purchases.submit(actor, bought)
    note = purchases.refund(actor, bought, RefundInput(500, clock.today(), "credit_note"))
    problem = purchases.dispute(actor, bought, "The pool was shut.")
    return {"idea_ref": idea.ref, "problem_ref": problem.ref, "refund_ref": note.ref}
