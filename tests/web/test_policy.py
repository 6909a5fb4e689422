"""The pages of the policy: read by all staff, changed by admins, nothing typed is lost, nobody's purchase is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.identity.models import Account
from app.identity.rules import StaffRole
from app.policy import drafts, handing, queries
from app.policy.document import PolicyDocument
from app.policy.exchange_reading import read
from app.policy.models import PolicyDraft, PolicySimulation, PolicyVersion
from app.policy.service import publish
from app.purchases import service as purchases
from tests import factories
from tests.purchases.world import World, build
from tests.web.hostile import words_of

WHY = "The public health team asked for it in September."


@dataclass
class Desk:
    world: World
    client: FlaskClient
    joy: Account
    kofi: Account
    sign_in: object

    def as_(self, account: Account) -> FlaskClient:
        self.sign_in(self.client, account)
        return self.client

    @property
    def draft(self) -> PolicyDraft:
        found = db.session.scalars(select(PolicyDraft).order_by(PolicyDraft.id.desc())).first()
        assert found is not None
        return found

    def post(self, path: str, **data: str) -> tuple[int, str]:
        answer = self.client.post(
            f"/staff/policy/drafts/{self.draft.ref}{path}", data={"seen": str(self.draft.version), **data}
        )
        return answer.status_code, answer.text


@pytest.fixture
def desk(client: FlaskClient, session: object, sign_in: object) -> Desk:
    world = build()
    joy, kofi = factories.make_account("Joy Abara"), factories.make_account("Kofi Mensah")
    for account in (joy, kofi):
        factories.make_post(account, world.commissioner, StaffRole.ADMIN)
    publish(factories.SYSTEM, world.commissioner.id, queries.default_policy(), factories.LONG_AGO)
    return Desk(world, client, joy, kofi, sign_in)


def day(name: str, value: date) -> dict[str, str]:
    return {f"{name}-day": str(value.day), f"{name}-month": str(value.month), f"{name}-year": str(value.year)}


FIGURES = {
    "item_threshold_pence": "£500.00",
    "price_tolerance_percent": "25%",
    "low_price_percent": "50%",
    "duplicate_days": "3 days",
    "split_days": "7 days",
    "similar_percent": "80%",
}


DOORS = {"at_basket": "", "at_outside": "", "at_card": "", "at_statement": ""}


def test_two_people_change_the_policy(desk: Desk) -> None:
    desk.as_(desk.joy)
    assert desk.client.post("/staff/policy/drafts").status_code == 303
    assert desk.post("/figures", **{**FIGURES, "item_threshold_pence": "£400"})[0] == 303
    rule = {"action": "warn", "sentence": "Sentence.", "next_step": "Step.", **DOORS}
    status, page = desk.post("/rule?rule=alcohol", **rule)
    assert status == 400
    assert "Say why, in a sentence" in page
    assert "Sentence." in page
    assert desk.post("/rule?rule=alcohol", **rule, reason=WHY)[0] == 303
    tomorrow = clock.today() + timedelta(1)
    assert desk.post("/ask", summary=WHY, **day("starts_on", tomorrow))[0] == 303
    status, page = desk.post("/publish", **day("starts_on", tomorrow))
    assert status == 403
    desk.as_(desk.kofi)
    notice = desk.client.get("/notices").text
    assert "Joy Abara asks you to look at a draft" in notice
    page = words_of(desk.client.get(f"/staff/policy/drafts/{desk.draft.ref}").text)
    assert "Below the law’s own rule" in page
    assert WHY in page
    assert "from £500.00" not in page
    assert "“£500.00” becomes “£400.00”" in page
    status, page = desk.post("/publish", **day("starts_on", clock.today() - timedelta(1)))
    assert status == 400
    assert "today or later" in page
    assert desk.post("/publish", **day("starts_on", tomorrow))[0] == 303
    history = words_of(desk.client.get("/staff/policy/history").text)
    assert "Drafted by Joy Abara, published by Kofi Mensah" in history
    assert "To come" in history
    name = db.session.scalars(select(PolicyVersion.version).order_by(PolicyVersion.id.desc())).first()
    gone = desk.client.post(f"/staff/policy/withdraw?version={name}", data={"why": WHY})
    assert gone.status_code == 303
    assert "Taken back" in words_of(desk.client.get("/staff/policy/history").text)


@pytest.mark.parametrize("role", [StaffRole.COORDINATOR, StaffRole.FINANCE, StaffRole.AUDITOR])
def test_other_staff_read_it_all_and_are_offered_no_change(desk: Desk, role: StaffRole) -> None:
    draft = drafts.start(factories.actor_for(desk.joy), desk.world.commissioner.id)
    reader = factories.make_account("Robin Vale")
    factories.make_post(reader, desk.world.commissioner, role)
    desk.as_(reader)
    for page in ("", "/rule?rule=alcohol", "/history", "/compare", "/words", "/file"):
        answer = desk.client.get(f"/staff/policy{page}")
        assert answer.status_code == 200, page
        assert "Start a draft" not in answer.text
        if role is not StaffRole.AUDITOR:
            assert "/policy/drafts" not in answer.text
    whole = desk.client.get(f"/staff/policy/drafts/{draft.ref}")
    assert whole.status_code == (200 if role is StaffRole.AUDITOR else 403), "an auditor reads what is to come too"
    assert desk.client.get(f"/staff/policy/drafts/{draft.ref}/figures").status_code == 403
    assert desk.client.post("/staff/policy/drafts").status_code == 403


def test_trying_counts_what_is_typed_and_keeps_nothing(desk: Desk) -> None:
    desk.as_(desk.joy)
    desk.client.post("/staff/policy/drafts")
    before = desk.draft.digest
    status, page = desk.post(
        "/words?rule=alcohol", put_in="zingleberry", try_text="a zingleberry for Sunday", step="try", reason="half a"
    )
    said = words_of(page)
    assert status == 200
    assert "the draft answers otherwise" in said
    assert "No rule speaks against it" in said
    assert "“zingleberry” in “a zingleberry for Sunday”" in said
    assert "half a" in page
    assert desk.draft.digest == before
    status, page = desk.post("/figures", **{**FIGURES, "split_days": "soon"}, try_text="Bed", step="try")
    assert status == 400
    assert 'value="soon"' in page
    assert "whole number" in page


def test_words_that_cannot_be_are_named_and_stay(desk: Desk) -> None:
    desk.as_(desk.joy)
    desk.client.post("/staff/policy/drafts")
    status, page = desk.post("/words?rule=alcohol", put_in="new ale\nbad | word", take_out="zingleberry")
    assert status == 400
    assert "“bad | word” has a sign in it" in words_of(page)
    assert "“zingleberry” is not on the list" in words_of(page)
    assert "new ale" in page


def test_a_draft_that_somebody_else_changed_is_not_overwritten(desk: Desk) -> None:
    desk.as_(desk.joy)
    desk.client.post("/staff/policy/drafts")
    old = str(desk.draft.version)
    assert desk.post("/figures", **{**FIGURES, "split_days": "9"})[0] == 303
    status, page = desk.post("/figures", **{**FIGURES, "duplicate_days": "2"}, seen=old, reason=WHY)
    assert status == 400
    assert "while you were looking at it" in words_of(page)
    assert 'value="2"' in page
    assert queries.draft_document(desk.draft).thresholds.split_days == 9


def test_what_was_typed_stays_when_the_draft_was_sent_on_meanwhile(desk: Desk) -> None:
    desk.as_(desk.joy)
    desk.client.post("/staff/policy/drafts")
    desk.post("/figures", **FIGURES, reason=WHY)
    desk.post("/words?rule=alcohol", put_in="zork ale")
    handing.ask(factories.actor_for(desk.joy), desk.draft.ref, desk.draft.version, WHY, clock.today())
    db.session.commit()
    status, page = desk.post("/words?rule=alcohol", put_in="a long list of ales")
    assert status == 400
    assert "A second person looks at this draft now" in words_of(page)
    assert "a long list of ales" in page


def test_a_trial_shows_counts_and_no_ones_purchase(desk: Desk) -> None:
    world = desk.world
    purchases.submit(world.me, world.outside(("Birthday bed for Samuel O.", 45_000, None), payee="Bob the Bedman"))
    desk.as_(desk.joy)
    desk.client.post("/staff/policy/drafts")
    desk.post("/figures", **{**FIGURES, "item_threshold_pence": "£400"})
    assert desk.post("/trial", months="13")[0] == 400
    assert desk.post("/trial", months="3")[0] == 303
    answer = desk.client.get(f"/staff/policy/drafts/{desk.draft.ref}/trial")
    page = words_of(answer.text)
    assert "1 purchases with 1 lines in 3 months" in page
    for private in ("Birthday", "Samuel", "Bob", world.person.ref, world.person.given_name):
        assert private not in page
    assert "Refresh" not in answer.headers


def test_a_trial_that_is_going_on_says_how_far_and_can_be_kept_still(desk: Desk) -> None:
    desk.as_(desk.joy)
    desk.client.post("/staff/policy/drafts")
    draft = desk.draft
    trial = PolicySimulation(
        commissioner_id=draft.commissioner_id, draft_id=draft.id, digest=draft.digest, base_digest="", months=6,
        state="running", done=2_000, total=8_000, asked_by_name="Joy Abara",
    )  # fmt: skip
    db.session.add(trial)
    db.session.commit()
    path = f"/staff/policy/drafts/{draft.ref}/trial"
    answer = desk.client.get(path)
    assert answer.headers["Refresh"] == "5"
    assert "2,000 of 8,000 purchases are done" in words_of(answer.text)
    assert "Refresh" not in desk.client.get(f"{path}?still=1").headers
    trial.written_at = clock.now() - timedelta(hours=1)  # the worker died at it
    db.session.commit()
    answer = desk.client.get(path)
    assert "Refresh" not in answer.headers
    assert "did not come to an end. It took too long" in words_of(answer.text)
    assert "Try it on past purchases" in words_of(answer.text), "it can be tried again"


def test_the_words_are_searched_paged_and_told_by_category(desk: Desk) -> None:
    desk.as_(desk.joy)
    page = words_of(desk.client.get("/staff/policy/words?words=merlot").text)
    assert "merlot" in page
    exceptions = words_of(desk.client.get("/staff/policy/words?show=exceptions&words=wine+gums").text)
    assert "means nothing" in exceptions
    assert "wine gum" in exceptions
    assert words_of(desk.client.get("/staff/policy/words?page=9999&category=alcohol").text)
    assert "0 words and phrases" in words_of(desk.client.get("/staff/policy/words?words=zingleberry").text)


def test_the_file_is_the_policy(desk: Desk) -> None:
    answer = desk.as_(desk.joy).get("/staff/policy/file")
    found, problems = read(answer.text, PolicyDocument.load_default())
    assert problems == []
    assert found == PolicyDocument.load_default()
    assert re.search(r'filename="policy-[\w.]+\.txt"', answer.headers["Content-Disposition"])


def test_a_version_that_is_not_there_is_not_found(desk: Desk) -> None:
    desk.as_(desk.joy)
    for path in ("?version=9", "/rule?rule=none", "/withdraw?version=9"):
        assert desk.client.get(f"/staff/policy{path}").status_code == 404
