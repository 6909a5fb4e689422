"""Taking a lost second step away: a colleague's at once, a person's in three days, and by whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.identity.models import Account, Commissioner, Person, StaffPost
from app.identity.rules import AuthorityKind, StaffRole
from app.messages.models import Notice
from app.signing_in import queries, resets
from app.signing_in.rules import LinkKind
from tests import factories as make
from tests.signing_in.test_codes import _with_app
from tests.web.test_mailed_links import link_to

pytestmark = pytest.mark.usefixtures("session")
WHY = "She rang from the number we have, and knew her last three purchases."


@pytest.fixture
def board() -> Commissioner:
    return make.make_commissioner()


@pytest.fixture
def joy(board: Commissioner) -> Account:
    account = make.make_account("Joy Abara")
    make.make_post(account, board, StaffRole.ADMIN)
    return account


def colleague(board: Commissioner, name: str) -> Account:
    account = _with_app(make.make_account(name))
    make.make_post(account, board)
    return account


class TestAColleague:
    def test_it_is_theirs_and_nobody_elses(self, board: Commissioner, joy: Account) -> None:
        tom, priya = colleague(board, "Tom Ellis"), colleague(board, "Priya Shah")
        assert resets.reset_colleague(make.actor_for(joy), board.id, priya.ref, WHY) is priya
        assert not priya.has_second_step
        assert tom.has_second_step

    def test_who_works_elsewhere_or_no_more_is_no_colleague(self, board: Commissioner, joy: Account) -> None:
        elsewhere = make.make_commissioner()
        ingrid, marcus = colleague(elsewhere, "Ingrid Solberg"), colleague(board, "Marcus Bell")
        admin = make.actor_for(joy)
        for there, who in ((board, ingrid.ref), (elsewhere, ingrid.ref), (board, "nobodyofours")):
            with pytest.raises(NotFoundError):
                resets.reset_colleague(admin, there.id, who, WHY)
        leaves = update(StaffPost).where(StaffPost.account_id == marcus.id)
        db.session.execute(leaves.values(ends_on=clock.today() - timedelta(days=1)))
        with pytest.raises(NotFoundError):
            resets.reset_colleague(admin, board.id, marcus.ref, WHY)
        db.session.execute(leaves.values(ends_on=clock.today()))
        assert resets.reset_colleague(admin, board.id, marcus.ref, WHY) is marcus

    def test_a_second_person_does_it(self, board: Commissioner, joy: Account) -> None:
        _with_app(joy)
        with pytest.raises(NotAllowedError):
            resets.reset_colleague(make.actor_for(joy), board.id, joy.ref, WHY)
        priya = colleague(board, "Priya Shah")
        with pytest.raises(NotFoundError):
            resets.reset_colleague(make.actor_for(priya), board.id, joy.ref, WHY)
        assert joy.has_second_step

    @pytest.mark.parametrize(("why", "taken"), [("", False), (" \n", False), ("x" * 501, False), ("x" * 500, True)])
    def test_with_a_reason(self, board: Commissioner, joy: Account, why: str, taken: bool) -> None:
        priya = colleague(board, "Priya Shah")
        if not taken:
            with pytest.raises(InvalidError) as refused:
                resets.reset_colleague(make.actor_for(joy), board.id, priya.ref, why)
            assert set(refused.value.errors) == {"why"}
        else:
            resets.reset_colleague(make.actor_for(joy), board.id, priya.ref, why)
        assert priya.has_second_step is not taken


class TestWhoActsForSomebody:
    @pytest.fixture
    def people(self, board: Commissioner) -> tuple[Account, Person, Account]:
        priya = make.make_account("Priya Shah")
        make.make_post(priya, board)
        person = make.make_person(board, coordinator=priya)
        sam = _with_app(make.make_account("Sam Okafor"))
        make.give_authority(sam, person)
        return priya, person, sam

    def test_in_three_days_and_once(self, people: tuple[Account, Person, Account]) -> None:
        priya, person, sam = people
        other = _with_app(make.make_account("Harriet Lindqvist"))
        actor = make.actor_for(priya)
        resets.ask(actor, person.ref, sam.ref, WHY)
        with pytest.raises(StateError, match="asked for already"):
            resets.ask(actor, person.ref, sam.ref, WHY)
        for later, has_it in ((timedelta(days=3, minutes=-1), True), (timedelta(days=3, minutes=1), False)):
            with clock.at(clock.now() + later):
                resets.reset_steps()
            assert sam.has_second_step is has_it
        assert other.has_second_step
        with pytest.raises(StateError, match="without a second step"):
            resets.ask(actor, person.ref, sam.ref, WHY)

    def test_whoever_asked_reads_that_it_was_stopped_and_so_does_the_persons_side(
        self, people: tuple[Account, Person, Account]
    ) -> None:
        priya, person, sam = people
        asked = resets.ask(make.actor_for(priya), person.ref, sam.ref, WHY)
        assert [item.id for item in queries.resets_of([sam.id])] == [asked.id]
        resets.stop(link_to(sam, LinkKind.KEEP_STEP))
        assert sam.has_second_step
        assert queries.open_reset_of(sam) is None
        (shown,) = queries.resets_of([sam.id])
        assert shown.stopped_at is not None, "it is shown that it was stopped"
        (notice,) = db.session.scalars(select(Notice).where(Notice.account_id == priya.id))
        assert notice.title == "Sam Okafor did not lose their second step for signing in. It stays."
        assert notice.person_id == person.id
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "signing_in.stop_reset")).one()
        assert (entry.person_id, entry.commissioner_id) == (person.id, person.commissioner_id)
        assert entry.actor_role == "self"

    def test_taking_it_away_is_in_who_did_what(self, people: tuple[Account, Person, Account]) -> None:
        priya, person, sam = people
        resets.ask(make.actor_for(priya), person.ref, sam.ref, WHY)
        with clock.at(clock.now() + timedelta(days=3, minutes=1)):
            resets.reset_steps()
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "signing_in.reset")).one()
        assert entry.person_id == person.id

    def test_a_colleagues_is_their_administrators_to_take(
        self, board: Commissioner, people: tuple[Account, Person, Account]
    ) -> None:
        """Else a coordinator could take the second step of whoever watches them."""
        priya, person, _ = people
        stephen = colleague(board, "Stephen Kwan")
        make.give_authority(stephen, person, AuthorityKind.NOMINEE)
        with pytest.raises(NotAllowedError):
            resets.ask(make.actor_for(priya), person.ref, stephen.ref, WHY)

    def test_only_who_acts_for_them_and_by_their_team(self, people: tuple[Account, Person, Account]) -> None:
        priya, person, sam = people
        ingrid = make.make_account("Ingrid Solberg")
        make.make_post(ingrid, make.make_commissioner())
        stranger = _with_app(make.make_account("Peter Garrity"))
        for who, account in ((ingrid, sam), (priya, stranger), (sam, sam)):
            with pytest.raises(NotFoundError):
                resets.ask(make.actor_for(who), person.ref, account.ref, WHY)
