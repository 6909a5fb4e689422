"""Who comes in: default deny, sign-in, and whose page it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import Flask, current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError, NotFoundError
from app.identity import queries as identity
from app.identity import sessions
from app.identity.proofs import Step, must_prove, step_before
from app.identity.rules import Actor, Permission, PersonSubject, ProviderSubject, is_at_work, may, may_read
from app.marketplace import queries as marketplace
from app.stewardship import sixteen
from app.web import typed
from app.web.addresses import safe_next as safe_next  # many ask the doorkeeper for it
from app.web.context import actor_or_none
from app.web.marks import is_audited, is_fresh, is_marked, mark_of, opens_before

#: In the cookie: the session's token; that the session ended by itself; where a button was pressed in vain.
TOKEN, ENDED, PRESSED = "token", "ended", "pressed"
_PER_REQUEST = (
    *("actor", "sign_in", "step", "person", "person_ref", "provider", "provider_ref"),
    *("unread", "plain_header", "keep_writes", "leaving", "form_target"),
    *("left", "seen_at", "typed", "typed_fields", "typed_used"),
)
_PERSON_RIGHTS = frozenset(
    {
        Permission.VIEW_BUDGET,
        Permission.PREPARE_PURCHASE,
        Permission.BUY,
        Permission.CONFIRM_PURCHASE,
        Permission.READ_MESSAGES,
        Permission.INVITE_NOMINEE,
        Permission.INVITE_BROKER,
        Permission.OWN_RECORDS,
    }
)
_A_WORKING_DAY, _A_MONTH = timedelta(hours=12), timedelta(days=30)
_REFUSALS = {
    Permission.PREPARE_PURCHASE: "You can look at this budget, but you cannot ask to buy from it.",
    Permission.BUY: "You can see this budget, but you cannot buy from it.",
    Permission.CONFIRM_PURCHASE: "Only the person, or someone who decides for them, can say yes to this.",
    Permission.READ_MESSAGES: "You were not asked to read messages here.",
    Permission.INVITE_NOMINEE: "Only the person chooses who manages the money for them.",
    Permission.INVITE_BROKER: "Only the person, or someone who decides for them, can ask somebody to help.",
    Permission.OWN_RECORDS: "Only the person's own side, once its papers are looked at, can open this.",
}


def init_app(app: Flask) -> None:
    """Put the doorkeeper before every view."""
    app.url_value_preprocessor(_take_refs)
    app.url_defaults(_keep_refs)
    app.before_request(_guard)


def _take_refs(endpoint: str | None, values: dict[str, object] | None) -> None:
    """The person's and the provider's reference are the shell's business: views find who they name in the context."""
    for name in _PER_REQUEST:  # a test, or a command, may ask for several pages within one application context
        g.pop(name, None)
    if not values or request.url_rule is None:
        return
    if request.url_rule.rule.startswith("/p/<"):
        g.person_ref = values.pop("person_ref")
    elif request.url_rule.rule.startswith("/provider/<"):
        g.provider_ref = values.pop("provider_ref")


def _keep_refs(endpoint: str, values: dict[str, object]) -> None:
    """Links on a person's page stay with that person unless they name another."""
    for name in ("person_ref", "provider_ref"):
        if name not in values and name in g and current_app.url_map.is_endpoint_expecting(endpoint, name):
            values[name] = g.get(name)


def _guard() -> Response | None:
    if request.endpoint is None:
        return None  # no such page: the routing error is raised after this
    view = current_app.view_functions[request.endpoint]
    if not is_marked(view):
        current_app.logger.error("endpoint %s has no marker", request.endpoint)
        raise NotAllowedError("This page is not open to anyone yet.")
    if any("\0" in value for value in (request.view_args or {}).values() if isinstance(value, str)):
        raise NotFoundError
    if request.endpoint != "assets.file":
        _recognise()
    permission = mark_of(view)
    if "actor" in g and (led := _before_anything_else(view, public=permission is None)):
        return led
    if permission is None:
        return None
    if actor_or_none() is None:
        return _to_sign_in()
    if is_fresh(view) and not _is_confirmed():
        return _to_confirm()
    if "person_ref" in g:
        _enter_person(permission)
    elif "provider_ref" in g:
        _enter_provider()
    elif not _may_enter(view, permission):
        raise NotAllowedError("This page is for people with another role.")
    typed.bring_back()
    return None


def _may_enter(view: object, permission: Permission) -> bool:
    """Whether the page is for whoever comes: an auditor comes to read, and sends nothing."""
    only_reads = request.method in {"GET", "HEAD"}
    return (may_read if is_audited(view) and only_reads else may)(g.actor, permission)


