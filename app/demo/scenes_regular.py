"""What is bought again and again: a thing of every rhythm, one that rests, one whose price goes up, one to decide."""

from __future__ import annotations

from datetime import date, timedelta

from app.budgets.regular_models import RegularPayment
from app.budgets.regular_rules import RegularState
from app.core import clock
from app.demo.known_providers import MARTA
from app.demo.scenes import Scene
from app.demo.world import Someone, World
from app.identity.rules import Actor
from app.purchases import pricing, regular
from app.purchases.benefit_rules import BenefitInput
from app.purchases.regular import RegularInput
from app.purchases.regular_posting import SYSTEM

_WEEK = timedelta(weeks=1)


def scenes(world: World) -> list[Scene]:
    """Begun in the last weeks, written down on their days since, and what is new about them."""
    sam, amira, harriet = (world.people[key] for key in ("sam", "amira", "harriet"))
    me, nadia, leonie, marta = (
        world.actor(account)
        for account in (sam.account, amira.account, world.accounts["leonie"], world.accounts["marta"])
    )
    kept: dict[str, RegularPayment] = {}

    def begin(key: str, actor: Actor, who: Someone, payee: str, title: str, aim: int, **answers: object) -> None:
        thing = regular.thing_from_listing(world.listing(payee, title).ref)
        wanted = {
            "rhythm": "weekly",
            "first_on": clock.today() + timedelta(days=1),
            "until": None,
            "outcome_ref": who.outcomes[aim].ref,
            "benefit": BenefitInput(False),  # asked of the broker
            **answers,
        }
        kept[key] = regular.start(actor, who.person, who.budget, thing, RegularInput(**wanted))  # type: ignore[arg-type]  # by name

    def drums(actor: Actor, who: Someone, key: str, aim: int, rhythm: str) -> None:
        title = "Drumming club for everybody"
        begin(key, actor, who, "Loud and Proud Drumming", title, aim, rhythm=rhythm, first_on=_saturday(clock.today()))

    def cleaning() -> None:
        until = min(world.today + 26 * _WEEK, sam.budget.ends_on)
        answers: dict[str, object] = {"rhythm": "fortnightly", "until": until, "family_member": "no"}
        begin("cleaning", me, sam, "Bright Corners Cleaning", "Cleaning and tidying", 3, **answers)

    def evening() -> None:
        answers: dict[str, object] = {"rhythm": "four_weekly", "quantity_hundredths": 200, "family_member": "no"}
        begin("evening", me, sam, MARTA, "Company in the evening", 0, **answers)

    def rest() -> None:
        regular.pause(me, kept["cleaning"], clock.today(), world.today + timedelta(days=9), "In hospital")

    def rise() -> None:
        day = clock.add_months(clock.period_of(world.today + timedelta(days=9)), 1)
        pricing.set_price(marta, world.listing(MARTA, "Company in the evening"), 1_890, day)

    def prepared() -> None:
        begin(
            "speech",
            leonie,
            amira,
            "Talking Hands Therapy",
            "Speech therapy with the talker",
            2,
            rhythm="monthly",
            first_on=world.today + 2 * _WEEK,
        )

    def to_decide() -> None:
        answers: dict[str, object] = {"quantity_hundredths": 200, "family_member": "no"}
        answers["first_on"] = world.today + _WEEK
        begin("help", leonie, harriet, "Bright Corners Cleaning", "Cleaning and tidying", 1, **answers)

    def post() -> None:
        """What the worker does each morning, for these."""
        for payment in kept.values():
            if payment.state is RegularState.RUNNING:
                for payment_id, due_on in list(regular.due_days(clock.today(), payment.id)):
                    regular.post_occurrence(SYSTEM, payment_id, due_on)

    told = [
        Scene(world.ago(25, 10, 5), sam, lambda: drums(me, sam, "drums", 2, "weekly")),
        Scene(world.ago(25, 11, 5), amira, lambda: drums(nadia, amira, "amira", 1, "term_time")),
        Scene(world.ago(20, 9, 40), sam, cleaning),
        Scene(world.ago(16, 21, 10), sam, evening),
        Scene(world.ago(4, 8, 15), sam, rest),
        Scene(world.ago(3, 19, 20), sam, rise),
        Scene(world.ago(2, 15, 50), amira, prepared),
        Scene(world.ago(1, 10, 40), harriet, to_decide),
    ]
    # both purses are looked at anew after each: the money of both may have moved
    mornings = [Scene(world.ago(days, 4, 10), who, post) for days in range(24, -1, -1) for who in (sam, amira)]
    return [*told, *mornings]


def _saturday(day: date) -> date:
    return day + timedelta((5 - day.weekday()) % 7 or 7)
