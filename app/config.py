"""Settings: read once from the environment into one frozen object, refused at start-up when they cannot be right."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from app.core.environment import read_flag
from app.core.errors import ConfigError
from app.core.nhs_settings import NhsLoginSettings
from app.core.secrets import check_database_is_private, check_secret, is_this_machine
from app.core.stripe_settings import StripeSettings

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between one installation and another."""

    secret_key: str
    secret_key_fallbacks: tuple[str, ...]  # what was signed with them is still believed; nothing new is
    database_url: str | None  # None: the embedded server in ``instance``
    #: With it the tables are made and changed, by a role that owns them; None: by the software's own.
    database_owner_url: str | None
    instance: Path
    receipts: Path
    demo: bool
    secure_cookies: bool
    base_url: str
    trusted_hosts: tuple[str, ...]  # names under which we answer; none: any (the demonstration)
    idle_minutes: int
    confirm_minutes: int  # after this long, changes of payees, authority and policies ask who it is once more
    staff_idle_minutes: int
    trusted_proxies: int
    smtp_host: str | None
    smtp_port: int
    smtp_user: str | None
    smtp_password: str | None
    smtp_starttls: bool
    mail_from: str
    pool_size: int
    nhs_login: NhsLoginSettings | None  # off without its settings
    stripe: StripeSettings | None  # off without its settings: people pay from their own account
    prepared_statements: bool  # plan each statement once a connection; not through a pooler such as PgBouncer
    #: Only commands that need neither secret nor database (``flask policy check``, ``flask styles``).
    offline: bool = False

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the settings.

        :param env: the environment; the process's own when left out.
        :raises ConfigError: naming the variable that is missing or wrong.
        """
        env = os.environ if env is None else env
        instance = _instance(env)
        demo = read_flag(env, "CAREPURSE_DEMO", False)
        secure_cookies = read_flag(env, "SECURE_COOKIES", not demo)
        base_url = _base_url(env, secure_cookies)
        secret_key = _secret(env, demo, instance)
        idle_minutes = _number(env, "IDLE_MINUTES", 30, 3, 24 * 60)
        _mail_is_private(env)
        return cls(
            secret_key=secret_key,
            secret_key_fallbacks=_fallbacks(env, secret_key),
            database_url=_database_url(env, "DATABASE_URL"),
            database_owner_url=_owner_url(env),
            instance=instance,
            receipts=Path(env.get("RECEIPTS_DIR") or instance / "receipts").expanduser().resolve(),
            demo=demo,
            secure_cookies=secure_cookies,
            base_url=base_url,
            trusted_hosts=() if demo else _hosts(env, base_url),
            confirm_minutes=_number(env, "CONFIRM_MINUTES", 15, 1, 24 * 60),
            idle_minutes=idle_minutes,
            staff_idle_minutes=_number(env, "STAFF_IDLE_MINUTES", min(15, idle_minutes), 3, 24 * 60),
            trusted_proxies=_number(env, "TRUSTED_PROXIES", 0, 0, 5),
            smtp_host=env.get("SMTP_HOST") or None,
            smtp_port=_number(env, "SMTP_PORT", 587, 1, 65535),
            smtp_user=env.get("SMTP_USER") or None,
            smtp_password=env.get("SMTP_PASSWORD") or None,
            smtp_starttls=read_flag(env, "SMTP_STARTTLS", True),
            mail_from=env.get("MAIL_FROM", "CarePurse <no-reply@example.org>"),
            pool_size=_number(env, "POOL_SIZE", 8, 1, 200),
            nhs_login=NhsLoginSettings.read(env),
            stripe=StripeSettings.read(env),
            # nothing stands between us and the embedded server
            prepared_statements=read_flag(env, "PREPARED_STATEMENTS", not env.get("DATABASE_URL")),
        )


#: Of ``flask policy`` these read a commissioner's own.
_STORED_POLICY = frozenset({"export", "import", "simulate"})
#: Flask's own options that take a value.
_WITH_A_VALUE = frozenset({"--app", "-A", "--env-file", "-e"})


def settings_for(argv: Sequence[str]) -> Settings:
    """The settings for whatever was started.

    ``flask demo`` needs nothing set; ``flask policy check`` and ``flask styles`` need neither secret nor database; all
    else reads the environment. Where ``flask demo`` was run and nothing else is set up, commands mean the
    demonstration. What serves, pages or jobs, does not: a secret that went missing has to stop it.

    :param argv: the process's own words, program first.
    :raises ConfigError: when a setting is missing or cannot be right.
    """
    words = _command(argv)
    serves = words is None or words[:1] == ["run"] or words[:2] == ["jobs", "work"]
    command = words[0] if words else ""
    if (serves or command == "demo") and os.environ.get("DATABASE_OWNER_URL"):
        raise ConfigError("DATABASE_OWNER_URL is not for what serves: it could undo what guards ledger and audit.")
    if words is None or serves:
        return Settings.from_env()
    if command == "demo":
        return Settings.from_env({"CAREPURSE_DEMO": "1", **os.environ})
    stored = command == "policy" and not {"--help", "--default"} & set(words) and set(words[1:2]) & _STORED_POLICY
    if command in {"policy", "styles"} and not stored:
        made_up = {**os.environ, "SECRET_KEY": secrets.token_urlsafe(48)}
        return replace(Settings.from_env(made_up), offline=True)
    unset = not os.environ.get("DATABASE_URL") and not os.environ.get("SECRET_KEY")
    found = unset and _demo_secret(_instance(os.environ)).exists()
    return Settings.from_env({"CAREPURSE_DEMO": "1", **os.environ} if found else None)


def _command(argv: Sequence[str]) -> list[str] | None:
    """The words of a ``flask`` command, without Flask's own options before it; None where something else started us."""
    program = Path(next(iter(argv), ""))
    if program.stem != "flask" and program.parts[-2:] != ("flask", "__main__.py"):
        return None
    words = list(argv[1:])
    while words and words[0].startswith("-"):
        del words[: 2 if words[0] in _WITH_A_VALUE else 1]
    return words


