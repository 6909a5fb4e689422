"""Styles, script and icon: built once, named by their content, kept by browsers for ever."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, current_app, request, send_from_directory, url_for

from app.config import ROOT
from app.core.errors import NotFoundError
from app.web.marks import public

bp = Blueprint("assets", __name__)
DIST = ROOT / "static" / "dist"


@bp.get("/assets/<name>")
@public
def file(name: str) -> Response:
    """One built file, compressed when the browser can take it."""
    if name not in _names():
        raise NotFoundError
    packed = bool(request.accept_encodings["gzip"]) and (DIST / f"{name}.gz").exists()
    response = send_from_directory(DIST, f"{name}.gz" if packed else name, mimetype=_KINDS[Path(name).suffix])
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def asset(name: str) -> str:
    """Where a built file lies now: ``asset("carepurse.css")``. Empty when the styles were never built."""
    current = _manifest().get(name)
    return url_for("assets.file", name=current) if current else ""


def _names() -> frozenset[str]:
    return frozenset(_manifest().values())


def _manifest() -> dict[str, str]:
    try:
        return _read(DIST / "manifest.json", (DIST / "manifest.json").stat().st_mtime_ns)
    except FileNotFoundError:
        current_app.logger.warning("the pages have no styles: run flask styles build")
        return {}


@lru_cache(maxsize=2)
def _read(path: Path, changed: int) -> dict[str, str]:
    files: dict[str, str] = json.loads(path.read_text())["files"]
    return files
