"""What has a time of its own, whoever it belongs to: each step removes batch after batch and says how many.

A step that finds nothing more ends. What somebody's records are held back for stays (``people_over.HELD_BACK``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from app.core import clock
from app.core.db import db
from app.identity.settings import CommissionerSettings
from app.records import rules
from app.records.people_over import HELD_BACK

#: How many of a thing go at once, and the files to remove afterwards.
Batch = tuple[Counter[str], list[str]]
_AT_ONCE: Final = 2_000

# Each chooses ids; what hangs on them goes first. ``:place`` is the commissioner, ``:before`` the moment or day.
_NOTICES: Final = f"""
    SELECT n.id FROM notice n JOIN person ON person.id = n.person_id
    WHERE person.commissioner_id = :place AND n.written_at < :before AND NOT {HELD_BACK} LIMIT {_AT_ONCE}
"""
_DRAFTS: Final = f"""
    SELECT p.id FROM purchase p JOIN person ON person.id = p.person_id
    WHERE p.commissioner_id = :place AND p.state = 'draft' AND p.submitted_at IS NULL AND p.created_at < :before
        AND NOT {HELD_BACK}
        AND NOT EXISTS (SELECT FROM purchase_decision d WHERE d.purchase_id = p.id)
        AND NOT EXISTS (SELECT FROM payment_intent i WHERE i.purchase_id = p.id)
        AND NOT EXISTS (SELECT FROM regular_payment_made m WHERE m.purchase_id = p.id)
        AND NOT EXISTS (SELECT FROM purchase o WHERE o.changes_id = p.id)
        AND NOT EXISTS (SELECT FROM purchase_refund r WHERE r.for_purchase_id = p.id OR r.purchase_id = p.id)
        AND NOT EXISTS (SELECT FROM purchase_problem w WHERE w.purchase_id = p.id)
        AND NOT EXISTS (SELECT FROM purchase_line l JOIN purchase_line c ON c.copied_from_id = l.id
            WHERE l.purchase_id = p.id)
    LIMIT {_AT_ONCE}
"""
_ENQUIRIES: Final = f"""
    SELECT e.id FROM enquiry e JOIN person ON person.id = e.person_id
    WHERE e.commissioner_id = :place AND e.last_at < :before AND NOT {HELD_BACK}
        AND NOT EXISTS (SELECT FROM quote q JOIN purchase_line l ON l.quote_id = q.id WHERE q.enquiry_id = e.id)
    LIMIT {_AT_ONCE}
"""
_CONVERSATIONS: Final = f"""
    SELECT c.id FROM conversation c JOIN person ON person.id = c.person_id
    WHERE c.commissioner_id = :place AND c.moved_at < :before AND c.state <> 'with_staff' AND NOT {HELD_BACK}
        AND NOT EXISTS (SELECT FROM correction o WHERE o.conversation_id = c.id)
    LIMIT {_AT_ONCE}
