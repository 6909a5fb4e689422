"""Whoever is worried about somebody need not remember to keep their records."""

from __future__ import annotations

import pytest

from app.stewardship import concerns
from app.stewardship.concern_rules import ConcernInput
from app.stewardship.gate_rules import ConcernKind
from tests import factories as make
from tests.records.test_tidying import old_life, tidy

pytestmark = pytest.mark.usefixtures("session")


def test_an_open_concern_holds_everything_back_by_itself() -> None:
    life = old_life()
    coordinator, second = make.make_account("Priya Shah"), make.make_account("Tom Ellis")
    for account in (coordinator, second):
        make.make_post(account, life.person.commissioner)
    actor = make.actor_for(coordinator)
    concern = concerns.record(actor, life.person, ConcernInput(ConcernKind.SAFETY, "A worry.", "We look.", second.ref))
    assert tidy(life.person.commissioner_id)[0]["person"] == 0
    concerns.close(actor, concern, "Nothing found.", "All is well.")
    assert tidy(life.person.commissioner_id)[0]["person"] == 1
