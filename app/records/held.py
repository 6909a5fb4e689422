"""How the registry of ``holdings`` says what is held in one table, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.identity.rules import Permission


class Then(StrEnum):
    """What becomes of a person's rows when their time is over."""

    DELETE = "delete"
    BLANK = "blank"  # the figures stay; words and names go (``blank`` says how)
    STAY = "stay"  # there is nothing in them that tells who it was (``why`` says so)


@dataclass(frozen=True, slots=True)
class Held:
    """What is held in one table.

    ``person`` and ``account`` are conditions in SQL on the row ``t``.

    :param section: its name in ``everything.json``, and ``what`` in plain words. Empty: it does not go out, ``why``.
    :param person: which rows are about a person of ``:people``; empty: the table is an account's alone.
    :param account: which rows are an account's own (of ``:accounts``); empty: none.
    :param leave_out: column → why it does not go out.
    :param blank: column → SQL for what it is afterwards.
    :param goes: which rows go with the person, where these are more than what goes out.
    :param needs: a right that who asks must have over the person for it to go out.
    :param own_files: files go out only to the person themself and to whoever gave them.
    :param why: why it does not go out, or stays.
    """

    table: str
    section: str = ""
    what: str = ""
    person: str = ""
    account: str = ""
    leave_out: Mapping[str, str] = field(default_factory=dict)
    then: Then = Then.DELETE
    blank: Mapping[str, str] = field(default_factory=dict)
    goes: str = ""
    needs: Permission | None = None
    own_files: bool = False
    why: str = ""


OF_PERSON = "t.person_id = ANY(:people)"
OF_PURCHASE = "t.purchase_id IN (SELECT id FROM purchase WHERE person_id = ANY(:people))"
OF_BUDGET = "t.budget_id IN (SELECT id FROM budget WHERE person_id = ANY(:people))"
OF_PLAN = "t.plan_id IN (SELECT id FROM plan WHERE person_id = ANY(:people))"
OF_OUTCOME = (
    "t.outcome_id IN (SELECT o.id FROM outcome o JOIN plan p ON p.id = o.plan_id WHERE p.person_id = ANY(:people))"
)
OF_REGULAR = (
    "t.payment_id IN (SELECT r.id FROM regular_payment r JOIN budget b ON b.id = r.budget_id"
    " WHERE b.person_id = ANY(:people))"
)
OF_THREAD = "t.thread_id IN (SELECT id FROM thread WHERE person_id = ANY(:people))"
OF_CONVERSATION = "t.conversation_id IN (SELECT id FROM conversation WHERE person_id = ANY(:people))"
POTS = (
    "(SELECT s.ledger_account_id FROM budget_stream s JOIN budget b ON b.id = s.budget_id"
    " WHERE b.person_id = ANY(:people) AND s.ledger_account_id IS NOT NULL)"
)
#: What a notice says was said to the person's own side; what staff or a broker are told is their work.
OWN_SIDE = (
    "t.account_id IN (SELECT a.account_id FROM authority a WHERE a.person_id = t.person_id AND a.kind <> 'broker')"
)
SOMEBODY = "'Somebody'"
LETS_IN = "a secret that lets somebody in"
WHERE_KEPT = "where the file is kept; the file itself is in the folder “files”"
OTHERS = "how others are kept from a request, in numbers that mean nothing outside"
