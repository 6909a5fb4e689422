"""Identifiers: time-ordered inside, short and unguessable outside."""

from __future__ import annotations

import secrets
from uuid import UUID

from uuid_utils.compat import uuid7

# No vowels (no words by accident), no 0/o or 1/l to mistake when read aloud over the telephone.
_ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"
REF_LENGTH = 12


def new_id() -> UUID:
    """A UUIDv7: unguessable enough inside, and in order of making, so that indexes stay compact."""
    return uuid7()


def new_ref() -> str:
    """A reference for addresses and letters: twelve characters, 57 bits, such as ``h7kq2mzr9tcb``."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(REF_LENGTH))
