"""Where staff begin: what they can do here, how much waits, and who holds which role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from app.budgets import monitoring
from app.core import clock
from app.identity import authority_queries, safeguarding
from app.identity import queries as identity
from app.identity.models import StaffPost
from app.identity.rules import CommissionerSubject, Permission, StaffRole, may
from app.marketplace import review_queries, suggestion_queries
from app.messages import inbox
from app.policy import queries as policies
from app.policy.models import DraftState
from app.purchases import queue
from app.records import queries as records
from app.web import words
from app.web.context import current_actor
from app.web.marks import requires
from app.web.problems import open_problems
from app.web.staff_gate import gate_counts
from app.web.staff_scope import places_with, scope_of

bp = Blueprint("staff", __name__)


@dataclass(frozen=True, slots=True)
class Card:
    """One way in."""

    title: str
    href: str
    about: str
    now: str = ""  # how things stand


@bp.get("/staff/")
@requires(Permission.READ_POLICY)  # every post has it
def home() -> ResponseReturnValue:
    """Cards for everything the reader's posts let them do."""
    actor = current_actor()
    today = clock.today()
    cards = []
    if may(actor, Permission.DECIDE):
        counts = queue.counts_for(actor)
        late = f", {counts.late} late" if counts.late else ""
        now = f"{counts.mine} for you, {counts.team} in the team{late}"
        cards.append(Card("To decide", url_for("queue.index"), "Purchases that wait for a person's answer.", now))
        if wrong := open_problems():
            now = f"{wrong} {'thing waits' if wrong == 1 else 'things wait'} to be put right"
            cards.append(
                Card("Something went wrong", url_for("problems.index"), "What was paid for and is not right.", now)
            )
        waits = inbox.counts_for_staff(actor)
        late = f", {waits.late} late" if waits.late else ""
        now = f"{waits.mine} for you, {waits.team} in the team{late}"
        cards.append(Card("Messages", url_for("staff_messages.index"), "What people ask about anything.", now))
    if may(actor, Permission.CHECK_AUTHORITY):
        cards.append(Card("Papers to look at", url_for("staff_acting.waiting"), "What shows who may act.", _papers()))
    if may(actor, Permission.DECIDE) and (wanted := len(records.waiting_corrections(actor))):
        about = "What people say is wrong in what we hold on them."
        now = f"{wanted} {'waits' if wanted == 1 else 'wait'}"
        cards.append(Card("To put right", url_for("staff_records.waiting"), about, now))
    cards.append(Card("Answer times", url_for("answer_times.show"), "How long people wait for an answer."))
    if may(actor, Permission.HOLD_REVIEWS) or may(actor, Permission.DELAY_TELLING):
        about = "Reviews that you hold, and concerns in which you have a part."
        cards.append(Card("Reviews and concerns", url_for("staff_gate.index"), about, gate_counts()))
    if may(actor, Permission.SEE_BUDGET_HEALTH):
        cards.append(Card("People", url_for("staff_people.index"), "Find a person: who acts for them, how they do."))
        about = "How budgets do: on track or not. Never what was bought."
        cards.append(Card("Budgets", url_for("budgets.index"), about, _payments(clock.say_month(today))))
    if may(actor, Permission.READ_LEDGER):
        cards.append(Card("Ledger", url_for("ledger.show"), "Totals, and the proof that they are right."))
    if may(actor, Permission.LOOK_AFTER_MARKET):
        waiting = suggestion_queries.waiting_count(actor), review_queries.waiting_count(actor)
        now = f"{waiting[0]} to check, {waiting[1]} reviews to look at" if any(waiting) else ""
        about = "Providers that people miss, and reviews that need a look."
        cards.append(Card("Marketplace", url_for("staff_suggestions.index"), about, now))
    about = "The rules in force, with the source of each."
    cards.append(Card("Spending policy", url_for("policy.show"), about, _drafts()))
    if may(actor, Permission.MANAGE_STAFF):
        cards.append(Card("Team", url_for("staff.people"), "Who holds which role."))
    if may(actor, Permission.SEE_RETENTION):
        about = "How long things are kept, and what was removed."
        cards.append(Card("Records", url_for("staff_records.index"), about))
    if may(actor, Permission.READ_AUDIT):
        cards.append(Card("Who did what", url_for("audit.index"), "Everything that was done, by whom and why."))
    return render_template("staff/home.jinja", cards=cards, posts=_posts())


def _payments(month: str) -> str:
    """How far this month's payments are, for those who make them."""
    period = clock.period_of(clock.today())
    actor = current_actor()
    found = [monitoring.month_paid(actor, place.id, period) for place in places_with(Permission.PAY_ALLOCATIONS)]
    if not found:
        return ""
    return f"{month}: {sum(m.budgets_paid for m in found)} paid, {sum(m.budgets_to_pay for m in found)} to pay"


def _drafts() -> str:
    """How many drafts of the policy wait for a second person, for those who may publish one."""
    places = places_with(Permission.CHANGE_POLICY)
    found = [draft for place in places for draft in policies.drafts_of(current_actor(), place.id)]
    asked = sum(draft.state is DraftState.ASKED for draft in found)
    return f"{asked} {'draft waits' if asked == 1 else 'drafts wait'} for a second person" if asked else ""


def _posts() -> list[str]:
    names: dict[str, list[str]] = {}
    for post in current_actor().posts:
        names.setdefault(post.commissioner_name, []).append(words.QUALITIES[post.role.value])
    return [f"{words.and_list(roles)} at {name}" for name, roles in names.items()]


@bp.get("/staff/team")
@requires(Permission.MANAGE_STAFF)
def people() -> ResponseReturnValue:
    """Who holds which role in a commissioner, and who held it."""
    scope = scope_of(Permission.MANAGE_STAFF)
    today = clock.today()
    posts = identity.staff_of(current_actor(), scope.place.id)
    return render_template(
        "staff/people.jinja",
        scope=scope,
        roles=[(words.ROLES[role], [p for p in posts if p.role is role and _is_now(p, today)]) for role in words.ROLES],
        past=[post for post in posts if not _is_now(post, today)],
        role_words=words.QUALITIES,
        may_name=may(current_actor(), Permission.NAME_SAFEGUARDING, CommissionerSubject(scope.place.id)),
        can_be_named=[post for post in posts if post.role in safeguarding.ROLES and _is_now(post, today)],
        helps=scope.place.id in current_actor().posts_with(StaffRole.ADMIN),
    )


def _is_now(post: StaffPost, today: date) -> bool:
    return post.starts_on <= today and (post.ends_on is None or post.ends_on >= today)


def _papers() -> str:
    """How many papers wait, in all the places where the reader looks at them."""
    actor = current_actor()
    places = places_with(Permission.CHECK_AUTHORITY)
    many = sum(authority_queries.count_unchecked(actor, place.id) for place in places)
    return f"{many} {'waits' if many == 1 else 'wait'}" if many else ""
