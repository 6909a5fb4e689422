"""Where receipts are kept: a folder outside the web root, under names nobody can guess.

The file is written and made durable before the row that names it, so a row without a file cannot exist. When the
transaction fails afterwards a file without a row stays behind: it harms nobody, and nothing points to it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path
from typing import Any

from flask import current_app

from app.config import Settings
from app.evidence.rules import Clean
from app.identity.rules import Actor


def keep_clean(actor: Actor, name: str, found: Clean) -> dict[str, Any]:
    """Write a file that was looked through.

    :param name: as it was given, cleaned.
    :returns: the columns of a :class:`~app.evidence.models.KeptFile`.
    """
    return {
        "filename": name,
        "content_type": found.kind.value,
        "size_bytes": len(found.content),
        "sha256": hashlib.sha256(found.content).hexdigest(),
        "stored_name": keep(found.content, found.kind.ending),
        "uploaded_by": actor.account_id,
    }


def keep(content: bytes, ending: str) -> str:
    """Write a file.

    :returns: the name under which :func:`path_of` finds it.
    """
    token = secrets.token_hex(24)
    name = f"{token[:2]}/{token[2:]}.{ending}"
    target = _folder() / name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = target.with_suffix(".part")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(target)
    return name


def path_of(name: str) -> Path:
    """Where a kept file is."""
    return _folder() / name


def _folder() -> Path:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.receipts
