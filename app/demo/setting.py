"""The stage: two commissioners, their staff and policy, the marketplace, and the people who are not budget holders."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from app.core.db import db
from app.demo.accounts import NEIGHBOURS, SIGN_INS, SignIn
from app.demo.kinds import PASSPHRASE
from app.demo.known_providers import MARTA, SWIM
from app.demo.places import OUTCODES
from app.demo.providers import everyone
from app.demo.world import SYSTEM, World
from app.identity import service as identity
from app.identity.models import Commissioner
from app.identity.passphrases import check_strength, hash_passphrase
from app.marketplace import outcodes
from app.marketplace import service as marketplace
from app.marketplace.models import Provider
from app.policy import service as policy
from app.policy.queries import default_policy

BOARD = "Ravensbourne Valley Integrated Care Board"
WENDOVER = "Wendover Hills Council and Care Board"
#: Marks a commissioner as made up, in its stored settings. What is not marked is never filled or dropped.
MARK = "demonstration"
RECEIPT_OVER = 2_500
SAFEGUARDING = ("joy", "marcus", "sunniva")  # who decides when a person is told of a concern
LEADS = ("marcus", "ingrid")  # the coordinators who lead their team
WHOLE, PART = "whole", "part"


def open_stage(now: datetime, today: date, since: date) -> World:
    """Set up everything that is there before the first person comes.

    :param since: the day on which both commissioners begin.
    """
    check_strength(PASSPHRASE, ())
    board, wendover = (
        identity.add_commissioner(
            SYSTEM,
            name,
            {
                MARK: PART,
                "decision_working_days": days,
                "receipt_over_pence": RECEIPT_OVER,
                "help_phone": phone,
                "help_email": mail,
            },
        )
        for name, days, phone, mail in (
            (BOARD, 2, "020 7946 0321", "budgets@ravensbourne.example.org"),
            (WENDOVER, 3, "01632 960 145", "budgets@wendover.example.org"),
        )
    )
    world = World(now, today, board, wendover, hash_passphrase(PASSPHRASE))
    for commissioner, rows in ((board, SIGN_INS), (wendover, NEIGHBOURS)):
        for row in rows:
            if row.key not in ("sam", "amira", "peter"):
                _account(world, commissioner, row, since)
    admins = ((board, "joy"), (wendover, "sunniva"))
    for commissioner, key in admins:
        policy.publish(world.actor(world.accounts[key]), commissioner.id, default_policy(), since)
    return world


def fill_marketplace(world: World) -> None:
    """Outcodes, providers, personal assistants, and who keeps the pages of two of them."""
    outcodes.add_outcodes(SYSTEM, ((code, lat, lon, town) for code, (lat, lon, town) in OUTCODES.items()))
    marketplace.add_many(SYSTEM, everyone(world.today))
    for key, name in (("bea", SWIM), ("marta", MARTA)):
        provider = db.session.scalars(select(Provider).where(Provider.name == name)).one()
        marketplace.add_member(SYSTEM, provider, world.accounts[key].id)


def _account(world: World, commissioner: Commissioner, row: SignIn, since: date) -> None:
    account = identity.open_account(SYSTEM, row.email, row.name, hashed=world.hashed)
    world.accounts[row.key] = account
    if row.role is not None:
        leads, safeguards = row.key in LEADS, row.key in SAFEGUARDING
        identity.appoint(SYSTEM, account, commissioner, row.role, since, leads=leads, safeguards=safeguards)
