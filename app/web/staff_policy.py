"""The spending policy to read: every rule with its source, the figures, and its history version by version."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import NotFoundError
from app.identity.rules import Permission
from app.policy import queries as policies
from app.policy.comparing import Difference, compare, is_law_given, says
from app.policy.engine import code_name, describe
from app.policy.exchange import write
from app.policy.lists import all_statements
from app.policy.models import PolicyChange, PolicyVersion
from app.policy.wording import figures_of
from app.web.marks import requires
from app.web.staff_policy_shared import (
    doors_of,
    drafts_waiting,
    figures_in,
    may_change,
    may_see_drafts,
    scope_for_reading,
    told,
    version_asked,
)

_FIRST = "alcohol"  # the rule that is shown when the address names none
bp = Blueprint("policy", __name__)
_SHOWN = 12
"""Differences told of one version in the history; the rest are on the page that compares."""


@bp.get("/staff/policy")
@requires(Permission.READ_POLICY)
def show() -> ResponseReturnValue:
    """The policy of one commissioner, to read: the one in force, or an earlier or later version."""
    scope = scope_for_reading()
    version, policy = version_asked(scope)
    return render_template(
        "policy/show.jinja",
        scope=scope,
        version=version,
        policy=policy,
        sections=describe(policy),
        figures=figures_in(policy),
        pay=sorted(policy.minimum_pay, key=lambda row: row.starts_on, reverse=True),
        coming=[row for row in policies.versions_of(scope.place.id) if _state(row) == "coming"],
        drafts=drafts_waiting(scope),
        sees_drafts=may_see_drafts(scope),
        may_change=may_change(scope),
    )


@bp.get("/staff/policy/rule")
@requires(Permission.READ_POLICY)
def rule() -> ResponseReturnValue:
    """One rule whole: what it does at each door, what people read, where it comes from, and how it came to be so."""
    scope = scope_for_reading()
    version, policy = version_asked(scope)
    one = policy.rules.get(request.args.get("rule", _FIRST))
    if one is None:
        raise NotFoundError
    return render_template(
        "policy/rule.jinja",
        scope=scope,
        version=version,
        rule=one,
        does=says(one),
        doors=doors_of(one),
        law=is_law_given(one),
        filled=sorted(figures_of(one)),
        words=sum(said.rule == one.code for said in all_statements(policy.words)),
        codes=[(_span(first, last), _name(first)) for first, last, code in policy.codes if code == one.code],
        past=[
            (later, [item for item in told(*_made(later, earlier)) if _is_about(item.bundle.items[0].path, one.code)])
            for later, earlier in _pairs(scope.place.id)
        ],
    )


@bp.get("/staff/policy/history")
@requires(Permission.READ_POLICY)
def history() -> ResponseReturnValue:
    """Who changed what, why, and from when, the newest first."""
    scope = scope_for_reading()
    rows = []
    for later, earlier in _pairs(scope.place.id):
        differences, changes = _made(later, earlier)
        rows.append((later, _state(later), told(differences[:_SHOWN], changes), len(differences), earlier))
    return render_template(
        "policy/history.jinja",
        scope=scope,
        rows=rows,
        shown=_SHOWN,
        may_change=may_change(scope),
        in_force=_now(scope.place.id),
    )


@bp.get("/staff/policy/compare")
@requires(Permission.READ_POLICY)
def compare_versions() -> ResponseReturnValue:
    """The difference between any two versions, readable."""
    scope = scope_for_reading()
    versions = policies.versions_of(scope.place.id)
    by_name = {version.version: version for version in versions}
    now, before = (by_name.get(request.args.get(name, "")) for name in ("after", "before"))
    now = now or (versions[0] if versions else None)
    before = before or (versions[1] if len(versions) > 1 else None)
    old, new = policies.document_of(before), policies.document_of(now)
    draft = policies.draft_behind(now) if now else None
    changes = policies.changes_of(draft.id) if draft else []
    return render_template(
        "policy/compare.jinja",
        scope=scope,
        versions=versions,
        before=before,
        after=now,
        told=told(compare(old, new), changes),
    )


@bp.get("/staff/policy/file")
@requires(Permission.READ_POLICY)
def file() -> ResponseReturnValue:
    """The whole policy as one file, as ``flask policy export`` writes it."""
    scope = scope_for_reading()
    _, policy = version_asked(scope)
    name = "".join(letter for letter in policy.version if letter.isalnum() or letter in ".-") or "policy"
    answer = Response(write(policy), mimetype="text/plain")
    answer.headers["Content-Disposition"] = f'attachment; filename="policy-{name}.txt"'
    return answer


def _pairs(commissioner_id: UUID) -> list[tuple[PolicyVersion, PolicyVersion | None]]:
    """Each version, the newest first, with the one before it that was not taken back."""
    versions = policies.versions_of(commissioner_id)
    return [
        (version, next((row for row in versions[index + 1 :] if row.withdrawal is None), None))
        for index, version in enumerate(versions)
    ]


def _made(later: PolicyVersion, earlier: PolicyVersion | None) -> tuple[tuple[Difference, ...], Sequence[PolicyChange]]:
    """What a version changed, and who changed it why."""
    draft = policies.draft_behind(later)
    changes = policies.changes_of(draft.id) if draft else []
    return (compare(policies.document_of(earlier), policies.document_of(later)) if earlier else (), changes)


def _is_about(path: str, code: str) -> bool:
    parts = path.split(".")
    return parts[1] == code or (parts[0].startswith("words") and len(parts) > 2 and parts[2] == code)


def _state(version: PolicyVersion) -> str:
    if version.withdrawal is not None:
        return "withdrawn"
    return "coming" if version.in_force_from > clock.today() else "begun"


def _now(commissioner_id: UUID) -> str:
    return policies.policy_in_force(commissioner_id).version


def _span(first: int, last: int) -> str:
    return f"{first:04d}" if first == last else f"{first:04d} to {last:04d}"


def _name(code: int) -> str:
    return code_name(f"{code:04d}")
