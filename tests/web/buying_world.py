"""A person, their coordinator and a shop for the tests of buying and deciding, and how such a test reads a page."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from app.budgets.models import Budget
from app.core import clock
from app.core.db import db
from app.identity.models import Account, Commissioner, Person
from app.ledger.rules import Stream
from app.plans.service import OutcomeInput
from app.purchases import service
from app.purchases.models import Purchase
from app.purchases.rules import DetailsInput, LineInput, State
from tests.factories import (
    actor_for,
    give_authority,
    make_account,
    make_budget,
    make_commissioner,
    make_person,
    make_plan,
    make_post,
    say_gets_nothing,
)

SWIM = "Swim every week and feel stronger"
REST = "Rest for Mum"


@dataclass
class World:
    """Sam buys, Priya decides; £1,000 is safe to spend."""

    commissioner: Commissioner
    coordinator: Account
    account: Account
    person: Person
    budget: Budget
    outcomes: dict[str, str] = field(default_factory=dict)  # words -> reference

    @property
    def at(self) -> str:
        return f"/p/{self.person.ref}"

    def draft(self, *lines: tuple[str, int], payee: str = "Catford Leisure", by: Account | None = None) -> Purchase:
        """Something bought elsewhere, ready to be sent."""
        actor = actor_for(by or self.account)
        purchase = service.start_draft(actor, self.person)
        for words, pence in lines or (("Pool sessions", 3_200),):
            line = LineInput(words, pence, outcome_ref=self.outcomes[SWIM])
            service.put_line(actor, purchase, None, line)
        service.set_details(actor, purchase, DetailsInput(payee, bought_on=clock.today()))
        say_gets_nothing(actor, purchase)
        db.session.commit()
        return purchase

    def sent(self, *lines: tuple[str, int], by: Account | None = None) -> Purchase:
        purchase = service.submit(actor_for(by or self.account), self.draft(*lines, by=by))
        db.session.commit()
        return purchase

    def referred(self) -> Purchase:
        """Something that waits for Priya: it is not in the plan."""
        purchase = self.sent(("A trampoline for the garden", 3_200))
        assert purchase.state is State.AWAITING_APPROVAL
        return purchase


def make_world() -> World:
    commissioner = make_commissioner()
    coordinator = make_account("Priya Shah")
    make_post(coordinator, commissioner)
    person = make_person(commissioner, coordinator=coordinator)
    account = make_account("Sam Okafor")
    give_authority(account, person)
    plan = make_plan(
        person,
        [
            OutcomeInput(
                SWIM,
                12_000,
                {Stream.HEALTH: 1},
                examples=["Pool sessions", "Swim hat"],
                categories=["activities-and-leisure"],
            ),
            OutcomeInput(
                REST, 30_000, {Stream.HEALTH: 1}, categories=["short-breaks-and-respite", "personal-assistants"]
            ),
        ],
    )
    budget = make_budget(person, plan)
    db.session.commit()
    outcomes = {outcome.words: outcome.ref for outcome in plan.outcomes}
    return World(commissioner, coordinator, account, person, budget, outcomes)


def soup_of(answer: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def said(answer: TestResponse) -> str:
    """What the page's main part says, on one line."""
    main = soup_of(answer).main
    if main is None:
        return answer.text[:500]
    return re.sub(r"\s+", " ", main.get_text(" ")).strip()


def get(client: FlaskClient, address: str, status: int = 200) -> TestResponse:
    answer = client.get(address)
    assert answer.status_code == status, said(answer)
    return answer


def post(client: FlaskClient, address: str, status: int = 303, **data: Any) -> TestResponse:
    answer = client.post(address, data={name.replace("__", "-"): value for name, value in data.items()})
    assert answer.status_code == status, said(answer)
    return answer


def day(name: str, when: date) -> dict[str, str]:
    """The three boxes of a date."""
    return {f"{name}__day": str(when.day), f"{name}__month": str(when.month), f"{name}__year": str(when.year)}


def photo(name: str = "till.jpg") -> tuple[io.BytesIO, str]:
    """A photo as a phone sends it."""
    file = io.BytesIO()
    Image.new("RGB", (40, 60), "white").save(file, "JPEG")
    file.seek(0)
    return file, name
