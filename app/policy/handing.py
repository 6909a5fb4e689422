"""From one hand to another: a draft is sent to a second person, who publishes it or sends it back.

Whoever had a hand in a draft never publishes it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, StateError
from app.identity.rules import Actor
from app.policy import queries
from app.policy.drafts import account, locked, next_name, record, touch
from app.policy.models import DraftState, PolicyDraft, PolicyVersion
from app.policy.service import lock_policy, publish, reason_of


def ask(actor: Actor, ref: str, seen: int, summary: str, starts_on: date | None) -> PolicyDraft:
    """Ask a second person to publish it.

    :param summary: what it is for, in words that stay with the version.
    :param starts_on: from when; today or later.
    :raises InvalidError: fields `summary`, `starts_on`.
    :raises StateError: when nothing changed, a reason is missing, or there is nobody who could.
    """
    draft = locked(actor, ref, seen, DraftState.OPEN)
    _ready(draft)
    if not [account for account in queries.others_who_publish(draft) if account.id != actor.account_id]:
        raise StateError("Everybody who could publish it had a hand in it. Another administrator is needed.")
    errors: dict[str, str] = {}
    try:
        draft.summary = reason_of(summary, "summary")
    except InvalidError as error:
        errors |= error.errors
    errors |= _day_fault(draft, starts_on)
    if errors:
        raise InvalidError(errors)
    draft.asked_by, draft.asked_by_name, draft.asked_at = account(actor), actor.name, clock.now()
    draft.starts_on, draft.state = starts_on, DraftState.ASKED
    draft.returned_words = draft.returned_by_name = ""
    touch(draft)
    record(actor, draft, "ask", "Asked a second person to publish a draft of the policy", draft.summary)
    return draft


def take_back(actor: Actor, ref: str, seen: int) -> PolicyDraft:
    """Go on changing what a second person was asked to publish."""
    draft = locked(actor, ref, seen, DraftState.ASKED)
    if actor.account_id not in queries.editors_of(draft):
        raise NotAllowedError("Send it back with words instead: you had no hand in it.")
    draft.state = DraftState.OPEN
    touch(draft)
    record(actor, draft, "take_back", "Took back a draft of the policy to go on with it")
    return draft


def send_back(actor: Actor, ref: str, seen: int, words: str) -> PolicyDraft:
    """Not yet: the second person says what should be different.

    :raises InvalidError: field `words`.
    """
    draft = locked(actor, ref, seen, DraftState.ASKED)
    _second_person(actor, draft)
    draft.returned_words, draft.returned_by_name = reason_of(words, "words"), actor.name
    draft.state = DraftState.OPEN
    touch(draft)
    record(actor, draft, "send_back", "Sent back a draft of the policy", draft.returned_words)
    return draft


def publish_draft(actor: Actor, ref: str, seen: int, starts_on: date | None) -> PolicyVersion:
    """Publish it, from a day: today or later, and not before the version it builds on.

    :raises NotAllowedError: for who had a hand in it.
    :raises InvalidError: field `starts_on`.
    :raises StateError: when somebody was quicker, or another version was published meanwhile.
    """
    draft = locked(actor, ref, seen, DraftState.ASKED)
    _second_person(actor, draft)
    lock_policy(draft.commissioner_id)
    _ready(draft)
    faults = _day_fault(draft, starts_on)
    if faults or starts_on is None:
        raise InvalidError(faults)
    document = queries.draft_document(draft)
    taken = {version.version for version in queries.versions_of(draft.commissioner_id)}
    if document.version in taken:
        document = replace(document, version=next_name(draft.commissioner_id))
        draft.document = document.to_dict()
    version = publish(
        actor, draft.commissioner_id, document, starts_on, drafted_by=draft.asked_by_name, summary=draft.summary
    )
    draft.state, draft.published_as, draft.starts_on = DraftState.PUBLISHED, version.id, starts_on
    touch(draft)
    return version


def _ready(draft: PolicyDraft) -> None:
    if queries.is_behind(draft):
        raise StateError("Another version was published since this draft began. Bring the draft up to date first.")
    if not queries.differences_of(draft):
        raise StateError("This draft changes nothing yet.")
    missing = queries.wanting_reasons(draft)
    if missing:
        raise StateError(f"{missing[0].about} lets more through than before: say why first.")


def _second_person(actor: Actor, draft: PolicyDraft) -> None:
    if actor.account_id is None or actor.account_id in queries.editors_of(draft):
        raise NotAllowedError("Somebody who had no hand in this draft looks at it and publishes it.")


def _day_fault(draft: PolicyDraft, day: date | None) -> dict[str, str]:
    base = db.session.get(PolicyVersion, draft.base_id) if draft.base_id else None
    if day is None:
        return {"starts_on": "Enter the day from which it is in force"}
    if day < clock.today():
        return {"starts_on": "A policy begins today or later: nobody could have known it before"}
    if base is not None and day < base.in_force_from:
        return {
            "starts_on": f"Version {base.version}, on which this builds, begins on "
            f"{clock.say_day(base.in_force_from, year=True)}. Choose that day or later"
        }
    return {}
