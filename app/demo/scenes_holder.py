"""Sam's last days: something in every state a purchase can be in."""

from __future__ import annotations

from datetime import timedelta

from app.demo import papers
from app.demo.doing import Item, attach, elsewhere, from_listing, gets_nothing, request_ref
from app.demo.known_providers import MARTA, SWIM
from app.demo.scenes import Scene
from app.demo.world import World
from app.purchases import service as purchases
from app.purchases.models import Purchase


def scenes(world: World) -> list[Scene]:
    """Every state, in the order in which it came about."""
    sam = world.people["sam"]
    me, priya, leonie = (world.actor(a) for a in (sam.account, world.accounts["priya"], world.accounts["leonie"]))
    kept: dict[str, Purchase] = {}
    day = timedelta(days=1)

    def out_with_marta() -> None:
        draft = from_listing(world, me, sam, MARTA, "Somebody to get out with", 3, 0, needed=world.today - 9 * day)
        kept["marta"] = purchases.submit(me, draft)

    def paid_marta() -> None:
        purchases.mark_paid(me, kept["marta"], world.today - 9 * day, "By bank transfer from my budget account")

    def had_marta() -> None:
        purchases.confirm_delivery(me, kept["marta"], world.today - 9 * day)

    def physio_with_receipt() -> None:
        draft = elsewhere(me, sam, "Rushey Green Physiotherapy", [Item("Physiotherapy and a new exercise sheet", 5_200,
            "therapies", 1)])
        picture = papers.photo("Rushey Green Physio", "Physiotherapy 45 min", 5_200, world.today - 8 * day)
        attach(me, draft, picture, "physio till receipt.jpg")
        purchases.submit(me, draft)

    def second_television() -> None:
        item = Item("Second television, for the bedroom", 21_900, None, 3)
        kept["television"] = purchases.submit(me, elsewhere(me, sam, "Catford Sound", [item]))

    def no_television() -> None:
        purchases.decline(
            priya,
            request_ref(world, sam, kept["television"]),
            "not_in_plan",
            "I could not see how a second television keeps the flat safe. If it is about the days you have to stay in "
            "bed, tell me that and ask again: we would look at it under seeing people.",
        )

    def shopping_with_wine() -> None:
        lines = [
            Item("Washing powder, bin bags and gloves", 1_840, "home-help", 3),
            Item("2 bottles of Merlot", 1_798, None, 3),
        ]
        purchases.submit(me, elsewhere(me, sam, "Rushey Green Superstore", lines))

    def respite_taken_back() -> None:
        draft = from_listing(world, me, sam, "Ladywell Nights", "Overnight respite at home", 1, 4,
            needed=world.today + 3 * day)
        night = purchases.submit(me, draft)
        purchases.cancel(me, night, "Ade's weekend away fell through.")

    def physio_without_receipt() -> None:
        item = Item("Physiotherapy, extra session", 4_500, "therapies", 1)
        purchases.submit(me, elsewhere(me, sam, "Rushey Green Physiotherapy", [item]))

    def taxi() -> None:
        item = Item("Taxi to Croydon and back", 1_800, "transport", 1)
        kept["taxi"] = purchases.submit(me, elsewhere(me, sam, "Ravens Cars", [item]))

    def which_taxi() -> None:
        purchases.ask(
            priya,
            request_ref(world, sam, kept["taxi"]),
            "Hello Sam. What was this trip for? If it was a hospital appointment, the hospital may pay your fare, and "
            "I can help you ask for it.",
        )

    def pool_to_pay() -> None:
        draft = from_listing(world, me, sam, SWIM, "One-to-one company at the pool", 4, 1, needed=world.today + 5 * day)
        purchases.submit(me, draft)

    def broker_prepares() -> None:
        draft = from_listing(
            world,
            leonie,
            sam,
            MARTA,
            "Company in the evening",
            4,
            0,
            needed=world.today + 8 * day,
            note="For your sister's birthday dinner: Marta is free that evening and can drive you home.",
        )
        gets_nothing(leonie, draft)
        purchases.submit(leonie, draft)

    def gym() -> None:
        item = Item("Gym membership, one month", 3_200, None, 1)
        draft = elsewhere(me, sam, "Ladywell Leisure", [item],
            note="They have the low machines and it is cool in there.")
        paper = papers.pdf("Ladywell Leisure", "Membership, one month", 3_200, world.today - day)
        attach(me, draft, paper, "Ladywell Leisure.pdf")
        kept["gym"] = purchases.submit(me, draft)

    def a_draft() -> None:
        from_listing(world, me, sam, "Bright Corners Cleaning", "Cleaning and tidying", 3, 3)

    steps = (
        (10, 10, out_with_marta),
        (9, 18, paid_marta),
        (9, 19, had_marta),
        (8, 15, physio_with_receipt),
        (8, 17, second_television),
        (6, 9, no_television),
        (6, 18, shopping_with_wine),
        (5, 12, respite_taken_back),
        (4, 16, physio_without_receipt),
        (4, 20, taxi),
        (3, 9, which_taxi),
        (2, 10, pool_to_pay),
        (2, 15, broker_prepares),
        (1, 19, gym),
        (0, 8, a_draft),
    )
    return [Scene(world.ago(days, hour, 17), sam, do) for days, hour, do in steps]
