"""What is recorded about somebody is said to them as to a person: "you"."""

from __future__ import annotations

from datetime import date
from itertools import product
from uuid import uuid4

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.identity.models import Account
from app.identity.rules import AuthorityKind, Scope
from app.messages.models import Notice
from app.stewardship.capacity_rules import CapacityFacts, Finding, Wish, capacity_follows
from app.stewardship.changes_follows import Acting, Follow
from app.stewardship.second_person import follows_to_themself
from app.stewardship.sixteen_rules import SixteenFacts, day_follows
from tests.stewardship.life import Life
from tests.stewardship.test_capacity import record


def everybody() -> tuple[Acting, ...]:
    names = ("George Rahman", "Nadia Rahman", "Karim Rahman", "Leonie Finch")
    return tuple(
        Acting(uuid4(), uuid4(), name, kind, scope)
        for name, kind, scope in zip(names, AuthorityKind, (Scope.BUY,) * 4, strict=True)
    )


def says_you(follows: tuple[Follow, ...]) -> None:
    said = " ".join(item.sentence for item in follows_to_themself(follows, "George Rahman", "George"))
    assert "George" not in said


@pytest.mark.parametrize(("finding", "wish"), list(product(Finding, Wish)))
def test_no_sentence_about_capacity_names_whom_it_speaks_to(finding: Finding, wish: Wish) -> None:
    acting = everybody()
    for there in (acting, acting[1:], acting[:1]):
        says_you(capacity_follows(CapacityFacts("George", finding, there, wish=wish, regular=2)))


@pytest.mark.parametrize("lacks", [True, False])
def test_no_sentence_about_the_birthday_does_either(lacks: bool) -> None:
    acting = everybody()
    for nominee in (None, acting[1].account_id):
        facts = SixteenFacts(
            "George", date(2011, 1, 5), acting, lacks=lacks, nominee=nominee, drafts=1, prepared=2, asked=3, regular=2
        )
        says_you(day_follows(facts))


def test_the_notice_speaks_to_them_and_to_others_of_them(george: Life, own: Account) -> None:
    record(george, Finding.LACKS)
    notices = sa.select(Notice).order_by(Notice.id.desc())
    theirs = db.session.scalars(notices.where(Notice.account_id == own.id)).first()
    assert theirs is not None
    assert theirs.title == "It was recorded how you decide about your money. You can say if it is wrong."
    assert theirs.body.startswith("You can still look at everything, and not buy.")
    assert "George" not in theirs.body
    others = db.session.scalars(notices.where(Notice.account_id == george.parent.id)).first()
    assert others is not None
    assert "how George decides about their money" in others.title
    assert "George Rahman can still look at everything" in others.body
