"""Drafts of the policy: begun, changed, brought up to date, given up.

What lets more through needs a reason, which is kept for good. How a draft is published: see `handing`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError, StateError
from app.identity.rules import Actor
from app.policy import queries
from app.policy.comparing import Difference, compare
from app.policy.document import PolicyDocument
from app.policy.merging import Clash, merge
from app.policy.models import DraftState, PolicyChange, PolicyDraft
from app.policy.service import reason_of, require_change

_NAME = re.compile(r"(\d{4})\.(\d{1,6})")
MOST_OPEN = 20
"""Drafts at a time: more than a team could follow."""


def start(actor: Actor, commissioner_id: UUID, document: PolicyDocument | None = None, source: str = "") -> PolicyDraft:
    """Begin a draft from the last version.

    :param document: what it says from the start, where it was read from a file.
    :param source: where that was read, for the history.
    :raises StateError: when too many are open.
    """
    require_change(actor, commissioner_id)
    if len(queries.drafts_of(actor, commissioner_id)) >= MOST_OPEN:
        raise StateError("There are many drafts already. Finish one, or drop one that is not wanted.")
    base = queries.latest_version(commissioner_id)
    old = queries.document_of(base)
    new = replace(document or old, version=next_name(commissioner_id))
    draft = PolicyDraft(
        commissioner_id=commissioner_id,
        base_id=base.id if base else None,
        document=new.to_dict(),
        digest=new.rules_digest,
        begun_by=account(actor),
        begun_by_name=actor.name,
        changed_at=clock.now(),
    )
    db.session.add(draft)
    db.session.flush()
    if document is not None:
        _note(actor, draft, "", f"Read from {source or 'a file'}: {_differ(compare(old, new))}")
    record(actor, draft, "start", f"Began a draft from version {old.version} of the spending policy")
    return draft


def change(actor: Actor, ref: str, seen: int, document: PolicyDocument, reason: str = "") -> tuple[Difference, ...]:
    """Let a draft say something else.

    :param seen: the draft's `version` when it was read: who comes second is told, and nothing is overwritten.
    :param reason: needed where something lets more through than it did; kept for every place that changed.
    :returns: what changed; nothing when the draft says so already.
    :raises InvalidError: field `reason`.
    """
    draft = locked(actor, ref, seen, DraftState.OPEN)
    base, old = queries.base_of(draft), queries.draft_document(draft)
    document = replace(document, version=old.version)
    changed = compare(old, document)
    if not changed:
        return ()
    known = {(item.path, item.after) for item in compare(base, old)}
    milder = [item for item in compare(base, document) if item.relaxes and (item.path, item.after) not in known]
    if milder or reason.strip():
        reason = reason_of(reason)
    draft.document, draft.digest = document.to_dict(), document.rules_digest
    for item in changed:
        _note(actor, draft, item.path, item.sentence, reason)
    for item in milder:
        if item.path not in {other.path for other in changed}:
            _note(actor, draft, item.path, item.sentence, reason)
    touch(draft)
    sentence = changed[0].sentence if len(changed) == 1 else f"{changed[0].about}: {len(changed)} changes"
    record(actor, draft, "change", f"In a draft of the policy, {sentence}", reason)
    return changed


def give_reason(actor: Actor, ref: str, seen: int, paths: Iterable[str], reason: str) -> int:
    """Give the reason for what has none yet (changes that came from a file).

    :returns: for how many places it stands.
    """
    draft = locked(actor, ref, seen, DraftState.OPEN)
    reason = reason_of(reason)
    asked = set(paths)
    wanting = [item for item in queries.wanting_reasons(draft) if item.path in asked]
    for item in wanting:
        _note(actor, draft, item.path, item.sentence, reason)
    if wanting:
        touch(draft)
        record(actor, draft, "change", f"Gave the reason for {len(wanting)} changes in a draft of the policy", reason)
    return len(wanting)


def bring_up_to_date(actor: Actor, ref: str, seen: int) -> list[Clash]:
    """Put what was published since under the draft's own changes.

    What lets more through now than its reason was given for needs one again.

    :returns: where both changed the same thing: there the draft's own stays.
    """
    draft = locked(actor, ref, seen, DraftState.OPEN)
    latest = queries.latest_version(draft.commissioner_id)
    base, mine = queries.base_of(draft), queries.draft_document(draft)
    newest = queries.document_of(latest)
    merged, clashes = merge(base, mine, newest)
    merged = replace(merged, version=next_name(draft.commissioner_id))
    _ = merged.matcher
    known = {(item.path, item.before, item.after) for item in compare(base, mine) if item.relaxes}
    draft.base_id = latest.id if latest else None
    draft.document, draft.digest = merged.to_dict(), merged.rules_digest
    words = f"Brought up to version {latest.version if latest else '(the one that ships)'}"
    _note(actor, draft, "", words)
    for item in compare(newest, merged):
        if item.relaxes and (item.path, item.before, item.after) not in known:
            _note(actor, draft, item.path, item.sentence)
    touch(draft)
    record(actor, draft, "change", f"{words} of the spending policy")
    return clashes


def drop(actor: Actor, ref: str, seen: int) -> PolicyDraft:
    """Give up a draft. What was changed in it stays in the audit."""
    draft = locked(actor, ref, seen, DraftState.OPEN)
    draft.state = DraftState.DROPPED
    touch(draft)
    record(actor, draft, "drop", "Gave up a draft of the policy")
    return draft


def locked(actor: Actor, ref: str, seen: int, wanted: DraftState) -> PolicyDraft:
    """The draft, nobody else's for now, as it was when the actor read it."""
    draft = queries.draft_for(actor, ref)
    require_change(actor, draft.commissioner_id)
    db.session.scalars(
        select(PolicyDraft)
        .where(PolicyDraft.id == draft.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if draft.state is not wanted:
        raise StateError(_NOT_NOW[draft.state])
    if draft.version != seen:
        raise StateError("Somebody changed this draft while you were looking at it. See what it says now.")
    return draft


_NOT_NOW = {
    DraftState.OPEN: "This draft is being changed again.",
    DraftState.ASKED: "A second person looks at this draft now. Take it back to change it.",
    DraftState.PUBLISHED: "This draft was published already.",
    DraftState.DROPPED: "This draft was given up.",
}


def next_name(commissioner_id: UUID) -> str:
    """A name that no version has: the year and the next number."""
    year = clock.today().year
    names = [version.version for version in queries.versions_of(commissioner_id)]
    numbers = [int(hit[2]) for name in names if (hit := _NAME.fullmatch(name)) and int(hit[1]) == year]
    if not names:
        numbers = [int(hit[2]) for hit in [_NAME.fullmatch(queries.default_policy().version)] if hit]
    return f"{year}.{max(numbers, default=0) + 1}"


def account(actor: Actor) -> UUID:
    """Whose hand it is.

    :raises NotAllowedError: for the software itself.
    """
    if actor.account_id is None:
        raise NotAllowedError("A person changes the policy, not the software.")
    return actor.account_id


def _differ(differences: tuple[Difference, ...]) -> str:
    return f"{len(differences)} difference{'' if len(differences) == 1 else 's'}"


def _note(actor: Actor, draft: PolicyDraft, path: str, sentence: str, reason: str = "") -> None:
    row = PolicyChange(
        commissioner_id=draft.commissioner_id,
        draft_id=draft.id,
        path=path,
        sentence=sentence,
        reason=reason,
        by=account(actor),
        by_name=actor.name,
    )
    db.session.add(row)


def touch(draft: PolicyDraft) -> None:
    """Whoever read it before this has to look again."""
    draft.version += 1
    draft.changed_at = clock.now()
    db.session.flush()


def record(actor: Actor, draft: PolicyDraft, verb: str, sentence: str, why: str = "") -> None:
    """Write one entry of the audit about a draft."""
    audit.record(
        actor,
        f"policy.{verb}",
        sentence,
        subject_kind="policy_draft",
        subject_id=draft.id,
        commissioner_id=draft.commissioner_id,
        why=why,
    )
