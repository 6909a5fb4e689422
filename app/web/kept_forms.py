"""What was typed when somebody was signed out, offered again after they signed in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from app.identity import kept_forms, sessions
from app.identity.rules import Permission
from app.web.access import ENDED, TOKEN
from app.web.context import current_actor
from app.web.marks import requires
from app.web.security import clear_browser
from app.web.typed import RESTORE, park_form, sentences

bp = Blueprint("kept_forms", __name__)


@bp.post("/kept-forms")
@requires(Permission.SIGNED_IN)
def keep() -> ResponseReturnValue:
    """The time is up and a form is half filled in: the page's script hands it over, and this sign-in ends.

    Where the sign-in had ended already, the doorkeeper has kept the form.
    """
    offer = park_form(account_id) if (account_id := current_actor().account_id) else ""
    sessions.sign_out(session[TOKEN])
    session.clear()
    session[ENDED] = True
    clear_browser()
    return redirect(url_for("account.sign_in", next=offer or None), 303)


@bp.get("/kept-forms")
@requires(Permission.SIGNED_IN)
def show() -> ResponseReturnValue:
    """What was typed last, for whoever typed it. Anybody else on this browser goes to their own start."""
    form_ref = kept_forms.newest_of(current_actor())
    if form_ref is None:
        return redirect(url_for("people.start"), 303)
    typed = kept_forms.typed_by(current_actor(), form_ref)
    return render_template("kept_forms/show.jinja", form_ref=form_ref, typed=typed, sentences=sentences(typed))


@bp.post("/kept-forms/<form_ref>/back")
@requires(Permission.SIGNED_IN)
def back(form_ref: str) -> ResponseReturnValue:
    """To the form's page, filled in as it was. It is sent when its own button is pressed."""
    typed = kept_forms.typed_by(current_actor(), form_ref)
    kept_forms.take(current_actor(), form_ref)
    joint = "&" if "?" in typed.page else "?"
    return redirect(f"{typed.page}{joint}{RESTORE}={form_ref}", 303)


@bp.post("/kept-forms/<form_ref>/throw-away")
@requires(Permission.SIGNED_IN)
def throw_away(form_ref: str) -> ResponseReturnValue:
    """Not wanted after all."""
    kept_forms.throw_away(current_actor(), form_ref)
    flash("What you had typed is gone. Nothing was sent.", "note")
    return redirect(url_for("people.start"), 303)
