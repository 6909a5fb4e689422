"""Pages travel compressed: they are mostly the same few words of markup."""

from __future__ import annotations

import gzip
import io
import secrets

from flask import Flask, Response, request

_KINDS = ("text/", "application/json", "image/svg+xml")
_WORTH_IT = 600  # bytes


def init_app(app: Flask) -> None:
    """Compress what is text and was not streamed."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if not (response.content_type or "").startswith(_KINDS) or response.direct_passthrough or response.is_streamed:
        return response
    response.vary.add("Accept-Encoding")
    if (
        not request.accept_encodings["gzip"]
        or response.headers.get("Content-Encoding")
        or response.status_code in {204, 304}
    ):
        return response
    body = response.get_data()
    if len(body) < _WORTH_IT:
        return response
    response.set_data(_gzip(body))
    response.headers["Content-Encoding"] = "gzip"
    return response


def _gzip(body: bytes) -> bytes:
    """Compress with a header of random length, so that the size of the whole does not betray a secret inside it
    (Heal the BREACH, IEEE Transactions on Dependable and Secure Computing, 2022)."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="x" * secrets.randbelow(64), mode="wb", compresslevel=5, fileobj=buffer, mtime=0) as z:
        z.write(body)
    return buffer.getvalue()
