"""One registry: every table that says something about somebody, whose it is, and what becomes of it.

A table that names a person, an account or a purchase and is not here fails ``tests/conventions/test_holdings.py``. To
add one, put a line into a list: ``holdings_money`` (who they are, plan, budgets, money), ``holdings_buying``,
``holdings_changes``, ``holdings_gate`` (reviews, concerns, who looked), ``holdings_talking`` (messages, notices; at its
end what an account holds itself). Say which rows are somebody's, what of a row does not go out and why, and what
happens when the person's time is over. Rows that are written once let their words go through a door in the database
(``migrations/sql/records_doors.sql``). What says nothing about the person whose account it names goes into
``NOT_HELD``, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.records.held import Held
from app.records.holdings_buying import BUYING
from app.records.holdings_changes import CHANGES
from app.records.holdings_gate import GATE
from app.records.holdings_money import MONEY
from app.records.holdings_talking import ACCOUNTS, TALKING

HOLDINGS: Mapping[str, Held] = {held.table: held for held in (*MONEY, *BUYING, *CHANGES, *GATE, *TALKING, *ACCOUNTS)}

_WORK = "the commissioner's own work: the account named in it is a member of staff, at work"

#: Table → why it is neither in a download nor removed with a person.
NOT_HELD: Mapping[str, str] = {
    "form_key": "that a form was sent, without what it said; removed after thirty days",
    "policy_version": _WORK,
    "policy_draft": _WORK,
    "policy_change": _WORK,
    "policy_simulation": _WORK,
    "policy_withdrawal": _WORK,
    "simple_rule": _WORK,
}
