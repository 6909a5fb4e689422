"""The ways in on the staff's start page: what each post works with, and what an auditor reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for

from app.budgets import monitoring
from app.core import clock
from app.identity import authority_queries
from app.identity.rules import Actor, Permission, may, may_read
from app.marketplace import review_queries, suggestion_queries
from app.messages import inbox
from app.policy import queries as policies
from app.policy.models import DraftState
from app.purchases import queue
from app.records import queries as records
from app.web.problems import open_problems
from app.web.staff_gate import gate_counts
from app.web.staff_scope import places_with


@dataclass(frozen=True, slots=True)
class Card:
    """One way in."""

    title: str
    href: str
    about: str
    now: str = ""  # how things stand


def cards_for(actor: Actor) -> list[Card]:
    """What this reader's posts let them do, or read, the most urgent first."""
    return [*_deciding(actor), *_looking_after(actor), *_governing(actor)]


def _deciding(actor: Actor) -> Iterator[Card]:
    decides = may(actor, Permission.DECIDE)
    if may_read(actor, Permission.DECIDE):
        counts = queue.counts_for(actor)
        now = _how_many(counts.mine, counts.team, counts.late, own=decides)
        yield Card("To decide", url_for("queue.index"), "Purchases that wait for a person's answer.", now)
        if wrong := open_problems():
            now = f"{wrong} {'thing waits' if wrong == 1 else 'things wait'} to be put right"
            yield Card("Something went wrong", url_for("problems.index"), "What was paid for and is not right.", now)
        waits = inbox.counts_for_staff(actor)
        now = _how_many(waits.mine, waits.team, waits.late, own=decides)
        yield Card("Messages", url_for("staff_messages.index"), "What people ask about anything.", now)
    if may_read(actor, Permission.CHECK_AUTHORITY):
        yield Card("Papers to look at", url_for("staff_acting.waiting"), "What shows who may act.", _papers(actor))
    if may_read(actor, Permission.DECIDE) and (wanted := len(records.waiting_corrections(actor))):
        about = "What people say is wrong in what we hold on them."
        now = f"{wanted} {'waits' if wanted == 1 else 'wait'}"
        yield Card("To put right", url_for("staff_records.waiting"), about, now)
    if not decides and may_read(actor, Permission.DECIDE):
        about = "What is approved with nobody looking, and who made it so."
        yield Card("Simple rules", url_for("simple_rules.index"), about)
        yield Card("Words kept ready", url_for("reasons.index"), "What the team's answers often begin with.")
        yield Card("Who is away", url_for("away.index"), "And who answers meanwhile.")
        yield Card("Who moves here", url_for("staff_changes_move.handovers"), "From another commissioner.")


def _looking_after(actor: Actor) -> Iterator[Card]:
    yield Card("Answer times", url_for("answer_times.show"), "How long people wait for an answer.")
    if may(actor, Permission.HOLD_REVIEWS) or may(actor, Permission.DELAY_TELLING):
        about = "Reviews that you hold, and concerns in which you have a part."
        yield Card("Reviews and concerns", url_for("staff_gate.index"), about, gate_counts())
    if may(actor, Permission.SEE_BUDGET_HEALTH):
        yield Card("People", url_for("staff_people.index"), "Find a person: who acts for them, how they do.")
        about = "How budgets do: on track or not. Never what was bought."
        yield Card("Budgets", url_for("budgets.index"), about, _payments(actor))
    if may(actor, Permission.READ_LEDGER):
        yield Card("Ledger", url_for("ledger.show"), "Totals, and the proof that they are right.")
    if may_read(actor, Permission.LOOK_AFTER_MARKET):
        waiting = suggestion_queries.waiting_count(actor), review_queries.waiting_count(actor)
        now = f"{waiting[0]} to check, {waiting[1]} reviews to look at" if any(waiting) else ""
        about = "Providers that people miss, and reviews that need a look."
        yield Card("Marketplace", url_for("staff_suggestions.index"), about, now)


def _governing(actor: Actor) -> Iterator[Card]:
    about = "The rules in force, with the source of each."
    yield Card("Spending policy", url_for("policy.show"), about, _drafts(actor))
    if may(actor, Permission.MANAGE_STAFF):
        yield Card("Team", url_for("staff.people"), "Who holds which role.")
    if may(actor, Permission.SEE_RETENTION):
        about = "How long things are kept, and what was removed."
        yield Card("Records", url_for("staff_records.index"), about)
    if may(actor, Permission.READ_AUDIT):
        yield Card("Who did what", url_for("audit.index"), "Everything that was done, by whom and why.")


def _how_many(mine: int, team: int, late: int, *, own: bool) -> str:
    """How many wait; an auditor has none of their own."""
    said = f"{mine} for you, {team} in the team" if own else f"{team} in the team"
    return f"{said}, {late} late" if late else said


def _payments(actor: Actor) -> str:
    """How far this month's payments are, for those who make them."""
    today = clock.today()
    period = clock.period_of(today)
    found = [monitoring.month_paid(actor, place.id, period) for place in places_with(Permission.PAY_ALLOCATIONS)]
    if not found:
        return ""
    paid, to_pay = sum(m.budgets_paid for m in found), sum(m.budgets_to_pay for m in found)
    return f"{clock.say_month(today)}: {paid} paid, {to_pay} to pay"


def _drafts(actor: Actor) -> str:
    """How many drafts of the policy wait for a second person, for those who may publish one, and auditors."""
    places = places_with(Permission.CHANGE_POLICY, reading=True)
    found = [draft for place in places for draft in policies.drafts_of(actor, place.id)]
    asked = sum(draft.state is DraftState.ASKED for draft in found)
    return f"{asked} {'draft waits' if asked == 1 else 'drafts wait'} for a second person" if asked else ""


def _papers(actor: Actor) -> str:
    """How many papers wait, in all the places where the reader looks at them."""
    places = places_with(Permission.CHECK_AUTHORITY, reading=True)
    many = sum(authority_queries.count_unchecked(actor, place.id) for place in places)
    return f"{many} {'waits' if many == 1 else 'wait'}" if many else ""
