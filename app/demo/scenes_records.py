"""What people own: a copy of everything, a name put right, and what they chose."""

from __future__ import annotations

from sqlalchemy import select

from app.core.db import db
from app.demo.scenes import Scene
from app.demo.world import World
from app.identity import consents
from app.records import correcting
from app.records.models import Correction
from app.records.rules import CorrectionKind


def scenes(world: World) -> list[Scene]:
    """Choices, something put right, and something that waits for a coordinator."""
    sam, amira = world.people["sam"], world.people["amira"]

    def choose() -> None:
        actor = world.actor(sam.account)
        consents.choose(actor, sam.person, consents.Choice.PRECEDENT.value, True)

    def refuse() -> None:
        consents.choose(world.actor(amira.account), amira.person, consents.Choice.PRECEDENT.value, False)

    def called() -> None:
        new = correcting.NewDetails("Sam", sam.person.postcode)
        correcting.change_details(world.actor(sam.account), sam.person, new)

    def ask() -> None:
        words = "The note on my March review says I use a wheelchair. I use a walking frame."
        correcting.ask_correction(world.actor(sam.account), sam.person, CorrectionKind.OTHER, {}, words)

    def answer() -> None:
        made = db.session.scalars(select(Correction).where(Correction.person_id == sam.person.id)).first()
        if made is not None:
            coordinator = world.actor(world.accounts[sam.life.coordinator])
            correcting.decide(coordinator, sam.person, made.ref, True, "Sorry about that. It says walking frame now.")

    def ask_again() -> None:
        words = "It is on her birth certificate, which I can bring."
        asked = {"date_of_birth": amira.person.date_of_birth.replace(day=amira.person.date_of_birth.day % 28 + 1)}
        correcting.ask_correction(
            world.actor(amira.account), amira.person, CorrectionKind.DATE_OF_BIRTH, dict(asked), words
        )

    return [
        Scene(world.ago(20, 18, 5), sam, choose),
        Scene(world.ago(20, 18, 9), sam, called),
        Scene(world.ago(19, 20, 30), amira, refuse),
        Scene(world.ago(12, 10, 15), sam, ask),
        Scene(world.ago(9, 14, 40), sam, answer),
        Scene(world.ago(2, 19, 20), amira, ask_again),
    ]
