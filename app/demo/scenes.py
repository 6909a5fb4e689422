"""What happened lately, scene by scene: each is a moment and something that somebody does then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core import clock
from app.demo.doing import Item, elsewhere, request_ref
from app.demo.kinds import Asked
from app.demo.world import Someone, World
from app.purchases import service as purchases
from app.purchases.models import Purchase
from app.purchases.rules import State


@dataclass(frozen=True, slots=True)
class Scene:
    """Something that happens. ``who``: whose money it may touch."""

    moment: datetime
    who: Someone
    do: Callable[[], object]


def asked(world: World, who: Someone, story: Asked) -> list[Scene]:
    """Something of the past that went to a coordinator, and their answer a day later."""
    made: list[Purchase] = []

    def ask() -> None:
        actor = world.actor(who.account)
        draft = elsewhere(actor, who, story.payee, [Item(story.words, story.pence, story.category, story.aim)])
        made.append(purchases.submit(actor, draft))

    def answer() -> None:
        if made[0].state is not State.AWAITING_APPROVAL:
            return
        actor = world.actor(world.accounts[who.life.coordinator])
        ref = request_ref(world, who, made[0])
        if story.code:
            purchases.decline(actor, ref, story.code, story.why)
        else:
            purchases.approve(actor, ref, story.why)

    return [
        Scene(world.ago(story.days_ago, 16, 40), who, ask),
        Scene(world.ago(story.days_ago - 1, 9, 30), who, answer),
    ]


def due_next(world: World) -> datetime:
    """When a request had to be made so that its answer is due today, or on the next working day."""
    days = 2  # the board's own setting
    target = world.today if clock.is_working_day(world.today) else clock.add_working_days(world.today, 1)
    day = target
    while clock.add_working_days(day, days) != target or day > world.today:
        day -= timedelta(days=1)
    return world.moment(day, 11, 5)
