"""Second steps and mailed links: kinds, sizes and times. Pure."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from enum import StrEnum

MAX_PASSKEY_NAME = 60
MAX_PASSKEYS = 10
HOW_MANY_CODES = 10
#: Wrong codes in a quarter of an hour. A million codes, three of them right at a time: one in fifty thousand.
CODE_LIMIT = 6
#: Half minutes: the one before and the one after are taken too, because clocks differ and people are slow.
STEP_SECONDS, WINDOW_STEPS = 30, 1
CHALLENGE_SECONDS = 600
RESET_DELAY = timedelta(hours=72)
PUT_OFF = timedelta(days=180)

# No vowels (no words by accident), no 0/o or 1/l: recovery codes are read off paper, and over the telephone.
_LETTERS = "23456789bcdfghjkmnpqrstvwxyz"
_GROUPS, _GROUP = 4, 4


class LinkKind(StrEnum):
    """What a mailed link does."""

    RESET = "reset"  # set another passphrase
    NEW_EMAIL = "new_email"  # to the new address: yes, this is mine
    NOT_ME = "not_me"  # to the old address: this was not me
    KEEP_STEP = "keep_step"  # stop a coordinator's reset of the second step


LIFETIMES: dict[LinkKind, timedelta] = {
    LinkKind.RESET: timedelta(hours=1),
    LinkKind.NEW_EMAIL: timedelta(hours=24),
    LinkKind.NOT_ME: timedelta(days=7),
    LinkKind.KEEP_STEP: RESET_DELAY,
}


def make_recovery_code() -> str:
    """``h7kq-2mzr-9tcb-wx34``: sixteen letters and figures, 77 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def tidy_recovery_code(typed: str) -> str:
    """A recovery code as it was made, however it was typed; empty when it cannot be one."""
    letters = "".join(ch for ch in typed.lower() if ch.isalnum())
    if len(letters) != _GROUPS * _GROUP or any(ch not in _LETTERS for ch in letters):
        return ""
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def tidy_code(typed: str) -> str:
    """Six figures of an authenticator, however they were typed; empty when they cannot be a code."""
    figures = "".join(typed.split()).replace("-", "")
    return figures if len(figures) == 6 and figures.isascii() and figures.isdigit() else ""


def hash_token(token: str) -> str:
    """What is kept of a long random token. It cannot be guessed, so a quick hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def in_groups(text: str, size: int = 4) -> str:
    """``ABCD EFGH``: easier to copy by eye."""
    return " ".join(text[at : at + size] for at in range(0, len(text), size))
