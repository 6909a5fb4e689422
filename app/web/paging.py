"""What the address asks for, made safe: a page number."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.paging import clamp


def page_number(args: Mapping[str, str], name: str = "page") -> int:
    """The page the address asks for: from 1, whatever was typed."""
    text = args.get(name, "")
    return clamp(int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else 1
