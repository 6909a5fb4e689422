"""The team's own pages: answering together, words kept ready, simple rules, who is away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.approvals.models import ApprovalRequest, ReasonTemplate, SimpleRule
from app.approvals.rules import RequestState
from app.core import clock
from app.core.db import db
from app.identity.models import Absence, StaffPost
from tests.factories import make_account, make_post
from tests.web.buying_world import World, get, make_world, post, said, soup_of


@pytest.fixture
def world(session: Any, client: Any, sign_in: Any) -> World:
    made = make_world()
    db.session.scalars(select(StaffPost).where(StaffPost.account_id == made.coordinator.id)).one().leads = True
    db.session.commit()
    sign_in(client, made.coordinator)
    return made


def test_four_alike_are_answered_on_one_page(world: World, client: Any) -> None:
    for pence in (3_000, 3_100, 3_200, 3_300):
        world.sent((f"Trampoline {pence}", pence))
    page = soup_of(get(client, "/staff/queue"))
    (way,) = [a["href"] for a in page.select(".nhsuk-inset-text a")]
    form = soup_of(get(client, way))
    refs = [box["value"] for box in form.select("input[name=refs]")]
    assert len(refs) == 4
    assert all(box.has_attr("checked") for box in form.select("input[name=refs]"))
    again = client.post(way, data={"refs": refs[1:], "answer": "no", "reason": "There is one at the park."})
    assert again.status_code == 400
    assert "Choose a reason" in said(again)
    assert "There is one at the park." in again.text
    post(client, way, refs=refs[1:], answer="yes", reason="Jump well.")
    states = [row.state for row in db.session.scalars(select(ApprovalRequest).order_by(ApprovalRequest.id))]
    assert sorted(states) == [RequestState.APPROVED] * 3 + [RequestState.WAITING]
    assert "You approved 3." in said(get(client, "/staff/queue"))


def test_words_kept_ready_fill_the_box_and_stay_editable(world: World, client: Any) -> None:
    post(client, "/staff/reasons/new", answer="no", name="Not in plan", words="It is not in your plan yet.")
    kept = db.session.scalars(select(ReasonTemplate)).one()
    world.referred()
    request = db.session.scalars(select(ApprovalRequest)).one()
    page = soup_of(get(client, f"/staff/requests/{request.ref}/decline"))
    (way,) = [a["href"] for a in page.select("a") if a.get_text() == "Not in plan"]
    box = soup_of(get(client, way)).select_one("textarea")
    assert box is not None
    assert box.get_text(strip=True) == "It is not in your plan yet."
    same = {"answer": "no", "name": "Not in plan", "words": "Not yet.", "version": "9"}
    stale = client.post(f"/staff/reasons/{kept.ref}", data=same)
    assert stale.status_code == 400
    assert "changed these words meanwhile" in said(stale)
    post(client, f"/staff/reasons/{kept.ref}/remove")
    assert get(client, f"/staff/requests/{request.ref}/decline?use={kept.ref}").status_code == 200


def test_a_simple_rule_answers_what_comes_next(world: World, client: Any, sign_in: Any) -> None:
    typed = {"name": "Trampolines", "category": "", "words": "trampoline", "outcome_words": "", "most": "40"}
    bad = client.post("/staff/simple-rules/new", data={**typed, "times": "x", "why": ""})
    assert bad.status_code == 400
    post(client, "/staff/simple-rules/new", **typed, times="2", why="Everybody likes them.")
    purchase = world.sent(("A trampoline for the garden", 3_200))
    assert purchase.state_words == "Paid"
    assert "Answered so far 1" in said(get(client, "/staff/simple-rules"))
    rule = db.session.scalars(select(SimpleRule)).one()
    tom = make_account("Tom Reid")
    make_post(tom, world.commissioner)
    db.session.commit()
    sign_in(client, tom)
    assert "Whoever leads the team" in said(get(client, "/staff/simple-rules/new"))
    assert client.post(f"/staff/simple-rules/{rule.ref}/end").status_code == 403
    sign_in(client, world.coordinator)
    post(client, f"/staff/simple-rules/{rule.ref}/end")
    assert "Ended" in said(get(client, "/staff/simple-rules"))


def test_leave_that_begins_today_hands_over_at_once(world: World, client: Any) -> None:
    tom = make_account("Tom Reid")
    make_post(tom, world.commissioner)
    world.referred()
    day, last = clock.today(), clock.today() + timedelta(days=4)
    typed = {"account": world.coordinator.ref, "cover": tom.ref}
    typed |= {f"starts_on__{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
    bad = {**typed, "ends_on__day": "1", "ends_on__month": "1", "ends_on__year": "2020"}
    assert "not before the first" in said(post(client, "/staff/away/new", 400, **bad))
    typed |= {f"ends_on__{part}": str(getattr(last, part)) for part in ("day", "month", "year")}
    post(client, "/staff/away/new", **typed)
    request = db.session.scalars(select(ApprovalRequest)).one()
    assert request.assigned_to == tom.id
    page = said(get(client, "/staff/away"))
    assert "1 that were open went to a colleague" in page
    absence = db.session.scalars(select(Absence)).one()
    post(client, f"/staff/away/{absence.ref}/back")
    assert "Nobody is away" in said(get(client, "/staff/away"))


def test_answer_times_are_for_everybody_who_works_there(world: World, client: Any, sign_in: Any) -> None:
    world.referred()
    request = db.session.scalars(select(ApprovalRequest)).one()
    post(client, f"/staff/requests/{request.ref}/approve", why="")
    assert "1 (100%)" in said(get(client, "/staff/answer-times"))
    sign_in(client, world.account)
    assert client.get("/staff/answer-times").status_code == 403


def alike_page(world: World, client: Any, count: int = 4) -> tuple[str, list[str]]:
    for pence in range(3_000, 3_000 + 100 * count, 100):
        world.sent((f"Trampoline {pence}", pence))
    (way,) = [a["href"] for a in soup_of(get(client, "/staff/queue")).select(".nhsuk-inset-text a")]
    return way, [box["value"] for box in soup_of(get(client, way)).select("input[name=refs]")]


def states() -> list[RequestState]:
    db.session.expire_all()
    return list(db.session.scalars(select(ApprovalRequest.state).order_by(ApprovalRequest.id)))


def test_a_reason_that_is_true_of_one_only_answers_none(world: World, client: Any) -> None:
    """What has to be put right is put right before anybody is told no."""
    way, refs = alike_page(world, client)
    first = db.session.scalars(select(ApprovalRequest).order_by(ApprovalRequest.id)).first()
    assert first is not None
    first.rules = [*first.rules, "duplicate"]
    db.session.commit()
    assert not soup_of(get(client, way)).select("input[name=reason_code][value=duplicate]")
    again = client.post(way, data={"refs": refs, "answer": "no", "reason_code": "duplicate", "reason": "Twice."})
    assert again.status_code == 400
    assert "true of all of them" in said(again)
    assert states() == [RequestState.WAITING] * 4


def test_one_that_was_answered_meanwhile_does_not_stop_the_others(world: World, client: Any) -> None:
    way, refs = alike_page(world, client)
    post(client, f"/staff/requests/{refs[0]}/approve", why="")
    moved = db.session.scalars(select(ApprovalRequest).where(ApprovalRequest.ref == refs[1])).one()
    tom = make_account("Tom Reid")
    make_post(tom, world.commissioner)
    moved.assigned_to = tom.id
    db.session.commit()
    post(client, way, refs=refs, answer="yes", reason="Jump well.")
    page = said(get(client, "/staff/queue"))
    assert "You approved 2." in page
    assert "answered this already and said yes" in page
    assert "One of them: A colleague answers it now." in page
    gone = client.post(way, data={"refs": refs[2:], "answer": "yes", "reason": "Jump well."})
    assert gone.status_code == 409


def test_what_was_typed_is_there_when_somebody_was_faster(world: World, client: Any) -> None:
    world.referred()
    request = db.session.scalars(select(ApprovalRequest)).one()
    post(client, f"/staff/requests/{request.ref}/approve", why="")
    late = post(client, f"/staff/requests/{request.ref}/approve", 409, why="A long and kind yes.")
    assert "Not sent A long and kind yes." in said(late)
    no = post(client, f"/staff/requests/{request.ref}/decline", 409, reason_code="too_much", reason="A careful no.")
    assert "Not sent A careful no." in said(no)
