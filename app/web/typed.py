"""What was typed when somebody was signed out: taken out of the request, and put back into its form's page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit
from uuid import UUID

from flask import current_app, g, request, url_for
from flask_wtf.csrf import validate_csrf
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from wtforms import ValidationError

from app.core.errors import NotFoundError
from app.identity import kept_forms
from app.identity.kept_forms import Typed
from app.web.addresses import safe_next
from app.web.context import actor_or_none
from app.web.writes import FORM_ID

#: In the address of a form's page: put back what was typed.
RESTORE = "restore"
#: Where a page that is left by its script says what its form would have been sent to, and where it stood.
ACTION, PAGE, FILES = "kept_action", "kept_page", "kept_files"
#: Never kept: proof of who somebody is, and what belongs to one showing of the form alone.
NEVER = frozenset({
    "passphrase", "old", "new", "again", "password", "code", "recovery_code", "credential", "passkey", "response",
    "token", "secret", "csrf_token", FORM_ID, RESTORE, ACTION, PAGE, FILES, "next",
})  # fmt: skip
#: Pages about signing in itself: what is typed there is proof, or would come back at the wrong moment.
_NEVER_OF = frozenset({
    "account", "your_account", "kept_forms", "second_step", "passkeys", "confirm", "mailed_links",
})  # fmt: skip


def park_form(account_id: UUID, *, asked: bool = False) -> str:
    """Keep the form of this request for an account that has to show who it is before it may be sent.

    Call it for a POST that was not let through, when the form is ours (see :func:`is_ours`), and commit.

    :param asked: they are asked who they are once more; otherwise they were signed out.
    :returns: the address that offers it again, to go to after signing in; ``""`` when nothing was typed.
    """
    action = _path(request.form.get(ACTION, "")) or request.path
    if request.method != "POST" or _is_about_signing_in(action):
        return ""
    fields = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in NEVER and not name.startswith("passphrase")
    ]
    page = _page_of(action)
    if not page or not any(value.strip() for _, value in fields):
        return ""
    files = any(file.filename for file in request.files.values()) or FILES in request.form
    return url_for("kept_forms.show") if kept_forms.keep(account_id, Typed(page, fields, files, asked)) else ""


def is_ours() -> bool:
    """Whether this form was made by a page of ours, for this browser. Ask before the cookie is emptied."""
    if not current_app.config["WTF_CSRF_ENABLED"]:
        return True
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def bring_back() -> None:
    """Put what was typed into the form of this page, when its address asks for it and it is the reader's own.

    Only when a page is asked for: a form filled in like this has not been sent, so nothing can act on it.
    """
    actor, ref = actor_or_none(), request.args.get(RESTORE)
    if request.method != "GET" or actor is None or not ref:
        return
    try:
        typed = kept_forms.typed_by(actor, ref)
    except NotFoundError:
        return  # too late: the page is shown as it is
    if urlsplit(typed.page).path == request.path:
        g.typed = typed
        g.typed_fields = MultiDict(typed.fields)


def for_form(names: Iterable[str]) -> MultiDict[str, str] | None:
    """What was typed, when it was typed into the form with these fields."""
    fields: MultiDict[str, str] | None = g.get("typed_fields")
    if fields is None:
        return None
    own = set(names) - NEVER
    # the boxes of a date are named after it: paid_on-day
    if not any(name in own or name.rpartition("-")[0] in own for name in fields):
        return None
    g.typed_used = True
    return fields


def sentences(typed: Typed) -> list[str]:
    """What a person wrote, of all that was in the form: whatever has more than one word."""
    return [value.strip() for _, value in typed.fields if re.search(r"\S\s+\S", value)]


def _page_of(action: str) -> str:
    """The page to go back to: where the form stood, or the address it went to when that is a page."""
    stood = request.form.get(PAGE, "")
    if not stood:
        referrer = urlsplit(request.referrer or "")
        stood = f"{referrer.path}?{referrer.query}" if referrer.netloc == request.host else ""
    path, query = _path(stood), urlsplit(stood).query if _path(stood) else ""
    if _is_page(action) and path != action:
        path, query = action, ""
    if not path or not _is_page(path):
        return ""
    kept = "&".join(part for part in query.split("&") if part and not part.startswith(f"{RESTORE}="))
    return f"{path}?{kept}".rstrip("?")


def _path(address: str) -> str:
    """The path of an address of ours; nothing when it could lead elsewhere."""
    return urlsplit(safe_next(address.rstrip("?"))).path


def _endpoint(path: str, method: str) -> str:
    adapter = current_app.create_url_adapter(request)
    try:
        return str(adapter.match(path, method=method)[0]) if adapter else ""
    except (HTTPException, RequestRedirect):
        return ""


def _is_page(path: str) -> bool:
    endpoint = _endpoint(path, "GET")
    return bool(endpoint) and endpoint.partition(".")[0] not in _NEVER_OF


def _is_about_signing_in(path: str) -> bool:
    endpoint = _endpoint(path, "POST") or _endpoint(path, "GET")
    return endpoint.partition(".")[0] in _NEVER_OF and endpoint != "kept_forms.keep"
