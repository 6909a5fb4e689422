"""The sealed audit: whatever is changed, taken out or put in behind the trigger is found and named."""

from __future__ import annotations

import threading
import time
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import ProgrammingError

from app.audit import proof, sealing, service
from app.audit.models import AuditEntry, AuditSeal
from app.core import clock
from app.core.db import db
from tests.audit.sealed import FIRST, behind_the_trigger, moment, write
from tests.factories import SYSTEM


def seal(day: int) -> list[sealing.Head]:
    with clock.at(moment(day, 1)):
        return sealing.seal_due()


@pytest.fixture
def three_days(session):
    """Two entries, none, three entries; and one of today, which nobody has sealed."""
    ids = [*write(0, 2), *write(2, 3)]
    write(3)
    heads = seal(3)
    assert [(head.day, head.entries) for head in heads] == [
        (FIRST, 2),
        (FIRST + timedelta(days=1), 0),
        (FIRST + timedelta(days=2), 3),
    ]
    return ids


def test_what_was_sealed_is_right(three_days) -> None:
    found = proof.verify()
    assert (found.days, found.entries, found.until, found.problems) == (3, 5, FIRST + timedelta(days=2), [])
    assert seal(3) == [], "a second run has nothing to do"


def test_an_audit_without_entries_has_nothing_to_seal(session) -> None:
    assert seal(0) == []
    assert proof.verify().problems == []


def test_days_are_londons(session) -> None:
    """23:30 UTC on 30 June is 1 July for the person."""
    with clock.at(clock.start_of(date(2026, 7, 1)) - timedelta(seconds=1)):
        service.record(SYSTEM, "test.look", "Late in June", subject_kind="plan")
    with clock.at(clock.start_of(date(2026, 7, 1))):
        service.record(SYSTEM, "test.look", "Early in July", subject_kind="plan")
    db.session.flush()
    with clock.at(clock.start_of(date(2026, 7, 2))):
        assert [(head.day.month, head.entries) for head in sealing.seal_due()] == [(6, 1), (7, 1)]


@pytest.mark.parametrize(
    "change",
    [
        "sentence = sentence || ' '",
        "why = 'Because'",
        "actor_name = 'Somebody'",
        "details = '{}'",
        "verb = 'test.listen'",
        "written_at = written_at + interval '1 microsecond'",
        "written_at = written_at + interval '1 day'",
        "person_id = gen_random_uuid()",
        "actor_role = 'coordinator'",
        # as if the words had been removed in time, with something else changed under that cover
        "removed_digest = audit_entry_digest(e), verb = 'x', sentence = 'Removed', why = '', details = '{}'",
        "removed_digest = audit_entry_digest(e), sentence = 'Something else', why = '', details = '{}'",
        "removed_digest = repeat('0', 64), sentence = 'Removed', why = '', details = '{}'",
    ],
)
def test_a_changed_entry_is_named(three_days, change: str) -> None:
    with behind_the_trigger() as database:
        database.execute(sa.text(f"UPDATE audit_entry e SET {change} WHERE id = :id"), {"id": three_days[3]})
    assert proof.verify().problems == [f"2026-03-04: entry {three_days[3]} was changed"]


def test_a_missing_entry_is_named(three_days) -> None:
    with behind_the_trigger() as database:
        database.execute(sa.delete(AuditEntry).where(AuditEntry.id == three_days[0]))
    assert proof.verify().problems == [f"2026-03-02: entry {three_days[0]} is missing"]


@pytest.mark.parametrize("day", [-40, 0, 1])
def test_an_added_entry_is_named(three_days, day: int) -> None:
    """Into a day that is sealed, an empty one, or before the first: also by whoever needs no way round a trigger."""
    (added,) = write(day)
    said = [f"{FIRST + timedelta(days=day)}: entry {added} was added"]
    assert proof.verify().problems == said
    assert len(seal(4)) == 1
    assert proof.verify().problems == said, "no later seal takes it in"


def test_a_digest_that_was_changed_with_its_entry_is_found_by_the_seal(three_days) -> None:
    with behind_the_trigger() as database:
        database.execute(sa.text("UPDATE audit_entry SET sentence = 'x' WHERE id = :id"), {"id": three_days[4]})
        database.execute(
            sa.text(
                f"UPDATE audit_digest d SET whole = {sealing.WHOLE} FROM audit_entry e"
                " WHERE e.id = d.entry_id AND e.id = :id"
            ),
            {"id": three_days[4]},
        )
    assert proof.verify().problems == ["2026-03-04: the digests kept of its entries are not those that were sealed"]


def test_a_changed_or_missing_seal_breaks_the_chain(three_days) -> None:
    with behind_the_trigger() as database:
        database.execute(sa.text("UPDATE audit_seal SET entries = 1 WHERE day = '2026-03-03'"))
    assert proof.verify().problems == [
        "2026-03-03: the seal was changed",
        "2026-03-03: the digests kept of its entries are not those that were sealed",
    ]
    with behind_the_trigger() as database:
        database.execute(sa.text("DELETE FROM audit_seal WHERE day = '2026-03-03'"))
    db.session.expire_all()
    assert proof.verify().problems == ["2026-03-04: the seals of the days before it are missing, back to 2026-03-02"]


