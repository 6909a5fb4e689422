"""Somebody who takes webhooks, where there is no application to take them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import stripe


@dataclass
class Listener:
    """What came, in the order in which it came, and what is answered.

    :param answer: takes an event, gives a status, headers and a body; raises nothing.
    """

    url: str = ""
    came: list[tuple[bytes, str]] = field(default_factory=list)  # body and signature
    answer: Callable[[dict[str, Any]], tuple[int, dict[str, str], bytes]] = lambda event: (200, {}, b"")

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events that came."""
        return [json.loads(body) for body, _ in self.came]

    @property
    def kinds(self) -> list[str]:
        """The types of the events that came."""
        return [event["type"] for event in self.events]

    def verify_all(self, *secrets: str) -> None:
        """Ask that each was signed with one of these secrets.

        :raises stripe.SignatureVerificationError: for the first that was not.
        """
        for body, signature in self.came:
            for number, secret in enumerate(secrets, 1):
                try:
                    stripe.Webhook.construct_event(body, signature, secret)
                    break
                except stripe.SignatureVerificationError:
                    if number == len(secrets):
                        raise

    def says(self, approved: bool, *, after: float = 0, version: bool = True) -> None:
        """Answer the real-time requests of cards from now on.

        :param after: seconds that it takes.
        :param version: whether the answer has the header that Stripe asks for.
        """

        def answer(event: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
            if event["type"] != "issuing_authorization.request":
                return 200, {}, b""
            time.sleep(after)
            headers = {"Content-Type": "application/json"} | ({"Stripe-Version": stripe.api_version} if version else {})
            return 200, headers, json.dumps({"approved": approved}).encode()

        self.answer = answer


@contextmanager
def listening() -> Iterator[Listener]:
    """Take webhooks on a free port."""
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            listener.came.append((body, self.headers.get("Stripe-Signature", "")))
            status, headers, said = listener.answer(json.loads(body))
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)
            except OSError:
                pass  # who asked has given up waiting

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    listener.url = f"http://127.0.0.1:{server.server_address[1]}/webhook"
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
