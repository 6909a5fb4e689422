"""Whether a secret is one: long, not guessable, and not out of somebody's instructions."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from zxcvbn import zxcvbn

from app.core.errors import ConfigError

SHORTEST = 32
#: Ten to this power guesses, as zxcvbn counts them: 32 random hex letters need 31, a row of the keyboard 12.
_GUESSES = 20.0
#: Parts of secrets that stand in manuals and examples, and so in every list of guesses.
_KNOWN = (
    "changeme", "replaceme", "yoursecret", "secretkey", "mysecret", "supersecret", "topsecret", "notsecret",
    "insecure", "placeholder", "example", "default", "password", "passphrase", "carepurse", "development",
    "loremipsum",
)  # fmt: skip
#: What ``sslmode`` says when nobody on the way can read along.
_ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})


def check_secret(name: str, secret: str) -> None:
    """Refuse a secret that somebody could guess.

    :param name: the variable it came from.
    :raises ConfigError: naming the variable and saying what is wrong; never the secret.
    """
    if len(secret) < SHORTEST or len(set(secret)) < 10:
        raise ConfigError(f"{name} is too weak: give at least {SHORTEST} random characters.")
    letters = "".join(letter for letter in secret.lower() if letter.isalnum())
    if any(known in letters for known in _KNOWN):
        raise ConfigError(f"{name} is too weak: it holds a word of an example that everybody knows.")
    # beyond 72 letters nothing is added but time
    if float(zxcvbn(secret[:72])["guesses_log10"]) < _GUESSES:
        raise ConfigError(f"{name} is too weak: it can be guessed. Let a machine make {SHORTEST} random characters.")


def is_this_machine(host: str | None) -> bool:
    """Whether what is sent to a host never leaves this machine: a loopback address, a socket, no host at all."""
    if not host or host.startswith("/") or host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_database_is_private(name: str, url: str) -> None:
    """Refuse a database on another machine without encryption on the way: its password and everybody's data travel.

    :param name: the setting's.
    :raises ConfigError: saying how to ask for encryption.
    """
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    hosts = query.get("host", []) or [parts.hostname or ""]
    if all(is_this_machine(host) for host in ",".join(hosts).split(",")):
        return
    if not set(query.get("sslmode", [])) & _ENCRYPTED:
        raise ConfigError(
            f"{name} goes to another machine unencrypted: add ?sslmode=verify-full (or require). "
            "Where the network itself is encrypted, set PLAIN_DATABASE=yes."
        )
