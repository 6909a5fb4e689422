"""What is held on a person: sixteen, capacity, a death, a move."""

from __future__ import annotations

from app.records.held import OF_PERSON, SOMEBODY, Held, Then

CHANGES: tuple[Held, ...] = (
    Held("sixteen_step", "sixteen", "What was said and done about your sixteenth birthday", person=OF_PERSON),
    Held(
        "nominee_choice",
        "nominee_chosen",
        "Whom you made your nominee",
        person=OF_PERSON,
        then=Then.BLANK,
        blank={"how": "''", "by_name": SOMEBODY},
    ),
    Held(
        "capacity_record",
        "capacity",
        "What was found about whether you can decide for yourself",
        person=OF_PERSON,
        then=Then.BLANK,
        blank={"decision": "'Removed'", "assessed_by": "''", "why": "''", "said": "'[]'", "by_name": SOMEBODY},
    ),
    Held(
        "capacity_reminder",
        "capacity_reminded",
        "That somebody was reminded to look at that again",
        person="t.record_id IN (SELECT id FROM capacity_record WHERE person_id = ANY(:people))",
    ),
    Held(
        "life_change",
        "changes",
        "A change in your life, and what followed",
        person=OF_PERSON,
        leave_out={"new_person_id": "our own number for you with another organisation"},
        then=Then.BLANK,
        blank={"words": "''", "said": "'[]'", "before": "'{}'", "taken_back_why": "''"},
    ),
    Held(
        "change_task",
        "changes_to_do",
        "What somebody had to do after it",
        person="t.change_id IN (SELECT id FROM life_change WHERE person_id = ANY(:people))",
        then=Then.BLANK,
        blank={"words": "'Removed'", "done_words": "''"},
    ),
)
