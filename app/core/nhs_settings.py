"""The settings of NHS login: all of them, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from app.core.errors import ConfigError
from app.core.secrets import is_this_machine

LEVELS = ("P0", "P5", "P9")
_SHORTEST_KEY = 2048
_NEEDED = ("NHS_LOGIN_ISSUER", "NHS_LOGIN_CLIENT_ID")
_KEY, _KEY_FILE = "NHS_LOGIN_KEY", "NHS_LOGIN_KEY_FILE"


@dataclass(frozen=True, slots=True)
class NhsLoginSettings:
    """How we are known to NHS login, and how well it must know a person."""

    issuer: str
    client_id: str
    key: str = field(repr=False)  # PEM: what we sign with
    key_id: str | None
    level: str  # P0, P5 or P9: how well they proved who they are

    @classmethod
    def read(cls, env: Mapping[str, str]) -> NhsLoginSettings | None:
        """Read them from the environment.

        :returns: None when none is set: NHS login is off, and no page speaks of it.
        :raises ConfigError: when only some are set, or one cannot be right; never saying what a key holds.
        """
        given = [name for name in (*_NEEDED, _KEY, _KEY_FILE) if env.get(name)]
        if not given:
            return None
        missing = [name for name in _NEEDED if name not in given]
        if missing:
            raise ConfigError(f"{missing[0]} is missing: NHS login needs all of its settings, or none.")
        if (_KEY in given) == (_KEY_FILE in given):
            raise ConfigError(f"NHS login needs either {_KEY} or {_KEY_FILE}, with the private key as PEM.")
        level = env.get("NHS_LOGIN_LEVEL") or "P9"
        if level not in LEVELS:
            raise ConfigError(f"NHS_LOGIN_LEVEL must be one of {', '.join(LEVELS)}, not {level!r}.")
        return cls(
            issuer=_issuer(env["NHS_LOGIN_ISSUER"]),
            client_id=env["NHS_LOGIN_CLIENT_ID"],
            key=_key(env),
            key_id=env.get("NHS_LOGIN_KEY_ID") or None,
            level=level,
        )


def _issuer(url: str) -> str:
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(parts.hostname))
    if not parts.hostname or not safe or parts.query or parts.fragment:
        raise ConfigError("NHS_LOGIN_ISSUER must be an address like https://auth.login.nhs.uk.")
    return url.rstrip("/")


def _key(env: Mapping[str, str]) -> str:
    name = _KEY if env.get(_KEY) else _KEY_FILE
    try:
        # one line in a settings file may say \n for its line ends
        pem = env[_KEY].replace("\\n", "\n") if name == _KEY else Path(env[_KEY_FILE]).expanduser().read_text()
        key = load_pem_private_key(pem.encode(), password=None)
    except (OSError, ValueError, TypeError):
        raise ConfigError(f"{name} holds no private key that can be read: give PEM without a passphrase.") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < _SHORTEST_KEY:
        raise ConfigError(f"{name} is too weak: NHS login takes an RSA key of {_SHORTEST_KEY} bits or more.")
    return pem
