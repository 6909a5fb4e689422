"""How far an authority reaches in buying, in pounds and outcomes: pure, without a database."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from app.identity.rules import AuthorityKind, Grant, Scope


def within_limit(grant: Grant | None, amount_pence: int) -> bool:
    """Whether this authority may buy for ``amount_pence`` at once. :func:`why_not_alone` asks about everything."""
    if grant is None or grant.scope is not Scope.BUY:
        return False
    return grant.buy_limit_pence is None or amount_pence <= grant.buy_limit_pence


class Beyond(StrEnum):
    """Why somebody cannot send something by themself: it goes to the person's own side."""

    SCOPE = "scope"  # may prepare, not buy
    ONCE = "once"  # over the sum for one purchase
    MONTH = "month"  # over the sum for a month
    OUTCOME = "outcome"  # for an outcome that is not theirs
    SECOND = "second"  # over the sum on which two representatives agree


def why_not_alone(
    grant: Grant | None,
    amount_pence: int,
    *,
    together_pence: int = 0,
    month_pence: int = 0,
    outcome_ids: Iterable[UUID | None] = (),
    agreeing: bool = False,
) -> Beyond | None:
    """Why this authority cannot buy for ``amount_pence`` by itself, or None where it can: the narrowest rule wins.

    :param together_pence: the sum of all that was sent with it, where that is more: parts are no way round a limit.
    :param month_pence: what the account has sent for the person this month already.
    :param outcome_ids: which outcomes it is for; None among them is one that is not chosen yet.
    :param agreeing: it is the second yes to what another representative sent.
    """
    if grant is None or grant.scope is not Scope.BUY:
        return Beyond.SCOPE
    at_once = max(amount_pence, together_pence)
    if not within_limit(grant, at_once):
        return Beyond.ONCE
    if grant.month_limit_pence is not None and month_pence + amount_pence > grant.month_limit_pence:
        return Beyond.MONTH
    if grant.outcome_ids is not None and any(key not in grant.outcome_ids for key in outcome_ids):
        return Beyond.OUTCOME
    if not agreeing and needs_second(grant, at_once):
        return Beyond.SECOND
    return None


def needs_second(grant: Grant, amount_pence: int) -> bool:
    """Whether this takes the yes of two representatives. What one of them gave a broker is no way round it."""
    together = grant.kind in (AuthorityKind.REPRESENTATIVE, AuthorityKind.BROKER)
    return together and grant.agree_over_pence is not None and amount_pence > grant.agree_over_pence
