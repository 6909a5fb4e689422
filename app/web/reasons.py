"""Words that a team keeps ready for its answers."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, StringField, TextAreaField

from app.approvals import reasons
from app.approvals.models import ReasonTemplate
from app.approvals.rules import ANSWER_WORDS, MAX_REASON, Answer
from app.core.errors import InvalidError, NotFoundError, StateError
from app.identity.rules import Permission
from app.web.context import current_actor
from app.web.forms import Form, NotTooLong, Required, choices, show
from app.web.marks import requires
from app.web.staff_scope import scope_of

bp = Blueprint("reasons", __name__)


_FOR = {answer.value: words for answer, words in ANSWER_WORDS.items()}


class ReasonForm(Form):
    """Words, and what they are for."""

    answer = RadioField(
        "What are they for?", [Required("Choose what the words are for")], choices=choices(_FOR)
    )
    name = StringField("A name to find them by", [Required("Give it a name"), NotTooLong(reasons.MAX_NAME)])
    words = TextAreaField("The words", [Required("Write the words"), NotTooLong(MAX_REASON)])
    version = HiddenField()


def kept_ready(commissioner_id: UUID, answer: Answer | None = None) -> Sequence[ReasonTemplate]:
    """What a page of answering offers to fill its box with."""
    return reasons.templates_in(current_actor(), commissioner_id, answer)


def words_kept() -> str:
    """The words that the address asks the box to be filled with (``use``); nothing when there are none."""
    ref = request.args.get("use", "")
    if not ref:
        return ""
    try:
        return reasons.template_for(current_actor(), ref).words
    except NotFoundError:
        return ""


@bp.get("/staff/reasons")
@requires(Permission.DECIDE, audited=True)
def index() -> ResponseReturnValue:
    """All of the team's."""
    scope = scope_of(Permission.DECIDE, reading=True)
    return render_template("reasons/index.jinja", scope=scope, ready=kept_ready(scope.place.id), answers=ANSWER_WORDS)


@bp.route("/staff/reasons/new", methods=["GET", "POST"])
@requires(Permission.DECIDE)
def new() -> ResponseReturnValue:
    """Keep some more."""
    return _edit(None)


@bp.route("/staff/reasons/<template_ref>", methods=["GET", "POST"])
@requires(Permission.DECIDE)
def change(template_ref: str) -> ResponseReturnValue:
    """Change what is kept. What was sent with it stays as it was sent."""
    return _edit(reasons.template_for(current_actor(), template_ref))


def _edit(template: ReasonTemplate | None) -> ResponseReturnValue:
    scope = scope_of(Permission.DECIDE)
    form = ReasonForm(data=_as_typed(template) if template else None)
    if form.validate_on_submit():
        try:
            kept = reasons.keep_template(
                current_actor(),
                template.commissioner_id if template else scope.place.id,
                form.answer.data or "",
                form.name.data or "",
                form.words.data or "",
                template.ref if template else None,
                version_of(form.version.data),
            )
        except (InvalidError, StateError) as error:
            form.take(error)
        else:
            flash(f"Kept: {kept.name}.")
            return redirect(url_for("reasons.index", **scope.query), 303)
    return show("reasons/edit.jinja", form, kept=template, scope=scope)


def _as_typed(template: ReasonTemplate) -> dict[str, str]:
    return {
        "answer": template.answer.value,
        "name": template.name,
        "words": template.words,
        "version": str(template.version),
    }


def version_of(typed: str | None) -> int:
    """The version a form was made from; 0, which none has, for anything else."""
    return int(typed) if typed and typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0


@bp.post("/staff/reasons/<template_ref>/remove")
@requires(Permission.DECIDE)
def remove(template_ref: str) -> ResponseReturnValue:
    """Keep them no longer."""
    reasons.remove_template(current_actor(), template_ref)
    flash("Removed.")
    return redirect(url_for("reasons.index"), 303)
