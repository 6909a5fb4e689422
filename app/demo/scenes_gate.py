"""The privacy gate at work: reviews past, open and to come, two concerns, and an auditor who has looked."""

from __future__ import annotations

from datetime import timedelta

from app.core import clock
from app.demo.scenes import Scene
from app.demo.world import Someone, World
from app.stewardship import concerns, keys, openings, reviews, telling
from app.stewardship.concern_rules import ConcernInput
from app.stewardship.gate_models import Concern, PlanReview
from app.stewardship.gate_rules import ConcernKind, Sight
from app.stewardship.review_rules import OutcomeInput, ReviewInput, ReviewKind, Risk

#: Whose review nobody has announced although it was due.
OVERDUE = "noor"


def scenes(world: World) -> list[Scene]:
    """Everything of the last weeks that opened, or will open, somebody's money."""
    return [*_past(world), *_open_now(world), *_to_come(world), *_told(world), *_put_off(world), *_audited(world)]


def settle(world: World) -> None:
    """By when everybody's next review is due, as their plans say; one is overdue."""
    for key, who in world.people.items():
        due = world.today - timedelta(days=9) if key == OVERDUE else who.plan.review_due_on
        reviews.set_next(who.person.id, due, None)


def _announce(world: World, who: Someone, kind: ReviewKind, in_days: int, what: str) -> PlanReview:
    day = clock.today() + timedelta(days=in_days)
    wanted = ReviewInput(kind, day, clock.today() - timedelta(days=90), day, what)
    return reviews.announce(world.actor(world.accounts[who.life.coordinator]), who.person, wanted)


def _past(world: World) -> list[Scene]:
    harriet = world.people["harriet"]
    begins = clock.add_months(world.this_month, -1)
    kept: list[PlanReview] = []

    def announce() -> None:
        what = "How the first months went: what helped, what did not, and whether the sum is right."
        kept.append(_announce(world, harriet, ReviewKind.THREE_MONTH, 14, what))

    def hold() -> None:
        agreed = (
            "The dog has woken you before four seizures. Nothing changes in the plan. "
            "We look at the cost of the vet at the next review."
        )
        actor = world.actor(world.accounts[harriet.life.coordinator])
        _look(world, harriet, harriet.life.coordinator, "the spending")
        reviews.write_outcome(actor, kept[0], OutcomeInput(agreed, Risk.LOW, clock.today() + timedelta(days=340)))

    return [
        Scene(world.moment(begins, 9, 20), harriet, announce),
        Scene(world.moment(begins + timedelta(days=15), 11, 15), harriet, hold),
    ]


def _open_now(world: World) -> list[Scene]:
    sam = world.people["sam"]
    what = "We look at how each outcome goes, at the money kept for bad weeks, and at what should change next year."

    def announce() -> None:
        _announce(world, sam, ReviewKind.YEARLY, 14, what)

    def look() -> None:
        _look(world, sam, sam.life.coordinator, "the spending")

    return [Scene(world.ago(17, 10, 5), sam, announce), Scene(world.ago(2, 14, 25), sam, look)]


def _to_come(world: World) -> list[Scene]:
    amira = world.people["amira"]

    def announce() -> None:
        what = "School, sleep and the trampoline: what helps Amira, and who pays for the holidays."
        _announce(world, amira, ReviewKind.YEARLY, 15, what)

    return [Scene(world.ago(8, 15, 10), amira, announce)]


def _record(world: World, who: Someone, kind: ConcernKind, words: str, told: str, delay: str = "") -> Concern:
    own = who.life.coordinator
    second = world.accounts["marcus" if own != "marcus" else "priya"]
    actor = world.actor(world.accounts[own])
    return concerns.record(actor, who.person, ConcernInput(kind, words, told, second.ref, delay))


def _told(world: World) -> list[Scene]:
    piotr = world.people["piotr"]

    def record() -> None:
        words = "The same class seems to be entered twice in one week. Probably a slip; the receipts will say."
        _record(world, piotr, ConcernKind.ERROR, words, "Two entries look alike. We want to see whether one is a slip.")
        _look(world, piotr, piotr.life.coordinator, "the spending")

    return [Scene(world.ago(6, 9, 45), piotr, record)]


def _put_off(world: World) -> list[Scene]:
    hyun = world.people["hyun"]
    kept: list[Concern] = []

    def record() -> None:
        words = (
            "She said on the phone that somebody at home keeps her card and answers her e-mails. She sounded afraid."
        )
        told = "We wanted to be sure that you decide about your money yourself."
        delay = "Whoever reads her e-mails would read that we ask."
        kept.append(_record(world, hyun, ConcernKind.PRESSURE, words, told, delay))

    def decide() -> None:
        why = "She meets her nurse alone on Thursdays. We tell her there, after the second visit."
        joy = world.actor(world.accounts["joy"])
        telling.decide(joy, kept[0], clock.today() + timedelta(days=20), why)

    def look() -> None:
        _look(world, hyun, hyun.life.coordinator, "the spending")

    return [
        Scene(world.ago(5, 16, 30), hyun, record),
        Scene(world.ago(4, 9, 10), hyun, decide),
        Scene(world.ago(4, 11, 40), hyun, look),
    ]


def _audited(world: World) -> list[Scene]:
    sam = world.people["sam"]

    def read() -> None:
        _look(world, sam, "stephen", "the spending")

    return [Scene(world.ago(9, 13, 5), sam, read)]


def _look(world: World, who: Someone, key: str, what: str) -> None:
    """Somebody opens what their key opens, and that is written down."""
    actor = world.actor(world.accounts[key])
    opened = keys.open_with(actor, who.person)
    if opened is not None:
        openings.note(actor, who.person, opened.key, Sight.SPENDING, what)
