"""Something that went wrong is put right: by money back, by its coming after all, or by a coordinator's note."""

from __future__ import annotations

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.identity.rules import Actor
from app.messages import service as messages
from app.messages.rules import About
from app.purchases.models import Purchase
from app.purchases.refund_rules import ProblemEnd
from app.purchases.second_look_models import PurchaseProblem


def end_problem(actor: Actor, purchase: Purchase, how: ProblemEnd = ProblemEnd.CAME, words: str = "") -> None:
    """Note that it was put right, and how. Nothing happens when nothing was wrong."""
    problem = db.session.scalar(
        select(PurchaseProblem).where(PurchaseProblem.purchase_id == purchase.id, PurchaseProblem.ended_at.is_(None))
    )
    if problem is None:
        return
    problem.ended_at, problem.how, problem.end_words = clock.now(), how, words
    problem.ended_by_name = actor.name
    db.session.flush()
    messages.mark_read_about(actor, About.PROBLEM, problem.ref)
