"""Accounts, people and rights are given by the software alone, as long as no page gives them."""

import pytest
from sqlalchemy import func, select

from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError
from app.identity import service
from app.identity.models import Account, Authority, Commissioner, Person, StaffPost
from app.identity.rules import AuthorityKind, Scope, StaffRole
from tests.factories import LONG_AGO, SYSTEM, actor_for, make_account, make_commissioner, make_person, make_post

pytestmark = pytest.mark.usefixtures("session")


def test_no_account_gives_itself_a_right() -> None:
    board = make_commissioner()
    account, person = make_account(), make_person(board)
    make_post(account, board, StaffRole.ADMIN)
    me = actor_for(account)
    for attempt in (
        lambda: service.appoint(me, account, board, StaffRole.AUDITOR, LONG_AGO),
        lambda: service.grant_authority(me, account, person, AuthorityKind.SELF, Scope.BUY, starts_on=LONG_AGO),
        lambda: service.add_commissioner(me, "My own board"),
        lambda: service.open_account(me, "more@example.org", "More"),
        lambda: service.add_person(me, board, "Made", "Up", person.date_of_birth),
    ):
        with pytest.raises(NotAllowedError):
            attempt()


def test_nobody_is_there_by_default() -> None:
    """A new database has nobody in it who could sign in, and no place that anybody could be of."""
    for model in (Account, Authority, Commissioner, Person, StaffPost):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0, model.__name__


@pytest.mark.parametrize("address", ["", "sam", "sam@", "a b@example.org", "sam@example.org\nBcc: x@example.org"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidError, match=r"name@example\.org"):
        service.open_account(SYSTEM, address, "Sam")


def test_an_address_has_one_account_whatever_the_letters_case() -> None:
    make_account(email="sam@example.org")
    with pytest.raises(InvalidError, match="already"):
        service.open_account(SYSTEM, "SAM@example.org", "Sam", hashed="x")
