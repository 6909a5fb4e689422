"""Settings refuse to start half right, and say which variable is missing."""

from pathlib import Path

import pytest

from app.config import Settings, settings_for
from app.core.errors import ConfigError

GOOD = {"SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz"}


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 64}, "SECRET_KEY"),
        (GOOD | {"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL"),
        (GOOD | {"IDLE_MINUTES": "soon"}, "IDLE_MINUTES"),
        (GOOD | {"SECURE_COOKIES": "perhaps"}, "SECURE_COOKIES"),
        (GOOD | {"SMTP_PORT": "99999"}, "SMTP_PORT"),
    ],
)
def test_a_wrong_setting_is_named(env: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        Settings.from_env(env)


def test_the_demonstration_keeps_its_own_secret(tmp_path: Path) -> None:
    env = {"CAREPURSE_DEMO": "1", "CAREPURSE_INSTANCE": str(tmp_path)}
    first, again = Settings.from_env(env), Settings.from_env(env)
    assert first.secret_key == again.secret_key
    assert len(first.secret_key) >= 32
    assert not first.secure_cookies


def test_settings_cannot_be_changed() -> None:
    settings = Settings.from_env(GOOD)
    with pytest.raises(AttributeError):
        settings.secret_key = "another"  # type: ignore[misc]  # that is the point
    assert settings.secure_cookies


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
    monkeypatch.setenv("DATABASE_URL", "postgresql://localhost/live")
    with pytest.raises(ConfigError, match="SECRET_KEY"):
        settings_for(["/bin/gunicorn", "wsgi:app"])
