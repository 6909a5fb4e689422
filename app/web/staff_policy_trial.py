"""Trying a draft on the purchases of the last months: asked for, waited for, read. Counts only, no one's purchases."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField

from app.core.errors import InvalidError, StateError
from app.core.words import tidy_ref
from app.identity.rules import Permission
from app.marketplace.rules import Category
from app.policy import queries as policies
from app.policy.comparing import ANSWERS
from app.policy.models import DraftState
from app.policy.rules import Action
from app.purchases import simulating, trials
from app.purchases.rule_titles import rule_titles
from app.web.auditing import can_change
from app.web.context import current_actor
from app.web.forms import Form, Required, choices
from app.web.marks import requires

bp = Blueprint("policy_trial", __name__)
_ONE = "/staff/policy/drafts/<draft_ref>/trial"
_AGAIN_AFTER = 5
"""Seconds until a page that waits looks again by itself."""


class MonthsForm(Form):
    """How far to look back."""

    months = SelectField(
        "How many months back?",
        [Required("Choose how many months")],
        choices=choices({str(n): f"{n} month{'s' if n > 1 else ''}" for n in range(1, 13)}),
        default="6",
    )


@bp.route(_ONE, methods=["GET", "POST"])
@requires(Permission.CHANGE_POLICY, audited=True)
def show(draft_ref: str) -> ResponseReturnValue:
    """The last trial of a draft with its progress or its result, and the way to a new one."""
    draft = policies.draft_for(current_actor(), tidy_ref(draft_ref), reading=request.method == "GET")
    form = MonthsForm()
    if form.validate_on_submit():
        try:
            trials.begin(current_actor(), draft.ref, int(form.months.data))
        except (InvalidError, StateError) as error:
            form.take(error)
        else:
            return redirect(url_for("policy_trial.show", draft_ref=draft.ref), 303)
    trial = policies.last_simulation(draft.id)
    today, mine = policies.policy_in_force(draft.commissioner_id), policies.draft_document(draft)
    going = trial is not None and trials.is_going(trial)
    answer = make_response(
        render_template(
            "policy/trial.jinja",
            form=form,
            draft=draft,
            trial=trial,
            going=going,
            fresh=trial is not None and trial.digest == draft.digest and trial.base_digest == today.rules_digest,
            open_=draft.state in (DraftState.OPEN, DraftState.ASKED),
            titles={**rule_titles(today, today.rules), **rule_titles(mine, mine.rules)},
            categories={category.value: category.label for category in Category},
            answers={action.value: words for action, words in ANSWERS.items()},
            actions=list(Action),
            can_change=can_change(Permission.CHANGE_POLICY, draft.commissioner_id),
            few=simulating.FEW,
            still=bool(request.args.get("still")),
        ),
        400 if request.method == "POST" else 200,
    )
    if going and not request.args.get("still") and request.method == "GET":
        answer.headers["Refresh"] = str(_AGAIN_AFTER)
    return answer
