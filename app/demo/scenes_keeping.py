"""What people keep to look at again, and what they asked to be told of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.core import clock
from app.core.db import db
from app.demo.known_providers import MARTA, SWIM
from app.demo.scenes import Scene
from app.demo.world import SYSTEM, Someone, World
from app.identity.rules import Actor
from app.marketplace import keeping, looking, prices, queries, watching
from app.marketplace import service as marketplace
from app.marketplace.kept_models import Watch
from app.marketplace.rules import Category, Unit
from app.marketplace.service import NewListing, NewProvider

CIRCLE = "Catford Aqua Circle"


def scenes(world: World) -> list[Scene]:
    """Saved things with notes, a price that went up, and a search that found something."""
    sam, amira = world.people["sam"], world.people["amira"]
    me, nadia, leonie = (world.actor(a) for a in (sam.account, amira.account, world.accounts["leonie"]))
    watches: list[Watch] = []

    def save(actor: Actor, who: Someone, payee: str, title: str, note: str = "") -> None:
        item = keeping.save(actor, who.person, listing_ref=world.listing(payee, title).ref)
        if note:
            keeping.put_note(actor, who.person, item.ref, note)

    def watch(actor: Actor, who: Someone, name: str, **params: str) -> Watch:
        return watching.start_watch(actor, who.person, name, watching.asked_of(params))

    def sam_saves() -> None:
        save(me, sam, SWIM, "One-to-one company at the pool")
        save(me, sam, MARTA, "Company in the evening", "Marta said Fridays are best from January.")
        save(me, sam, "Honor Oak Massage Practice", "Massage for neck and back", "Ask whether they have a low couch.")
        near = watching.asked_of({"category": Category.HOME_HELP, "near": "SE6", "miles": "10"})
        offers = [hit for hit in queries.search(near.query).hits if hit.price_pence]
        dearer = next(hit for hit in offers if not hit.provider_name.startswith("Bright Corners"))
        keeping.save(me, sam.person, listing_ref=dearer.ref)
        listing = queries.listing(dearer.ref)
        keeper = replace(SYSTEM, provider_ids=(listing.provider_id,))
        prices.set_price(keeper, listing, (listing.price_pence or 0) + 250, clock.today() + timedelta(days=5))

    def leonie_saves() -> None:
        provider = world.listing(SWIM, "One-to-one company at the pool").provider
        item = keeping.save(leonie, sam.person, provider_ref=provider.ref)
        keeping.put_note(leonie, sam.person, item.ref, "They answer the telephone, and call back when they say.")

    def asks() -> None:
        watches.append(watch(me, sam, "Anything in warm water", q="water pool", near=sam.person.postcode, miles="10"))
        quiet = watch(me, sam, "A gardener who talks plants", q="gardening", near=sam.person.postcode, miles="2")
        watching.pause(me, sam.person, quiet.ref)
        watch(nadia, amira, "Music with other children", q="music children", near=amira.person.postcode, miles="15")
        save(nadia, amira, "Talking Hands Therapy", "Speech therapy with the talker")

    def somebody_new() -> None:
        pool = world.listing(SWIM, "One-to-one company at the pool")
        group = NewListing(
            "Exercise in warm water, six at a time",
            Category.ACTIVITIES,
            Unit.SESSION,
            950,
            "A pool of 33 degrees, a teacher in the water, and tea afterwards.",
            at_venue=True,
            times=("monday-morning", "wednesday-morning"),
            accessibility=("Hoist", "Step-free"),
        )
        marketplace.add_provider(
            SYSTEM,
            NewProvider(
                CIRCLE,
                description="Neighbours who move in warm water together.",
                website="https://catfordaquacircle.example.org",
                phone="020 7946 0744",
                address="Lockmead Baths, 2 Lockmead Road",
                postcode="SE13 7PA",
                lat=pool.lat,
                lon=pool.lon,
                listings=[group],
            ),
        )

    def found() -> None:
        prices.turn(SYSTEM)
        db.session.flush()
        looking.look_for([each.id for each in watches], clock.now())

    return [
        Scene(world.ago(12, 20, 5), sam, sam_saves),
        Scene(world.ago(11, 11, 40), sam, leonie_saves),
        Scene(world.ago(9, 20, 30), sam, asks),
        Scene(world.ago(3, 14, 0), sam, somebody_new),
        Scene(world.ago(2, 6, 20), sam, found),
    ]
