"""Delivering events: signed, over HTTP, one after the other, in a thread of its own."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

import requests
import stripe

from tests.stripe_fake.objects import Object
from tests.stripe_fake.switches import Chance

#: Seconds before each further attempt of a delivery that was not taken.
PAUSES = (0.1, 0.4, 1.0)
#: Seconds after which everything that was not taken is tried once more, as long as nothing else happens.
LATER = 30.0
_PATIENCE = 10


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where news goes to: that of the platform, and that of connected accounts, each with its secret."""

    url: str | None = None
    secret: str = ""
    connect_url: str | None = None  # None: the same address
    connect_secret: str = ""  # empty: the same secret

    def of(self, event: Object) -> tuple[str, str]:
        """Address and secret for an event. Only when there is an address."""
        url, secret = self.url or "", self.secret
        if event.get("account"):
            return self.connect_url or url, self.connect_secret or secret
        return url, secret


def signed_post(url: str, secret: str, event: Object, patience: float) -> requests.Response:
    """Post an event with its signature of this moment.

    :raises requests.RequestException: when nobody takes it within ``patience`` seconds.
    """
    body = json.dumps(event, indent=2)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": stripe.WebhookSignature.generate_signature_header(body, secret),
        "User-Agent": "Stripe/1.0 (a stand-in; no real money moves)",
    }
    return requests.post(url, data=body.encode(), headers=headers, timeout=patience, allow_redirects=False)


@dataclass(slots=True)
class _Parcel:
    event: Object
    not_before: float = 0


class Outbox:
    """The events that wait for their delivery."""

    def __init__(self, endpoints: Endpoints) -> None:
        self.endpoints = endpoints
        self.dropped: list[str] = []
        self.delivered: list[str] = []
        self._queue: deque[_Parcel] = deque()
        self._held: list[_Parcel] = []  # until the next one has been sent
        self._failed: list[_Parcel] = []  # not taken, however often it was tried
        self._busy: _Parcel | None = None
        self._changed = threading.Condition()
        self._over = False
        self._round = 0
        self._thread = threading.Thread(target=self._work, name="stripe-fake-outbox", daemon=True)
        self._thread.start()

    def send(self, event: Object, chance: Chance) -> None:
        """Queue an event, or do to it what the switches say."""
        if self.endpoints.url is None:
            return
        if chance.happens("drop"):
            self.dropped.append(event["id"])
            return
        parcel = _Parcel(event, time.monotonic() + chance.switches.delay)
        copies = [parcel, parcel] if chance.happens("duplicate") else [parcel]
        hold = chance.happens("reorder")
        with self._changed:
            if hold:
                self._held += copies
                return
            self._queue.extend(copies + self._held)
            self._held = []
            self._changed.notify_all()

    def again(self, event: Object) -> None:
        """Queue an event, whatever happened to it before: a day late, or after a restart."""
        if self.endpoints.url is not None:
            with self._changed:
                self._queue.append(_Parcel(event))
                self._changed.notify_all()

    def flush(self, patience: float = 30) -> dict[str, Any]:
        """Deliver now what was held, delayed or not taken, and wait until that is done.

        :returns: how many were delivered and dropped in all, and the ids of what still was not taken.
        """
        until = time.monotonic() + patience
        with self._changed:
            self._queue.extend(self._held + self._failed)
            self._held, self._failed = [], []
            for parcel in self._queue:
                parcel.not_before = 0
            self._changed.notify_all()
            while (self._queue or self._busy) and time.monotonic() < until:
                self._changed.wait(0.2)
            waiting = [*self._queue, *([self._busy] if self._busy else []), *self._failed]
            return {
                "delivered": len(self.delivered),
                "dropped": len(self.dropped),
                "not_taken": [parcel.event["id"] for parcel in waiting],
            }

    def waiting(self) -> list[str]:
        """The ids of everything that has not been delivered and was not dropped."""
        with self._changed:
            busy = [self._busy] if self._busy else []
            return [one.event["id"] for one in [*busy, *self._queue, *self._held, *self._failed]]

    def clear(self) -> None:
        """Throw everything away."""
        with self._changed:
            self._queue.clear()
            self._held, self._failed = [], []
            self.dropped, self.delivered = [], []
            self._round += 1

    def stop(self) -> None:
        """End the thread after what it is at."""
        with self._changed:
            self._over = True
            self._changed.notify_all()
        self._thread.join(_PATIENCE)

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._over and (not self._queue or self._queue[0].not_before > time.monotonic()):
                    if not self._changed.wait(0.05 if self._queue else LATER) and not self._queue:
                        self._queue.extend(self._failed)
                        self._failed = []
                if self._over:
                    return
                parcel = self._busy = self._queue.popleft()
                of_round = self._round
            taken = self._deliver(parcel.event)
            with self._changed:
                self._busy = None
                if self._round == of_round:
                    if taken:
                        self.delivered.append(parcel.event["id"])
                    else:
                        self._failed.append(parcel)
                self._changed.notify_all()

    def _deliver(self, event: Object) -> bool:
        url, secret = self.endpoints.of(event)
        for pause in (*PAUSES, None):
            try:
                if signed_post(url, secret, event, _PATIENCE).ok:
                    return True
            except requests.RequestException:
                pass  # nobody there: the same as a no
            if pause is None or self._over:
                break
            time.sleep(pause)
        return False
