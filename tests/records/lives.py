"""Made-up lives whose every word carries a mark, so that a word of one in the records of another is seen at once."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image
from werkzeug.datastructures import FileStorage

from app.core import clock
from app.core.db import db
from app.evidence import attachments
from app.evidence import service as evidence
from app.identity import consents
from app.identity import service as identity
from app.identity.models import Account, Commissioner, Person
from app.identity.rules import Actor, AuthorityKind, Scope
from app.ledger.rules import Stream
from app.messages import conversations
from app.plans.models import Plan
from app.plans.service import OutcomeInput
from app.purchases import service as purchases
from app.purchases.models import Purchase
from app.purchases.rules import DetailsInput, LineInput, Way
from tests import factories as make


@dataclass(frozen=True)
class Life:
    """One person with whoever acts for them."""

    mark: str
    person: Person
    account: Account
    plan: Plan

    @property
    def actor(self) -> Actor:
        return make.actor_for(self.account)


def begin(board: Commissioner, mark: str, coordinator: Account | None = None, child: bool = False) -> Life:
    """Somebody with a plan and a budget, from today on."""
    person = make.make_person(board, f"{mark}given", f"{mark}family", coordinator=coordinator)
    account = make.make_account(f"{mark}account", f"{mark.lower()}@example.org")
    kind = AuthorityKind.REPRESENTATIVE if child else AuthorityKind.SELF
    identity.grant_authority(make.SYSTEM, account, person, kind, Scope.BUY, starts_on=clock.today())
    plan = make.make_plan(
        person,
        [OutcomeInput(f"{mark}outcome", 12_000, {Stream.HEALTH: 1}, categories=["activities-and-leisure"])],
    )
    plan.about_me = f"{mark}about me"
    make.make_budget(person, plan)
    return Life(mark, person, account, plan)


def picture() -> FileStorage:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(out, "JPEG")
    return FileStorage(io.BytesIO(out.getvalue()), filename="till.jpg", content_type="image/jpeg")


def draft(life: Life, pence: int = 1_500) -> Purchase:
    """Something begun."""
    bought = purchases.start_draft(life.actor, life.person, way=Way.OUTSIDE)
    purchases.set_details(
        life.actor,
        bought,
        DetailsInput(payee_name=f"{life.mark}payee", note=f"{life.mark}note", bought_on=clock.today()),
    )
    outcome = life.plan.outcomes[0]
    line = LineInput(
        description=f"{life.mark}swim",
        category="activities-and-leisure",
        amount_pence=pence,
        outcome_ref=outcome.ref,
    )
    purchases.put_line(life.actor, bought, None, line)
    return bought


def buy(life: Life, pence: int = 1_500) -> Purchase:
    """Something bought elsewhere, with its receipt."""
    bought = draft(life, pence)
    evidence.attach(life.actor, bought, picture())
    return purchases.submit(life.actor, bought)


def talk(life: Life) -> None:
    """A word with the coordinator, and a file."""
    found = attachments.look_through(life.actor, [picture()])
    conversation, message = conversations.begin(life.actor, life.person, f"{life.mark}topic", f"{life.mark}body")
    attachments.attach_to(life.actor, conversation, message, found)


def choose(life: Life) -> None:
    """A choice about what is shared."""
    consents.choose(life.actor, life.person, "precedent", False)


EVENTS = {"draft": draft, "buy": buy, "talk": talk, "choose": choose}


def live(life: Life, events: list[str]) -> None:
    """What happens, in order."""
    for event in events:
        EVENTS[event](life)
    db.session.flush()
