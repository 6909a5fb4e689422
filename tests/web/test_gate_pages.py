"""The privacy gate on the pages: closed without a key, open with one, and the person reads what was opened."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage

from app.core import clock
from app.core.db import db
from app.evidence import service as evidence
from app.messages.models import Notice
from app.purchases.rules import State
from app.stewardship import telling
from app.stewardship.gate_clock import watch_gate
from app.stewardship.gate_models import Concern, PlanReview
from tests import factories as make
from tests.stewardship.gate_world import MARKER, NOON, NOTE, TODAY, Gate, announce, buy, make_gate, record
from tests.web.buying_world import photo


@pytest.fixture
def gate(session):
    with clock.at(NOON):
        yield make_gate()


def later(days: int):
    return clock.at(NOON + timedelta(days=days))


def money(gate: Gate, rest: str = "") -> str:
    return f"/staff/people/{gate.person.ref}/money{rest}"


def day(name: str, on) -> dict[str, str]:
    return {f"{name}-day": str(on.day), f"{name}-month": str(on.month), f"{name}-year": str(on.year)}


class TestClosed:
    def test_without_a_key_the_page_says_which_there_are(self, client: FlaskClient, sign_in, gate) -> None:
        buy(gate)
        answer = sign_in(client, gate.accounts["priya"]).get(money(gate))
        assert answer.status_code == 403
        for words in ("by one of three keys", "Announce a review", "Record a concern", "One purchase"):
            assert words in answer.text
        assert MARKER not in answer.text
        assert "£" not in answer.text

    def test_finance_sees_which_keys_there_are_and_has_none(self, client: FlaskClient, sign_in, gate) -> None:
        answer = sign_in(client, gate.accounts["finn"]).get(money(gate))
        assert answer.status_code == 403
        assert "Record a concern" not in answer.text
        assert "can ask you to look too" in answer.text

    def test_elsewhere_there_is_no_such_person(self, client: FlaskClient, sign_in, gate) -> None:
        stranger = make.make_account("Ingrid Solberg")
        make.make_post(stranger, make.make_commissioner("Wendover Hills Care Board"))
        sign_in(client, stranger)
        for rest in ("/money", "/money/plan", "/reviews", "/reviews/new", "/concerns", "/concerns/new"):
            assert client.get(f"/staff/people/{gate.person.ref}{rest}").status_code == 404, rest

    def test_another_key_than_ones_own_opens_nothing(self, client: FlaskClient, sign_in, gate) -> None:
        concern = record(gate)
        assert sign_in(client, gate.accounts["dorothy"]).get(money(gate, f"?key={concern.ref}")).status_code == 403


class TestReview:
    def test_from_announcing_to_what_was_agreed(self, client: FlaskClient, sign_in, gate) -> None:
        bought = buy(gate)
        file, name = photo()
        receipt = evidence.attach(gate.actor("nadia"), bought, FileStorage(file, filename=name))
        db.session.flush()
        sign_in(client, gate.accounts["priya"])
        page = f"/staff/people/{gate.person.ref}/reviews/new"
        assert "8 December or later" in client.get(page).text
        on = TODAY + timedelta(days=14)
        form = {
            "kind": "three_month",
            **day("starts_on", on),
            **day("look_from", TODAY - timedelta(days=60)),
            **day("look_until", on),
            "what": "How the money was used",
            "colleague": "",
        }
        too_soon = client.post(page, data=form | day("starts_on", TODAY + timedelta(days=3)))
        assert too_soon.status_code == 400
        assert "at least 14 days before" in too_soon.text
        assert client.post(page, data=form).status_code == 303
        review = db.session.query(PlanReview).one()
        assert client.get(money(gate)).status_code == 403
        with later(14):
            sign_in(client, gate.accounts["priya"])
            listed = client.get(money(gate))
            assert listed.status_code == 200
            assert MARKER in listed.text
            assert "It is open until Monday 21 December" in listed.text
            one = client.get(money(gate, f"/purchases/{bought.ref}"))
            assert NOTE in one.text
            assert client.get(money(gate, f"/receipts/{receipt.ref}")).status_code == 200
            assert "I like being by the water" in client.get(money(gate, "/plan")).text
            sign_in(client, gate.accounts["nadia"])
            seen = client.get(f"/p/{gate.person.ref}/looked").text
            for words in (
                "Priya Shah looked at the spending from",
                f"looked at {MARKER}",
                f"looked at a receipt of {MARKER}",
                "looked at the plan",
                "for the review of Tuesday 8 December 2026",
            ):
                assert words in seen, words
            sign_in(client, gate.accounts["priya"])
            outcome = {"agreed": "Swimming helps. Nothing changes.", "risk": "low"}
            outcome |= day("next_on", TODAY.replace(year=2027))
            here = f"/staff/people/{gate.person.ref}/reviews/{review.ref}"
            assert client.post(f"{here}/outcome", data=outcome).status_code == 303
            assert client.get(money(gate)).status_code == 403
            sign_in(client, gate.accounts["nadia"])
            read = client.get(f"/p/{gate.person.ref}/plan/reviews/{review.ref}").text
            assert "Swimming helps. Nothing changes." in read
            assert "24 November 2027" in read

    def test_the_person_knows_in_advance_and_asks_for_another_day(self, client: FlaskClient, sign_in, gate) -> None:
        review = announce(gate)
        here = f"/p/{gate.person.ref}"
        sign_in(client, gate.accounts["nadia"])
        for page in (f"{here}/", f"{here}/plan", f"{here}/plan/reviews"):
            assert "Tuesday 8 December" in client.get(page).text, page
        one = f"{here}/plan/reviews/{review.ref}"
        assert "How the money was used for each outcome." in client.get(one).text
        assert client.post(f"{one}/another-day", data={"wish": ""}).status_code == 400
        assert client.post(f"{one}/another-day", data={"wish": "Any Friday"}).status_code == 303
        sign_in(client, gate.accounts["priya"])
        staff = f"/staff/people/{gate.person.ref}/reviews/{review.ref}"
        assert "Any Friday" in client.get(staff).text
        assert client.post(f"{staff}/move", data=day("starts_on", TODAY + timedelta(days=17))).status_code == 303
        assert client.post(f"{staff}/call-off", data={"why": "I am ill"}).status_code == 303
        sign_in(client, gate.accounts["nadia"])
        assert "I am ill" in client.get(one).text

    def test_not_for_brokers(self, client: FlaskClient, sign_in, gate) -> None:
        review, concern = announce(gate), record(gate)
        sign_in(client, gate.accounts["leonie"])
        for rest in ("looked", "plan/reviews", f"plan/reviews/{review.ref}", f"concerns/{concern.ref}"):
            assert client.get(f"/p/{gate.person.ref}/{rest}").status_code == 404, rest
        assert "Who has looked?" not in client.get(f"/p/{gate.person.ref}/").text


class TestConcern:
    def form(self, gate: Gate, **changes: str) -> dict[str, str]:
        return {
            "kind": "pressure",
            "words": "A neighbour waits outside, WHISPERED",
            "second": gate.accounts["marcus"].ref,
            "told_words": "We want to understand two payments.",
            "telling": "now",
            "delay_why": "",
        } | changes

    def test_recorded_looked_closed_and_read_by_the_person(self, client: FlaskClient, sign_in, gate) -> None:
        buy(gate)
        sign_in(client, gate.accounts["priya"])
        new = f"/staff/people/{gate.person.ref}/concerns/new"
        assert client.post(new, data=self.form(gate, words="", second="")).status_code == 400
        assert client.post(new, data=self.form(gate)).status_code == 303
        assert MARKER in client.get(money(gate)).text
        concern = db.session.query(Concern).one()
        here = f"/staff/people/{gate.person.ref}/concerns/{concern.ref}"
        assert "WHISPERED" in client.get(here).text
        assert client.post(f"{here}/renew", data={"why": "The bank is slow"}).status_code == 303
        closing = {"outcome": "A slip, WHISPERED", "told_outcome": "It was a slip of the bank."}
        assert client.post(f"{here}/close", data=closing).status_code == 303
        assert client.get(money(gate)).status_code == 403
        sign_in(client, gate.accounts["nadia"])
        pages = [f"/p/{gate.person.ref}/{rest}" for rest in ("looked", "who", f"concerns/{concern.ref}")]
        said = " ".join(client.get(page).text for page in [*pages, "/notices"])
        assert "It was a slip of the bank." in said
        assert "because of a concern recorded on Tuesday 24 November 2026" in said
        assert "WHISPERED" not in said
        assert "bank is slow" not in said

    def test_while_it_is_put_off_no_page_says_so_and_then_all_do(self, client: FlaskClient, sign_in, gate) -> None:
        buy(gate)
        sign_in(client, gate.accounts["priya"])
        later_form = self.form(gate, telling="later", delay_why="He reads her messages")
        new = f"/staff/people/{gate.person.ref}/concerns/new"
        assert client.post(new, data=self.form(gate, telling="later")).status_code == 400
        assert client.post(new, data=later_form).status_code == 303
        assert client.get(money(gate)).status_code == 403
        concern = db.session.query(Concern).one()
        telling.decide(gate.actor("dorothy"), concern, TODAY + timedelta(days=5), "He moves out on Friday")
        db.session.commit()
        assert client.get(money(gate)).status_code == 200
        sign_in(client, gate.accounts["aldo"])
        assert "WHISPERED" in client.get(f"/staff/people/{gate.person.ref}/concerns/{concern.ref}").text
        pages = [f"/p/{gate.person.ref}/{rest}" for rest in ("", "looked", "who", "plan", "plan/reviews")]
        sign_in(client, gate.accounts["nadia"])
        for page in [*pages, "/notices"]:
            text = client.get(page).text
            assert "oncern" not in text.replace("or because of a concern. Auditors check", ""), page
            assert "Aldo" not in text, page
        assert client.get(f"/p/{gate.person.ref}/concerns/{concern.ref}").status_code == 404
        with later(5):
            watch_gate()
            db.session.commit()
            sign_in(client, gate.accounts["nadia"])
            seen = client.get(f"/p/{gate.person.ref}/looked").text
            assert "Tuesday 24 November" in seen
            assert "Priya Shah looked at the spending" in seen
            assert "Aldo Reyes looked at the concern of" in seen
            assert "You were told later" in client.get(f"/p/{gate.person.ref}/concerns/{concern.ref}").text

    def test_only_a_safeguarding_lead_who_did_not_record_it_decides(self, client: FlaskClient, sign_in, gate) -> None:
        concern = record(gate, delay="He reads her messages")
        here = f"/staff/people/{gate.person.ref}/concerns/{concern.ref}/telling"
        form = {"telling": "now", "why": "It is safe"}
        for who in ("priya", "marcus", "finn", "joy", "aldo", "nadia"):
            assert sign_in(client, gate.accounts[who]).post(here, data=form).status_code in (403, 404), who
        sign_in(client, gate.accounts["dorothy"])
        assert client.post(here, data={"telling": "later", "why": "Not yet"}).status_code == 400
        assert client.post(here, data=form).status_code == 303
        assert concern.told_at is not None

    def test_a_colleague_without_a_part_reads_nothing(self, client: FlaskClient, sign_in, gate) -> None:
        concern = record(gate)
        sign_in(client, gate.accounts["dorothy"])
        assert client.get(f"/staff/people/{gate.person.ref}/concerns/{concern.ref}").status_code == 404
        assert "WHISPERED" not in client.get(f"/staff/people/{gate.person.ref}/concerns").text
        assert "Concerns</a>" not in client.get(f"/staff/people/{gate.person.ref}").text


class TestAround:
    def test_ways_in_from_work_and_from_the_person(self, client: FlaskClient, sign_in, gate) -> None:
        announce(gate)
        sign_in(client, gate.accounts["priya"])
        assert "/staff/gate" in client.get("/staff/").text
        assert "Amira Rahman" in client.get("/staff/gate").text
        hub = client.get(f"/staff/people/{gate.person.ref}").text
        for words in ("Money and plan", "Reviews", "Record a concern"):
            assert words in hub

    def test_an_admin_names_a_safeguarding_lead(self, client: FlaskClient, sign_in, gate) -> None:
        sign_in(client, gate.accounts["joy"])
        assert "Dorothy Lane, safeguarding lead" in client.get("/staff/team").text
        named = {"account": gate.accounts["marcus"].ref, "safeguards": "yes"}
        assert client.post("/staff/team/safeguarding", data=named).status_code == 303
        assert "Marcus Bell, safeguarding lead" in client.get("/staff/team").text
        client.post("/staff/team/safeguarding", data=named | {"account": gate.accounts["aldo"].ref})
        assert "Aldo Reyes, safeguarding lead" not in client.get("/staff/team").text
        sign_in(client, gate.accounts["priya"])
        assert client.post("/staff/team/safeguarding", data=named).status_code == 403

    def test_receipts_missing_is_said_without_a_figure(self, client: FlaskClient, sign_in, gate) -> None:
        bought = buy(gate)
        bought.state, bought.paid_on = State.PAID, TODAY - timedelta(days=20)
        db.session.commit()
        sign_in(client, gate.accounts["priya"])
        for page in ("/staff/budgets", f"/staff/people/{gate.person.ref}"):
            text = client.get(page).text
            assert "Receipts missing" in text
            assert MARKER not in text

    def test_every_notice_leads_somewhere(self, client: FlaskClient, sign_in, gate) -> None:
        announce(gate)
        record(gate)
        watch_gate()
        for who in ("nadia", "priya", "marcus"):
            sign_in(client, gate.accounts[who])
            for notice in db.session.query(Notice).filter_by(account_id=gate.accounts[who].id):
                there = client.post(f"/notices/{notice.ref}")
                assert client.get(there.location).status_code == 200, notice.title
