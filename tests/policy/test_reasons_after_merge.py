"""A reason stands for what it was given for: never for what a version published meanwhile made of it."""

from __future__ import annotations

import pytest

from app.core import clock
from app.core.errors import StateError
from app.identity.models import Commissioner
from app.identity.rules import Actor, StaffRole
from app.policy import drafts, handing, queries
from app.policy.changing import with_figures
from app.policy.models import DraftState, PolicyDraft
from app.policy.service import publish
from tests import factories

WHY = "Large things were missed in the spring."


def admin(place: Commissioner, name: str) -> Actor:
    account = factories.make_account(name)
    factories.make_post(account, place, StaffRole.ADMIN)
    return factories.actor_for(account)


def lower(actor: Actor, draft: PolicyDraft, pounds: str, why: str = "") -> None:
    new = with_figures(queries.draft_document(draft), {"item_threshold_pence": pounds})
    drafts.change(actor, draft.ref, draft.version, new, why)


def test_a_reason_for_being_stricter_does_not_stand_for_being_milder(session: object) -> None:
    place = factories.make_commissioner()
    joy, kofi = admin(place, "Joy Abara"), admin(place, "Kofi Mensah")
    publish(factories.SYSTEM, place.id, queries.default_policy(), factories.LONG_AGO)
    mine, other = drafts.start(kofi, place.id), drafts.start(joy, place.id)
    lower(kofi, mine, "400", WHY)  # from £500, with a reason nobody asked for
    lower(joy, other, "100")
    handing.ask(joy, other.ref, other.version, WHY, clock.today())
    handing.publish_draft(kofi, other.ref, other.version, clock.today())
    assert [clash.place for clash in drafts.bring_up_to_date(kofi, mine.ref, mine.version)]
    (wanting,) = queries.wanting_reasons(mine)
    with pytest.raises(StateError, match="say why first"):
        handing.ask(kofi, mine.ref, mine.version, WHY, clock.today())
    drafts.give_reason(kofi, mine.ref, mine.version, [wanting.path], WHY)
    assert handing.ask(kofi, mine.ref, mine.version, WHY, clock.today()).state is DraftState.ASKED
