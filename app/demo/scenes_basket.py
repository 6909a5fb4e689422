"""What Sam has put together and not sent yet."""

from __future__ import annotations

from datetime import timedelta

from app.demo.known_providers import SWIM
from app.demo.scenes import Scene
from app.demo.world import World
from app.purchases import basket
from app.purchases.rules import LineInput


def scenes(world: World) -> list[Scene]:
    """Two things from two providers, in one basket."""
    sam = world.people["sam"]
    me = world.actor(sam.account)

    def put(payee: str, title: str, how_many: int, aim: int, in_days: int) -> None:
        line = LineInput(
            quantity_hundredths=how_many * 100,
            outcome_ref=sam.outcomes[aim].ref,
            listing_ref=world.listing(payee, title).ref,
        )
        day = min(world.today + timedelta(days=in_days), sam.budget.ends_on)
        basket.put_in_basket(me, sam.person, line, day)

    def fills() -> None:
        put(SWIM, "Warm-pool swimming with one-to-one help", 2, 1, 6)
        put("Loud and Proud Drumming", "Drumming club for everybody", 2, 2, 9)

    return [Scene(world.ago(0, 8, 40), sam, fills)]
