"""Sam's other brokers: one who gets a fee and says so, and one whose right has ended and who left something behind."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.core.db import db
from app.demo.doing import from_listing, gets_nothing
from app.demo.known_providers import SWIM
from app.demo.scenes import Scene
from app.demo.world import World
from app.identity import authorities
from app.identity.models import Authority
from app.purchases import declaring
from app.purchases import service as purchases
from app.purchases.benefit_rules import BenefitInput


def scenes(world: World) -> list[Scene]:
    """What they did for Sam in the last weeks."""
    sam = world.people["sam"]
    dele, fran = (world.actor(world.accounts[key]) for key in ("dele", "fran"))
    drums = ("Loud and Proud Drumming", "Drumming club for everybody")
    soon = world.today + timedelta(days=9)

    def left_behind() -> None:
        from_listing(world, fran, sam, "Bright Corners Cleaning", "Cleaning and tidying", 2, 3, needed=soon)

    def turned_down() -> None:
        draft = from_listing(world, fran, sam, *drums, 2, 0, needed=soon)
        gets_nothing(fran, draft)
        purchases.submit(fran, draft)
        purchases.turn_down(world.actor(sam.account), draft, "Too loud for me, thank you.")

    def ended() -> None:
        query = select(Authority).where(Authority.account_id == fran.account_id, Authority.ended_at.is_(None))
        right = db.session.scalars(query).one()
        authorities.end_authority(world.actor(sam.account), right, why="We finished our work.")

    def with_a_fee() -> None:
        draft = from_listing(world, dele, sam, SWIM, "One-to-one company at the pool", 2, 1, needed=soon)
        fee = BenefitInput(True, 1_000, "a fee for each new client", SWIM)
        declaring.declare(dele, draft, fee)
        purchases.submit(dele, draft)

    def not_said_yet() -> None:
        from_listing(world, dele, sam, *drums, 4, 0, needed=soon)

    steps = ((15, 10, turned_down), (14, 11, left_behind), (7, 9, ended), (2, 12, with_a_fee), (1, 14, not_said_yet))
    return [Scene(world.ago(days, hour, 35), sam, do) for days, hour, do in steps]
