"""Settings: read once from the environment into one frozen object, refused at start-up when they cannot be right."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.core.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
_MIN_SECRET = 32


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between one installation and another."""

    secret_key: str
    database_url: str | None  # None: the embedded server in ``instance``
    instance: Path
    receipts: Path
    demo: bool
    secure_cookies: bool
    base_url: str
    idle_minutes: int
    trusted_proxies: int
    smtp_host: str | None
    smtp_port: int
    smtp_user: str | None
    smtp_password: str | None
    smtp_starttls: bool
    mail_from: str
    pool_size: int
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
        instance = Path(env.get("CAREPURSE_INSTANCE") or ROOT / "instance").expanduser().resolve()
        # Where `flask demo` was run and nothing else is set up, commands and server mean the demonstration.
        unset = not env.get("DATABASE_URL") and not env.get("SECRET_KEY")
        demo = _flag(env, "CAREPURSE_DEMO", unset and _demo_secret(instance).exists())
        return cls(
            secret_key=_secret(env, demo, instance),
            database_url=_database_url(env.get("DATABASE_URL")),
            instance=instance,
            receipts=Path(env.get("RECEIPTS_DIR") or instance / "receipts").expanduser().resolve(),
            demo=demo,
            secure_cookies=_flag(env, "SECURE_COOKIES", not demo),
            base_url=env.get("BASE_URL", "http://127.0.0.1:5000").rstrip("/"),
            idle_minutes=_number(env, "IDLE_MINUTES", 30, 3, 24 * 60),
            trusted_proxies=_number(env, "TRUSTED_PROXIES", 0, 0, 5),
            smtp_host=env.get("SMTP_HOST") or None,
            smtp_port=_number(env, "SMTP_PORT", 587, 1, 65535),
            smtp_user=env.get("SMTP_USER") or None,
            smtp_password=env.get("SMTP_PASSWORD") or None,
            smtp_starttls=_flag(env, "SMTP_STARTTLS", True),
            mail_from=env.get("MAIL_FROM", "CarePurse <no-reply@example.org>"),
            pool_size=_number(env, "POOL_SIZE", 8, 1, 200),
            # nothing stands between us and the embedded server
            prepared_statements=_flag(env, "PREPARED_STATEMENTS", not env.get("DATABASE_URL")),
        )


#: Of ``flask policy`` these read a commissioner's own.
_STORED_POLICY = frozenset({"export", "import", "simulate"})


def settings_for(argv: Sequence[str]) -> Settings:
    """The settings for whatever was started.

    ``flask demo`` needs nothing set; ``flask policy check`` and ``flask styles`` need neither secret nor database; all
    else reads the environment.

    :param argv: the process's own words, program first.
    :raises ConfigError: when a setting is missing or cannot be right.
    """
    command = argv[1] if len(argv) > 1 and Path(argv[0]).name in {"flask", "__main__.py"} else ""
    if command == "demo":
        return Settings.from_env({"CAREPURSE_DEMO": "1", **os.environ})
    stored = command == "policy" and not {"--help", "--default"} & set(argv) and set(argv[2:3]) & _STORED_POLICY
    if command in {"policy", "styles"} and not stored:
        made_up = {**os.environ, "SECRET_KEY": secrets.token_urlsafe(48)}
        return replace(Settings.from_env(made_up), offline=True)
    return Settings.from_env()


def _demo_secret(instance: Path) -> Path:
    return instance / "demo-secret"


def _secret(env: Mapping[str, str], demo: bool, instance: Path) -> str:
    secret = env.get("SECRET_KEY", "")
    if secret:
        if len(secret) < _MIN_SECRET or len(set(secret)) < 10:
            raise ConfigError(f"SECRET_KEY is too weak: give at least {_MIN_SECRET} random characters.")
        return secret
    if not demo:
        raise ConfigError(
            "SECRET_KEY is missing: set it to at least 32 random characters, for example from "
            "python -c 'import secrets; print(secrets.token_urlsafe(48))'."
        )
    # The demonstration keeps a secret of its own beside its data, so that a restart signs nobody out.
    path = _demo_secret(instance)
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


def _database_url(url: str | None) -> str | None:
    if not url:
        return None
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ConfigError("DATABASE_URL must be a PostgreSQL address, like postgresql://user@host/name.")
    return f"postgresql+psycopg://{rest}"


def _flag(env: Mapping[str, str], name: str, default: bool) -> bool:
    text = env.get(name, "").strip().lower()
    if text in {"", "1", "true", "yes", "on", "0", "false", "no", "off"}:
        return default if not text else text in {"1", "true", "yes", "on"}
    raise ConfigError(f"{name} must be yes or no, not {text!r}.")


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise ConfigError(f"{name} must be a whole number from {low} to {high}, not {text!r}.")
    return int(text)
