"""The three keys: when each opens, for whom, what for; and that the person is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.audit import queries as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.identity import absences
from app.messages.models import Notice
from app.purchases import spending
from app.purchases.spending import SpendingFilter
from app.stewardship import concerns, keys, openings, reviews, telling
from app.stewardship.gate_clock import watch_gate
from app.stewardship.gate_rules import ConcernState, KeyKind, Sight
from app.stewardship.review_queries import announced_with, next_due, overdue_for
from app.stewardship.review_rules import OutcomeInput, Risk
from tests.stewardship.gate_world import NOON, TODAY, Gate, announce, buy, make_gate, record


@pytest.fixture
def gate(session):
    with clock.at(NOON):
        yield make_gate()


def later(days: int):
    return clock.at(NOON + timedelta(days=days))


def opened_for(gate: Gate, who: str) -> KeyKind | None:
    found = keys.open_with(gate.actor(who), gate.person)
    return found.key.kind if found else None


def told(gate: Gate, who: str) -> list[str]:
    mine = sa.select(Notice.title).where(Notice.account_id == gate.accounts[who].id).order_by(Notice.id)
    return list(db.session.scalars(mine))


def said_to(gate: Gate, who: str) -> list[str]:
    actor = gate.actor(who)
    without = openings.kept_from(actor, gate.person)
    return [entry.sentence for entry in audit.entries_about(gate.person.id, without=without).entries]


class TestReview:
    def test_it_opens_on_the_day_for_who_holds_it_and_closes_after_the_window(self, gate: Gate) -> None:
        announce(gate)
        for days, opens in ((0, False), (13, False), (14, True), (27, True), (28, False)):
            with later(days):
                assert (opened_for(gate, "priya") is KeyKind.REVIEW) == opens, days
                assert opened_for(gate, "marcus") is None
                assert opened_for(gate, "finn") is None

    def test_the_person_is_told_at_once_and_again_shortly_before(self, gate: Gate) -> None:
        announce(gate)
        assert told(gate, "nadia") == ["Priya Shah will look at plan and money with you on Tuesday 8 December."]
        assert told(gate, "leonie") == []
        with later(11):
            assert watch_gate().near == 1
            assert watch_gate().near == 0
            assert told(gate, "nadia")[-1] == "Your review with Priya Shah is on Tuesday 8 December."

    def test_a_colleague_covers_and_a_finance_officer_may_be_asked_to_look_too(self, gate: Gate) -> None:
        announce(gate, with_ref=gate.accounts["finn"].ref)
        absences.note_absence(
            gate.actor("priya"),
            gate.board.id,
            account_ref=gate.accounts["priya"].ref,
            starts_on=TODAY + timedelta(days=10),
            ends_on=TODAY + timedelta(days=20),
            cover_ref=gate.accounts["marcus"].ref,
        )
        with later(14):
            assert opened_for(gate, "marcus") is KeyKind.REVIEW
            assert opened_for(gate, "finn") is KeyKind.REVIEW
            assert [one.person_id for one in announced_with(gate.actor("marcus"))] == [gate.person.id]
        with later(21):
            assert opened_for(gate, "marcus") is None

    def test_only_the_days_looked_at_open(self, gate: Gate) -> None:
        early = buy(gate)
        announce(gate, look_from=TODAY + timedelta(days=1))
        with later(5):
            late = buy(gate, "A cage", pence=2_100)
        with later(14):
            opened = keys.open_with(gate.actor("priya"), gate.person)
            assert opened is not None
            rows = spending.spending(opened.actor, gate.person, SpendingFilter(within=opened.key.within)).rows
            assert [row.description for row in rows] == ["A cage"]
            assert keys.purchase_behind(opened, gate.person, late) is late
            with pytest.raises(NotFoundError):
                keys.purchase_behind(opened, gate.person, early)
            with pytest.raises(NotFoundError):
                spending.spending(gate.actor("priya"), gate.person, SpendingFilter())

    def test_it_ends_with_an_outcome_that_sets_the_next(self, gate: Gate) -> None:
        review = announce(gate)
        with pytest.raises(StateError):
            reviews.write_outcome(gate.actor("priya"), review, OutcomeInput("Fine", Risk.LOW, TODAY))
        with later(15):
            following = TODAY + timedelta(days=200)
            with pytest.raises(NotFoundError):
                reviews.write_outcome(gate.actor("marcus"), review, OutcomeInput("Fine", Risk.LOW, following))
            reviews.write_outcome(gate.actor("priya"), review, OutcomeInput("Swimming helps", Risk.LOW, following))
            assert opened_for(gate, "priya") is None
            assert next_due(gate.person) == following
            assert "wrote down what you agreed" in told(gate, "nadia")[-1]
            with pytest.raises(StateError):
                reviews.call_off(gate.actor("priya"), review, "Changed my mind")

    def test_another_day_is_asked_for_and_given(self, gate: Gate) -> None:
        review = announce(gate)
        with pytest.raises(NotFoundError):
            reviews.ask_another_day(gate.actor("leonie"), review, "Any Friday")
        reviews.ask_another_day(gate.actor("nadia"), review, "Any Friday")
        assert told(gate, "priya")[-1] == "Nadia Rahman asks for another day for the review of Amira."
        with pytest.raises(InvalidError):
            reviews.move(gate.actor("priya"), review, TODAY + timedelta(days=13))
        reviews.move(gate.actor("priya"), review, TODAY + timedelta(days=17))
        assert review.wish == ""
        with later(16):
            assert opened_for(gate, "priya") is None
        with later(17):
            assert opened_for(gate, "priya") is KeyKind.REVIEW

    def test_one_at_a_time(self, gate: Gate) -> None:
        first = announce(gate)
        with pytest.raises(StateError):
            announce(gate)
        reviews.call_off(gate.actor("priya"), first, "I am ill")
        announce(gate, days=20)

    def test_the_first_is_due_within_three_months_and_is_called_to_mind(self, gate: Gate) -> None:
        assert watch_gate().overdue == 0
        due = next_due(gate.person)
        assert due is not None
        with clock.at(NOON + (due - TODAY) + timedelta(days=1)):
            assert watch_gate().overdue == 1
            assert watch_gate().overdue == 0
            assert told(gate, "priya") == ["A review of Amira Rahman is overdue. Announce one."]
            assert [item.person.id for item in overdue_for(gate.actor("priya"))] == [gate.person.id]
            assert overdue_for(gate.actor("marcus")) == []


class TestConcern:
    def test_it_opens_at_once_for_a_while_and_the_person_is_told(self, gate: Gate) -> None:
        record(gate)
        assert opened_for(gate, "priya") is KeyKind.CONCERN
        assert opened_for(gate, "marcus") is KeyKind.CONCERN
        assert opened_for(gate, "dorothy") is None
        assert opened_for(gate, "finn") is None
        assert "because of a concern" in told(gate, "nadia")[-1]
        assert "second person" in told(gate, "marcus")[-1]
        assert told(gate, "leonie") == []
        assert "Recorded a concern" not in said_to(gate, "leonie"), "a broker may be whom it is about"
        with later(28):
            assert opened_for(gate, "priya") is None
            assert watch_gate().over == 1

    def test_its_words_are_nowhere_that_the_person_reads(self, gate: Gate) -> None:
        concern = record(gate)
        concerns.close(gate.actor("marcus"), concern, "WHISPERED again", "It was a slip of the bank.")
        notices = db.session.scalars(sa.select(Notice).where(Notice.account_id == gate.accounts["nadia"].id)).all()
        read = " ".join([*(notice.title + notice.body for notice in notices), *said_to(gate, "nadia")])
        assert "WHISPERED" not in read
        assert "It was a slip of the bank." in read

    def test_it_is_renewed_in_writing_and_closed(self, gate: Gate) -> None:
        concern = record(gate)
        with later(27):
            with pytest.raises(InvalidError):
                concerns.renew(gate.actor("priya"), concern, " ")
            concerns.renew(gate.actor("priya"), concern, "The bank has not answered yet")
        with later(40):
            assert opened_for(gate, "priya") is KeyKind.CONCERN
            with pytest.raises(NotFoundError):
                concerns.close(gate.actor("dorothy"), concern, "x", "y")
            concerns.close(gate.actor("priya"), concern, "Nothing in it", "All is well.")
            assert opened_for(gate, "priya") is None

    def test_the_second_person_is_a_colleague_who_does_not_act_for_them(self, gate: Gate) -> None:
        names = [one.name for one in concerns.seconds_for(gate.actor("priya"), gate.person)]
        assert names == ["Dorothy Lane", "Marcus Bell"]
        with pytest.raises(InvalidError, match="colleague"):
            record(gate, second="priya")
        with pytest.raises(InvalidError, match="colleague"):
            record(gate, second="finn")


class TestTelling:
    def test_nothing_opens_before_a_safeguarding_lead_decided(self, gate: Gate) -> None:
        concern = record(gate, delay="Her uncle reads her messages")
        assert opened_for(gate, "priya") is None
        assert told(gate, "nadia") == []
        assert "decide when Amira Rahman is told" in told(gate, "dorothy")[-1]
        with pytest.raises(NotFoundError):
            telling.decide(gate.actor("priya"), concern, None, "I say so")
        with pytest.raises(NotFoundError):
            telling.decide(gate.actor("marcus"), concern, None, "I say so")
        telling.decide(gate.actor("dorothy"), concern, TODAY + timedelta(days=7), "The uncle moves out on Sunday")
        assert opened_for(gate, "priya") is KeyKind.CONCERN

    def test_whoever_recorded_it_never_decides(self, gate: Gate) -> None:
        with pytest.raises(InvalidError, match="No safeguarding lead"):
            record(gate, who="dorothy", delay="Her uncle reads her messages")

    def test_until_the_day_nothing_tells_of_it_and_then_everything_with_its_own_dates(self, gate: Gate) -> None:
        concern = record(gate, delay="Her uncle reads her messages")
        telling.decide(gate.actor("dorothy"), concern, TODAY + timedelta(days=7), "The uncle moves out on Sunday")
        mother = gate.actor("nadia")
        with later(2):
            opened = keys.open_with(gate.actor("priya"), gate.person)
            assert opened is not None
            openings.note(gate.actor("priya"), gate.person, opened.key, Sight.SPENDING, "the spending")
            assert watch_gate().told == 0
            assert openings.shown_to(mother, gate.person).rows == ()
            assert not [line for line in said_to(gate, "nadia") if "oncern" in line or "Looked" in line]
            assert told(gate, "nadia") == []
        with later(7):
            assert watch_gate().told == 1
            assert watch_gate().told == 0
            (row,) = openings.shown_to(mother, gate.person).rows
            assert row.day == TODAY + timedelta(days=2)
            assert {"Recorded a concern", "Told them of a concern"} <= set(said_to(gate, "nadia"))
            assert len(told(gate, "nadia")) == 1

    def test_a_day_too_far_off_is_not_taken(self, gate: Gate) -> None:
        concern = record(gate, delay="Her uncle reads her messages")
        with pytest.raises(InvalidError, match="or earlier"):
            telling.decide(gate.actor("dorothy"), concern, TODAY + timedelta(days=29), "Long")
        with pytest.raises(InvalidError, match="why"):
            telling.decide(gate.actor("dorothy"), concern, TODAY + timedelta(days=5), " ")

    def test_what_nobody_decides_opens_nothing_and_is_told_all_the_same(self, gate: Gate) -> None:
        concern = record(gate, delay="Her uncle reads her messages")
        with later(4):
            assert watch_gate().lapsed == 1
            db.session.refresh(concern)
            assert concern.state is ConcernState.LAPSED
            assert opened_for(gate, "priya") is None
        with later(4 + 28):
            assert watch_gate().told == 1
            assert "recorded a concern on" in told(gate, "nadia")[-1]

    def test_the_database_holds_no_concern_of_which_nobody_will_ever_tell(self, gate: Gate) -> None:
        concern = record(gate)
        with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
            db.session.execute(sa.text("UPDATE concern SET told_at = NULL WHERE id = :id"), {"id": concern.id})
