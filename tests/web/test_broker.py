"""A broker's home, the question what they get, and the moment their right ends."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.datastructures import FileStorage

from app.approvals.models import ApprovalRequest
from app.core import clock
from app.core.db import db
from app.evidence import service as evidence
from app.identity.models import Account, Authority
from app.identity.rules import AuthorityKind, Scope
from app.messages.mail import send_email
from app.messages.models import Notice
from app.purchases import declaring, queries, service
from app.purchases.benefit_rules import BenefitInput
from app.purchases.rules import DetailsInput, LineInput, State, Way
from tests.factories import actor_for, give_authority, make_account, make_holder
from tests.web.buying_world import World, get, make_world, photo, post, said, soup_of

LONG = "Wilhelmina-Bartholomea Featherstonehaugh-Cholmondeley"


@pytest.fixture
def world(session: Any) -> World:
    return make_world()


def broker_of(world: World, scope: Scope = Scope.PREPARE, limit: int | None = None) -> Account:
    account = make_account("Leonie Baptiste")
    give_authority(account, world.person, AuthorityKind.BROKER, scope, limit)
    db.session.commit()
    return account


def unsaid(world: World, account: Account) -> Any:
    actor = actor_for(account)
    draft = service.start_draft(actor, world.person, way=Way.OUTSIDE)
    outcome = next(iter(world.outcomes.values()))
    service.put_line(actor, draft, None, LineInput("Pool sessions", 3_200, outcome_ref=outcome))
    service.set_details(actor, draft, DetailsInput("Catford Leisure", bought_on=clock.today()))
    db.session.commit()
    return draft


def test_home_says_what_waits_for_whom(world: World, client: Any, sign_in: Any) -> None:
    leonie = broker_of(world)
    other = make_holder()[1]
    give_authority(leonie, other, AuthorityKind.BROKER, Scope.BUY, 25_000)
    right = db.session.scalars(sa.select(Authority).where(Authority.person_id == other.id)).all()[-1]
    right.month_limit_pence = 40_000
    other.given_name, other.family_name = LONG.split()
    unsaid(world, leonie)
    world.sent(("Goggles", 900), by=leonie)
    db.session.commit()
    sign_in(client, leonie)
    text = said(get(client, "/broker"))
    assert "You help 2 people. One thing waits for you." in text
    assert "Pool sessions £32.00 Not sent yet, since" in text
    assert "own side to say yes or no Goggles £9.00" in text
    assert "You can prepare purchases." in text
    assert "up to £250 at a time and £400 a month: £400 is left in" in text
    assert LONG in text
    assert "Nothing is waiting." in text
    assert soup_of(get(client, "/people")).find("a", href="/broker") is not None


def test_home_is_for_brokers_and_pages_turn(world: World, client: Any, sign_in: Any) -> None:
    sign_in(client, world.account)
    assert client.get("/broker").status_code == 404
    leonie = broker_of(world)
    sign_in(client, leonie)
    assert "You help one person. Nothing waits for you." in said(get(client, "/broker"))
    assert "There is nobody on this page" in said(get(client, "/broker?page=9"))


def test_home_tells_truly_what_the_broker_gets(world: World, client: Any, sign_in: Any) -> None:
    leonie = broker_of(world)
    sign_in(client, leonie)
    assert "nothing is bought or waits for an answer so far" in said(get(client, "/broker"))
    begun = unsaid(world, leonie)
    service.submit(actor_for(world.account), begun)
    db.session.commit()
    text = said(get(client, "/broker"))
    assert "You have not said yet what you get from your one purchase" in text
    assert "get nothing" not in text
    declaring.declare(actor_for(leonie), begun, BenefitInput(True, None, "5% of the price", "Catford Leisure"))
    db.session.commit()
    text = said(get(client, "/broker"))
    assert "you said that you get a share without a sum from one of your purchases" in text
    assert "5% of the price from Catford Leisure" in text
    declaring.declare(actor_for(leonie), begun, BenefitInput(False))
    db.session.commit()
    assert "you said that you get nothing from your one purchase" in said(get(client, "/broker"))


def test_many_clients_cost_no_more_statements(app: Flask, world: World, client: Any, sign_in: Any) -> None:
    leonie = broker_of(world)
    sign_in(client, leonie)
    counts = []
    for more in (1, 8):
        for _ in range(more):
            give_authority(leonie, make_holder()[1], AuthorityKind.BROKER, Scope.PREPARE)
            world.sent(("Goggles", 900), by=leonie)
        db.session.commit()
        db.session.expire_all()
        seen: list[str] = []

        def note(*args: Any, seen: list[str] = seen) -> None:
            seen.append(args[2])

        sa.event.listen(db.engine, "before_cursor_execute", note)
        try:
            get(client, "/broker")
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", note)
        counts.append(len(seen))
    assert counts[0] == counts[1], counts


def test_the_question_before_sending_and_the_holder_reads_the_answer(world: World, client: Any, sign_in: Any) -> None:
    leonie = broker_of(world)
    draft = unsaid(world, leonie)
    at = f"{world.at}/buy/{draft.ref}"
    sign_in(client, leonie)
    assert client.get(f"{at}/check").location == f"{at}/benefit", "a broker's last question"
    assert "Say whether you get anything from this" in said(post(client, f"{at}/send", 400))
    assert "Say whether you get anything" in said(post(client, f"{at}/benefit", 400))
    wrong = post(client, f"{at}/benefit", 400, gets="yes", gets_amount="20")
    assert "Say who it is from" in said(wrong)
    assert soup_of(wrong).select_one("input[name=gets_amount][value='20']") is not None, "what was typed stays"
    answer: dict[str, Any] = {"gets": "yes", "gets_amount": "20", "gets_what": "a fee", "gets_from": "Catford Leisure"}
    assert post(client, f"{at}/benefit", **answer).location == f"{at}/check"
    checked = said(get(client, f"{at}/check"))
    assert "Leonie Baptiste gets £20.00 from Catford Leisure: a fee" in checked
    assert "A person will look first" in checked
    post(client, f"{at}/send")
    sign_in(client, world.account)
    page = said(get(client, f"{world.at}/purchases/{draft.ref}"))
    assert "Leonie Baptiste gets £20.00 from Catford Leisure: a fee" in page
    assert page.index("gets £20.00") < page.index("What it is")
    post(client, f"{world.at}/purchases/{draft.ref}/confirm")
    db.session.refresh(draft)
    assert draft.state is State.AWAITING_APPROVAL
    sign_in(client, leonie)
    post(client, f"{world.at}/purchases/{draft.ref}/benefit", gets="no")
    page = said(get(client, f"{world.at}/purchases/{draft.ref}"))
    assert "gets £20.00" in page
    assert "gets nothing from it Put right on" in page


def test_nobody_else_meets_the_question(world: World, client: Any, sign_in: Any) -> None:
    draft = world.draft()
    sign_in(client, world.account)
    at = f"{world.at}/buy/{draft.ref}"
    assert client.get(f"{at}/benefit").location == f"{at}/check"
    assert get(client, f"{at}/check").status_code == 200
    assert client.get(f"{world.at}/purchases/{draft.ref}/benefit").status_code == 404


def test_a_right_that_ends_ends_in_every_open_tab(world: World, client: Any, sign_in: Any) -> None:
    leonie = broker_of(world, Scope.BUY)
    draft, sent = unsaid(world, leonie), world.sent(("Goggles", 900), by=leonie)
    file, name = photo()
    receipt = evidence.attach(actor_for(leonie), draft, FileStorage(file, filename=name))
    notice = Notice(
        account_id=leonie.id,
        person_id=world.person.id,
        kind="decided",
        title="Priya said yes to Goggles",
        body="",
        about="purchase",
        about_ref=sent.ref,
    )
    db.session.add(notice)
    db.session.commit()
    sign_in(client, leonie)
    tabs = [f"{world.at}/", f"{world.at}/buy/{draft.ref}/check", f"{world.at}/purchases/{sent.ref}", "/broker"]
    tabs += [f"{world.at}/receipts/{receipt.ref}", f"{world.at}/spending.csv", f"{world.at}/who"]
    opened = {path: client.get(path).status_code for path in tabs}
    assert "Goggles" in said(get(client, "/notices"))
    right = db.session.scalars(sa.select(Authority).where(Authority.account_id == leonie.id)).one()
    right.ended_at = clock.now()
    db.session.commit()

    for path, before in opened.items():
        assert client.get(path).status_code == 404, f"{path} answered {before} before"
    for path in (f"buy/{draft.ref}/send", f"purchases/{sent.ref}/take-back", f"buy/{draft.ref}/benefit", "basket/send"):
        assert client.post(f"{world.at}/{path}", data={"gets": "no"}).status_code == 404, path
    page = said(get(client, "/notices"))
    assert "Goggles" not in page
    assert "You have no notices" in page
    assert client.post(f"/notices/{notice.ref}").status_code == 404
    assert "Goggles" not in client.get("/people").text


def test_what_was_queued_before_the_end_says_nothing(world: World, caplog: Any) -> None:
    leonie, stays = broker_of(world), broker_of(world)
    notices = [
        Notice(account_id=account.id, person_id=world.person.id, kind="decided", title="N", body="", about="purchase")
        for account in (leonie, stays)
    ]
    db.session.add_all(notices)
    right = db.session.scalars(sa.select(Authority).where(Authority.account_id == leonie.id)).one()
    right.ended_at = clock.now()
    db.session.flush()
    with caplog.at_level(logging.INFO, logger="carepurse.mail"):
        for notice in notices:
            send_email(str(notice.id))
    told = [record.getMessage() for record in caplog.records]
    assert not any(leonie.email in line for line in told)
    assert any(stays.email in line for line in told)


def test_the_person_keeps_what_an_ended_broker_began(world: World, client: Any, sign_in: Any) -> None:
    leonie = broker_of(world)
    draft, prepared = unsaid(world, leonie), world.sent(("Goggles", 900), by=leonie)
    declaring.declare(actor_for(leonie), draft, BenefitInput(False))
    right = db.session.scalars(sa.select(Authority).where(Authority.account_id == leonie.id)).one()
    right.ended_at = clock.now()
    db.session.commit()
    sign_in(client, world.account)
    home = said(get(client, f"{world.at}/"))
    assert "Begun by Leonie Baptiste, not sent yet" in home
    for purchase in (draft, prepared):
        page = said(get(client, f"{world.at}/purchases/{purchase.ref}"))
        assert "Leonie Baptiste does not act for you any more" in page
    post(client, f"{world.at}/purchases/{prepared.ref}/confirm")
    post(client, f"{world.at}/buy/{draft.ref}/send")
    assert (draft.state, prepared.state) == (State.PAID, State.AWAITING_APPROVAL)
    assert draft.requested_by == world.account.id
    assert queries.drafts_of(actor_for(world.account), world.person) == []


def test_whose_yes_it_was_is_on_the_page_and_in_who_did_what(world: World, client: Any, sign_in: Any) -> None:
    noor = make_account("Noor Haddad")
    give_authority(noor, world.person, AuthorityKind.NOMINEE, Scope.BUY)
    leonie = broker_of(world)
    prepared = world.sent(("Goggles", 900), by=leonie)
    sign_in(client, noor)
    assert "Said yes" not in said(get(client, f"{world.at}/purchases/{prepared.ref}"))
    post(client, f"{world.at}/purchases/{prepared.ref}/confirm")
    yes = f"Said yes Noor Haddad, nominee, for {world.person.given_name}"
    assert yes in said(get(client, f"{world.at}/purchases/{prepared.ref}"))
    assert "Said yes to Goggles" in said(get(client, f"{world.at}/who"))
    sign_in(client, world.coordinator)
    request = db.session.scalars(sa.select(ApprovalRequest)).one()
    assert yes in said(get(client, f"/staff/requests/{request.ref}"))


def test_who_acts_for_whom_is_named_everywhere(world: World, client: Any, sign_in: Any) -> None:
    people = {
        "Nadia Rahman": AuthorityKind.REPRESENTATIVE,
        "Noor Haddad": AuthorityKind.NOMINEE,
        "Leonie Baptiste": AuthorityKind.BROKER,
    }
    given, sent = world.person.given_name, {}
    for name, kind in people.items():
        account = make_account(name)
        give_authority(account, world.person, kind, Scope.BUY)
        db.session.commit()
        sent[name] = world.sent((f"Goggles of {name.split()[0]}", 900), by=account)
        sign_in(client, account)
        for path in ("/", f"/purchases/{sent[name].ref}", "/spending", "/who", "/plan"):
            bars = soup_of(get(client, f"{world.at}{path}")).select(".cp-acting")
            words = [bar.get_text(" ", strip=True) for bar in bars]
            assert [f"You are acting for {given}" in line for line in words] == [True], (name, path)
    sign_in(client, world.account)
    spending, table = said(get(client, f"{world.at}/spending")), client.get(f"{world.at}/spending.csv").text
    who = said(get(client, f"{world.at}/who"))
    for name, kind in people.items():
        page = said(get(client, f"{world.at}/purchases/{sent[name].ref}"))
        assert f"Asked by {name}, {kind}, for {given}" in page
        assert f"{name} for {given}" in spending
        assert f"{name} for {given}" in table
        assert f"{name}, {kind}" in who
    notices = db.session.scalars(sa.select(Notice).where(Notice.person_id == world.person.id)).all()
    assert notices, "somebody was told"
    for notice in notices:
        account = db.session.get_one(Account, notice.account_id)
        sign_in(client, account)
        if account.id != world.account.id:
            assert f"for {given}" in said(get(client, "/notices")), notice.title
