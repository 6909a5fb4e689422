"""What a person, a provider and an admin have, for tests of addresses: each by the name that addresses use."""

from __future__ import annotations

from app.budgets import queries as budgets
from app.core import clock
from app.core.db import db
from app.identity.models import Account, Commissioner, Person
from app.identity.rules import StaffRole
from app.marketplace import keeping, watching
from app.marketplace.models import Location, Provider
from app.marketplace.provider_models import Holiday
from app.policy import drafts
from app.purchases import regular
from app.purchases import service as purchases
from app.purchases.benefit_rules import BenefitInput
from app.purchases.rules import LineInput, State
from tests import factories as make


def make_policy_draft(where: Commissioner, name: str) -> str:
    """A draft of the spending policy that is being changed, by an admin of their own."""
    admin = make.make_account(f"{name}s Admin")
    make.make_post(admin, where, StaffRole.ADMIN)
    return drafts.start(make.actor_for(admin), where.id).ref


def make_provider_things(
    account: Account, person: Person, outcome_ref: str, provider: Provider, listing_ref: str
) -> dict[str, str]:
    """What a provider's own pages name: an order, a place, days away."""
    actor = make.actor_for(account)
    order = purchases.start_draft(actor, person, listing_ref=listing_ref)
    purchases.put_line(actor, order, order.lines[0].ref, LineInput(outcome_ref=outcome_ref))
    order.state, order.submitted_at = State.APPROVED, clock.now()
    place = Location(provider_id=provider.id, name="The baths", service_types=[], specialisms=[], activities=[])
    today = clock.today()
    away = Holiday(provider_id=provider.id, starts_on=today, ends_on=today)
    db.session.add_all([place, away])
    db.session.flush()
    return {"order_ref": order.ref, "location_ref": place.ref, "holiday_ref": away.ref}


def make_kept_things(account: Account, person: Person, listing_ref: str) -> dict[str, str]:
    """Something saved, and a watched search."""
    actor = make.actor_for(account)
    saved = keeping.save(actor, person, listing_ref=listing_ref)
    watch = watching.start_watch(actor, person, "Swimming", watching.asked_of({"q": "swimming"}))
    return {"saved_ref": saved.ref, "watch_ref": watch.ref}


def make_regular(account: Account, person: Person, outcome_ref: str, listing_ref: str) -> dict[str, str]:
    """Something bought again and again, and a question of setting one up."""
    actor = make.actor_for(account)
    budget = budgets.budget_in_force(actor, person)
    assert budget is not None
    nothing = BenefitInput(False)  # asked of brokers
    today = clock.today()
    wanted = regular.RegularInput("weekly", today, None, outcome_ref, family_member="no", benefit=nothing)
    payment = regular.start(actor, person, budget, regular.thing_from_listing(listing_ref), wanted)
    return {"regular_ref": payment.ref, "step": "often"}
