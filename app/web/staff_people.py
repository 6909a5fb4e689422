"""A person as staff see them: who they are, who acts for them, how their budgets do. Never what they bought."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.budgets import monitoring
from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import CommissionerSubject, Permission, StaffRole, may, may_read
from app.stewardship.health import receipts_missing
from app.web import words
from app.web.context import current_actor
from app.web.looking import ways_behind_the_gate
from app.web.marks import requires
from app.web.staff_changes_shared import ways_of_changes
from app.web.staff_scope import scope_of

bp = Blueprint("staff_people", __name__)
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Way:
    """One thing that staff may do about a person from here."""

    title: str
    href: str
    about: str


@bp.get("/staff/people")
@requires(Permission.SEE_BUDGET_HEALTH)
def index() -> ResponseReturnValue:
    """Find a person by name; a coordinator begins with whom they look after."""
    actor, scope = current_actor(), scope_of(Permission.SEE_BUDGET_HEALTH)
    asked = " ".join(request.args.get("q", "").split())[:_LONGEST]
    has_own = scope.place.id in actor.posts_with(StaffRole.COORDINATOR)
    own = has_own and not asked and request.args.get("show") != "all"
    return render_template(
        "staff_people/index.jinja",
        scope=scope,
        asked=asked,
        has_own=has_own,
        own=own,
        people=identity.people_of_commissioner(actor, scope.place.id, asked, own=own),
    )


@bp.get("/staff/people/<person_ref>")
@requires(Permission.SEE_BUDGET_HEALTH)
def show(person_ref: str) -> ResponseReturnValue:
    """One person: from here everything that staff do about them begins."""
    actor = current_actor()
    person = identity.person_of_commissioner(actor, person_ref, Permission.SEE_BUDGET_HEALTH)
    health = monitoring.health_of(actor, person)
    return render_template(
        "staff_people/show.jinja",
        person=person,
        coordinator=identity.coordinator_of(person.id),
        acting=identity.acting_accounts(person.id),
        health=health,
        missing=receipts_missing(actor, person.commissioner_id, [item.budget_id for item in health]),
        paces=words.PACES,
        qualities=words.QUALITIES,
        ways=_ways(person),
        only_reads=current_actor().only_audits,
    )


def _ways(person: Person) -> list[Way]:
    """What this reader may do about this person."""
    ways = []
    place = CommissionerSubject(person.commissioner_id)
    if may_read(current_actor(), Permission.CHECK_AUTHORITY, place):
        about = "Their papers, how far they may act, whom to ask, and ending it."
        if not may(current_actor(), Permission.CHECK_AUTHORITY, place):
            about = "Their papers, how far they may act, and who checked it."
        ways.append(Way("Who acts for them", url_for("staff_acting.index", person_ref=person.ref), about))
    ways += [Way(*way) for way in ways_behind_the_gate(current_actor(), person)]
    ways += [Way(*way) for way in ways_of_changes(current_actor(), person)]
    if may(current_actor(), Permission.READ_AUDIT, place):
        about = "What they asked to be decided, what went wrong, and their messages."
        ways.append(Way("What they asked", url_for("staff_asked.show", person_ref=person.ref), about))
    if may(current_actor(), Permission.DECIDE, place):
        about = "For somebody who acts for them and lost their phone and their recovery codes."
        ways.append(Way("Lost second step", url_for("step_resets.acting", person_ref=person.ref), about))
    if may_read(current_actor(), Permission.DECIDE, place):
        about = "What they asked to be put right, and keeping their records longer."
        ways.append(Way("Their records", url_for("staff_records.person", person_ref=person.ref), about))
    return ways
