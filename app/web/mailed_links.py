"""Pages behind links that were mailed: another passphrase, another address, "this was not me"."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, session, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo

from app.core.errors import InvalidError
from app.identity.rules import Permission
from app.signing_in import link_mail, links, queries, resets
from app.signing_in.rules import LinkKind
from app.web.account import LONGEST, NOT_TWICE
from app.web.context import current_actor
from app.web.forms import Form, NotTooLong, Required, show
from app.web.marks import public, requires
from app.web.security import client_address

bp = Blueprint("mailed_links", __name__)
assert link_mail  # its jobs are known once it is imported


class ForgotForm(Form):
    """Where to send the link."""

    email = StringField("E-mail address", [Required("Enter your e-mail address")])


class NewPassphraseForm(Form):
    """Another passphrase, by a link."""

    new = PasswordField("New passphrase", [Required("Enter a new passphrase"), NotTooLong(LONGEST)])
    again = PasswordField(
        "New passphrase again", [Required("Enter the new passphrase again"), EqualTo("new", NOT_TWICE)]
    )


class EmailForm(Form):
    """Another address."""

    email = StringField("New e-mail address", [Required("Enter your new e-mail address")])


class Yes(Form):
    """A button."""


@bp.route("/forgot", methods=["GET", "POST"])
@public
def forgot() -> ResponseReturnValue:
    """Ask for a link. What is said, and what is done, is the same for every address."""
    form = ForgotForm()
    if form.validate_on_submit():
        links.ask_reset(form.email.data or "", client_address())
        return redirect(url_for("mailed_links.forgot_sent"), 303)
    return show("mailed_links/forgot.jinja", form)


@bp.get("/forgot/sent")
@public
def forgot_sent() -> ResponseReturnValue:
    """Look into your e-mails."""
    return show("mailed_links/sent.jinja")


@bp.route("/reset/<link_token>", methods=["GET", "POST"])
@public
def reset(link_token: str) -> ResponseReturnValue:
    """Set another passphrase."""
    if links.open_link(LinkKind.RESET, link_token) is None:
        return _over()
    form = NewPassphraseForm()
    if form.validate_on_submit():
        try:
            links.reset_passphrase(link_token, form.new.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            session.clear()
            flash("Your new passphrase is set. Sign in with it.")
            return redirect(url_for("account.sign_in"), 303)
    return _quiet(show("mailed_links/reset.jinja", form))


@bp.route("/account/email", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN, fresh=True)
def change_email() -> ResponseReturnValue:
    """Ask for another address to sign in with."""
    actor, form = current_actor(), EmailForm()
    if form.validate_on_submit():
        try:
            email = links.ask_new_email(actor, form.email.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            flash(f"We sent a link to {email}. Follow it within a day. Until then you sign in with the old address.")
            return redirect(url_for("your_account.show"), 303)
    return show("mailed_links/email.jinja", form, account=queries.account_of(actor))


@bp.route("/new-email/<link_token>", methods=["GET", "POST"])
@public
def new_email(link_token: str) -> ResponseReturnValue:
    """Yes, this is my address."""
    link, form = links.open_link(LinkKind.NEW_EMAIL, link_token), Yes()
    if link is None:
        return _over()
    if form.validate_on_submit():
        account = links.take_new_email(link_token)
        flash(f"You sign in with {account.email} from now on.")
        return redirect(url_for("people.start"), 303)
    return _quiet(show("mailed_links/new_email.jinja", form, link=link))


@bp.route("/not-me/<link_token>", methods=["GET", "POST"])
@public
def not_me(link_token: str) -> ResponseReturnValue:
    """This was not me: stop it, or take it back."""
    link, form = links.open_link(LinkKind.NOT_ME, link_token), Yes()
    if link is None:
        return _over()
    if form.validate_on_submit():
        links.undo_new_email(link_token)
        session.clear()
        flash("It is stopped, and everybody is signed out. Set a new passphrase now: somebody may know the old one.")
        return redirect(url_for("mailed_links.forgot"), 303)
    return _quiet(show("mailed_links/not_me.jinja", form, link=link))


@bp.route("/keep-second-step/<link_token>", methods=["GET", "POST"])
@public
def keep_step(link_token: str) -> ResponseReturnValue:
    """I did not lose it: the second step stays."""
    link, form = links.open_link(LinkKind.KEEP_STEP, link_token), Yes()
    if link is None:
        return _over()
    if form.validate_on_submit():
        resets.stop(link_token)
        flash("It is stopped: your second step stays. Whoever asked for it is told.")
        return redirect(url_for("people.start"), 303)
    return _quiet(show("mailed_links/keep_step.jinja", form))


def _over() -> Response:
    return _quiet((show("mailed_links/over.jinja")[0], 404))


def _quiet(answer: tuple[str, int]) -> Response:
    """No page that is opened from here learns the address: it holds the link's secret."""
    response = make_response(*answer)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
