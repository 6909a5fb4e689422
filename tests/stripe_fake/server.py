"""The stand-in as a server on this machine: the API, the pages and the controls behind one port."""

from __future__ import annotations

import json
import socket
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

# each of these registers its routes
from tests.stripe_fake import api, api_accounts, api_checkout, api_issuing, api_money  # noqa: F401
from tests.stripe_fake.control import READERS, control
from tests.stripe_fake.pages import visit
from tests.stripe_fake.refusing import Refusal
from tests.stripe_fake.state import World

HOST = "127.0.0.1"


class _Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = 30

    def _serve(self) -> None:
        world = self.server.world
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(errors="replace")
        path = urlsplit(self.path).path
        try:
            if path.startswith("/_fake/"):
                self._control(world, path.removeprefix("/_fake/"), body)
            elif path.startswith(("/v1/", "/v2/")):
                self._api(world, body)
            else:
                self._page(world, body)
        except Exception:  # a mistake of ours must be seen in the test, not as an error of Stripe
            with world.lock:
                world.blame(self.command, self.path, [f"the stand-in broke: {traceback.format_exc(limit=-3)}"])
            self._send(500, api.as_json({"error": {"type": "api_error", "message": "The stand-in broke."}}))

    do_GET = do_POST = do_DELETE = _serve

    def _api(self, world: World, body: str) -> None:
        found = api.reply(world, self.command, self.path, dict(self.headers.items()), body)
        if found is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._send(found.status, api.as_json(found.answer), **found.headers)

    def _control(self, world: World, name: str, body: str) -> None:
        try:
            given = json.loads(body or "{}") if self.command == "POST" else dict(parse_qsl(urlsplit(self.path).query))
            if self.command == "GET" and name not in READERS:
                raise Refusal("Send this with POST: it changes something.", status=405)
            if not isinstance(given, dict):
                raise Refusal("Send a JSON object.")
            self._send(200, api.as_json(control(world, name, given)))
        except ValueError as error:
            self._send(400, api.as_json({"error": {"message": str(error)}}))
        except Refusal as no:
            self._send(no.status, api.as_json(no.answer()))

    def _page(self, world: World, body: str) -> None:
        found = visit(world, self.command, self.path, body)
        if found is None:
            self._send(404, b"There is nothing here.\n", "text/plain")
        elif found.location:
            self._send(found.status, b"", "text/html; charset=utf-8", Location=found.location)
        else:
            self._send(found.status, found.body.encode(), "text/html; charset=utf-8")

    def _send(self, status: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: pytest's output is for tests."""


class Server(ThreadingHTTPServer):
    """The stand-in on a port of this machine.

    :param port: 0 takes a free one.
    :param base_url: what its pages' addresses begin with, where that is not its own address.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, world: World, port: int = 0, base_url: str = "") -> None:
        super().__init__((HOST, port), _Handler)
        self.world = world
        self.url = f"http://{HOST}:{self.server_address[1]}"
        world.base_url = base_url.rstrip("/") or self.url

    def start(self) -> None:
        """Serve in a thread of its own."""
        threading.Thread(target=self.serve_forever, args=(0.05,), name="stripe-fake", daemon=True).start()

    def stop(self) -> None:
        """Stop serving and delivering."""
        self.shutdown()
        self.close()

    def close(self) -> None:
        """Let go of the port, deliver nothing more, and write down what still waits."""
        self.server_close()
        self.world.outbox.stop()
        with self.world.lock:
            self.world.save(always=True)
