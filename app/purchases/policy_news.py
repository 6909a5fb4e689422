"""A draft of the policy on its way to being published, and whoever is told of each step.

The policy itself knows no messages: these verbs do what `policy.handing` does and tell people.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from app.core import clock
from app.identity.rules import Actor
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.policy import handing, queries
from app.policy import service as policy
from app.policy.models import PolicyDraft, PolicyVersion


def ask(actor: Actor, ref: str, seen: int, summary: str, starts_on: date | None) -> PolicyDraft:
    """Ask a second person to publish: every admin who had no hand in it is told. See `handing.ask`."""
    draft = handing.ask(actor, ref, seen, summary, starts_on)
    others = [account.id for account in queries.others_who_publish(draft)]
    _tell(actor, others, f"{actor.name} asks you to look at a draft of the spending policy.", draft.summary, draft)
    return draft


def send_back(actor: Actor, ref: str, seen: int, words: str) -> PolicyDraft:
    """Send it back with words: whoever had a hand in it is told. See `handing.send_back`."""
    draft = handing.send_back(actor, ref, seen, words)
    title = f"{actor.name} sent back your draft of the spending policy."
    _tell(actor, queries.editors_of(draft), title, draft.returned_words, draft)
    return draft


def publish(actor: Actor, ref: str, seen: int, starts_on: date | None) -> PolicyVersion:
    """Publish it from a day: both sides are told. See `handing.publish_draft`."""
    version = handing.publish_draft(actor, ref, seen, starts_on)
    draft = queries.draft_for(actor, ref)
    begins = clock.say_day(version.in_force_from, year=True)
    title = f"{actor.name} published version {version.version} of the spending policy. It is in force from {begins}."
    everybody = [*queries.editors_of(draft), *(account.id for account in queries.others_who_publish(draft))]
    _tell(actor, everybody, title, version.summary, draft)
    return version


def withdraw(actor: Actor, commissioner_id: UUID, name: str, why: str) -> PolicyVersion:
    """Take back a version before it begins: both sides are told. See `policy.service.withdraw`."""
    version = policy.withdraw(actor, commissioner_id, name, why)
    draft = queries.draft_behind(version)
    told = set(queries.editors_of(draft)) if draft else set()
    if version.published_by_id:
        told.add(version.published_by_id)
    title = f"{actor.name} took back version {version.version} of the spending policy before it began."
    _tell(actor, told, title, why.strip(), draft)
    return version


def _tell(actor: Actor, accounts: Iterable[UUID], title: str, body: str, draft: PolicyDraft | None) -> None:
    ref = draft.ref if draft else ""
    messages.notify(actor, accounts, NoticeKind.POLICY, title, body, about=About.POLICY, about_ref=ref)
