"""What a coordinator must have seen before somebody may act: the paper itself, of a kind that fits the person's age."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError

from app.acting import answering, inviting, mailing
from app.acting.inviting import Terms
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, StateError
from app.identity import authorities, service
from app.identity.models import Account, Authority, Person
from app.identity.rules import AuthorityKind, EvidenceKind, Scope
from app.stewardship.capacity import CapacityInput, record_capacity, see_capacity
from app.stewardship.changes_follows import digest_of
from app.stewardship.checking_papers import check_papers, say_missing
from tests import factories as make
from tests.papers import keep_paper
from tests.stewardship.life import Life, died, make_life, sixteen_in
from tests.stewardship.test_sixteen import lacking, notices

ADULT = date(1964, 3, 4)
PARENTAL, ATTORNEY = EvidenceKind.PARENTAL_RESPONSIBILITY, EvidenceKind.LPA_PROPERTY


def waits(life: Life, kind: AuthorityKind = AuthorityKind.REPRESENTATIVE, **more: object) -> Authority:
    """Somebody whose papers wait for the coordinator."""
    account = make.make_account("Karim Rahman")
    return service.grant_authority(
        make.SYSTEM,
        account,
        life.person,
        kind,
        Scope.BUY,
        starts_on=make.LONG_AGO,
        checked_by_name="",
        **more,  # type: ignore[arg-type]
    )


def wrong(life: Life, authority: Authority, evidence: EvidenceKind | None, number: str = "") -> dict[str, str]:
    """What the coordinator is told."""
    with pytest.raises(InvalidError) as refused:
        check_papers(make.actor_for(life.priya), authority, evidence=evidence, registration_number=number)
    return refused.value.errors


def test_nothing_is_in_order_of_which_no_paper_is_kept(session: object) -> None:
    life = make_life(ADULT)
    karim = waits(life)
    errors = wrong(life, karim, ATTORNEY, "7000 1234 5678")
    assert set(errors) == {"evidence"}
    assert errors["evidence"].startswith("No paper is kept here yet.")
    assert karim.checked_at is None
    keep_paper(life.authority(life.parent))  # somebody else's paper shows nothing
    assert wrong(life, karim, ATTORNEY, "7000 1234 5678") == errors
    keep_paper(karim)
    check_papers(make.actor_for(life.priya), karim, evidence=ATTORNEY, registration_number="7000 1234 5678")
    assert (karim.is_checked, karim.registration_number) == (True, "7000-1234-5678")


def test_a_power_of_attorney_needs_its_number_and_a_day_to_come(session: object) -> None:
    life = make_life(ADULT)
    karim = waits(life)
    keep_paper(karim)
    actor = make.actor_for(life.priya)
    with pytest.raises(InvalidError) as refused:
        check_papers(actor, karim, evidence=ATTORNEY, look_again_on=clock.today())
    assert set(refused.value.errors) == {"registration_number", "look_again_on"}
    assert set(wrong(life, karim, EvidenceKind.CONSENT)) == {"evidence"}


def test_a_broker_whom_the_person_asked_is_looked_at_again_without_a_paper(session: object) -> None:
    """Their own word was the consent; where a coordinator asked, the form itself is wanted."""
    life = make_life(ADULT, kind=AuthorityKind.SELF)
    asked = service.grant_authority(
        make.SYSTEM,
        make.make_account("Leonie Finch"),
        life.person,
        AuthorityKind.BROKER,
        Scope.PREPARE,
        starts_on=make.LONG_AGO,
        evidence=EvidenceKind.CONSENT,
        checked_by_name="Amira Rahman, who asked for it",
    )
    again = clock.today() + timedelta(days=200)
    check_papers(make.actor_for(life.priya), asked, evidence=EvidenceKind.CONSENT, look_again_on=again)
    assert asked.look_again_on == again
    assert set(wrong(life, waits(life, AuthorityKind.BROKER), EvidenceKind.CONSENT)) == {"evidence"}


class TestTwoGiveARight:
    """A coordinator who asked somebody to act does not look at their papers too, and the person is told before."""

    def asked(self, life: Life) -> Authority:
        priya = make.actor_for(life.priya)
        terms = Terms(Scope.BUY)
        kind = AuthorityKind.REPRESENTATIVE
        invitation = inviting.invite(priya, life.person, "aunt@example.org", kind, terms, evidence=ATTORNEY)
        token = mailing.mint(invitation)
        account = answering.open_account(token, "Aunt May", "seven quiet otters swim upstream")
        authority = answering.accept(make.actor_for(account), token)
        keep_paper(authority)
        return authority

    def check(self, by: Account, authority: Authority) -> None:
        check_papers(make.actor_for(by), authority, evidence=ATTORNEY, registration_number="7000 1234 5678")

    def test_a_colleague_looks_where_there_is_one(self, session: object) -> None:
        life = make_life(ADULT)
        marcus = make.make_account("Marcus Bell")
        make.make_post(marcus, life.person.commissioner)
        aunt = self.asked(life)
        with pytest.raises(StateError, match="a colleague looks"):
            self.check(life.priya, aunt)
        self.check(marcus, aunt)
        assert aunt.is_checked
        self.check(life.priya, aunt)  # to look at them again is no new right

    def test_alone_one_does_both(self, session: object) -> None:
        life = make_life(ADULT)
        aunt = self.asked(life)
        self.check(life.priya, aunt)
        assert aunt.is_checked

    def test_the_person_and_their_coordinator_are_told_before_anybody_says_yes(self, session: object) -> None:
        life = make_life(ADULT)
        marcus = make.make_account("Marcus Bell")
        make.make_post(marcus, life.person.commissioner)
        inviting.invite(
            make.actor_for(marcus),
            life.person,
            "aunt@example.org",
            AuthorityKind.REPRESENTATIVE,
            Terms(Scope.BUY),
            evidence=ATTORNEY,
        )
        (told,) = notices(life.parent)
        assert told == "Marcus Bell asked somebody to act for Amira as their representative. Tell us if that is wrong."
        assert any("Marcus Bell asked somebody to act for Amira Rahman" in title for title in notices(life.priya))


def test_who_cannot_decide_chooses_no_nominee(session: object) -> None:
    life = make_life(ADULT)
    karim = waits(life, AuthorityKind.NOMINEE)
    keep_paper(karim)
    lacking(life)
    assert "nor choose a nominee" in wrong(life, karim, EvidenceKind.CONSENT)["evidence"]


class TestParentalResponsibility:
    """It is for children. Source: Children Act 1989, section 105; Mental Capacity Act 2005, sections 1 to 3."""

    @pytest.mark.parametrize(("days", "fits"), [(1, True), (0, False), (-1, False)])
    def test_until_the_day_before_sixteen(self, session: object, days: int, fits: bool) -> None:
        life = make_life(sixteen_in(days))
        karim = waits(life)
        keep_paper(karim)
        if fits:
            check_papers(make.actor_for(life.priya), karim, evidence=PARENTAL)
            assert karim.is_checked
            return
        assert "decide for themself" in wrong(life, karim, PARENTAL)["evidence"]

    def test_at_sixteen_where_it_was_found_that_they_cannot_decide(self, session: object) -> None:
        life = make_life(sixteen_in(-1))
        lacking(life)
        karim = waits(life)
        keep_paper(karim)
        check_papers(make.actor_for(life.priya), karim, evidence=PARENTAL)
        assert karim.is_checked

    def test_never_for_a_grown_up(self, session: object) -> None:
        life = make_life(ADULT)
        karim = waits(life)
        keep_paper(karim)
        assert "eighteen" in wrong(life, karim, PARENTAL)["evidence"]
        with pytest.raises(InvalidError) as refused:
            inviting.invite(
                make.actor_for(life.priya),
                life.person,
                "new@example.org",
                AuthorityKind.REPRESENTATIVE,
                Terms(Scope.BUY),
                evidence=PARENTAL,
            )
        assert set(refused.value.errors) == {"evidence"}


class TestAfterADeath:
    """Nobody is given a right any more, by any way; it is all open again once the record was a mistake."""

    def test_nobody_is_asked_changed_or_checked(self, session: object) -> None:
        life = make_life(ADULT)
        karim = waits(life)
        keep_paper(karim)
        priya = make.actor_for(life.priya)
        died(life, clock.today())
        ends = life.authority(life.parent).ends_on
        with pytest.raises(StateError, match="died or moved"):
            inviting.invite(
                priya, life.person, "new@example.org", AuthorityKind.BROKER, Terms(Scope.BUY), evidence=None
            )
        with pytest.raises(StateError, match="died or moved"):
            authorities.change_authority(priya, life.authority(life.parent), scope=Scope.BUY)
        with pytest.raises(StateError, match="died or moved"):
            check_papers(priya, karim, evidence=ATTORNEY, registration_number="7000 1234 5678")
        with pytest.raises(StateError, match="died or moved"):
            service.grant_authority(
                make.SYSTEM, make.make_account("Bola"), life.person, AuthorityKind.NOMINEE, Scope.BUY,
                starts_on=clock.today(),
            )  # fmt: skip
        with pytest.raises(StateError, match="died or moved"):
            lacking(life)
        assert (life.authority(life.parent).scope, life.authority(life.parent).ends_on) == (Scope.VIEW, ends)

    def test_more_can_still_be_asked_for_and_rights_be_ended(self, session: object) -> None:
        life = make_life(ADULT)
        karim = waits(life)
        died(life, clock.today())
        priya = make.actor_for(life.priya)
        say_missing(priya, karim, "The order from the court.")
        authorities.end_authority(priya, karim)
        assert karim.ended_at is not None


def test_two_who_write_down_what_they_found_do_not_wait_for_each_other(real_database: Flask) -> None:
    """Neither takes the weaker lock before the stronger: one comes after the other, and nothing is tried again."""
    with real_database.app_context():
        life = make_life(ADULT)
        db.session.commit()
        person_id, priya = life.person.id, make.actor_for(life.priya)
    gate, went = threading.Barrier(4), []

    def write_down() -> None:
        with real_database.app_context():
            person = db.session.get_one(Person, person_id)
            found = CapacityInput("has", "", clock.today(), "Dr Amin, her GP", "We talked it through.")
            seen = digest_of(see_capacity(priya, person, found))
            db.session.rollback()
            gate.wait(10)
            try:
                record_capacity(priya, person, found, seen)
                db.session.commit()
                went.append("done")
            except (DBAPIError, StateError) as error:
                db.session.rollback()
                went.append(type(error).__name__)

    threads = [threading.Thread(target=write_down) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "done" in went
    assert not [one for one in went if one not in ("done", "ListChangedError")], went
