"""NHS login: there and back, and linking it to one's own account. Without its settings none of these pages exists."""

from __future__ import annotations

from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.core.db import db
from app.core.errors import NotFoundError, StateError
from app.core.nhs_settings import NhsLoginSettings
from app.identity import sessions, throttle
from app.identity.models import Account
from app.identity.proofs import Proof
from app.identity.queries import load_actor
from app.identity.rules import Actor, Permission
from app.signing_in import nhs_login, nhs_provider
from app.signing_in.nhs_provider import NhsLoginError, Shown
from app.web.access import safe_next
from app.web.context import actor_or_none, current_actor
from app.web.entering import browser, come_in
from app.web.marks import View, public, requires
from app.web.security import client_address, forms_may_lead_to
from app.web.writes import keep_writes

bp = Blueprint("nhs_login", __name__)
#: In the cookie: the visit that this browser began; who came back, until an invitation is answered.
_VISIT, SHOWN = "nhs_visit", "nhs_shown"
_LIMIT = 40  # visits from one network in a quarter of an hour
_INVITATION = "/invitation/"


def settings_or_none() -> NhsLoginSettings | None:
    """The settings of NHS login; None while it is off."""
    settings: NhsLoginSettings | None = current_app.config["SETTINGS"].nhs_login
    return settings


def offered() -> bool:
    """Whether a page may show the way to NHS login: it is on, and could be reached. Its form may lead there."""
    settings = settings_or_none()
    if settings is None:
        return False
    try:
        forms_may_lead_to(nhs_provider.authorization_origin(settings))
    except NhsLoginError as error:
        current_app.logger.warning("NHS login cannot be offered: %s", error.why)
        return False
    return True


def _when_on(view: View) -> View:
    @wraps(view)
    def look(*args: Any, **values: Any) -> Any:
        if settings_or_none() is None:
            raise NotFoundError
        return view(*args, **values)

    return look  # type: ignore[return-value]  # the same view, behind a door


@bp.post("/nhs-login")
@public
@_when_on
def start() -> ResponseReturnValue:
    """Go to NHS login and come back signed in."""
    return _go(safe_next(request.form.get("next")), None)


@bp.get("/account/nhs-login")
@requires(Permission.SIGNED_IN)
@_when_on
def show() -> ResponseReturnValue:
    """Whether NHS login signs in to this account."""
    return render_template("nhs_login/show.jinja", link=nhs_login.link_of(current_actor()), offered=offered())


@bp.post("/account/nhs-login")
@requires(Permission.SIGNED_IN, fresh=True)
@_when_on
def link() -> ResponseReturnValue:
    """Go to NHS login, and come back with it linked to this account."""
    return _go(url_for("nhs_login.show"), current_actor())


@bp.post("/account/nhs-login/unlink")
@requires(Permission.SIGNED_IN, fresh=True)
@_when_on
def unlink() -> ResponseReturnValue:
    """Sign in with it no more."""
    nhs_login.unlink(current_actor())
    flash("NHS login no longer signs in to your account.")
    return redirect(url_for("nhs_login.show"), 303)


@bp.get("/nhs-login/return")
@public
@_when_on
def come_back() -> ResponseReturnValue:
    """Back from NHS login: in, linked, or on a page that says what to do."""
    keep_writes()  # a visit is over however it ended
    state = request.args.get("state", "")
    mine = session.pop(_VISIT, "")
    attempt = nhs_login.take_visit(state) if state and state == mine else None
    if attempt is None:
        return _problem("The way back from NHS login was too long, or it was used before. Start again.")
    if "error" in request.args:
        current_app.logger.info("NHS login said no")
        return _problem("You stopped at NHS login, or did not share your details with us. Nothing was changed.")
    # nothing of the database is held while another machine is asked
    db.session.commit()
    try:
        shown = nhs_provider.finish(
            _settings(), _return_address(), request.args.get("code", ""), attempt.nonce, attempt.verifier
        )
        return _arrive(shown, attempt.target) if not attempt.account_id else _link(shown, attempt)
    except NhsLoginError as error:
        current_app.logger.warning("NHS login was not believed: %s", error.why)
        return _problem(error.sentence)


def link_invited(account: Account) -> None:
    """Link the NHS login that came back a short while ago to the account that an invitation opened."""
    shown = nhs_login.shown_in(session.pop(SHOWN, "")) if settings_or_none() else None
    if shown is not None:
        nhs_login.link(load_actor(account), shown)


def _settings() -> NhsLoginSettings:
    settings = settings_or_none()
    if settings is None:
        raise NotFoundError
    return settings


def _return_address() -> str:
    # as it is registered with NHS login: never made of what a request says
    return str(current_app.config["SETTINGS"].base_url) + url_for("nhs_login.come_back")


def _go(target: str, actor: Actor | None) -> ResponseReturnValue:
    if throttle.count("nhs", throttle.network(client_address())) > _LIMIT:
        keep_writes()
        return _problem(sessions.SLOW_DOWN)
    try:
        begun = nhs_provider.begin(_settings(), _return_address())
    except NhsLoginError as error:
        current_app.logger.warning("NHS login could not be begun: %s", error.why)
        return _problem(error.sentence)
    nhs_login.note_visit(begun, target, actor)
    session[_VISIT] = begun.state
    return redirect(begun.url, 303)


def _arrive(shown: Shown, target: str) -> ResponseReturnValue:
    account = nhs_login.account_of(shown)
    if account is not None:
        seen = browser()
        return come_in(account, sessions.open_session(account, Proof.NHS, seen), seen, target)
    if urlsplit(target).path.startswith(_INVITATION):
        session[SHOWN] = nhs_login.seal_shown(shown)
        flash("NHS login knows you. Open your account here, and NHS login signs you in from then on.", "note")
        return redirect(target, 303)
    return render_template("nhs_login/unknown.jinja")


def _link(shown: Shown, attempt: nhs_login.Attempt) -> ResponseReturnValue:
    actor = actor_or_none()
    if actor is None or str(actor.account_id) != attempt.account_id:
        return _problem("Somebody else is signed in here now, or nobody is. Sign in, and link NHS login again.")
    try:
        nhs_login.link(actor, shown)
    except StateError as error:
        return _problem(error.sentence)
    flash("Done. From now on you can sign in with NHS login.")
    return redirect(attempt.target, 303)


def _problem(sentence: str) -> ResponseReturnValue:
    g.plain_header = True
    return render_template("nhs_login/problem.jinja", sentence=sentence), 400
