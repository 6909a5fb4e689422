"""Who did what, for the auditor: searched, and paged from the newest back."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.audit import queries as audit
from app.audit.rules import is_gated, staff_sentence
from app.identity import queries as identity
from app.identity.rules import Permission
from app.web import words
from app.web.marks import requires
from app.web.staff_scope import scope_of

bp = Blueprint("audit", __name__)

_LONGEST = 100
#: Verbs begin with the name of what they are about.
KINDS = {
    "purchases.": "Purchases",
    "approvals.": "Decisions",
    "budgets.": "Budgets and money in",
    "plans.": "Plans",
    "identity.": "People, rights and sign-in",
    "policy.": "Spending policy",
    "marketplace.": "Marketplace",
    "evidence.": "Receipts",
    "messages.": "Messages",
}


@bp.get("/staff/audit")
@requires(Permission.READ_AUDIT)
def index() -> ResponseReturnValue:
    """The entries of one commissioner, newest first; what in the filter cannot be used is said and left out."""
    scope = scope_of(Permission.READ_AUDIT)
    args, problems = request.args, dict[str, str]()
    asked = {name: " ".join(args.get(name, "").split())[:_LONGEST] for name in ("actor", "words", "kind", "on")}
    if asked["kind"] and asked["kind"] not in KINDS:
        problems["kind"] = "Choose what it is about from the list."
        asked["kind"] = ""
    entries = audit.entries_in(
        [scope.place.id],
        _before(args.get("before", ""), problems),
        verb=asked["kind"],
        actor=asked["actor"],
        words=asked["words"],
        on=_day(asked["on"], problems),
    )
    return render_template(
        "staff/audit.jinja",
        scope=scope,
        entries=entries,
        people=identity.names_of(entry.person_id for entry in entries.entries if entry.person_id),
        is_gated=is_gated,
        staff_sentence=staff_sentence,
        asked=asked,
        problems=problems,
        kinds=KINDS,
        qualities=words.QUALITIES,
        filtered=any(asked.values()),
        older=bool(args.get("before")),
    )


@bp.get("/staff/audit/seals")
@requires(Permission.READ_AUDIT)
def seals() -> ResponseReturnValue:
    """The heads of the newest days, to hold against those that came by e-mail."""
    return render_template("staff/seals.jinja", seals=audit.newest_seals())


def _day(text: str, problems: dict[str, str]) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 2000 <= day.year <= 2199:
        problems["on"] = "Enter a day like 2026-11-24."
        return None
    return day


def _before(text: str, problems: dict[str, str]) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        problems["words"] = "We could not read where to go on from, so these are the newest."
        return None
