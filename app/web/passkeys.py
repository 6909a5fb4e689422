"""One's own passkeys: adding one, taking one out."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from app.core.errors import InvalidError
from app.core.words import tidy_ref
from app.identity.devices import device_words
from app.identity.proofs import Proof, Step
from app.identity.rules import Permission
from app.signing_in import passkeys
from app.signing_in.rules import MAX_PASSKEY_NAME
from app.web import questions
from app.web.context import current_actor
from app.web.forms import Form, NotTooLong, Required, show
from app.web.marks import requires
from app.web.second_step import added

bp = Blueprint("passkeys", __name__)


class PasskeyForm(Form):
    """What it is called. The device's answer comes beside it: it is long, and nothing that anybody typed."""

    name = StringField(
        "What do you call this device?", [Required("Enter a name for it"), NotTooLong(MAX_PASSKEY_NAME)]
    )


@bp.route("/account/passkeys/new", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN, fresh=True, before=frozenset({Step.SET_UP}))
def new() -> ResponseReturnValue:
    """Make a passkey on this device."""
    actor, place = current_actor(), questions.here()
    form = PasskeyForm(data={"name": device_words(request.user_agent.string)})
    if form.validate_on_submit():
        try:
            said = request.form.get("passkey", "")
            key = passkeys.add_passkey(actor, place, questions.taken(), said, form.name.data or "")
        except InvalidError as error:
            form.take(InvalidError({"name": error.sentence}))
        else:
            flash(f"Your passkey is added: {key.name}. It signs you in with nothing to type.")
            return added(Proof.PASSKEY)
    return show("second_step/passkey.jinja", form, question=questions.to_make(actor))


@bp.post("/account/passkeys/<passkey_ref>/remove")
@requires(Permission.SIGNED_IN, fresh=True)
def remove(passkey_ref: str) -> ResponseReturnValue:
    """Take one out."""
    key = passkeys.remove_passkey(current_actor(), tidy_ref(passkey_ref))
    flash(f"Taken out: {key.name}. You can delete it on the device too.")
    return redirect(url_for("your_account.show"), 303)
