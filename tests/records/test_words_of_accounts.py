"""What the audit says of a sign-in that was closed goes too, once it comes of age."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.audit import proof, service
from app.core import clock
from app.core.db import db
from app.identity import sessions
from tests import factories as make
from tests.records.lives import Life
from tests.records.tidied import LONG_AGO, marks_left, old_life, seal, tidy

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def closed() -> Life:
    """Somebody who signed in a month before their sign-in was closed, a year and a month ago."""
    life = old_life()
    now = clock.now()
    with clock.at(now - timedelta(days=430)):
        sessions.open_session(life.account)
        said = "Sent Mangosteenaccount a link"
        service.record(make.SYSTEM, "test.mail", said, subject_kind="account", subject_id=life.account.id)
    seal()
    with clock.at(now - timedelta(days=400)):
        tidy(life.person.commissioner_id)
        tidy(None)
    return life


def test_what_was_young_when_it_was_closed_goes_when_it_comes_of_age(closed: Life) -> None:
    assert db.session.scalar(text("SELECT closed_at FROM account WHERE id = :id"), {"id": closed.account.id})
    assert set(marks_left("Mangosteen")) == {"audit_entry"}, "it was younger than a year"
    rehearsed = tidy(None, rehearse=True)
    assert rehearsed[0]["audit_entry"] == marks_left("Mangosteen")["audit_entry"] == 2
    assert tidy(None) == rehearsed
    assert not marks_left("Mangosteen")
    assert tidy(None)[0]["audit_entry"] == 0, "twice is once"
    assert not db.session.execute(proof._COMPARE, {"stop": LONG_AGO}).all(), "the seals can still be checked"


def test_what_comes_later_or_is_somebody_elses_stays(closed: Life) -> None:
    other = make.make_account("Quillwort Okafor")
    with clock.at(clock.now() - timedelta(days=430)):
        sessions.open_session(other)
    with clock.at(clock.now() - timedelta(days=300)):
        service.record(make.SYSTEM, "test.mail", "Mangosteen", subject_kind="account", subject_id=closed.account.id)
    seal()
    before = marks_left("Quillwort")
    tidy(None)
    assert marks_left("Mangosteen") == {"audit_entry": 1}
    assert marks_left("Quillwort") == before


def test_what_is_not_sealed_keeps_its_words(closed: Life) -> None:
    with clock.at(clock.now() - timedelta(days=429)):
        service.record(make.SYSTEM, "test.mail", "Mangosteen", subject_kind="account", subject_id=closed.account.id)
    db.session.flush()
    tidy(None)
    assert marks_left("Mangosteen") == {"audit_entry": 1}
    seal()
    tidy(None)
    assert not marks_left("Mangosteen")
