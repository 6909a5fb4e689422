"""The pages on which money is moved between outcomes."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.approvals.models import ApprovalRequest
from app.budgets.move_models import MoveState, OutcomeMove
from app.core.db import db
from app.identity.rules import AuthorityKind, Scope
from app.purchases import deciding
from tests.factories import actor_for, give_authority, make_account
from tests.web.buying_world import REST, SWIM, World, get, make_world, post, said


@pytest.fixture
def world(session: Any, client: Any, sign_in: Any) -> World:
    made = make_world()
    sign_in(client, made.account)
    return made


def test_see_first_then_move(world: World, client: Any) -> None:
    asked = {"source": world.outcomes[SWIM], "target": world.outcomes[REST], "amount": "40"}
    seen = client.post(f"{world.at}/moved/new", data=asked)
    assert "£120.00 now, £80.00 then" in said(seen)
    assert "Nobody has to be asked." in said(seen)
    assert db.session.scalar(select(OutcomeMove.id)) is None
    back = client.post(f"{world.at}/moved/new", data={**asked, "step": "change"})
    assert 'value="40"' in back.text
    post(client, f"{world.at}/moved/new", **asked, step="send")
    page = said(get(client, f"{world.at}/moved"))
    assert f"£40.00 from “{SWIM}” to “{REST}”" in page
    assert "With what was moved it is £80.00 this month." in said(get(client, f"{world.at}/plan"))
    assert "of £80" in said(get(client, f"{world.at}/"))


def test_what_is_asked_for_waits_with_a_name_and_is_answered(world: World, client: Any) -> None:
    asked = {"source": world.outcomes[SWIM], "target": world.outcomes[REST], "amount": "10", "every_month": "y"}
    assert "Priya Shah looks at this first" in said(client.post(f"{world.at}/moved/new", data=asked))
    post(client, f"{world.at}/moved/new", **asked, step="send")
    request = db.session.scalars(select(ApprovalRequest)).one()
    deciding.ask(actor_for(world.coordinator), request.ref, "Until when?")
    db.session.commit()
    move = db.session.scalars(select(OutcomeMove)).one()
    assert "Until when?" in said(get(client, f"{world.at}/moved"))
    assert client.post(f"{world.at}/moved/{move.ref}/answer", data={"answer": " "}).status_code == 400
    post(client, f"{world.at}/moved/{move.ref}/answer", answer="Until it is warm.")
    post(client, f"{world.at}/moved/{move.ref}/take-back")
    assert move.state is MoveState.TAKEN_BACK
    assert client.post(f"{world.at}/moved/{move.ref}/take-back").status_code == 409


def test_what_is_wrong_is_said_beside_it(world: World, client: Any) -> None:
    answer = client.post(f"{world.at}/moved/new", data={"source": world.outcomes[SWIM], "amount": "500", "why": "So"})
    assert answer.status_code == 400
    assert "Choose what it is for now" in said(answer)
    asked = {"source": world.outcomes[SWIM], "target": world.outcomes[REST], "amount": "500"}
    assert "Only £120.00 is left there" in said(client.post(f"{world.at}/moved/new", data=asked))


def test_a_broker_may_look_and_no_more(world: World, client: Any, sign_in: Any) -> None:
    broker = make_account("Bea Broker")
    give_authority(broker, world.person, AuthorityKind.BROKER, Scope.BUY)
    db.session.commit()
    sign_in(client, broker)
    page = said(get(client, f"{world.at}/moved"))
    assert "Move some" not in page
    assert "You decide" not in page
    assert "You can move" not in page
    assert "You can look at what was moved" in page
    assert client.get(f"{world.at}/moved/new").status_code == 403
