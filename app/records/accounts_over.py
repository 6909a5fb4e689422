"""Sign-ins that act for nobody any more: closed, and made unrecognisable, when the time of everybody they acted for is
over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text

from app.core.db import db
from app.records import rules
from app.records.held import Then
from app.records.holdings import HOLDINGS

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
_WORDS: Final = """
    UPDATE audit_entry t SET sentence = 'Removed', why = '', details = '{}', actor_name = 'Somebody',
        removed_in = :run, removed_digest = audit_entry_digest(t)
    WHERE (t.actor_id = ANY(:accounts) OR (t.subject_kind = 'account' AND t.subject_id = ANY(:accounts)))
        AND t.person_id IS NULL AND t.removed_in IS NULL AND t.written_at < :old
        AND EXISTS (SELECT FROM audit_digest d
            WHERE d.day = (t.written_at AT TIME ZONE 'Europe/London')::date AND d.entry_id = t.id)
"""


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
        old = moment - timedelta(days=rules.AUDIT_DAYS + 1)
        db.session.execute(text(_WORDS), {"accounts": accounts, "run": run_id, "old": old})
        yield counts, names
