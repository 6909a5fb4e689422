"""The second step of signing in: entering it, setting it up, recovery codes."""

from __future__ import annotations

import io

import segno
from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from wtforms import HiddenField, StringField

from app.core import clock, sealing
from app.core.errors import InvalidError, NotFoundError
from app.identity import sessions
from app.identity.proofs import Proof, Step, is_two_step
from app.identity.rules import AuthorityKind, Permission
from app.signing_in import authenticators, proving, queries, recovery, standing
from app.signing_in.rules import in_groups
from app.web import questions
from app.web.access import TOKEN, safe_next
from app.web.context import acting_grant, current_actor, current_sign_in, sign_in_or_none
from app.web.forms import Form, Required, show
from app.web.marks import requires
from app.web.second_step_shown import hint_of, take_passkey
from app.web.writes import keep_writes

bp = Blueprint("second_step", __name__)
_ENTERING, _SETTING_UP = frozenset({Step.ENTER}), frozenset({Step.SET_UP})
#: In the cookie, sealed: the secret of an app that is being set up; codes that were not put away yet; where to go on.
_SECRET, _CODES, _AFTER = "new_app", "new_codes", "after_step"
_SECONDS = 3600


class StepForm(Form):
    """The code that the app shows now, or a recovery code."""

    code = StringField("Code", [Required("Enter the code")])
    next = HiddenField()


class AppForm(Form):
    """The first code of a new app."""

    code = StringField("The code that the app shows now", [Required("Enter the six figures that the app shows")])


