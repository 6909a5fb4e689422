"""What the software says to others, keeps in a browser, and shows in an address: written down here, and no more."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from bs4 import BeautifulSoup
from flask import Flask

from app.config import ROOT

#: Modules that may open a connection, with what they speak to. All of them are named by a setting.
SPEAKS = {
    "app/messages/mail.py": "the mail server",
    "app/signing_in/nhs_provider.py": "NHS login",
    "app/payments/stripe_gateway.py": "Stripe",
    "app/cli/demo.py": "its own pages, to see whether they answer",
}
_NETWORK = {
    "smtplib", "socket", "http.client", "urllib.request", "httpx", "requests", "aiohttp", "authlib", "ftplib", "stripe"
}  # fmt: skip
#: What an address may hold: references, links that work once, a month, a file's name, a rule's code.
_ARGUMENTS = re.compile(
    r".*_ref|ref|(?:link_)?token|name|key|kind|part|step|code|rule|month|period|number|outcome|way|what|day"
)


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def speaks(path: Path) -> bool:
    return any(name == module or name.startswith(f"{module}.") for name in imported(path) for module in _NETWORK)


def test_only_these_modules_speak_to_others() -> None:
    found = {path.relative_to(ROOT).as_posix() for path in (ROOT / "app").rglob("*.py") if speaks(path)}
    assert found == set(SPEAKS)


def test_the_script_keeps_nothing_private_in_the_browser() -> None:
    kept = set()
    for path in (ROOT / "static" / "js").glob("*.js"):
        text = path.read_text()
        assert not re.search(r"sessionStorage|indexedDB|document\.cookie", text), path.name
        kept |= set(re.findall(r"localStorage\.\w+\((?:\"|')([\w-]+)", text))
    assert kept <= {"carepurse-until", "carepurse-left"}, "two moments: until when somebody stays signed in, and left"


def test_addresses_hold_references_only(app: Flask) -> None:
    odd = {
        f"{rule.rule}: {name}"
        for rule in app.url_map.iter_rules()
        for name in rule.arguments
        if not _ARGUMENTS.fullmatch(name)
    }
    assert not odd


def test_passphrases_are_hidden_and_may_be_pasted(app: Flask) -> None:
    """Every field for one hides what is typed, and nothing stands in the way of a manager of passphrases."""
    pages = [app.test_client().get(path).text for path in ("/sign-in",)]
    fields = [field for page in pages for field in BeautifulSoup(page, "html.parser").select("input[name*=passphrase]")]
    assert fields
    for field in fields:
        assert field["type"] == "password"
        assert field.get("autocomplete") in {"current-password", "new-password"}
        assert not any(name.startswith("on") for name in field.attrs)
    for path in (ROOT / "app").rglob("*.py"):
        for name, kind in re.findall(r"^    (\w*passphrase\w*|old|new|again) = (\w+)Field\(", path.read_text(), re.M):
            assert kind == "Password", f"{path.name}: {name}"
    for path in (ROOT / "static" / "js").glob("*.js"):
        assert not re.search(r"['\"]paste['\"]", path.read_text())
