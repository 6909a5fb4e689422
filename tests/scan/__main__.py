"""``python -m tests.scan --wapiti PATH --sqlmap PATH``: both scanners as each role, over a demonstration for each.

The two programs want other versions of libraries than the software does, so they live in an environment of their own
(``.github/SECURITY.md`` says how). Everything stays on the loopback address. Exit 1 when one of them finds something,
does not find the planted hole, or a role reached too little for a clean report to mean anything.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import MapAdapter

from app import create_app
from app.config import ROOT
from app.core.db import db
from app.demo.accounts import SIGN_INS
from app.identity import sessions
from app.identity.models import Account
from app.identity.proofs import Proof
from tests.scan import tools
from tests.scan.crawling import Crawl, Sent, crawl
from tests.scan.serving import PLANTED

_HOST = "127.0.0.1"
_LEAST = 12  # kinds of page that a signed-in role must have reached
_NOBODY = "nobody"
_AT_ONCE = 100  # requests that wapiti is given at a time: of more it reaches the first alone


def main() -> int:
    """Scan as each role, and say what came of it."""
    asked = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="cp-scan-"))
    filled = Path(asked.instance or folder / "filled")
    _environment(filled)
    subprocess.run([sys.executable, "-m", "flask", "demo", "--no-serve"], cwd=ROOT, check=True)
    report = []
    for email in asked.role:
        report.append(_as_one(asked, email, filled, folder))
        _tell(report[-1])
    if asked.json:
        Path(asked.json).write_text(json.dumps(report, indent=1))
    wrong = [line for part in report for line in part["wrong"]]
    print("\n".join(wrong) or "Nothing was found but what was planted.")
    if not wrong:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if wrong else 0


def _as_one(asked: argparse.Namespace, email: str, filled: Path, folder: Path) -> dict[str, Any]:
    """Scan as one role, in a demonstration of its own: what a scanner sends ends authorities and closes accounts."""
    own = folder / email.replace("@", "-at-")
    shutil.copytree(filled, own / "instance", symlinks=True)
    _keep_owners(filled, own / "instance")
    _environment(own / "instance")
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", f"--bind={_HOST}:{port}", "--threads=4", "--log-level=error"]
    with (own / "server.log").open("w") as log:
        server = subprocess.Popen([*command, "tests.scan.serving:serve()"], cwd=ROOT, stdout=log, stderr=log)
    try:
        _wait(port)
        return _scan(asked, email, port, own)
    finally:
        server.terminate()
        server.wait(20)


def _environment(instance: Path) -> None:
    os.environ |= {"CAREPURSE_INSTANCE": str(instance), "CAREPURSE_DEMO": "1", "SECURE_COOKIES": "yes"}


def _keep_owners(old: Path, new: Path) -> None:
    """The embedded PostgreSQL may run as a user of its own, to whom its files belong."""
    for path in (old, *old.rglob("*")):
        about = path.lstat()
        with suppress(PermissionError):
            os.chown(new / path.relative_to(old), about.st_uid, about.st_gid, follow_symlinks=False)


def _tell(part: dict[str, Any]) -> None:
    given = f"{part['role']}: {part['pages']} kinds of page, {part['sent']} requests given"
    print(given, *part["cut_off"], sep="; ", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.scan", description=__doc__)
    parser.add_argument("--wapiti", help="the program; without it that scanner is left out")
    parser.add_argument("--sqlmap", help="the program; without it that scanner is left out")
    parser.add_argument(
        "--role", action="append", help="an address of the demonstration, or 'nobody'; each when left out"
    )
    parser.add_argument("--seconds", type=int, default=240, help="for each scanner, role and hundred requests")
    parser.add_argument("--instance", help="a demonstration to copy for each role; a new one is made when left out")
    parser.add_argument("--json", help="where the report goes")
    asked = parser.parse_args()
    asked.role = asked.role or [_NOBODY, *(row.email for row in SIGN_INS)]
    return asked


def _scan(asked: argparse.Namespace, email: str, port: int, own: Path) -> dict[str, Any]:
    cookie, adapter = _sign_in(email)
    found = crawl(_HOST, port, cookie, adapter)
    planted = [Sent("GET", f"{PLANTED}/said?word=hello"), Sent("GET", f"{PLANTED}/looked?name=Sam")]
    sent = [*planted, *found.sent]
    print(f"{email}: {len(found.rules)} kinds of page, {len(sent)} requests", flush=True)
    findings, blind = [], []
    for first in range(0, len(found.sent), _AT_ONCE) if asked.wapiti else ():
        part = own / f"wapiti-{first}"
        part.mkdir()
        some = [*planted, *found.sent[first : first + _AT_ONCE]]
        seen = tools.wapiti(asked.wapiti, f"http://{_HOST}:{port}", cookie, some, part, asked.seconds)
        if not any(PLANTED in one.where for one in seen):
            blind.append(f"{email}: wapiti did not find the planted hole beside requests {first} and on")
        findings += seen
    if asked.sqlmap:
        findings += tools.sqlmap(asked.sqlmap, _HOST, port, cookie, sent, own, asked.seconds)
    (own / "findings.json").write_text(json.dumps([vars(one) for one in findings], indent=1))
    wrong = [*blind, *_wrong(asked, email, found, findings)]
    return {
        "role": email,
        "pages": len(found.rules),
        "sent": len(sent),
        "reached": sorted(found.rules),
        "wrong": wrong,
        "cut_off": tools.cut_off(own),
    }


def _wrong(asked: argparse.Namespace, email: str, found: Crawl, findings: list[tools.Finding]) -> list[str]:
    wrong = [f"{email}: {path} fell over" for path in found.fell]
    wrong += [f"{email}: {one.tool}: {one.kind}: {one.where}" for one in findings if PLANTED not in one.where]
    if email != _NOBODY and len(found.rules) < _LEAST:
        wrong.append(f"{email}: only {len(found.rules)} kinds of page were reached")
    if asked.sqlmap and not any(one.tool == "sqlmap" and PLANTED in one.where for one in findings):
        wrong.append(f"{email}: sqlmap did not find the planted hole")
    return wrong


def _sign_in(email: str) -> tuple[str, MapAdapter]:
    """A cookie as the browser of this account would have it, and the addresses there are."""
    app: Flask = create_app()
    adapter = app.url_map.bind(_HOST)
    values: dict[str, Any] = {}
    with app.app_context():
        if email != _NOBODY:
            account = db.session.query(Account).filter_by(email=email).one()
            # the passphrase alone opens nothing to staff
            values["token"] = sessions.open_session(account, Proof.PASSKEY)
            db.session.commit()
        db.engine.dispose()
    serializer = app.session_interface.get_signing_serializer(app)
    return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps(values)}", adapter


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((_HOST, 0))
        return int(free.getsockname()[1])


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://{_HOST}:{port}/help", timeout=2)
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the site did not start")


if __name__ == "__main__":
    sys.exit(main())