@bp.route("/second-step", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN, before=_ENTERING)
def enter() -> ResponseReturnValue:
    """Enter the second step; afterwards on to where one wanted to go."""
    if g.get("step") is None:
        return redirect(safe_next(request.args.get("next")) or url_for("people.start"), 303)
    form = StepForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        keep_writes()  # a wrong code is counted although the answer is an error
        try:
            session[TOKEN] = proving.take_second_step(current_actor(), session[TOKEN], form.code.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            return redirect(safe_next(form.next.data) or url_for("people.start"), 303)
    return _show_enter(form)


@bp.post("/second-step/passkey")
@requires(Permission.SIGNED_IN, before=_ENTERING)
def with_passkey() -> ResponseReturnValue:
    """The passkey instead of a code."""
    target = request.form.get("next")
    try:
        take_passkey()
    except InvalidError as error:
        form = StepForm(data={"next": target}, formdata=None)
        form.take(InvalidError({"code": error.sentence}))
        return _show_enter(form)
    return redirect(safe_next(target) or url_for("people.start"), 303)


def _show_enter(form: StepForm) -> tuple[str, int]:
    actor = current_actor()
    return show(
        "second_step/enter.jinja",
        form,
        question=questions.to_enter(actor),
        has_app=queries.authenticator_of(actor) is not None,
        hint=hint_of(current_sign_in().account),
    )


@bp.get("/second-step/set-up")
@requires(Permission.SIGNED_IN, before=_SETTING_UP)
def set_up() -> ResponseReturnValue:
    """Why a second step, and which ways there are."""
    if "next" in request.args:
        session[_AFTER] = safe_next(request.args.get("next"))
    return render_template(
        "second_step/set_up.jinja",
        must=g.get("step") is Step.SET_UP,
        passkeys_work=questions.place_or_none() is not None,
    )


@bp.route("/second-step/app", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN, fresh=True, before=_SETTING_UP)
def app() -> ResponseReturnValue:
    """Set up an authenticator app: a picture to scan, the same as text, and its first code."""
    actor, form, secret = current_actor(), AppForm(), _secret()
    if form.validate_on_submit():
        try:
            authenticators.add_authenticator(actor, secret, form.code.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            session.pop(_SECRET, None)
            flash("Your authenticator app is set up.")
            return added(Proof.CODE)
    address = authenticators.address_of(secret, actor.email)
    return show("second_step/app.jinja", form, picture=_picture(address), address=address, secret=in_groups(secret))


@bp.post("/second-step/app/remove")
@requires(Permission.SIGNED_IN, fresh=True)
def remove_app() -> ResponseReturnValue:
    """Take the app out."""
    authenticators.remove_authenticator(current_actor())
    flash("Your authenticator app is taken out.")
    return redirect(url_for("your_account.show"), 303)


@bp.post("/second-step/not-now")
@requires(Permission.SIGNED_IN)
def not_now() -> ResponseReturnValue:
    """Do not offer it again for half a year."""
    standing.put_off_offer(current_actor())
    flash("We will not ask again for half a year. You can add it at any time under Your account.", "note")
    return redirect(safe_next(request.form.get("next")) or url_for("people.start"), 303)


@bp.get("/second-step/codes")
@requires(Permission.SIGNED_IN)
def codes() -> ResponseReturnValue:
    """The new recovery codes, until the reader says that they are put away."""
    try:
        new = sealing.unseal(session.get(_CODES, ""), _purpose("codes"), seconds=_SECONDS).split()
    except sealing.SealError:
        session.pop(_CODES, None)
        return redirect(url_for("your_account.show"), 303)
    return render_template("second_step/codes.jinja", codes=new)


@bp.post("/second-step/codes")
@requires(Permission.SIGNED_IN, fresh=True)
def make_codes() -> ResponseReturnValue:
    """New codes instead of the old ones."""
    if not current_sign_in().account.has_second_step:
        raise NotFoundError
    _keep(recovery.make_codes(current_actor()))
    return redirect(url_for("second_step.codes"), 303)


@bp.post("/second-step/codes/kept")
@requires(Permission.SIGNED_IN)
def codes_kept() -> ResponseReturnValue:
    """They are put away: on to where one wanted to go."""
    session.pop(_CODES, None)
    return redirect(safe_next(session.pop(_AFTER, "")) or url_for("your_account.show"), 303)


@bp.app_template_global()
def offers_second_step() -> bool:
    """Whether the page may offer a second step: to people themselves, who have none, until they say "Not now"."""
    signed_in, grant = sign_in_or_none(), acting_grant()
    if signed_in is None or grant is None or grant.kind is AuthorityKind.BROKER or signed_in.account.has_second_step:
        return False
    until = signed_in.account.step_put_off_until
    return until is None or until <= clock.today()


def added(proof: Proof) -> ResponseReturnValue:
    """A second step was added in this sign-in: it counts from now on. With the first one come recovery codes."""
    actor, so_far = current_actor(), current_sign_in().proven
    session[TOKEN] = sessions.strengthen(session[TOKEN], so_far if is_two_step(so_far) else proof)
    if not recovery.has_codes(current_sign_in().account.id):
        _keep(recovery.make_codes(actor))
        return redirect(url_for("second_step.codes"), 303)
    return redirect(safe_next(session.pop(_AFTER, "")) or url_for("your_account.show"), 303)


def _keep(new: list[str]) -> None:
    session[_CODES] = sealing.seal(" ".join(new), _purpose("codes"))


def _secret() -> str:
    """The secret of the app that is being set up: the same while its page is shown again."""
    try:
        return sealing.unseal(session.get(_SECRET, ""), _purpose("app"), seconds=_SECONDS)
    except sealing.SealError:
        secret = authenticators.new_secret()
        session[_SECRET] = sealing.seal(secret, _purpose("app"))
        return secret


def _purpose(what: str) -> str:
    return f"setting up {what}: {current_actor().account_id}"


def _picture(address: str) -> Markup:
    """The QR code, drawn here: no style in it, so that the strict policy shows it."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=4, dark="#000", light="#fff",
        svgclass="cp-qr", lineclass=None, title="QR code for your authenticator app", nl=False,
    )  # fmt: skip
    # drawn by the library from figures: no text of anybody's is in it
    return Markup(out.getvalue().decode())  # noqa: S704  # nosec B704
