"""What is past its time goes, what is inside it stays, and the proofs of ledger and audit hold afterwards."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.audit import proof as seals
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError
from app.evidence import store
from app.identity import sessions
from app.identity.models import Authority
from app.identity.rules import AuthorityKind
from app.ledger import proof
from app.records import files, holding, rules, tidying
from tests import factories as make
from tests.records.lives import begin, buy, live
from tests.records.tidied import ACTOR, LONG_AGO, marks_left, old_life, seal, tidy

pytestmark = pytest.mark.usefixtures("session")


def test_nothing_that_somebody_wrote_is_left_and_the_ledger_is_right() -> None:
    life = old_life()
    before = proof.verify()
    digests = dict(db.session.execute(text("SELECT id, audit_entry_digest(e) FROM audit_entry e")).all())
    assert marks_left("Mangosteen")
    counts, names = tidy(life.person.commissioner_id)
    assert counts["person"] == 1
    assert counts["receipt"] == 2
    assert counts["attachment"] == 1
    assert len(names) == 3
    tidy(None)
    assert not marks_left("Mangosteen")
    after = proof.verify()
    assert not after.problems
    assert (after.transfers, after.money_in_pence, after.spent_pence) == (
        before.transfers,
        before.money_in_pence,
        before.spent_pence,
    )
    now = dict(db.session.execute(text("SELECT id, audit_entry_digest(e) FROM audit_entry e")).all())
    assert {key: now[key] for key in digests} == digests, "what is built on digests goes on holding"
    broken = db.session.execute(seals._COMPARE, {"stop": LONG_AGO}).all()
    assert not broken, "the seals can still be checked"
    db.session.expire_all()
    assert life.person.name == f"Somebody ({life.person.ref})"


def test_nobody_acts_for_somebody_who_was_removed() -> None:
    life = old_life()
    broker = make.make_account("Leonie Frost")
    make.give_authority(broker, life.person, AuthorityKind.BROKER)
    mine = db.session.scalars(select(Authority).where(Authority.account_id == broker.id)).one()
    person = make.make_person(life.person.commissioner, "Iris")
    make.give_authority(broker, person, AuthorityKind.BROKER)
    tidy(life.person.commissioner_id)
    db.session.expire_all()
    assert life.person.removed_at is not None
    assert mine.ended_at is not None
    assert [grant.person_id for grant in make.actor_for(broker).grants] == [person.id]
    mine.ended_at = None  # as one that was removed before rights ended with it
    db.session.flush()
    assert [grant.person_id for grant in make.actor_for(broker).grants] == [person.id]


def test_what_is_not_sealed_keeps_its_words() -> None:
    with clock.at(LONG_AGO):
        life = begin(make.make_commissioner(), "Mangosteen")
        live(life, ["buy"])
    tidy(life.person.commissioner_id)
    tidy(None)
    assert set(marks_left("Mangosteen")) == {"audit_entry"}
    seal()
    tidy(life.person.commissioner_id)
    assert not [table for table in marks_left("Mangosteengiven") if table != "audit_entry"]


def test_the_files_go_with_their_rows_and_what_no_row_names_goes_after_a_day() -> None:
    life = old_life()
    _, names = tidy(life.person.commissioner_id)
    assert all(store.path_of(name).is_file() for name in names)
    assert files.remove_files(names) == 3
    assert files.remove_files(names) == 0, "gone already is no matter"
    lost = store.keep(b"left behind", "jpg")
    assert lost not in files.orphans()
    with clock.at(clock.now() + timedelta(days=2)):
        assert lost in files.orphans()
        _, gone = tidy(None)
        assert lost in gone
    files.remove_files([lost])


def test_a_receipt_that_a_row_names_is_no_orphan_however_old() -> None:
    with clock.at(LONG_AGO):
        life = begin(make.make_commissioner(), "Quillwort")
        buy(life)
    with clock.at(clock.now() + timedelta(days=400)):
        kept = set(db.session.scalars(text("SELECT stored_name FROM receipt")))
        assert not kept & set(files.orphans())


def test_a_rehearsal_says_the_same_and_changes_nothing_and_twice_is_once() -> None:
    life = old_life()
    place = life.person.commissioner_id
    before = marks_left("Mangosteen")
    rehearsed = tidy(place, rehearse=True)
    assert marks_left("Mangosteen") == before
    assert tidy(place) == rehearsed
    assert tidy(place) == (Counter(), [])


@given(
    born=st.dates(date(2010, 1, 1), date(2024, 12, 31)),
    years=st.integers(0, 12),
    wait=st.integers(0, 400 * 12),
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_goes_inside_its_time_and_everything_after_it(born: date, years: int, wait: int) -> None:
    outer = db.session.begin_nested()
    with clock.at(clock.start_of(born) + timedelta(hours=9)):
        life = begin(make.make_commissioner(keep_records_years=years), "Mangosteen")
        live(life, ["buy"])
    last = db.session.scalar(text("SELECT max(ends_on) FROM budget WHERE person_id = :id"), {"id": life.person.id})
    over = rules.removed_on(last, max(years, rules.LEAST_RECORDS_YEARS))
    day = born + timedelta(days=wait)
    with clock.at(clock.start_of(day) + timedelta(hours=3)):
        rehearsed = tidy(life.person.commissioner_id, rehearse=True)
        done = tidy(life.person.commissioner_id)
    assert done == rehearsed
    assert bool(done[0]["person"]) is (day >= over)
    if day < over:
        assert db.session.scalar(text("SELECT count(*) FROM receipt")) == 1
        assert db.session.scalar(text("SELECT count(*) FROM purchase WHERE title = 'Mangosteenswim'")) == 1
    outer.rollback()


@given(last=st.dates(date(1990, 1, 1), date(2100, 12, 31)), years=st.integers(1, 20), today=st.dates(date(1990, 1, 1)))
def test_both_ways_of_reckoning_agree(last: date, years: int, today: date) -> None:
    assert (today >= rules.removed_on(last, years)) is (last < rules.gone_before(today, years))


def test_what_is_open_holds_everything_back() -> None:
    life = old_life()
    coordinator = make.make_account("Priya Shah")
    make.make_post(coordinator, life.person.commissioner)
    actor = make.actor_for(coordinator)
    holding.hold(actor, life.person, "complaint", "The ombudsman asked for the papers.")
    assert tidy(life.person.commissioner_id) == (Counter(), [])
    holding.let_go(actor, life.person)
    assert tidy(life.person.commissioner_id)[0]["person"] == 1


def test_drafts_questions_and_notices_have_their_own_time() -> None:
    with clock.at(clock.now() - timedelta(days=500)):
        life = begin(make.make_commissioner(), "Mangosteen")
        live(life, ["draft", "draft", "buy"])
    counts, _ = tidy(life.person.commissioner_id)
    assert counts["purchase"] == 2
    assert counts["purchase_line"] == 2
    assert db.session.scalar(text("SELECT count(*) FROM receipt")) == 1, "what was sent stays"
    assert not proof.verify().problems


def test_sign_ins_and_forms_have_their_own_time() -> None:
    account = make.make_account("Sam Okafor")
    with clock.at(clock.now() - timedelta(days=91)):
        sessions.open_session(account)
    sessions.open_session(account)
    db.session.flush()
    counts, _ = tidy(None)
    assert counts["sign_in_session"] == 1


def test_an_account_that_acts_for_somebody_else_stays() -> None:
    life = old_life()
    other = make.make_person(make.make_commissioner())
    make.give_authority(life.account, other)
    tidy(life.person.commissioner_id)
    tidy(None)
    db.session.expire_all()
    assert life.account.name == "Mangosteenaccount"


def test_the_run_is_on_record_with_its_counts_and_in_the_audit() -> None:
    life = old_life()
    counts, _ = tidy(life.person.commissioner_id)
    run = db.session.scalars(
        text("SELECT counts FROM retention_run WHERE commissioner_id = :id"), {"id": life.person.commissioner_id}
    ).one()
    assert run == dict(counts)
    said = db.session.scalars(text("SELECT details FROM audit_entry WHERE verb = 'records.tidy'")).all()
    assert {"counts": dict(counts)} in said


def test_nobody_removes_by_hand() -> None:
    person = make.actor_for(make.make_account("Joy Adeyemi"))
    run = tidying.begin_run(ACTOR, None)
    with pytest.raises(NotAllowedError):
        next(tidying.tidy(person, run))


class TestTheDoors:
    """What was written once lets its words go to nobody whose time is not over, and nothing else of it ever."""

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE ledger_transfer SET memo = 'Removed', actor_name = 'Somebody'",
            "UPDATE ledger_transfer SET memo = 'Something else'",
            "UPDATE ledger_transfer SET amount_pence = 1",
            "DELETE FROM ledger_transfer",
            "UPDATE purchase_decision SET facts = '{}', findings = '[]'",
            "UPDATE purchase_decision SET action = 'allow'",
            "DELETE FROM audit_entry",
            "UPDATE audit_entry SET sentence = 'Something else'",
            "UPDATE audit_entry t SET sentence = 'Removed', why = '', details = '{}', removed_in = "
            "(SELECT id FROM retention_run LIMIT 1), removed_digest = audit_entry_digest(t)",
        ],
    )
    def test_of_the_living_nothing_changes(self, change: str) -> None:
        with clock.at(LONG_AGO):
            live(begin(make.make_commissioner(), "Quillwort"), ["buy"])
            tidying.begin_run(ACTOR, None)
        with pytest.raises(DBAPIError, match=r"append-only|permission denied"), db.session.begin_nested():
            db.session.execute(text(change))

    @pytest.mark.parametrize(
        "change",
        [
            "SET sentence = 'Removed', why = '', details = '{}', removed_in = :run, removed_digest = repeat('0', 64)",
            "SET sentence = 'Another', why = '', details = '{}', removed_in = :run, "
            "removed_digest = audit_entry_digest(t)",
            "SET sentence = 'Removed', why = '', details = '{}', removed_in = gen_random_uuid(), "
            "removed_digest = audit_entry_digest(t)",
            "SET sentence = 'Removed', why = '', details = '{}', removed_in = :run, "
            "removed_digest = audit_entry_digest(t), actor_name = 'Somebody else'",
        ],
    )
    def test_of_whoever_is_over_only_the_words_and_only_in_a_run(self, change: str) -> None:
        life = old_life()
        db.session.execute(text("UPDATE person SET removed_at = now() WHERE id = :id"), {"id": life.person.id})
        run = tidying.begin_run(ACTOR, life.person.commissioner_id)
        query = f"UPDATE audit_entry t {change} WHERE person_id = :id"
        with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
            db.session.execute(
                text(query), {"run": run.id, "id": life.person.id} if ":run" in query else {"id": life.person.id}
            )

    def test_what_is_younger_than_a_year_keeps_its_words(self) -> None:
        life = old_life()
        place = life.person.commissioner_id
        tidy(place)
        fresh = "SELECT count(*) FROM audit_entry WHERE person_id = :id AND removed_in IS NULL"
        assert db.session.scalar(text(fresh), {"id": life.person.id}) == 1, "that it was removed"
        assert db.session.scalar(text("SELECT count(*) FROM retention_run")) == 1
