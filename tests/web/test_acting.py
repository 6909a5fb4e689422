"""Who acts for a person, page by page: asked, said yes, changed, checked, ended; and what an open tab can do then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.acting import inviting, mailing, queries
from app.acting.inviting import Terms
from app.acting.models import Invitation
from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.identity import service
from app.identity.models import Account, Authority
from app.identity.rules import AuthorityKind, EvidenceKind, Scope
from app.messages import conversations
from tests import factories as make
from tests.papers import keep_paper
from tests.web.buying_world import REST, SWIM, World, day, get, make_world, photo, post, said, soup_of

PHRASE = "seven quiet otters swim upstream"
INVITE = {"email": "new@example.org", "kind": "broker", "scope": "prepare", "which": "all"}


@pytest.fixture
def world(session: Any, client: FlaskClient, sign_in: Any) -> World:
    made = make_world()
    sign_in(client, made.account)
    return made


def acts(world: World, kind: AuthorityKind = AuthorityKind.BROKER, scope: Scope = Scope.BUY, **more: Any) -> Authority:
    account = make.make_account("Bola Ade")
    made = service.grant_authority(make.SYSTEM, account, world.person, kind, scope, starts_on=make.LONG_AGO, **more)
    db.session.commit()
    return made


def link(world: World, kind: AuthorityKind = AuthorityKind.BROKER, email: str = "new@example.org") -> str:
    """The address in an invitation's e-mail."""
    terms = Terms(Scope.BUY, 5_000, 20_000)
    invitation = inviting.invite(make.actor_for(world.account), world.person, email, kind, terms)
    token = mailing.mint(invitation)
    db.session.commit()
    return f"/invitation/{token}"


def signed_out(client: FlaskClient) -> FlaskClient:
    with client.session_transaction() as cookie:
        cookie.clear()
    return client


class TestTheHoldersPage:
    def test_it_says_who_acts_how_far_and_on_what(self, world: World, client: FlaskClient) -> None:
        acts(world, buy_limit_pence=5_000, month_limit_pence=20_000, evidence=EvidenceKind.CONSENT)
        page = said(get(client, f"/p/{world.person.ref}/acting"))
        assert "Bola Ade" in page
        assert "up to £50 at a time and up to £200 in a month" in page
        assert "cannot read messages, only those that they wrote" in page
        assert "Checked (consent form) by Tests" in page
        home = soup_of(get(client, f"/p/{world.person.ref}/"))
        assert home.select(f'a[href="/p/{world.person.ref}/acting"]')

    def test_asking_sending_again_and_taking_back(self, world: World, client: FlaskClient) -> None:
        base = f"/p/{world.person.ref}/acting"
        wrong = client.post(f"{base}/invite", data=INVITE | {"email": "not an address", "buy_limit": "5o"})
        assert wrong.status_code == 400
        assert "Enter an e-mail address" in said(wrong) or "amount" in said(wrong)
        post(client, f"{base}/invite", **INVITE)
        page = get(client, base)
        assert "new@example.org" in said(page)
        invitation = db.session.scalars(select(Invitation)).one()
        post(client, f"{base}/invitations/{invitation.ref}/again")
        assert invitation.sendings == 2
        post(client, f"{base}/invitations/{invitation.ref}/take-back")
        assert "new@example.org" not in said(get(client, base)).replace("to new@example.org", "")

    def test_a_representative_cannot_be_asked_here(self, world: World, client: FlaskClient) -> None:
        answer = client.post(f"/p/{world.person.ref}/acting/invite", data=INVITE | {"kind": "representative"})
        assert answer.status_code == 400
        assert not db.session.scalars(select(Invitation)).all()

    def test_only_these_outcomes(self, world: World, client: FlaskClient) -> None:
        broker = acts(world)
        base = f"/p/{world.person.ref}/acting"
        none = client.post(f"{base}/{broker.ref}/change", data={"scope": "buy", "which": "some"})
        assert none.status_code == 400
        assert "Choose at least one outcome" in said(none)
        post(client, f"{base}/{broker.ref}/change", scope="buy", which="some", outcomes=[world.outcomes[SWIM]])
        page = said(get(client, base))
        assert f"Only for: {SWIM}." in page
        assert REST not in page

    def test_brokers_see_only_themselves_and_change_nothing(
        self, world: World, client: FlaskClient, sign_in: Any
    ) -> None:
        broker, nominee = acts(world), acts(world, AuthorityKind.NOMINEE)
        nominee.account.name = "Robin Park"
        sign_in(client, broker.account)
        base = f"/p/{world.person.ref}/acting"
        page = said(get(client, base))
        assert "Robin Park" not in page
        get(client, f"{base}/invite", 403)
        for way in (f"{base}/{nominee.ref}/end", f"{base}/{nominee.ref}/change"):
            assert client.get(way).status_code in (403, 404)
            assert client.post(way).status_code in (403, 404)

    def test_a_representatives_right_is_not_the_holders_to_end(self, world: World, client: FlaskClient) -> None:
        mother = acts(world, AuthorityKind.REPRESENTATIVE)
        get(client, f"/p/{world.person.ref}/acting/{mother.ref}/end", 404)
        assert client.post(f"/p/{world.person.ref}/acting/{mother.ref}/end").status_code == 404
        assert mother.ended_at is None


