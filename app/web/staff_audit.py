"""Who did what, for the auditor: searched, and paged from the newest back.

What somebody bought is said on the page of one person alone, where reading it is written down for them to see; the
search over everybody says that something was done, by whom and when.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.audit import queries as audit
from app.audit import service as writing
from app.audit.rules import is_gated, staff_sentence
from app.identity import queries as identity
from app.identity.rules import Permission
from app.stewardship import keys, openings
from app.stewardship.gate_rules import Sight
from app.web import words
from app.web.context import current_actor
from app.web.marks import requires
from app.web.staff_money import staff_person
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
    "stewardship.": "Reviews, concerns, who looked",
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
    writing.record(
        current_actor(),
        "stewardship.read_audit",
        "Read who did what",
        subject_kind="commissioner",
        subject_id=scope.place.id,
        commissioner_id=scope.place.id,
        details={name: text for name, text in asked.items() if text},
    )
    entries = audit.entries_in(
        [scope.place.id],
        _before(args.get("before", ""), problems),
        without=[grant.person_id for grant in current_actor().grants],
        verb=asked["kind"],
        actor=asked["actor"],
        words=asked["words"],
        on=_day(asked["on"], problems),
    )
    of = [entry.person_id for entry in entries.entries if entry.person_id]
    return render_template(
        "staff/audit.jinja",
        scope=scope,
        entries=entries,
        people=identity.names_of(of),
        refs=identity.refs_in(scope.place.id, of),
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


@bp.get("/staff/people/<person_ref>/audit")
@requires(Permission.READ_AUDIT)
def about(person_ref: str) -> ResponseReturnValue:
    """Everything that was done in one person's affairs, in full. That it was read is written down for them."""
    actor, problems = current_actor(), dict[str, str]()
    person = staff_person(person_ref, Permission.READ_AUDIT)
    openings.note(actor, person, keys.audit_key(person), Sight.AUDIT, "who did what")
    entries = audit.entries_about(person.id, _before(request.args.get("before", ""), problems), without=())
    return render_template(
        "staff/audit_about.jinja",
        person=person,
        entries=entries,
        problems=problems,
        qualities=words.QUALITIES,
        older=bool(request.args.get("before")),
    )


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
