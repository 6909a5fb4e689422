"""Two brokers of one person: neither meets the other's work, on any page. The person's own side meets all of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage

from app.budgets.regular_queries import ANOTHERS
from app.core import clock
from app.core.db import db
from app.evidence import service as evidence
from app.identity.models import Account
from app.identity.rules import AuthorityKind, Scope
from app.marketplace import service as marketplace
from app.marketplace.rules import Category, Unit
from app.marketplace.service import NewListing, NewProvider
from app.purchases import basket, queries, service
from app.purchases.models import Purchase
from app.purchases.own_work import known_to, knows
from app.purchases.rules import DetailsInput, LineInput
from tests import factories as make
from tests.web.asked import make_asked
from tests.web.buying_world import photo
from tests.web.second_looks_made import make_second_looks
from tests.web.team_things import make_team_things
from tests.web.things_made import make_kept_things, make_regular

#: What somebody begins for a person, by the names that addresses use.
_WORK = {"purchase_ref", "line_ref", "receipt_ref", "idea_ref", "enquiry_ref", "quote_ref", "saved_ref", "watch_ref"}
_WORK |= {"conversation_ref", "attachment_ref", "suggestion_ref", "regular_ref"}
#: Words that only Ada's work has in it.
_ADAS = ("trampoline", "Garden World", "Pottery", "A lift to the pool", "Ukulele", "Lewisham Otters", "Catford Baths")


class Two:
    """Ada and Bea, brokers of Sam, and everything that Ada began."""

    def __init__(self) -> None:
        self.holder, self.person, self.plan, self.budget = make.make_holder()
        self.ada, self.bea = self._broker("Ada Adviser"), self._broker("Bea Broker")
        outcome = self.plan.outcomes[0]
        provider = marketplace.add_provider(make.SYSTEM, NewProvider("Lewisham Otters", lat=51.44, lon=0.0))
        offer = NewListing("Company at the pool", Category.PERSONAL_ASSISTANT, Unit.HOUR, 2_200, at_venue=True)
        listing = marketplace.add_listing(make.SYSTEM, provider, offer)
        actor = make.actor_for(self.ada)
        self.draft = self._purchase(self.ada, "A trampoline for the garden")
        self.sent = service.submit(actor, self._purchase(self.ada, "Another trampoline"))
        file, name = photo()
        receipt = evidence.attach(actor, self.draft, FileStorage(file, filename=name))
        self.in_basket = basket.put_in_basket(
            actor, self.person, LineInput(listing_ref=listing.ref, outcome_ref=outcome.ref), None
        )
        coordinator = make.make_account("Carl Coordinator")
        self.refs = {
            "listing_ref": listing.ref,
            "purchase_ref": self.draft.ref,
            "line_ref": self.draft.lines[0].ref,
            "receipt_ref": receipt.ref,
            **make_second_looks(self.ada, self.person, outcome.ref),
            **make_kept_things(self.ada, self.person, listing.ref),
            **make_asked(self.person, self.ada, listing),
            **make_team_things(self.person, self.ada, coordinator, self.budget, outcome),
            **make_regular(self.ada, self.person, outcome.ref, listing.ref),
        }
        db.session.commit()

    def _broker(self, name: str) -> Account:
        account = make.make_account(name)
        make.give_authority(account, self.person, AuthorityKind.BROKER, Scope.BUY)
        return account

    def _purchase(self, account: Account, what: str) -> Purchase:
        actor = make.actor_for(account)
        purchase = service.start_draft(actor, self.person)
        line = LineInput(what, 3_200, outcome_ref=self.plan.outcomes[0].ref)
        service.put_line(actor, purchase, None, line)
        service.set_details(actor, purchase, DetailsInput("Garden World", bought_on=clock.today()))
        make.say_gets_nothing(actor, purchase)
        return purchase


@pytest.fixture
def two(session: Any) -> Two:
    return Two()


def addresses(app: Flask, two: Two) -> Iterator[str]:
    """Every page of a person that names a thing somebody began, with Ada's thing in it."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda item: item.rule):
        theirs = rule.rule.startswith("/p/<person_ref>/") and not _WORK.isdisjoint(rule.arguments)
        if not theirs or "GET" not in (rule.methods or ()):
            continue
        path = rule.rule.replace("<person_ref>", two.person.ref)
        path = path.replace("basket/sent/<purchase_ref>", f"basket/sent/{two.sent.ref}")
        for name in rule.arguments - {"person_ref"}:
            assert name in two.refs, f"{rule.rule}: make Ada one of {name}"
            path = re.sub(f"<(?:[a-z]+:)?{name}>", two.refs[name], path)
        yield path
    for purchase in (two.sent, two.in_basket):
        yield f"/p/{two.person.ref}/purchases/{purchase.ref}"


