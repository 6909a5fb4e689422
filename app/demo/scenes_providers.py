"""Swim Together's and Marta's last days: orders in every state, a price to come, days away, something not shown yet."""

from __future__ import annotations

from datetime import timedelta

from app.core import clock
from app.demo.doing import from_listing
from app.demo.known_providers import MARTA, SWIM
from app.demo.scenes import Scene
from app.demo.world import World
from app.marketplace import holidays, listings, profiles
from app.marketplace.listings import WhatInput, WhenInput, WhereInput
from app.marketplace.profiles import ProfileInput
from app.marketplace.rules import Category, Unit
from app.purchases import orders, pricing
from app.purchases import service as purchases
from app.purchases.models import Purchase

POOL, WARM = "One-to-one company at the pool", "Warm-pool swimming with one-to-one help"
OUT, EVENING = "Somebody to get out with", "Company in the evening"


def scenes(world: World) -> list[Scene]:
    """What people ordered lately, and what the two answered."""
    return [*_swim(world), *_marta(world), *_pages(world)]


def _order(world: World, key: str, payee: str, title: str, quantity: int, aim: int, made: dict[str, Purchase]) -> None:
    """Somebody asks for something and it is agreed at once."""
    who = world.people[key]
    actor = world.actor(who.account)
    needed = clock.today() + timedelta(days=4)
    made[key] = purchases.submit(actor, from_listing(world, actor, who, payee, title, quantity, aim, needed=needed))


def _swim(world: World) -> list[Scene]:
    bea = world.actor(world.accounts["bea"])
    made: dict[str, Purchase] = {}

    def asks(key: str, title: str, quantity: int) -> None:
        _order(world, key, SWIM, title, quantity, 0, made)

    def accepts(key: str) -> None:
        orders.accept(bea, bea.provider_ids[0], made[key].ref)

    def is_done(key: str) -> None:
        orders.say_delivered(bea, bea.provider_ids[0], made[key].ref, clock.today())

    def cannot(key: str) -> None:
        why = "The warm pool is closed for its new tiles until the end of next month. Thursdays at Glass Mill are free."
        orders.decline(bea, bea.provider_ids[0], made[key].ref, why)

    def pays(key: str) -> None:
        payer = world.actor(world.people[key].account)
        purchases.mark_paid(payer, made[key], clock.today(), "By bank transfer from my budget account")

    def takes_back(key: str) -> None:
        purchases.cancel(world.actor(world.people[key].account), made[key], "Ten minutes is still a lot.")

    steps = (
        (9, 10, "kevin", lambda: asks("kevin", POOL, 1)),
        (8, 9, "kevin", lambda: accepts("kevin")),
        (7, 14, "parveen", lambda: asks("parveen", POOL, 4)),
        (6, 11, "parveen", lambda: accepts("parveen")),
        (5, 13, "soledad", lambda: asks("soledad", WARM, 4)),
        (5, 15, "grace", lambda: asks("grace", WARM, 2)),
        (4, 9, "soledad", lambda: accepts("soledad")),
        (4, 10, "grace", lambda: cannot("grace")),
        (3, 18, "trevor", lambda: asks("trevor", POOL, 2)),
        (2, 12, "callista", lambda: asks("callista", WARM, 1)),
        (2, 16, "kevin", lambda: pays("kevin")),
        (1, 17, "parveen", lambda: is_done("parveen")),
        (1, 20, "callista", lambda: takes_back("callista")),
    )
    return [Scene(world.ago(days, hour, 35), world.people[who], do) for days, hour, who, do in steps]


def _marta(world: World) -> list[Scene]:
    marta = world.actor(world.accounts["marta"])
    made: dict[str, Purchase] = {}

    def evening() -> None:
        _order(world, "precious", MARTA, EVENING, 3, 1, made)

    def done() -> None:
        orders.say_delivered(marta, marta.provider_ids[0], made["precious"].ref, clock.today())

    def out_with_sam() -> None:
        _order(world, "sam", MARTA, OUT, 2, 0, made)

    def not_then() -> None:
        why = "I am at my sister's in Ramsgate that week. The week after I am free every afternoon."
        orders.decline(marta, marta.provider_ids[0], made["sam"].ref, why)

    def evening_again() -> None:
        _order(world, "precious", MARTA, EVENING, 2, 1, made)

    steps = (
        (7, 12, "sam", out_with_sam),
        (6, 8, "sam", not_then),
        (5, 10, "precious", evening),
        (1, 9, "precious", done),
        (1, 13, "precious", evening_again),
    )
    return [Scene(world.ago(days, hour, 55), world.people[who], do) for days, hour, who, do in steps]


def _pages(world: World) -> list[Scene]:
    bea, marta = (world.actor(world.accounts[key]) for key in ("bea", "marta"))
    pool, out = world.listing(SWIM, POOL), world.listing(MARTA, OUT)
    next_month = clock.add_months(world.this_month, 2)

    def swim_page() -> None:
        provider = pool.provider
        as_is = ProfileInput(provider.name, provider.description, provider.phone, provider.website)
        profiles.change_profile(bea, provider, ProfileInput(
            as_is.name, as_is.description, as_is.phone, as_is.website,
            "British Sign Language, Yoruba", ("Step-free", "Hoist", "Changing Places toilet", "Parking"),
        ))  # fmt: skip
        what = WhatInput("Aqua aerobics, sitting or standing", "Half an hour to music, at your own pace.",
            Category.ACTIVITIES)  # fmt: skip
        at = WhereInput(at_venue=True, location_ref=provider.locations[0].ref)
        made, _ = listings.add(bea, provider, what, Unit.SESSION, 900, at)
        listings.change_when(bea, made, WhenInput(times=("wednesday-morning", "friday-morning")))
        pricing.set_price(bea, pool, 2_500, next_month)
        holidays.add(bea, provider, world.today + timedelta(days=44), world.today + timedelta(days=57))

    def martas_page() -> None:
        provider = out.provider
        profiles.set_area(marta, provider, "SE6")
        pricing.set_price(marta, out, 1_850, next_month)
        holidays.add(marta, provider, world.today + timedelta(days=33), world.today + timedelta(days=36))

    return [
        Scene(world.ago(3, 19, 5), world.people["sam"], swim_page),
        Scene(world.ago(3, 20, 5), world.people["sam"], martas_page),
    ]
