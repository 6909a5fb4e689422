"""``python -m tests.scan --wapiti PATH --sqlmap PATH``: both scanners over a demonstration of its own, as each role.

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


def main() -> int:
    """Scan, and say what came of it."""
    asked = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="cp-scan-"))
    os.environ |= {
        "CAREPURSE_INSTANCE": asked.instance or str(folder / "instance"),
        "CAREPURSE_DEMO": "1",
        "SECURE_COOKIES": "yes",
    }
    subprocess.run([sys.executable, "-m", "flask", "demo", "--no-serve"], cwd=ROOT, check=True)
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", f"--bind={_HOST}:{port}", "--threads=4", "--log-level=error"]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen([*command, "tests.scan.serving:serve()"], cwd=ROOT, stdout=log, stderr=log)
    try:
        _wait(port)
        report = [_scan(asked, email, port, folder) for email in asked.role]
    finally:
        server.terminate()
        server.wait(20)
    if asked.json:
        Path(asked.json).write_text(json.dumps(report, indent=1))
    wrong = [line for part in report for line in part["wrong"]]
    for part in report:
        given = f"{part['role']}: {part['pages']} kinds of page, {part['sent']} requests given"
        print(given, *part["cut_off"], sep="; ")
    print("\n".join(wrong) or "Nothing was found but what was planted.")
    if not wrong:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.scan", description=__doc__)
    parser.add_argument("--wapiti", help="the program; without it that scanner is left out")
    parser.add_argument("--sqlmap", help="the program; without it that scanner is left out")
    parser.add_argument(
        "--role", action="append", help="an address of the demonstration, or 'nobody'; each when left out"
    )
    parser.add_argument("--seconds", type=int, default=240, help="for each scanner and role")
    parser.add_argument("--instance", help="a demonstration to scan again; a new one is made when left out")
    parser.add_argument("--json", help="where the report goes")
    asked = parser.parse_args()
    asked.role = asked.role or [_NOBODY, *(row.email for row in SIGN_INS)]
    return asked


def _scan(asked: argparse.Namespace, email: str, port: int, folder: Path) -> dict[str, Any]:
    own = folder / email.partition("@")[0]
    own.mkdir()
    cookie, adapter = _sign_in(email)
    found = crawl(_HOST, port, cookie, adapter)
    planted = [Sent("GET", f"{PLANTED}/said?word=hello"), Sent("GET", f"{PLANTED}/looked?name=Sam")]
    sent = [*planted, *found.sent]
    print(f"{email}: {len(found.rules)} kinds of page, {len(sent)} requests", flush=True)
    findings = []
    if asked.wapiti:
        findings += tools.wapiti(asked.wapiti, f"http://{_HOST}:{port}", cookie, sent, own, asked.seconds)
    if asked.sqlmap:
        findings += tools.sqlmap(asked.sqlmap, _HOST, port, cookie, sent, own, asked.seconds)
    (own / "findings.json").write_text(json.dumps([vars(one) for one in findings], indent=1))
    wrong = _wrong(asked, email, found, findings)
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
    for tool in ("wapiti", "sqlmap"):
        if getattr(asked, tool) and not any(one.tool == tool and PLANTED in one.where for one in findings):
            wrong.append(f"{email}: {tool} did not find the planted hole")
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
