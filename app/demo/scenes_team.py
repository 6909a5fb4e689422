"""The team's own work: messages about anything, words kept ready, a simple rule, leave, and money moved."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.approvals import reasons, simple_rules
from app.approvals.simple_rules import RuleInput
from app.core import clock
from app.demo.doing import Item, elsewhere
from app.demo.scenes import Scene
from app.demo.world import Someone, World
from app.identity import absences
from app.marketplace.rules import Category
from app.messages import conversations
from app.messages.models import Conversation
from app.purchases import moving
from app.purchases import service as purchases
from app.purchases.moving import MoveInput
from app.purchases.planned import KEPT, ends_of

_READY = (
    ("yes", "Exercise, in the plan", "It helps with what your plan is for. Have a good time, and tell us how it went."),
    ("yes", "One time only", "Yes for this once. If you want it again, tell me what it did for you."),
    ("no", "The library lends it", "The library lends these for nothing. Ask at the desk, or ask me to ask for you."),
    ("no", "Not yet in your plan", "It may be a good idea, but it is not in your plan yet. Let us talk at the review."),
    ("question", "How does it help?", "Could you say in a sentence how this helps you? There is no wrong answer."),
)  # fmt: skip


def scenes(world: World) -> list[Scene]:
    """Everything of the last weeks that is the team's."""
    return [*_ready(world), *_alike(world), *_talks(world), *_moves(world), *_promises(world)]


def _ready(world: World) -> list[Scene]:
    marcus, priya = (world.actor(world.accounts[key]) for key in ("marcus", "priya"))
    board, sam = world.board.id, world.people["sam"]

    def keep() -> None:
        for answer, name, words in _READY:
            reasons.keep_template(marcus, board, answer, name, words)

    def rule() -> None:
        typed = RuleInput(
            "Shoes and kit under £60",
            None,
            "trainers, shoes, kit, swimsuit",
            "",
            6_000,
            1,
            "Nobody moves in bad shoes. Once a year nobody has to ask.",
        )
        simple_rules.make_rule(marcus, board, typed, set(Category))

    def leave() -> None:
        first = clock.add_working_days(world.today, 20)
        absences.note_absence(
            priya,
            board,
            account_ref=world.accounts["priya"].ref,
            starts_on=first,
            ends_on=first + timedelta(days=11),
            cover_ref=world.accounts["marcus"].ref,
        )

    return [
        Scene(world.ago(24, 9, 5), sam, keep),
        Scene(world.ago(23, 9, 5), sam, rule),
        Scene(world.ago(3, 16), sam, leave),
    ]


def _alike(world: World) -> list[Scene]:
    """Small requests of the exercise budgets for the same reason; and one that the simple rule answers."""
    found = []

    def asks(key: str, moment: datetime, payee: str, words: str, pence: int, category: str | None) -> None:
        who: Someone = world.people[key]
        actor = world.actor(who.account)

        def do() -> None:
            purchases.submit(actor, elsewhere(actor, who, payee, [Item(words, pence, category, 0)]))

        found.append(Scene(moment, who, do))

    asks("piotr", world.ago(9, 18), "Gently Used Gym Kit", "Trainers for the back class", 5_400, None)
    asks("hyun", world.ago(1, 19), "Lewisham Buses", "Bus fares to boxing, three months", 3_120, "transport")
    asks("soledad", world.ago(1, 20), "Lewisham Buses", "Bus fares to the warm-water class", 2_600, "transport")
    asks("amara", world.ago(0, 7), "Peckham Cars", "Taxi home after climbing, four times", 4_800, "transport")
    asks("kevin", world.ago(0, 8), "Bellingham Walkers FC", "Trains to the away games", 5_400, "transport")
    return found


def _talks(world: World) -> list[Scene]:
    sam, amira, noor = (world.people[key] for key in ("sam", "amira", "noor"))
    priya = world.actor(world.accounts["priya"])
    kept: dict[str, Conversation] = {}

    def ask(who: Someone, topic: str, words: str) -> None:
        kept[topic], _ = conversations.begin(world.actor(who.account), who.person, topic, words)

    def sister() -> None:
        ask(sam, "Taking my sister along", "Can my sister's ticket come out of the budget when she is my company?")

    def yes() -> None:
        conversations.reply(
            priya,
            kept["Taking my sister along"],
            "Hello Sam. Yes, when she is there because you need somebody. Put both tickets on one line and say so.",
        )

    def holidays() -> None:
        ask(amira, "The school holidays", "Who pays for the extra hours when school is closed: education or health?")

    def hurts() -> None:
        ask(noor, "Nothing I like is in the list", "I want to move, but every class hurts. Could somebody phone me?")

    return [
        Scene(world.ago(6, 20), sam, sister),
        Scene(world.ago(5, 10), sam, yes),
        Scene(world.ago(1, 21), amira, holidays),
        Scene(world.ago(8, 22), noor, hurts),
    ]


def _moves(world: World) -> list[Scene]:
    sam = world.people["sam"]
    actor = world.actor(sam.account)

    def move(source: str, target: str, pence: int, *, every_month: bool = False, why: str = "") -> None:
        moving.move(actor, sam.person, sam.budget, MoveInput(source, target, pence, every_month, why))

    def first() -> None:
        move(sam.outcomes[4].ref, sam.outcomes[1].ref, 2_000)

    def kept() -> None:
        move(KEPT, sam.outcomes[1].ref, 1_500, why="Two bad weeks: I needed company at the pool more often.")

    def every() -> None:
        ends = ends_of(actor, sam.person, sam.budget)
        spare = max((end for end in ends if end.ref not in (KEPT, sam.outcomes[2].ref)), key=lambda end: end.left_pence)
        choir = clock.say_month(clock.add_months(world.this_month, 1))
        why = f"Josie and I found a choir that sings sitting down. It starts in {choir}."
        move(spare.ref, sam.outcomes[2].ref, 1_000, every_month=True, why=why)

    return [
        Scene(world.moment(world.this_month, 9, 40), sam, first),
        Scene(world.moment(world.this_month, 9, 50), sam, kept),
        Scene(world.ago(1, 9, 15), sam, every),
    ]


def _promises(world: World) -> list[Scene]:
    """The morning's reminders of the last working days."""
    sam = world.people["sam"]
    days = [world.today - timedelta(days=back) for back in range(7, -1, -1)]
    return [
        Scene(world.moment(day, 7, 15), sam, purchases.keep_promises) for day in days if clock.is_working_day(day)
    ]
