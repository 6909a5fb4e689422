"""Secrets at rest: sealed with keys derived from the secret of the installation.

While the secret is rotated, what an older one sealed still opens, and is sealed anew when it is next used.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from app.core.errors import CarePurseError


class SealError(CarePurseError):
    """What was kept cannot be opened: another secret sealed it, or it belongs to something else."""


def seal(text: str, purpose: str) -> str:
    """Text that only this installation can read, for this purpose alone.

    :param purpose: what it is and whose, such as ``authenticator:<account>``: moved to another row it does not open.
    """
    return _keys(purpose)[0].encrypt(text.encode()).decode()


def unseal(sealed: str, purpose: str, *, seconds: int | None = None) -> str:
    """What was sealed.

    :param purpose: as it was when it was sealed.
    :param seconds: how old it may be; None: as old as it likes.
    :raises SealError: when it cannot be opened or is too old.
    """
    try:
        return MultiFernet(_keys(purpose)).decrypt(sealed.encode(), ttl=seconds).decode()
    except (InvalidToken, ValueError):
        raise SealError("This can no longer be read. Start again from the page before.") from None


def reseal(sealed: str, purpose: str) -> str | None:
    """What was sealed by an older secret, sealed by the present one; None when it is by the present one already.

    :raises SealError: when it cannot be opened at all.
    """
    try:
        _keys(purpose)[0].decrypt(sealed.encode())
    except (InvalidToken, ValueError):
        return seal(unseal(sealed, purpose), purpose)
    return None


def _keys(purpose: str) -> list[Fernet]:
    """One key a secret, the present secret's first."""
    config = current_app.config
    secrets: list[str] = [config["SECRET_KEY"], *(config.get("SECRET_KEY_FALLBACKS") or ())]
    return [Fernet(_derive(secret, purpose)) for secret in secrets]


def _derive(secret: str, purpose: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"carepurse sealing {purpose}".encode())
    return base64.urlsafe_b64encode(derive.derive(secret.encode()))
