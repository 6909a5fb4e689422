"""Asked to sign in for oneself, and what an invitation refuses when it is answered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.acting import answering, inviting
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.identity.models import Commissioner
from app.identity.rules import AuthorityKind, Scope
from tests import factories as make
from tests.acting.test_invitations import NOMINEE, World, ask, holder


@pytest.fixture
def world(session: object) -> World:
    return holder()


class TestTheirOwn:
    """A sign-in of one's own, from half a year before sixteen: a coordinator asks."""

    @pytest.mark.parametrize(("days_short", "asked"), [(0, True), (1, False)])
    def test_from_half_a_year_before_sixteen(self, world: World, days_short: int, asked: bool) -> None:
        _, sam, coordinator = world
        half_a_year_on = clock.today() + timedelta(days=184 + days_short)
        # born so that sixteen is reached on that very day
        born = date(half_a_year_on.year - 16, half_a_year_on.month, half_a_year_on.day)
        commissioner = db.session.get_one(Commissioner, sam.commissioner_id)
        young = make.make_person(commissioner, coordinator=coordinator, born=born)
        if asked:
            assert ask(coordinator, young, AuthorityKind.SELF)
            return
        with pytest.raises(InvalidError) as refused:
            ask(coordinator, young, AuthorityKind.SELF)
        assert refused.value.errors == {"kind": "Somebody decides for them until they are nearly sixteen"}

    def test_not_whoever_has_one(self, world: World) -> None:
        _, sam, coordinator = world
        with pytest.raises(InvalidError) as refused:
            ask(coordinator, sam, AuthorityKind.SELF)
        assert refused.value.errors == {"kind": "They have a sign-in of their own"}


def test_calling_in_leaves_what_others_wait_for(world: World) -> None:
    account, sam, coordinator = world
    commissioner = db.session.get_one(Commissioner, sam.commissioner_id)
    other = make.make_person(commissioner, "Harriet", "Lindqvist", coordinator=coordinator)
    mine, theirs = ask(account, sam), ask(coordinator, other, NOMINEE, "niece@example.org")
    inviting.call_in(sam.id)
    with pytest.raises(NotFoundError):
        answering.decline(mine)
    answering.decline(theirs)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("", "Enter your name"), ("  \n ", "Enter your name"), ("x" * 121, "Enter your name, in 120 letters or fewer")],
)
def test_whoever_opens_an_account_by_an_invitation_has_a_name(world: World, name: str, sentence: str) -> None:
    account, person, _ = world
    token = ask(account, person)
    with pytest.raises(InvalidError) as refused:
        answering.open_account(token, name, make.PASSPHRASE)
    assert refused.value.errors["name"] == sentence
    assert answering.open_account(token, "x" * 120, make.PASSPHRASE).name == "x" * 120


def test_whoever_acts_by_now_has_nothing_to_say_yes_to(world: World) -> None:
    account, person, _ = world
    token = ask(account, person)
    new = make.make_account("Bola Ade", "new@example.org")
    make.give_authority(new, person, NOMINEE, Scope.VIEW)
    with pytest.raises(StateError, match="You act for them already"):
        answering.accept(make.actor_for(new), token)
