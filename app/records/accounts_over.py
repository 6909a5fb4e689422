"""Sign-ins that act for nobody any more: closed, and made unrecognisable, when the time of everybody they acted for is
over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text

from app.core.db import db
from app.records.held import Then
from app.records.holdings import HOLDINGS
from app.records.people_over import words_go

_AT_ONCE: Final = 200
_OVER: Final = f"""
    SELECT a.id FROM account a
    WHERE a.passphrase_hash <> ''
        AND EXISTS (SELECT FROM authority r WHERE r.account_id = a.id)
        AND NOT EXISTS (SELECT FROM authority r JOIN person p ON p.id = r.person_id
            WHERE r.account_id = a.id AND p.removed_at IS NULL)
        AND NOT EXISTS (SELECT FROM staff_post s WHERE s.account_id = a.id)
        AND NOT EXISTS (SELECT FROM provider_member m WHERE m.account_id = a.id)
    ORDER BY a.id LIMIT {_AT_ONCE}
"""
_CLOSE: Final = """
    UPDATE account SET name = 'Somebody', email = 'removed-' || ref || '@removed.invalid', passphrase_hash = '',
        closed_at = COALESCE(closed_at, :moment)
    WHERE id = ANY(:accounts)
"""
# What an account that was closed for good did for nobody, or what was done to it.
_CLOSED: Final = "(SELECT id FROM account WHERE passphrase_hash = '' AND closed_at IS NOT NULL)"
_OPEN: Final = "e.person_id IS NULL AND e.removed_in IS NULL"
_OF_CLOSED: Final = f"""t.id IN (
    SELECT e.id FROM audit_entry e WHERE e.actor_id IN {_CLOSED} AND {_OPEN}
    UNION SELECT e.id FROM audit_entry e WHERE e.subject_kind = 'account' AND e.subject_id IN {_CLOSED} AND {_OPEN}
)"""


def close_accounts(run_id: UUID, moment: datetime) -> Iterator[tuple[Counter[str], list[str]]]:
    """Close what acts for nobody, with everything it holds itself."""
    while accounts := list(db.session.scalars(text(_OVER))):
        counts = Counter({"account": len(accounts)})
        db.session.execute(text(_CLOSE), {"accounts": accounts, "moment": moment})
        own = [held for held in HOLDINGS.values() if held.account and held.then is Then.DELETE]
        queries = [f"DELETE FROM {held.table} t WHERE {held.account}" for held in own]
        queries += [
            "DELETE FROM sign_in_session t WHERE t.account_id = ANY(:accounts)",
            "DELETE FROM form_key t WHERE t.account_id = ANY(:accounts)",
        ]
        kept = "SELECT stored_name FROM download t WHERE t.account_id = ANY(:accounts) AND stored_name IS NOT NULL"
        names = list(db.session.scalars(text(kept), {"accounts": accounts}))
        for query in queries:
            db.session.execute(text(query), {"accounts": accounts})
        yield counts, names


def remove_old_words(run_id: UUID, moment: datetime) -> Iterator[tuple[Counter[str], list[str]]]:
    """What the audit says of accounts that were closed, now or before, and that is of age by now."""
    while gone := words_go(run_id, moment, _OF_CLOSED, {}):
        yield Counter({"audit_entry": gone}), []
