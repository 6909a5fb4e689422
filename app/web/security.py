"""Headers, cookies and the form's secret: what the browser is told to refuse."""

from __future__ import annotations

from typing import IO
from uuid import uuid4

from flask import Flask, Request, Response, g, request
from flask_wtf.csrf import CSRFProtect, generate_csrf
from markupsafe import Markup
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict
from werkzeug.formparser import FormDataParser
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.utils import cached_property

from app.web.context import actor_or_none
from app.web.writes import FORM_ID

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    # nothing is told to other sites; within ours the way back after signing in needs the page before
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
#: Two years. Not for the browsers' own list (``preload``): that is for whoever owns the domain to ask for, as it binds
#: every other site under it.
_TLS_ONLY = "max-age=63072000; includeSubDomains"
#: What this browser still holds of us. Not ``cookies``: that would reach every other site of the domain.
_LEFT = '"cache", "storage"'
#: Receipts may be 10 MB; the rest is what surrounds a file in a form.
MAX_UPLOAD = 10 * 1024 * 1024 + 256 * 1024

csrf = CSRFProtect()


class _CleanForm(FormDataParser):
    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]:
        rest, form, files = super().parse(stream, mimetype, content_length, options)
        return rest, self.cls(_clean(form)), files


class CleanRequest(Request):
    """A request without NUL characters, which no person types and PostgreSQL does not keep."""

    form_data_parser_class = _CleanForm

    @cached_property
    def args(self) -> MultiDict[str, str]:
        return ImmutableMultiDict(_clean(super().args))


def _clean(values: MultiDict[str, str]) -> list[tuple[str, str]]:
    return [(name.replace("\0", ""), value.replace("\0", "")) for name, value in values.items(multi=True)]


def init_app(app: Flask) -> None:
    """Set cookies, limits, headers and the check of forms."""
    settings = app.config["SETTINGS"]
    secure = settings.secure_cookies
    app.request_class = CleanRequest
    app.config.update(
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        # __Host-: the browser takes the cookie only over TLS, for this host alone
        SESSION_COOKIE_NAME="__Host-carepurse" if secure else "carepurse",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        # not Strict: a link in an e-mail, and the way back from NHS login, would find nobody signed in. Nothing is
        # changed by a GET, and every POST carries a token besides.
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=MAX_UPLOAD,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the sign-in lasts
        # as for the cookie: a form that was open while the secret changed still counts
        WTF_CSRF_SECRET_KEY=[*settings.secret_key_fallbacks, settings.secret_key],
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's own documented way
    csrf.init_app(app)

    @app.after_request
    def headers(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if target := g.get("form_target"):
            policy = _POLICY.replace("form-action 'self'", f"form-action 'self' {target}")
            response.headers["Content-Security-Policy"] = policy
        if secure:
            response.headers.setdefault("Strict-Transport-Security", _TLS_ONLY)
        if g.get("leaving"):
            response.headers["Clear-Site-Data"] = _LEFT
        if request.endpoint != "assets.file" or response.status_code >= 400 or not response.cache_control.immutable:
            # a page is somebody's: neither a shared cache nor the next user of this phone may see it again
            response.headers["Cache-Control"] = "no-store"
        elif actor_or_none() is None:
            response.headers.pop("Vary", None)
        return response


def forms_may_lead_to(origin: str) -> None:
    """Let a form of this one page lead to another site, as browsers ask it also of where a form's answer leads.

    :param origin: such as ``https://auth.login.nhs.uk``, from settings, never from a request.
    """
    g.form_target = origin


def clear_browser() -> None:
    """Have this answer tell the browser to forget what it keeps of us: somebody has left."""
    g.leaving = True


def form_guard() -> Markup:
    """What every writing form carries: proof that it is ours, and an id that lets it act once."""
    return Markup(
        '<input type="hidden" name="csrf_token" value="{}"><input type="hidden" name="{}" value="{}">'
    ).format(generate_csrf(), FORM_ID, uuid4())


def client_address() -> str:
    """The network address that asks (behind a trusted proxy: the one it names)."""
    return request.remote_addr or "unknown"
