"""Signing in and out, and the passphrase."""

from __future__ import annotations

from flask import Blueprint, Response, flash, g, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo

from app.core.errors import InvalidError
from app.identity import sessions
from app.identity.proofs import Step
from app.identity.rules import Permission
from app.signing_in import proving
from app.web import questions
from app.web.access import ENDED, TOKEN, safe_next
from app.web.context import actor_or_none, current_actor, sign_in_or_none
from app.web.entering import browser, come_in
from app.web.forms import Form, NotTooLong, Required, show
from app.web.marks import public, requires
from app.web.security import clear_browser, client_address
from app.web.writes import keep_writes

bp = Blueprint("account", __name__)
NOT_TWICE = "The two new passphrases are not the same. Type both again."
LONGEST = 1024  # letters of a passphrase: hashing more is only a way to keep us busy


class SignInForm(Form):
    """Who it is."""

    email = StringField("E-mail address", [Required("Enter your e-mail address")])
    passphrase = PasswordField("Passphrase", [Required("Enter your passphrase"), NotTooLong(LONGEST)])
    next = HiddenField()


class PassphraseForm(Form):
    """Another passphrase."""

    old = PasswordField("Your passphrase now", [Required("Enter your passphrase now"), NotTooLong(LONGEST)])
    new = PasswordField("New passphrase", [Required("Enter a new passphrase"), NotTooLong(LONGEST)])
    again = PasswordField(
        "New passphrase again", [Required("Enter the new passphrase again"), EqualTo("new", NOT_TWICE)]
    )


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Sign in; afterwards back to where one wanted to go."""
    if request.method == "GET" and sign_in_or_none() is not None:
        # the second step leads to the start afterwards; whoever has none yet is led on by the doorkeeper
        start = "people.start" if actor_or_none() else "second_step.enter"
        return redirect(safe_next(request.args.get("next")) or url_for(start), 303)
    form = SignInForm(next=request.args.get("next", ""))
    ended = bool(session.get(ENDED))
    if form.validate_on_submit():
        seen = browser()
        found = sessions.sign_in(form.email.data or "", form.passphrase.data or "", client_address(), seen)
        keep_writes()  # a wrong try is counted although the answer is an error
        if found.token is None or found.account is None:
            form.take(InvalidError({"email": found.sentence}))
        else:
            return come_in(found.account, found.token, seen, form.next.data)
    return show("account/sign_in.jinja", form, ended=ended, question=questions.to_enter())


@bp.post("/sign-out")
@public
def sign_out() -> Response:
    """End this session."""
    token = session.get(TOKEN)
    if token:
        sessions.sign_out(token)
    return _left()


@bp.post("/sign-out-everywhere")
@requires(Permission.SIGNED_IN, before=frozenset(Step))
def sign_out_everywhere() -> Response:
    """End every session of this account, on every phone and computer."""
    sessions.sign_out_everywhere(current_actor())
    return _left()


@bp.get("/signed-out")
@public
def signed_out() -> ResponseReturnValue:
    """It worked."""
    if actor_or_none() is not None:
        return redirect(url_for("people.start"), 303)
    return show("account/signed_out.jinja")


@bp.post("/sign-in/passkey")
@public
def with_passkey() -> ResponseReturnValue:
    """Sign in with a passkey alone: nothing was typed."""
    seen = browser()
    try:
        account, token = proving.enter_with_passkey(
            questions.here(), questions.taken(), request.form.get("passkey", ""), client_address(), seen
        )
    except InvalidError as error:
        keep_writes()
        form = SignInForm()
        form.take(InvalidError({"email": error.sentence}))
        return show("account/sign_in.jinja", form, ended=False, question=questions.to_enter())
    return come_in(account, token, seen, request.form.get("next"))


@bp.route("/passphrase", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
def passphrase() -> ResponseReturnValue:
    """Set another passphrase. Every session ends; this browser gets a new one by signing in again."""
    form = PassphraseForm()
    if form.validate_on_submit():
        keep_writes()  # a wrong old passphrase is counted like a wrong sign-in
        try:
            sessions.change_passphrase(current_actor(), form.old.data or "", form.new.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            session.clear()
            flash("Your passphrase is changed. Sign in with the new one.")
            return redirect(url_for("account.sign_in"), 303)
    return show("account/passphrase.jinja", form)


@bp.post("/session/extend")
@requires(Permission.SIGNED_IN, before=frozenset(Step))
def extend() -> Response:
    """Stay signed in. The script is told with an empty answer, a browser without it goes back to its page."""
    sessions.touch(session[TOKEN])
    if request.accept_mimetypes.best == "application/json":
        return make_response("", 204)
    flash("You are still signed in.", "note")
    return make_response(redirect(safe_next(request.form.get("next")) or url_for("people.start"), 303))


def _left() -> Response:
    session.clear()
    clear_browser()
    g.pop("actor", None)
    return make_response(redirect(url_for("account.signed_out"), 303))