def _recognise() -> None:
    """Find out who is signed in, once a request."""
    token = session.get(TOKEN)
    if not token:
        return
    signed_in = sessions.open_session_of(token, max(_idle(at_work=True), _idle(at_work=False)))
    if signed_in is None:
        _forget(token)
        return
    account = signed_in.account
    actor = identity.load_actor(account, marketplace.provider_ids_of(account.id))
    moment = clock.now()
    if signed_in.seen_at <= moment - idle_time(actor) or signed_in.begun_at <= moment - _longest(actor):
        _forget(token)
        return
    g.seen_at = signed_in.seen_at
    if signed_in.stale:
        sessions.touch(token)
        g.seen_at = clock.now()
    g.sign_in = signed_in
    g.actor = actor


def _before_anything_else(view: object, *, public: bool) -> Response | None:
    """The one place where a second step is asked for: of everybody who has one, and of everybody who is here for
    their work (staff, brokers, a provider's people), whichever page they ask for.

    Whoever still has to take it is nobody on public pages, and on the pages of the step itself somebody with a name
    and no rights.
    """
    actor, account = g.actor, g.sign_in.account
    step = step_before(g.sign_in.proven, has_second_step=account.has_second_step, must=must_prove(actor))
    if step is Step.NONE:
        return None
    g.step = step
    if opens_before(view, step):
        g.actor = Actor(actor.account_id, actor.name, actor.email)
        return None
    g.pop("actor")
    if public:
        return None
    page = "second_step.enter" if step is Step.ENTER else "second_step.set_up"
    return redirect(url_for(page, next=_way_back() or None), 303)


def _is_confirmed() -> bool:
    """Whether they showed who they are a short while ago."""
    minutes = current_app.config["SETTINGS"].confirm_minutes
    return bool(g.sign_in.confirmed_at > clock.now() - timedelta(minutes=minutes))


def _to_confirm() -> Response:
    """Ask who it is once more, and come back afterwards, to what was typed if there was anything.

    Of a button alone there is nothing to keep, and it is never pressed by itself: it is noted for the page they come
    back to, which says so.
    """
    session.pop(PRESSED, None)
    if request.method == "POST" and typed.is_ours() and (offer := typed.park_form(g.actor.account_id, asked=True)):
        db.session.commit()
        return redirect(url_for("confirm.ask", next=offer), 303)
    back = _way_back()
    if request.method == "POST":
        session[PRESSED] = back
    return redirect(url_for("confirm.ask", next=back or None), 303)


def _forget(token: str) -> None:
    """Idle too long, or signed out everywhere: the next page says so, whichever it is."""
    if request.method == "POST" and typed.is_ours():
        g.left = sessions.idled_out(token)
    session.clear()
    session[ENDED] = True


def idle_time(actor: Actor | None = None) -> timedelta:
    """How long somebody stays signed in without asking for a page: shorter for whoever is here for their work.

    :param actor: whoever reads the page when left out.
    """
    actor = actor or actor_or_none()
    return _idle(at_work=actor is not None and is_at_work(actor))


def _longest(actor: Actor) -> timedelta:
    """How long somebody stays signed in however busy they are: a working day for whoever is here for their work."""
    return _A_WORKING_DAY if is_at_work(actor) else _A_MONTH


def time_left() -> timedelta:
    """How long this sign-in lasts if nothing else is asked for. The database notes a page at most once a minute."""
    seen_at: datetime = g.get("seen_at") or clock.now()
    return idle_time() - (clock.now() - seen_at)


def _idle(*, at_work: bool) -> timedelta:
    settings = current_app.config["SETTINGS"]
    return timedelta(minutes=settings.staff_idle_minutes if at_work else settings.idle_minutes)


def _to_sign_in() -> Response:
    """Ask who it is, and come back afterwards."""
    return redirect(url_for("account.sign_in", next=_way_back() or None), 303)


def _way_back() -> str:
    """The page that was asked for, or the one its form was on."""
    back = request.full_path.rstrip("?")
    if request.method not in {"GET", "HEAD"}:
        referrer = urlsplit(request.referrer or "")
        back = f"{referrer.path}?{referrer.query}".rstrip("?") if referrer.netloc == request.host else ""
        if (left := g.get("left")) and (offer := typed.park_form(left)):
            db.session.commit()
            back = offer
    return safe_next(back)


def _enter_person(permission: Permission) -> None:
    """Only people the actor may act for exist; what may be done there is a question of its own."""
    person = identity.person_for(g.actor, _plain(g.person_ref), Permission.VIEW_BUDGET)
    g.person = person
    if sixteen.turn_if_late(person):  # by law on the day, whenever the job runs
        db.session.commit()
        account = g.sign_in.account
        g.actor = identity.load_actor(account, marketplace.provider_ids_of(account.id))
    if permission in _PERSON_RIGHTS and not may(g.actor, permission, PersonSubject(person.id)):
        raise NotAllowedError(_REFUSALS[permission])


def _enter_provider() -> None:
    provider = marketplace.provider(_plain(g.provider_ref))
    if not may(g.actor, Permission.KEEP_LISTINGS, ProviderSubject(provider.id)):
        raise NotFoundError
    g.provider = provider


def _plain(ref: object) -> str:
    """A reference that could be one of ours (the database refuses NUL before it compares)."""
    text = str(ref)
    if "\0" in text:
        raise NotFoundError
    return text
