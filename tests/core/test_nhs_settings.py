"""The settings of NHS login: all of them, or none."""

from __future__ import annotations

from pathlib import Path

import pytest
from joserfc.jwk import ECKey, RSAKey

from app.config import Settings
from app.core.errors import ConfigError
from tests.core.test_config import GOOD
from tests.signing_in.nhs_fake import CLIENT


@pytest.fixture(scope="module")
def our_key() -> RSAKey:
    return RSAKey.generate_key(2048)


@pytest.fixture
def whole(our_key: RSAKey) -> dict[str, str]:
    pem = our_key.as_pem(private=True).decode()
    return GOOD | {
        "NHS_LOGIN_ISSUER": "https://auth.login.nhs.uk/", "NHS_LOGIN_CLIENT_ID": CLIENT, "NHS_LOGIN_KEY": pem
    }  # fmt: skip


def test_whole(whole: dict[str, str], tmp_path: Path) -> None:
    found = Settings.from_env(whole).nhs_login
    assert found
    assert (found.issuer, found.level) == ("https://auth.login.nhs.uk", "P9")
    assert "PRIVATE" not in repr(found)
    one_line = whole | {"NHS_LOGIN_KEY": whole["NHS_LOGIN_KEY"].replace("\n", "\\n"), "NHS_LOGIN_LEVEL": "P5"}
    assert Settings.from_env(one_line).nhs_login
    (tmp_path / "key.pem").write_text(whole.pop("NHS_LOGIN_KEY"))
    assert Settings.from_env(whole | {"NHS_LOGIN_KEY_FILE": str(tmp_path / "key.pem")}).nhs_login
    assert Settings.from_env(GOOD).nhs_login is None


@pytest.mark.parametrize("missing", ["NHS_LOGIN_ISSUER", "NHS_LOGIN_CLIENT_ID", "NHS_LOGIN_KEY"])
def test_half(whole: dict[str, str], missing: str) -> None:
    del whole[missing]
    with pytest.raises(ConfigError, match=missing):
        Settings.from_env(whole)


def test_what_cannot_be_right(whole: dict[str, str]) -> None:
    weak = RSAKey.generate_key(1024).as_pem(private=True).decode()
    curve = ECKey.generate_key("P-256").as_pem(private=True).decode()
    for changed, named in (
        ({"NHS_LOGIN_KEY": "nothing like a key"}, "NHS_LOGIN_KEY"),
        ({"NHS_LOGIN_KEY": weak}, "NHS_LOGIN_KEY is too weak"),
        ({"NHS_LOGIN_KEY": curve}, "NHS_LOGIN_KEY is too weak"),
        ({"NHS_LOGIN_KEY_FILE": "/no/such/file"}, "either"),
        ({"NHS_LOGIN_ISSUER": "http://auth.login.nhs.uk"}, "NHS_LOGIN_ISSUER"),
        ({"NHS_LOGIN_LEVEL": "P7"}, "NHS_LOGIN_LEVEL"),
    ):
        with pytest.raises(ConfigError, match=named) as refused:
            Settings.from_env(whole | changed)
        assert "MII" not in refused.value.sentence
