"""A running demonstration and a Chromium to look at it with."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from app.config import ROOT
from app.demo.kinds import PASSPHRASE

PHONE = {"width": 390, "height": 844}
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def launch_options() -> dict[str, Any]:
    """How to start the Chromium of this machine.

    :raises FileNotFoundError: when there is none.
    """
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    path = path or (str(mac) if mac.exists() else None)
    if path is None:
        raise FileNotFoundError("no Chromium on this machine")
    return {"executable_path": path, "args": _FLAGS}


@dataclass(frozen=True)
class Site:
    """A running demonstration."""

    url: str
    instance: Path

    def flask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command on the demonstration."""
        return subprocess.run(
            [sys.executable, "-m", "flask", *words],
            cwd=ROOT,
            env=_env(self.instance),
            capture_output=True,
            text=True,
            timeout=900,  # filling a demonstration on a machine that is busy with other tests
        )


def _env(instance: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SECRET_KEY"}}
    return kept | {"CAREPURSE_INSTANCE": str(instance), "CAREPURSE_DEMO": "1", "PYTHONWARNINGS": "ignore"}


@contextmanager
def running_site() -> Iterator[Site]:
    """Exactly what the README's first command makes, on a port of its own, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="cp-site-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = Site(f"http://localhost:{port}", folder / "instance")
    server = None
    try:
        filled = site.flask("demo", "--no-serve")
        if filled.returncode:
            raise RuntimeError(filled.stdout + filled.stderr)
        with (folder / "log").open("w") as log:
            server = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", "4", "wsgi:app"],
                cwd=ROOT,
                env=_env(site.instance) | {"BASE_URL": site.url},
                stdout=log,
                stderr=log,
            )
            _wait_for(site.url, server, folder / "log")
            yield site
    finally:
        if server:
            server.terminate()
            server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{url}/sign-in", timeout=2)
            return
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError(f"the site did not start: {log.read_text()[-2000:]}")


def follow(way: Locator) -> None:
    """Press a link or a button and be on the page it leads to.

    A click alone comes back as soon as it is made: whatever looked next could still see the page before, or the moment
    between the two.
    """
    with way.page.expect_navigation():
        way.click()


def sign_in(page: Page, email: str) -> None:
    """Sign in as a person does."""
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Passphrase").fill(PASSPHRASE)
    follow(page.get_by_role("button", name="Sign in", exact=True))
    if "/second-step" in page.url:
        take_second_step(page)


def take_second_step(page: Page) -> None:
    """Type the code that the demonstration's page tells, when one comes that was not used."""
    while page.locator(".cp-demo-code").count() == 0:
        page.wait_for_timeout(1_000 * int(page.locator(".cp-demo-wait").inner_text()))
        page.reload()
    page.get_by_label("Code from your authenticator app").fill(page.locator(".cp-demo-code").inner_text())
    follow(page.get_by_role("button", name="Go on"))
