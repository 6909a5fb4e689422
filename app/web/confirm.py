"""Once more, who is it? Before payees, authority, policies and ways of signing in change."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, PasswordField, StringField

from app.core.errors import InvalidError
from app.identity.proofs import Step
from app.identity.rules import Permission
from app.signing_in import proving
from app.web import questions
from app.web.access import PRESSED, TOKEN, safe_next
from app.web.account import LONGEST
from app.web.context import current_actor, current_sign_in
from app.web.forms import Form, NotTooLong, Required, show
from app.web.marks import requires
from app.web.second_step_shown import hint_of, take_passkey
from app.web.writes import keep_writes

bp = Blueprint("confirm", __name__)
_BEFORE = frozenset({Step.SET_UP})


class ConfirmForm(Form):
    """The passphrase, and the second step where there is one."""

    passphrase = PasswordField("Passphrase", [Required("Enter your passphrase"), NotTooLong(LONGEST)])
    code = StringField("Code from your authenticator app, or a recovery code")
    next = HiddenField()


@bp.route("/confirm", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN, before=_BEFORE)
def ask() -> ResponseReturnValue:
    """Ask, and go on to where one wanted to go."""
    form = ConfirmForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        keep_writes()  # a wrong passphrase or code is counted although the answer is an error
        typed = form.passphrase.data or "", form.code.data or ""
        try:
            session[TOKEN] = proving.confirm(current_actor(), session[TOKEN], current_sign_in().proven, *typed)
        except InvalidError as error:
            form.take(error)
        else:
            return _go_on(form.next.data)
    return _show(form)


@bp.post("/confirm/passkey")
@requires(Permission.SIGNED_IN, before=_BEFORE)
def with_passkey() -> ResponseReturnValue:
    """The passkey instead: it is worth both."""
    target = request.form.get("next")
    try:
        take_passkey()
    except InvalidError as error:
        form = ConfirmForm(data={"next": target}, formdata=None)
        form.take(InvalidError({"passphrase": error.sentence}))
        return _show(form)
    return _go_on(target)


def _go_on(target: str | None) -> ResponseReturnValue:
    """To where they wanted to go. Where they had pressed a button it says that this was in vain."""
    back = safe_next(target)
    if session.pop(PRESSED, None) == back:
        flash("We asked who you are first. Nothing was done yet. Press it again.", "note")
    return redirect(back or url_for("people.start"), 303)


def _show(form: ConfirmForm) -> tuple[str, int]:
    account = current_sign_in().account
    return show(
        "second_step/confirm.jinja",
        form,
        question=questions.to_enter(current_actor()),
        has_step=account.has_second_step,
        hint=hint_of(account),
    )
