"""What the others wait for: the rest of every queue."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.demo import papers
from app.demo.doing import Item, attach, elsewhere, from_listing, gets_nothing, request_ref
from app.demo.scenes import Scene, due_next
from app.demo.world import Someone, World
from app.purchases import service as purchases
from app.purchases.models import Purchase


def scenes(world: World) -> list[Scene]:
    """Amira's and Harriet's last days, and everything else that coordinators have in front of them."""
    return [*_amira(world), *_harriet(world), *_queue(world)]


def _amira(world: World) -> list[Scene]:
    amira = world.people["amira"]
    nadia, priya, leonie = (world.actor(a) for a in (amira.account, world.accounts["priya"], world.accounts["leonie"]))
    kept: dict[str, Purchase] = {}

    def night() -> None:
        draft = from_listing(world, nadia, amira, "Kingfisher House", "A night at the children's house", 1, 3)
        kept["night"] = purchases.submit(nadia, draft)
        purchases.mark_paid(nadia, kept["night"], world.today - timedelta(days=8), "From Amira's account, by transfer")

    def swing() -> None:
        item = Item("Nest swing for the garden, big enough for two", 9_800, None, 1)
        draft = elsewhere(nadia, amira, "Bounce and Play", [item], note="Idris and she can be in it together.")
        attach(nadia, draft, papers.pdf("Bounce and Play", item.words, item.pence, world.today), "swing.pdf")
        kept["swing"] = purchases.submit(nadia, draft)

    def is_it_safe() -> None:
        question = "What a lovely idea. Has her physiotherapist said that swinging is safe with her tube?"
        purchases.ask(priya, request_ref(world, amira, kept["swing"]), question)

    def it_is() -> None:
        purchases.answer_about(
            nadia,
            kept["swing"],
            "Yes: lying down, gently, with one of us in it. She wrote it in her last letter, I can send it.",
        )

    def drums() -> None:
        draft = from_listing(world, nadia, amira, "Loud and Proud Drumming", "Drumming club for everybody", 4, 1)
        purchases.submit(nadia, draft)

    def broker() -> None:
        draft = from_listing(
            world,
            leonie,
            amira,
            "Talking Hands Therapy",
            "Speech therapy with the talker",
            2,
            2,
            needed=world.today + timedelta(days=6),
            note="Two sessions in school, so that her friends learn the talker too.",
        )
        gets_nothing(leonie, draft)
        purchases.submit(leonie, draft)

    def towels() -> None:
        item = Item("Hooded towels and a swim ring", 3_650, "activities-and-leisure", 1)
        purchases.submit(nadia, elsewhere(nadia, amira, "Splash and Dry", [item]))

    steps = ((8, 10, night), (6, 20, swing), (4, 9, is_it_safe), (1, 21, it_is), (3, 12, drums), (2, 14, broker),
        (1, 18, towels))
    return [Scene(world.ago(days, hour, 25), amira, do) for days, hour, do in steps]


def _harriet(world: World) -> list[Scene]:
    harriet = world.people["harriet"]
    leonie = world.actor(world.accounts["leonie"])

    def within() -> None:
        item = Item("Speech therapy session", 6_200, "therapies", 0)
        draft = elsewhere(leonie, harriet, "Talking Hands Therapy", [item])
        gets_nothing(leonie, draft)
        purchases.submit(leonie, draft)

    def above() -> None:
        item = Item("Left-handed kitchen: knives, board and pan holder", 28_600, "equipment-and-aids", 0)
        draft = elsewhere(leonie, harriet, "Handy Things for Living", [item])
        gets_nothing(leonie, draft)
        purchases.submit(leonie, draft)

    return [Scene(world.ago(5, 11), harriet, within), Scene(world.ago(1, 15), harriet, above)]


def _queue(world: World) -> list[Scene]:
    found: list[Scene] = []

    def asks(key: str, moment: datetime, payee: str, item: Item, note: str = "") -> None:
        who: Someone = world.people[key]
        actor = world.actor(who.account)

        def do() -> None:
            purchases.submit(actor, elsewhere(actor, who, payee, [item], note=note))

        found.append(Scene(moment, who, do))

    # late: more than two working days have gone by
    asks("elif", world.ago(8, 13), "Deptford Clay", Item("Two days by the sea with the Tuesday people", 16_500, None,
        0),
         "Three of us are going. It is the first time I said yes to something.")
    # due today, or on the next working day
    asks("tomasz", due_next(world), "Lewisham Wheel Works",
         Item("Light active wheelchair, made to measure", 375_365, "equipment-and-aids", 0),
             "The quote is from the measuring visit.")
    asks("hannah", due_next(world) + timedelta(minutes=40), "Soft Dark Blinds",
         Item("Blackout blinds for two rooms", 23_400, None, 1), "Light is what hurts most.")
    asks("george", world.ago(1, 10), "Neil Attwood",
         Item("Saturday walks with my brother Neil", 9_600, "personal-assistants", 0, "close"),
         "He is the only one I listen to when I want to cross the road.")
    asks("precious", world.ago(1, 12), "Speak and Type", Item("Dictation software and a headset", 61_200,
        "equipment-and-aids",
        0))
    asks("winston", world.ago(0, 9), "The Lord Nelson pub, Margate",
         Item("Lunch on the dominoes trip", 2_400, "activities-and-leisure", 1), "Fish and chips and a pot of tea.")
    # the team's: Marcus has these
    asks("noor", world.ago(2, 17), "Float and Breathe", Item("Floating in warm salt water, six visits", 18_000, None,
        0),
         "It is the only hour in which nothing hurts.")
    asks("lloyd", world.ago(0, 8), "Gently Used Gym Kit", Item("Watch that counts heartbeats", 11_900, None, 0))
    # the other board's
    asks("peter", world.ago(1, 11), "Tranter and Son", Item("Quad bike with a hand throttle, a month's hire", 14_500,
        None, 0))
    asks("oscar", world.ago(9, 11), "Aylesbury Model Engineers", Item("Model railway starter set", 13_900, None, 1))
    return found
