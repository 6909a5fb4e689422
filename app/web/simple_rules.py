"""What a team says yes to in advance."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField, SelectField, StringField, TextAreaField

from app.approvals import simple_rules
from app.approvals.simple_rules import RuleInput
from app.core.errors import InvalidError
from app.identity import absences
from app.identity.rules import Permission
from app.marketplace.rules import Category
from app.web.context import current_actor
from app.web.forms import Form, NotTooLong, PoundsField, Required, choices, show
from app.web.marks import requires
from app.web.staff_scope import scope_of

bp = Blueprint("simple_rules", __name__)


class RuleForm(Form):
    """A simple rule."""

    name = StringField("What do you call it?", [Required("Give it a name"), NotTooLong(simple_rules.MAX_NAME)])
    category = SelectField(
        "Which kind of thing?",
        choices=choices([("", "Any kind"), *((each.value, each.label) for each in Category)]),
    )
    words = TextAreaField("Which words are in it? One of these is enough")
    outcome_words = TextAreaField("Which words are in the outcome? One of these is enough")
    most = PoundsField("Up to how much?", [Required("Enter a sum of up to £5,000")])
    times = IntegerField("How many times a year, for one person?")
    why = TextAreaField("Why does nobody have to look at these?", [Required("Say why nobody has to look at these")])


@bp.get("/staff/simple-rules")
@requires(Permission.DECIDE, audited=True)
def index() -> ResponseReturnValue:
    """The team's rules, with how often each answered."""
    scope = scope_of(Permission.DECIDE, reading=True)
    return render_template(
        "simple_rules/index.jinja",
        scope=scope,
        uses=simple_rules.rules_of(current_actor(), scope.place.id),
        leads=absences.leads(current_actor(), scope.place.id),
        labels={each.value: each.label for each in Category},
    )


@bp.route("/staff/simple-rules/new", methods=["GET", "POST"])
@requires(Permission.DECIDE, fresh=True)
def new() -> ResponseReturnValue:
    """Say yes to a kind of purchase in advance."""
    scope = scope_of(Permission.DECIDE)
    form = RuleForm(data={"times": 1})
    if form.validate_on_submit():
        typed = RuleInput(
            form.name.data or "",
            form.category.data or None,
            form.words.data or "",
            form.outcome_words.data or "",
            form.most.data,
            form.times.data,
            form.why.data or "",
        )
        try:
            rule = simple_rules.make_rule(current_actor(), scope.place.id, typed, {each.value for each in Category})
        except InvalidError as error:
            form.take(error)
        else:
            flash(f"From now on: {rule.name}.")
            return redirect(url_for("simple_rules.index", **scope.query), 303)
    return show("simple_rules/new.jinja", form, scope=scope, leads=absences.leads(current_actor(), scope.place.id))


@bp.post("/staff/simple-rules/<rule_ref>/end")
@requires(Permission.DECIDE, fresh=True)
def end(rule_ref: str) -> ResponseReturnValue:
    """A person looks at these again."""
    rule = simple_rules.end_rule(current_actor(), rule_ref)
    flash(f"Ended: {rule.name}. What it answered stays answered.")
    return redirect(url_for("simple_rules.index"), 303)
