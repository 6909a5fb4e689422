"""Passphrases: Argon2id, and strength judged by guessing, not by counting capitals."""

from __future__ import annotations

import re

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from app.core.errors import InvalidError

MIN_LENGTH = 12
MAX_LENGTH = 200  # longer input only costs time
#: The words of this place, which guessers try first: a passphrase must be hard to guess without them.
OUR_WORDS = (
    "carepurse", "personal", "health", "budget", "holder", "purse", "passphrase", "nhs", "england", "council",
    "commissioner", "coordinator", "finance", "auditor", "broker", "provider", "representative", "nominee", "carer",
)  # fmt: skip
_MIN_SCORE = 3  # of 4: safely unguessable even if throttling fails
# 19 MiB and two passes: the OWASP password storage cheat sheet's first choice for Argon2id
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# What an unknown address is checked against, so that it takes as long as a known one.
_NOBODY = _hasher.hash("a passphrase that nobody has")


def hash_passphrase(passphrase: str) -> str:
    """The Argon2id hash to store."""
    return _hasher.hash(passphrase)


def verify(stored: str | None, passphrase: str) -> bool:
    """Whether ``passphrase`` is the one stored; with nothing stored it takes as long and says no."""
    try:
        same = _hasher.verify(stored or _NOBODY, passphrase[:MAX_LENGTH])
    except (VerificationError, InvalidHashError):
        return False
    # cut only so that hashing ends: with anything after it, it is another passphrase
    return same and stored is not None and len(passphrase) <= MAX_LENGTH


def check_strength(passphrase: str, about: tuple[str, ...], *, field: str = "passphrase") -> None:
    """Refuse a passphrase that is short or easily guessed.

    :param about: the person's name and address, which make poor passphrases.
    :raises InvalidError: with a sentence that says what would be better.
    """
    if len(passphrase) < MIN_LENGTH:
        raise InvalidError({field: f"Use at least {MIN_LENGTH} characters. Three or four words are easy to remember."})
    if len(passphrase) > MAX_LENGTH:
        raise InvalidError({field: f"Use at most {MAX_LENGTH} characters."})
    for ours in OUR_WORDS:
        passphrase = re.sub(re.escape(ours), " ", passphrase, flags=re.IGNORECASE)
    # zxcvbn looks at no more than 72 characters: its time grows steeply with length
    if zxcvbn(passphrase.strip()[:72] or " ", user_inputs=[word for word in about if word])["score"] < _MIN_SCORE:
        raise InvalidError({field: "That would be easy to guess. Add another word that has nothing to do with you."})
