"""Addresses that somebody else gives us to go back to."""

from __future__ import annotations

from urllib.parse import urlsplit


def safe_next(target: str | None) -> str:
    """A path on this site to go back to, or nothing.

    :param target: what the address says; anything at all.
    :returns: the path with its query, or ``""`` when it could lead elsewhere.
    """
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return ""
    if "\\" in target or any(ord(letter) < 33 or ord(letter) == 127 for letter in target):
        return ""
    try:
        parts = urlsplit(target)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or parts.path in {"/sign-in", "/sign-out", "/signed-out"}:
        return ""
    return target
