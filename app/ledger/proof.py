"""The proof that the ledger is right: replay every transfer and compare with what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select, text

from app.core.db import db
from app.ledger.models import LedgerAccount, LedgerTransfer
from app.ledger.rules import OwnerKind


@dataclass(frozen=True, slots=True)
class Verification:
    """What ``flask ledger verify`` found; sums in pence over all budgets."""

    accounts: int
    transfers: int
    money_in_pence: int
    spent_pence: int
    promised_pence: int
    available_pence: int
    problems: Sequence[str]


# Each finds rows that should not be. They look at the tables alone, not at the code that wrote them.
_REPLAY: Final = """
    WITH movement AS (
        SELECT t.*, p.amount_pence AS held_pence, p.period AS held_period, p.tag_id AS held_tag
        FROM ledger_transfer t LEFT JOIN ledger_transfer p ON p.id = t.pending_id
    ), side AS (
        SELECT debit_account_id AS account_id, credit_account_id AS other_id, 'debit' AS side, m.* FROM movement m
        UNION ALL
        SELECT credit_account_id, debit_account_id, 'credit', m.* FROM movement m
    )
"""
_CHECKS: Final = {
    "running totals differ from the transfers": _REPLAY
    + """  -- put together from the constants above, nothing typed by anybody
    SELECT a.id, format('account %s: has %s/%s/%s/%s, transfers say %s/%s/%s/%s', a.id, a.debits_pending,
        a.debits_posted, a.credits_pending, a.credits_posted, r.dpe, r.dpo, r.cpe, r.cpo)
    FROM ledger_account a LEFT JOIN (
        SELECT account_id,
            coalesce(sum(CASE WHEN side = 'debit' THEN CASE phase WHEN 'pending' THEN amount_pence
                WHEN 'post' THEN -held_pence WHEN 'void' THEN -held_pence ELSE 0 END END), 0) AS dpe,
            coalesce(sum(CASE WHEN side = 'debit' AND phase IN ('posted', 'post') THEN amount_pence END), 0) AS dpo,
            coalesce(sum(CASE WHEN side = 'credit' THEN CASE phase WHEN 'pending' THEN amount_pence
                WHEN 'post' THEN -held_pence WHEN 'void' THEN -held_pence ELSE 0 END END), 0) AS cpe,
            coalesce(sum(CASE WHEN side = 'credit' AND phase IN ('posted', 'post') THEN amount_pence END), 0) AS cpo
        FROM side GROUP BY account_id
    ) r ON r.account_id = a.id
    WHERE CASE WHEN a.owner_kind = 'budget'
        THEN (a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted)
            IS DISTINCT FROM (coalesce(r.dpe, 0), coalesce(r.dpo, 0), coalesce(r.cpe, 0), coalesce(r.cpo, 0))
        ELSE (a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted) <> (0, 0, 0, 0) END
    """,
    "month figures differ from the transfers": _REPLAY
    + """
    , replayed AS (
        SELECT account_id, period, tag_id, sum(money_in) AS money_in, sum(refunded) AS refunded,
            sum(spent) AS spent, sum(taken_back) AS taken_back, sum(promised) AS promised
        FROM (
            SELECT s.account_id, s.period, coalesce(s.tag_id, '00000000-0000-0000-0000-000000000000') AS tag_id,
                CASE WHEN side = 'credit' AND phase = 'posted' AND o.owner_kind <> 'payee' THEN amount_pence ELSE 0
                    END AS money_in,
                CASE WHEN side = 'credit' AND phase = 'posted' AND o.owner_kind = 'payee' THEN amount_pence ELSE 0
                    END AS refunded,
                CASE WHEN side = 'debit' AND phase IN ('posted', 'post') AND o.owner_kind = 'payee' THEN amount_pence
                    ELSE 0 END AS spent,
                CASE WHEN side = 'debit' AND phase IN ('posted', 'post') AND o.owner_kind <> 'payee'
                    THEN amount_pence ELSE 0 END AS taken_back,
                CASE WHEN side = 'debit' AND phase = 'pending' THEN amount_pence ELSE 0 END AS promised
            FROM side s JOIN ledger_account o ON o.id = s.other_id
            UNION ALL
            SELECT account_id, held_period, coalesce(held_tag, '00000000-0000-0000-0000-000000000000'),
                0, 0, 0, 0, -held_pence
            FROM side WHERE side = 'debit' AND phase IN ('post', 'void')
        ) x JOIN ledger_account a ON a.id = x.account_id AND a.owner_kind = 'budget'
        GROUP BY account_id, period, tag_id
    )
    SELECT coalesce(m.account_id, r.account_id), format('account %s, month %s: has %s, transfers say %s',
        coalesce(m.account_id, r.account_id), coalesce(m.period, r.period),
        (m.money_in, m.refunded, m.spent, m.taken_back, m.promised),
        (r.money_in, r.refunded, r.spent, r.taken_back, r.promised))
    FROM ledger_month m FULL JOIN replayed r USING (account_id, period, tag_id)
    WHERE (coalesce(m.money_in, 0), coalesce(m.refunded, 0), coalesce(m.spent, 0), coalesce(m.taken_back, 0),
        coalesce(m.promised, 0)) IS DISTINCT FROM (coalesce(r.money_in, 0), coalesce(r.refunded, 0),
        coalesce(r.spent, 0), coalesce(r.taken_back, 0), coalesce(r.promised, 0))
    """,
    "a hold is resolved twice, or by something it is not": """
    SELECT t.id, format('transfer %s names %s', t.id, t.pending_id)
    FROM ledger_transfer t LEFT JOIN ledger_transfer p ON p.id = t.pending_id AND p.phase = 'pending'
        AND p.debit_account_id = t.debit_account_id AND p.credit_account_id = t.credit_account_id
        AND t.amount_pence <= p.amount_pence
    WHERE t.pending_id IS NOT NULL AND (p.id IS NULL
        OR (SELECT count(*) FROM ledger_transfer o WHERE o.pending_id = t.pending_id) > 1)
    """,
    "a transfer crosses commissioners or streams": """
    SELECT t.id, format('transfer %s', t.id) FROM ledger_transfer t
    JOIN ledger_account d ON d.id = t.debit_account_id JOIN ledger_account c ON c.id = t.credit_account_id
    WHERE d.commissioner_id <> t.commissioner_id OR c.commissioner_id <> t.commissioner_id OR d.stream <> c.stream
    """,
    "more came back than was spent": """
    SELECT t.subject_id, format('subject %s, account %s: spent %s, back %s', t.subject_id, a.id,
        coalesce(sum(t.amount_pence) FILTER (WHERE t.debit_account_id = a.id), 0),
        sum(t.amount_pence) FILTER (WHERE t.kind = 'refund'))
    FROM ledger_transfer t JOIN ledger_account a ON a.owner_kind = 'budget'
        AND a.id IN (t.debit_account_id, t.credit_account_id)
    WHERE t.phase IN ('posted', 'post') AND t.subject_id IN (
        SELECT subject_id FROM ledger_transfer WHERE kind = 'refund' AND subject_id IS NOT NULL)
    GROUP BY t.subject_id, a.id
    HAVING coalesce(sum(t.amount_pence) FILTER (WHERE t.kind = 'refund'), 0)
        > coalesce(sum(t.amount_pence) FILTER (WHERE t.debit_account_id = a.id), 0)
    """,
    "a budget is overspent": """
    SELECT id, format('account %s', id) FROM ledger_account
    WHERE owner_kind = 'budget' AND credits_posted - debits_posted - debits_pending < 0
    """,
    "the sum over all accounts is not nought": """
    SELECT NULL, format('difference of %s pence', sum(x)) FROM (
        SELECT amount_pence AS x FROM ledger_transfer t JOIN ledger_account a ON a.id = t.credit_account_id
        WHERE phase IN ('posted', 'post')
        UNION ALL
        SELECT -amount_pence FROM ledger_transfer t JOIN ledger_account a ON a.id = t.debit_account_id
        WHERE phase IN ('posted', 'post')
    ) y HAVING sum(x) <> 0
    """,
}


def verify(most: int = 20) -> Verification:
    """Replay every transfer and compare.

    :param most: how many rows of each problem to name.
    """
    problems = []
    for title, query in _CHECKS.items():
        rows = db.session.execute(text(query)).all()
        problems += [f"{title}: {row[1]}" for row in rows[:most]]
        if len(rows) > most:
            problems.append(f"{title}: and {len(rows) - most} more")
    budget = LedgerAccount.owner_kind == OwnerKind.BUDGET
    count, came_in, spent, promised = db.session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(LedgerAccount.credits_posted).filter(budget), 0),
            func.coalesce(func.sum(LedgerAccount.debits_posted).filter(budget), 0),
            func.coalesce(func.sum(LedgerAccount.debits_pending).filter(budget), 0),
        )
    ).one()
    return Verification(
        accounts=count,
        transfers=db.session.scalar(select(func.count()).select_from(LedgerTransfer)) or 0,
        money_in_pence=int(came_in),
        spent_pence=int(spent),
        promised_pence=int(promised),
        available_pence=int(came_in - spent - promised),
        problems=problems,
    )