"""
_TALK: Final = {
    "message": "DELETE FROM message t USING thread h WHERE h.id = t.thread_id AND h.subject_id = ANY(:ids)",
    "thread": "DELETE FROM thread t WHERE t.subject_id = ANY(:ids)",
}
#: What goes with what, children first: table → how.
_WITH: Final[Mapping[str, Mapping[str, str]]] = {
    "notice": {},
    "purchase": {
        **_TALK,
        "receipt": "DELETE FROM receipt t WHERE t.purchase_id = ANY(:ids)",
        "purchase_line": "DELETE FROM purchase_line t WHERE t.purchase_id = ANY(:ids)",
    },
    "enquiry": {**_TALK, "quote": "DELETE FROM quote t WHERE t.enquiry_id = ANY(:ids)"},
    "conversation": {"attachment": "DELETE FROM attachment t WHERE t.conversation_id = ANY(:ids)", **_TALK},
}
_FILES: Final = {"receipt", "attachment"}


def _remove(table: str, chosen: str, values: Mapping[str, Any]) -> Iterator[Batch]:
    while ids := list(db.session.scalars(text(chosen), values)):
        counts, names = Counter[str](), list[str]()
        for child, how in _WITH[table].items():
            found = db.session.execute(
                text(f"{how} RETURNING {'t.stored_name' if child in _FILES else 't.id'}"), {"ids": ids}
            )
            rows = found.scalars().all()
            counts[child] += len(rows)
            names += rows if child in _FILES else []
        gone = db.session.execute(text(f"DELETE FROM {table} WHERE id = ANY(:ids)"), {"ids": ids})
        counts[table] += gone.rowcount  # type: ignore[attr-defined]  # a cursor's, of a DELETE
        yield +counts, names


def _since(day: date) -> datetime:
    return clock.start_of(day)


def old_notices(place: UUID, settings: CommissionerSettings, moment: datetime) -> Iterator[Batch]:
    """What somebody was told long ago; the thing itself has its own time."""
    years = max(settings.keep_notices_years, rules.LEAST_YEARS)
    yield from _remove("notice", _NOTICES, {"place": place, "before": _since(_years(moment, years))})


def old_drafts(place: UUID, settings: CommissionerSettings, moment: datetime) -> Iterator[Batch]:
    """Purchases that were begun and never sent."""
    months = max(settings.keep_drafts_months, rules.LEAST_MONTHS)
    before = _since(rules.months_before(clock.london(moment).date(), months))
    yield from _remove("purchase", _DRAFTS, {"place": place, "before": before})


def old_enquiries(place: UUID, settings: CommissionerSettings, moment: datetime) -> Iterator[Batch]:
    """Questions to providers that led to no purchase."""
    years = max(settings.keep_enquiries_years, rules.LEAST_YEARS)
    yield from _remove("enquiry", _ENQUIRIES, {"place": place, "before": _since(_years(moment, years))})


def old_conversations(place: UUID, settings: CommissionerSettings, moment: datetime) -> Iterator[Batch]:
    """Conversations that ended long ago. One that waits for an answer stays however old it is."""
    years = max(settings.keep_messages_years, rules.LEAST_YEARS)
    yield from _remove("conversation", _CONVERSATIONS, {"place": place, "before": _since(_years(moment, years))})


def _years(moment: datetime, years: int) -> date:
    return rules.years_before(clock.london(moment).date(), years)


def _plain(table: str, where: str, days: int) -> Callable[[UUID, datetime], Iterator[Batch]]:
    """A step for rows that nothing hangs on."""
    query = text(
        f"DELETE FROM {table} t WHERE ctid = ANY(ARRAY(SELECT ctid FROM {table} t WHERE {where} LIMIT {_AT_ONCE}))"
    )

    def step(run_id: UUID, moment: datetime) -> Iterator[Batch]:
        while gone := db.session.execute(query, {"before": moment - timedelta(days=days)}).rowcount:  # type: ignore[attr-defined]  # a cursor's
            yield Counter({table: gone}), []

    return step


def old_downloads(run_id: UUID, moment: datetime) -> Iterator[Batch]:
    """Copies whose week is over: the file goes, that it was asked for stays a while."""
    ids = "SELECT id, stored_name FROM download WHERE state = 'ready' AND until <= :moment"
    rows = db.session.execute(text(ids), {"moment": moment}).all()
    if rows:
        gone = text("UPDATE download SET state = 'gone', stored_name = NULL WHERE id = ANY(:ids)")
        db.session.execute(gone, {"ids": [row[0] for row in rows]})
        yield Counter({"download": len(rows)}), [row[1] for row in rows]


#: Steps for one commissioner, in order.
OF_COMMISSIONER: Final = (old_notices, old_drafts, old_enquiries, old_conversations)
#: Steps for what belongs to sign-ins, not to a commissioner.
EVERYWHERE: Final = (
    _plain("sign_in_session", "COALESCE(t.ended_at, t.seen_at) < :before", rules.SIGN_IN_DAYS),
    _plain("sign_in_attempt", "t.window_start < :before", rules.TRIES_DAYS),
    _plain("spent_challenge", "t.spent_at < :before", rules.TRIES_DAYS),
    _plain("mailed_link", "t.expires_at < :before", rules.SIGN_IN_DAYS),
    _plain("form_key", "t.written_at < :before", rules.FORM_KEY_DAYS),
    _plain("notice", "t.person_id IS NULL AND t.written_at < :before", 2 * 365),
    old_downloads,
    _plain("download", "t.state IN ('gone', 'failed') AND t.asked_at < :before", rules.DOWNLOAD_ROW_DAYS),
)
