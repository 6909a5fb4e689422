"""Lives that change: told of sixteen in time, a death recorded quietly, a move that somebody took over."""

from __future__ import annotations

from datetime import timedelta

from app.core import clock
from app.demo.scenes import Scene
from app.demo.world import SYSTEM, Someone, World
from app.identity import service as identity
from app.identity.rules import AuthorityKind, Scope
from app.stewardship import changes, sixteen
from app.stewardship.changes_clock import follow_changes
from app.stewardship.changes_follows import digest_of
from app.stewardship.changes_handover import accept_handover
from app.stewardship.changes_models import LifeChange

_DIED, _MOVED = 24, 20  # days ago; the lives end then too


def scenes(world: World, who: Someone) -> list[Scene]:
    """What changes in somebody's life, known from the day they were entered."""
    return {"seun": _sixteen, "arthur": _death, "imogen": _move}.get(who.life.key, _nothing)(world, who)


def _nothing(world: World, who: Someone) -> list[Scene]:
    return []


def _sixteen(world: World, who: Someone) -> list[Scene]:
    """Six months before, his own sign-in, three months before: what the nights' job did."""

    def invited() -> None:
        account = world.accounts["seun_himself"]
        identity.grant_authority(SYSTEM, account, who.person, AuthorityKind.SELF, Scope.VIEW, starts_on=clock.today())

    def told() -> None:
        sixteen.turn(who.person.id)

    return [
        Scene(world.ago(138, 1, 25), who, told),
        Scene(world.ago(70, 16, 20), who, invited),
        Scene(world.ago(45, 0, 25), who, told),
    ]


def _death(world: World, who: Someone) -> list[Scene]:
    def record() -> None:
        priya = world.actor(world.accounts["priya"])
        day = world.today - timedelta(days=_DIED)
        seen = digest_of(changes.see_death(priya, who.person, day))
        changes.record_death(priya, who.person, day, "Judith Pellow, his daughter", seen)

    return [Scene(world.ago(_DIED - 2, 11, 40), who, record)]


def _move(world: World, who: Someone) -> list[Scene]:
    made: list[LifeChange] = []

    def note() -> None:
        ingrid, on = world.actor(world.accounts["ingrid"]), world.today - timedelta(days=_MOVED)
        seen = digest_of(changes.see_move(ingrid, who.person, on, "", world.board))
        made.append(changes.note_move(ingrid, who.person, on, "", world.board, sends_plan=True, seen=seen))

    def take_over() -> None:
        accept_handover(world.actor(world.accounts["marcus"]), made[0].ref)

    def night() -> None:
        follow_changes()

    return [
        Scene(world.ago(_MOVED + 25, 14, 10), who, note),
        Scene(world.ago(_MOVED + 18, 9, 50), who, take_over),
        Scene(world.ago(_MOVED, 0, 35), who, night),
    ]
