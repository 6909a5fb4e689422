"""What was found about somebody's capacity holds: for whoever was asked meanwhile, and for papers nobody has seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from app.acting import answering, inviting, looking_again, mailing
from app.acting.inviting import Terms
from app.core import clock
from app.core.errors import InvalidError
from app.identity import service
from app.identity.models import Account, Authority
from app.identity.rules import AuthorityKind, EvidenceKind, Scope
from app.stewardship.capacity import CapacityInput, may_stand_in, record_capacity, see_capacity
from app.stewardship.capacity_rules import CapacityFacts, Finding, Wish, capacity_follows
from app.stewardship.changes_clock import remind_of_capacity
from app.stewardship.changes_follows import Deed, Follow, digest_of
from app.stewardship.changes_models import CapacityRecord
from app.stewardship.sixteen import turn_sixteen
from app.stewardship.sixteen_nominee import choose_nominee
from app.stewardship.sixteen_queries import lacks_capacity, their_scope
from app.stewardship.sixteen_rules import day_follows
from tests import factories as make
from tests.stewardship.life import TODAY, Life, died, make_life, sixteen_in
from tests.stewardship.test_sixteen import add_own, later, notices
from tests.stewardship.test_sixteen_rules import acting, facts

ADULT = date(1964, 3, 4)
REPRESENTATIVE, SELF = AuthorityKind.REPRESENTATIVE, AuthorityKind.SELF


@pytest.fixture(autouse=True)
def now(session: object) -> Iterator[None]:
    with clock.at(TODAY):
        yield


def typed(finding: Finding, **more: object) -> CapacityInput:
    """What Priya typed: Dr Amin's finding."""
    again = None if finding is Finding.HAS else clock.today() + timedelta(days=300)
    found = CapacityInput(finding, "Managing the money", clock.today(), "Dr Amin, her GP", "With pictures.", again)
    return replace(found, **more)  # type: ignore[arg-type]


def record(life: Life, finding: Finding, **more: object) -> CapacityRecord:
    priya, found = make.actor_for(life.priya), typed(finding, **more)
    return record_capacity(priya, life.person, found, digest_of(see_capacity(priya, life.person, found)))


def sentences(follows: tuple[Follow, ...]) -> str:
    return " ".join(item.sentence for item in follows)


def unchecked(life: Life, name: str = "Karim Rahman") -> Account:
    """Somebody who said yes and whose papers wait."""
    account = make.make_account(name)
    service.grant_authority(
        make.SYSTEM, account, life.person, REPRESENTATIVE, Scope.BUY, starts_on=make.LONG_AGO, checked_by_name=""
    )
    return account


class TestTheirOwnSignIn:
    """Whoever was asked to sign in for themself, and says yes after something else was found."""

    def ask(self, life: Life) -> str:
        terms = Terms(their_scope(life.person))
        priya = make.actor_for(life.priya)
        return mailing.mint(inviting.invite(priya, life.person, "amira@example.org", SELF, terms))

    def say_yes(self, token: str) -> Authority:
        account = answering.open_account(token, "Amira Rahman", "seven quiet otters swim upstream")
        return answering.accept(make.actor_for(account), token)

    def test_only_looks_where_it_was_found_meanwhile_that_they_cannot_decide(self) -> None:
        life = make_life(ADULT)
        token = self.ask(life)
        record(life, Finding.LACKS)
        assert self.say_yes(token).scope is Scope.VIEW

    def test_decides_where_it_was_found_meanwhile_that_they_can(self) -> None:
        life = make_life(ADULT)
        record(life, Finding.LACKS)
        token = self.ask(life)
        record(life, Finding.HAS, wish=Wish.ENDS)
        assert self.say_yes(token).scope is Scope.BUY

    def test_before_sixteen_a_finding_lets_nobody_decide_yet(self) -> None:
        life = make_life(sixteen_in(20))
        token = self.ask(life)
        record(life, Finding.HAS)
        assert self.say_yes(token).scope is Scope.VIEW


class TestPapersThatNobodyHasSeen:
    def test_who_acts_on_them_is_not_offered_to_pay_meanwhile_and_not_counted_as_able(self) -> None:
        life = make_life(ADULT, kind=AuthorityKind.NOMINEE)
        karim = unchecked(life)
        assert [item.account_id for item in may_stand_in(life.person)] == [life.parent.id]
        with pytest.raises(InvalidError) as refused:
            record(life, Finding.LACKS, meanwhile=str(karim.id))
        assert set(refused.value.errors) == {"meanwhile"}
        said = sentences(see_capacity(make.actor_for(life.priya), life.person, typed(Finding.LACKS)))
        assert "Nobody can buy anything new" in said
        assert "Karim Rahman goes on as before. They only look until" in said

    @pytest.mark.parametrize("late", [True, False])
    def test_a_nominee_they_chose_still_waits_for_the_coordinator(self, late: bool) -> None:
        life = make_life(sixteen_in(0 if late else 20))
        own = add_own(life)
        karim = unchecked(life)
        if late:
            turn_sixteen()
        choose_nominee(make.actor_for(own), life.person, str(karim.id))
        with later(20):
            turn_sixteen()
            new = life.authority(karim)
            (grant,) = make.actor_for(karim).grants
        assert (new.kind, new.evidence, new.is_checked) == (AuthorityKind.NOMINEE, EvidenceKind.CONSENT, False)
        assert (grant.scope, grant.promised_scope) == (Scope.VIEW, Scope.BUY)

    def test_who_was_let_buy_no_more_does_not_buy_again_because_they_were_chosen(self) -> None:
        life = make_life(sixteen_in(20))
        own = add_own(life)
        life.authority(life.parent).scope = Scope.VIEW
        choose_nominee(make.actor_for(own), life.person, str(life.parent.id))
        with later(20):
            turn_sixteen()
            (grant,) = make.actor_for(life.parent).grants
        assert grant.scope is Scope.VIEW

    def test_the_page_says_so(self) -> None:
        karim = replace(acting(REPRESENTATIVE), is_checked=False)
        follows = day_follows(facts(karim, nominee=karim.account_id))
        assert "only look until the coordinator has seen a consent form" in sentences(follows)
        wanted = CapacityFacts("Amira", Finding.HAS, (karim,), wish=Wish.NOMINEE)
        assert "only look until the coordinator has seen a consent form" in sentences(capacity_follows(wanted))


