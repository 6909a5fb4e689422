"""What the address asks for, made safe: a page number, a month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.core import clock
from app.core.paging import clamp


def page_number(args: Mapping[str, str], name: str = "page") -> int:
    """The page the address asks for: from 1, whatever was typed."""
    text = args.get(name, "")
    return clamp(int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def period_of_args(args: Mapping[str, str], name: str = "month") -> date:
    """The month the address asks for (``?month=2026-11``); this month when it is left out or is not one."""
    try:
        return clock.parse_period(args.get(name, ""))
    except ValueError:
        return clock.period_of(clock.today())
