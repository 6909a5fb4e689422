"""Nobody gives away more than they have: which field says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from app.identity.authority_rules import wider_than
from app.identity.rules import AuthorityKind, Grant, Scope
from tests.identity.test_authorities import OUTCOMES, PERSON

A_FEW, ALL_BUT_ONE = frozenset(OUTCOMES[:2]), frozenset(OUTCOMES[1:])
GIVER = Grant(
    PERSON, "ref", "Amira Haddad", date(2017, 5, 2), UUID(int=2), AuthorityKind.REPRESENTATIVE, Scope.PREPARE, None
)
BUYER = replace(
    GIVER, promised_scope=Scope.BUY, buy_limit_pence=200, month_limit_pence=300, outcome_ids=frozenset(OUTCOMES[:3])
)


@pytest.mark.parametrize(
    ("giver", "scope", "once", "month", "outcomes", "field"),
    [
        (GIVER, Scope.PREPARE, None, None, None, ""),
        (GIVER, Scope.BUY, 1, 1, None, "scope"),
        (replace(BUYER, checked=False), Scope.PREPARE, None, None, A_FEW, "scope"),
        (BUYER, Scope.BUY, 200, 300, A_FEW, ""),
        (BUYER, Scope.BUY, 201, 300, A_FEW, "buy_limit"),
        (BUYER, Scope.BUY, None, 300, A_FEW, "buy_limit"),
        (BUYER, Scope.BUY, 200, 301, A_FEW, "month_limit"),
        (BUYER, Scope.BUY, 200, None, A_FEW, "month_limit"),
        (BUYER, Scope.BUY, 200, 300, None, "outcomes"),
        (BUYER, Scope.VIEW, None, None, ALL_BUT_ONE, "outcomes"),
        (None, Scope.BUY, None, None, None, ""),
    ],
)
def test_what_would_be_given_away_is_named(
    giver: Grant | None,
    scope: Scope,
    once: int | None,
    month: int | None,
    outcomes: frozenset[UUID] | None,
    field: str,
) -> None:
    assert wider_than(giver, scope, once, month, outcomes) == field
