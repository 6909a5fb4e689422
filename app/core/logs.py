"""What the process writes to standard error: one line an event, nothing that somebody typed.

Pages are about health and money. A database that refuses a row says which value it was; a log must not.
"""

from __future__ import annotations

import logging
import re
import time

from flask import Flask
from flask.logging import default_handler

#: PostgreSQL's "DETAIL" and "CONTEXT" quote the row; SQLAlchemy's parameters are switched off in the engine.
_QUOTED = re.compile(r"^(DETAIL|CONTEXT|HINT|LINE \d+):.*$\n?(?:^ *\^ *$\n?)?", re.MULTILINE)
#: What it says of a value that cannot be read quotes the value itself.
_VALUE = re.compile(r"((?:\b(?:invalid|malformed)\b[^\n\"]*)|\bvalue )\"[^\n]*")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


class PlainFormatter(logging.Formatter):
    """Lines as everywhere, in UTC, each event on one line of its own, so that nobody can write one that never was."""

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        """Afresh, whatever another handler has kept beside the event."""
        record.exc_text = None
        try:
            return super().format(record)
        finally:
            record.exc_text = None

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The event on one line."""
        record.message = _UNSEEN.sub("?", _plain(record.message)).strip().replace("\n", " | ")
        return super().formatMessage(record)

    def formatException(self, ei: object) -> str:
        """Where it happened, without what was in the row."""
        return _plain(super().formatException(ei))  # type: ignore[arg-type]  # the library's own tuple


def _plain(text: str) -> str:
    return _VALUE.sub(r"\1…", _QUOTED.sub("", text))


def init_app(app: Flask) -> None:
    """Use it for all that the application says."""
    default_handler.setFormatter(PlainFormatter("[%(asctime)s UTC] %(levelname)s in %(module)s: %(message)s"))
