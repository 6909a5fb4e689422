"""What the pages of the policy share: figures in words, differences with their reasons, the try-it box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request
from wtforms import SelectField, StringField

from app.identity.rules import CommissionerSubject, Permission, may, may_read
from app.policy import queries as policies
from app.policy.comparing import ANSWERS, DOORS, Bundle, Difference, bundled
from app.policy.document import PolicyDocument, Rule
from app.policy.engine import check_text
from app.policy.figures import FIGURES
from app.policy.models import PolicyChange, PolicyDraft, PolicyVersion
from app.policy.rules import Decision, Door
from app.web.context import current_actor
from app.web.forms import Form, NotTooLong, PoundsField, choices
from app.web.staff_scope import Scope, scope_of

_TRIED = 300  # letters of a text that is tried


@dataclass(frozen=True, slots=True)
class Told:
    """Differences of one kind about one thing, with why they were made and by whom."""

    bundle: Bundle
    reasons: tuple[PolicyChange, ...]
    wanting: bool


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What today's policy and the draft say of the same text."""

    text: str
    today: Decision
    draft: Decision

    @property
    def differ(self) -> bool:
        """True when the answers are not the same."""
        return self.today.action is not self.draft.action or self.today.findings != self.draft.findings


class TryForm(Form):
    """A text to try. Every page on which the policy is changed has it beside what is changed."""

    try_text = StringField("Something to try", [NotTooLong(_TRIED)])
    try_amount = PoundsField("For how much? (you can leave this empty)")
    try_door = SelectField(
        "Where is it asked?", choices=choices({door.value: DOORS[door] for door in Door}), default="outside"
    )

    def verdicts(self, today: PolicyDocument, draft: PolicyDocument) -> Verdicts | None:
        """What both say of it; nothing when nothing was typed."""
        text = self.try_text.data or ""
        if not text:
            return None
        door = Door(self.try_door.data) if self.try_door.data in set(Door) else Door.OUTSIDE
        said = (check_text(policy, text, "", None, self.try_amount.data, door) for policy in (today, draft))
        return Verdicts(text, *said)


def figures_in(policy: PolicyDocument) -> list[tuple[str, str]]:
    """The thresholds, each as a sentence and its figure."""
    return [(figure.meaning, figure.say(getattr(policy.thresholds, name))) for name, figure in FIGURES.items()]


def told(differences: Sequence[Difference], changes: Sequence[PolicyChange], *, open_: bool = False) -> list[Told]:
    """Differences as they are shown, each with the reasons given for it.

    :param open_: it can still be changed, so what has no reason and needs one is marked.
    """
    reasons = policies.reasons_in(changes)
    found = []
    for bundle in bundled(differences):
        given = {reasons[item.path].reason: reasons[item.path] for item in bundle.items if item.path in reasons}
        wanting = open_ and any(item.relaxes and item.path not in reasons for item in bundle.items)
        found.append(Told(bundle, tuple(given.values()), wanting))
    return found


def doors_of(rule: Rule) -> list[tuple[str, str]]:
    """What a rule does at each door, in words, where the doors differ; nothing where they do not."""
    if all(rule.action_at(door) is rule.action for door in Door):
        return []
    return [(DOORS[door], ANSWERS[rule.action_at(door)]) for door in Door]


def version_asked(scope: Scope) -> tuple[PolicyVersion | None, PolicyDocument]:
    """The version in the address, or the one in force.

    :raises NotFoundError: when the address names one that there is not.
    """
    name = request.args.get("version", "")
    if not name:
        return None, policies.policy_in_force(scope.place.id)
    version = policies.version_named(current_actor(), scope.place.id, name)
    return version, policies.document_of(version)


def scope_for_reading() -> Scope:
    """The commissioner whose policy is read."""
    return scope_of(Permission.READ_POLICY)


def may_change(scope: Scope) -> bool:
    """Whether the reader may begin a draft here."""
    return may(current_actor(), Permission.CHANGE_POLICY, CommissionerSubject(scope.place.id))


def may_see_drafts(scope: Scope) -> bool:
    """Whether the drafts are shown: to whoever changes the policy here, and to an auditor."""
    return may_read(current_actor(), Permission.CHANGE_POLICY, CommissionerSubject(scope.place.id))


def drafts_waiting(scope: Scope) -> Mapping[str, list[PolicyDraft]]:
    """The drafts the reader may see, those that wait for a second person first."""
    found = policies.drafts_of(current_actor(), scope.place.id)
    return {
        "asked": [draft for draft in found if draft.state == "asked"],
        "open": [draft for draft in found if draft.state == "open"],
    }


def seen_in() -> int:
    """The draft's `version` that a form was made for; 0, which is none, for anything else."""
    text = request.form.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
