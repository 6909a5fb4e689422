"""What is held on a person: reviews, concerns, and what staff opened.

What a person is told of later, by a safeguarding lead's decision, goes out from that day on and not before.
"""

from __future__ import annotations

from app.records.held import OF_PERSON, Held

_OURS = "our own number for it"
_STAFF = "written for staff, about a worry; “told_words” and “told_outcome” are what we tell you of it"
#: What would tell of a concern before its day.
UNTOLD = "(SELECT c.id FROM concern c WHERE c.person_id = ANY(:people) AND c.told_at IS NULL)"

GATE: tuple[Held, ...] = (
    Held(
        "plan_review", "reviews_of_your_plan", "Reviews of your plan and money, and what was agreed", person=OF_PERSON
    ),
    Held("review_cycle", "next_review", "By when your next review is due", person=OF_PERSON),
    Held(
        "concern",
        "concerns",
        "Why somebody had to look at your money without a review",
        person=f"{OF_PERSON} AND t.told_at IS NOT NULL",
        goes=OF_PERSON,
        leave_out={"kind": _STAFF, "words": _STAFF, "outcome": _STAFF, "delay_why": _STAFF, "renewals": _STAFF},
    ),
    Held(
        "telling_decision",
        person="t.concern_id IN (SELECT id FROM concern WHERE person_id = ANY(:people))",
        why="a safeguarding lead's reasons may put somebody at risk; the concern says when you were told",
    ),
    Held(
        "opening",
        "who_has_looked",
        "What staff opened of yours, when, and by what right",
        person=f"{OF_PERSON} AND (t.concern_id IS NULL OR t.concern_id NOT IN {UNTOLD})",
        goes=OF_PERSON,
        leave_out={"subject_id": _OURS, "key_id": _OURS, "concern_id": _OURS},
    ),
)
