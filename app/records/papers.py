"""The summary of a download as a PDF that a screen reader can walk through: tagged, with its language and a title.

Typst makes it, from a template and plain data: what somebody wrote is text there and cannot become markup.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

_TEMPLATE = Path(__file__).parent / "data" / "summary.typ"


def pdf_of(summary: Mapping[str, Any]) -> bytes:
    """The PDF.

    It keeps PDF/UA-1, the standard for accessible PDFs, unless somebody wrote letters that no font we have can draw:
    then it is tagged all the same, and ``everything.json`` has every letter.

    :param summary: as ``telling.summary`` made it.
    """
    values = {"data": json.dumps(summary, ensure_ascii=False)}
    try:
        return typst.compile(str(_TEMPLATE), sys_inputs=values, ignore_system_fonts=True, pdf_standards="ua-1")
    except typst.TypstError:
        # the fonts are those that came with it, the same on every machine and free to embed
        return typst.compile(str(_TEMPLATE), sys_inputs=values, ignore_system_fonts=True)