class TestEnded:
    def test_an_open_tab_of_a_broker_can_do_nothing_more(
        self, world: World, client: FlaskClient, sign_in: Any, app: Any
    ) -> None:
        broker = acts(world)
        other = sign_in(app.test_client(), broker.account)
        purchase = world.draft(("Trampoline", 3_000), by=broker.account)
        base = f"/p/{world.person.ref}"
        get(other, f"{base}/buy/{purchase.ref}/check")
        get(client, f"{base}/acting/{broker.ref}/end")
        post(client, f"{base}/acting/{broker.ref}/end", why="It is done, thank you.")
        assert other.post(f"{base}/buy/{purchase.ref}/send").status_code == 404
        assert other.get(f"{base}/").status_code == 404
        assert other.post(f"{base}/acting/{broker.ref}/end").status_code == 404
        notices = said(get(other, "/notices"))
        assert "You do not act for Sam any more" in notices
        assert "It is done, thank you." in said(get(client, f"{base}/acting"))

    def test_giving_it_up(self, world: World, client: FlaskClient, sign_in: Any) -> None:
        broker = acts(world)
        sign_in(client, broker.account)
        page = get(client, f"/p/{world.person.ref}/acting/{broker.ref}/end")
        assert "Give up acting for Sam" in said(page)
        post(client, f"/p/{world.person.ref}/acting/{broker.ref}/end")
        assert broker.ended_by_name == "Bola Ade"


class TestTheLink:
    def test_it_says_what_is_asked_and_a_new_account_says_yes(self, world: World, client: FlaskClient) -> None:
        way = link(world)
        signed_out(client)
        page = said(get(client, way))
        assert "Will you act for Sam?" in page
        assert world.person.family_name not in page.replace(world.account.name, "")
        assert "up to £50 at a time and up to £200 in a month" in page
        assert "You say so when you earn something" in page
        weak = client.post(way, data={"name": "Bola Ade", "passphrase": "password1234", "again": "password1234"})
        assert weak.status_code == 400
        assert 'value="Bola Ade"' in weak.text
        post(client, way, name="Bola Ade", passphrase=PHRASE, again=PHRASE)
        new = db.session.scalars(select(Account).where(Account.email == "new@example.org")).one()
        assert make.actor_for(new).grant_for(world.person.id)
        again = get(client, way, 404)
        assert "does not work any more" in said(again)

    def test_another_account_reads_nothing_of_the_person(self, world: World, client: FlaskClient, sign_in: Any) -> None:
        way = link(world)
        sign_in(client, make.make_account("Robin Park"))
        for answer in (get(client, way, 403), client.post(way)):
            assert answer.status_code == 403
            assert "Sam" not in said(answer)
            assert "new@example.org" not in said(answer)

    def test_an_account_with_that_address_signs_in_first(self, world: World, client: FlaskClient, sign_in: Any) -> None:
        way = link(world, AuthorityKind.NOMINEE)
        account = make.make_account("Bola Ade", "NEW@example.org")
        signed_out(client)
        page = soup_of(get(client, way))
        assert page.select('a[href^="/sign-in?next="]')
        assert client.post(way, data={"name": "X", "passphrase": PHRASE, "again": PHRASE}).status_code == 400
        sign_in(client, account)
        answer = post(client, way)
        assert answer.location == f"/p/{world.person.ref}/acting/papers"
        assert "View only until Priya Shah has looked at your papers" in " ".join(
            soup_of(get(client, f"/p/{world.person.ref}/")).get_text(" ").split()
        )

    def test_used_old_taken_back_and_unknown_look_the_same(self, world: World, client: FlaskClient) -> None:
        way = link(world)
        found = queries.invitation_of(way.rpartition("/")[2])
        assert found is not None
        signed_out(client)
        with clock.at(clock.now() + timedelta(days=8)):
            old = said(get(client, way, 404))
        unknown = said(get(client, "/invitation/nobody-made-this", 404))
        post(client, f"{way}/no")
        used = said(get(client, way, 404))
        assert old == unknown == used
        assert client.post(f"{way}/no").status_code == 404
        assert "You said no" in said(get(client, "/invitation-declined"))


