"""The page behind an invitation's link: who asks, for what, and yes or no. Whoever opens it may have no account yet."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField, ValidationError

from app.acting import answering
from app.acting import queries as acting
from app.acting.models import Invitation
from app.acting.rules import DUTIES
from app.core.errors import InvalidError, NotFoundError, StateError
from app.identity import queries as identity
from app.identity import sessions
from app.identity.models import Authority
from app.web.acting_words import QUALITY, reach_words
from app.web.context import actor_or_none
from app.web.entering import browser, come_in
from app.web.forms import Form, NotTooLong, Required
from app.web.forms import show as show_form
from app.web.marks import public
from app.web.nhs_login import link_invited

bp = Blueprint("invitations", __name__)
_ONE = "/invitation/<token>"
_LONGEST = 1024


class OpenAccountForm(Form):
    """An account for whoever was asked."""

    name = StringField("Your name", [Required("Enter your name"), NotTooLong(120)])
    passphrase = PasswordField("Choose a passphrase", [Required("Enter a passphrase"), NotTooLong(_LONGEST)])
    again = PasswordField("The passphrase again", [Required("Enter the passphrase again"), NotTooLong(_LONGEST)])

    def validate_again(self, field: PasswordField) -> None:
        """Two typings that are the same."""
        if field.data != self.passphrase.data:
            raise ValidationError("The two passphrases are not the same. Type both again.")


@bp.route(_ONE, methods=["GET", "POST"])
@public
def show(token: str) -> ResponseReturnValue:
    """Read what is asked, and say yes."""
    invitation = acting.invitation_of(token)
    if invitation is None:
        return _done_or_gone(token)
    actor = actor_or_none()
    if actor is not None and actor.email.lower() != invitation.email.lower():
        # nothing of the person: this account was not asked
        return render_template("invitations/other.jinja", invitation=invitation), 403
    has_account = acting.account_at(invitation.email) is not None
    form = OpenAccountForm()
    if actor is not None:
        if form.is_submitted():
            return _say_yes(invitation, token)
    elif not has_account and form.validate_on_submit():
        try:
            account = answering.open_account(token, form.name.data or "", form.passphrase.data or "")
        except InvalidError as error:
            form.take(error)
        except NotFoundError:
            return _done_or_gone(token)
        else:
            link_invited(account)
            seen = browser()
            g.actor = identity.load_actor(account)
            answer = _say_yes(invitation, token)
            target = answer.location if isinstance(answer, Response) else None
            return come_in(account, sessions.open_session(account, browser=seen), seen, target)
    return show_form(
        "invitations/show.jinja",
        form,
        invitation=invitation,
        token=token,
        has_account=has_account,
        quality=QUALITY,
        duties=DUTIES[invitation.kind],
        can=reach_words(invitation, None, you=True),
    )


@bp.post(f"{_ONE}/no")
@public
def say_no(token: str) -> ResponseReturnValue:
    """Say no. It needs no account, only the link."""
    try:
        answering.decline(token)
    except NotFoundError:
        return gone()
    return redirect(url_for("invitations.declined"), 303)


@bp.get("/invitation-declined")
@public
def declined() -> ResponseReturnValue:
    """It was said."""
    return render_template("invitations/declined.jinja")


def gone() -> ResponseReturnValue:
    """A link that opens nothing: unknown, used, too old and taken back look the same."""
    return render_template("invitations/gone.jinja"), 404


def _say_yes(invitation: Invitation, token: str) -> ResponseReturnValue:
    try:
        authority = answering.accept(g.actor, token)
    except NotFoundError:
        return _done_or_gone(token)
    except StateError:
        return gone()
    if not authority.is_checked:
        flash("You have said yes. You can look around now, and do more when your papers are checked.")
    else:
        flash(f"You have said yes. You act for {invitation.person.given_name} now.")
    return redirect(_first_page(authority), 303)


def _first_page(authority: Authority) -> str:
    """Where somebody lands who said yes."""
    page = "home.show" if authority.is_checked else "acting.own_papers"
    return url_for(page, person_ref=authority.person.ref)


def _done_or_gone(token: str) -> ResponseReturnValue:
    """A link that opens nothing. Whoever pressed yes twice, and quickly, is told that it is done."""
    done = acting.just_accepted(token) if request.method == "POST" else None
    if done is None or done.authority is None:
        return gone()
    signed_in = g.get("sign_in")  # also of somebody who has still to take the second step
    if signed_in is None:  # the first answer, with the sign-in, did not arrive before the second press
        return render_template("invitations/done.jinja")
    if signed_in.account.id != done.authority.account_id:
        return gone()
    return redirect(_first_page(done.authority), 303)