def test_a_tail_that_was_cut_and_sealed_anew_is_found_by_the_published_head(three_days) -> None:
    last = FIRST + timedelta(days=2)
    published = (last, proof.verify().head)
    assert proof.verify(published=published).problems == []
    with behind_the_trigger() as database:
        database.execute(sa.text("DELETE FROM audit_seal WHERE day = :day"), {"day": last})
        database.execute(sa.text("DELETE FROM audit_digest WHERE day = :day"), {"day": last})
        database.execute(sa.delete(AuditEntry).where(AuditEntry.id == three_days[4]))
    db.session.expire_all()
    seal(3)
    assert proof.verify().problems == [], "the chain alone is whole again"
    (said,) = proof.verify(published=published).problems
    assert said.startswith("2026-03-04: the head is ")
    assert said.endswith(f"published was {published[1]}")
    assert "missing" in proof.verify(published=(last + timedelta(days=9), published[1])).problems[0]


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.sampled_from(["change", "take out", "put in"]), st.integers(0, 4)),
        max_size=4,
        unique_by=lambda what: what[1],
    )
)
def test_any_tampering_is_named_and_nothing_else(session, tampering: list[tuple[str, int]]) -> None:
    outer = db.session.begin_nested()
    ids = [*write(0, 2), *write(2, 3)]
    seal(3)
    expected = set()
    with behind_the_trigger() as database:
        for what, which in tampering:
            if what == "change":
                database.execute(sa.text("UPDATE audit_entry SET why = 'x' WHERE id = :id"), {"id": ids[which]})
                expected.add(f"{ids[which]} was changed")
            elif what == "take out":
                database.execute(sa.text("DELETE FROM audit_entry WHERE id = :id"), {"id": ids[which]})
                expected.add(f"{ids[which]} is missing")
            else:
                expected.add(f"{write(which % 3)[0]} was added")
    assert {said.partition("entry ")[2] for said in proof.verify().problems} == expected
    outer.rollback()
    db.session.expire_all()


def test_seals_are_written_once(three_days) -> None:
    for statement in ("UPDATE audit_seal SET head = ''", "DELETE FROM audit_digest", "TRUNCATE audit_digest"):
        with pytest.raises(ProgrammingError), db.session.begin_nested():
            db.session.execute(sa.text(statement))


def test_only_the_worst_are_named(session) -> None:
    write(0, 30)
    seal(1)
    with behind_the_trigger() as database:
        database.execute(sa.text("UPDATE audit_entry SET why = 'x'"))
    problems = proof.verify(5).problems
    assert len(problems) == 6
    assert problems[-1] == "and 25 more changed"


@pytest.mark.slow
def test_what_was_still_being_written_at_midnight_is_in_the_seal(real_database) -> None:
    """An entry has its time before it is committed: the seal waits for whoever began before."""
    with real_database.app_context():
        write(0, 2)
        db.session.commit()
    written, go = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with real_database.app_context():
            write(0)
            written.set()
            go.wait(20)
            db.session.commit()

    def sealer() -> None:
        with real_database.app_context():
            heads.extend(seal(1))
            db.session.commit()

    heads: list[sealing.Head] = []
    threads = [threading.Thread(target=slow_writer), threading.Thread(target=sealer)]
    threads[0].start()
    assert written.wait(20)
    with real_database.app_context(), clock.at(moment(1, 1)), pytest.raises(sealing.StillWritingError):
        sealing.seal_due(longest_wait=0.2)
    threads[1].start()
    time.sleep(0.5)
    with real_database.app_context():
        write(1)  # whoever comes later need not wait, and belongs to the next day
        db.session.commit()
    assert heads == []
    go.set()
    for thread in threads:
        thread.join(20)
    assert [head.entries for head in heads] == [3]
    with real_database.app_context():
        assert proof.verify().problems == []


@pytest.mark.slow
def test_two_sealers_at_once_make_one_chain(real_database) -> None:
    with real_database.app_context():
        write(0, 5)
        db.session.commit()
    start, heads = threading.Barrier(4), []

    def sealer() -> None:
        with real_database.app_context():
            start.wait(20)
            heads.extend(seal(30))
            db.session.commit()

    threads = [threading.Thread(target=sealer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(heads) == 30
    with real_database.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditSeal)) == 30
        assert proof.verify().problems == []


def test_the_commands(real_database) -> None:
    run = real_database.test_cli_runner().invoke
    with real_database.app_context():
        (key,) = write(0)
        db.session.commit()
    assert "2026-03-02          1 entries" in run(args=["audit", "seal"]).output
    assert "Every day that is over is sealed." in run(args=["audit", "seal"]).output
    good = run(args=["audit", "verify"])
    assert good.exit_code == 0
    assert "The audit is as it was sealed." in good.output
    wrong = run(args=["audit", "verify", "--head", "0" * 64, "--on", "2026-03-02"])
    assert wrong.exit_code == 1
    assert run(args=["audit", "verify", "--head", "0" * 64]).exit_code == 2
    with real_database.app_context():
        with behind_the_trigger() as database:
            database.execute(sa.text("DELETE FROM audit_entry"))
        db.session.commit()
    bad = run(args=["audit", "verify"])
    assert bad.exit_code == 1
    assert f"2026-03-02: entry {key} is missing" in bad.output