def test_another_brokers_thing_is_not_there_on_any_page(app: Flask, two: Two, client: Any, sign_in: Any) -> None:
    found = list(addresses(app, two))
    assert len(found) > 25
    for who, there in ((two.bea, False), (two.ada, True), (two.holder, True)):
        sign_in(client, who)
        for path in found:
            status = client.get(path).status_code
            # a broker says no to nothing, whatever is there
            closed = status == 404 or (status == 403 and path.endswith("/turn-down"))
            if path.endswith(f"purchases/{two.draft.ref}/benefit") and who is two.holder:
                continue  # only the broker puts right what they said
            assert closed is not there or who is two.ada, f"{who.name}: {path} answers {status}"


def test_no_list_tells_of_another_brokers_work(two: Two, client: Any, sign_in: Any) -> None:
    at = f"/p/{two.person.ref}"
    pages = ["", "basket", "buy", "spending", "spending.csv", "ideas", "questions", "saved", "messages", "regular"]
    pages += ["regular/coming", "who", "plan", "budget", "find?q=pool", "suggest"]
    sign_in(client, two.bea)
    for page in pages:
        answer = client.get(f"{at}/{page}")
        assert answer.status_code in {200, 303}, page
        for words in _ADAS:
            if page.startswith("find") and words == "Lewisham Otters":
                continue  # the marketplace is for everybody
            assert words not in answer.text, f"{page}: {words}"
        assert "Ada Adviser" not in answer.text, page


def test_the_money_adds_up_all_the_same(two: Two, client: Any, sign_in: Any) -> None:
    at = f"/p/{two.person.ref}/spending"
    sign_in(client, two.bea)
    text = client.get(at).text
    assert ANOTHERS in text
    assert "£32.00" in text
    assert two.sent.ref not in text
    for words in ("trampoline", "Garden", "Ada"):
        assert "Nothing matches" in client.get(at, query_string={"words": words}).text
    own = service.submit(make.actor_for(two.bea), two._purchase(two.bea, "A kite"))
    mine = service.submit(make.actor_for(two.holder), two._purchase(two.holder, "A bird table"))
    db.session.commit()
    text = client.get(at).text
    assert own.ref in text, "with a way to it"
    assert "A bird table" in text, "the person's own spending is on the budget's pages"
    assert mine.ref not in text, "its story is not a broker's"
    assert client.get(f"/p/{two.person.ref}/purchases/{mine.ref}").status_code == 404
    sign_in(client, two.holder)
    text = client.get(at).text
    assert all(words in text for words in ("trampoline", "A kite", "A bird table"))


def test_the_row_and_the_statement_say_the_same(two: Two) -> None:
    own = service.submit(make.actor_for(two.bea), two._purchase(two.bea, "A kite"))
    two._purchase(two.holder, "A bird table")
    for account in (two.ada, two.bea, two.holder):
        viewer = make.actor_for(account)
        listed = set(db.session.query(Purchase).filter(*known_to(viewer, two.person.id)))
        assert listed == {purchase for purchase in db.session.query(Purchase) if knows(viewer, purchase)}
        assert (own in listed) is (account is not two.ada)


def test_a_brokers_draft_is_the_persons_to_finish_and_stays_the_brokers_work(two: Two) -> None:
    me, person = make.actor_for(two.holder), two.person
    assert {item.ref for item in queries.drafts_of(me, person)} >= {two.draft.ref, two.in_basket.ref}
    assert two.in_basket.ref in {row.purchase_ref for row in queries.waiting_for(me, person)}
    service.submit(me, two.draft)
    assert two.draft.requested_by == two.holder.id
    assert queries.purchase_for(make.actor_for(two.ada), person, two.draft.ref) is two.draft


def test_who_did_what_tells_a_broker_of_their_own_work(two: Two, client: Any, sign_in: Any) -> None:
    own = service.submit(make.actor_for(two.bea), two._purchase(two.bea, "A kite"))
    service.cancel(make.actor_for(two.holder), own, "Too windy")
    db.session.commit()
    sign_in(client, two.bea)
    text = client.get(f"/p/{two.person.ref}/who").text
    assert "Took back A kite" in text
    assert "Too windy" in text
    assert "Sam Okafor, budget holder" in text
    sign_in(client, two.holder)
    assert "Ada Adviser, broker" in client.get(f"/p/{two.person.ref}/who").text


