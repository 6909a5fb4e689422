"""Serve the stand-in: ``python -m tests.stripe_fake --port 12111 --webhook URL --secret whsec_…``."""

from __future__ import annotations

import argparse
import os
import signal
from pathlib import Path

from tests.stripe_fake.server import Server
from tests.stripe_fake.state import World
from tests.stripe_fake.webhooks import Endpoints


def main() -> None:
    """Read the command line and serve until somebody ends it."""
    parser = argparse.ArgumentParser(description="A stand-in for Stripe, on this machine only. No real money moves.")
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument("--webhook", metavar="URL", help="where events go to; none: nowhere")
    parser.add_argument(
        "--secret",
        default=os.environ.get("STRIPE_WEBHOOK_SECRET", ""),
        help="signs the platform's events; by default that of STRIPE_WEBHOOK_SECRET, which other users cannot see",
    )
    parser.add_argument("--connect-webhook", metavar="URL", help="where events of connected accounts go to")
    parser.add_argument("--connect-secret", default=os.environ.get("STRIPE_CONNECT_WEBHOOK_SECRET", ""))
    parser.add_argument("--state", type=Path, metavar="FILE", help="where everything is kept between two starts")
    parser.add_argument("--url-base", default="", help="what the addresses of its pages begin with")
    asked = parser.parse_args()
    if asked.webhook and not asked.secret:
        parser.error("--webhook needs --secret (or STRIPE_WEBHOOK_SECRET)")
    endpoints = Endpoints(asked.webhook, asked.secret, asked.connect_webhook, asked.connect_secret)
    server = Server(World(endpoints, asked.state), asked.port, asked.url_base)
    signal.signal(signal.SIGTERM, _end)
    print(f"This stands in for Stripe on {server.url}. No real money moves.", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()


def _end(number: int, frame: object) -> None:
    """Being told to end is as good as Ctrl-C: what still waits for its delivery is written down."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
