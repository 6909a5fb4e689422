"""Settings refuse to start half right, and say which variable is missing."""

from pathlib import Path

import pytest

from app.config import Settings, settings_for
from app.core.errors import ConfigError

#: Put together here, as everything that looks like a secret in a file is one (see tests/conventions/test_secrets.py).
STRONG = "-".join(("k4Wq", "Zr81", "uXo0", "b2Td", "Lm7e", "H9vs", "pYc3", "nF6j"))
OTHER = STRONG[::-1]
GOOD = {"SECRET_KEY": STRONG}
FAR = "postgresql://app:hello@db.example.org/purse"


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 64}, "SECRET_KEY"),
        ({"SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz"}, "SECRET_KEY is too weak: it can be guessed"),
        ({"SECRET_KEY": "qwertyuiop asdfghjkl zxcvbnm 1234567890"}, "SECRET_KEY is too weak"),
        ({"SECRET_KEY": "please-Change_Me-" + STRONG}, "SECRET_KEY is too weak: it holds a word of an example"),
        (GOOD | {"SECRET_KEY_FALLBACKS": f"{OTHER} short"}, "SECRET_KEY_FALLBACKS is too weak"),
        (GOOD | {"SECRET_KEY_FALLBACKS": STRONG}, "SECRET_KEY_FALLBACKS holds"),
        (GOOD | {"SECRET_KEY_FALLBACKS": f"{OTHER},{OTHER}"}, "SECRET_KEY_FALLBACKS holds"),
        (GOOD | {"DATABASE_URL": FAR}, "DATABASE_URL goes to another machine unencrypted"),
        (GOOD | {"DATABASE_URL": f"{FAR}?sslmode=prefer"}, "DATABASE_URL"),
        (GOOD | {"DATABASE_URL": "postgresql:///purse?host=db.example.org"}, "DATABASE_URL"),
        (GOOD | {"SMTP_HOST": "mail.example.org", "SMTP_PASSWORD": "x", "SMTP_STARTTLS": "no"}, "SMTP_PASSWORD"),
        (GOOD | {"BASE_URL": "http://purse.example.org"}, "BASE_URL must begin with https"),
        (GOOD | {"BASE_URL": "purse.example.org"}, "BASE_URL"),
        (GOOD | {"BASE_URL": "https://purse.example.org/path"}, "BASE_URL"),
        (GOOD | {"STAFF_IDLE_MINUTES": "1"}, "STAFF_IDLE_MINUTES"),
        (GOOD | {"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL"),
        (GOOD | {"DATABASE_OWNER_URL": "postgresql:///purse"}, "set DATABASE_URL to the same"),
        (GOOD | {"DATABASE_URL": "postgresql:///purse", "DATABASE_OWNER_URL": FAR}, "DATABASE_OWNER_URL goes to"),
        (GOOD | {"IDLE_MINUTES": "soon"}, "IDLE_MINUTES"),
        (GOOD | {"SECURE_COOKIES": "perhaps"}, "SECURE_COOKIES"),
        (GOOD | {"SMTP_PORT": "99999"}, "SMTP_PORT"),
    ],
)
def test_a_wrong_setting_is_named(env: dict[str, str], named: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=named):
        Settings.from_env({"CAREPURSE_INSTANCE": str(tmp_path)} | env)


def test_the_demonstration_keeps_its_own_secret(tmp_path: Path) -> None:
    env = {"CAREPURSE_DEMO": "1", "CAREPURSE_INSTANCE": str(tmp_path)}
    first, again = Settings.from_env(env), Settings.from_env(env)
    assert first.secret_key == again.secret_key
    assert len(first.secret_key) >= 32
    assert not first.secure_cookies


def test_nobody_else_reads_the_demonstrations_secret(tmp_path: Path) -> None:
    Settings.from_env({"CAREPURSE_INSTANCE": str(tmp_path), "CAREPURSE_DEMO": "1"})
    assert (tmp_path / "demo-secret").stat().st_mode & 0o777 == 0o600


def test_settings_cannot_be_changed() -> None:
    settings = Settings.from_env(GOOD)
    with pytest.raises(AttributeError):
        settings.secret_key = "another"
    assert settings.secure_cookies


@pytest.mark.parametrize(
    "more",
    [
        {"DATABASE_URL": f"{FAR}?sslmode=verify-full"},
        {"DATABASE_URL": FAR, "PLAIN_DATABASE": "yes"},
        {"DATABASE_URL": "postgresql:///purse"},
        {"DATABASE_URL": "postgresql:///purse?host=/run/postgresql"},
        {"DATABASE_URL": "postgresql://app@[::1]:5433/purse"},
        {"SMTP_HOST": "mail.example.org", "SMTP_PASSWORD": "x"},
        {"SMTP_HOST": "127.0.0.1", "SMTP_PASSWORD": "x", "SMTP_STARTTLS": "no"},
        {"BASE_URL": "https://purse.example.org/"},
        {"SECRET_KEY_FALLBACKS": OTHER},
    ],
)
def test_what_is_safe_starts(more: dict[str, str]) -> None:
    assert Settings.from_env(GOOD | more).secret_key == STRONG


