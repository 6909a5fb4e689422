"""What was there before a change, so that a record made by mistake can be taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from app.budgets.ending import run_on
from app.budgets.models import Budget
from app.budgets.regular_models import RegularPayment
from app.core.db import db
from app.identity.models import Account, Authority
from app.identity.rules import Actor, Scope
from app.marketplace.kept_models import Watch
from app.purchases.ending import run_regular_on
from app.stewardship.changes_follows import Deed, Follow

_ACCESS = (Deed.CLOSE_ACCOUNT, Deed.LET_LOOK_UNTIL)
#: Limits that a lower scope loses, where an authority has them.
_LIMITS = ("buy_limit_pence", "month_limit_pence")


def snapshot(follows: Iterable[Follow]) -> dict[str, Any]:
    """What the steps of a list will change, as it is now."""
    kept: dict[str, Any] = {"authorities": {}, "accounts": [], "budgets": {}, "regular": {}, "watches": []}
    for item in follows:
        for key in item.subjects:
            if item.deed in _ACCESS:
                authority = db.session.get_one(Authority, key)
                kept["authorities"][str(key)] = _authority(authority)
                if item.deed is Deed.CLOSE_ACCOUNT:
                    kept["accounts"].append(str(authority.account_id))
            elif item.deed is Deed.END_BUDGET:
                kept["budgets"][str(key)] = db.session.get_one(Budget, key).ends_on.isoformat()
            elif item.deed is Deed.STOP_REGULAR:
                payment = db.session.get_one(RegularPayment, key)
                ends = payment.ends_on.isoformat() if payment.ends_on else None
                kept["regular"][str(key)] = {"ends_on": ends, "state": payment.state.value}
            elif item.deed is Deed.STOP_WATCHES:
                kept["watches"].append(str(key))
    return kept


def put_back(actor: Actor, kept: dict[str, Any], why: str, *, why_ended: str) -> None:
    """Let everything be as it was before: rights, budgets, what is bought again and again, searches.

    What was taken back, and what was asked of a coordinator, is not sent again by itself.

    :param why_ended: the reason with which the change itself ended rights.
    """
    for key, was in kept["authorities"].items():
        authority = db.session.get_one(Authority, UUID(key))
        authority.scope = Scope(was["scope"])
        authority.ends_on = _day(was["ends_on"])
        if authority.end_reason == why_ended:  # who gave it up meanwhile, or lost it, does not get it back
            authority.ended_at, authority.ended_by_name, authority.end_reason = None, "", ""
        for name, pence in was["limits"].items():
            setattr(authority, name, pence)
    for key in kept["accounts"]:
        db.session.get_one(Account, UUID(key)).closed_at = None
    db.session.flush()
    for key, until in kept["budgets"].items():
        run_on(actor, UUID(key), date.fromisoformat(until), why=why)
    for key, was in kept["regular"].items():
        if was["state"] == "running":
            run_regular_on(actor, db.session.get_one(RegularPayment, UUID(key)), _day(was["ends_on"]), why)
    for key in kept["watches"]:
        db.session.get_one(Watch, UUID(key)).paused_at = None
    db.session.flush()


def _authority(authority: Authority) -> dict[str, Any]:
    limits = {name: getattr(authority, name) for name in _LIMITS if hasattr(authority, name)}
    ends = authority.ends_on.isoformat() if authority.ends_on else None
    return {"scope": authority.scope.value, "ends_on": ends, "limits": limits}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
