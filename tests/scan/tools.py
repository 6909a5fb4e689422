"""Starting wapiti and sqlmap, and reading what they found. Both answer 0 with findings: only their reports count."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.scan.crawling import LEFT_ALONE, Sent

#: Not ldap: there is none, and it takes any page that differs from the last one for a finding. Not ssrf and xxe: they
#: wait for a call on a host of wapiti's own, and nothing here speaks to anybody outside.
_MODULES = "cookieflags,crlf,csp,exec,file,http_headers,permanentxss,redirect,sql,xss"
_CUT_OFF = re.compile(r"Max (scan|attack) time was reached|time limit was reached", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """What a scanner says."""

    tool: str
    kind: str
    where: str


def wapiti(program: str, base: str, cookie: str, sent: Sequence[Sent], folder: Path, seconds: int) -> list[Finding]:
    """Let wapiti attack the pages that were crawled, and what it finds one step further."""
    report = folder / "wapiti.json"
    command = [
        program,
        "-u",
        f"{base}/",
        "--scope",
        "domain",
        "-H",
        f"Cookie: {cookie}",
        "-d",
        "1",
        "-m",
        _MODULES,
    ]
    command += [
        "--max-links-per-page",
        "30",
        "--max-files-per-dir",
        "10",
        "-S",
        "sneaky" if seconds < 120 else "normal",
    ]
    command += ["--max-scan-time", str(seconds), "--max-attack-time", str(seconds // 3), "--tasks", "4"]
    command += ["--store-session", str(folder / "session"), "--flush-session", "--no-bugreport"]
    command += ["-f", "json", "-o", str(report), "-v", "1"]
    for path in LEFT_ALONE:
        command += ["-x", f"{base}{path}*"]
    for one in sent:
        if one.method == "GET":
            command += ["-s", f"{base}{one.path}"]
    with (folder / "wapiti.log").open("w") as log:
        subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, timeout=seconds * 3 + 300, check=True)
    said = json.loads(report.read_text())
    return [
        Finding("wapiti", kind, f"{item['method']} {item['path']} {item['parameter']}: {item['info']}")
        for part in ("vulnerabilities", "anomalies")
        for kind, items in said[part].items()
        for item in items
    ]


def sqlmap(
    program: str, host: str, port: int, cookie: str, sent: Sequence[Sent], folder: Path, seconds: int
) -> list[Finding]:
    """Let sqlmap try every parameter of every request that was crawled."""
    log, out = folder / "requests.log", folder / "sqlmap.csv"
    with_fields = [one for one in sent if one.body or "?" in one.path]
    log.write_text("".join(_burp(host, port, cookie, one) for one in with_fields))
    command = [program, "-l", str(log), "--batch", "--smart", "--level", "1", "--risk", "1", "--technique", "BEU"]
    command += ["--dbms", "PostgreSQL", "--threads", "4", "--timeout", "20", "--retries", "1", "--disable-coloring"]
    command += ["--flush-session", "--output-dir", str(folder / "sqlmap"), "--results-file", str(out)]
    command += ["--skip", "form_id,csrf_token", "--time-limit", str(seconds)]
    began = time.monotonic()
    with (folder / "sqlmap.log").open("w") as kept:
        subprocess.run(command, stdout=kept, stderr=subprocess.STDOUT, timeout=seconds + 300, check=False)
        if time.monotonic() - began >= seconds:  # it does not say so itself
            kept.write("sqlmap's time limit was reached\n")
    if not out.exists():
        return []
    rows = csv.DictReader(out.read_text().splitlines())
    return [
        Finding("sqlmap", row["Technique(s)"], f"{row['Place']} {row['Target URL']} {row['Parameter']}")
        for row in rows
        if row.get("Technique(s)")
    ]


def cut_off(folder: Path) -> list[str]:
    """What had to stop before it had tried everything, in the scanners' own words."""
    said = Counter(
        line.strip().partition("] ")[2] or line.strip()
        for log in folder.rglob("*.log")
        for line in log.read_text(errors="replace").splitlines()
        if _CUT_OFF.search(line)
    )
    return [f"{line} ({times} times)" if times > 1 else line for line, times in said.items()]


def _burp(host: str, port: int, cookie: str, one: Sent) -> str:
    """A request as the proxy whose logs sqlmap reads would write it."""
    line = "=" * 54
    head = f"{one.method} {one.path} HTTP/1.1\nHost: {host}:{port}\nCookie: {cookie}\n"
    if one.method == "POST":
        head += "Content-Type: application/x-www-form-urlencoded\n"
    return f"{line}\n10:00:00  http://{host}:{port}\n{line}\n{head}\n{one.body}\n{line}\n\n"
