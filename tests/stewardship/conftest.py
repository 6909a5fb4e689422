"""An old man with a sign-in of his own, a nominee, money and a personal assistant."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core import clock
from app.identity.models import Account
from app.identity.rules import AuthorityKind
from tests import factories as make
from tests.stewardship.life import BORN, TODAY, Life, make_life


@pytest.fixture
def george(session) -> Iterator[Life]:
    """An old man with a sign-in of his own and a nominee."""
    with clock.at(TODAY):
        life = make_life(BORN, kind=AuthorityKind.NOMINEE, given="George")
        yield life


@pytest.fixture
def own(george: Life) -> Account:
    account = make.make_account("George Rahman")
    make.give_authority(account, george.person)
    return account
