"""One's own account: name, e-mail, passphrase, second step, passkeys, and where one is signed in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.words import tidy_ref
from app.identity import sessions
from app.identity.proofs import must_prove
from app.identity.rules import Permission
from app.signing_in import queries
from app.web import questions
from app.web.access import idle_time
from app.web.context import current_actor, current_sign_in
from app.web.marks import requires

bp = Blueprint("your_account", __name__)


@bp.get("/account")
@requires(Permission.SIGNED_IN)
def show() -> ResponseReturnValue:
    """Everything about how one signs in, with a way to change each."""
    actor = current_actor()
    return render_template(
        "your_account/show.jinja",
        account=queries.account_of(actor),
        authenticator=queries.authenticator_of(actor),
        passkeys=queries.passkeys_of(actor),
        codes_left=queries.recovery_codes_left(actor),
        devices=len(queries.sign_ins_of(actor, idle_time())),
        passkeys_work=questions.place_or_none() is not None,
        must=must_prove(actor),
    )


@bp.get("/account/devices")
@requires(Permission.SIGNED_IN)
def devices() -> ResponseReturnValue:
    """Every phone and computer on which one is signed in."""
    return render_template(
        "your_account/devices.jinja",
        devices=queries.sign_ins_of(current_actor(), idle_time()),
        here=current_sign_in().ref,
    )


@bp.post("/account/devices/<session_ref>/sign-out")
@requires(Permission.SIGNED_IN)
def sign_out_device(session_ref: str) -> ResponseReturnValue:
    """Sign out on one of them. What is open there shows nothing more."""
    device = sessions.sign_out_device(current_actor(), tidy_ref(session_ref))
    flash(f"Signed out: {device}.")
    return redirect(url_for("your_account.devices"), 303)