class TestBeforeSixteen:
    """A parent decides until the birthday: what is said to follow is what happens then."""

    @pytest.mark.parametrize("finding", list(Finding))
    def test_the_page_says_what_the_birthday_does(self, finding: Finding) -> None:
        life = make_life(sixteen_in(20))
        add_own(life)
        shown = record(life, finding).said
        assert shown[0]["sentence"].startswith("Nothing changes before")
        told = notices(life.parent)
        assert told
        with later(20):
            turn_sixteen()
            scope = life.authority(life.parent).scope
        lacks = finding is Finding.LACKS
        assert scope is (Scope.BUY if lacks else Scope.VIEW)
        said = " ".join(item["sentence"] for item in shown)
        assert ("Nadia Rahman can go on as before" in said) is lacks
        assert ("Nadia Rahman can still look, and can no longer buy" in said) is not lacks

    def test_nobody_stands_in(self) -> None:
        life = make_life(sixteen_in(20))
        with pytest.raises(InvalidError) as refused:
            record(life, Finding.LACKS, meanwhile=str(life.parent.id))
        assert set(refused.value.errors) == {"meanwhile"}


def test_who_can_decide_again_and_has_not_said_what_they_want_decides() -> None:
    """Nobody goes on buying for somebody who can decide; the coordinator is reminded to ask."""
    life = make_life(ADULT)
    own = add_own(life)
    record(life, Finding.LACKS)
    assert life.authority(life.parent).scope is Scope.BUY
    found = record(life, Finding.HAS)
    assert (life.authority(own).scope, life.authority(life.parent).scope) == (Scope.BUY, Scope.VIEW)
    assert found.look_again_on == clock.today() + timedelta(days=14)
    with later(14):
        assert remind_of_capacity() == 1


@pytest.mark.parametrize("under", [True, False])
def test_a_finding_about_another_decision_moves_no_money(under: bool) -> None:
    """Capacity is for one decision: where to live says nothing about the money, nor gives it back."""
    life = make_life(sixteen_in(20) if under else ADULT)
    own = add_own(life, Scope.VIEW if under else Scope.BUY)
    before = life.authority(own).scope, life.authority(life.parent).scope
    said = record(life, Finding.LACKS, decision="Where to live", about_money=False).said
    assert said[0]["sentence"].startswith("Nothing changes here")
    assert (life.authority(own).scope, life.authority(life.parent).scope) == before
    assert not lacks_capacity(life.person.id)
    record(life, Finding.LACKS)
    record(life, Finding.HAS, decision="Choosing an outing", about_money=False)
    assert lacks_capacity(life.person.id)


def test_a_finding_about_another_decision_says_which() -> None:
    life = make_life(ADULT)
    with pytest.raises(InvalidError) as refused:
        record(life, Finding.LACKS, decision=" ", about_money=False)
    assert set(refused.value.errors) == {"decision"}


@pytest.mark.parametrize(
    ("wish", "scope"), [(Wish.NOMINEE, Scope.BUY), (Wish.LOOKS, Scope.VIEW), (Wish.NOT_SAID, Scope.VIEW)]
)
def test_a_nominee_who_only_looked_meanwhile_goes_on_as_the_person_wants(wish: Wish, scope: Scope) -> None:
    life = make_life(ADULT, kind=AuthorityKind.NOMINEE)
    add_own(life)
    record(life, Finding.LACKS)
    record(life, Finding.HAS, wish=wish)
    assert life.authority(life.parent).scope is scope


def test_a_running_nominee_is_not_touched_by_a_first_finding() -> None:
    life = make_life(ADULT, kind=AuthorityKind.NOMINEE)
    add_own(life)
    record(life, Finding.HAS)
    assert life.authority(life.parent).scope is Scope.BUY


def test_reminders_end_with_a_death() -> None:
    life = make_life(ADULT)
    life.authority(life.parent).look_again_on = clock.today() + timedelta(days=20)
    record(life, Finding.LACKS, look_again_on=clock.today() + timedelta(days=20))
    died(life, clock.today())
    with later(20):
        assert (remind_of_capacity(), looking_again.remind()) == (0, 0)


def test_a_broker_buys_on_only_for_a_nominee_who_still_acts() -> None:
    leonie, nadia = acting(AuthorityKind.BROKER, name="Leonie"), acting(REPRESENTATIVE)
    follows = day_follows(facts(leonie, nadia, nominee=uuid4()))
    assert [item.scope for item in follows if item.subjects == (leonie.authority_id,)] == [Scope.PREPARE]
    follows = day_follows(facts(leonie, nadia, nominee=nadia.account_id))
    assert not [item for item in follows if item.subjects == (leonie.authority_id,) and item.deed is not Deed.NOTHING]
