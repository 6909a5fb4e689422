"""What came round every month before there were rhythms keeps working, and can go back."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from app.budgets import agreeing, service
from app.budgets.regular_models import RegularPayment
from app.budgets.regular_rules import PostedBy
from app.budgets.rhythm import Rhythm
from app.config import ROOT
from app.core import clock
from app.core.database import alembic
from app.core.db import db
from tests import factories
from tests.purchases.regular_world import noon

pytestmark = pytest.mark.slow
STEPS = len([p for p in (ROOT / "migrations" / "versions").glob("0*.py") if p.name >= "0009"])


def test_monthly_ones_go_back_and_forth_with_what_was_made(real_database: Flask) -> None:
    with real_database.app_context(), clock.at(noon(date(2027, 1, 5))):
        _, _, plan, budget = factories.make_holder()
        same = {"outcome_id": plan.outcomes[0].id, "payee": "Marta K.", "category": "personal-assistants"}
        wages, weekly = (
            agreeing.agree_regular_payment(
                factories.SYSTEM,
                budget,
                words=words,
                amount_pence=60_000,
                day_of_month=31,
                starts_on=date(2027, 1, 1),
                rhythm=rhythm,
                **same,
            )
            for words, rhythm in (("Wages", Rhythm.MONTHLY), ("Swimming", Rhythm.WEEKLY))
        )
        by = uuid4()
        service.mark_regular_made(wages.id, date(2027, 2, 28), by)
        for day in (1, 8, 15):
            service.mark_regular_made(weekly.id, date(2027, 1, day), uuid4())
        keys = {"wages": wages.id, "weekly": weekly.id}
        db.session.commit()
        for _ in range(STEPS):
            alembic.downgrade()
        old = db.session.execute(text("SELECT amount_pence, day_of_month, ends_on FROM regular_payment ORDER BY words"))
        assert [tuple(row) for row in old] == [(60_000, 1, date(2027, 1, 1)), (60_000, 31, None)]
        made = text("SELECT period, purchase_id FROM regular_payment_made WHERE payment_id = :key")
        assert [tuple(row) for row in db.session.execute(made, {"key": keys["wages"]})] == [(date(2027, 2, 1), by)]
        assert len(db.session.execute(made, {"key": keys["weekly"]}).all()) == 1, "one a month, as it was"
        db.session.rollback()
        alembic.upgrade()
        db.session.expire_all()
        again = db.session.get_one(RegularPayment, keys["wages"])
        (terms,) = again.every_terms
        assert (terms.rhythm, terms.day_of_month, again.amount_pence) == (Rhythm.MONTHLY, 31, 60_000)
        assert again.posted_by is PostedBy.PERSON
        made = text("SELECT due_on, purchase_id FROM regular_payment_made WHERE payment_id = :key")
        assert [tuple(row) for row in db.session.execute(made, {"key": keys["wages"]})] == [(date(2027, 2, 28), by)]
        db.session.rollback()
