"""Headers, cookies and the form's secret: what the browser is told to refuse."""

from __future__ import annotations

from typing import IO
from uuid import uuid4

from flask import Flask, Request, Response, request
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
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
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
        # __Host-: the browser takes the cookie only over TLS, for this host alone
        SESSION_COOKIE_NAME="__Host-carepurse" if secure else "carepurse",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=MAX_UPLOAD,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the sign-in lasts
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's own documented way
    csrf.init_app(app)

    @app.after_request
    def headers(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if request.endpoint != "assets.file":
            # a page is somebody's: neither a shared cache nor the next user of this phone may see it again
            response.headers["Cache-Control"] = "no-store"
        elif actor_or_none() is None:
            response.headers.pop("Vary", None)
        return response


def form_guard() -> Markup:
    """What every writing form carries: proof that it is ours, and an id that lets it act once."""
    return Markup(
        '<input type="hidden" name="csrf_token" value="{}"><input type="hidden" name="{}" value="{}">'
    ).format(generate_csrf(), FORM_ID, uuid4())


def client_address() -> str:
    """The network address that asks (behind a trusted proxy: the one it names)."""
    return request.remote_addr or "unknown"