class TestPapers:
    def test_they_are_sent_opened_and_checked(self, world: World, client: FlaskClient, sign_in: Any) -> None:
        mother = acts(world, AuthorityKind.REPRESENTATIVE, checked_by_name="")
        sign_in(client, mother.account)
        base, staff = f"/p/{world.person.ref}/acting", f"/staff/people/{world.person.ref}/acting"
        assert client.get(f"{base}/invite").status_code == 403
        empty = client.post(f"{base}/papers", data={})
        assert "Choose a photo or a PDF" in said(empty)
        client.post(f"{base}/papers", data={"paper": photo("birth.jpg")})
        page = soup_of(get(client, f"{base}/papers"))
        (own,) = [a["href"] for a in page.select("a") if a.get_text() == "birth.jpg"]
        assert get(client, own).headers["Content-Type"] == "image/jpeg"
        sign_in(client, world.coordinator)
        assert "1 waits" in said(get(client, "/staff/"))
        assert "1 paper" in said(get(client, "/staff/papers"))
        page = soup_of(get(client, f"{staff}/{mother.ref}"))
        (way,) = [a["href"] for a in page.select("a") if a.get_text() == "birth.jpg"]
        get(client, way)
        opened = select(AuditEntry).where(AuditEntry.verb == "evidence.open_paper")
        assert db.session.scalars(opened).one().person_id == world.person.id
        post(client, f"{staff}/{mother.ref}/missing", missing="The second page, please.")
        sign_in(client, mother.account)
        assert "The second page, please." in said(get(client, f"{base}/papers"))
        sign_in(client, world.coordinator)
        when = clock.today() + timedelta(days=365)
        values = {"evidence": "deputyship", "registration_number": "12345678", **day("look_again_on", when)}
        post(client, f"{staff}/{mother.ref}", **values)
        assert (mother.checked_by_name, mother.look_again_on) == (world.coordinator.name, when)
        assert "To be looked at again" in said(get(client, staff))
        assert "Nobody’s papers wait." in said(get(client, "/staff/papers"))

    def test_an_odd_number_is_questioned_and_kept(self, world: World, client: FlaskClient, sign_in: Any) -> None:
        attorney = acts(world, AuthorityKind.REPRESENTATIVE, checked_by_name="")
        sign_in(client, world.coordinator)
        way = f"/staff/people/{world.person.ref}/acting/{attorney.ref}"
        assert client.post(way, data={"evidence": "lpa_property"}).status_code == 400
        keep_paper(attorney)
        post(client, way, evidence="lpa_property", registration_number="12-34")
        assert attorney.registration_number == "12-34"
        assert "Is this one right?" in said(get(client, way))

    def test_papers_are_nobody_elses(self, world: World, client: FlaskClient, sign_in: Any) -> None:
        mother = acts(world, AuthorityKind.REPRESENTATIVE, checked_by_name="")
        sign_in(client, mother.account)
        base = f"/p/{world.person.ref}/acting/papers"
        client.post(base, data={"paper": photo("birth.jpg")})
        (ref,) = [a["href"] for a in soup_of(get(client, base)).select("a") if a.get_text() == "birth.jpg"]
        for account in (world.account, acts(world, AuthorityKind.NOMINEE).account):
            sign_in(client, account)
            get(client, ref, 404)


class TestTheCoordinatorsPage:
    def test_asking_a_representative_changing_and_ending(self, world: World, client: FlaskClient, sign_in: Any) -> None:
        mother = acts(world, AuthorityKind.REPRESENTATIVE)
        sign_in(client, world.coordinator)
        base = f"/staff/people/{world.person.ref}/acting"
        hub = soup_of(get(client, f"/staff/people/{world.person.ref}"))
        assert hub.select(f'a[href="{base}"]')
        values = INVITE | {"kind": "representative", "evidence": "deputyship", "scope": "buy"}
        post(client, f"{base}/invite", **values)
        invitation = db.session.scalars(select(Invitation)).one()
        assert (invitation.kind, invitation.evidence) == (AuthorityKind.REPRESENTATIVE, EvidenceKind.DEPUTYSHIP)
        post(client, f"{base}/invitations/{invitation.ref}/again")
        post(client, f"{base}/invitations/{invitation.ref}/take-back")
        post(client, f"{base}/{mother.ref}/change", scope="view", which="all")
        assert mother.scope is Scope.VIEW
        post(client, f"{base}/together", agree_over="250")
        assert world.person.agree_over_pence == 25_000
        assert "No representative can say yes today" in said(get(client, base))
        get(client, f"{base}/{mother.ref}/end")
        post(client, f"{base}/{mother.ref}/end", why="The court ended it.")
        assert mother.end_reason == "The court ended it."

    def test_a_colleague_elsewhere_and_other_staff_find_nothing(
        self, world: World, client: FlaskClient, sign_in: Any
    ) -> None:
        broker = acts(world)
        elsewhere = make.make_account("Erin Fox")
        make.make_post(elsewhere, make.make_commissioner("Lea Valley"))
        sign_in(client, elsewhere)
        base = f"/staff/people/{world.person.ref}/acting"
        for way in ("", "/invite", "/together", f"/{broker.ref}", f"/{broker.ref}/change", f"/{broker.ref}/end"):
            get(client, f"{base}{way}", 404)


def test_messages_are_for_whoever_was_given_them(world: World, client: FlaskClient, sign_in: Any) -> None:
    broker = acts(world)
    talk, _ = conversations.begin(make.actor_for(world.account), world.person, "A lift", "About my broker.")
    db.session.commit()
    sign_in(client, broker.account)
    base = f"/p/{world.person.ref}/messages"
    assert "A lift" not in said(get(client, base))
    get(client, f"{base}/{talk.ref}", 404)
    broker.sees_messages = True
    db.session.commit()
    assert "A lift" in said(get(client, base))
    get(client, f"{base}/{talk.ref}")
