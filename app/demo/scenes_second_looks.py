"""Sam's second looks: an appeal, something that never came, money back, and ideas in every state."""

from __future__ import annotations

from datetime import timedelta

from app.approvals import queries as approvals
from app.core import clock
from app.core.db import db
from app.demo.doing import Item, elsewhere, request_ref
from app.demo.scenes import Scene
from app.demo.world import World
from app.identity.models import Account
from app.purchases import service as purchases
from app.purchases.idea_models import Idea
from app.purchases.idea_rules import IdeaInput
from app.purchases.models import Purchase
from app.purchases.refund_rules import RefundInput


def scenes(world: World) -> list[Scene]:
    """What was looked at again, what came back, and what was only thought of."""
    sam = world.people["sam"]
    me, priya = (world.actor(account) for account in (sam.account, world.accounts["priya"]))
    kept: dict[str, Purchase] = {}
    ideas: dict[str, Idea] = {}

    def buy(key: str, payee: str, words: str, pence: int, kind: str | None, aim: int) -> None:
        draft = elsewhere(me, sam, payee, [Item(words, pence, kind, aim)])
        kept[key] = purchases.submit(me, draft)

    def idea(key: str, words: str, pence: int, often: str, aim: int, why: str) -> None:
        typed = IdeaInput(words, sam.outcomes[aim].ref, pence, often, why)
        ideas[key] = purchases.ask_idea(me, sam.person, typed)

    def idea_request(key: str) -> str:
        request = approvals.latest_for(ideas[key].id)
        if request is None:
            raise LookupError(f"the idea {key} waits for nobody")
        return request.ref

    def no_cooler() -> None:
        why = "A cooler is for everybody in a hot summer. I could not see what it does for your outcomes."
        purchases.decline(priya, request_ref(world, sam, kept["cooler"]), "not_in_plan", why)

    def second_look() -> None:
        purchases.appeal(
            me,
            kept["cooler"],
            "Heat makes my MS worse: it is in my plan, under swimming. When the bedroom is over 26 degrees I cannot "
            "get up without Josie. My MS nurse would write you a letter.",
        )
        request = approvals.latest_for(kept["cooler"].id)
        marcus = world.accounts["marcus"]
        if request is not None and request.assigned_to and request.assigned_to != marcus.id:
            first = db.session.get_one(Account, request.assigned_to)
            purchases.hand_over(world.actor(first), request.ref, marcus.ref)

    def never_came() -> None:
        purchases.dispute(
            me,
            kept["rail"],
            "It was promised for Monday and never came. I wrote to them twice and nobody answers.",
        )

    def some_back() -> None:
        back = RefundInput(2_000, clock.today(), why="The warm pool was shut on the third day")
        purchases.refund(me, kept["hydro"], back)

    def all_back() -> None:
        back = RefundInput(2_400, clock.today(), why="The trip to the sea was called off")
        purchases.refund(me, kept["trip"], back)

    def credit() -> None:
        back = RefundInput(600, clock.today(), "credit_note", "Two brushes were broken. They take it off next time.")
        purchases.refund(me, kept["paints"], back)

    def yes_to_pottery() -> None:
        ref = idea_request("pottery")
        purchases.set_terms(priya, ref, min(clock.today() + timedelta(days=120), sam.plan.ends_on), 18_000)
        purchases.approve(priya, ref, "A good idea, Sam. Tell me at the review how your hands are.")

    def no_to_console() -> None:
        why = "I could not see how it helps you to meet people. The MS group plays at the Thursday cafe: would that do?"
        purchases.decline(priya, idea_request("console"), "not_in_plan", why)

    def which_choir() -> None:
        purchases.ask(priya, idea_request("choir"), "That sounds lovely. Is there a way in without stairs?")

    def back_it_goes() -> None:
        purchases.take_back_idea(me, ideas["kiln"])

    steps = (
        (19, 10, lambda: buy("cooler", "Catford Sound", "Air cooler for the bedroom", 8_900, None, 3)),
        (18, 11, no_cooler),
        (17, 9, lambda: buy("hydro", "Ladywell Leisure", "Hydrotherapy, three mornings", 6_000, "therapies", 1)),
        (16, 9, lambda: buy("trip", "South London MS Group", "Day out with the MS group", 2_400,
            "community-and-peers", 2)),
        (15, 9, lambda: idea("pottery", "Pottery class", 1_200, "weekly", 1, "It would keep my hands working.")),
        (14, 9, yes_to_pottery),
        (14, 17, lambda: buy("rail", "Steady Hands Online", "Grab rail and bath mat", 3_800, "equipment-and-aids", 3)),
        (13, 9, lambda: idea("console", "Games console", 24_900, "once", 2, "")),
        (12, 9, no_to_console),
        (12, 18, lambda: buy("paints", "Ladywell Art Shop", "Paints for the Thursday art class", 1_800,
            "learning-and-work", 2)),
        (11, 18, some_back),
        (10, 18, all_back),
        (9, 12, lambda: idea("kiln", "A small kiln for home", 19_000, "once", 1, "Then I could go on at home.")),
        (8, 20, back_it_goes),
        (7, 12, credit),
        (6, 19, never_came),
        (3, 19, lambda: idea("choir", "Singing with the hospital choir", 800, "weekly", 2, "It makes me breathe.")),
        (2, 8, which_choir),
        (2, 20, second_look),
        (1, 12, lambda: idea("garden", "Raised beds on the balcony", 7_500, "once", 3, "I miss earth on my hands.")),
    )
    return [Scene(world.ago(days, hour, 23), sam, do) for days, hour, do in steps]
