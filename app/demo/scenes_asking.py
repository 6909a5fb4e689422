"""Questions and prices between people and two providers, what people who bought say, and whom they miss."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.demo.known_providers import MARTA, SWIM
from app.demo.scenes import Scene
from app.demo.world import World
from app.identity.rules import Actor
from app.marketplace import enquiries, quotes, reviews, suggestions
from app.marketplace.enquiry_models import Enquiry, Quote
from app.marketplace.enquiry_rules import Offer, Question
from app.marketplace.models import Provider
from app.marketplace.review_models import Review
from app.marketplace.rules import Category, Unit
from app.marketplace.suggestion_models import Suggestion
from app.marketplace.suggestions import Entry, Missing
from app.purchases.models import Purchase
from app.purchases.reviewing import write_review
from app.purchases.rules import State

POOL, WARM = "One-to-one company at the pool", "Warm-pool swimming with one-to-one help"
OUT = "Somebody to get out with"


def scenes(world: World) -> list[Scene]:
    """Everything that was asked, said and suggested lately."""
    return [*_questions(world), *_reviews(world), *_suggestions(world)]


def _questions(world: World) -> list[Scene]:
    sam, amira = world.people["sam"], world.people["amira"]
    me, nadia = world.actor(sam.account), world.actor(amira.account)
    bea, marta = world.actor(world.accounts["bea"]), world.actor(world.accounts["marta"])
    asked: dict[str, Enquiry] = {}
    priced: dict[str, Quote] = {}

    def ask(key: str, actor: Actor, payee: str, title: str, words: str, many: int | None = None) -> None:
        who = amira if actor is nadia else sam
        start = clock.today() + timedelta(days=14) if many else None
        question = Question(words, many is not None, many, start)
        asked[key] = enquiries.ask(actor, who.person, question, listing=world.listing(payee, title))

    def price(key: str, actor: Actor, what: str, pence: int, many: int, days: int, note: str = "") -> None:
        until = clock.today() + timedelta(days=days)
        offer = Offer(what, pence, many, valid_until=until, note=note)
        priced[key] = quotes.send(actor, asked[key].provider, asked[key].ref, offer)

    def answer(key: str, actor: Actor, words: str) -> None:
        enquiries.answer(actor, asked[key].provider, asked[key].ref, words)

    def take_back() -> None:
        quotes.withdraw(bea, asked["back"].provider, asked["back"].ref, priced["back"].ref)

    steps: tuple[tuple[int, int, Callable[[], object]], ...] = (
        (26, 9, lambda: ask("over", me, SWIM, POOL, "Is it cheaper if I take ten hours at once?", 1_000)),
        (25, 10, lambda: price("over", bea, "Ten hours of company at the pool", 2_150, 1_000, 10)),
        (16, 19, lambda: ask("closed", me, MARTA, OUT, "Do you drive an automatic? My chair fits in the back.")),
        (15, 8, lambda: answer("closed", marta, "Yes, an automatic. A folding chair fits, a power chair does not.")),
        (15, 12, lambda: enquiries.close(me, sam.person, asked["closed"].ref)),
        (9, 20, lambda: ask("back", nadia, SWIM, WARM, "Would you come to our own small pool instead?", 400)),
        (8, 9, lambda: price("back", bea, "Four half hours in your own pool", 3_100, 400, 14)),
        (7, 9, take_back),
        (7, 10, lambda: answer("back", bea, "I am sorry, our insurance only covers the baths. So I took it back.")),
        (4, 18, lambda: ask("price", me, SWIM, WARM, "Six Tuesdays in the warm pool: what would that be?", 600)),
        (3, 11, lambda: price("price", bea, "Six half hours in the warm pool", 2_350, 600, 14,
            "Tuesdays at 2pm, with me. The hoist is booked for you.")),
        (3, 17, lambda: ask("new", nadia, SWIM, POOL, "Do you have somebody who signs? For Saturday mornings.", 400)),
        (2, 20, lambda: ask("answered", me, MARTA, OUT, "Could we go to Margate for a whole day in spring?")),
        (1, 8, lambda: answer("answered", marta, "I would love to. Eight hours, and I drive. Any Friday in April?")),
    )  # fmt: skip
    # questions touch no money: whose they are does not matter to the story
    return [Scene(world.ago(days, hour, 42), sam, do) for days, hour, do in steps]


def _reviews(world: World) -> list[Scene]:
    sam, amira, priya = world.people["sam"], world.people["amira"], world.actor(world.accounts["priya"])
    me, nadia = world.actor(sam.account), world.actor(amira.account)
    bea, joy = world.actor(world.accounts["bea"]), world.actor(world.accounts["joy"])
    said: dict[str, Review] = {}

    def say(actor: Actor, payee: str, stars: int, words: str) -> None:
        who = amira if actor is nadia else sam
        bought = db.session.scalars(
            select(Purchase)
            .join(Provider, Provider.id == Purchase.provider_id)
            .where(Purchase.person_id == who.person.id, Provider.name == payee, Purchase.state == State.DELIVERED)
            .order_by(Purchase.delivered_on.desc(), Purchase.id.desc())
            .limit(1)
        ).first()
        if bought is not None:
            said[payee] = write_review(actor, bought, stars, words)

    def reply() -> None:
        if SWIM in said:
            words = "Thank you! The floor by the small pool has a new mat since Monday."
            reviews.reply(bea, said[SWIM].provider, said[SWIM].ref, words)

    def report() -> None:
        if "Talking Hands Therapy" in said:
            reviews.report(me, said["Talking Hands Therapy"].ref, "This is about the school, not about the therapist.")

    def hide() -> None:
        if "Ladywell Nights" in said:
            why = "You name the night worker's sister. Take that out and write it again: the rest is fine."
            reviews.decide(priya, said["Ladywell Nights"].ref, show=False, reason=why)

    def show() -> None:
        if "Kingfisher House" in said:
            why = "The bed number says nothing about anybody. It can be read."
            reviews.decide(joy, said["Kingfisher House"].ref, show=True, reason=why)

    steps: tuple[tuple[int, int, bool, Callable[[], object]], ...] = (
        (20, 19, True, lambda: say(nadia, SWIM, 5,
            "They waited until she was ready, every single time. Warm water, warm people. The floor was slippery.")),
        (18, 10, True, reply),
        (17, 20, False, lambda: say(me, "Rushey Green Physiotherapy", 4,
            "Turns up on the minute and shows my helper what to do. I would like it earlier in the day.")),
        (14, 20, True, lambda: say(nadia, "Talking Hands Therapy", 2,
            "Lovely with children, but the last two were moved at an hour's notice because of the school.")),
        (12, 9, True, report),
        (11, 18, False, lambda: say(me, "Ladywell Nights", 3,
            "A quiet night in the end. Her sister, called Denise, came along without asking.")),
        (9, 10, False, hide),
        (8, 21, True, lambda: say(nadia, "Kingfisher House", 5,
            "Bed 6 by the window, see www.kingfisherhouse.example.org. The dog sleeps in the hall and all is well.")),
        (7, 9, True, show),
        (2, 20, False, lambda: say(me, "Bright Corners Cleaning", 5,
            "The same person every time and the flat shines. Ring them on 020 7946 0551, they are quick.")),
    )  # fmt: skip
    return [Scene(world.ago(days, hour, 23), amira if hers else sam, do) for days, hour, hers, do in steps]


def _suggestions(world: World) -> list[Scene]:
    sam, amira, harriet = (world.people[key] for key in ("sam", "amira", "harriet"))
    priya, joy = world.actor(world.accounts["priya"]), world.actor(world.accounts["joy"])
    made: dict[str, Suggestion] = {}

    def suggest(key: str, who: str, *words: str) -> None:
        someone = world.people[who]
        made[key] = suggestions.suggest(world.actor(someone.account), someone.person, Missing(*words))

    def leave_out() -> None:
        why = (
            "They nurse at home and are not on the care register, so no budget can pay them for it. Starlight Nursing "
            "at Home is registered and goes to your area: ask me if you want to talk it over."
        )
        suggestions.leave_out(priya, made["nurses"].ref, why)

    def there() -> None:
        suggestions.already_there(priya, made["drums"].ref, world.listing(
            "Loud and Proud Drumming", "Drumming club for everybody").provider.ref)  # fmt: skip

    def add() -> None:
        entry = Entry("Hither Green Sensory Play", "Sensory play for disabled children", Category.ACTIVITIES,
            Unit.SESSION, regulated=False, at_venue=True, postcode="SE13 6RA",
            website="https://sensoryplay.example.org")  # fmt: skip
        suggestions.add(joy, made["play"].ref, entry)

    play = ("Hither Green Sensory Play", "SE13 6RA", "Sensory play for disabled children, Saturdays",
        "sensoryplay.example.org")  # fmt: skip
    steps: tuple[tuple[int, int, str, Callable[[], object]], ...] = (
        (21, 10, "amira", lambda: suggest("play", "amira", *play)),
        (19, 15, "amira", add),
        (17, 11, "sam", lambda: suggest("nurses", "sam", "Deptford Night Nurses", "Deptford", "Nurses at night")),
        (16, 9, "sam", leave_out),
        (13, 20, "amira", lambda: suggest("drums", "amira", "Loud & Proud Drums", "SE8 4PA", "Drumming club")),
        (12, 9, "amira", there),
        (3, 14, "sam", lambda: suggest("ukulele", "sam", "Catford Ukulele Circle", "SE6 4JU",
            "Ukulele for beginners, in a room with a lift. They lend you one", "", "020 7946 0177")),
        (1, 10, "harriet", lambda: suggest("rushey", "harriet", "Rushy Green Physio", "SE6 4AT", "Physiotherapists")),
    )  # fmt: skip
    owners = {"sam": sam, "amira": amira, "harriet": harriet}
    return [Scene(world.ago(days, hour, 33), owners[who], do) for days, hour, who, do in steps]
