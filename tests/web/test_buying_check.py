"""*Check your answers*: what is sent is what was read."""

from __future__ import annotations

from typing import Any

from app.core.db import db
from app.identity.rules import AuthorityKind
from app.purchases import service
from app.purchases.rules import LineInput, State
from tests.factories import actor_for, give_authority, make_account
from tests.web.buying_world import SWIM, get, make_world, post, said, soup_of


def test_what_somebody_else_changed_meanwhile_is_looked_at_once_more(session: Any, client: Any, sign_in: Any) -> None:
    world = make_world()
    nominee = make_account("Nadia Nominee")
    give_authority(nominee, world.person, AuthorityKind.NOMINEE)
    sign_in(client, world.account)
    purchase = world.draft()
    at = f"{world.at}/buy/{purchase.ref}"
    seen = soup_of(get(client, f"{at}/check")).select_one("input[name=version]")["value"]
    dearer = LineInput("Pool sessions", 90_000, outcome_ref=world.outcomes[SWIM])
    service.put_line(actor_for(nominee), purchase, purchase.lines[0].ref, dearer)
    db.session.commit()

    answer = post(client, f"{at}/send", 409, version=seen)

    assert "This has changed since you looked at it" in said(answer)
    assert "£900.00" in said(answer)
    db.session.refresh(purchase)
    assert purchase.state is State.DRAFT
    again = soup_of(answer).select_one("input[name=version]")["value"]
    post(client, f"{at}/send", version=again)
