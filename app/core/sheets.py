"""Files for spreadsheets: rows of CSV that a spreadsheet shows and never works out."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

#: Put before the first row: a spreadsheet needs it to read the letters right.
MARK = "\ufeff"


def row(fields: Sequence[str]) -> str:
    """One row of CSV. A cell that begins like a formula is kept from being one."""
    out = io.StringIO()
    csv.writer(out).writerow([_harmless(field) for field in fields])
    return out.getvalue()


def pounds(pence: int) -> str:
    """A sum as a number: ``12.50``, ``-3.05``."""
    sign = "-" if pence < 0 else ""
    return f"{sign}{abs(pence) // 100}.{abs(pence) % 100:02d}"


def _harmless(field: str) -> str:
    return f"'{field}" if field.lstrip().startswith(("=", "+", "-", "@", "\t", "\r", "|", "%")) else field
