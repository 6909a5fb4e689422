"""What the person's "Who did what" shows as one line, where the audit keeps several. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby

from app.audit.models import AuditEntry
from app.core import clock

#: Kept beside the entry of the purchase itself, by the same hand in the same moment, and saying the same again.
_ECHOES = frozenset(
    {
        "approvals.approved",
        "approvals.declined",
        "approvals.ask",
        "approvals.answered",
        "approvals.withdraw",
        "messages.write",
        "payments.pay",
    }
)
#: Qualities in which somebody acts for the person.
_OWN = frozenset({"self", "representative", "nominee", "broker"})
_MOMENT = timedelta(seconds=5)
_UNSENT = "something not sent yet"


def lines_of(entries: Sequence[AuditEntry]) -> list[tuple[AuditEntry, str, int]]:
    """The entries of one day as lines: an entry, what it says, and how often the same was done on end.

    What was typed before anything was sent is one line, however many pages it took.
    """
    lines = []
    for _, same in groupby(_without_echoes(entries), key=_sameness):
        first, *again = same
        lines.append((first, _sentence(first, bool(again)), 1 + len(again)))
    return lines


def _without_echoes(entries: Sequence[AuditEntry]) -> list[AuditEntry]:
    told = [entry for entry in entries if entry.verb not in _ECHOES]
    return [entry for entry in entries if entry.verb not in _ECHOES or not any(_says(other, entry) for other in told)]


def _says(other: AuditEntry, echo: AuditEntry) -> bool:
    same_hand = (other.actor_id, other.actor_name) == (echo.actor_id, echo.actor_name)
    near = abs(other.written_at - echo.written_at) <= _MOMENT
    return same_hand and near and other.verb.startswith("purchases.") and not _is_unsent(other)


def _is_unsent(entry: AuditEntry) -> bool:
    return entry.sentence.endswith(_UNSENT)


def _sameness(entry: AuditEntry) -> tuple[object, ...]:
    by = (entry.actor_id, entry.actor_name)
    return (_UNSENT, *by) if _is_unsent(entry) else (entry.sentence, *by, entry.why)


def _sentence(entry: AuditEntry, again: bool) -> str:
    if entry.verb == "identity.refused" and entry.actor_role in _OWN:
        return "Tried to open a page that is not there"  # a slip of the finger or an old link, not a stranger
    return f"Worked on {_UNSENT}" if again and _is_unsent(entry) else entry.sentence


def by_day(entries: Sequence[AuditEntry]) -> list[tuple[date, list[tuple[AuditEntry, str, int]]]]:
    """The lines under their London days, newest first."""
    days = groupby(entries, key=lambda entry: clock.london(entry.written_at).date())
    return [(day, lines_of(list(of))) for day, of in days]