def _instance(env: Mapping[str, str]) -> Path:
    return Path(env.get("CAREPURSE_INSTANCE") or ROOT / "instance").expanduser().resolve()


def _demo_secret(instance: Path) -> Path:
    return instance / "demo-secret"


def _secret(env: Mapping[str, str], demo: bool, instance: Path) -> str:
    secret = env.get("SECRET_KEY", "")
    path = _demo_secret(instance)
    if secret:
        check_secret("SECRET_KEY", secret)
        if not demo and path.exists() and path.read_text() == secret:
            raise ConfigError("SECRET_KEY is the demonstration's: make another one.")
        return secret
    if not demo:
        raise ConfigError(
            "SECRET_KEY is missing: set it to at least 32 random characters, for example from "
            "python -c 'import secrets; print(secrets.token_urlsafe(48))'."
            + (" To serve the demonstration that is here, set CAREPURSE_DEMO=1." if path.exists() else "")
        )
    # The demonstration keeps a secret of its own beside its data, so that a restart signs nobody out.
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


def _fallbacks(env: Mapping[str, str], secret_key: str) -> tuple[str, ...]:
    """Secrets of before, oldest first. A weak one would let whoever guesses it in, so they are judged as the first."""
    old = tuple(env.get("SECRET_KEY_FALLBACKS", "").replace(",", " ").split())
    for secret in old:
        check_secret("SECRET_KEY_FALLBACKS", secret)
    if len({*old, secret_key}) != len(old) + 1:
        raise ConfigError("SECRET_KEY_FALLBACKS holds a secret twice, or SECRET_KEY: give the old ones only.")
    return old


def _base_url(env: Mapping[str, str], secure_cookies: bool) -> str:
    url = env.get("BASE_URL", "http://127.0.0.1:5000").rstrip("/")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and not parts.path and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError("BASE_URL must be an address without a path, like https://purse.example.org.")
    if secure_cookies and parts.scheme != "https" and not is_this_machine(parts.hostname):
        raise ConfigError("BASE_URL must begin with https://: browsers send the sign-in cookie over TLS alone.")
    return url


def _hosts(env: Mapping[str, str], base_url: str) -> tuple[str, ...]:
    own = urlsplit(base_url).hostname or ""
    names = ("localhost", "127.0.0.1", "[::1]") if is_this_machine(own) else (own,)
    return (*names, *env.get("TRUSTED_HOSTS", "").replace(",", " ").split())


def _mail_is_private(env: Mapping[str, str]) -> None:
    """A password for the mail server travels over TLS, or not beyond this machine."""
    in_clear = not read_flag(env, "SMTP_STARTTLS", True) and not is_this_machine(env.get("SMTP_HOST"))
    if env.get("SMTP_PASSWORD") and in_clear:
        raise ConfigError("SMTP_PASSWORD would travel unencrypted: leave SMTP_STARTTLS on.")


def _database_url(env: Mapping[str, str], name: str) -> str | None:
    url = env.get(name)
    if not url:
        return None
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ConfigError(f"{name} must be a PostgreSQL address, like postgresql://user@host/name.")
    if not read_flag(env, "PLAIN_DATABASE", False):
        check_database_is_private(name, url)
    return f"postgresql+psycopg://{rest}"


def _owner_url(env: Mapping[str, str]) -> str | None:
    url = _database_url(env, "DATABASE_OWNER_URL")
    if url and not env.get("DATABASE_URL"):
        raise ConfigError("DATABASE_OWNER_URL is missing its other half: set DATABASE_URL to the same database.")
    return url


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise ConfigError(f"{name} must be a whole number from {low} to {high}, not {text!r}.")
    return int(text)
