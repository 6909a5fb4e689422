"""One person with a budget, everyone around them, and short ways to buy."""

from __future__ import annotations

from dataclasses import dataclass

from app.budgets.models import Budget
from app.core import clock
from app.core.db import db
from app.identity.models import Account, Commissioner, Person
from app.identity.rules import Actor, AuthorityKind, Scope
from app.ledger.rules import Stream
from app.marketplace.models import Listing, Provider
from app.marketplace.rules import Category, ProviderKind, RegisterStatus, Unit
from app.plans.models import Plan
from app.plans.service import OutcomeInput
from app.purchases import service as purchases
from app.purchases.models import Purchase
from app.purchases.rules import DetailsInput, LineInput, Way
from tests import factories


@dataclass
class World:
    commissioner: Commissioner
    coordinator: Account
    colleague: Account
    holder: Account
    person: Person
    plan: Plan
    budget: Budget

    @property
    def me(self) -> Actor:
        return factories.actor_for(self.holder)

    @property
    def priya(self) -> Actor:
        return factories.actor_for(self.coordinator)

    @property
    def tom(self) -> Actor:
        return factories.actor_for(self.colleague)

    def broker(self, scope: Scope = Scope.BUY, limit: int | None = None) -> Actor:
        account = factories.make_account("Bea Broker")
        factories.give_authority(account, self.person, AuthorityKind.BROKER, scope, limit)
        return factories.actor_for(account)

    def outside(
        self,
        *lines: tuple[str, int, str | None],
        actor: Actor | None = None,
        payee: str = "Northside Leisure",
        outcome: int = 0,
    ) -> Purchase:
        """A draft of things bought elsewhere today: (what, pence, category)."""
        actor = actor or self.me
        purchase = purchases.start_draft(actor, self.person, self.budget, Way.OUTSIDE)
        for what, pence, category in lines:
            ref = self.plan.outcomes[outcome].ref
            purchases.put_line(actor, purchase, None, LineInput(what, pence, outcome_ref=ref, category=category))
        purchases.set_details(actor, purchase, DetailsInput(payee_name=payee, bought_on=clock.today()))
        factories.say_gets_nothing(actor, purchase)
        return purchase

    def from_listing(self, listing: Listing, hours: int = 400, actor: Actor | None = None) -> Purchase:
        actor = actor or self.me
        purchase = purchases.start_draft(actor, self.person, self.budget, listing_ref=listing.ref)
        line = purchase.lines[0]
        ref = self.plan.outcomes[0].ref
        purchases.put_line(actor, purchase, line.ref, LineInput(quantity_hundredths=hours, outcome_ref=ref))
        factories.say_gets_nothing(actor, purchase)
        return purchase

    def referred(self, pence: int = 3200) -> Purchase:
        """Something off plan that was sent: it waits for Priya."""
        purchase = self.outside(("Karaoke machine", pence, Category.EQUIPMENT))
        return purchases.submit(self.me, purchase)


def build(streams: dict[Stream, int] | None = None, paid_in: bool = True) -> World:
    """Sam, who swims; Priya, who coordinates; Tom, her colleague."""
    commissioner = factories.make_commissioner()
    priya, tom = factories.make_account("Priya Shah"), factories.make_account("Tom Ellis")
    for coordinator in (priya, tom):
        factories.make_post(coordinator, commissioner)
    person = factories.make_person(commissioner, coordinator=priya)
    holder = factories.make_account("Sam Okafor")
    factories.give_authority(holder, person)
    funding = dict.fromkeys(streams or {Stream.HEALTH: 1}, 1)
    plan = factories.make_plan(
        person,
        [
            OutcomeInput(
                "Swim every week and feel stronger",
                12_000,
                funding,
                examples=["Pool sessions"],
                categories=[Category.ACTIVITIES, Category.PERSONAL_ASSISTANT],
            ),
            OutcomeInput("Eat well at home", 8_000, funding, examples=["Weekly shop"], categories=[Category.HOME_HELP]),
        ],
    )
    budget = factories.make_budget(person, plan, streams, paid_in=paid_in)
    return World(commissioner, priya, tom, holder, person, plan, budget)


def make_listing(price_pence: int | None = 2200, unit: Unit = Unit.HOUR) -> Listing:
    provider = Provider(name="Swim Together CIC", kind=ProviderKind.ORGANISATION, status=RegisterStatus.NOT_REGISTERED)
    db.session.add(provider)
    db.session.flush()
    listing = Listing(
        provider_id=provider.id,
        title="One-to-one company at the pool",
        category=Category.ACTIVITIES,
        unit=unit,
        price_pence=price_pence,
        at_venue=True,
        who=provider.name,
    )
    db.session.add(listing)
    db.session.flush()
    return listing