def test_no_refusal_tells_the_secret() -> None:
    for weak in ("short words", "change-me-" + STRONG, "0123456789abcdefghijklmnopqrstuvwxyz"):
        with pytest.raises(ConfigError) as refused:
            Settings.from_env({"SECRET_KEY": weak})
        assert weak not in refused.value.sentence


def test_the_demonstrations_secret_is_good_for_nothing_else(tmp_path: Path) -> None:
    place = {"CAREPURSE_INSTANCE": str(tmp_path)}
    demo = Settings.from_env(place | {"CAREPURSE_DEMO": "1"})
    with pytest.raises(ConfigError, match="demonstration's"):
        Settings.from_env(place | {"SECRET_KEY": demo.secret_key})


def test_only_the_names_it_is_found_under_are_answered() -> None:
    ours = Settings.from_env(GOOD | {"BASE_URL": "https://purse.example.org", "TRUSTED_HOSTS": "a.example, .b.example"})
    assert ours.trusted_hosts == ("purse.example.org", "a.example", ".b.example")
    assert "localhost" in Settings.from_env(GOOD).trusted_hosts
    assert Settings.from_env({"CAREPURSE_DEMO": "1", **GOOD}).trusted_hosts == ()


def test_staff_are_signed_out_no_later_than_holders() -> None:
    assert Settings.from_env(GOOD).staff_idle_minutes == 15
    assert Settings.from_env(GOOD | {"IDLE_MINUTES": "5"}).staff_idle_minutes == 5


def test_commands_that_need_nothing_set_start_without_anything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("CAREPURSE_INSTANCE", str(tmp_path))
    assert settings_for(["/bin/flask", "policy", "check"]).offline
    assert not (tmp_path / "demo-secret").exists(), "asking the policy makes no demonstration"
    with pytest.raises(ConfigError, match="SECRET_KEY"):
        settings_for(["/bin/gunicorn", "wsgi:app"])
    assert settings_for(["/bin/flask", "demo"]).demo
    assert settings_for(["/bin/flask", "ledger", "verify"]).demo, "what `flask demo` made can be looked at"
    assert settings_for(["/lib/flask/__main__.py", "--app", "wsgi", "ledger", "verify"]).demo
    monkeypatch.setenv("DATABASE_URL", "postgresql://localhost/live")
    with pytest.raises(ConfigError, match="SECRET_KEY"):
        settings_for(["/bin/gunicorn", "wsgi:app"])


@pytest.mark.parametrize(
    "argv",
    [
        ["/bin/gunicorn", "wsgi:app"],
        ["/lib/gunicorn/__main__.py", "wsgi:app"],
        ["/bin/flask", "run"],
        ["/bin/flask", "--app", "wsgi", "--debug", "run", "--port", "80"],
        ["/bin/flask", "jobs", "work"],
        ["/lib/flask/__main__.py", "--app=wsgi", "jobs", "work"],
        [""],
    ],
)
def test_what_serves_is_the_demonstration_only_if_told(
    argv: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A secret that went missing stops the server also where the demonstration was tried out once."""
    for name in ("SECRET_KEY", "DATABASE_URL", "CAREPURSE_DEMO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CAREPURSE_INSTANCE", str(tmp_path))
    assert settings_for(["/bin/flask", "demo"]).demo
    with pytest.raises(ConfigError, match=r"SECRET_KEY is missing.*CAREPURSE_DEMO=1"):
        settings_for(argv)
    monkeypatch.setenv("CAREPURSE_DEMO", "1")
    assert settings_for(argv).demo


def test_a_command_is_known_behind_flasks_own_options(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("CAREPURSE_INSTANCE", str(tmp_path))
    assert settings_for(["/bin/flask", "-A", "wsgi", "policy", "check"]).offline
    assert settings_for(["/lib/flask/__main__.py", "--app", "wsgi", "demo"]).demo


@pytest.mark.parametrize(
    "argv",
    [["/bin/gunicorn", "wsgi:app"], ["/bin/flask", "run"], ["/bin/flask", "jobs", "work"], ["/bin/flask", "demo"]],
)
def test_what_serves_does_not_know_who_owns_the_tables(argv: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", STRONG)
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@/purse")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner@/purse")
    with pytest.raises(ConfigError, match="DATABASE_OWNER_URL is not for what serves"):
        settings_for(argv)
    assert settings_for(["/bin/flask", "db", "upgrade"]).database_owner_url == "postgresql+psycopg://owner@/purse"
